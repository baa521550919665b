import model from './shapes.json';

/** A data type of the service model, with its constraints. */
export interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, string>>;
  readonly member?: string;
  readonly key?: string;
  readonly value?: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

const shapes: Readonly<Record<string, Shape>> = model.shapes;
const operations: Readonly<Record<string, { input: string; output?: string }>> = model.operations;

/** @throws Error when the model has no such shape. */
export function shapeNamed(name: string): Shape {
  const shape = shapes[name];
  if (shape === undefined) {
    throw new Error(`The SageMaker service model has no shape ${name}`);
  }
  return shape;
}

/** The name of the input shape of an operation, or undefined for an operation that this service lacks. */
export function inputOf(operation: string): string | undefined {
  return operations[operation]?.input;
}

/** The name of the output shape of an operation; undefined when it answers nothing. */
export function outputOf(operation: string): string | undefined {
  return operations[operation]?.output;
}

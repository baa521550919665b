import type { AwsRequest } from './python';
import { resourcesOf, type Synthesised } from './synthesise';

/** A state as the Amazon States Language has it, as far as the checks look. */
export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Arguments?: unknown;
  readonly Parameters?: unknown;
  readonly TimeoutSeconds?: unknown;
  readonly Catch?: { readonly ErrorEquals: string[]; readonly Next: string }[];
  readonly Retry?: Retrier[];
  readonly Branches?: Machine[];
  readonly ItemProcessor?: Machine;
}

/** A retry rule; with `MaxAttempts` 0 it says that these errors are final. */
export interface Retrier {
  readonly ErrorEquals: string[];
  readonly MaxAttempts?: number;
  readonly JitterStrategy?: string;
}

export interface Machine {
  readonly StartAt: string;
  readonly States: Record<string, State>;
}

export interface NamedMachine {
  readonly logicalId: string;
  readonly definition: Machine & Record<string, unknown>;
}

const PSEUDO_PARAMETERS: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '123456789012',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A template's value as text; what only a deployment knows becomes `${LogicalId.Attribute}`. */
export function resolved(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(value as Record<string, unknown>)[0] ?? [];
  if (name === 'Ref') return PSEUDO_PARAMETERS[argument as string] ?? `\${${argument}}`;
  if (name === 'Fn::GetAtt') return `\${${(argument as string[]).join('.')}}`;
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map(resolved).join(separator);
  }
  if (name === 'Fn::Sub' && typeof argument === 'string') {
    return argument.replace(/\$\{([^}]+)\}/g, (placeholder, key) => PSEUDO_PARAMETERS[key] ?? placeholder);
  }
  if (name === 'Fn::FindInMap') return `\${${(argument as unknown[]).map(resolved).join('.')}}`;
  throw new Error(`The checks don't know the intrinsic function in ${JSON.stringify(value)}.`);
}

/** The state machines of an app with their parsed definitions. */
export function stateMachines(synthesised: Synthesised): NamedMachine[] {
  return resourcesOf(synthesised, 'AWS::StepFunctions::StateMachine').map(([logicalId, { Properties }]) => ({
    logicalId,
    definition: JSON.parse(resolved(Properties?.DefinitionString)),
  }));
}

/** Every state of a machine, those within Map and Parallel included, with the path of names to it. */
export function* statesOf(machine: Machine, path: string): Generator<[path: string, state: State]> {
  for (const [name, state] of Object.entries(machine.States)) {
    const here = `${path}/${name}`;
    yield [here, state];
    for (const branch of state.Branches ?? []) yield* statesOf(branch, here);
    if (state.ItemProcessor) yield* statesOf(state.ItemProcessor, here);
  }
}

/** Step Functions' names of services that botocore calls otherwise. */
const BOTOCORE_NAMES: Record<string, string> = {
  states: 'stepfunctions',
  sfn: 'stepfunctions',
  eventbridge: 'events',
  sagemakerruntime: 'sagemaker-runtime',
};

/** `arn:aws:states:::sagemaker:createTrainingJob.sync` and `arn:aws:states:::aws-sdk:sagemaker:addTags` alike. */
const INTEGRATION =
  /^arn:aws:states:::(?:aws-sdk:)?(?<service>[a-z0-9]+):(?<operation>[A-Za-z0-9]+)(?:\.(?:sync(?::2)?|waitForTaskToken))?$/;

/** The AWS requests that the Task states of a machine make. */
export function requestsOf({ logicalId, definition }: NamedMachine): AwsRequest[] {
  return [...statesOf(definition, logicalId)]
    .filter(([, state]) => state.Type === 'Task')
    .map(([where, state]) => {
      const { service, operation } = INTEGRATION.exec(state.Resource ?? '')?.groups ?? {};
      if (service === undefined || operation === undefined) {
        throw new Error(`${where}: ${state.Resource} is no service integration that the checks know.`);
      }
      return {
        service: BOTOCORE_NAMES[service] ?? service,
        operation,
        parameters: state.Arguments ?? state.Parameters ?? {},
        where,
      };
    });
}

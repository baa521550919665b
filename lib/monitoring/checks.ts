import { Token } from 'aws-cdk-lib';

/** @internal */
export interface Limits {
  readonly above?: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** @internal */
export function checkNumber(name: string, value: number, limits: Limits): void {
  if (Token.isUnresolved(value)) {
    throw new Error(`${name} must be known when the template is made, but is a token`);
  }
  const fits =
    value > (limits.above ?? Number.NEGATIVE_INFINITY) &&
    value >= (limits.atLeast ?? Number.NEGATIVE_INFINITY) &&
    value <= (limits.atMost ?? Number.POSITIVE_INFINITY);
  if (!fits) {
    throw new Error(`${name} must be ${describe(limits)}, got ${value}`);
  }
}

/** @internal */
export function checkInteger(name: string, value: number, limits: Limits): void {
  checkNumber(name, value, limits);
  if (!Number.isInteger(value)) {
    throw new Error(`${name} must be a whole number, got ${value}`);
  }
}

function describe({ above, atLeast, atMost }: Limits): string {
  return [
    above === undefined ? [] : `more than ${above}`,
    atLeast === undefined ? [] : `at least ${atLeast}`,
    atMost === undefined ? [] : `at most ${atMost}`,
  ]
    .flat()
    .join(' and ');
}

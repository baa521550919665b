import { Aws } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { checkFleet, checkModelName, hasOwnDisks } from '../../lib/serving/endpoint-limits';

describe('a model name', () => {
  it.each(['flights', 'flight-delays', 'a', 'x2'])('may be %s', (name) => {
    expect(() => checkModelName(name)).not.toThrow();
  });

  it.each(['', 'Flights', 'a--b', '-a', 'a-', 'a_b', 'a'.repeat(41)])('may not be "%s"', (name) => {
    expect(() => checkModelName(name)).toThrow(`modelName is "${name}"`);
  });

  it('must be known at synthesis', () => {
    expect(() => checkModelName(Aws.STACK_NAME)).toThrow('modelName is only known at deployment');
  });
});

describe('a fleet', () => {
  it('has an instance type of SageMaker and at least one instance', () => {
    expect(() => checkFleet('ml.m5.large', 1)).not.toThrow();
    expect(() => checkFleet('m5.large', 1)).toThrow('instanceType is "m5.large"');
    expect(() => checkFleet('ml.m5.large', 0)).toThrow('instanceCount is 0');
  });

  it.each([
    ['ml.m5.large', false],
    ['ml.c5n.xlarge', false],
    ['ml.c7g.large', false],
    ['ml.m5d.large', true],
    ['ml.c6gd.xlarge', true],
    ['ml.g5.xlarge', true],
    ['ml.p4d.24xlarge', true],
  ])('of %s has disks of its own: %s', (type, expected) => {
    expect(hasOwnDisks(type)).toBe(expected);
  });
});

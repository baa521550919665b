import { Token } from 'aws-cdk-lib';

/** Leaves room for `-v<version>-<digest>` within the 63 characters of SageMaker's names. */
const MAX_MODEL_NAME = 40;

/**
 * @throws Error when the name could not be part of SageMaker's names and ARNs.
 * @internal
 */
export function checkModelName(name: string): void {
  if (Token.isUnresolved(name)) {
    throw new Error(
      'modelName is only known at deployment; give it as a plain string, since it names the endpoint.',
    );
  }
  if (name.length > MAX_MODEL_NAME || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    throw new Error(
      `modelName is "${name}": give 1 to ${MAX_MODEL_NAME} small letters, digits and single hyphens between them (SageMaker's names are limited so, and its ARNs have small letters only).`,
    );
  }
}

/**
 * @throws Error naming the instance type or count that SageMaker would refuse.
 * @internal
 */
export function checkFleet(instanceType: string, instanceCount: number): void {
  if (!/^ml\.[a-z0-9-]+\.[a-z0-9]+$/.test(instanceType)) {
    throw new Error(`instanceType is "${instanceType}": give one of SageMaker's, such as ml.m5.large.`);
  }
  if (!Number.isInteger(instanceCount) || instanceCount < 1) {
    throw new Error(`instanceCount is ${instanceCount}: give a whole number of at least 1.`);
  }
}

const FAMILIES_WITH_DISKS = /^ml\.(?:[a-z]+\d+[a-z]*d[a-z]*|g\d[a-z0-9]*|p\d[a-z0-9]*|inf2|trn\d[a-z0-9]*)\./;

/**
 * Whether instances of the type store on disks of their own, which encrypt themselves: SageMaker then refuses a key
 * for the volume. Not every family listed has such disks in every size; without a key of the account the volume is
 * still encrypted, by a key of SageMaker's.
 *
 * @internal
 */
export function hasOwnDisks(instanceType: string): boolean {
  return FAMILIES_WITH_DISKS.test(instanceType);
}

/** What the ModelRegistry construct and every handler that reads or writes it agree on. @internal */
export const RegistryEnv = {
  TABLE: 'REGISTRY_TABLE',
  ARTIFACTS_BUCKET: 'ARTIFACTS_BUCKET',
} as const;

/** The one global index: PK `GSI1PK`, SK `GSI1SK`. @internal */
export const INDEX_NAME = 'GSI1';

/** @internal */
export const CHAMPION = 'champion';

/** @internal */
export const modelPk = (model: string): string => `MODEL#${model}`;
/** @internal */
export const runPk = (run: string): string => `RUN#${run}`;
/** Index partition that lists a model's runs by start time. @internal */
export const modelRunsPk = (model: string): string => `MODEL#${model}#RUNS`;
/** Index partition that lists a model's deployments by start time. @internal */
export const modelDeploymentsPk = (model: string): string => `MODEL#${model}#DEPLOYMENTS`;
/** @internal */
export const META = 'META';
/** @internal */
export const RegistrySk = {
  version: (version: number): string => `VERSION#${String(version).padStart(8, '0')}`,
  alias: (alias: string): string => `ALIAS#${alias}`,
  lease: (name: string): string => `LEASE#${name}`,
  deployment: (id: string): string => `DEPLOYMENT#${id}`,
  audit: (at: string, id: string): string => `AUDIT#${at}#${id}`,
  token: (token: string): string => `TOKEN#${token}`,
  pending: (key: string): string => `PENDING#${key}`,
  settled: (key: string): string => `SETTLED#${key}`,
};
/** The number-valued attribute by which DynamoDB deletes items that may be forgotten. @internal */
export const TTL_ATTRIBUTE = 'expiresAt';

/** Leases of a model. @internal */
export const Lease = { TRAINING: 'training', DEPLOYMENT: 'deployment' } as const;

/** Artifact keys of a run. @internal */
export const runPrefix = (run: string): string => `runs/${run}/`;

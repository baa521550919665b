/** What the ModelRegistry construct and every handler that reads or writes it agree on. @internal */
export const RegistryEnv = {
  TABLE: 'REGISTRY_TABLE',
  ARTIFACTS_BUCKET: 'ARTIFACTS_BUCKET',
} as const;

/** The one global index: PK `GSI1PK`, SK `GSI1SK`. @internal */
export const INDEX_NAME = 'GSI1';

/** @internal */
export const CHAMPION = 'champion';

/**
 * A name as part of a key. `#` separates parts of keys and `~` numbers the keys of names that were used before, so
 * that neither stands for itself.
 *
 * @internal
 */
export const escapeKey = (name: string): string => name.replace(/[%#~]/g, encodeKeyCharacter);

const encodeKeyCharacter = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** The partition of a model, by its key. The key of a model is its name, escaped, unless it was renamed. @internal */
export const modelKeyPk = (key: string): string => `MODEL#${key}`;
/** The partition of a model that was never renamed, as all models are that Flywheel keeps fresh. @internal */
export const modelPk = (model: string): string => modelKeyPk(escapeKey(model));
/** The partition that lists the names of all models. @internal */
export const MODEL_NAMES_PK = 'MODELS';
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
  /** The trail is in the order of the changes, not of the clocks of those who made them. */
  audit: (sequence: number): string => `AUDIT#${String(sequence).padStart(10, '0')}`,
  /** In the partition of all names. */
  name: (name: string): string => `NAME#${name}`,
  /** In the partition of a run: a version that was made of it. */
  runVersion: (modelKey: string, version: number): string =>
    `MODELVERSION#${modelKey}#${String(version).padStart(8, '0')}`,
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

/** Tag of a run: the manifest of its dataset version, which names every file. @internal */
export const MANIFEST_TAG = 'flywheel.data.manifest';

/** Tags of a run that say which code it ran. The commit's is MLflow's own. @internal */
export const CodeTag = {
  COMMIT: 'mlflow.source.git.commit',
  REPOSITORY: 'mlflow.source.git.repoURL',
  /** `true` when the folder had changes that were not committed. */
  DIRTY: 'flywheel.source.dirty',
  /** Digest over names and contents of the folder's files. */
  SOURCE_DIGEST: 'flywheel.source.digest',
  /** Of an image that is named by its digest. */
  IMAGE_DIGEST: 'flywheel.image.digest',
} as const;

/** What the DataLake construct and its handlers agree on. @internal */
export const DataLakeEnv = {
  BUCKET: 'LAKE_BUCKET',
  CATALOG_TABLE: 'CATALOG_TABLE',
  CLOSINGS_QUEUE_URL: 'CLOSINGS_QUEUE_URL',
  QUIET_PERIOD_SECONDS: 'QUIET_PERIOD_SECONDS',
} as const;

/** Folders of the lake. @internal */
export const Prefix = {
  RAW: 'raw/',
  MANIFESTS: 'manifests/',
  SCHEMAS: 'schemas/',
  REPORTS: 'reports/',
  STAGING: 'staging/',
  LABELS: 'labels/',
  CAPTURES: 'captures/',
  PROFILES: 'profiles/',
} as const;

/** A drop is closed at once by an object of this name in the dataset's folder. @internal */
export const SUCCESS_MARKER = '_SUCCESS';

/** SQS delays a message by 15 minutes at most. @internal */
export const MAX_QUIET_PERIOD_SECONDS = 900;
/** @internal */
export const MIN_QUIET_PERIOD_SECONDS = 1;
/** @internal */
export const DEFAULT_QUIET_PERIOD_SECONDS = 120;

/**
 * A drop that never falls silent is closed all the same, once its first object is this many quiet periods old.
 *
 * @internal
 */
export const MAX_OPEN_QUIET_PERIODS = 10;

/** Staged copies of dataset versions are gone after this many days. @internal */
export const STAGING_DAYS = 7;

/** What a dataset may be called: it is a folder, a part of keys and a part of run names. @internal */
export const DATASET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** @internal */
export const manifestKey = (dataset: string, version: string): string =>
  `${Prefix.MANIFESTS}${dataset}/${version}.json.gz`;
/** @internal */
export const schemaKey = (dataset: string): string => `${Prefix.SCHEMAS}${dataset}.json`;
/** @internal */
export const reportKey = (dataset: string, version: string): string =>
  `${Prefix.REPORTS}${dataset}/${version}.json`;

/** Catalog items share one table: PK `DATASET#<dataset>`. @internal */
export const datasetPk = (dataset: string): string => `DATASET#${dataset}`;
/** Index partition that lists a dataset's versions by creation time. @internal */
export const datasetVersionsPk = (dataset: string): string => `DATASET#${dataset}#VERSIONS`;
/** @internal */
export const DatasetSk = {
  DROP: 'DROP',
  CURRENT: 'CURRENT',
  version: (id: string): string => `VERSION#${id}`,
  quarantine: (fingerprint: string): string => `QUARANTINE#${fingerprint}`,
  object: (fingerprint: string): string => `OBJECT#${fingerprint}`,
};

/**
 * Field values that mean "no value" besides the empty field: what pandas `read_csv` takes as missing by default.
 *
 * @internal
 */
export const MISSING_VALUES: readonly string[] = [
  ...['', '#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN', '<NA>'],
  ...['N/A', 'NA', 'NULL', 'NaN', 'None', 'n/a', 'nan', 'null'],
];

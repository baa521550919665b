/** What the DataLake construct and its handlers agree on. @internal */
export const DataLakeEnv = {
  BUCKET: 'LAKE_BUCKET',
  CATALOG_TABLE: 'CATALOG_TABLE',
  CLOSINGS_QUEUE_URL: 'CLOSINGS_QUEUE_URL',
  PARTS_QUEUE_URL: 'PARTS_QUEUE_URL',
  QUIET_PERIOD_SECONDS: 'QUIET_PERIOD_SECONDS',
  /** JSON: dataset -> seconds, for those with a quiet period of their own. */
  DATASET_QUIET_PERIODS: 'DATASET_QUIET_PERIODS',
  CHANGES_PER_FUNCTION: 'CHANGES_PER_FUNCTION',
} as const;

/** Folders of the lake. @internal */
export const Prefix = {
  RAW: 'raw/',
  MANIFESTS: 'manifests/',
  SCHEMAS: 'schemas/',
  REPORTS: 'reports/',
  /** Parts of large closings while they are under way; gone after some days. */
  WORK: 'work/',
  /** What is known of object versions that no current manifest names: a cache. */
  SEEN: 'seen/',
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

/** What large closings leave under way is gone after this many days. @internal */
export const WORK_DAYS = 7;

/** As many changed objects are looked at by one function; more are split into parts. @internal */
export const DEFAULT_CHANGES_PER_FUNCTION = 5_000;

/**
 * As many bytes of changed objects are looked at by one function: a table is read at some 40 MB/s, so that this is
 * a small part of a function's 15 minutes.
 *
 * @internal
 */
export const BYTES_PER_FUNCTION = 4 * 1024 ** 3;

/** What a dataset may be called: it is a folder, a part of keys and a part of run names. @internal */
export const DATASET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** @internal */
export const manifestKey = (dataset: string, version: string): string =>
  `${Prefix.MANIFESTS}${dataset}/${version}.json.gz`;
/** A shard of a large manifest, named by its content: versions share those that are the same. @internal */
export const shardKey = (dataset: string, digest: string): string =>
  `${Prefix.MANIFESTS}${dataset}/shards/${digest}.jsonl.gz`;
/** Summaries of the columns of a version. @internal */
export const profileKey = (dataset: string, version: string): string =>
  `${Prefix.MANIFESTS}${dataset}/profiles/${version}.json.gz`;
/** Summaries of the columns of one file's content. @internal */
export const fileProfileKey = (dataset: string, fingerprint: string): string =>
  `${Prefix.MANIFESTS}${dataset}/profiles/files/${fingerprint}.json.gz`;
/** @internal */
export const seenKey = (dataset: string): string => `${Prefix.SEEN}${dataset}.jsonl.gz`;
/** @internal */
export const planKey = (dataset: string, plan: string): string =>
  `${Prefix.WORK}${dataset}/plans/${plan}.json.gz`;
/** @internal */
export const partKey = (dataset: string, part: string): string =>
  `${Prefix.WORK}${dataset}/parts/${part}.json.gz`;
/** What became of a part, beside it. @internal */
export const partResultKey = (dataset: string, part: string): string =>
  `${Prefix.WORK}${dataset}/results/${part}.json.gz`;
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
  /** Which version became current with a move of the pointer, and when. */
  history: (revision: number): string => `HISTORY#${String(revision).padStart(10, '0')}`,
  HISTORY_PREFIX: 'HISTORY#',
  /** Who let the content of a quarantined version through, and why. */
  acceptance: (version: string): string => `ACCEPTANCE#${version}`,
  ACCEPTANCE_PREFIX: 'ACCEPTANCE#',
  /** Which parts of a large closing are done. */
  work: (plan: string): string => `WORK#${plan}`,
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

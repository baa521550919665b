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
export const manifestKey = (dataset: string, version: string): string =>
  `${Prefix.MANIFESTS}${dataset}/${version}.json.gz`;
/** @internal */
export const schemaKey = (dataset: string): string => `${Prefix.SCHEMAS}${dataset}.json`;
/** @internal */
export const reportKey = (dataset: string, version: string): string =>
  `${Prefix.REPORTS}${dataset}/${version}.json`;

/** Catalog items share one table: PK `DATASET#<dataset>`. @internal */
export const datasetPk = (dataset: string): string => `DATASET#${dataset}`;
/** @internal */
export const DatasetSk = {
  DROP: 'DROP',
  CURRENT: 'CURRENT',
  version: (id: string): string => `VERSION#${id}`,
  quarantine: (fingerprint: string): string => `QUARANTINE#${fingerprint}`,
};

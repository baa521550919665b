export type ColumnType = 'number' | 'integer' | 'string' | 'boolean';

/** A column as readers of a dataset see it. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether a value may be absent. */
  readonly nullable: boolean;
}

/** A column as drops are checked against it; the ranges are those of the data that it was learnt from. */
export interface SchemaColumn extends Column {
  readonly min?: number;
  readonly max?: number;
  /** All values, where they are few. */
  readonly categories?: readonly string[];
}

/** What every drop of a dataset is checked against: learnt from the first accepted version, and editable. */
export interface Schema {
  readonly dataset: string;
  readonly columns: readonly SchemaColumn[];
}

/** One object of a dataset version: exactly these bytes. */
export interface ManifestObject {
  /** Relative to `raw/<dataset>/`. */
  readonly key: string;
  /** S3 version id that holds the bytes. */
  readonly versionId: string;
  /** In bytes. */
  readonly size: number;
  /** `sha256:` and the hex digest of the bytes. */
  readonly checksum: string;
  /** Data rows, the header not counted. */
  readonly rows: number;
}

/** What a dataset version consists of. */
export interface Manifest {
  readonly dataset: string;
  readonly id: string;
  readonly parent?: string;
  /** Sorted by key. */
  readonly objects: readonly ManifestObject[];
}

/** The catalog's item of one dataset version. Times are ISO 8601 in UTC. */
export interface DatasetVersion {
  readonly dataset: string;
  readonly id: string;
  readonly status: 'accepted' | 'quarantined';
  /** The version that was current before. */
  readonly parent?: string;
  readonly manifestUri: string;
  /** How many. */
  readonly objects: number;
  readonly rows: number;
  readonly bytes: number;
  readonly createdAt: string;
  /** When the first object of the drop landed. */
  readonly firstEventAt: string;
  readonly problems?: readonly string[];
  readonly reportUri?: string;
  readonly columns: readonly Column[];
  /** When its event was put on the bus; absent until then. */
  readonly announcedAt?: string;
}

/** Content that was found bad: it is left out of versions for as long as the schema is the one it failed. */
export interface QuarantinedContent {
  readonly key: string;
  readonly checksum: string;
  /** Digest of the schema that it was checked against. */
  readonly schemaDigest: string;
  readonly datasetVersion: string;
  readonly reportUri: string;
  readonly at: string;
}

/** What is known of an S3 object version that no current manifest names, so that it is not read again. */
export interface KnownObject {
  readonly key: string;
  readonly versionId: string;
  readonly checksum: string;
  readonly size: number;
  readonly rows: number;
}

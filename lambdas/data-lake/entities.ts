export type { Schema, SchemaColumn } from './validation/schema';

export type ColumnType = 'number' | 'integer' | 'string' | 'boolean';

/** A column as readers of a dataset see it. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether a value may be absent. */
  readonly nullable: boolean;
}

/** One object of a dataset version: exactly these bytes. */
export interface ManifestObject {
  /** Relative to `raw/<dataset>/`. */
  readonly key: string;
  /** S3 version id that holds the bytes. */
  readonly versionId: string;
  /** In bytes. */
  readonly size: number;
  /** `crc64nvme:` or `sha256:` and the digest of the bytes in hex: S3's own where it keeps one. */
  readonly checksum: string;
  /** Data rows, the header not counted; 0 for a file that is no table. */
  readonly rows: number;
}

/** A part of a large manifest. */
export interface ShardRef {
  /** SHA-256 in hex of its lines. */
  readonly digest: string;
  /** First and last key. */
  readonly first: string;
  readonly last: string;
  /** How many. */
  readonly objects: number;
  readonly rows: number;
  readonly bytes: number;
}

/** What a manifest says of itself. */
export interface ManifestHead {
  readonly dataset: string;
  readonly id: string;
  readonly parent?: string;
  /** How many. */
  readonly objects: number;
  readonly rows: number;
  readonly bytes: number;
  /** In the order of their keys; a small manifest has none. */
  readonly shards?: readonly ShardRef[];
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
  /** What closed the drop. */
  readonly trigger?: Trigger;
  /** Who dropped: the requester that S3 names (an account or a service), or who accepted the content. */
  readonly by?: string;
  /** Digest of the schema that its files were checked against. */
  readonly schemaDigest?: string;
  /** Where the summaries of its columns are. */
  readonly profileUri?: string;
  /** Why content that had failed the checks was let through. */
  readonly acceptance?: Acceptance;
  readonly tags?: Readonly<Record<string, string>>;
}

/** What closes a drop. */
export type Trigger = 'quiet' | 'success-marker' | 'deletion' | 'accept';

/** Who let the content of a quarantined version through, and why. */
export interface Acceptance {
  readonly datasetVersion: string;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
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

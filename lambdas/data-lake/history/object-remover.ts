import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';

/** One version of an object. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
}

/** Removes object versions for good, many in one request. */
export interface ObjectRemover {
  /** Takes a version to remove, now or with later ones. */
  add(version: ObjectVersion): Promise<void>;
  /** Removes what is left. */
  flush(): Promise<void>;
}

/** S3 removes at most 1,000 with one request. */
const BATCH = 1000;

/** A version that is gone already is no error. */
export function objectRemover(client: S3Client, bucket: string): ObjectRemover {
  let batch: ObjectVersion[] = [];

  async function flush(): Promise<void> {
    if (batch.length === 0) return;
    const Objects = batch.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
    batch = [];
    const { Errors } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    const [failed] = Errors ?? [];
    if (failed === undefined) return;
    throw new Error(
      `S3 did not delete ${failed.Key} version ${failed.VersionId}: ${failed.Code} ${failed.Message ?? ''}. Run gc again to go on.`,
    );
  }

  return {
    flush,
    async add(version) {
      batch.push(version);
      if (batch.length === BATCH) await flush();
    },
  };
}

/** Whether the version is the newest of its key, which a drop under way may be about to name. */
export async function isLatest(client: S3Client, bucket: string, version: ObjectVersion): Promise<boolean> {
  const { Versions } = await client.send(
    new ListObjectVersionsCommand({ Bucket: bucket, Prefix: version.key, MaxKeys: 1 }),
  );
  return (Versions ?? []).some(
    ({ Key, VersionId, IsLatest }) =>
      Key === version.key && VersionId === version.versionId && IsLatest === true,
  );
}

/** The ids of all versions, delete markers as well, of the objects below a prefix. */
export async function listVersionIds(
  client: S3Client,
  bucket: string,
  prefix: string,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  let more: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (more !== undefined) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...more }),
    );
    for (const { Key, VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
      found.set(Key!, [...(found.get(Key!) ?? []), VersionId!]);
    }
    more =
      page.IsTruncated === true && page.NextKeyMarker !== undefined
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
  }
  return found;
}

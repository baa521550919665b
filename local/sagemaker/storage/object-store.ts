/** One object in a bucket. */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
}

/** The little of S3 that jobs and endpoints need. */
export interface ObjectStore {
  /**
   * Every object whose key starts with `prefix`, in the order of their keys.
   *
   * @throws Error with S3's message, for example when the bucket does not exist.
   */
  list(bucket: string, prefix: string): Promise<StoredObject[]>;
  /** @throws Error with S3's message when there is no such object. */
  download(bucket: string, key: string, file: string): Promise<void>;
  upload(bucket: string, key: string, file: string): Promise<void>;
  put(bucket: string, key: string, body: string, contentType: string): Promise<void>;
  /** Does nothing when the object is not there. */
  delete(bucket: string, key: string): Promise<void>;
}

/** Runs `work` on every item, at most `width` at a time; the first error ends it. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (const item of queue) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
}

/** A bucket and a key (or the beginning of one). */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Takes `s3://bucket/key` apart.
 *
 * @throws Error naming the text when it is not an S3 URI.
 */
export function parseS3Uri(uri: string): S3Location {
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(uri);
  if (match === null) {
    throw new Error(`"${uri}" is not an S3 URI (s3://bucket/key)`);
  }
  return { bucket: match[1]!, key: match[2] ?? '' };
}

/** `s3://bucket/a` or `s3://bucket/a/` and `b/c` make `s3://bucket/a/b/c`. */
export function joinS3Uri(base: string, ...parts: string[]): string {
  return [base.replace(/\/+$/, ''), ...parts].join('/');
}

/**
 * Where an object lands below the folder that a prefix is downloaded to: what follows the prefix; for a prefix that
 * ends inside a name (the object itself, or `train` for `train.csv`) what follows its last slash.
 */
export function relativeKey(prefix: string, key: string): string {
  const rest = key.slice(prefix.length);
  if (prefix === '' || prefix.endsWith('/')) {
    return rest;
  }
  return rest.startsWith('/') ? rest.slice(1) : key.slice(prefix.lastIndexOf('/') + 1);
}

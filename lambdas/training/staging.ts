import { createHash } from 'node:crypto';
import type { ManifestObject } from '../data-lake/entities';
import { rawPrefix } from '../data-lake/object-key';

/** One object to be copied into a run's staging folder. */
export interface Copy {
  readonly sourceKey: string;
  readonly versionId: string;
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** Of the bytes, as the manifest has it. */
  readonly checksum: string;
}

/** S3 copies up to 5 GiB in one call: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const MAX_SINGLE_COPY = 5 * 1024 ** 3;
/** A copy in parts has at most 10,000 of them, so this is enough for 5 TiB, the largest object. */
const PART = 1024 ** 3;

/** Longest key in S3 and longest name in the file systems that jobs download to, in bytes. */
const MAX_KEY_BYTES = 1024;
const MAX_NAME_BYTES = 255;

/** The copy of one of a dataset version's objects below `prefix`. */
export function copyOf(dataset: string, object: ManifestObject, prefix: string): Copy {
  const { key, versionId, size, checksum } = object;
  return {
    sourceKey: `${rawPrefix(dataset)}${key}`,
    versionId,
    key: `${prefix}${stagedName(key, MAX_KEY_BYTES - Buffer.byteLength(prefix))}`,
    size,
    checksum,
  };
}

/**
 * The name under which a key is staged: the key itself, unless a job could not download it to a file of that name.
 * Such a key gets a name made of its digest; the reader goes by the content of a file, not by its name.
 */
export function stagedName(key: string, room = MAX_KEY_BYTES): string {
  const parts = key.split('/');
  const usable = parts.every(
    (part) => part !== '' && part !== '.' && part !== '..' && Buffer.byteLength(part) <= MAX_NAME_BYTES,
  );
  if (usable && Buffer.byteLength(key) <= room) return key;
  return `renamed/${createHash('sha256').update(key).digest('hex')}`;
}

/** One part of a copy in parts. */
export interface CopyPart {
  /** From 1. */
  readonly number: number;
  /** `bytes=first-last`. */
  readonly range: string;
}

/** The parts in which an object above the limit of a single copy is copied. */
export function copyParts(size: number, partBytes = PART): CopyPart[] {
  const parts: CopyPart[] = [];
  for (let first = 0; first < size; first += partBytes) {
    const range = `bytes=${first}-${Math.min(first + partBytes, size) - 1}`;
    parts.push({ number: parts.length + 1, range });
  }
  return parts;
}

/** The `CopySource` of exactly one object version: the path URL-encoded, its slashes kept. */
export function copySource(bucket: string, copy: Pick<Copy, 'sourceKey' | 'versionId'>): string {
  const path = copy.sourceKey.split('/').map(encodeURIComponent).join('/');
  return `${bucket}/${path}?versionId=${encodeURIComponent(copy.versionId)}`;
}

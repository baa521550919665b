import type { Manifest } from '../data-lake/entities';
import { rawPrefix } from '../data-lake/object-key';

/** One object to be copied into a run's staging folder. */
export interface Copy {
  readonly sourceKey: string;
  readonly versionId: string;
  readonly key: string;
  /** In bytes. */
  readonly size: number;
}

/** Copies still to be made, and those whose size is wrong. */
export interface StagingPlan {
  readonly missing: readonly Copy[];
  readonly staged: number;
}

/** S3 copies up to 5 GiB in one call. */
export const MAX_SINGLE_COPY = 5 * 1024 ** 3;
const PART = 1024 ** 3;

/** The copies that make up a manifest's staged folder. */
export function copiesOf(manifest: Manifest, prefix: string): Copy[] {
  return manifest.objects.map(({ key, versionId, size }) => ({
    sourceKey: `${rawPrefix(manifest.dataset)}${key}`,
    versionId,
    key: `${prefix}${key}`,
    size,
  }));
}

/**
 * What is left to do, given the sizes of the keys that are there. The folder belongs to one run and a run to one
 * dataset version, so an object of the right size is the right one.
 */
export function planStaging(copies: readonly Copy[], staged: ReadonlyMap<string, number>): StagingPlan {
  const missing = copies.filter(({ key, size }) => staged.get(key) !== size);
  return { missing, staged: copies.length - missing.length };
}

/** Byte ranges (`bytes=first-last`) in which an object above 5 GiB is copied. */
export function copyRanges(size: number): string[] {
  const ranges: string[] = [];
  for (let first = 0; first < size; first += PART) {
    ranges.push(`bytes=${first}-${Math.min(first + PART, size) - 1}`);
  }
  return ranges;
}

/** The `CopySource` of exactly one object version: the path URL-encoded, its slashes kept. */
export function copySource(bucket: string, copy: Copy): string {
  const path = copy.sourceKey.split('/').map(encodeURIComponent).join('/');
  return `${bucket}/${path}?versionId=${encodeURIComponent(copy.versionId)}`;
}

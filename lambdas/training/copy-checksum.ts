import { algorithmOf, fromS3, type S3Checksums, spell } from '../data-lake/checksum';

/**
 * Whether S3 says of a copy that it has the manifest's checksum; undefined when S3 tells no checksum of that kind over
 * the whole object.
 */
export function checksumAgrees(checksum: string, told: S3Checksums): boolean | undefined {
  const algorithm = algorithmOf(checksum);
  const found = fromS3(told)[algorithm];
  return found === undefined ? undefined : spell(algorithm, found) === checksum;
}

/** What S3 is asked to compute over a copy, in its own spelling. */
export const s3Algorithm = (checksum: string): 'SHA256' | 'CRC64NVME' =>
  algorithmOf(checksum) === 'sha256' ? 'SHA256' : 'CRC64NVME';

import { createHash } from 'node:crypto';
import { Crc64Nvme } from '@aws-sdk/checksums/crc';

/** Algorithms that identify content: those that S3 keeps over a whole object and that are wide enough. */
export type Algorithm = 'crc64nvme' | 'sha256';

/** Digests in hex, by algorithm. */
export type Checksums = Partial<Record<Algorithm, string>>;

/** Bytes of each algorithm's digest. */
const WIDTH: Record<Algorithm, number> = { crc64nvme: 8, sha256: 32 };

/** What HeadObject, GetObject and CopyObject tell of checksums. */
export interface S3Checksums {
  readonly ChecksumCRC64NVME?: string;
  readonly ChecksumSHA256?: string;
  readonly ChecksumType?: string;
}

/** A digest in hex; undefined when it is none, or is composite: the digest of the digests of an upload's parts. */
function fullObject(base64: string | undefined, algorithm: Algorithm): string | undefined {
  if (base64 === undefined || base64.includes('-')) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length === WIDTH[algorithm] ? bytes.toString('hex') : undefined;
}

/** The checksums of the whole object that S3 keeps; those of other algorithms and of parts are left out. */
export function fromS3(output: S3Checksums): Checksums {
  if (output.ChecksumType === 'COMPOSITE') return {};
  const crc64nvme = fullObject(output.ChecksumCRC64NVME, 'crc64nvme');
  const sha256 = fullObject(output.ChecksumSHA256, 'sha256');
  return {
    ...(crc64nvme === undefined ? {} : { crc64nvme }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

/** A checksum as manifests spell it: `<algorithm>:<hex>`. */
export const spell = (algorithm: Algorithm, hex: string): string => `${algorithm}:${hex}`;

/** @throws Error naming the checksum that has another form */
export function algorithmOf(checksum: string): Algorithm {
  const name = checksum.slice(0, checksum.indexOf(':'));
  if (name === 'crc64nvme' || name === 'sha256') return name;
  throw new Error(`The checksum "${checksum}" is neither crc64nvme:<hex> nor sha256:<hex>.`);
}

/** The one to name content by: SHA-256 where it is known. */
export function preferred({ sha256, crc64nvme }: Checksums): string | undefined {
  if (sha256 !== undefined) return spell('sha256', sha256);
  return crc64nvme === undefined ? undefined : spell('crc64nvme', crc64nvme);
}

/** Computes checksums of bytes that pass by. */
export interface Digester {
  update(chunk: Uint8Array): void;
  digests(): Promise<Checksums>;
}

export function digester(algorithms: ReadonlySet<Algorithm>): Digester {
  const sha256 = algorithms.has('sha256') ? createHash('sha256') : undefined;
  const crc64nvme = algorithms.has('crc64nvme') ? new Crc64Nvme() : undefined;
  return {
    update(chunk) {
      sha256?.update(chunk);
      crc64nvme?.update(chunk);
    },
    async digests() {
      return {
        ...(sha256 === undefined ? {} : { sha256: sha256.digest('hex') }),
        ...(crc64nvme === undefined
          ? {}
          : { crc64nvme: Buffer.from(await crc64nvme.digest()).toString('hex') }),
      };
    },
  };
}

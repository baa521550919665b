import { gunzipSync, gzipSync } from 'node:zlib';
import type { S3Client } from '@aws-sdk/client-s3';
import { fileProfileKey, profileKey } from '../../lib/data-lake/contract';
import { type ManifestReader, readManifestsFrom } from './manifest-reader';
import { ManifestWriter, type ManifestWriterOptions } from './manifest-writer';
import { GZIP, type S3Objects, s3Objects } from './s3-objects';
import type { DatasetProfile } from './validation/inspection';

/** Manifests, and the summaries of columns that stand beside them. */
export interface ManifestStore extends ManifestReader {
  writer(options: ManifestWriterOptions): ManifestWriter;
  readProfile(dataset: string, version: string): Promise<DatasetProfile | undefined>;
  /** Writes the summaries of a version, and gives their URI. */
  writeProfile(dataset: string, version: string, profile: DatasetProfile): Promise<string>;
  /** @param fingerprint of the key and the content of one file */
  readFileProfile(dataset: string, fingerprint: string): Promise<DatasetProfile | undefined>;
  writeFileProfile(dataset: string, fingerprint: string, profile: DatasetProfile): Promise<void>;
}

export const manifestStore = (client: S3Client, bucket: string): ManifestStore =>
  manifestsIn(s3Objects(client, bucket));

export function manifestsIn(objects: S3Objects): ManifestStore {
  const write = (key: string, profile: DatasetProfile) =>
    objects.write(key, gzipSync(JSON.stringify(profile)), GZIP);

  async function read(key: string): Promise<DatasetProfile | undefined> {
    const bytes = await objects.read(key);
    return bytes && (JSON.parse(gunzipSync(bytes).toString('utf8')) as DatasetProfile);
  }

  return {
    ...readManifestsFrom(objects),
    writer: (options) => new ManifestWriter(objects, options),
    readProfile: (dataset, version) => read(profileKey(dataset, version)),
    async writeProfile(dataset, version, profile) {
      await write(profileKey(dataset, version), profile);
      return objects.uri(profileKey(dataset, version));
    },
    readFileProfile: (dataset, fingerprint) => read(fileProfileKey(dataset, fingerprint)),
    writeFileProfile: (dataset, fingerprint, profile) => write(fileProfileKey(dataset, fingerprint), profile),
  };
}

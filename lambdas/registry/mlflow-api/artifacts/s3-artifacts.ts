import type { S3Client } from '@aws-sdk/client-s3';
import { ArtifactStore, PROXIED } from './artifact-store';
import { parseArtifactUri } from './artifact-uri';
import { S3Backend } from './s3-backend';

/**
 * Artifacts in one bucket: clients go to S3 themselves, or through `mlflow-artifacts`. What others wrote into the
 * bucket (the pipeline's runs) can be looked at, but clients may name locations below the root only.
 *
 * @param root - `s3://<bucket>/<prefix>`.
 * @throws Error when it is no such URI.
 */
export function s3Artifacts(client: S3Client, root: string): ArtifactStore {
  const { scheme, authority: bucket, path } = parseArtifactUri(root);
  if (scheme !== 's3' || bucket === '') {
    throw new Error(`The artifact root "${root}" is no S3 location: expected s3://<bucket>/<prefix>.`);
  }
  const backend = new S3Backend(client, bucket);
  return new ArtifactStore(root.replace(/\/+$/, ''), [
    { uri: root, backend, key: path, forClients: true },
    { uri: `s3://${bucket}`, backend, key: '', forClients: false },
    { uri: PROXIED, backend, key: path, forClients: true },
  ]);
}

import { mkdirSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { S3Client } from '@aws-sdk/client-s3';
import {
  type ArtifactBackend,
  ArtifactStore,
  type Mount,
  PROXIED,
} from '../../lambdas/registry/mlflow-api/artifacts/artifact-store';
import { parseArtifactUri } from '../../lambdas/registry/mlflow-api/artifacts/artifact-uri';
import { S3Backend } from '../../lambdas/registry/mlflow-api/artifacts/s3-backend';
import { FolderBackend } from './folder-backend';

/**
 * Where a laptop's server keeps artifacts.
 *
 * @param root - what experiments get their location below: a folder, `s3://...` or `mlflow-artifacts:/`.
 * @param destination - folder or `s3://...` behind `mlflow-artifacts:/`. @default - nothing is proxied
 * @throws Error when one of them is of a kind that is not served.
 */
export function localArtifacts(root: string, destination?: string): ArtifactStore {
  const mounts: Mount[] = [];
  if (destination !== undefined) mounts.push({ ...mountOf(destination), uri: PROXIED });
  const isProxied = /^mlflow-artifacts:/i.test(root);
  if (isProxied && destination === undefined) {
    throw new Error(`The artifact root "${root}" is proxied: say with --artifacts-destination where to.`);
  }
  const own = isProxied ? undefined : mountOf(root);
  if (own !== undefined) mounts.push(own);
  return new ArtifactStore(own?.uri ?? root.replace(/([^:])\/+$/, '$1'), mounts);
}

function mountOf(location: string): Mount {
  if (/^s3:/i.test(location)) {
    const { authority: bucket, path } = parseArtifactUri(location);
    return { uri: location.replace(/\/+$/, ''), backend: s3(bucket), key: path, forClients: true };
  }
  if (/^[a-z][a-z0-9+.-]+:/i.test(location) && !location.startsWith('file:')) {
    throw new Error(`Artifacts can't be kept at "${location}": give a folder, a file: URI or an s3: URI.`);
  }
  const folder = location.startsWith('file:') ? fileURLToPath(location) : resolve(location);
  if (!isAbsolute(folder)) throw new Error(`"${location}" is no absolute location.`);
  mkdirSync(folder, { recursive: true });
  return { uri: pathToFileURL(folder).href, backend: new FolderBackend(folder), key: '', forClients: true };
}

/** With the credentials and the endpoint of the environment, as the clients of this machine. */
function s3(bucket: string): ArtifactBackend {
  return new S3Backend(new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }), bucket);
}

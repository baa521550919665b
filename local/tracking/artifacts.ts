import { mkdirSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type ArtifactBackend,
  ArtifactStore,
  type Mount,
  PROXIED,
} from '../../lambdas/registry/mlflow-api/artifacts/artifact-store';
import { parseArtifactUri } from '../../lambdas/registry/mlflow-api/artifacts/artifact-uri';
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

/**
 * With the credentials and the endpoint of the environment, as the clients of this machine. The SDK is loaded when
 * it is used first: most laptops never do, and the server is to be ready at once.
 */
function s3(bucket: string): ArtifactBackend {
  let backend: Promise<Required<ArtifactBackend>> | undefined;
  const loaded = (): Promise<Required<ArtifactBackend>> => {
    backend ??= load(bucket);
    return backend;
  };
  return {
    list: async (folder) => (await loaded()).list(folder),
    read: async (key) => (await loaded()).read(key),
    write: async (key, body, size) => (await loaded()).write(key, body, size),
    remove: async (key) => (await loaded()).remove(key),
    presignUpload: async (key, seconds) => (await loaded()).presignUpload(key, seconds),
    presignDownload: async (key, seconds) => (await loaded()).presignDownload(key, seconds),
  };
}

async function load(bucket: string): Promise<Required<ArtifactBackend>> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { S3Backend } = await import('../../lambdas/registry/mlflow-api/artifacts/s3-backend');
  return new S3Backend(new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }), bucket);
}

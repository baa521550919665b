import type { Place } from '../artifacts/artifact-store';
import { joined, noSuchArtifact, safeFolder, safePath } from '../artifacts/safe-path';
import { string } from '../decode';
import { type Call, endpoint, raw } from '../endpoint';
import { ApiError } from '../errors';
import { json } from '../http';
import type { TrackingService } from '../service';
import { listed } from '../wire/common';
import { attachment } from './attachment';

/** @throws ApiError when this server proxies no artifacts. */
function proxied({ artifacts }: TrackingService, path: string): Place {
  const place = artifacts.proxied(path);
  if (place === undefined) {
    throw new ApiError(
      'NOT_IMPLEMENTED',
      'This server proxies no artifacts. Start it with --artifacts-destination <folder> to let it.',
    );
  }
  return place;
}

const pathOf = ({ pathParameters }: Call): string => safePath(pathParameters.path!);

export const downloadProxied = raw(async (call) => {
  const path = pathOf(call);
  const { backend, key } = proxied(call.service, path);
  const content = await backend.read(key);
  if (content === undefined) throw noSuchArtifact(path);
  return attachment(path, content);
});

export const uploadProxied = raw(async (call) => {
  const { backend, key } = proxied(call.service, pathOf(call));
  const { stream, body, headers } = call.request;
  if (stream === undefined) await backend.write(key, body, body.length);
  else await backend.write(key, stream, sizeIn(headers['content-length']));
  return json(200, {});
});

function sizeIn(length: string | undefined): number | undefined {
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
}

export const listProxied = endpoint({ path: string }, async (service, input) => {
  const folder = safeFolder(input.path);
  const { backend, key } = proxied(service, folder);
  const files = await backend.list(joined(key));
  return {
    files: listed(
      files.map(({ name, isFolder, size }) => ({ path: name, is_dir: isFolder, file_size: size })),
    ),
  };
});

export const deleteProxied = raw(async (call) => {
  const { backend, key } = proxied(call.service, pathOf(call));
  await backend.remove(key);
  return json(200, {});
});

import type { ArtifactStore, Place } from '../artifacts/artifact-store';
import { joined, noSuchArtifact, safeFolder, safePath } from '../artifacts/safe-path';
import { int, required, string } from '../decode';
import { endpoint, raw } from '../endpoint';
import { ApiError, invalidParameter } from '../errors';
import { json } from '../http';
import { Limit } from '../limits';
import type { TrackingService } from '../service';
import { listed } from '../wire/common';
import { attachment } from './attachment';
import { RUN_ID, runIdOf } from './run-id';

const DEFAULT_UPLOAD_SECONDS = 900;
const DEFAULT_DOWNLOAD_SECONDS = 300;

/** Files right below a folder of a run or a logged model; paths are relative to the root. */
async function listing(artifacts: ArtifactStore, root: string, folder: string) {
  const { backend, key } = artifacts.place(root);
  const files = await backend.list(joined(key, folder));
  return {
    root_uri: root,
    files: listed(
      files.map(({ name, isFolder, size }) => ({
        path: joined(folder, name),
        is_dir: isFolder,
        file_size: size,
      })),
    ),
  };
}

export const listArtifacts = endpoint(
  { ...RUN_ID, path: string, page_token: string },
  async ({ tracking, artifacts }, input) => {
    const folder = safeFolder(input.path);
    const { artifactUri } = await tracking.getRun(runIdOf(input));
    return listing(artifacts, artifactUri, folder);
  },
);

export const listLoggedModelArtifacts = endpoint(
  { model_id: required(string), artifact_directory_path: string, page_token: string },
  async ({ tracking, artifacts }, { model_id: id, artifact_directory_path: path }) => {
    const folder = safeFolder(path);
    const { artifactLocation } = await tracking.getLoggedModel(id);
    return listing(artifacts, artifactLocation, folder);
  },
);

async function download(artifacts: ArtifactStore, root: string, path: string) {
  const { backend, key } = artifacts.place(root);
  const content = await backend.read(joined(key, path));
  if (content === undefined) throw noSuchArtifact(path);
  return attachment(path, content);
}

/** A file of a run, for the UI. */
export const getArtifact = raw(async ({ service, request }) => {
  const query = new URLSearchParams(request.rawQuery);
  const path = pathIn(query, 'path');
  const runId = runIdOf({
    run_id: query.get('run_id') ?? undefined,
    run_uuid: query.get('run_uuid') ?? undefined,
  });
  const { artifactUri } = await service.tracking.getRun(runId);
  return download(service.artifacts, artifactUri, path);
});

/** A file of a model version, for the UI. */
export const getModelVersionArtifact = raw(async ({ service, request }) => {
  const query = new URLSearchParams(request.rawQuery);
  const path = pathIn(query, 'path');
  const root = await service.models.downloadUri(query.get('name') ?? '', Number(query.get('version')));
  const within = await runLocation(service, root);
  return download(service.artifacts, within, path);
});

/** `runs:/<id>/<path>` as the location of that artifact; others stay. */
async function runLocation({ tracking }: TrackingService, uri: string): Promise<string> {
  const match = /^runs:\/+([^/]+)\/?(.*)$/.exec(uri);
  if (match === null) return uri;
  const { artifactUri } = await tracking.getRun(match[1]!);
  return joined(artifactUri.replace(/\/$/, ''), safeFolder(match[2]));
}

/** A file of a logged model, for the UI. */
export const getLoggedModelArtifact = raw(async ({ service, request, pathParameters }) => {
  const path = pathIn(new URLSearchParams(request.rawQuery), 'artifact_file_path');
  const { artifactLocation } = await service.tracking.getLoggedModel(pathParameters.model_id!);
  return download(service.artifacts, artifactLocation, path);
});

function pathIn(query: URLSearchParams, name: string): string {
  const path = query.get(name);
  if (path === null || path === '') {
    throw new ApiError('BAD_REQUEST', `Request must include the "${name}" query parameter.`);
  }
  return safePath(path);
}

/** A small file for a run, from the UI. */
export const uploadArtifact = raw(async ({ service, request }) => {
  const query = new URLSearchParams(request.rawQuery);
  const runId = query.get('run_id') ?? query.get('run_uuid') ?? '';
  if (runId === '') throw invalidParameter('Request must specify run_id or run_uuid.');
  if ((query.get('path') ?? '') === '') throw invalidParameter('Request must specify path.');
  const path = safePath(query.get('path')!);
  if (request.body.length === 0) throw invalidParameter('Request must specify data.');
  if (request.body.length > Limit.UPLOAD_BYTES) {
    throw invalidParameter('Artifact size is too large. Max size is 10MB.');
  }
  const { artifactUri } = await service.tracking.getRun(runId);
  const { backend, key } = service.artifacts.placeToWrite(artifactUri);
  await backend.write(joined(key, path), request.body, request.body.length);
  return json(200, {});
});

function secondsOf(expiration: number | undefined, otherwise: number): number {
  const seconds = expiration ?? otherwise;
  if (seconds < 1 || seconds > Limit.PRESIGNED_SECONDS) {
    throw invalidParameter(
      `expiration must be between 1 and ${Limit.PRESIGNED_SECONDS} seconds (got ${seconds}).`,
    );
  }
  return seconds;
}

function notPresigned(place: Place): ApiError {
  return place.isProxied
    ? invalidParameter(
        'Presigned URLs are not supported for proxied artifact storage: the artifacts must be in S3.',
      )
    : new ApiError(
        'NOT_IMPLEMENTED',
        'The artifacts of this registry are in a folder, which has no presigned URLs.',
      );
}

export const presignedUploadUrl = endpoint(
  { run_id: string, model_id: string, path: required(string), expiration: int },
  async ({ tracking, artifacts }, input) => {
    const { run_id: runId = '', model_id: modelId = '' } = input;
    if ((runId === '') === (modelId === '')) {
      throw invalidParameter('Exactly one of run_id and model_id must be provided.');
    }
    const path = safePath(input.path);
    const seconds = secondsOf(input.expiration, DEFAULT_UPLOAD_SECONDS);
    const root =
      runId === ''
        ? (await tracking.getLoggedModel(modelId)).artifactLocation
        : (await tracking.getRun(runIdOf({ run_id: runId, run_uuid: undefined }))).artifactUri;
    const place = artifacts.placeToWrite(root);
    if (place.isProxied || place.backend.presignUpload === undefined) throw notPresigned(place);
    const { url, headers } = await place.backend.presignUpload(joined(place.key, path), seconds);
    return { presigned_url: url, headers };
  },
);

export const presignedDownloadUrl = endpoint(
  { run_id: required(string), path: required(string), expiration: int },
  async ({ tracking, artifacts }, input) => {
    const path = safePath(input.path);
    const seconds = secondsOf(input.expiration, DEFAULT_DOWNLOAD_SECONDS);
    const { artifactUri } = await tracking.getRun(runIdOf({ run_id: input.run_id, run_uuid: undefined }));
    const place = artifacts.place(artifactUri);
    if (place.isProxied || place.backend.presignDownload === undefined) throw notPresigned(place);
    const signed = await place.backend.presignDownload(joined(place.key, path), seconds);
    if (signed === undefined) throw noSuchArtifact(path);
    return { presigned_url: signed.url, headers: signed.headers, file_size: signed.size };
  },
);

import { invalidParameter } from '../errors';
import { safePath } from './safe-path';

/** A URI of artifacts, taken apart. */
export interface ArtifactUri {
  /** In lower case; a plain absolute path is a `file`. */
  readonly scheme: string;
  /** The bucket, or the host. */
  readonly authority: string;
  /** Without slashes at both ends. */
  readonly path: string;
}

/** @throws ApiError when it is no URI, or its path could lead out of where it seems to be. */
export function parseArtifactUri(uri: string): ArtifactUri {
  const match = /^(?:([a-z][a-z0-9+.-]*):(?:\/\/([^/]*))?)?(\/.*)?$/is.exec(uri);
  if (match === null || (match[1] === undefined && match[3] === undefined)) throw invalidLocation(uri);
  const scheme = (match[1] ?? 'file').toLowerCase();
  const path = (match[3] ?? '').replace(/^\/+|\/+$/g, '');
  const authority = match[2] ?? '';
  if (/[?#%@\\\s]/.test(authority)) throw invalidLocation(uri);
  if (path !== '') {
    try {
      safePath(path);
    } catch {
      throw invalidLocation(uri);
    }
  }
  return { scheme, authority, path: scheme === 'file' ? decodedFile(path, uri) : path };
}

/** File URIs are percent-encoded, plain paths are not; what decoding leaves is checked by `safePath` already. */
function decodedFile(path: string, uri: string): string {
  if (!/^file:/i.test(uri)) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidLocation(uri);
  }
}

const invalidLocation = (uri: string) =>
  invalidParameter(
    `Invalid artifact location "${uri.slice(0, 500)}": give a URI without "..", "#", "?" and encoded forms of these.`,
  );

/** The rest of the path below the root, empty for the root itself, or undefined when it is elsewhere. */
export function locationIn(uri: ArtifactUri, root: ArtifactUri): string | undefined {
  if (uri.scheme !== root.scheme || uri.authority !== root.authority) return undefined;
  if (root.path === '' || uri.path === root.path) return uri.path === root.path ? '' : uri.path;
  return uri.path.startsWith(`${root.path}/`) ? uri.path.slice(root.path.length + 1) : undefined;
}

/** Whether a URI is the other one or below it. @throws ApiError when one of them is unsafe. */
export function isWithin(uri: string, root: string): boolean {
  return locationIn(parseArtifactUri(uri), parseArtifactUri(root)) !== undefined;
}

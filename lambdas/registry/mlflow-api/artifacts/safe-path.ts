import { ApiError, invalidParameter } from '../errors';

/** How often a path may be percent-encoded before it is refused as an attempt to hide something. */
const MAX_DECODINGS = 5;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * The path, if it stays below the folder that it is joined to, however often somebody decodes it.
 *
 * @throws ApiError for `..`, `.` and empty segments, absolute paths, drives, URIs, backslashes, `#`, `?` and control
 *   characters, also where they are percent-encoded.
 */
export function safePath(path: string): string {
  let decoded = path;
  for (let times = 0; ; times += 1) {
    if (isUnsafe(decoded)) throw invalidParameter('Invalid path');
    const next = decodeOnce(decoded);
    if (next === decoded) return path;
    if (times === MAX_DECODINGS) throw invalidParameter('Invalid path');
    decoded = next;
  }
}

function isUnsafe(path: string): boolean {
  return (
    /[\\#?]/.test(path) ||
    CONTROL.test(path) ||
    /^([a-z]:|[a-z][a-z0-9+.-]*:\/|file:)/i.test(path) ||
    path.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')
  );
}

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** As `safePath`; undefined and an empty path are the folder itself. One slash at the end is taken off. */
export function safeFolder(path: string | undefined): string {
  if (path === undefined || path === '' || path === '.') return '';
  return safePath(path.replace(/\/$/, ''));
}

/** The last segment of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Joins segments, leaving out empty ones. */
export const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/');

export const noSuchArtifact = (path: string): ApiError =>
  new ApiError('RESOURCE_DOES_NOT_EXIST', `No such artifact: '${path}'`);

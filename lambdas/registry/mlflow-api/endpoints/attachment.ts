import type { ArtifactContent } from '../artifacts/artifact-store';
import { baseName } from '../artifacts/safe-path';
import type { ApiResponse } from '../http';

/** Types by the end of the name. Everything is an attachment, so that no page of ours ever runs what a run wrote. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['csv', 'text/csv'],
  ['gif', 'image/gif'],
  ['html', 'text/html'],
  ['jpeg', 'image/jpeg'],
  ['jpg', 'image/jpeg'],
  ['json', 'application/json'],
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['svg', 'image/svg+xml'],
  ['webp', 'image/webp'],
]);
const TEXTS = new Set(
  'txt log err cfg conf cnf ini md rst py js ts r yaml yml toml sql sh env properties xml lock MLmodel MLproject'.split(
    ' ',
  ),
);

function typeOf(name: string): string {
  const extension = name.slice(name.lastIndexOf('.') + 1);
  if (TEXTS.has(extension)) return 'text/plain; charset=utf-8';
  return TYPES.get(extension.toLowerCase()) ?? 'application/octet-stream';
}

/** The file as something to be saved, never to be shown as a page of this origin. */
export function attachment(path: string, { body, size }: ArtifactContent): ApiResponse {
  const name = baseName(path);
  return {
    status: 200,
    headers: {
      'content-type': typeOf(name),
      'content-length': String(size),
      'content-disposition': disposition(name),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    },
    body,
  };
}

/** RFC 6266: a plain name for old readers, the exact one percent-encoded. */
function disposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  const exact = encodeURIComponent(name).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}

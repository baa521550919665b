import { InvalidParameterError } from '../tracking/errors';

/** What a version's source names. */
export type SourceReference =
  | { readonly kind: 'location' }
  | { readonly kind: 'logged-model'; readonly modelId: string }
  | { readonly kind: 'version'; readonly name: string; readonly version: number }
  | { readonly kind: 'alias'; readonly name: string; readonly alias: string }
  | { readonly kind: 'stage'; readonly name: string; readonly stage: string };

const SCHEME = 'models:/';

/**
 * Reads the source of a version: `models:/m-<id>` is a logged model, `models:/<name>/<version>`,
 * `models:/<name>@<alias>` and `models:/<name>/<stage>` a version; all else is where artifacts lie.
 *
 * @throws InvalidParameterError for a `models:` URI of none of these forms.
 */
export function parseSource(source: string): SourceReference {
  if (!/^models:/i.test(source)) return { kind: 'location' };
  const path = source.startsWith(SCHEME) ? source.slice(SCHEME.length) : '';
  const alias = /^([^/@]+)@([\w-]+)$/.exec(path);
  if (alias !== null) return { kind: 'alias', name: decoded(alias[1]!), alias: alias[2]! };
  const part = /^([^/]+)\/([^/]+)$/.exec(path);
  if (part !== null && /^\d+$/.test(part[2]!)) {
    return { kind: 'version', name: decoded(part[1]!), version: Number(part[2]) };
  }
  if (part !== null) return { kind: 'stage', name: decoded(part[1]!), stage: part[2]! };
  if (path !== '' && !path.includes('/')) return { kind: 'logged-model', modelId: path };
  throw new InvalidParameterError(
    `Invalid model version source: '${source}'. Give models:/<model id>, models:/<name>/<version>, models:/<name>@<alias>, or where the artifacts are.`,
  );
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

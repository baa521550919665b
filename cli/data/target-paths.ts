import { join, sep } from 'node:path';
import { UserError } from '../errors';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * The path of a key below a folder.
 *
 * @throws UserError when the key would leave the folder or cannot be a file
 */
export function targetPath(folder: string, key: string): string {
  const parts = key.split('/');
  const reason = parts.some((part) => part === '..')
    ? 'it would leave the folder'
    : key.startsWith('/') || /^[A-Za-z]:/.test(key)
      ? 'it is absolute'
      : parts.some((part) => part === '' || part === '.')
        ? 'a part of it is no name'
        : CONTROL.test(key) || (sep === '\\' && key.includes('\\'))
          ? 'it has characters that no file name should have'
          : undefined;
  if (reason !== undefined) {
    throw new UserError(
      `The key ${JSON.stringify(key)} is not written to the folder, because ${reason}.`,
      'key',
    );
  }
  return join(folder, ...parts);
}

/** Two keys of a version that cannot both be files in one folder. */
export interface Collision {
  readonly first: string;
  readonly second: string;
  /** `name`: they differ only in case or in how accents are written; `folder`: one is a folder of the other. */
  readonly kind: 'name' | 'folder';
}

/** How file systems that ignore case and the spelling of accents compare names. */
const folded = (key: string): string => key.normalize('NFC').toLowerCase();

/** The first collision of each kind among the keys. */
export function collisions(keys: Iterable<string>): Collision[] {
  const files = new Map<string, string>();
  const folders = new Map<string, string>();
  const found = new Map<string, Collision>();
  const note = (kind: Collision['kind'], first: string, second: string) => {
    if (!found.has(kind)) found.set(kind, { kind, first, second });
  };
  for (const key of keys) {
    const name = folded(key);
    const twin = files.get(name);
    if (twin !== undefined) note('name', twin, key);
    files.set(name, key);
    for (let slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1)) {
      folders.set(key.slice(0, slash), key);
    }
  }
  for (const key of files.values()) {
    const inside = folders.get(key);
    if (inside !== undefined) note('folder', key, inside);
  }
  return [...found.values()];
}

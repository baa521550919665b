// What the bundles under assets/ are made of, as one digest: setup bundles again only when it changed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const filesBelow = (folder) => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
};

/** `lib/` shares only its contract files with the handlers; bundle.mjs refuses any other import from there. */
export const isContract = (file) => /(^|[/-])contract\.ts$/.test(file);

/** Files whose content decides what `npm run bundle` writes, relative to `root`, sorted. */
export function bundleSources(root) {
  const found = [
    ...filesBelow(join(root, 'lambdas')),
    ...filesBelow(join(root, 'jobs')),
    ...filesBelow(join(root, 'lib')).filter((file) => isContract(file.split(sep).join('/'))),
    ...['package-lock.json', 'scripts/bundle.mjs', 'scripts/fingerprint.mjs'].map((name) => join(root, name)),
  ];
  return found
    .map((file) => relative(root, file).split(sep).join('/'))
    .filter((file) => !file.includes('__pycache__'))
    .sort();
}

/** SHA-256 over names and bytes of `bundleSources`, in hex. */
export function bundleFingerprint(root) {
  const hash = createHash('sha256');
  for (const file of bundleSources(root)) {
    const bytes = readFileSync(join(root, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** SHA-256 of one file, in hex. */
export const fileDigest = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

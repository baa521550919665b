// Are the npm packages of the lock file installed? npm keeps what it installed last in node_modules/.package-lock.json.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const packagesOf = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/**
 * True when every package of package-lock.json is installed in its version and none is left over. Packages for
 * other platforms (`optional`) may be absent. A change of package.json alone is npm's own check (`npm ci` refuses it).
 */
export function packagesAreInstalled(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted) throw new Error(`${join(root, 'package-lock.json')} cannot be read as JSON.`);
  if (!installed) return false;
  const same = (path) =>
    wanted[path]?.version === installed[path]?.version &&
    wanted[path]?.integrity === installed[path]?.integrity;
  return (
    Object.entries(wanted).every(
      ([path, { optional, peer }]) => path === '' || ((optional || peer) && !installed[path]) || same(path),
    ) && Object.keys(installed).every(same)
  );
}

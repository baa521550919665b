/** Where containers have their files. */
export const CONTAINER_ROOT = '/opt/ml';

const ROOT_IN_TEXT = /(?<![\w./-])\/opt\/ml(?=$|[/"'\s:;,\]})])/g;

/** Replaces every path below /opt/ml in a text (an argument, a variable, a JSON value) by one below `root`. */
export function rewritePaths(text: string, root: string): string {
  return text.replace(ROOT_IN_TEXT, () => root);
}

/** {@link rewritePaths} on every value. */
export function rewriteValues(
  values: Readonly<Record<string, string>>,
  root: string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, rewritePaths(value, root)]));
}

/**
 * Where a path in the container lies on this machine.
 *
 * @param below - the folder that the path must be in, for example `/opt/ml/processing`
 * @throws Error naming the path when it is elsewhere or climbs out
 */
export function hostPath(path: string, root: string, below: string = CONTAINER_ROOT): string {
  const clean = path.replace(/\/+$/, '');
  if ((clean !== below && !clean.startsWith(`${below}/`)) || clean.split('/').includes('..')) {
    throw new Error(`The path ${path} must be below ${below}`);
  }
  return root + clean.slice(CONTAINER_ROOT.length);
}

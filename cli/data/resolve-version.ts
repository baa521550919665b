import type { DatasetVersion } from '../../lambdas/data-lake/entities';
import type { Catalog } from '../../lambdas/data-lake/history/catalog-reader';
import { UserError } from '../errors';

/** What stands for the version that the dataset has now. */
export const CURRENT = 'current';
/** Fewer digits are a typing error rather than a version. */
const MIN_PREFIX = 4;
const HEX = /^[0-9a-f]+$/;

export const shortId = (id: string): string => id.slice(0, 12);

/**
 * The version that a person names: `current`, its id, or the first digits of its id if no other version begins so.
 *
 * @throws UserError naming the candidates
 */
export async function resolveVersion(
  catalog: Catalog,
  dataset: string,
  reference: string,
): Promise<DatasetVersion> {
  if (reference === CURRENT) return currentVersion(catalog, dataset);
  const versions = await catalog.versions(dataset);
  if (versions.length === 0) throw noVersions(dataset);
  const digits = reference.toLowerCase();
  const found = HEX.test(digits) ? versions.filter(({ id }) => id.startsWith(digits)) : [];
  const [only] = found;
  if (only !== undefined && found.length === 1 && (digits.length >= MIN_PREFIX || only.id === digits)) {
    return only;
  }
  const list = (some: readonly DatasetVersion[]) =>
    some
      .slice(-5)
      .map(({ id }) => shortId(id))
      .join(', ');
  if (found.length > 1) {
    throw new UserError(
      `"${reference}" is the beginning of ${found.length} versions of dataset ${dataset} (${list(found)}): give more digits.`,
      'version',
    );
  }
  if (only !== undefined) {
    throw new UserError(
      `"${reference}" is too short to name a version: give at least ${MIN_PREFIX} digits.`,
      'version',
    );
  }
  throw new UserError(
    `Dataset ${dataset} has no version "${reference}". Its newest are ${list(versions)}; see: flywheel data list`,
    'version',
  );
}

async function currentVersion(catalog: Catalog, dataset: string): Promise<DatasetVersion> {
  const current = await catalog.current(dataset);
  const version = current && (await catalog.version(dataset, current.version));
  if (version === undefined) throw noVersions(dataset);
  return version;
}

const noVersions = (dataset: string): UserError =>
  new UserError(
    `Dataset ${dataset} has no versions yet: drop a file (flywheel drop), or name another dataset with --dataset.`,
    'dataset',
  );

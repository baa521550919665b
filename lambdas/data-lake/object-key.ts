import { DATASET_NAME, Prefix, SUCCESS_MARKER } from '../../lib/data-lake/contract';

/** Where an object of the landing zone belongs. */
export interface RawObject {
  readonly dataset: string;
  /** The key below `raw/<dataset>/`. */
  readonly relativeKey: string;
}

/** What an object means for its dataset: data, the end of a drop, or nothing at all. */
export type ObjectRole = 'data' | 'marker' | 'ignored';

/** Key prefix of a dataset's raw objects. */
export const rawPrefix = (dataset: string): string => `${Prefix.RAW}${dataset}/`;

/**
 * Splits the key of a raw object, as EventBridge and the S3 API give it (not URL-encoded).
 *
 * @throws Error when the key names no dataset, saying what to do.
 */
export function parseRawKey(key: string): RawObject {
  if (!key.startsWith(Prefix.RAW)) {
    throw new Error(`Object "${key}" is not under ${Prefix.RAW}: drop data under ${Prefix.RAW}<dataset>/.`);
  }
  const rest = key.slice(Prefix.RAW.length);
  const slash = rest.indexOf('/');
  if (slash < 0) {
    throw new Error(
      `Object "${key}" belongs to no dataset: drop it under ${Prefix.RAW}<dataset>/, for example ` +
        `${Prefix.RAW}my-dataset/${rest}.`,
    );
  }
  const dataset = rest.slice(0, slash);
  if (!DATASET_NAME.test(dataset)) {
    throw new Error(
      `Object "${key}" names the dataset "${dataset}": a dataset's name has 1 to 63 letters, digits, dots, ` +
        'hyphens and underscores, and begins with a letter or a digit.',
    );
  }
  return { dataset, relativeKey: rest.slice(slash + 1) };
}

/** What Hadoop's S3 clients leave to stand for a folder. */
const FOLDER_SUFFIX = '_$folder$';

/**
 * The role of an object below a dataset's folder. Folder markers and hidden names (a part that begins with `_` or
 * `.`, as Hadoop and Spark read it) are ignored; `_SUCCESS` ends a drop even when empty. What leads out of its
 * folder is data, so that it is refused with a reason.
 */
export function objectRole(relativeKey: string, size: number): ObjectRole {
  const parts = relativeKey.split('/');
  const name = parts.at(-1);
  if (name === SUCCESS_MARKER) return 'marker';
  if (size === 0 && (name === '' || relativeKey.endsWith(FOLDER_SUFFIX))) return 'ignored';
  return parts.some(isHidden) ? 'ignored' : 'data';
}

const isHidden = (part: string): boolean =>
  (part.startsWith('_') || part.startsWith('.')) && part !== '.' && part !== '..';

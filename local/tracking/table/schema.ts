import { invalid } from './errors';
import { MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES } from './limits';
import { type Item, utf8Length, type Value } from './values';

/** Key attributes of the table, of its one index, and the attribute by which items expire. */
export const PARTITION_KEY = 'PK';
export const SORT_KEY = 'SK';
export const INDEX_NAME = 'GSI1';
export const INDEX_PARTITION_KEY = `${INDEX_NAME}PK`;
export const INDEX_SORT_KEY = `${INDEX_NAME}SK`;
/** Seconds since the epoch. */
export const EXPIRES_AT = 'expiresAt';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** The key of an item that is to be written. @throws ValidationException */
export function itemKey(item: Item): Key {
  for (const name of [INDEX_PARTITION_KEY, INDEX_SORT_KEY]) {
    const value = item[name];
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      throw invalid(
        `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: S, or an empty string`,
      );
    }
  }
  return checkedKey(item[PARTITION_KEY], item[SORT_KEY]);
}

/** The key that a request names. @throws ValidationException */
export function requestKey(key: Readonly<Record<string, Value>> | undefined): Key {
  if (key === undefined || Object.keys(key).length !== 2) {
    throw invalid('The provided key element does not match the schema');
  }
  return checkedKey(key[PARTITION_KEY], key[SORT_KEY]);
}

function checkedKey(pk: Value, sk: Value): Key {
  if (typeof pk !== 'string' || typeof sk !== 'string') {
    throw invalid('The provided key element does not match the schema');
  }
  if (pk === '' || sk === '') {
    throw invalid(
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value.',
    );
  }
  if (pk.length * 3 > MAX_PARTITION_KEY_BYTES && utf8Length(pk) > MAX_PARTITION_KEY_BYTES) {
    throw invalid(
      'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
    );
  }
  if (sk.length * 3 > MAX_SORT_KEY_BYTES && utf8Length(sk) > MAX_SORT_KEY_BYTES) {
    throw invalid(
      'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    );
  }
  return { pk, sk };
}

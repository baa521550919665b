import type { SchemaElement } from 'hyparquet';
import type { Page } from './page-header';
import { ParquetError } from './parquet-error';

/** Memory that a page may take when its values are decoded, and the dictionary with it. */
const MAX_PAGE_MEMORY = 88 * 1024 * 1024;
/** Bytes of a value: as a number, as text or bytes, and as an entry of a dictionary that was made text. */
const NUMBER_BYTES = 40;
const OBJECT_BYTES = 160;
const ENTRY_BYTES = 48;

const NUMBERS = new Set(['BOOLEAN', 'INT32', 'INT64', 'FLOAT', 'DOUBLE']);

/**
 * Judges a page by what its values will take, which can be many times its size.
 *
 * @param held what the dictionary takes already
 * @returns what the dictionary takes from now on, in bytes
 * @throws ParquetError when it is more than can be held
 */
export function checkCost(
  { type, encoding, values, packed, unpacked }: Page,
  element: SchemaElement,
  held: number,
): number {
  const isNumber =
    NUMBERS.has(element.type ?? '') &&
    (element.converted_type === undefined || /^U?INT_/.test(element.converted_type)) &&
    (element.logical_type === undefined || element.logical_type.type === 'INTEGER');
  const isReference = type !== 'DICTIONARY_PAGE' && encoding.endsWith('_DICTIONARY');
  // Unpacking keeps its own copy of what comes in and goes out.
  const memory =
    held + packed + 2 * unpacked + values * (isNumber || isReference ? NUMBER_BYTES : OBJECT_BYTES);
  if (memory > MAX_PAGE_MEMORY) {
    const message = `has a page of ${values} values in ${unpacked} bytes of column "${element.name}"`;
    throw new ParquetError(`${message}, more than can be held; write smaller pages`, 'too-large');
  }
  return type === 'DICTIONARY_PAGE' ? unpacked + values * ENTRY_BYTES : held;
}

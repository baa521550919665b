import { isUtf8 } from 'node:buffer';
import type { FileFormat } from '../validation/inspection';
import { type Dialect, sniffDialect } from './csv/dialect';
import { formatOfKey } from './format-of-key';

/** Bytes of a file that its format is told by. */
export const HEAD_BYTES = 64 * 1024;

/** What a file is, by its first bytes and its name. */
export interface Sniffed {
  readonly format: FileFormat;
  /** Of CSV. */
  readonly dialect?: Dialect;
  /** What it looks like, where that is nothing that can be read. */
  readonly looksLike?: string;
}

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

const SIGNATURES: readonly (readonly [Buffer, string])[] = [
  [ascii('PK\x03\x04'), 'a ZIP archive (or a spreadsheet)'],
  [ascii('BZh'), 'bzip2'],
  [ascii('\x28\xb5\x2f\xfd'), 'Zstandard'],
  [ascii('\xfd7zXZ\0'), 'xz'],
  [ascii('7z\xbc\xaf'), '7-Zip'],
  [ascii('%PDF'), 'PDF'],
  [ascii('\x89PNG'), 'a PNG image'],
  [ascii('\xff\xd8\xff'), 'a JPEG image'],
  [ascii('GIF8'), 'a GIF image'],
  [ascii('\x89HDF'), 'HDF5'],
  [ascii('\x93NUMPY'), 'a NumPy array'],
  [ascii('ARROW1'), 'Arrow or Feather'],
  [ascii('Obj\x01'), 'Avro'],
  [ascii('ORC'), 'ORC'],
];

const UTF16 = [ascii('\xff\xfe'), ascii('\xfe\xff')];
const BOM = ascii('\xef\xbb\xbf');

const begins = (head: Buffer, magic: Buffer): boolean => head.subarray(0, magic.length).equals(magic);

const JSON_ARRAY = 'one JSON array; write an object a line';

export const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;

/**
 * @param head first bytes of the file, unpacked
 * @param name of the file, without an ending for its compression
 * @param whole whether the head is all of the file
 */
export function sniff(head: Buffer, name: string, whole: boolean): Sniffed {
  const byName = formatOfKey(name);
  const named = byName === 'opaque' ? undefined : byName;
  if (begins(head, ascii('PAR1'))) {
    const otherwise = named !== undefined && named !== 'parquet';
    return otherwise ? { format: named, looksLike: 'Parquet; name it so' } : { format: 'parquet' };
  }
  const signature = SIGNATURES.find(([magic]) => begins(head, magic))?.[1];
  const utf16 = UTF16.some((magic) => begins(head, magic)) ? 'UTF-16 text; save it as UTF-8' : undefined;
  const looksLike = signature ?? utf16;
  if (looksLike !== undefined) return { format: named ?? 'opaque', looksLike };
  if (named === 'parquet')
    return { format: 'parquet', ...(head.length === 0 ? {} : { looksLike: 'something else' }) };
  const text = begins(head, BOM) ? head.subarray(BOM.length) : head;
  if (!isText(text, whole)) return { format: named ?? 'opaque' };
  if (named === 'json-lines' || beginsAsJsonLines(text, named)) return { format: 'json-lines' };
  const dialect = sniffDialect(text, whole);
  if (named === 'csv') return { format: 'csv', dialect };
  if (/\.json$/i.test(name)) {
    const array = text.toString('latin1', 0, 100).trimStart().startsWith('[');
    return array ? { format: 'json-lines', looksLike: JSON_ARRAY } : { format: 'opaque' };
  }
  if (byName === 'opaque' || text.length === 0) return { format: 'opaque' };
  return dialect.consistent ? { format: 'csv', dialect } : { format: 'opaque' };
}

/** Whether bytes are UTF-8 without zeros; the last character may be cut. */
function isText(head: Buffer, whole: boolean): boolean {
  if (head.includes(0)) return false;
  if (whole) return isUtf8(head);
  return [0, 1, 2, 3].some((cut) => isUtf8(head.subarray(0, Math.max(0, head.length - cut))));
}

/** Whether the first line is a JSON object. */
function beginsAsJsonLines(head: Buffer, named: FileFormat | undefined): boolean {
  if (named === 'csv') return false;
  const [line = ''] = head.toString('utf8').trimStart().split('\n', 1);
  if (!line.startsWith('{')) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

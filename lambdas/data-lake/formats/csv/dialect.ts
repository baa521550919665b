import { CsvTokenizer } from './tokenizer';

/** What separates fields, the likeliest first. */
export const DELIMITERS: readonly string[] = [',', ';', '\t', '|'];

const MAX_ROWS = 50;
const MAX_WIDTH = 4096;

export interface Dialect {
  readonly delimiter: string;
  /** Whether the rows of the beginning are cut into the same number of fields, more than one. */
  readonly consistent: boolean;
}

/**
 * Finds out what separates fields, from the beginning of a file: the delimiter that cuts the header into several
 * columns and the largest share of the rows into as many; of those the one with the most columns.
 *
 * @param whole whether the beginning is all of the file
 */
export function sniffDialect(head: Uint8Array, whole: boolean): Dialect {
  const scored = DELIMITERS.map((delimiter) => ({ delimiter, ...score(head, delimiter, whole) }));
  const several = scored.filter(({ width }) => width > 1);
  const [best] = several.sort((a, b) => b.share - a.share || b.width - a.width);
  return { delimiter: best?.delimiter ?? ',', consistent: best?.share === 1 };
}

function score(head: Uint8Array, delimiter: string, whole: boolean): { width: number; share: number } {
  const bytes = Buffer.alloc(2 * head.length + 1);
  bytes.set(head);
  const code = delimiter.charCodeAt(0);
  const first = new CsvTokenizer(bytes, code, MAX_WIDTH, 1);
  first.read(head.length, whole);
  if (first.rows === 0) return { width: 0, share: 0 };
  const width = Math.min(MAX_WIDTH, first.uneven[0]?.fields ?? MAX_WIDTH);
  const rest = new CsvTokenizer(bytes, code, width, MAX_ROWS);
  rest.position = first.position;
  const stop = rest.read(head.length, whole);
  const even = rest.rows - rest.uneven.length;
  return { width, share: stop === 'quote' ? 0 : (even + 1) / (rest.rows + 1) };
}

import { CsvError, parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvTokenizer } from '../../../lambdas/data-lake/formats/csv/tokenizer';

/** All rows, with the bytes given to the tokenizer a few at a time, as a stream does. */
function rowsOf(text: string, delimiter = ',', piece = 7, maxRows = 3): string[][] | 'malformed' {
  const bytes = Buffer.from(text);
  const width = 64;
  let held = Buffer.alloc(0);
  const rows: string[][] = [];
  for (let at = 0; at <= bytes.length; at += piece) {
    const final = at + piece > bytes.length;
    held = Buffer.concat([held, bytes.subarray(at, at + piece)]);
    const buffer = Buffer.alloc(2 * held.length + 1);
    buffer.set(held);
    const tokenizer = new CsvTokenizer(buffer, delimiter.charCodeAt(0), width, maxRows);
    for (;;) {
      const stop = tokenizer.read(held.length, final);
      for (let row = 0; row < tokenizer.rows; row += 1) {
        const fields = tokenizer.uneven.find((uneven) => uneven.row === row)?.fields ?? width;
        rows.push(
          Array.from({ length: fields }, (_, i) =>
            buffer.toString('utf8', tokenizer.starts[row * width + i], tokenizer.ends[row * width + i]),
          ),
        );
      }
      if (stop === 'quote') return 'malformed';
      if (stop === 'more') break;
    }
    held = Buffer.from(held.subarray(tokenizer.position));
  }
  return rows;
}

const OPTIONS = {
  relax_column_count: true,
  skip_empty_lines: true,
  record_delimiter: ['\r\n', '\n', '\r'],
};

function expected(text: string, delimiter: string): string[][] | 'malformed' | 'quote in a plain field' {
  try {
    return parse(text, { ...OPTIONS, delimiter });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return error.code === 'INVALID_OPENING_QUOTE' ? 'quote in a plain field' : 'malformed';
  }
}

const delimiter = fc.constantFrom(',', ';', '\t', '|');
const piece = fc.integer({ min: 1, max: 12 });

describe('the tokenizer', () => {
  test('cuts what csv-parse cuts, for whatever bytes and in whatever pieces', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('"', ',', ';', '\n', '\r', '\r\n', 'a', '1', ' ', 'é', '""', '"",', '\t', '|'),
      maxLength: 40,
    });
    fc.assert(
      fc.property(nasty, delimiter, piece, (text, mark, size) => {
        const wanted = expected(text, mark);
        if (wanted === 'quote in a plain field') return;
        expect(rowsOf(text, mark, size)).toEqual(wanted);
      }),
      { numRuns: 3000 },
    );
  });

  test('gives back the fields that were quoted as a writer quotes', () => {
    const field = fc.string({
      unit: fc.constantFrom('"', ',', '\n', '\r\n', 'x', 'ß', '7', ''),
      maxLength: 8,
    });
    const table = fc
      .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 12 }))
      .chain(([width, height]) =>
        fc.array(fc.array(field, { minLength: width, maxLength: width }), {
          minLength: height,
          maxLength: height,
        }),
      );
    fc.assert(
      fc.property(table, delimiter, piece, fc.constantFrom('\n', '\r\n'), (rows, mark, size, end) => {
        const text = rows
          .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(mark))
          .join(end);
        expect(rowsOf(text, mark, size)).toEqual(rows);
      }),
      { numRuns: 500 },
    );
  });

  test('takes a quote inside a plain field as it stands', () => {
    expect(rowsOf('a,b\n5" pipe,x"y"\n')).toEqual([
      ['a', 'b'],
      ['5" pipe', 'x"y"'],
    ]);
  });

  test('drops the fields that the header has no column for, and tells how many there were', () => {
    const bytes = Buffer.alloc(41);
    const length = bytes.write('1,2,3\n4\n5,6\n');
    const tokenizer = new CsvTokenizer(bytes, 44, 2);
    tokenizer.read(length, true);
    expect({ rows: tokenizer.rows, uneven: tokenizer.uneven }).toEqual({
      rows: 3,
      uneven: [
        { row: 0, fields: 3 },
        { row: 1, fields: 1 },
      ],
    });
  });
});

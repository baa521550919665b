import { headerProblems } from '../../validation/header';
import { Occurrences, type Problem, problem } from '../../validation/problem';
import { TableBuilder } from '../../validation/profile/table-builder';
import type { Schema } from '../../validation/schema';
import { LineBuffer } from '../line-buffer';
import { MAX_COLUMNS, MAX_ROW_BYTES, type TextReader, type TextResult } from '../records';
import { CsvTokenizer } from './tokenizer';

/** The header is row 1, as a spreadsheet counts. */
const FIRST_ROW = 2;

/** Reads CSV whose first row names the columns. */
export class CsvReader implements TextReader {
  private readonly buffer = new LineBuffer();
  private header: string[] = [];
  private tokenizer: CsvTokenizer | undefined;
  private table: TableBuilder | undefined;
  private readonly uneven = new Occurrences();

  constructor(
    private readonly delimiter: string,
    private readonly schema: Schema | undefined,
    private readonly target: string | undefined,
  ) {}

  push(chunk: Uint8Array): Problem | undefined {
    this.buffer.append(chunk);
    return this.buffer.ready ? this.cut(false) : undefined;
  }

  end(): Problem | undefined {
    return this.cut(true);
  }

  result(): TextResult {
    const { table, header, uneven } = this;
    if (table === undefined) {
      return { header: [], problems: [problem('no-header', 'has no header: the file is empty')] };
    }
    const width = header.length;
    return {
      header,
      table: table.summary(),
      problems: [
        ...headerProblems(header),
        ...(table.rows === 0 ? [problem('no-rows', 'has a header but no row of data')] : []),
        ...uneven.report(
          'column-count',
          undefined,
          (n) => `${n} ${n === 1 ? 'row has' : 'rows have'} not ${width} ${width === 1 ? 'field' : 'fields'}`,
        ),
      ],
    };
  }

  private cut(final: boolean): Problem | undefined {
    const { buffer } = this;
    let from = 0;
    if (this.table === undefined) {
      const failure = this.readHeader(final);
      if (failure !== undefined) return failure;
      if (this.tokenizer === undefined) return undefined;
      from = this.tokenizer.position;
    }
    const tokenizer = this.tokenizer!;
    tokenizer.bytes = buffer.bytes;
    tokenizer.position = from;
    for (;;) {
      const stop = tokenizer.read(buffer.length, final);
      this.take(tokenizer);
      if (stop === 'quote') return this.badQuote();
      if (stop === 'more') break;
    }
    buffer.drop(tokenizer.position);
    return buffer.length > MAX_ROW_BYTES ? this.tooLong() : undefined;
  }

  private take(tokenizer: CsvTokenizer): void {
    const table = this.table!;
    if (tokenizer.rows === 0) return;
    for (const { row, fields } of tokenizer.uneven) {
      this.uneven.add(FIRST_ROW + table.rows + row, `${fields} ${fields === 1 ? 'field' : 'fields'}`);
    }
    table.addText(tokenizer);
  }

  /** Reads the first row; leaves the tokenizer behind it, or undefined while it is not all there. */
  private readHeader(final: boolean): Problem | undefined {
    const { buffer } = this;
    const first = new CsvTokenizer(buffer.bytes, this.delimiter.charCodeAt(0), MAX_COLUMNS, 1);
    const stop = first.read(buffer.length, final);
    if (stop === 'quote')
      return problem('malformed', 'is not CSV: a quote of row 1 ends in the middle of a field');
    if (first.rows === 0) {
      return buffer.length > MAX_ROW_BYTES ? this.tooLong() : undefined;
    }
    const fields = first.uneven[0]?.fields ?? MAX_COLUMNS;
    if (fields > MAX_COLUMNS) {
      const message = `has ${fields} columns; ${MAX_COLUMNS} can be read`;
      return problem('too-many-columns', message, { count: fields });
    }
    this.header = Array.from({ length: fields }, (_, i) =>
      buffer.bytes.toString('utf8', first.starts[i], first.ends[i]),
    );
    this.tokenizer = new CsvTokenizer(buffer.bytes, this.delimiter.charCodeAt(0), fields);
    this.tokenizer.position = first.position;
    this.table = new TableBuilder(this.header, this.schema, FIRST_ROW, this.target);
    return undefined;
  }

  private nextRow(): number {
    return this.table === undefined ? 1 : FIRST_ROW + this.table.rows;
  }

  private badQuote(): Problem {
    const message = `is not well-formed CSV: in row ${this.nextRow()} a quoted field does not end with its quote`;
    return problem('malformed', message);
  }

  private tooLong(): Problem {
    const message = `is not well-formed CSV: row ${this.nextRow()} is longer than ${MAX_ROW_BYTES} bytes`;
    return problem('malformed', `${message}; look for a quote that is not closed`);
  }
}

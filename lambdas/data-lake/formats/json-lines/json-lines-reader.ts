import { headerProblems } from '../../validation/header';
import { Occurrences, type Problem, problem } from '../../validation/problem';
import { TableBuilder } from '../../validation/profile/table-builder';
import { TextBatchBuilder } from '../../validation/profile/text-batch-builder';
import type { Schema } from '../../validation/schema';
import { LineBuffer } from '../line-buffer';
import { MAX_COLUMNS, MAX_ROW_BYTES, type TextReader, type TextResult } from '../records';

const LF = 10;

/** Reads JSON Lines: an object a line, whose fields are the columns. A field that a row lacks has no value there. */
export class JsonLinesReader implements TextReader {
  private readonly buffer = new LineBuffer();
  private readonly positions = new Map<string, number>();
  private batch = new TextBatchBuilder(0);
  private readonly table: TableBuilder;
  private readonly broken = new Occurrences();
  private line = 0;

  constructor(schema: Schema | undefined, target: string | undefined) {
    this.table = new TableBuilder([], schema, 1, target);
  }

  push(chunk: Uint8Array): Problem | undefined {
    this.buffer.append(chunk);
    return this.buffer.ready ? this.cut(false) : undefined;
  }

  end(): Problem | undefined {
    const failure = this.cut(true);
    this.flush();
    return failure;
  }

  result(): TextResult {
    const header = [...this.positions.keys()];
    const { rows } = this.table;
    return {
      header,
      ...(rows === 0 ? {} : { table: this.table.summary() }),
      problems: [
        ...(rows > 0 ? headerProblems(header) : []),
        ...(rows === 0 && this.broken.count === 0 ? [problem('no-rows', 'has no line with an object')] : []),
        ...this.broken.report('malformed', undefined, (n) =>
          n === 1 ? '1 line is not a JSON object' : `${n} lines are not JSON objects`,
        ),
      ],
    };
  }

  private cut(final: boolean): Problem | undefined {
    const { buffer } = this;
    let from = 0;
    while (from < buffer.length) {
      let end = buffer.bytes.subarray(0, buffer.length).indexOf(LF, from);
      if (end < 0) {
        if (!final) break;
        end = buffer.length;
      }
      this.line += 1;
      const failure = this.addLine(buffer.bytes.toString('utf8', from, end));
      if (failure !== undefined) return failure;
      from = end + 1;
    }
    buffer.drop(Math.min(from, buffer.length));
    return buffer.length > MAX_ROW_BYTES
      ? problem('malformed', `is not JSON Lines: line ${this.line + 1} is longer than ${MAX_ROW_BYTES} bytes`)
      : undefined;
  }

  private addLine(line: string): Problem | undefined {
    const text = line.charCodeAt(0) === 0xfeff ? line.slice(1) : line;
    if (text.trim() === '') return undefined;
    const row = parseObject(text);
    if (row === undefined) {
      this.broken.add(this.line, text);
      return undefined;
    }
    const names = Object.keys(row);
    const fresh = names.filter((name) => !this.positions.has(name));
    if (fresh.length > 0) {
      if (this.positions.size + fresh.length > MAX_COLUMNS) {
        const message = `has more than ${MAX_COLUMNS} different fields by line ${this.line}; no more can be read`;
        return problem('too-many-columns', message);
      }
      this.widen(fresh);
    }
    for (const name of names) this.batch.set(this.positions.get(name)!, row[name]);
    this.batch.endRow();
    if (this.batch.full) this.flush();
    return undefined;
  }

  private widen(names: readonly string[]): void {
    this.flush();
    for (const name of names) {
      this.positions.set(name, this.positions.size);
      this.table.addColumn(name);
    }
    this.batch = new TextBatchBuilder(this.positions.size);
  }

  private flush(): void {
    if (this.batch.rows === 0) return;
    this.table.addText(this.batch);
    this.batch.clear();
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

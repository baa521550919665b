import type { ColumnSummary, Leak, Repeats } from '../inspection';
import type { Schema } from '../schema';
import { ColumnBuilder } from './column-builder';
import type { TableLimits } from './column-state';
import { textHash1, textHash2 } from './field';
import { HashSample } from './hash-sample';
import { addField1, addField2, SEED_1, SEED_2 } from './hashing';
import { leaksOf } from './leaks';
import { type Pick, RowSample } from './row-sample';
import { summaryOf } from './summary';
import type { RowHashes, TextBatch } from './text-batch';

/** Different rows up to which repeated ones are counted exactly. */
const ROW_CAPACITY = 262_144;
/** Different values that the dictionaries keep, all columns together. */
const ALL_VALUES = 200_000;
const MAX_VALUES = 1000;
const MIN_VALUES = 12;

/** What a table turned out to be. */
export interface TableSummary {
  readonly rows: number;
  readonly columns: readonly ColumnSummary[];
  readonly duplicates: Repeats;
  readonly keys?: Repeats;
  readonly leaks?: readonly Leak[];
}

/** Describes a table in bounded memory: its columns, its rows that occur again, and what tells the target. */
export class TableBuilder {
  rows = 0;
  readonly columns: ColumnBuilder[];
  private readonly sample: RowSample;
  private readonly duplicates = new HashSample(ROW_CAPACITY);
  private readonly limits: TableLimits;
  private keyColumns: readonly number[] = [];
  private readonly keys: HashSample | undefined;
  private picks: readonly Pick[] = [];
  private open = 0;
  private hashes: RowHashes = { first: new Int32Array(0), second: new Int32Array(0) };
  private keyHashes: RowHashes = this.hashes;

  /** @param firstRow number of the first row of data as a spreadsheet counts it */
  constructor(
    names: readonly string[],
    private readonly schema: Schema | undefined,
    private readonly firstRow: number,
    private readonly target: string | undefined = schema?.target,
  ) {
    const expected = Math.max(names.length, schema?.columns.length ?? 0);
    this.sample = new RowSample(expected);
    const values = Math.max(MIN_VALUES, Math.min(MAX_VALUES, Math.floor(ALL_VALUES / (expected + 1))));
    this.limits = { values, sample: this.sample.capacity, watched: 0 };
    this.columns = [];
    if (schema?.key !== undefined) this.keys = new HashSample(ROW_CAPACITY);
    for (const name of names) this.addColumn(name);
  }

  /** Adds a column that the rows so far have no value of. */
  addColumn(name: string): void {
    const expected = this.schema?.columns.find((column) => column.name === name);
    const column = new ColumnBuilder(name, expected, this.limits);
    column.skip(this.rows);
    this.columns.push(column);
    this.keyColumns = (this.schema?.key ?? []).map((key) => this.columns.findIndex((c) => c.name === key));
  }

  /** Takes in rows that have a field for each column. */
  addText(batch: TextBatch): void {
    this.startRows(batch.rows);
    for (let column = 0; column < this.columns.length; column += 1) this.addFields(column, batch, column, 0);
    this.endRows();
  }

  /** Makes room for rows whose columns come one after the other: `addFields` for each, then `endRows`. */
  startRows(rows: number): void {
    this.picks = this.sample.take(rows);
    this.open = rows;
    this.hashes = started(this.hashes, rows);
    if (this.keys !== undefined) this.keyHashes = started(this.keyHashes, rows);
  }

  /**
   * Takes in fields of one column.
   *
   * @param position of the column in the batch
   * @param offset of the batch's first row among the rows that were started
   */
  addFields(column: number, batch: TextBatch, position: number, offset: number): void {
    const { rows } = batch;
    const first = this.hashes.first.subarray(offset, offset + rows);
    const second = this.hashes.second.subarray(offset, offset + rows);
    const inBatch = this.picks.filter(({ row }) => row >= offset && row < offset + rows);
    const picks = offset === 0 ? inBatch : inBatch.map(({ row, slot }) => ({ row: row - offset, slot }));
    this.columns[column]!.addText(
      batch,
      position,
      this.firstRow + this.rows + offset,
      { first, second },
      picks,
    );
    if (this.keys !== undefined && this.keyColumns.includes(column))
      this.addKeyFields(batch, position, offset);
  }

  endRows(): void {
    const { duplicates, keys, open } = this;
    const at = this.firstRow + this.rows;
    const { first, second } = this.hashes;
    for (let row = 0; row < open; row += 1) duplicates.add(first[row]!, second[row]!, at + row);
    if (keys !== undefined && !this.keyColumns.includes(-1)) {
      const { first, second } = this.keyHashes;
      for (let row = 0; row < open; row += 1) keys.add(first[row]!, second[row]!, at + row);
    }
    this.rows += open;
  }

  private addKeyFields(
    { bytes, starts, ends, width, rows }: TextBatch,
    position: number,
    offset: number,
  ): void {
    const { first, second } = this.keyHashes;
    for (let row = 0; row < rows; row += 1) {
      const field = row * width + position;
      const at = offset + row;
      first[at] = addField1(first[at]!, textHash1(bytes, starts[field]!, ends[field]!));
      second[at] = addField2(second[at]!, textHash2(bytes, starts[field]!, ends[field]!));
    }
  }

  summary(): TableSummary {
    const { sample, columns, target } = this;
    return {
      rows: this.rows,
      columns: columns.map((column) => summaryOf(column, sample.size, columns.length)),
      duplicates: this.duplicates.repeats(),
      ...(this.keys === undefined ? {} : { keys: this.keys.repeats() }),
      ...(target === undefined ? {} : { leaks: leaksOf(columns, target, sample.size) }),
    };
  }
}

/** Hashes of rows that have no field yet. */
function started(before: RowHashes, rows: number): RowHashes {
  const enough = before.first.length >= rows;
  const first = enough ? before.first : new Int32Array(rows);
  const second = enough ? before.second : new Int32Array(rows);
  first.fill(SEED_1, 0, rows);
  second.fill(SEED_2, 0, rows);
  return { first, second };
}

import type { AsyncBuffer, DecodedArray, SchemaTree } from 'hyparquet';
import { assembleNested } from 'hyparquet/src/assemble.js';
import { columnPages, MAX_CHUNK_BYTES, PARSERS } from './column-pages';
import { type Footer, leavesOf, type RowGroup } from './footer';
import { ParquetError } from './parquet-error';
import { TextBudget } from './text-budget';

/** Reads the columns of row groups, one at a time. */
export class GroupColumns {
  /** Of each column, its leaves as paths from the root, and the place of the first one's chunk in a row group. */
  private readonly columns: { column: SchemaTree; leaves: SchemaTree[][]; first: number }[] = [];

  constructor(
    private readonly file: AsyncBuffer,
    { tree, columns }: Footer,
  ) {
    let first = 0;
    for (const column of columns) {
      const leaves = leavesOf(column, [tree]);
      this.columns.push({ column, leaves, first });
      first += leaves.length;
    }
  }

  /** @returns the values of a column in a row group, in parts, one for each row */
  async *read({ rows, chunks }: RowGroup, index: number): AsyncGenerator<DecodedArray> {
    const { column, leaves, first } = this.columns[index]!;
    const [only] = leaves;
    if (only !== undefined && column.children.length === 0) {
      yield* this.pages(chunks[first], only);
      return;
    }
    const parts = new Map<string, DecodedArray>();
    for (const [i, leaf] of leaves.entries()) {
      const budget = new TextBudget(2 * MAX_CHUNK_BYTES);
      for await (const values of this.pages(chunks[first + i], leaf, budget)) {
        parts.set(leaf.at(-1)!.path.join('.'), values);
      }
    }
    if (rows > 0) assembleNested(parts, column, PARSERS);
    yield parts.get(column.path.join('.')) ?? [];
  }

  private async *pages(
    chunk: RowGroup['chunks'][number] | undefined,
    leaf: readonly SchemaTree[],
    budget?: TextBudget,
  ): AsyncGenerator<DecodedArray> {
    const name = leaf.at(-1)!.path.join('.');
    if (chunk?.path !== name) throw new ParquetError(`lacks column "${name}" in a row group`);
    if (chunk.values === 0) return;
    const bytes = new Uint8Array(await this.file.slice(chunk.start, chunk.end));
    yield* columnPages(chunk, bytes, leaf, budget);
  }
}

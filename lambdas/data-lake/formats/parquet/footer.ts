import {
  type AsyncBuffer,
  parquetMetadata,
  parquetSchema,
  type SchemaElement,
  type SchemaTree,
} from 'hyparquet';
import { CompressionCodecs } from 'hyparquet/src/constants.js';
import { MAX_COLUMNS } from '../records';
import { CompactReader, STRUCT } from './compact-reader';
import { ParquetError } from './parquet-error';

/** Bytes of the description at the end of the file. */
const MAX_FOOTER_BYTES = 16 * 1024 * 1024;
/** Fields and elements of the description: a chunk with its statistics has about 30. */
const MAX_FOOTER_ITEMS = 4_000_000;
/** Column chunks of all row groups. */
const MAX_CHUNKS = 262_144;
const MAX_ELEMENTS = 4 * MAX_COLUMNS;
const MAX_NESTING = 32;
const MAGIC = 'PAR1';

/** Values of one column in a row group. */
export interface Chunk {
  readonly path: string;
  readonly codec: string;
  readonly values: number;
  /** Bytes when unpacked, as the file says. */
  readonly unpacked: number;
  /** Where its pages start and end. */
  readonly start: number;
  readonly end: number;
}

export interface RowGroup {
  readonly rows: number;
  readonly chunks: readonly Chunk[];
}

export interface Footer {
  readonly tree: SchemaTree;
  /** Columns of a table: a nested one has several chunks. */
  readonly columns: readonly SchemaTree[];
  readonly groups: readonly RowGroup[];
}

/**
 * Reads the description of a file: what its columns are, and where their chunks lie. Statistics and what else is
 * not needed to read the rows is passed over.
 *
 * @throws ParquetError when it contradicts itself or is beyond the limits
 */
export async function readFooter(file: AsyncBuffer): Promise<Footer> {
  const bytes = await footerBytes(file);
  const reader = new CompactReader(bytes, 0, MAX_FOOTER_ITEMS);
  const groups: RowGroup[] = [];
  const chunks = { left: MAX_CHUNKS };
  let schemaEnd = -1;
  reader.fields((id, type) => {
    if (id === 2 && schemaEnd === -1) {
      reader.list(type, (element, _, size) => {
        if (size > MAX_ELEMENTS) throw new ParquetError(`has ${size} columns`, 'too-many-columns');
        reader.struct(element, () => false);
      });
      schemaEnd = reader.offset;
      return true;
    }
    if (id === 4) {
      if (schemaEnd === -1) throw new ParquetError('has row groups before its columns');
      reader.list(type, (element) => groups.push(readGroup(reader, element, file.byteLength, chunks)));
      return true;
    }
    return false;
  });
  if (schemaEnd === -1) throw new ParquetError('has no columns');
  checkOverlap(groups);
  const tree = schemaOf(bytes.subarray(0, schemaEnd));
  return { tree, columns: tree.children, groups };
}

async function footerBytes(file: AsyncBuffer): Promise<Uint8Array> {
  const { byteLength } = file;
  if (byteLength < 12) throw new ParquetError('is shorter than 12 bytes');
  const tail = Buffer.from(await file.slice(byteLength - 8, byteLength));
  if (tail.toString('latin1', 4) !== MAGIC) throw new ParquetError(`does not end with ${MAGIC}`);
  const length = tail.readUInt32LE(0);
  if (length > byteLength - 12 || length > MAX_FOOTER_BYTES) {
    throw new ParquetError(`has a description that is said to have ${length} bytes`);
  }
  return new Uint8Array(await file.slice(byteLength - 8 - length, byteLength - 8));
}

function readGroup(reader: CompactReader, type: number, size: number, budget: { left: number }): RowGroup {
  const chunks: Chunk[] = [];
  let rows = -1;
  reader.struct(type, (id, field) => {
    if (id === 1) reader.list(field, (element) => chunks.push(readChunk(reader, element, size)));
    else if (id === 3) rows = reader.int(field);
    else return false;
    return true;
  });
  if (!isCount(rows)) throw new ParquetError(`has a row group of ${rows} rows`);
  budget.left -= chunks.length;
  if (budget.left < 0) {
    throw new ParquetError(
      `has more than ${MAX_CHUNKS} columns in row groups; write larger row groups`,
      'too-large',
    );
  }
  return { rows, chunks };
}

function readChunk(reader: CompactReader, type: number, size: number): Chunk {
  const path: string[] = [];
  const numbers: Record<number, number> = {};
  reader.struct(type, (id, field) => {
    if (id === 1) throw new ParquetError('keeps columns in other files');
    if (id !== 3) return false;
    reader.struct(field, (part, partType) => {
      if (part === 3) reader.list(partType, (name) => path.push(Buffer.from(reader.binary(name)).toString()));
      else if ([4, 5, 6, 7, 9, 11].includes(part)) numbers[part] = reader.int(partType);
      else return false;
      return true;
    });
    return true;
  });
  const {
    4: codec = -1,
    5: values = -1,
    6: unpacked = -1,
    7: packed = -1,
    9: data = -1,
    11: first = 0,
  } = numbers;
  const name = path.join('.');
  const start = first > 0 ? first : data;
  const codecName = CompressionCodecs[codec];
  if (codecName === undefined) throw new ParquetError(`packs column "${name}" in an unknown way, ${codec}`);
  if (![values, unpacked, packed, start].every(isCount) || start + packed > size) {
    throw new ParquetError(
      `has column "${name}" at bytes ${start} to ${start + packed} of ${size}, ${values} values`,
    );
  }
  return { path: name, codec: codecName, values, unpacked, start, end: start + packed };
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;

/** A chunk that several columns share would be read for each of them: a small file could stand for any number of rows. */
function checkOverlap(groups: readonly RowGroup[]): void {
  const chunks = groups.flatMap((group) => group.chunks).sort((a, b) => a.start - b.start);
  for (let i = 1; i < chunks.length; i += 1) {
    if (chunks[i]!.start < chunks[i - 1]!.end) {
      throw new ParquetError(
        `has columns "${chunks[i - 1]!.path}" and "${chunks[i]!.path}" at the same bytes`,
      );
    }
  }
}

/** What follows the columns in a description without a row group: no rows, an empty list of structs, the end. */
const EMPTY_REST = [0x16, 0x00, 0x19, STRUCT, 0x00];

/** The columns as a tree, read from a description that is cut off after them. */
function schemaOf(start: Uint8Array): SchemaTree {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(start.length + EMPTY_REST.length);
  const metadata = parquetMetadata(
    Uint8Array.from(Buffer.concat([start, Buffer.from(EMPTY_REST), length, Buffer.from(MAGIC)])),
    { geoparquet: false },
  );
  checkNesting(metadata.schema);
  // Variants refer to their parts by position, so that a few bytes can stand for any amount of them.
  for (const element of metadata.schema) {
    if (element.logical_type?.type === 'VARIANT') delete element.logical_type;
  }
  return parquetSchema(metadata);
}

function checkNesting(schema: readonly SchemaElement[]): void {
  const open: number[] = [];
  for (const [i, { name, num_children: children = 0 }] of schema.entries()) {
    if (typeof name !== 'string' || !isCount(children)) throw new ParquetError('has a column without a name');
    if (i > 0) {
      if (open.length === 0) throw new ParquetError(`has column "${name}" outside of the table`);
      open[open.length - 1]! -= 1;
    }
    if (children > 0) open.push(children);
    if (open.length > MAX_NESTING) throw new ParquetError(`nests columns more than ${MAX_NESTING} deep`);
    while (open.at(-1) === 0) open.pop();
  }
  if (open.length > 0) throw new ParquetError('lacks columns that it announces');
}

/** The columns that have chunks, in the order of the chunks. */
export function leavesOf(node: SchemaTree, above: readonly SchemaTree[]): SchemaTree[][] {
  const path = [...above, node];
  return node.children.length === 0 ? [path] : node.children.flatMap((child) => leavesOf(child, path));
}

import { ParquetError } from './parquet-error';

/** Types of the Thrift compact protocol that Parquet uses. */
export const TRUE = 1;
export const BINARY = 8;
export const LIST = 9;
export const STRUCT = 12;

const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I64 = 6;
const DOUBLE = 7;
const MAX_VARINT_BYTES = 10;
const MAX_DEPTH = 24;

/**
 * Reads Thrift's compact protocol from bytes of any content: each step moves forward and stays inside the bytes.
 * It keeps nothing, so that a description costs the memory of what is taken from it.
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export class CompactReader {
  private depth = 0;

  /** @param items how many fields and elements there may be */
  constructor(
    private readonly bytes: Uint8Array,
    public offset: number,
    private items: number,
  ) {}

  /** Reads a struct. @param visit reads the field and returns true, or leaves it to be skipped */
  fields(visit: (id: number, type: number) => boolean): void {
    this.enter();
    for (let id = 0; ; ) {
      const header = this.byte();
      const type = header & 0x0f;
      if (type === 0) break;
      id = header >> 4 === 0 ? this.int(I16) : id + (header >> 4);
      this.count(1);
      if (!visit(id, type)) this.skip(type);
    }
    this.depth -= 1;
  }

  /** Reads a list. @param visit reads an element of the type */
  list(type: number, visit: (elementType: number, index: number, size: number) => void): void {
    if (type !== LIST) throw new ParquetError(`has a field of type ${type} where a list belongs`);
    this.enter();
    const header = this.byte();
    const size = header >> 4 === 15 ? this.varint() : header >> 4;
    this.count(size);
    for (let i = 0; i < size; i += 1) visit(header & 0x0f, i, size);
    this.depth -= 1;
  }

  struct(type: number, visit: (id: number, type: number) => boolean): void {
    if (type !== STRUCT) throw new ParquetError(`has a field of type ${type} where a struct belongs`);
    this.fields(visit);
  }

  /** An integer, exact up to 2^53. */
  int(type: number): number {
    if (type < I16 || type > I64)
      throw new ParquetError(`has a field of type ${type} where an integer belongs`);
    const folded = this.varint();
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }

  binary(type: number): Uint8Array {
    if (type !== BINARY) throw new ParquetError(`has a field of type ${type} where bytes belong`);
    return this.take(this.varint());
  }

  varint(): number {
    let value = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i += 1) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new ParquetError(`has an integer of more than ${MAX_VARINT_BYTES} bytes`);
  }

  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.offset) {
      throw new ParquetError(
        `has a field of ${length} bytes where ${this.bytes.length - this.offset} are left`,
      );
    }
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  private skip(type: number): void {
    if (type === TRUE || type === FALSE) return;
    if (type === BYTE) this.take(1);
    else if (type === DOUBLE) this.take(8);
    else if (type === BINARY) this.binary(type);
    else if (type === LIST) {
      this.list(type, (element) => {
        if (element === TRUE || element === FALSE) this.take(1);
        else this.skip(element);
      });
    } else if (type === STRUCT) this.fields(() => false);
    else this.int(type);
  }

  private byte(): number {
    if (this.offset >= this.bytes.length) throw new ParquetError('has a description that is cut off');
    return this.bytes[this.offset++]!;
  }

  private enter(): void {
    this.depth += 1;
    if (this.depth > MAX_DEPTH)
      throw new ParquetError(`has a description nested more than ${MAX_DEPTH} deep`);
  }

  private count(items: number): void {
    this.items -= items;
    if (this.items < 0) throw new ParquetError('has a description of too many fields', 'too-large');
  }
}

const FIRST_BYTES = 1024 * 1024;
/** Bytes that are gathered before they are cut into rows. */
const READY_BYTES = 256 * 1024;

/** Gathers chunks into one buffer, from whose front the rows that are all there are taken. */
export class LineBuffer {
  /** Has room for one byte more than it holds, and for as many bytes again. */
  bytes = Buffer.allocUnsafe(FIRST_BYTES);
  length = 0;
  private enough = READY_BYTES;

  /** Whether there is enough to begin cutting. */
  get ready(): boolean {
    return this.length >= this.enough;
  }

  append(chunk: Uint8Array): void {
    const needed = 2 * (this.length + chunk.length) + 1;
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.bytes.length));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
    this.bytes.set(chunk, this.length);
    this.length += chunk.length;
  }

  /** Drops the first bytes. What is left is no whole row: cutting it again waits until there is twice as much. */
  drop(count: number): void {
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
    this.enough = Math.max(READY_BYTES, 2 * this.length);
  }
}

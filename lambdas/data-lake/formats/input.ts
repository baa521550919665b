/** Bytes of a source with their beginning looked at first. It never closes the source. */
export class Input {
  /** Bytes read from the source so far. */
  consumed = 0;
  private readonly iterator: AsyncIterator<Uint8Array>;
  private readonly ahead: Uint8Array[] = [];
  private ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.iterator = source[Symbol.asyncIterator]();
  }

  /** The first bytes: at least `length`, or all there are. */
  async peek(length: number): Promise<Buffer> {
    let known = this.ahead.reduce((sum, chunk) => sum + chunk.length, 0);
    while (known < length) {
      const chunk = await this.pull();
      if (chunk === undefined) break;
      this.ahead.push(chunk);
      known += chunk.length;
    }
    return Buffer.concat(this.ahead);
  }

  /** The next chunk, the ones that were looked at included; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    return this.ahead.shift() ?? (await this.pull());
  }

  /** All chunks from here on, as a source. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) yield chunk;
  }

  private async pull(): Promise<Uint8Array | undefined> {
    if (this.ended) return undefined;
    const { done, value } = await this.iterator.next();
    if (done === true) {
      this.ended = true;
      return undefined;
    }
    this.consumed += value.length;
    return value;
  }
}

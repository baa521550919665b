import { Transform, type TransformCallback } from 'node:stream';
import { type Check, type Problem, problem } from '../problem';

/** A file that cannot be read on, and why. */
export class UnreadableError extends Error {
  readonly problem: Problem;

  constructor(check: Check, message: string) {
    super(message);
    this.name = 'UnreadableError';
    this.problem = problem(check, message);
  }
}

const SIGNATURES: readonly (readonly [Buffer, string])[] = [
  [Buffer.from('PAR1'), 'Parquet'],
  [Buffer.from('PK\x03\x04', 'latin1'), 'a ZIP archive (or a spreadsheet)'],
  [Buffer.from('BZh'), 'bzip2'],
  [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'Zstandard'],
  [Buffer.from([0xff, 0xfe]), 'UTF-16 text'],
  [Buffer.from([0xfe, 0xff]), 'UTF-16 text'],
  [Buffer.from('%PDF'), 'PDF'],
];

/** What a file seems to be by its first bytes, when that is something other than CSV. */
export function signatureOf(head: Buffer): string | undefined {
  return SIGNATURES.find(([magic]) => head.subarray(0, magic.length).equals(magic))?.[1];
}

export const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** Bytes from which on the expansion of a compressed file is judged. */
const EXPANSION_FROM = 16 * 1024 * 1024;
/** CSV shrinks to a tenth, rarely a fiftieth; beyond this a file is made to exhaust its reader. */
const MAX_EXPANSION = 200;

/** Passes UTF-8 text on unchanged and fails on anything else. */
export class TextGuard extends Transform {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private bytes = 0;

  /** @param consumed bytes read from the object so far, as stored */
  constructor(private readonly consumed: () => number) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const failure = this.examine(chunk);
    this.bytes += chunk.length;
    done(failure ?? null, failure === undefined ? chunk : undefined);
  }

  override _flush(done: TransformCallback): void {
    done(this.decode(undefined) ?? null);
  }

  private examine(chunk: Buffer): UnreadableError | undefined {
    const zero = chunk.indexOf(0);
    if (zero >= 0) {
      return new UnreadableError('not-text', `is not text: byte ${this.bytes + zero} is zero`);
    }
    const bytes = this.bytes + chunk.length;
    if (bytes > EXPANSION_FROM && bytes > MAX_EXPANSION * this.consumed()) {
      const message = `unpacks to more than ${MAX_EXPANSION} times its size; no CSV does`;
      return new UnreadableError('broken-compression', message);
    }
    return this.decode(chunk);
  }

  private decode(chunk: Buffer | undefined): UnreadableError | undefined {
    try {
      this.decoder.decode(chunk, { stream: chunk !== undefined });
      return undefined;
    } catch {
      return new UnreadableError('not-text', `is not UTF-8 text near byte ${this.bytes}; save it as UTF-8`);
    }
  }
}

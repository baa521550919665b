import { isUtf8 } from 'node:buffer';
import { type Problem, problem } from '../validation/problem';

/** Lets UTF-8 text pass, chunk by chunk, and tells what is not. */
export class TextGuard {
  private bytes = 0;
  private rest = Buffer.alloc(0);

  /** @returns what is wrong with these bytes, as they follow the earlier ones */
  check(chunk: Uint8Array): Problem | undefined {
    const zero = chunk.indexOf(0);
    if (zero >= 0) return problem('not-text', `is not text: byte ${this.bytes + zero} is zero`);
    const text = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const cut = text.length - openBytes(text);
    const whole = text.subarray(0, cut);
    const near = this.bytes;
    this.bytes += chunk.length;
    this.rest = Buffer.from(text.subarray(cut));
    return isUtf8(whole) ? undefined : notUtf8(near);
  }

  /** @returns what is wrong when nothing follows */
  end(): Problem | undefined {
    return this.rest.length === 0 ? undefined : notUtf8(this.bytes);
  }
}

const notUtf8 = (near: number): Problem =>
  problem('not-text', `is not UTF-8 text near byte ${near}; save it as UTF-8`);

/** How many bytes at the end begin a character that is not all there. */
function openBytes(text: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, text.length); back += 1) {
    const byte = text[text.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

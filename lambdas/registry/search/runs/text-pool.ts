import { jsonTextBytes } from '../json-size';

/** Bytes that a text costs in memory beside its characters: its entries in the map and in the lists. */
const OVERHEAD = 100;
/** Where the order of UTF-16 units is not that of code points. */
const ABOVE_SURROGATES = /[\ud800-\uffff]/;
/** Most texts are never shown. */
const UNKNOWN = -1;
/** The code of no text. */
export const NO_TEXT = 0;

/**
 * Each distinct text once, under a number. Runs of an experiment share most of their texts, and a test on a text then
 * has to be done once for all of them. Counts how often a text is used and forgets those that no run has any more.
 */
export class TextPool {
  /** Bytes that the texts take in memory, about. */
  bytes = 0;
  /** Whether JavaScript's own comparison has sorted all texts so far by code points. */
  isPlain = true;
  private readonly codes = new Map<string, number>();
  private readonly texts: (string | undefined)[] = [undefined];
  private readonly uses: number[] = [0];
  private readonly jsonBytes: number[] = [0];
  private readonly free: number[] = [];

  /** One more than the greatest code in use. */
  get size(): number {
    return this.texts.length;
  }

  /** The code of the text, which is used once more. */
  add(text: string): number {
    const known = this.codes.get(text);
    if (known !== undefined) {
      this.uses[known]! += 1;
      return known;
    }
    const code = this.free.pop() ?? this.texts.length;
    this.codes.set(text, code);
    this.texts[code] = text;
    this.uses[code] = 1;
    this.jsonBytes[code] = UNKNOWN;
    this.isPlain &&= !ABOVE_SURROGATES.test(text);
    this.bytes += 2 * text.length + OVERHEAD;
    return code;
  }

  /** The text of this code is used once less. */
  release(code: number): void {
    if (code === NO_TEXT) return;
    this.uses[code]! -= 1;
    if (this.uses[code]! > 0) return;
    const text = this.texts[code]!;
    this.codes.delete(text);
    this.texts[code] = undefined;
    this.free.push(code);
    this.bytes -= 2 * text.length + OVERHEAD;
  }

  get(code: number): string | undefined {
    return this.texts[code];
  }

  /** Bytes of the text in JSON. */
  jsonBytesOf(code: number): number {
    if (this.jsonBytes[code] === UNKNOWN) this.jsonBytes[code] = jsonTextBytes(this.texts[code]!);
    return this.jsonBytes[code]!;
  }

  /** The test on texts as one on codes, done once for each text. */
  testOnCodes(test: (text: string | undefined) => boolean): (code: number) => boolean {
    const known = new Uint8Array(this.size);
    return (code) => {
      if (known[code] === 0) known[code] = test(this.texts[code]) ? 1 : 2;
      return known[code] === 1;
    };
  }
}

import { spread } from './hashing';

/** A power of two: the standard error of the estimate is 1.04 / sqrt(REGISTERS), 4.6 %. */
const REGISTERS = 512;
const INDEX_BITS = 9;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);
const HASHES = 2 ** 32;

/**
 * About how many different values there were: HyperLogLog (Flajolet, Fusy, Gandouet and Meunier 2007) over 32-bit
 * hashes, with linear counting while registers are empty and the correction for collisions of the hashes. Estimates
 * of several files merge into the one of all of them.
 */
export class DistinctEstimate {
  readonly registers = new Uint8Array(REGISTERS);

  /** @param hash of the value, 32 bits of any quality */
  add(hash: number): void {
    const x = spread(hash);
    const register = x & (REGISTERS - 1);
    const rank = Math.clz32((x >>> INDEX_BITS) | 1) - INDEX_BITS + 1;
    if (rank > this.registers[register]!) this.registers[register] = rank;
  }

  merge(other: DistinctEstimate): void {
    for (let i = 0; i < REGISTERS; i += 1) {
      if (other.registers[i]! > this.registers[i]!) this.registers[i] = other.registers[i]!;
    }
  }

  estimate(): number {
    let sum = 0;
    let empty = 0;
    for (const rank of this.registers) {
      sum += 2 ** -rank;
      if (rank === 0) empty += 1;
    }
    const raw = (ALPHA * REGISTERS * REGISTERS) / sum;
    if (raw <= 2.5 * REGISTERS && empty > 0) return Math.round(REGISTERS * Math.log(REGISTERS / empty));
    return Math.round(raw < HASHES / 30 ? raw : -HASHES * Math.log(1 - Math.min(raw / HASHES, 0.999999)));
  }

  encode(): string {
    return Buffer.from(this.registers).toString('base64');
  }

  /** @returns undefined when the text is not the state of an estimate */
  static decode(text: string): DistinctEstimate | undefined {
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length !== REGISTERS) return undefined;
    const estimate = new DistinctEstimate();
    estimate.registers.set(bytes);
    return estimate;
  }
}

import { ColumnState, MAX_PLACES } from './column-state';
import { Kind } from './dictionary';
import { NARROW_DIGITS, numberHash1, QUOTED, textOf } from './field';
import { addField1, addField2, MISSING_HASH, PRIME_1, PRIME_2, SEED_1, SEED_2 } from './hashing';
import { EXACT_DIGITS, MAX_DIGITS, POWERS_OF_TEN, ROUNDING } from './numbers';
import type { Pick } from './row-sample';
import type { RowHashes, TextBatch } from './text-batch';

const ZERO = 48;

/**
 * Describes a column in bounded memory, batch by batch. Frequent values are counted in a dictionary; numbers of a
 * column with many of them are parsed straight from their bytes, and hardly any field becomes a string on the way.
 */
export class ColumnBuilder extends ColumnState {
  /**
   * The loop that all of a file goes through: what would make it tidier makes it slower.
   *
   * @param firstRow number of the batch's first row as a spreadsheet counts it
   * @param hashes of the rows, which get this column's field added
   * @param picks rows of the batch that go into the sample
   */
  addText(
    batch: TextBatch,
    column: number,
    firstRow: number,
    hashes: RowHashes,
    picks: readonly Pick[],
  ): void {
    const { bytes, starts, ends, width, rows, quotes } = batch;
    const { first, second } = hashes;
    const { dictionary, distinct, low, high, watch } = this;
    let { numbersFirst } = this;
    let { counts: entryCounts, field1: fields1, field2: fields2, noted } = dictionary;
    let { min, max } = this;
    let sum = 0;
    let missing = 0;
    let integers = 0;
    let fractions = 0;
    for (let row = 0, k = column; row < rows; row += 1, k += width) {
      const start = starts[k]!;
      const end = ends[k]!;
      const quoted = quotes !== undefined && quotes[k] === 1;
      let field1 = MISSING_HASH;
      let field2 = MISSING_HASH;
      let open = true;
      if (start === end) {
        missing += 1;
        if (missing <= MAX_PLACES) this.place(Kind.MISSING, firstRow + row, bytes, start, end);
        open = false;
      } else if (numbersFirst && !quoted) {
        let i = start;
        const negative = bytes[i] === 45;
        if (negative) i += 1;
        const from = i;
        let digitsLow = 0;
        let dot = 0;
        for (; i < end; i += 1) {
          const digit = bytes[i]! - 48;
          if (digit >= 0 && digit <= 9) digitsLow = (Math.imul(digitsLow, 10) + digit) | 0;
          else if (digit === -2 && dot === 0) dot = i + 1;
          else break;
        }
        const digits = end - from - (dot === 0 ? 0 : 1);
        if (i === end && digits > 0) {
          const fraction = dot === 0 ? 0 : end - dot;
          let value: number;
          field1 = numberHash1(digitsLow, fraction, end - start);
          field2 = field1;
          if (digits <= NARROW_DIGITS) {
            value = digitsLow / POWERS_OF_TEN[fraction]!;
          } else {
            let high = 0;
            let rest = 0;
            let n = 0;
            field2 = SEED_2;
            for (let j = start; j < end; j += 1) {
              const byte = bytes[j]!;
              field2 = Math.imul(field2 ^ byte, PRIME_2);
              if (byte < ZERO) continue;
              if (n < NARROW_DIGITS) high = (Math.imul(high, 10) + byte - ZERO) | 0;
              else rest = rest * 10 + (byte - ZERO);
              n += 1;
            }
            value = (high * POWERS_OF_TEN[digits - NARROW_DIGITS]! + rest) / POWERS_OF_TEN[fraction]!;
          }
          if (negative) value = 0 - value;
          if (digits > EXACT_DIGITS) {
            const slack = Math.abs(value) * ROUNDING;
            const inside = value - slack >= min && value + slack <= max;
            // Near a whole number, the last digit decides whether it is one.
            const near = fraction > 0 && Math.abs(value - Math.round(value)) <= 2 * slack;
            if (digits > MAX_DIGITS || near || !inside || !(value - slack >= low && value + slack <= high)) {
              value = Number(textOf(bytes, start, end));
            }
          }
          if (value - value === 0) {
            open = false;
            sum += value;
            if (value < min) min = value;
            if (value > max) max = value;
            if (value < low || value > high) this.outside.add(firstRow + row, textOf(bytes, start, end));
            distinct.add(field1);
            if (Math.floor(value) === value) {
              integers += 1;
              if (integers <= MAX_PLACES) this.place(Kind.INTEGER, firstRow + row, bytes, start, end);
            } else {
              fractions += 1;
              if (fractions <= MAX_PLACES) this.place(Kind.NUMBER, firstRow + row, bytes, start, end);
              if (watch.open) watch.close();
            }
            if (watch.open) watch.passed(field1, field2, firstRow + row, dictionary);
          }
        }
      }
      if (open) {
        let hash1 = quoted ? SEED_1 ^ QUOTED : SEED_1;
        let hash2 = SEED_2;
        for (let i = start; i < end; i += 1) {
          const byte = bytes[i]!;
          hash1 = Math.imul(hash1 ^ byte, PRIME_1);
          hash2 = Math.imul(hash2 ^ byte, PRIME_2);
        }
        const known = dictionary.find(hash1, hash2, end - start);
        if (known >= 0) {
          entryCounts[known]! += 1;
          field1 = fields1[known]!;
          field2 = fields2[known]!;
          if (noted[known] === 1) this.note(dictionary.entries[known]!, firstRow + row);
          if (watch.open) watch.again(field1, field2, firstRow + row);
        } else {
          this.addUnknown(bytes, start, end, firstRow + row, hash1, hash2, quoted);
          field1 = this.field1;
          field2 = this.field2;
          numbersFirst = this.numbersFirst;
          ({ counts: entryCounts, field1: fields1, field2: fields2, noted } = dictionary);
        }
      }
      first[row] = addField1(first[row]!, field1);
      second[row] = addField2(second[row]!, field2);
    }
    if (missing > 0 && watch.open) watch.close();
    this.sum += sum;
    if (min < this.min) this.min = min;
    if (max > this.max) this.max = max;
    this.counts[Kind.MISSING]! += missing;
    this.counts[Kind.INTEGER]! += integers;
    this.counts[Kind.NUMBER]! += fractions;
    for (const { row, slot } of picks) {
      const k = row * width + column;
      this.sample(slot, bytes, starts[k]!, ends[k]!, quotes !== undefined && quotes[k] === 1);
    }
  }
}

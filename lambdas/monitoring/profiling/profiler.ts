import type { Baseline } from '../baseline';
import type { CaptureRecord } from '../capture-record';
import type { Row } from '../payload';
import type { Profile } from '../profile';
import type { CaptureScanner } from './capture-scanner';
import { type FeatureTally, featureTally } from './feature-tally';

/**
 * Counts requests on the bins of the baseline. `featureNames` is the order of values in rows without names; what the
 * baseline knows beyond them (the target) is left out.
 */
export class Profiler {
  private readonly tallies: readonly FeatureTally[];
  /** Where each tally's value stands in a row. */
  private readonly positions: Int32Array;
  private records = 0;
  private rows = 0;
  private undecodable = 0;
  private lastAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly featureNames: readonly string[],
    baseline: Baseline | undefined,
  ) {
    const known = (baseline?.features ?? []).filter(({ name }) => featureNames.includes(name));
    this.tallies = known.map(featureTally);
    this.positions = Int32Array.from(known, ({ name }) => featureNames.indexOf(name));
  }

  public addRecord(record: CaptureRecord): void {
    this.records++;
    this.rows += record.inputs?.length ?? record.scores?.length ?? 0;
    this.lastAt = Math.max(this.lastAt, record.at.getTime());
    let unfit = 0;
    for (const row of record.inputs ?? []) {
      if (this.fits(row)) {
        this.addRow(row);
      } else {
        unfit++;
      }
    }
    this.undecodable += record.problems.length > 0 || unfit > 0 ? 1 : 0;
  }

  /** Counts the line that the scanner read last; it was made for as many columns as there are features. */
  public addScanned(bytes: Buffer, { rows, at, bounds }: CaptureScanner): void {
    this.records++;
    this.rows += rows;
    this.lastAt = Math.max(this.lastAt, at);
    const { tallies, positions } = this;
    const columns = this.featureNames.length;
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < tallies.length; i++) {
        const value = 2 * (row * columns + positions[i]!);
        tallies[i]!.addBytes(bytes, bounds[value]!, bounds[value + 1]!);
      }
    }
  }

  /** Counts a line that is no request at all. */
  public addBroken(): void {
    this.undecodable++;
  }

  /** Counts a row, by position or by name. */
  public addRow(row: Row): void {
    const list = isList(row);
    this.tallies.forEach((tally, i) => {
      const value = list ? row[this.positions[i]!] : row[tally.feature.name];
      tally.addText(value ?? '');
    });
  }

  public result(): Profile {
    return {
      records: this.records,
      rows: this.rows,
      undecodable: this.undecodable,
      ...(this.records > 0 ? { lastAt: new Date(this.lastAt).toISOString() } : {}),
      features: this.tallies.map((tally) => tally.result()),
    };
  }

  /** A row by position has a value for each feature; a row by name has at least one of them. */
  private fits(row: Row): boolean {
    return isList(row)
      ? row.length === this.featureNames.length
      : this.featureNames.some((name) => Object.hasOwn(row, name));
  }
}

function isList(row: Row): row is readonly string[] {
  return Array.isArray(row);
}

/** The profile of decoded records. */
export function profileOf(
  records: readonly CaptureRecord[],
  featureNames: readonly string[],
  baseline: Baseline | undefined,
): Profile {
  const profiler = new Profiler(featureNames, baseline);
  for (const record of records) {
    profiler.addRecord(record);
  }
  return profiler.result();
}

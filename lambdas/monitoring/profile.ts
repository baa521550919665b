import type { Baseline, FeatureBaseline } from './baseline';
import { type Place, placer } from './bins';
import type { CaptureRecord } from './capture-record';
import type { Row } from './payload';

/** How often the values of one feature fell into each of the baseline's bins. */
export interface FeatureCounts {
  readonly name: string;
  readonly counts: readonly number[];
  /** Present, but in no bin: text in a numeric feature, a category that the baseline lacks. */
  readonly outside: number;
  readonly missing: number;
}

/** What one window saw of one model version. All numbers are counts: profiles add up. */
export interface Profile {
  /** Captured requests. */
  readonly records: number;
  /** Rows of those requests, readable or not. */
  readonly rows: number;
  /** Requests with a part that could not be read, and lines of capture files that are no request. */
  readonly undecodable: number;
  /** The latest request, ISO 8601 in UTC; absent when there was none. */
  readonly lastAt?: string;
  /** In the baseline's order; empty when the model version has no baseline. */
  readonly features: readonly FeatureCounts[];
}

export const EMPTY_PROFILE: Profile = { records: 0, rows: 0, undecodable: 0, features: [] };

/**
 * Counts records on the bins of the baseline. `featureNames` is the order of values in rows without names; what the
 * baseline knows beyond them (the target) is left out.
 */
export function profileOf(
  records: readonly CaptureRecord[],
  featureNames: readonly string[],
  baseline: Baseline | undefined,
): Profile {
  const counters = (baseline?.features ?? [])
    .filter((feature) => featureNames.includes(feature.name))
    .map((feature) => new FeatureCounter(feature, featureNames));
  let rows = 0;
  let undecodable = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  for (const record of records) {
    rows += record.inputs?.length ?? record.scores?.length ?? 0;
    lastAt = Math.max(lastAt, record.at.getTime());
    const readable = (record.inputs ?? []).filter((row) => fits(row, featureNames));
    const unfit = (record.inputs ?? []).length - readable.length;
    undecodable += record.problems.length > 0 || unfit > 0 ? 1 : 0;
    for (const row of readable) {
      for (const counter of counters) {
        counter.add(row);
      }
    }
  }
  return {
    records: records.length,
    rows,
    undecodable,
    ...(records.length > 0 ? { lastAt: new Date(lastAt).toISOString() } : {}),
    features: counters.map((counter) => counter.result()),
  };
}

/** A row by position has a value for each feature; a row by name has at least one of them. */
function fits(row: Row, featureNames: readonly string[]): boolean {
  return isList(row)
    ? row.length === featureNames.length
    : featureNames.some((name) => Object.hasOwn(row, name));
}

class FeatureCounter {
  private readonly counts: number[];
  private outside = 0;
  private missing = 0;
  private readonly place: (text: string) => Place;
  private readonly position: number;

  constructor(
    private readonly feature: FeatureBaseline,
    featureNames: readonly string[],
  ) {
    this.counts = new Array<number>(feature.counts.length).fill(0);
    this.place = placer(feature);
    this.position = featureNames.indexOf(feature.name);
  }

  public add(row: Row): void {
    const value = isList(row) ? row[this.position] : row[this.feature.name];
    const place = this.place(value ?? '');
    if (place === 'missing') {
      this.missing++;
    } else if (place === 'outside') {
      this.outside++;
    } else {
      this.counts[place]!++;
    }
  }

  public result(): FeatureCounts {
    return { name: this.feature.name, counts: this.counts, outside: this.outside, missing: this.missing };
  }
}

function isList(row: Row): row is readonly string[] {
  return Array.isArray(row);
}

/**
 * The profile of everything that the two saw: in any grouping and any order the same.
 *
 * @throws Error when they were counted on different bins
 */
export function addProfiles(a: Profile, b: Profile): Profile {
  const lastAt = [a.lastAt, b.lastAt]
    .filter((at) => at !== undefined)
    .sort()
    .at(-1);
  return {
    records: a.records + b.records,
    rows: a.rows + b.rows,
    undecodable: a.undecodable + b.undecodable,
    ...(lastAt === undefined ? {} : { lastAt }),
    features: addFeatures(a.features, b.features),
  };
}

function addFeatures(a: readonly FeatureCounts[], b: readonly FeatureCounts[]): readonly FeatureCounts[] {
  if (a.length === 0 || b.length === 0) {
    return a.length === 0 ? b : a;
  }
  return a.map((left, i) => {
    const right = b[i];
    if (b.length !== a.length || right?.name !== left.name || right.counts.length !== left.counts.length) {
      throw new Error(`Profiles of "${left.name}" and "${right?.name}" were counted on different bins`);
    }
    return {
      name: left.name,
      counts: left.counts.map((count, bin) => count + right.counts[bin]!),
      outside: left.outside + right.outside,
      missing: left.missing + right.missing,
    };
  });
}

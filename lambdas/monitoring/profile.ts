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

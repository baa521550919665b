import { addProfiles, EMPTY_PROFILE, type Profile } from './profile';
import type { Window } from './windows';

/** What one capture file says about one window and one model version. */
export interface CaptureProfile {
  readonly version: 1;
  /** Key of the capture file: its identity, so that a file that is delivered again counts once. */
  readonly source: string;
  readonly model: string;
  readonly modelVersion: number;
  readonly window: Window;
  readonly profile: Profile;
}

/** What a window saw of the model version that it is judged for. */
export interface WindowProfile {
  readonly modelVersion: number;
  readonly profile: Profile;
  /** Capture files that were counted. */
  readonly files: number;
  /** Rows of the window and what could not be read of it, whichever version answered. */
  readonly captured: { readonly rows: number; readonly undecodable: number };
}

/**
 * Adds up the profiles of a window, each capture file once. When the champion changed within the window, the window
 * is about the version that answered last; only a version whose files hold nothing readable yields to another.
 *
 * @returns undefined when there is no profile at all
 */
export function mergeWindow(profiles: readonly CaptureProfile[]): WindowProfile | undefined {
  const byVersion = new Map<number, Map<string, Profile>>();
  for (const { modelVersion, source, profile } of profiles) {
    const files = byVersion.get(modelVersion) ?? new Map<string, Profile>();
    byVersion.set(modelVersion, files.set(source, profile));
  }
  const merged = [...byVersion]
    .map(([modelVersion, files]) => ({
      modelVersion,
      profile: [...files.values()].reduce(addProfiles, EMPTY_PROFILE),
      files: files.size,
    }))
    .sort((a, b) => compare(lastAt(a.profile), lastAt(b.profile)) || a.modelVersion - b.modelVersion);
  const last = merged.at(-1);
  return (
    last && {
      ...last,
      captured: {
        rows: merged.reduce((rows, { profile }) => rows + profile.rows, 0),
        undecodable: merged.reduce((count, { profile }) => count + profile.undecodable, 0),
      },
    }
  );
}

function lastAt(profile: Profile): number {
  return profile.lastAt === undefined ? Number.NEGATIVE_INFINITY : Date.parse(profile.lastAt);
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

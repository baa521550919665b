import type { Alias, ModelVersion } from '../registry/entities';
import type { Baseline } from './baseline';
import type { CaptureProfile } from './capture-profile';
import { type CaptureRecord, decodeCaptureLine } from './capture-record';
import { championAt, type PastDeployment } from './champion-at';
import { addProfiles, profileOf } from './profile';
import { type Window, windowOf } from './windows';

/** The parts of a model version that counting needs. */
export interface CountingVersion extends Pick<ModelVersion, 'version' | 'features'> {
  readonly baseline?: Baseline;
}

/** The scores that one request got. */
export interface ScoredInference {
  readonly inferenceId: string;
  readonly modelVersion: number;
  readonly at: string;
  readonly window: Window;
  readonly scores: readonly number[];
}

/** Everything that one capture file says. */
export interface ProfiledFile {
  readonly profiles: readonly CaptureProfile[];
  readonly inferences: readonly ScoredInference[];
  /** Lines and parts that could not be read, in words. */
  readonly problems: readonly string[];
}

/**
 * Splits a capture file by window and model version, and counts each part.
 *
 * @param model its name, the lengths of its windows, and which version was champion when
 * @param version finds a version that the alias names
 */
export async function profileFile(
  file: { key: string; text: string; lastModified: Date },
  model: { name: string; windowSeconds: number; alias: Alias; past: readonly PastDeployment[] },
  version: (version: number) => Promise<CountingVersion>,
): Promise<ProfiledFile> {
  const parts = new Map<string, Part>();
  const partAt = (at: Date): Part => {
    const window = windowOf(at, model.windowSeconds);
    const modelVersion = championAt(model.alias, model.past, at);
    const key = `${window.start}#${modelVersion}`;
    const part = parts.get(key) ?? { window, modelVersion, records: [], broken: 0 };
    parts.set(key, part);
    return part;
  };
  const problems: string[] = [];
  for (const [i, line] of file.text.split('\n').entries()) {
    if (line.trim() === '') {
      continue;
    }
    const decoded = decodeCaptureLine(line);
    if ('broken' in decoded) {
      partAt(captureHour(file.key) ?? file.lastModified).broken++;
      problems.push(`line ${i + 1}: ${decoded.broken}`);
    } else {
      partAt(decoded.at).records.push(decoded);
      problems.push(...decoded.problems.map((problem) => `line ${i + 1}: ${problem}`));
    }
  }
  const profiles = await Promise.all(
    [...parts.values()].map(async ({ window, modelVersion, records, broken }): Promise<CaptureProfile> => {
      const { features, baseline } = await version(modelVersion);
      const counted = profileOf(
        records,
        features.map((feature) => feature.name),
        baseline,
      );
      const profile = addProfiles(counted, { records: 0, rows: 0, undecodable: broken, features: [] });
      return { version: 1, source: file.key, model: model.name, modelVersion, window, profile };
    }),
  );
  return { profiles, inferences: [...parts.values()].flatMap(inferencesOf), problems };
}

interface Part {
  readonly window: Window;
  readonly modelVersion: number;
  readonly records: CaptureRecord[];
  broken: number;
}

function inferencesOf({ records, modelVersion, window }: Part): ScoredInference[] {
  return records.flatMap(({ inferenceId, at, scores }) =>
    scores === undefined || scores.length === 0
      ? []
      : [{ inferenceId, modelVersion, at: at.toISOString(), window, scores }],
  );
}

/** The hour in a key like `captures/<endpoint>/<variant>/2026/11/23/10/<name>.jsonl`. */
export function captureHour(key: string): Date | undefined {
  const match = /\/(\d{4})\/(\d{2})\/(\d{2})\/(\d{2})\/[^/]+$/.exec(key);
  if (match === null) {
    return undefined;
  }
  const at = new Date(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:00:00Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

import type { Alias, ModelVersion } from '../registry/entities';
import type { Baseline } from './baseline';
import type { CaptureProfile } from './capture-profile';
import { decodeCaptureLine } from './capture-record';
import { championAt, type PastDeployment } from './champion-at';
import { CaptureScanner } from './profiling/capture-scanner';
import { Profiler } from './profiling/profiler';
import { type Window, windowOf } from './windows';

const LINE_FEED = 0x0a;

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
  const partAt = async (at: Date): Promise<Part> => {
    const window = windowOf(at, model.windowSeconds);
    const modelVersion = championAt(model.alias, model.past, at);
    const key = `${window.start}#${modelVersion}`;
    const known = parts.get(key);
    if (known !== undefined) {
      return known;
    }
    const { features, baseline } = await version(modelVersion);
    const names = features.map(({ name }) => name);
    const part = { window, modelVersion, columns: names.length, profiler: new Profiler(names, baseline) };
    parts.set(key, part);
    return part;
  };
  const inferences: ScoredInference[] = [];
  const problems: string[] = [];
  const bytes = Buffer.from(file.text);
  const scanner = new CaptureScanner((await version(model.alias.version)).features.length);
  let number = 0;
  for (const [start, end] of lines(bytes)) {
    number++;
    if (scanner.read(bytes, start, end)) {
      const at = new Date(scanner.at);
      const part = await partAt(at);
      if (part.columns === scanner.columns) {
        part.profiler.addScanned(bytes, scanner);
        const inferenceId = bytes.toString('utf8', scanner.idStart, scanner.idEnd);
        inferences.push(inference(part, inferenceId, at, [...scanner.scores.subarray(0, scanner.rows)]));
        continue;
      }
    }
    const line = bytes.toString('utf8', start, end);
    if (line.trim() === '') {
      continue;
    }
    const decoded = decodeCaptureLine(line);
    if ('broken' in decoded) {
      (await partAt(captureHour(file.key) ?? file.lastModified)).profiler.addBroken();
      problems.push(`line ${number}: ${decoded.broken}`);
      continue;
    }
    const part = await partAt(decoded.at);
    part.profiler.addRecord(decoded);
    problems.push(...decoded.problems.map((problem) => `line ${number}: ${problem}`));
    if (decoded.scores !== undefined && decoded.scores.length > 0) {
      inferences.push(inference(part, decoded.inferenceId, decoded.at, decoded.scores));
    }
  }
  const profiles = [...parts.values()].map(({ window, modelVersion, profiler }): CaptureProfile => {
    const { name } = model;
    return { version: 1, source: file.key, model: name, modelVersion, window, profile: profiler.result() };
  });
  return { profiles, inferences, problems };
}

interface Part {
  readonly window: Window;
  readonly modelVersion: number;
  /** Features of the version. */
  readonly columns: number;
  readonly profiler: Profiler;
}

/** Where each line begins and ends; the line feed belongs to none. */
function* lines(bytes: Buffer): Generator<readonly [start: number, end: number]> {
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed < 0 ? bytes.length : feed;
    yield [start, end];
    start = end + 1;
  }
}

function inference(part: Part, inferenceId: string, at: Date, scores: readonly number[]): ScoredInference {
  const { modelVersion, window } = part;
  return { inferenceId, modelVersion, at: at.toISOString(), window, scores };
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

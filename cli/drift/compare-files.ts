import { readFileSync } from 'node:fs';
import { type Baseline, parseBaseline } from '../../lambdas/monitoring/baseline';
import { type DriftVerdict, driftOf } from '../../lambdas/monitoring/drift';
import type { Profile } from '../../lambdas/monitoring/profile';
import { BaselineCounts } from '../../lambdas/monitoring/profiling/baseline-counts';
import { ColumnSurvey } from '../../lambdas/monitoring/profiling/column-survey';
import { Profiler } from '../../lambdas/monitoring/profiling/profiler';
import type { DriftSettings } from '../../lib/monitoring/contract';
import { UserError } from '../errors';
import { captureRows, profileCapture } from './capture-file';
import { formatOf, type NamedRows, openRows } from './data-file';

export interface FileOptions {
  /** Columns that are no features. */
  readonly ignore: readonly string[];
  /** Names of the values in captured rows without names. */
  readonly columns?: readonly string[];
}

/** A baseline of the training pipeline, or one made of a file of data. */
export async function readBaseline(path: string, options: FileOptions): Promise<Baseline> {
  const format = await formatOf(path);
  if (format === 'baseline') {
    return storedBaseline(path, options.ignore);
  }
  const rows = format === 'capture' ? await captureRows(path, options.columns) : await openRows(path, format);
  return baselineOf(rows, path, options.ignore);
}

function storedBaseline(path: string, ignore: readonly string[]): Baseline {
  try {
    const baseline = parseBaseline(readFileSync(path, 'utf8'), path);
    return { ...baseline, features: baseline.features.filter(({ name }) => !ignore.includes(name)) };
  } catch (error) {
    throw new UserError((error as Error).message, '--baseline');
  }
}

/** @throws UserError when the file has no row or an ignored column does not exist. */
async function baselineOf(rows: NamedRows, path: string, ignore: readonly string[]): Promise<Baseline> {
  const unknown = ignore.find((name) => !rows.names.includes(name));
  if (unknown !== undefined) {
    throw new UserError(
      `${path} has no column "${unknown}" to ignore; it has ${rows.names.join(', ')}.`,
      '--ignore',
    );
  }
  const names = rows.names.filter((name) => !ignore.includes(name));
  const positions = names.map((name) => rows.names.indexOf(name));
  const surveys = names.map((name) => new ColumnSurvey(name));
  let count = 0;
  await rows.forEach((row) => {
    count++;
    surveys.forEach((survey, i) => {
      survey.add(row[positions[i]!] ?? '');
    });
  });
  if (count === 0) {
    throw new UserError(`${path} has no rows to compare with.`, '--baseline');
  }
  const counts = new BaselineCounts(
    surveys.map((survey) => survey.bins()),
    count,
  );
  await rows.forEach((row) => {
    counts.add(positions.map((position) => row[position] ?? ''));
  });
  return counts.baseline();
}

/** Counts files on the bins of a baseline, all together. */
export async function profileFiles(
  paths: readonly string[],
  baseline: Baseline,
  options: FileOptions,
): Promise<Profile> {
  const known = baseline.features.map(({ name }) => name);
  const captured = options.columns ?? known;
  const byPosition = new Profiler(captured, baseline);
  const byName = new Profiler(known, baseline);
  let rows = 0;
  for (const path of paths) {
    const format = await formatOf(path);
    if (format === 'baseline') {
      throw new UserError(`${path} is a baseline; --current takes data or capture files.`, '--current');
    }
    if (format === 'capture') {
      await profileCapture(path, byPosition, captured.length);
      continue;
    }
    const table = await openRows(path, format);
    if (!known.some((name) => table.names.includes(name))) {
      throw new UserError(`${path} has none of the baseline's columns (${known.join(', ')}).`, '--current');
    }
    const positions = known.map((name) => table.names.indexOf(name));
    await table.forEach((row) => {
      rows++;
      byName.addRow(positions.map((position) => row[position] ?? ''));
    });
  }
  const named = byName.result();
  return merged(byPosition.result(), { ...named, rows }, known);
}

/** Features in the baseline's order: `columns` may name fewer or others. */
function merged(captured: Profile, named: Profile, known: readonly string[]): Profile {
  const features = known.map((name) => {
    const [a, b] = [captured, named].map(({ features }) => features.find((feature) => feature.name === name));
    if (a === undefined || b === undefined) {
      return (a ?? b)!;
    }
    return {
      name,
      counts: a.counts.map((count, bin) => count + b.counts[bin]!),
      outside: a.outside + b.outside,
      missing: a.missing + b.missing,
    };
  });
  const { records, rows, undecodable } = captured;
  return { records, rows: rows + named.rows, undecodable, features };
}

/** The verdict on files, as `flywheel drift` prints it. */
export interface FileDrift {
  readonly verdict: 'stable' | 'drift' | 'insufficient';
  readonly reasons: readonly string[];
  readonly baseline: { readonly rows: number };
  readonly current: { readonly rows: number; readonly undecodable: number };
  readonly features: readonly FileFeature[];
}

export interface FileFeature extends Partial<Omit<DriftVerdict['features'][number], 'feature' | 'drifted'>> {
  readonly name: string;
  readonly verdict: 'stable' | 'drift' | 'insufficient';
  readonly type: 'numeric' | 'categorical';
}

/** Judges a profile: every feature of the baseline has a verdict, if only that there is too little data. */
export function judge(baseline: Baseline, profile: Profile, settings: DriftSettings): FileDrift {
  const drift = driftOf(baseline, profile, settings);
  const tested = new Map(drift.features.map((feature) => [feature.feature, feature]));
  const features = baseline.features.map(({ name, kind }): FileFeature => {
    const found = tested.get(name);
    if (found === undefined) {
      return { name, verdict: 'insufficient', type: kind };
    }
    const { feature: _name, drifted, ...numbers } = found;
    return { name, verdict: drifted ? 'drift' : 'stable', type: kind, ...numbers };
  });
  return {
    verdict: VERDICTS[drift.verdict],
    reasons: drift.reasons,
    baseline: { rows: baseline.rows },
    current: { rows: profile.rows, undecodable: profile.undecodable },
    features,
  };
}

const VERDICTS = { ok: 'stable', drift: 'drift', 'not-enough-data': 'insufficient' } as const;

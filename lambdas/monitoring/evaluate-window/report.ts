import { type DriftSettings, FLOORS, MetricName } from '../../../lib/monitoring/contract';
import { confirmedDrift } from '../confirmed-drift';
import { driftFindings, type Findings } from '../findings';
import type { Metric } from '../metrics';
import type { WindowEvaluation } from './evaluation';

/** CloudWatch refuses metrics that are older than two weeks. */
const MAX_METRIC_AGE_MS = 13 * 86_400_000;

/** What the metrics that alarms look at said last, and of which window. */
export interface ReportedState {
  readonly drift?: { readonly windowStart: string; readonly features: number };
  readonly quality?: { readonly windowStart: string; readonly missedFloors: number };
  /** What the two were put for. */
  readonly findings?: Findings;
}

/** The metrics to put now, and what will have been said then. */
export interface Report {
  readonly metrics: readonly Metric[];
  readonly state: ReportedState;
}

/**
 * The state of the model as alarms see it. `DriftedFeatures` speaks of the newest window that has a verdict,
 * `MissedFloors` of the newest labelled window of the champion. Each is put when it has something new to say, with
 * the time of now, so that an alarm sees it at once; a window of long ago that changes late pages nobody.
 *
 * @param recent evaluations, newest window first
 * @param evaluated those that were made just now, in any order: windows of long ago may be among them
 */
export function alarmReport(
  recent: readonly WindowEvaluation[],
  evaluated: readonly WindowEvaluation[],
  before: ReportedState,
  context: { champion: number | undefined; drift: DriftSettings; now: Date },
): Report {
  const newDrift = driftState(recent, context.drift);
  const newQuality = qualityState([...evaluated, ...recent], before, context.champion);
  const drift = newDrift?.state ?? before.drift;
  const quality = newQuality?.state ?? before.quality;
  const metrics: Metric[] = [];
  if (drift !== undefined && !same(drift, before.drift)) {
    metrics.push({ name: MetricName.DRIFTED_FEATURES, value: drift.features, at: context.now });
  }
  if (quality !== undefined && !same(quality, before.quality)) {
    metrics.push({ name: MetricName.MISSED_FLOORS, value: quality.missedFloors, at: context.now });
  }
  const findings = {
    drift: newDrift?.findings ?? before.findings?.drift,
    quality: newQuality?.findings ?? before.findings?.quality,
  };
  return { metrics, state: { drift, quality, findings } };
}

interface Finding<Reported> {
  readonly state: NonNullable<Reported>;
  readonly findings: readonly string[];
}

function driftState(
  recent: readonly WindowEvaluation[],
  settings: DriftSettings,
): Finding<ReportedState['drift']> | undefined {
  const judged = recent.filter(({ drift }) => drift.verdict !== 'not-enough-data');
  const newest = judged[0];
  if (newest === undefined) {
    return undefined;
  }
  const windows = judged.map(({ modelVersion, drift }) => ({
    modelVersion: modelVersion!,
    drifted: drift.features.filter(({ drifted }) => drifted).map(({ feature }) => feature),
  }));
  const features = confirmedDrift(windows, settings);
  const state = { windowStart: newest.window.start, features: features.length };
  return { state, findings: driftFindings(features, judged) };
}

/** Looks at recent windows too: an evaluation may have been kept by an invocation that died before it reported. */
function qualityState(
  evaluations: readonly WindowEvaluation[],
  before: ReportedState,
  champion: number | undefined,
): Finding<ReportedState['quality']> | undefined {
  const newest = evaluations
    .filter(({ quality }) => quality?.verdict === 'ok' || quality?.verdict === 'decay')
    .filter(({ modelVersion }) => modelVersion === champion)
    .filter(({ window }) => window.start >= (before.quality?.windowStart ?? ''))
    .sort((a, b) => a.window.start.localeCompare(b.window.start))
    .at(-1);
  if (newest === undefined) {
    return undefined;
  }
  const { reasons } = newest.quality!;
  return { state: { windowStart: newest.window.start, missedFloors: reasons.length }, findings: reasons };
}

function same(a: object, b: object | undefined): boolean {
  return (
    b !== undefined && Object.entries(a).every(([name, value]) => (b as typeof a)[name as never] === value)
  );
}

/**
 * What a window adds to the charts: at the window's start, as CloudWatch's own metrics are. Captured rows and coverage
 * only grow, so that the maximum of a window's values is the latest. Windows that are too old for CloudWatch are
 * left to the record.
 */
export function windowMetrics(evaluation: WindowEvaluation, now: Date): Metric[] {
  const at = new Date(evaluation.window.start);
  if (now.getTime() - at.getTime() > MAX_METRIC_AGE_MS) {
    return [];
  }
  const { captured, quality } = evaluation;
  const counts: Metric[] = [
    { name: MetricName.CAPTURED_ROWS, value: captured.rows, at },
    { name: MetricName.UNDECODABLE_CAPTURES, value: captured.undecodable, at },
  ];
  if (quality === undefined || quality.scored === 0) {
    return counts;
  }
  const estimates = FLOORS.flatMap((metric): Metric[] => {
    const estimate = quality.metrics[metric];
    return estimate === undefined
      ? []
      : [{ name: QUALITY_METRIC[metric], value: estimate.value, at, unit: 'None' }];
  });
  return [
    ...counts,
    { name: MetricName.LABEL_COVERAGE, value: 100 * quality.coverage, at, unit: 'Percent' },
    ...estimates,
  ];
}

const QUALITY_METRIC = {
  accuracy: MetricName.ACCURACY,
  precision: MetricName.PRECISION,
  recall: MetricName.RECALL,
  f1: MetricName.F1,
} as const;

import type { Verdict } from '../registry/entities';
import { type MetricName, pairedInterval } from './bootstrap';
import { metricsOf, type Scored } from './metrics';

/** What a candidate has to meet. */
export interface JudgeRules {
  readonly metric: MetricName;
  /** The candidate must reach it (for log loss: must not exceed it). */
  readonly floor: number;
  /** By how much the candidate may be worse than the champion. */
  readonly tolerance: number;
  /** Confidence level of the interval, e.g. 0.95. */
  readonly level: number;
  /** Decision threshold on the score. */
  readonly threshold: number;
  /** With fewer hold-out rows there is no verdict, and the candidate is not accepted. */
  readonly minRows: number;
}

export interface Evidence {
  readonly labels: ArrayLike<number>;
  readonly candidate: ArrayLike<number>;
  /** Absent when there is no champion yet. */
  readonly champion?: ArrayLike<number>;
  readonly championVersion?: number;
  /** Which columns that the champion reads these rows lack: nothing else excuses it from the comparison. */
  readonly championError?: string;
  readonly seed: string;
}

const NAMES: Record<MetricName, string> = {
  rocAuc: 'ROC AUC',
  f1: 'F1',
  accuracy: 'accuracy',
  precision: 'precision',
  recall: 'recall',
  logLoss: 'log loss',
};

/**
 * Judges a candidate: it must meet the floor and, where there is a champion, must not be worse by more than the
 * tolerance on the same rows. "Not worse" is a non-inferiority test: the bad end of the confidence interval of
 * the difference must lie within the tolerance, so that a hold-out that is too small rejects rather than guesses.
 * A champion that can't score the rows (their columns changed) can't be served with them either: it is no bar.
 */
export function judge(evidence: Evidence, rules: JudgeRules): Verdict {
  const candidate = metricsOf({ labels: evidence.labels, scores: evidence.candidate }, rules.threshold);
  const champion = championMetrics(evidence, rules);
  const known = { candidate, ...(champion === undefined ? {} : { champion }) };
  const rows = evidence.labels.length;
  const value = candidate[rules.metric];
  const name = NAMES[rules.metric];
  if (rows < rules.minRows) {
    return {
      ...known,
      accepted: false,
      reasons: [`${rows} hold-out rows are too few for a verdict: at least ${rules.minRows} are needed`],
    };
  }
  if (value === undefined) {
    return {
      ...known,
      accepted: false,
      reasons: [`${name} is undefined on the ${rows} hold-out rows: they lack a class`],
    };
  }
  const floor = floorReason(name, value, rules);
  if (!floor.met) return { ...known, accepted: false, reasons: [floor.reason] };
  if (champion === undefined) {
    return { ...known, accepted: true, reasons: [floor.reason, noComparison(evidence)] };
  }
  const comparison = compare(evidence, rules, value, champion[rules.metric]);
  return { ...known, ...comparison, reasons: [floor.reason, ...comparison.reasons] };
}

function noComparison({ championVersion, championError }: Evidence): string {
  return championError === undefined
    ? 'there is no champion to compare with'
    : `the champion (version ${championVersion}) cannot score this data, so there is no comparison: ${championError}`;
}

function championMetrics(evidence: Evidence, rules: JudgeRules) {
  if (evidence.champion === undefined) return undefined;
  const scored: Scored = { labels: evidence.labels, scores: evidence.champion };
  return metricsOf(scored, rules.threshold);
}

function floorReason(name: string, value: number, rules: JudgeRules): { met: boolean; reason: string } {
  const lowerIsBetter = rules.metric === 'logLoss';
  const met = lowerIsBetter ? value <= rules.floor : value >= rules.floor;
  const limit = lowerIsBetter ? 'ceiling' : 'floor';
  return { met, reason: `${name} ${fixed(value)} ${met ? 'meets' : 'misses'} the ${limit} ${rules.floor}` };
}

function compare(
  evidence: Evidence,
  rules: JudgeRules,
  value: number,
  championValue: number | undefined,
): Pick<Verdict, 'accepted' | 'reasons' | 'difference'> {
  const name = NAMES[rules.metric];
  const interval = pairedInterval(
    { labels: evidence.labels, candidate: evidence.candidate, champion: evidence.champion! },
    { metric: rules.metric, threshold: rules.threshold, level: rules.level, seed: evidence.seed },
  );
  if (interval === undefined || championValue === undefined) {
    return { accepted: false, reasons: [`${name} of the champion is undefined on the hold-out: no verdict`] };
  }
  const { estimate, low, high, level } = interval;
  const lowerIsBetter = rules.metric === 'logLoss';
  const [worst, best] = lowerIsBetter ? [-high, -low] : [low, high];
  const versus =
    evidence.championVersion === undefined ? 'champion' : `champion (version ${evidence.championVersion})`;
  const numbers = `${name} ${fixed(value)} vs ${versus} ${fixed(championValue)}: ${signed(estimate)} [${signed(low)}, ${signed(high)}] at ${percent(level)} %; tolerance ${rules.tolerance}`;
  const accepted = worst >= -rules.tolerance;
  const outcome = accepted ? 'not worse' : best < -rules.tolerance ? 'worse' : 'worse cannot be ruled out';
  return { accepted, reasons: [`${numbers}: ${outcome}`], difference: { estimate, low, high, level } };
}

const fixed = (value: number): string => value.toFixed(3);
const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
const percent = (level: number): string => String(Number((level * 100).toFixed(2)));

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pairedInterval, resamplesFor } from '../../lambdas/training/bootstrap';
import { type JudgeRules, judge } from '../../lambdas/training/verdict';

const rules: JudgeRules = {
  metric: 'rocAuc',
  floor: 0.6,
  tolerance: 0.01,
  level: 0.95,
  threshold: 0.5,
  minRows: 100,
};

/** Uniform in [0, 1), the same in every run of the tests. */
const uniform = (name: string, row: number): number =>
  createHash('sha256').update(`${name}:${row}`).digest().readUInt32LE(0) / 2 ** 32;

const ROWS = 4000;
const labels = Array.from({ length: ROWS }, (_, row) => (uniform('label', row) < 0.3 ? 1 : 0));
/** Scores that know the label to the degree of `skill`. */
const model = (name: string, skill: number) =>
  labels.map(
    (label, row) => (1 - skill) * uniform(name, row) + skill * label * uniform(`${name}-skill`, row),
  );

describe('the judge', () => {
  const good = model('good', 0.6);

  it('accepts the first candidate that meets the floor', () => {
    const verdict = judge({ labels, candidate: good, seed: 'run' }, rules);
    expect(verdict.accepted).toBe(true);
    expect(verdict.reasons[0]).toMatch(/^ROC AUC 0\.\d{3} meets the floor 0\.6$/);
    expect(verdict.reasons[1]).toBe('there is no champion to compare with');
    expect(verdict.candidate.rocAuc).toBeGreaterThan(0.6);
  });

  it('does not let a champion that cannot score the data block every later model', () => {
    const championError = 'the column "visib" is missing';
    const verdict = judge({ labels, candidate: good, championVersion: 2, championError, seed: 'run' }, rules);
    expect(verdict.accepted).toBe(true);
    expect(verdict.reasons[1]).toBe(
      'the champion (version 2) cannot score this data, so there is no comparison: the column "visib" is missing',
    );
  });

  it('rejects a candidate below the floor, champion or not', () => {
    const verdict = judge(
      { labels, candidate: model('poor', 0), champion: model('worse', 0), seed: 'run' },
      rules,
    );
    expect(verdict.accepted).toBe(false);
    expect(verdict.reasons).toEqual([expect.stringMatching(/^ROC AUC 0\.\d{3} misses the floor 0\.6$/)]);
  });

  it('accepts a candidate that equals the champion', () => {
    const verdict = judge(
      { labels, candidate: good, champion: good, championVersion: 2, seed: 'run' },
      rules,
    );
    expect(verdict.accepted).toBe(true);
    expect(verdict.difference).toEqual({ estimate: 0, low: 0, high: 0, level: 0.95 });
    expect(verdict.reasons[1]).toMatch(
      /^ROC AUC (0\.\d{3}) vs champion \(version 2\) \1: \+0\.000 \[\+0\.000, \+0\.000\] at 95 %; tolerance 0\.01: not worse$/,
    );
  });

  it('rejects a candidate that is clearly worse', () => {
    const verdict = judge({ labels, candidate: model('mediocre', 0.3), champion: good, seed: 'run' }, rules);
    expect(verdict.accepted).toBe(false);
    expect(verdict.reasons[1]).toMatch(/tolerance 0\.01: worse$/);
    expect(verdict.difference!.high).toBeLessThan(-0.01);
  });

  it('rejects what it cannot tell from worse on too few rows', () => {
    const few = (scores: number[]) => scores.slice(0, 150);
    const verdict = judge(
      { labels: labels.slice(0, 150), candidate: few(model('other', 0.6)), champion: few(good), seed: 'run' },
      rules,
    );
    expect(verdict.accepted).toBe(false);
    expect(verdict.reasons[1]).toMatch(/worse cannot be ruled out$/);
  });

  it('gives no verdict on a handful of rows', () => {
    const verdict = judge({ labels: [0, 1], candidate: [0.1, 0.9], seed: 'run' }, rules);
    expect(verdict).toMatchObject({
      accepted: false,
      reasons: ['2 hold-out rows are too few for a verdict: at least 100 are needed'],
    });
  });

  it('turns the comparison round for log loss, of which less is better', () => {
    const logLoss: JudgeRules = { ...rules, metric: 'logLoss', floor: 2 };
    const better = judge({ labels, candidate: good, champion: model('bad', 0), seed: 'run' }, logLoss);
    expect(better).toMatchObject({ accepted: true });
    expect(better.difference!.estimate).toBeLessThan(0);
    const worse = judge({ labels, candidate: model('bad', 0), champion: good, seed: 'run' }, logLoss);
    expect(worse.accepted).toBe(false);
    expect(worse.reasons[1]).toMatch(/: worse$/);
  });
});

describe('the paired bootstrap', () => {
  const options = { metric: 'rocAuc' as const, threshold: 0.5, level: 0.95, seed: 'run-1' };
  const paired = { labels, candidate: model('a', 0.55), champion: model('b', 0.5) };

  it('gives the same interval for the same seed and another one for another seed', () => {
    const first = pairedInterval(paired, options)!;
    expect(pairedInterval(paired, options)).toEqual(first);
    expect(pairedInterval(paired, { ...options, seed: 'run-2' })!.low).not.toBe(first.low);
  });

  it('contains the true difference of a metric about as often as it says', () => {
    let hits = 0;
    const trials = 120;
    for (let trial = 0; trial < trials; trial += 1) {
      const truth = Array.from({ length: 200 }, (_, row) => (uniform(`t${trial}`, row) < 0.5 ? 1 : 0));
      const answers = (name: string, accuracy: number) =>
        truth.map((label, row) => (uniform(`${name}${trial}`, row) < accuracy ? label : 1 - label));
      const interval = pairedInterval(
        { labels: truth, candidate: answers('c', 0.8), champion: answers('d', 0.7) },
        { ...options, metric: 'accuracy', seed: `trial-${trial}` },
      )!;
      if (interval.low <= 0.1 && 0.1 <= interval.high) hits += 1;
    }
    expect(hits / trials).toBeGreaterThan(0.88);
    expect(hits / trials).toBeLessThan(0.995);
  });

  it('narrows as rows are added', () => {
    const width = (rows: number) => {
      const cut = (values: number[]) => values.slice(0, rows);
      const { low, high } = pairedInterval(
        { labels: cut(labels), candidate: cut(paired.candidate), champion: cut(paired.champion) },
        options,
      )!;
      return high - low;
    };
    expect(width(4000)).toBeLessThan(width(400) / 2);
  });

  it('is not defined where one class is missing', () => {
    expect(
      pairedInterval({ labels: [0, 0], candidate: [0.1, 0.2], champion: [0.1, 0.2] }, options),
    ).toBeUndefined();
  });

  it('bounds its work on many rows', () => {
    expect([100, 20_000, 50_000, 10_000_000].map(resamplesFor)).toEqual([1000, 1000, 400, 200]);
  });
});

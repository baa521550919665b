import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metricsOf, type Outcome, qualityOf } from '../../lambdas/monitoring/quality';
import { SETTINGS } from './samples';

/** So many rows that were predicted and turned out so; threshold 0.5. */
function rows(tp: number, fp: number, tn: number, fn: number, unlabelled = 0): Outcome[] {
  const some = (count: number, score: number, label?: 0 | 1) =>
    Array.from({ length: count }, () => ({ score, label }));
  return [
    ...some(tp, 0.9, 1),
    ...some(fp, 0.9, 0),
    ...some(tn, 0.1, 0),
    ...some(fn, 0.1, 1),
    ...some(unlabelled, 0.5),
  ];
}

const judge = (outcomes: Outcome[], floors = {}) => qualityOf(outcomes, 0.5, { ...SETTINGS.quality, floors });

describe('the quality of a window', () => {
  test('is accuracy, precision, recall and F1, each with its interval', () => {
    const { verdict, metrics, confusion, coverage } = judge(rows(60, 20, 100, 20));
    expect(verdict).toBe('measured');
    expect(confusion).toEqual({
      truePositives: 60,
      falsePositives: 20,
      trueNegatives: 100,
      falseNegatives: 20,
    });
    expect(coverage).toBe(1);
    expect(metrics.accuracy?.value).toBe(0.8);
    expect(metrics.precision?.value).toBe(0.75);
    expect(metrics.recall?.value).toBe(0.75);
    expect(metrics.f1?.value).toBeCloseTo(0.75, 12);
    // Wilson's interval of 160 in 200, as SciPy 1.17.1 gives it.
    expect(metrics.accuracy?.low).toBeCloseTo(0.739145, 5);
    expect(metrics.accuracy?.high).toBeCloseTo(0.849548, 5);
  });

  test('takes a score at the threshold as positive', () => {
    const outcomes = Array.from({ length: 200 }, () => ({ score: 0.3, label: 1 as const }));
    expect(qualityOf(outcomes, 0.3, SETTINGS.quality).confusion.truePositives).toBe(200);
    expect(qualityOf(outcomes, 0.31, SETTINGS.quality).confusion.falseNegatives).toBe(200);
  });

  test('leaves out a metric that is not defined', () => {
    const { metrics } = judge(rows(0, 0, 200, 0));
    expect(Object.keys(metrics)).toEqual(['accuracy']);
  });

  test('has no verdict under the minimal coverage, and says how much is missing', () => {
    expect(judge(rows(60, 20, 100, 20, 60))).toMatchObject({
      verdict: 'not-enough-labels',
      reasons: ['200 of 260 rows are labelled; a verdict needs 100 rows and 80 %'],
      metrics: {},
    });
    expect(judge(rows(20, 10, 60, 9)).verdict).toBe('not-enough-labels');
    expect(judge([]).verdict).toBe('not-enough-labels');
  });
});

describe('a floor', () => {
  test('is missed when the whole interval is below it', () => {
    const { verdict, reasons } = judge(rows(60, 20, 100, 20), { accuracy: 0.86, recall: 0.7 });
    expect(verdict).toBe('decay');
    expect(reasons).toEqual([
      expect.stringMatching(/^accuracy 0\.8000 \(at most 0\.8495\) is below the floor 0\.86$/),
    ]);
  });

  test('is not missed by chance', () => {
    expect(judge(rows(60, 20, 100, 20), { accuracy: 0.84 }).verdict).toBe('ok');
  });
});

test('every interval holds its value, and F1 lies between precision and recall', () => {
  const count = fc.nat(300);
  fc.assert(
    fc.property(count, count, count, count, (tp, fp, tn, fn) => {
      const metrics = metricsOf({
        truePositives: tp,
        falsePositives: fp,
        trueNegatives: tn,
        falseNegatives: fn,
      });
      for (const { low, value, high } of Object.values(metrics)) {
        expect(low).toBeLessThanOrEqual(value + 1e-12);
        expect(high).toBeGreaterThanOrEqual(value - 1e-12);
      }
      const { precision, recall, f1 } = metrics;
      if (precision && recall && f1) {
        expect(f1.value).toBeGreaterThanOrEqual(Math.min(precision.value, recall.value) - 1e-12);
        expect(f1.value).toBeLessThanOrEqual(Math.max(precision.value, recall.value) + 1e-12);
      }
    }),
  );
});

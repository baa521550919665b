import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confusion, metricsOf, rocAuc } from '../../lambdas/training/metrics';

const labels = [1, 1, 1, 0, 0, 0, 0, 1];
const scores = [0.9, 0.8, 0.3, 0.7, 0.2, 0.1, 0.5, 0.5];

describe('metrics', () => {
  it('count a score at the threshold as positive', () => {
    expect(confusion({ labels, scores }, 0.5)).toEqual({
      truePositives: 3,
      falsePositives: 2,
      trueNegatives: 2,
      falseNegatives: 1,
    });
  });

  it('follow their formulas', () => {
    const metrics = metricsOf({ labels, scores }, 0.5);
    expect(metrics.accuracy).toBeCloseTo(5 / 8);
    expect(metrics.precision).toBeCloseTo(3 / 5);
    expect(metrics.recall).toBeCloseTo(3 / 4);
    expect(metrics.f1).toBeCloseTo(2 / (5 / 3 + 4 / 3));
    expect(metrics.rocAuc).toBeCloseTo(12.5 / 16);
    expect(metrics.logLoss).toBeCloseTo(
      -(2 * Math.log(0.5) + Math.log(0.9) + 2 * Math.log(0.8) + 2 * Math.log(0.3) + Math.log(0.9)) / 8,
    );
  });

  it('leave out what is undefined instead of guessing', () => {
    expect(metricsOf({ labels: [0, 0], scores: [0.1, 0.2] }, 0.5)).toEqual({
      accuracy: 1,
      logLoss: expect.any(Number),
    });
    expect(metricsOf({ labels: [], scores: [] }, 0.5)).toEqual({});
  });

  it('stay finite when a certain prediction is wrong', () => {
    expect(metricsOf({ labels: [1], scores: [0] }, 0.5).logLoss).toBeCloseTo(-Math.log(1e-15));
  });
});

describe('ROC AUC', () => {
  const rows = fc.array(
    fc.tuple(
      fc.constantFrom(0, 1),
      fc.integer({ min: 0, max: 6 }).map((score) => score / 6),
    ),
    { minLength: 2, maxLength: 40 },
  );

  it('is the share of pairs that are in the right order, ties one half', () => {
    fc.assert(
      fc.property(rows, (table) => {
        const positives = table.filter(([label]) => label === 1);
        const negatives = table.filter(([label]) => label === 0);
        let wins = 0;
        for (const [, high] of positives) {
          for (const [, low] of negatives) wins += high > low ? 1 : high === low ? 0.5 : 0;
        }
        const expected =
          positives.length === 0 || negatives.length === 0
            ? undefined
            : wins / (positives.length * negatives.length);
        const actual = rocAuc({
          labels: table.map(([label]) => label),
          scores: table.map(([, score]) => score),
        });
        if (expected === undefined) expect(actual).toBeUndefined();
        else expect(actual).toBeCloseTo(expected, 12);
      }),
    );
  });
});

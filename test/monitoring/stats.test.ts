import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { benjaminiHochberg } from '../../lambdas/monitoring/stats/benjamini-hochberg';
import { chiSquareUpperTail, noncentralChiSquareUpperTail } from '../../lambdas/monitoring/stats/chi-square';
import { homogeneity, populationStabilityIndex } from '../../lambdas/monitoring/stats/homogeneity';
import {
  binomialUpperTail,
  rateChangePValue,
  wilsonInterval,
} from '../../lambdas/monitoring/stats/proportions';

/** Agreement to so many significant digits: expected values are SciPy 1.17.1's. */
function expectDigits(actual: number, expected: number, digits: number): void {
  expect(Math.abs(actual / expected - 1)).toBeLessThan(10 ** -digits);
}

describe('the chi-square upper tail', () => {
  test.each([
    [3.841458820694124, 1, 0.05],
    [18.307, 10, 0.05000058909139812],
    [43.82, 19, 0.0010000623145601166],
    [200, 19, 3.4047651393116526e-32],
    [1000, 4, 3.5694127797773694e-215],
  ])('of %d with %d degrees of freedom is %d', (x, df, expected) => {
    expectDigits(chiSquareUpperTail(x, df), expected, 12);
  });

  test('refuses degrees of freedom for which the library loses digits', () => {
    expect(() => chiSquareUpperTail(1, 251)).toThrow('from 1 to 250, got 251');
    expect(() => chiSquareUpperTail(1, 0)).toThrow('got 0');
  });
});

describe('the non-central chi-square upper tail', () => {
  test.each([
    [10, 3, 2, 0.10143503648600136],
    [30, 19, 12.5, 0.5278217589622437],
    [80, 19, 20, 0.0010240502328989767],
    [150, 19, 100, 0.07561806897887993],
    [7000, 19, 6500, 0.0016739467559374805],
    [7600, 19, 6500, 5.664005156206343e-11],
    [1, 1, 0.5, 0.42870298961325404],
    [60, 5, 0.01, 1.2861830256203963e-11],
    [500, 19, 3, 3.0263414493633623e-85],
    [101000, 19, 100000, 0.06071300094197639],
  ])('of %d with %d degrees of freedom and non-centrality %d is %d', (x, df, lambda, expected) => {
    expectDigits(noncentralChiSquareUpperTail(x, df, lambda), expected, 8);
  });

  test('is the central one without non-centrality', () => {
    expect(noncentralChiSquareUpperTail(30, 19, 0)).toBe(chiSquareUpperTail(30, 19));
  });

  test('grows with the non-centrality and stays a probability', () => {
    const x = fc.double({ min: 0, max: 2000, noNaN: true });
    const lambdas = fc.tuple(
      fc.double({ min: 0, max: 1000, noNaN: true }),
      fc.double({ min: 0, max: 1000, noNaN: true }),
    );
    fc.assert(
      fc.property(x, fc.integer({ min: 1, max: 130 }), lambdas, (x, df, [a, b]) => {
        const smaller = noncentralChiSquareUpperTail(x, df, Math.min(a, b));
        const larger = noncentralChiSquareUpperTail(x, df, Math.max(a, b));
        expect(larger).toBeGreaterThanOrEqual(smaller - 1e-12);
        expect(smaller).toBeGreaterThanOrEqual(0);
        expect(larger).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the test of homogeneity', () => {
  test('is the contingency-table test when nothing is tolerated', () => {
    const result = homogeneity([30, 50, 20, 10], [400, 300, 200, 100], 0);
    expectDigits(result.statistic, 11.898190604321687, 12);
    expect(result.df).toBe(3);
    expectDigits(result.p, 0.007740179295884578, 12);
  });

  test('tolerates what it is told to', () => {
    const moved = homogeneity([600, 400], [5000, 5000], 0);
    expect(moved.p).toBeLessThan(1e-8);
    expect(homogeneity([600, 400], [5000, 5000], moved.effect).p).toBeGreaterThan(0.4);
  });

  test('estimates the distance: shares .6 and .4 against halves, ten times as many', () => {
    const midpoint = (0.6 + 0.5 * 10) / 11;
    const distance = 0.1 ** 2 / midpoint + 0.1 ** 2 / (1 - midpoint);
    expectDigits(homogeneity([600_000, 400_000], [5e6, 5e6], 0).effect, distance, 3);
  });

  test('pools cells that are too small and says nothing when one is left', () => {
    expect(homogeneity([94, 2, 2, 2], [940, 20, 20, 20], 0).df).toBe(1);
    expect(homogeneity([3, 1], [30, 10], 0)).toEqual({ statistic: 0, df: 0, effect: 0, p: 1 });
    expect(homogeneity([], [], 0).p).toBe(1);
    expect(homogeneity([0, 0], [5, 5], 0).p).toBe(1);
  });

  test('does not depend on the order of the cells', () => {
    const cell = fc.tuple(fc.nat(300), fc.nat(3000));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 20 }), (cells) => {
        const forwards = homogeneity(
          cells.map(([a]) => a),
          cells.map(([, b]) => b),
          0.01,
        );
        const backwards = homogeneity(
          cells.map(([a]) => a).reverse(),
          cells.map(([, b]) => b).reverse(),
          0.01,
        );
        expect(backwards.statistic).toBeCloseTo(forwards.statistic, 6);
        expect(backwards.df).toBe(forwards.df);
      }),
    );
  });

  test('refuses samples over different cells', () => {
    expect(() => homogeneity([1, 2], [1, 2, 3], 0)).toThrow('Window has 2 cells, baseline has 3');
  });
});

test('the population stability index of .6 : .4 against halves is .0405', () => {
  expect(populationStabilityIndex([6e6, 4e6], [5e6, 5e6])).toBeCloseTo(
    0.1 * Math.log(1.2) - 0.1 * Math.log(0.8),
    6,
  );
  expect(populationStabilityIndex([10, 0], [5, 5])).toBeGreaterThan(0.25);
  expect(Number.isFinite(populationStabilityIndex([100, 0], [0, 100]))).toBe(true);
});

describe('the binomial upper tail', () => {
  test.each([
    [1, 10, 0.1, 0.6513215599000001],
    [8, 10, 0.5, 0.0546875],
    [30, 200, 0.072, 0.00011181830435057132],
    [600, 1000, 0.5, 1.3642320780329735e-10],
    [5, 1000, 0.001, 0.003636878029521792],
    [52_000, 1_000_000, 0.05, 3.8244991621031264e-20],
    [3, 10, 0.5, 0.9453125],
    [50, 1000, 0.06, 0.9220755007204664],
  ])('of at least %d in %d at %d is %d', (x, trials, p, expected) => {
    expectDigits(binomialUpperTail(x, trials, p), expected, 6);
  });

  test('is certain or impossible at the ends', () => {
    expect(binomialUpperTail(0, 10, 0)).toBe(1);
    expect(binomialUpperTail(1, 10, 0)).toBe(0);
    expect(binomialUpperTail(10, 10, 1)).toBe(1);
  });
});

describe('the Wilson interval', () => {
  test('of 8 in 10 is .490 to .943', () => {
    const { low, high } = wilsonInterval(8, 10);
    expect(low).toBeCloseTo(0.4901625, 6);
    expect(high).toBeCloseTo(0.9433178, 6);
  });

  test('stays within 0 and 1 and holds the observed share', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (successes, failures) => {
        fc.pre(successes + failures > 0);
        const trials = successes + failures;
        const { low, high } = wilsonInterval(successes, trials);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(successes / trials + 1e-12);
        expect(high).toBeGreaterThanOrEqual(successes / trials - 1e-12);
      }),
    );
  });

  test('refuses more successes than trials', () => {
    expect(() => wilsonInterval(11, 10)).toThrow('got 11 of 10');
    expect(() => wilsonInterval(0, 0)).toThrow('got 0 of 0');
  });
});

describe('the change of a rate', () => {
  const never = { count: 0, rows: 50_000 };

  test('is no news for one value more than the baseline had', () => {
    expect(rateChangePValue({ count: 1, rows: 1000 }, never, 0.05)).toBeGreaterThan(0.5);
  });

  test('is seen in both directions once it exceeds the tolerance', () => {
    expect(rateChangePValue({ count: 120, rows: 1000 }, never, 0.05)).toBeLessThan(1e-5);
    const often = { count: 15_000, rows: 50_000 };
    expect(rateChangePValue({ count: 150, rows: 1000 }, often, 0.05)).toBeLessThan(1e-5);
    expect(rateChangePValue({ count: 280, rows: 1000 }, often, 0.05)).toBeGreaterThan(0.5);
  });

  test('is judged with care when the baseline is small', () => {
    const window = { count: 130, rows: 1000 };
    expect(rateChangePValue(window, { count: 0, rows: 50 }, 0.05)).toBeGreaterThan(0.5);
    expect(rateChangePValue(window, { count: 0, rows: 5000 }, 0.05)).toBeLessThan(1e-5);
  });

  test('is unknown without rows', () => {
    expect(rateChangePValue({ count: 0, rows: 0 }, never, 0.05)).toBe(1);
  });
});

describe('Benjamini and Hochberg', () => {
  test('reject the example of their paper: the four smallest of fifteen at 5 %', () => {
    const p = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
      0.759, 1,
    ];
    expect(benjaminiHochberg(p, 0.05).filter(Boolean)).toHaveLength(4);
  });

  test('reject by value, whatever the order', () => {
    expect(benjaminiHochberg([0.9, 0.001, 0.5], 0.01)).toEqual([false, true, false]);
    expect(benjaminiHochberg([], 0.01)).toEqual([]);
  });

  test('reject nothing that single tests would not, and everything that Bonferroni would', () => {
    const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(ps, (p) => {
        const rejected = benjaminiHochberg(p, 0.05);
        for (const [i, value] of p.entries()) {
          expect(rejected[i] && value > 0.05).toBe(false);
          expect(!rejected[i] && value <= 0.05 / p.length).toBe(false);
        }
      }),
    );
  });
});

import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLOCKS, movementStretch, toleratedDistance } from '../../lambdas/monitoring/tolerance';

const ROWS = 50_000;

test('blocks are cut as the training pipeline cuts them', () => {
  const script = readFileSync(path.join(__dirname, '..', '..', 'jobs', 'prepare.py'), 'utf8');
  expect(script).toContain(`BLOCK_ROWS = ${BLOCKS.rows.toLocaleString('en').replace(',', '_')}`);
  expect(script).toContain(`MIN_BLOCKS, MAX_BLOCKS = ${BLOCKS.min}, ${BLOCKS.max}`);
});

test('the stretch is the ratio of chi-square quantiles with one degree of freedom', () => {
  // 12.115665 and 2.705543 are the upper 0.0005 and 0.1 quantiles (SciPy 1.17.1).
  expect(movementStretch(0.0005)).toBeCloseTo(12.115665 / 2.705543, 4);
  expect(movementStretch(0.1)).toBeCloseTo(1, 9);
  expect(movementStretch(0.5)).toBe(1);
});

describe('the tolerated distance', () => {
  test('is nothing for the movement that sampling alone gives blocks', () => {
    // 1.2816 sqrt(2 * 19) / 1000 = 0.0079 is expected of 50 blocks of 1000 rows.
    expect(toleratedDistance({ movement: 0.0079, bins: 20, rows: ROWS }, 4.5)).toBe(0);
    expect(toleratedDistance({ movement: 0.0105, bins: 20, rows: ROWS }, 4.5)).toBe(0);
    expect(toleratedDistance({ movement: 0, bins: 20, rows: 0 }, 4.5)).toBe(0);
  });

  test('stretches a clear movement, less what is noise', () => {
    expect(toleratedDistance({ movement: 0.0279, bins: 20, rows: ROWS }, 4.5)).toBeCloseTo(4.5 * 0.02, 4);
  });

  test('stretches to a quarter at most, and is a large movement itself', () => {
    expect(toleratedDistance({ movement: 0.1079, bins: 20, rows: ROWS }, 4.5)).toBe(0.25);
    expect(toleratedDistance({ movement: 5.0079, bins: 20, rows: ROWS }, 4.5)).toBeCloseTo(5, 4);
  });

  test('never falls when the movement grows', () => {
    const movement = fc.double({ min: 0, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        movement,
        movement,
        fc.integer({ min: 1, max: 128 }),
        fc.integer({ min: 100, max: 1e6 }),
        (a, b, bins, rows) => {
          const at = (movement: number) => toleratedDistance({ movement, bins, rows }, 4.5);
          expect(at(Math.max(a, b))).toBeGreaterThanOrEqual(at(Math.min(a, b)));
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, it } from 'vitest';
import { noBug, SCHEDULES, SEED } from './harness';
import { modelProperties } from './model-properties';

describe('whatever the order of calls, with requests and replies lost and processes that crash', () => {
  for (const { claim, check } of modelProperties) {
    it(claim, { timeout: 300_000 }, async () => {
      await fc.assert(check(noBug), { numRuns: SCHEDULES, seed: SEED });
    });
  }
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bug, noBug, type Property, SEED } from './harness';
import { fencedOff, oneChampion, ownWritesAreRead, versionsWithoutGaps } from './model-properties';
import * as bugs from './planted-bugs';
import { noTagIsLost } from './tracking-properties';

/** Eight mistakes that people make, and a property that each of them breaks. */
const PLANTED: readonly (readonly [string, Property, Bug, { withoutToken?: boolean }?])[] = [
  ['a dropped condition', versionsWithoutGaps, bugs.droppedCondition],
  ['a champion read from an index', ownWritesAreRead, bugs.readFromAnIndex],
  ['a token that is not kept', versionsWithoutGaps, bugs.lostToken],
  ['versions ordered by time', versionsWithoutGaps, bugs.orderedByTime],
  ['a promotion in two steps', oneChampion, bugs.twoStepPromote],
  ['a registration without its fence', fencedOff, bugs.noFence],
  ['a retry without its token', versionsWithoutGaps, noBug, { withoutToken: true }],
  ['an eventually consistent read', noTagIsLost, bugs.eventuallyConsistentRead],
];

describe('a planted bug is found within 5,000 schedules', () => {
  for (const [name, property, bug, options] of PLANTED) {
    it(`${name}: it is not so that ${property.claim}`, { timeout: 120_000 }, async () => {
      const parameters = { numRuns: 5000, seed: SEED, endOnFailure: true };
      const result = await fc.check(property.check(bug, options), parameters);
      // Found by what the property claims, not by some error on the way.
      expect((result.errorInstance as Error | null)?.name).toBe('AssertionError');
    });
  }
});

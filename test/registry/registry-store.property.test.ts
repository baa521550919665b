import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registryStore } from '../../lambdas/registry/registry-store';
import { MODEL } from './samples';
import { TestTable } from './support/test-table';

const faults = fc.infiniteStream(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant('none' as const) },
    { weight: 1, arbitrary: fc.constantFrom('request-lost' as const, 'reply-lost' as const) },
  ),
);

function scheduled(scheduler: fc.Scheduler, stream: Iterator<'none' | 'request-lost' | 'reply-lost'>) {
  const table = new TestTable();
  table.beforeCall = (name) => scheduler.schedule(Promise.resolve(), name);
  table.faultOf = () => stream.next().value;
  const store = registryStore(table.client, 'registry', { sleep: async () => undefined, random: () => 0 });
  return { table, store };
}

/** What a client does when a call ends in an error that says nothing about whether it was done. */
async function insist<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 30; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if ((error as Error).name !== 'TimeoutError') throw error;
    }
  }
  throw new Error('every call was lost');
}

describe('under any interleaving, with requests and replies lost', () => {
  it('a lease has one live holder and its token never goes back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        faults,
        fc.integer({ min: 2, max: 5 }),
        async (scheduler, stream, owners) => {
          const { table, store } = scheduled(scheduler, stream);
          let second = 0;
          const holding = new Map<number, string>();
          const tokensInOrder: number[] = [];
          table.onPut = (item) => {
            if (String(item.SK).startsWith('LEASE#')) tokensInOrder.push(item.token as number);
          };
          const race = Promise.all(
            Array.from({ length: owners }, async (_, index) => {
              for (let round = 0; round < 2; round += 1) {
                const owner = `run-${index}-${round}`;
                second += 4;
                const now = new Date(second * 1000);
                const grant = await insist(() =>
                  store.acquireLease({ model: MODEL, name: 'training', owner, now, ttlSeconds: 10 }),
                );
                if (grant === undefined) continue;
                expect(holding.get(grant.token) ?? owner).toBe(owner);
                holding.set(grant.token, owner);
                if (index % 2 === 0) {
                  await insist(() =>
                    store.releaseLease({ model: MODEL, name: 'training', owner, token: grant.token }),
                  );
                }
              }
            }),
          );
          await scheduler.waitFor(race);
          expect(tokensInOrder.length).toBeGreaterThan(0);
          expect(tokensInOrder).toEqual([...tokensInOrder].sort((a, b) => a - b));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('a trigger is pending or settled, never both and never neither', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        faults,
        fc.array(fc.constantFrom('put', 'settle'), { minLength: 1, maxLength: 6 }),
        async (scheduler, stream, steps) => {
          const { table, store } = scheduled(scheduler, stream);
          const at = '2013-02-01T00:00:00.000Z';
          const key = 'data:aaaa';
          const race = Promise.all(
            steps.map((step) =>
              insist(async () => {
                if (step === 'put')
                  await store.putPendingTrigger(MODEL, {
                    key,
                    trigger: 'data',
                    reasons: [],
                    requestedAt: at,
                  });
                else await store.settleTrigger(MODEL, { key, decision: 'start', reasons: [], at });
              }),
            ),
          );
          await scheduler.waitFor(race);
          const rows = ['PENDING#', 'SETTLED#'].map((sk) => table.partition(`MODEL#${MODEL}`, sk).length);
          expect(rows).toEqual(steps.includes('settle') ? [0, 1] : [1, 0]);
        },
      ),
      { numRuns: 400 },
    );
  });
});

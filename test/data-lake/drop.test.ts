import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Closing,
  closingFor,
  decodeClosing,
  mayClose,
  newestClosings,
  openLimit,
  type ScheduledClosing,
} from '../../lambdas/data-lake/drop';
import { FakeDrops } from './fakes';

const QUIET = 120;
const START = Date.parse('2013-02-01T00:00:00Z');

interface Arrival {
  /** Seconds after the start. */
  readonly at: number;
  readonly role?: 'data' | 'marker';
}

/** Plays arrivals and their delayed closings against a clock; gives the seconds at which the drop was closed. */
async function play(arrivals: readonly Arrival[], quiet = QUIET): Promise<number[]> {
  const drops = new FakeDrops();
  const closed: number[] = [];
  const waiting: { at: number; closing: Closing }[] = [];
  const deliver = async (until: number): Promise<void> => {
    waiting.sort((a, b) => a.at - b.at);
    while (waiting[0] !== undefined && waiting[0].at <= until) {
      const { at, closing } = waiting.shift()!;
      const limit = openLimit(new Date(START + at * 1000), quiet);
      if (await drops.close(closing, limit)) closed.push(at);
    }
  };
  for (const { at, role = 'data' } of [...arrivals].sort((a, b) => a.at - b.at)) {
    await deliver(at - 0.001);
    const state = await drops.record('flights', new Date(START + at * 1000).toISOString());
    const closing = closingFor(state, role, quiet);
    waiting.push({ at: at + closing.delaySeconds, closing });
  }
  await deliver(Number.POSITIVE_INFINITY);
  return closed;
}

describe('a drop', () => {
  test('of any number of files, repeated and in any order, is closed once, a quiet period after its last event', async () => {
    const seconds = fc.array(fc.integer({ min: 0, max: QUIET - 1 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(seconds, async (times) => {
        expect(await play(times.map((at) => ({ at })))).toEqual([Math.max(...times) + QUIET]);
      }),
    );
  });

  test('is closed once more by a late file, and exactly once', async () => {
    const burst = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(burst, fc.integer({ min: 181, max: 100_000 }), async (times, late) => {
        const closed = await play([...times.map((at) => ({ at })), { at: late }]);
        expect(closed).toEqual([Math.max(...times) + QUIET, late + QUIET]);
      }),
    );
  });

  test('is closed at once by its marker', async () => {
    expect((await play([{ at: 0 }, { at: 1 }, { at: 5, role: 'marker' }]))[0]).toBe(5);
  });

  test('is closed at once by its marker even when the event of a file comes after it', async () => {
    const drops = new FakeDrops();
    const at = new Date(START).toISOString();
    const marker = closingFor(await drops.record('flights', at), 'marker', QUIET);
    await drops.record('flights', at);
    expect(await drops.close(marker, openLimit(new Date(START), QUIET))).toBe(true);
  });

  test('that never falls silent is closed all the same', async () => {
    const trickle = Array.from({ length: 60 }, (_, index) => ({ at: index * 60 }));
    const closed = await play(trickle);
    expect(closed.length).toBeGreaterThan(1);
    expect(closed[0]).toBeLessThanOrEqual(11 * QUIET);
  });

  test('is not closed by a closing that a newer event has overtaken', () => {
    const drop = { dataset: 'flights', sequence: 2, firstEventAt: '2013-02-01T00:00:00.000Z' };
    const overtaken = { ...drop, sequence: 1, marker: false };
    expect(mayClose(drop, overtaken, '2013-01-31T00:00:00.000Z')).toBe(false);
  });

  test('may be closed again by the same closing, for its first run may have been cut off', async () => {
    const drops = new FakeDrops();
    const at = new Date(START).toISOString();
    const closing = closingFor(await drops.record('flights', at), 'data', QUIET);
    expect(await drops.close(closing, at)).toBe(true);
    expect(await drops.close(closing, '2000-01-01T00:00:00.000Z')).toBe(true);
  });
});

describe('the closings of one batch', () => {
  const closing = (dataset: string, sequence: number, marker = false): ScheduledClosing =>
    closingFor(
      { dataset, sequence, firstEventAt: '2013-02-01T00:00:00.000Z' },
      marker ? 'marker' : 'data',
      QUIET,
    );

  test('come down to the newest of each dataset', () => {
    const sent = newestClosings([closing('a', 2), closing('a', 3), closing('b', 9), closing('a', 1)]);
    expect(sent.map(({ dataset, sequence }) => [dataset, sequence])).toEqual([
      ['a', 3],
      ['b', 9],
    ]);
  });

  test.each([[[closing('a', 1, true), closing('a', 2)]], [[closing('a', 2), closing('a', 1, true)]]])(
    'keep the haste of a marker among them',
    (batch) => {
      expect(newestClosings(batch)).toMatchObject([{ sequence: 2, marker: true, delaySeconds: 0 }]);
    },
  );
});

describe('a closing message', () => {
  test('is read back as it was sent', () => {
    const sent = { dataset: 'flights', sequence: 3, firstEventAt: '2013-02-01T00:00:00.000Z', marker: false };
    expect(decodeClosing(JSON.stringify(sent))).toEqual(sent);
  });

  test('with a wrong field is refused and the field is named', () => {
    expect(() => decodeClosing('{"dataset":"flights","sequence":0,"marker":false}')).toThrow(
      /sequence[\s\S]*firstEventAt/,
    );
  });
});

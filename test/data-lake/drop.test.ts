import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Closing,
  closingFor,
  mayClose,
  newestClosings,
  openLimit,
  type ScheduledClosing,
} from '../../lambdas/data-lake/drop';
import { decodeClosingMessage, decodePart } from '../../lambdas/data-lake/messages';
import { quietSecondsFrom } from '../../lambdas/data-lake/quiet-seconds';
import { FakeDrops } from './fakes';

const QUIET = 120;
const landing = (at: string, deleted = false) => ({ dataset: 'flights', at, deleted });
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
    const state = await drops.record(landing(new Date(START + at * 1000).toISOString()));
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
    const marker = closingFor(await drops.record(landing(at)), 'marker', QUIET);
    await drops.record(landing(at));
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
    const overtaken = { ...drop, sequence: 1, marker: false, trigger: 'quiet' as const };
    expect(mayClose(drop, overtaken, '2013-01-31T00:00:00.000Z')).toBe(false);
  });

  test('may be closed again by the same closing, for its first run may have been cut off', async () => {
    const drops = new FakeDrops();
    const at = new Date(START).toISOString();
    const closing = closingFor(await drops.record(landing(at)), 'data', QUIET);
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

describe('what closed a drop', () => {
  const at = new Date(START).toISOString();
  const trigger = async (...events: ('created' | 'deleted' | 'marker')[]) => {
    const drops = new FakeDrops();
    const closings = [];
    for (const event of events) {
      const drop = await drops.record(landing(at, event === 'deleted'));
      closings.push(closingFor(drop, event === 'marker' ? 'marker' : 'data', QUIET));
    }
    return newestClosings(closings)[0]?.trigger;
  };

  test('is silence, as a rule', async () => {
    expect(await trigger('created', 'deleted')).toBe('quiet');
    expect(await trigger('deleted', 'created', 'deleted')).toBe('quiet');
  });

  test('is its marker, if there is one', async () => {
    expect(await trigger('created', 'marker')).toBe('success-marker');
    expect(await trigger('marker', 'created')).toBe('success-marker');
  });

  test('is a deletion, if there was nothing else', async () => {
    expect(await trigger('deleted', 'deleted')).toBe('deletion');
  });
});

describe('a message in the queue of closings', () => {
  const at = '2013-02-01T00:00:00.000Z';
  const sent = { dataset: 'flights', sequence: 3, firstEventAt: at, marker: false, trigger: 'deletion' };
  const request = (detail: object) =>
    JSON.stringify({ 'detail-type': 'Dataset Accept Requested', time: '2013-02-01T00:00:00Z', detail });

  test('is read back as it was sent', () => {
    expect(decodeClosingMessage(JSON.stringify(sent))).toEqual({ kind: 'close', closing: sent });
  });

  test('of a time when closings did not say what closed them is still read', () => {
    const { trigger: _, ...old } = sent;
    expect(decodeClosingMessage(JSON.stringify(old))).toMatchObject({ closing: { trigger: 'quiet' } });
  });

  test('can ask for a plan to be assembled', () => {
    const message = { dataset: 'flights', plan: 'abc' };
    expect(decodeClosingMessage(JSON.stringify(message))).toEqual({ kind: 'assemble', message });
    expect(decodePart(JSON.stringify({ ...message, index: 0 }))).toEqual({ ...message, index: 0 });
  });

  test('can be a request to accept a version', () => {
    const detail = { dataset: 'flights', datasetVersion: 'abc', reason: 'known', by: 'ann' };
    expect(decodeClosingMessage(request(detail))).toEqual({ kind: 'accept', request: { ...detail, at } });
  });

  test('that accepts without a reason is refused', () => {
    const detail = { dataset: 'flights', datasetVersion: 'abc', reason: '  ', by: 'ann' };
    expect(() => decodeClosingMessage(request(detail))).toThrow('say why the content is let through');
  });

  test('with a wrong field is refused and the field is named', () => {
    const wrong = '{"dataset":"flights","sequence":0,"marker":false}';
    expect(() => decodeClosingMessage(wrong)).toThrow(/sequence[\s\S]*firstEventAt/);
  });
});

describe('the quiet period', () => {
  const quiet = quietSecondsFrom({ QUIET_PERIOD_SECONDS: '120', DATASET_QUIET_PERIODS: '{"flights":5}' });

  test('is that of the dataset, or else the usual one', () => {
    expect([quiet('flights'), quiet('weather'), quiet('toString')]).toEqual([5, 120, 120]);
  });

  test('that is not set is an error that names the variable', () => {
    expect(() => quietSecondsFrom({})).toThrow('QUIET_PERIOD_SECONDS must be a number of seconds');
  });
});

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClock, virtualAt } from '../../local/runtime/clock';

const PRELOAD = join(__dirname, '..', '..', 'local', 'runtime', 'clock-preload.cjs');

describe('the virtual time', () => {
  it('starts with the real time and keeps its order at every speed', () => {
    const time = fc.integer({ min: 1e12, max: 2e12 });
    fc.assert(
      fc.property(
        time,
        fc.integer({ min: 1, max: 1000 }),
        fc.nat(1e9),
        fc.nat(1e9),
        (epochMs, speed, a, b) => {
          const origin = { epochMs, speed };
          expect(virtualAt(origin, epochMs)).toBe(epochMs);
          expect(virtualAt(origin, epochMs + a + b) - virtualAt(origin, epochMs + a)).toBe(b * speed);
        },
      ),
    );
  });

  it.each([0, 0.5, -1, Number.NaN, Number.POSITIVE_INFINITY])('has no speed of %s', (speed) => {
    expect(() => createClock({ epochMs: 0, speed })).toThrow(
      `speed must be a number of at least 1, got ${speed}`,
    );
  });
});

describe('waiting', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('takes the real time divided by the speed', async () => {
    const clock = createClock({ epochMs: Date.now(), speed: 60 });
    const woken = vi.fn();
    const before = clock.now().getTime();
    void clock.sleep(60_000).then(woken);
    await vi.advanceTimersByTimeAsync(999);
    expect(woken).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(woken).toHaveBeenCalledOnce();
    expect(clock.now().getTime() - before).toBe(60_000);
  });

  it('can be longer than a timer of Node', async () => {
    const clock = createClock({ epochMs: Date.now(), speed: 1 });
    const woken = vi.fn();
    void clock.sleep(2 ** 31 + 1_000).then(woken);
    await vi.advanceTimersByTimeAsync(2 ** 31);
    expect(woken).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(woken).toHaveBeenCalledOnce();
  });

  it('ends with the reason of the signal', async () => {
    const clock = createClock({ epochMs: Date.now(), speed: 1 });
    const stop = new AbortController();
    const sleeping = clock.sleep(60_000, stop.signal);
    stop.abort(new Error('closing'));
    await expect(sleeping).rejects.toThrow('closing');
    await expect(clock.sleep(1, stop.signal)).rejects.toThrow('closing');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('repeats every period without overlap until it is stopped', async () => {
    const clock = createClock({ epochMs: Date.now(), speed: 10 });
    let running = 0;
    let runs = 0;
    const timer = clock.every(1_000, async () => {
      running += 1;
      expect(running).toBe(1);
      await clock.sleep(2_500);
      running -= 1;
      runs += 1;
    });
    await vi.advanceTimersByTimeAsync(700);
    expect(runs).toBe(2);
    timer.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toBe(2);
  });
});

describe('the clock of a Lambda worker', () => {
  const inWorker = (expression: string) => {
    const install = `require(${JSON.stringify(PRELOAD)})(Date.now() - 10_000, 360);`;
    const script = `const real = Date.now(); ${install} console.log(JSON.stringify(${expression})); process.exit()`;
    return JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
  };

  it('is virtual for Date.now, new Date and Date()', () => {
    const ahead = inWorker('[Date.now() - real, new Date().getTime() - real, Date.parse(Date()) - real]');
    for (const milliseconds of ahead) {
      // Ten real seconds at 360 times are an hour, less the ten seconds.
      expect(milliseconds).toBeGreaterThan(3_588_000);
      expect(milliseconds).toBeLessThan(3_700_000);
    }
  });

  it('leaves given times, parsing, inheritance and performance.now as they are', () => {
    const values = inWorker(`[
      new Date(0).toISOString(), Date.UTC(2026, 0), Date.parse('2026-01-01'), new Date() instanceof Date,
      new (class extends Date {})(5).getTime(), new Date().constructor === Date, Date.length, performance.now() < 10_000,
    ]`);
    const january = Date.UTC(2026, 0);
    expect(values).toEqual(['1970-01-01T00:00:00.000Z', january, january, true, 5, true, 7, true]);
  });
});

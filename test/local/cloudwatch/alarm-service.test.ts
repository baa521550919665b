import { expect, test } from 'vitest';
import type {
  AlarmDefinition,
  AlarmStore,
  RawDatapoint,
  StateRecord,
  StoredAlarm,
} from '../../../local/cloudwatch/alarm';
import { createAlarmService } from '../../../local/cloudwatch/alarm-service';
import type { BusEvent, VirtualClock } from '../../../local/runtime/services';
import { definition, NOON } from './fixtures';

/** A store, a bus and a clock that stands still until told to move. */
class World implements AlarmStore {
  now = NOON;
  state: StateRecord = { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation', at: NOON };
  readonly points: RawDatapoint[] = [];
  readonly events: BusEvent[] = [];
  readonly errors: string[] = [];
  busIsDown = false;
  storeIsDown = false;
  everyMs: number | undefined;
  readonly service;

  constructor(
    readonly alarm: AlarmDefinition | undefined,
    speed = 1,
  ) {
    const clock: VirtualClock = {
      speed,
      now: () => this.now,
      sleep: async () => {},
      every: (ms) => {
        this.everyMs = ms;
        return { stop: () => {} };
      },
    };
    const put = async (events: BusEvent[]) => {
      if (this.busIsDown) {
        throw new Error('the bus is down');
      }
      this.events.push(...events);
    };
    const logger = { info: () => {}, error: (message: string) => void this.errors.push(message) };
    this.service = createAlarmService({ clock, store: this, events: { put }, logger });
  }

  async alarms(): Promise<StoredAlarm[]> {
    if (this.storeIsDown) {
      throw new Error('the store is down');
    }
    const id = { account: '000000000000', region: 'us-east-1', name: 'math' };
    return this.alarm === undefined
      ? [{ id, unsupported: 'metric math', state: this.state }]
      : [{ definition: this.alarm, state: this.state }];
  }

  async datapoints(queries: Parameters<AlarmStore['datapoints']>[0]): Promise<RawDatapoint[][]> {
    return queries.map(({ from, to }) =>
      this.points.filter(({ timestamp }) => timestamp >= from && timestamp < to),
    );
  }

  async setState(_id: unknown, next: Omit<StateRecord, 'at'>): Promise<void> {
    this.state = { ...next, at: this.now };
  }

  put(amount: number): void {
    this.points.push({ timestamp: this.now, unit: 'None', value: amount, count: 1 });
  }

  async pass(seconds: number): Promise<void> {
    this.now = new Date(this.now.getTime() + seconds * 1000);
    await this.service.tick();
  }

  get transitions(): string[] {
    return this.events.map(({ detail }) => {
      const { state, previousState } = detail as { state: StateRecord; previousState: StateRecord };
      return `${previousState.value} -> ${state.value}`;
    });
  }
}

const oneMinute = definition({ evaluationPeriods: 1, treatMissingData: 'notBreaching' });

test('errors in a minute raise the alarm when the minute is over, and one event says so', async () => {
  const world = new World(oneMinute);
  await world.pass(0);
  world.put(5);
  await world.pass(50);
  expect(world.transitions).toEqual(['INSUFFICIENT_DATA -> OK']);
  await world.pass(10);
  await world.pass(5);
  expect(world.transitions).toEqual(['INSUFFICIENT_DATA -> OK', 'OK -> ALARM']);
  expect(world.state.reason).toContain('1 datapoint [5.0 (01/03/26 12:00:00)] was greater than');
  expect(JSON.parse(world.state.reasonData!)).toMatchObject({
    recentDatapoints: [5],
    queryDate: '2026-03-01T12:01:00.000+0000',
  });
});

test('an alarm ends when its data has left the evaluation range', async () => {
  const world = new World(oneMinute);
  world.put(5);
  for (let minute = 0; minute < 4; minute++) {
    await world.pass(60);
  }
  expect(world.transitions).toEqual(['INSUFFICIENT_DATA -> ALARM', 'ALARM -> OK']);
});

test('a fast clock skips no range: an alarm that came and went between two evaluations is reported', async () => {
  const world = new World(oneMinute);
  await world.pass(0);
  world.put(5);
  await world.pass(600);
  expect(world.transitions).toEqual(['INSUFFICIENT_DATA -> OK', 'OK -> ALARM', 'ALARM -> OK']);
});

test('a data point that comes late still counts', async () => {
  const world = new World(oneMinute);
  await world.pass(60);
  world.points.push({ timestamp: new Date(NOON.getTime() + 1000), unit: 'None', value: 5, count: 1 });
  await world.pass(1);
  expect(world.transitions).toEqual(['INSUFFICIENT_DATA -> OK', 'OK -> ALARM']);
});

test('a state set by hand gives an event and holds until the next range ends', async () => {
  const world = new World(oneMinute);
  await world.pass(0);
  world.state = { value: 'ALARM', reason: 'testing', at: NOON };
  await world.pass(10);
  await world.pass(10);
  expect(world.transitions).toEqual(['INSUFFICIENT_DATA -> OK', 'OK -> ALARM']);
  expect(world.events[1]?.detail).toMatchObject({ state: { value: 'ALARM', reason: 'testing' } });
  await world.pass(60);
  expect(world.transitions.at(-1)).toBe('ALARM -> OK');
});

test('an event that the bus did not take is delivered later, once', async () => {
  const world = new World(oneMinute);
  world.busIsDown = true;
  await world.pass(0);
  await world.pass(10);
  world.busIsDown = false;
  await world.pass(10);
  await world.pass(10);
  expect(world.transitions).toEqual(['INSUFFICIENT_DATA -> OK']);
});

test('a store that is down is reported once and evaluation goes on when it is back', async () => {
  const world = new World(oneMinute);
  world.storeIsDown = true;
  await world.pass(0);
  await world.pass(10);
  expect(world.errors).toEqual(['Alarms could not be evaluated: the store is down']);
  world.storeIsDown = false;
  await world.pass(10);
  expect(world.state.value).toBe('OK');
});

test('an alarm that cannot be evaluated here says so in its reason and in the log, once', async () => {
  const world = new World(undefined);
  await world.pass(0);
  await world.pass(60);
  expect(world.state).toMatchObject({ value: 'INSUFFICIENT_DATA', reason: 'Not evaluated: metric math' });
  expect(world.errors).toEqual(['Alarm math is not evaluated: metric math']);
});

test('evaluations are ten virtual seconds apart, but no less than a quarter of a real second', () => {
  const every = (speed: number) => {
    const world = new World(oneMinute, speed);
    world.service.start();
    return world.everyMs;
  };
  expect([every(1), every(40), every(400)]).toEqual([10_000, 10_000, 100_000]);
});

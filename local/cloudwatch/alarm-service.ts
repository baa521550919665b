import type { EventSink, Logger, VirtualClock } from '../runtime/services';
import type {
  AlarmDefinition,
  AlarmStore,
  EvaluableAlarm,
  RawDatapoint,
  StateRecord,
  UnsupportedAlarm,
} from './alarm';
import { evaluate } from './evaluate';
import { EventOutbox } from './event-outbox';
import { lastBoundary, periodsUntil, rangeMs, resolutionMs } from './periods';
import { reasonData, reasonText } from './reason';
import { stateChangeEvent } from './state-change-event';

/** No period is shorter. */
const TICK_MS = 10_000;
/** However fast the clock runs. */
const REAL_TICK_MS = 250;
/** After a long pause (a laptop asleep) older evaluations are not made up for. */
const MOST_BOUNDARIES = 120;

export interface AlarmServiceOptions {
  readonly clock: VirtualClock;
  readonly store: AlarmStore;
  readonly events: EventSink;
  readonly logger: Logger;
}

/** Evaluates all alarms of the store. */
export interface AlarmService {
  /** Evaluates every 10 virtual seconds, or every quarter of a real second when that is longer. */
  start(): void;
  /** Evaluates all alarms once, now. Never rejects: errors are logged and the next evaluation tries again. */
  tick(): Promise<void>;
  /** Stops and waits for the evaluation in progress. */
  close(): Promise<void>;
}

/** What the service remembers of an alarm between evaluations. */
interface Memory {
  readonly state: StateRecord;
  /** The end of the last evaluation range. */
  readonly boundary: number;
  /** A range that is done is not looked at again; else it is, for data points that come late. */
  readonly done: boolean;
}

/**
 * CloudWatch's evaluation of alarms. Every range that ended since the last evaluation is evaluated in order, so that
 * a fast clock skips none, and the last one again, for data that comes late. A state that somebody set by hand
 * (SetAlarmState) gives an event too and holds until the next range ends.
 */
export function createAlarmService(options: AlarmServiceOptions): AlarmService {
  const evaluator = new Evaluator(options);
  let running: Promise<void> = Promise.resolve();
  let timer: { stop(): void } | undefined;
  const tick = () => {
    running = running.then(() => evaluator.evaluateAll());
    return running;
  };
  return {
    start: () => {
      timer ??= options.clock.every(Math.max(TICK_MS, REAL_TICK_MS * options.clock.speed), tick);
    },
    tick,
    close: async () => {
      timer?.stop();
      await running;
    },
  };
}

class Evaluator {
  private readonly memories = new Map<string, Memory>();
  private readonly refused = new Set<string>();
  private readonly outbox: EventOutbox;
  private lastError?: string;

  constructor(private readonly options: AlarmServiceOptions) {
    this.outbox = new EventOutbox(options.events);
  }

  async evaluateAll(): Promise<void> {
    try {
      await this.outbox.flush();
      const stored = await this.options.store.alarms();
      await this.refuse(stored.filter((alarm): alarm is UnsupportedAlarm => 'unsupported' in alarm));
      const alarms = stored.filter((alarm): alarm is EvaluableAlarm => 'definition' in alarm);
      await this.evaluateEach(alarms);
      this.forgetAllBut(alarms);
      await this.outbox.flush();
      this.lastError = undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== this.lastError) {
        this.options.logger.error(`Alarms could not be evaluated: ${message}`);
        this.lastError = message;
      }
    }
  }

  private async refuse(alarms: readonly UnsupportedAlarm[]): Promise<void> {
    for (const { id, unsupported } of alarms) {
      const key = [id.account, id.region, id.name, unsupported].join(' ');
      if (!this.refused.has(key)) {
        this.refused.add(key);
        this.options.logger.error(`Alarm ${id.name} is not evaluated: ${unsupported}`);
        await this.options.store.setState(id, {
          value: 'INSUFFICIENT_DATA',
          reason: `Not evaluated: ${unsupported}`,
        });
      }
    }
  }

  private async evaluateEach(alarms: readonly EvaluableAlarm[]): Promise<void> {
    const now = this.options.clock.now();
    const due = alarms
      .map((alarm) => ({ ...alarm, boundaries: this.boundaries(alarm, now) }))
      .filter(({ boundaries }) => boundaries.length > 0);
    if (due.length === 0) {
      return;
    }
    const points = await this.options.store.datapoints(
      due.map(({ definition, boundaries }) => ({
        account: definition.account,
        region: definition.region,
        metric: definition.metric,
        from: new Date(boundaries[0]! - rangeMs(definition)),
        to: new Date(boundaries.at(-1)!),
      })),
    );
    for (const [index, alarm] of due.entries()) {
      await this.evaluateAlarm(alarm, alarm.boundaries, points[index]!, now);
    }
  }

  /** The ends of the ranges to evaluate, in order. Takes note of states that were set by hand on the way. */
  private boundaries({ definition, state }: EvaluableAlarm, now: Date): number[] {
    const latest = lastBoundary(definition, now).getTime();
    const memory = this.memories.get(definition.arn);
    if (memory === undefined) {
      return [latest];
    }
    if (memory.state.value !== state.value) {
      this.outbox.add(stateChangeEvent(definition, memory.state, { ...state, at: now }));
      this.memories.set(definition.arn, { state: { ...state, at: now }, boundary: latest, done: true });
      return [];
    }
    const step = resolutionMs(definition);
    const steps = Math.min(MOST_BOUNDARIES, Math.round((latest - memory.boundary) / step));
    const ends = Array.from({ length: steps }, (_, index) => latest - (steps - 1 - index) * step);
    return memory.done ? ends : [latest - steps * step, ...ends];
  }

  private async evaluateAlarm(
    { definition, state }: EvaluableAlarm,
    boundaries: readonly number[],
    points: readonly RawDatapoint[],
    now: Date,
  ): Promise<void> {
    let current = this.memories.get(definition.arn)?.state ?? state;
    for (const boundary of boundaries) {
      const periods = periodsUntil(definition, new Date(boundary), points);
      const evaluation = evaluate(definition, periods, current.value);
      if (evaluation.state !== current.value) {
        const next = {
          value: evaluation.state,
          reason: reasonText(definition, evaluation),
          reasonData: reasonData(definition, evaluation, now),
        };
        current = await this.change(definition, current, { ...next, at: now });
      }
      this.memories.set(definition.arn, { state: current, boundary, done: false });
    }
  }

  private async change(
    definition: AlarmDefinition,
    previous: StateRecord,
    next: StateRecord,
  ): Promise<StateRecord> {
    const { at: _at, ...change } = next;
    await this.options.store.setState(definition, change);
    this.options.logger.info(`Alarm ${definition.name}: ${previous.value} -> ${next.value}`, {
      reason: next.reason,
    });
    this.outbox.add(stateChangeEvent(definition, previous, next));
    return next;
  }

  private forgetAllBut(alarms: readonly EvaluableAlarm[]): void {
    const arns = new Set(alarms.map(({ definition }) => definition.arn));
    for (const arn of this.memories.keys()) {
      if (!arns.has(arn)) {
        this.memories.delete(arn);
      }
    }
  }
}

import { parseArgs } from 'node:util';

export interface LoopOptions {
  /** Shut down after the story instead of staying up. */
  readonly exit: boolean;
  /** A shorter story: less traffic, and nobody trains by hand. */
  readonly short: boolean;
  /** Stay up when the story fails, to look at what went wrong. */
  readonly keep: boolean;
  readonly port?: number;
  /** How much faster than the wall's clock waits, bakes, alarm periods and schedules run. */
  readonly speed: number;
}

const DEFAULT_SPEED = 60;

/** @throws Error naming the option that is wrong. */
export function parseLoopOptions(argv: readonly string[], terminal: boolean): LoopOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      exit: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      port: { type: 'string' },
      speed: { type: 'string', default: String(DEFAULT_SPEED) },
    },
  });
  return {
    exit: values.exit || !terminal,
    short: values.short,
    keep: values.keep,
    port: values.port === undefined ? undefined : positive('port', values.port),
    speed: positive('speed', values.speed),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new Error(`--${name} takes a positive number, got "${text}".`);
  }
  return value;
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Trigger } from '../../lambdas/registry/entities';

export type Outcome =
  | 'live'
  | 'rolled-back'
  | 'rejected'
  | 'quarantined'
  | 'unchanged'
  | 'deferred'
  | 'failed';

/** One turn of the wheel: what started it, on which data, and what became of it. */
export interface Turn {
  readonly trigger: Trigger;
  readonly datasetVersion?: string;
  readonly run?: string;
  readonly modelVersion?: number;
  /** The judge's or the validator's word, e.g. `accepted`. */
  readonly verdict?: string;
  readonly deployment: Outcome;
  readonly reasons: readonly string[];
  readonly startedAt: string;
  readonly endedAt: string;
}

export class Timeline {
  readonly turns: Turn[] = [];

  constructor(private readonly file: string) {}

  /** Adds a turn and writes the file at once, so that an interrupted loop leaves what it did. */
  add(turn: Turn): Turn {
    this.turns.push(turn);
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, `${JSON.stringify(this.turns, null, 2)}\n`);
    return turn;
  }
}

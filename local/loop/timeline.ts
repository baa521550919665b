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

/** One turn of the wheel: what started it, on which data, and what became of it. `null` is what it did not come to. */
export interface Turn {
  readonly trigger: Trigger;
  readonly datasetVersion: string | null;
  readonly run: string | null;
  readonly modelVersion: number | null;
  /** The judge's or the validator's word, e.g. `accepted`. */
  readonly verdict: string | null;
  readonly deployment: Outcome;
  readonly reasons: readonly string[];
  readonly startedAt: string;
  readonly endedAt: string;
}

/** A turn as the steps tell it: what it did not come to is left out. */
export type TurnReport = Pick<Turn, 'trigger' | 'deployment' | 'reasons' | 'startedAt' | 'endedAt'> & {
  readonly [field in 'datasetVersion' | 'run' | 'verdict']?: string;
} & { readonly modelVersion?: number };

export class Timeline {
  readonly turns: Turn[] = [];

  constructor(private readonly file: string) {}

  /** Adds a turn and writes the file at once, so that an interrupted loop leaves what it did. */
  add(report: TurnReport): Turn {
    const { trigger, datasetVersion, run, modelVersion, verdict, ...rest } = report;
    const turn: Turn = {
      trigger,
      datasetVersion: datasetVersion ?? null,
      run: run ?? null,
      modelVersion: modelVersion ?? null,
      verdict: verdict ?? null,
      ...rest,
    };
    this.turns.push(turn);
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, `${JSON.stringify(this.turns, null, 2)}\n`);
    return turn;
  }
}

import type { Clock } from '../../shared/clock';
import type { RegistryTable } from '../store/table';
import type { ChangeLog } from './change-log';

/** What every part of the tracking store works with. */
export interface TrackingContext {
  readonly table: RegistryTable;
  readonly clock: Clock;
  /** Without a slash at its end. */
  readonly defaultArtifactRoot: string;
  readonly changes: ChangeLog;
  /** Uniform in [0, 1): for names. */
  readonly random: () => number;
  /** 32 hexadecimal digits, never twice the same. */
  readonly newId: () => string;
  /** Where runs and models are: remembered, because it never changes. */
  readonly places: Places;
}

/** Where a run or a logged model is stored. */
export interface Place {
  readonly experimentId: string;
  /** The run's start or the model's creation, as it was written first. */
  readonly time: number;
}

const REMEMBERED = 20_000;

/** Remembers where things are, up to a bound. */
export class Places {
  private readonly known = new Map<string, Place>();

  get(pk: string): Place | undefined {
    return this.known.get(pk);
  }

  set(pk: string, place: Place): void {
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(pk, place);
  }
}

export const now = ({ clock }: TrackingContext): number => clock.now().getTime();

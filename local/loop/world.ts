import type { Context } from '../../cli/context';
import type { FlywheelOutputs } from '../../cli/stack-outputs';
import type { RegistryStore } from '../../lambdas/registry/registry-store';
import type { EventFeed } from './event-feed';
import type { Narrator } from './narrator';
import type { Timeline } from './timeline';

/** What every step of the story works with. */
export interface World {
  readonly context: Context;
  readonly outputs: FlywheelOutputs;
  readonly store: RegistryStore;
  readonly events: EventFeed;
  readonly narrator: Narrator;
  readonly timeline: Timeline;
  /** Folder of the twelve monthly CSV files. */
  readonly data: string;
  /** Folder for files that the story makes. */
  readonly scratch: string;
  /** The runtime's clock, which runs fast. */
  now(): Date;
  /** How much faster than the wall's clock. */
  readonly speed: number;
}

import type { LifecycleStage } from './entities';
import type { Lifecycle } from './tracking-store';

/**
 * The stage of a run: its own or its experiment's, whichever was set later. Deleting or restoring an experiment
 * marks all its runs at once, so the later mark is the one that stands; at the same millisecond the experiment's.
 */
export function runStage(run: Lifecycle, experiment: Lifecycle): LifecycleStage {
  return (run.at > experiment.at ? run : experiment).stage;
}

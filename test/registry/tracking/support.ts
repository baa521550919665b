import { processChangeLog } from '../../../lambdas/registry/tracking/change-log';
import { createTrackingStore } from '../../../lambdas/registry/tracking/create-tracking-store';
import type { TrackingStore } from '../../../lambdas/registry/tracking/tracking-store';
import { FixedClock } from '../../../lambdas/shared/clock';
import { TestTable } from '../support/test-table';

export interface World {
  readonly table: TestTable;
  readonly clock: FixedClock;
  readonly store: TrackingStore;
}

export const NOW = Date.UTC(2026, 10, 23, 12);

/** A tracking store on an empty table, with a clock that stands still. */
export function aWorld(options: { exactChanges?: boolean } = {}): World {
  const table = new TestTable();
  const clock = new FixedClock(new Date(NOW));
  return { table, clock, store: aStore(table, clock, options) };
}

/** Another process on the same table. */
export function aStore(
  table: TestTable,
  clock: FixedClock,
  options: { exactChanges?: boolean } = {},
): TrackingStore {
  return createTrackingStore({
    client: table.client,
    tableName: 'registry',
    defaultArtifactRoot: 's3://artifacts/mlflow/',
    clock,
    backoff: { sleep: async () => undefined, random: () => 0.5 },
    ...(options.exactChanges === true ? { changes: processChangeLog('test') } : {}),
  });
}

export const START = Date.UTC(2026, 10, 23, 11);

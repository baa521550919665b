import { createModelStore } from '../../../lambdas/registry/models/dynamo-model-store';
import type { Change, ModelStore } from '../../../lambdas/registry/models/model-store';
import { registryStore } from '../../../lambdas/registry/registry-store';
import { createTrackingStore } from '../../../lambdas/registry/tracking/create-tracking-store';
import { DoesNotExistError } from '../../../lambdas/registry/tracking/errors';
import { FixedClock } from '../../../lambdas/shared/clock';
import { TestTable } from '../support/test-table';

const backoff = { sleep: async () => undefined, random: () => 0 };

/** The registry of models on a table in memory, beside the runs that clients log and the pipeline's own way to the same table. */
export function modelWorld() {
  const table = new TestTable();
  const store: ModelStore = createModelStore({
    client: table.client,
    tableName: 'registry',
    backoff,
    loggedModel: async (id) => {
      if (id !== 'm-1') throw new DoesNotExistError(`There is no logged model "${id}".`);
      return { artifactLocation: 's3://artifacts/experiments/1/models/m-1/artifacts', sourceRunId: 'run-1' };
    },
  });
  const tracking = createTrackingStore({
    client: table.client,
    tableName: 'registry',
    defaultArtifactRoot: 's3://artifacts/experiments',
    clock: new FixedClock('2013-02-01T00:00:00Z'),
    backoff,
  });
  return { table, store, tracking, pipeline: registryStore(table.client, 'registry', backoff) };
}

let minute = 0;

/** A change by someone, a minute after the one before. */
export function by(who: string, reason?: string): Change {
  minute += 1;
  return { by: who, at: new Date(Date.UTC(2013, 1, 1, 0, minute)), reason };
}

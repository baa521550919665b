import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Clock, systemClock } from '../../shared/clock';
import type { PublishEvent } from '../../shared/events';
import { createModelStore } from '../models/dynamo-model-store';
import { withEvents } from '../models/events';
import { createSearchService } from '../search/create-search-service';
import type { ChangeLog } from '../tracking/change-log';
import { createTrackingStore } from '../tracking/create-tracking-store';
import type { ArtifactStore } from './artifacts/artifact-store';
import type { TrackingService } from './service';

export interface Parts {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly artifacts: ArtifactStore;
  /** @default - nobody is told of what changes */
  readonly publish?: PublishEvent;
  /** @default - the system's time */
  readonly clock?: Clock;
  /** @default - on the table, for any number of processes */
  readonly changes?: ChangeLog;
  /** Bytes for the indexes of runs. @default - as the search service says */
  readonly searchMemoryBytes?: number;
  /** Whether indexes of runs are built between requests: for a process that goes on. @default false */
  readonly buildsAhead?: boolean;
}

/** What the endpoints work on, made of a table and a place for artifacts. */
export function composeService(parts: Parts): TrackingService {
  const { client, tableName, artifacts, publish, clock = systemClock, changes } = parts;
  const tracking = createTrackingStore({
    client,
    tableName,
    clock,
    changes,
    defaultArtifactRoot: artifacts.root,
  });
  const models = createModelStore({
    client,
    tableName,
    loggedModel: (modelId) => tracking.getLoggedModel(modelId),
  });
  return {
    tracking,
    search: createSearchService({
      tracking,
      models,
      memoryBytes: parts.searchMemoryBytes,
      buildsAhead: parts.buildsAhead,
    }),
    models: publish === undefined ? models : withEvents(models, publish),
    artifacts,
    clock,
  };
}

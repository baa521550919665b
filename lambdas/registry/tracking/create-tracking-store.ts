import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Clock, systemClock } from '../../shared/clock';
import { type Backoff, systemBackoff } from '../store/table';
import { type ChangeLog, tableChangeLog } from './change-log';
import { Places, type TrackingContext } from './context';
import { experimentStore } from './experiments';
import { logInputs, logOutputs } from './inputs-outputs';
import { deleteTag, logBatch, logParam, recordLoggedModel, setTag } from './log-batch';
import { loggedModelStore } from './logged-models';
import { metricStore } from './metric-history';
import { createRun, getRun, getRuns, setRunStage, updateRun } from './runs';
import { searchSource } from './search-source';
import type { RunStore, TrackingStore } from './tracking-store';

export interface TrackingStoreOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** Where artifacts of experiments go that name no place, e.g. `s3://bucket/mlflow`. */
  readonly defaultArtifactRoot: string;
  /** @default - the system's time */
  readonly clock?: Clock;
  /** How to wait between tries of a contended write. @default - full jitter by the system's timer */
  readonly backoff?: Backoff;
  /** @default - on the table, for any number of processes */
  readonly changes?: ChangeLog;
  /** 32 hexadecimal digits, never twice the same. @default - random ones */
  readonly newId?: () => string;
}

/** The tracking store on a table. It keeps no state but what never changes, so any number may work side by side. */
export function createTrackingStore(options: TrackingStoreOptions): TrackingStore {
  const { client, tableName, clock = systemClock, backoff = systemBackoff } = options;
  const table = { client, name: tableName, backoff };
  const context: TrackingContext = {
    table,
    clock,
    defaultArtifactRoot: options.defaultArtifactRoot.replace(/\/+$/, ''),
    changes: options.changes ?? tableChangeLog(table, clock),
    random: backoff.random,
    newId: options.newId ?? (() => randomUUID().replaceAll('-', '')),
    places: new Places(),
  };
  return {
    ...experimentStore(context),
    ...runStore(context),
    ...metricStore(context),
    ...loggedModelStore(context),
    ...searchSource(context),
  };
}

function runStore(context: TrackingContext): RunStore {
  return {
    createRun: (run) => createRun(context, run),
    getRun: (runId) => getRun(context, runId),
    getRuns: (runIds) => getRuns(context, runIds),
    updateRun: (runId, update) => updateRun(context, runId, update),
    deleteRun: (runId) => setRunStage(context, runId, 'deleted'),
    restoreRun: (runId) => setRunStage(context, runId, 'active'),
    logBatch: (runId, batch) => logBatch(context, runId, batch),
    logParam: (runId, key, value) => logParam(context, runId, key, value),
    setTag: (runId, key, value) => setTag(context, runId, key, value),
    deleteTag: (runId, key) => deleteTag(context, runId, key),
    recordLoggedModel: (runId, description) => recordLoggedModel(context, runId, description),
    logInputs: (runId, inputs) => logInputs(context, runId, inputs),
    logOutputs: (runId, models) => logOutputs(context, runId, models),
  };
}

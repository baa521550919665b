import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { MonitorEnv } from '../../../lib/monitoring/contract';
import { CHAMPION, RegistryEnv } from '../../../lib/registry/contract';
import { type RegistryStore, registryStore } from '../../registry/registry-store';
import { dynamo, s3 } from '../../shared/clients';
import { type Clock, systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { logger } from '../../shared/logger';
import { type BaselineSource, baselineSource } from '../baseline-source';
import type { CaptureProfile } from '../capture-profile';
import { decodeCreatedObject, isFolderMarker } from '../created-object';
import { type InferenceStore, inferenceStore } from '../inference-store';
import { objectReader, type ReadObject } from '../objects';
import { type CountingVersion, profileFile } from '../profile-file';
import { type ProfileStore, profileStore } from '../profile-store';
import { type WindowStore, windowStore } from '../window-store';

const PROBLEMS_LOGGED = 5;
/** As far back as champions are looked up: captures are seldom older than the last deployment or two. */
const PAST_DEPLOYMENTS = 50;

export interface ProfileCaptureDeps {
  readonly model: string;
  readonly windowSeconds: number;
  readonly registry: Pick<RegistryStore, 'getAlias' | 'getModelVersion' | 'listDeployments'>;
  readonly read: ReadObject;
  readonly baseline: BaselineSource;
  readonly profiles: ProfileStore;
  readonly inferences: InferenceStore;
  readonly windows: WindowStore;
  readonly clock: Clock;
}

/**
 * Counts the rows of capture files on the baseline's bins and keeps their scores for the labels to come. Everything is
 * written under the file's own name, so that a file that comes twice counts once; the windows are marked last, so
 * that none is evaluated for good before its counts are there.
 */
export function createHandler(deps: ProfileCaptureDeps) {
  return async (event: SQSEvent, context?: Context): Promise<SQSBatchResponse> =>
    processPartialResponse(
      event,
      (record: SQSRecord) => profile(deps, record),
      new BatchProcessor(EventType.SQS),
      { context, throwOnFullBatchFailure: false },
    );
}

async function profile(deps: ProfileCaptureDeps, message: SQSRecord): Promise<void> {
  const location = decodeCreatedObject(message.body);
  if (isFolderMarker(location)) return;
  const file = await deps.read(location);
  if (file === undefined) {
    logger.warn('a capture file was deleted before it was read', { ...location });
    return;
  }
  const [alias, past] = await Promise.all([
    deps.registry.getAlias(deps.model, CHAMPION),
    deps.registry.listDeployments(deps.model, PAST_DEPLOYMENTS),
  ]);
  if (alias === undefined) {
    throw new Error(
      `Model "${deps.model}" has no champion yet: "${file.key}" waits in the queue until a version is live`,
    );
  }
  const { profiles, inferences, problems } = await profileFile(
    file,
    { name: deps.model, windowSeconds: deps.windowSeconds, alias, past },
    (version) => countingVersion(deps, version),
  );
  if (problems.length > 0) {
    const some = problems.slice(0, PROBLEMS_LOGGED);
    logger.warn('parts of a capture file could not be read', { key: file.key, count: problems.length, some });
  }
  const windows = byWindow(profiles);
  await Promise.all(windows.map((parts) => deps.profiles.put(parts)));
  await deps.inferences.putScores(inferences);
  for (const [{ window }] of windows) {
    await deps.windows.touch(window, deps.clock.now());
  }
}

async function countingVersion(deps: ProfileCaptureDeps, number: number): Promise<CountingVersion> {
  const version = await deps.registry.getModelVersion(deps.model, number);
  if (version === undefined) {
    throw new Error(`Model version ${number} of "${deps.model}" is not in the registry`);
  }
  return { version: number, features: version.features, baseline: await deps.baseline(version) };
}

type Parts = [CaptureProfile, ...CaptureProfile[]];

function byWindow(profiles: readonly CaptureProfile[]): Parts[] {
  const windows = new Map<string, Parts>();
  for (const part of profiles) {
    const parts = windows.get(part.window.start);
    if (parts === undefined) {
      windows.set(part.window.start, [part]);
    } else {
      parts.push(part);
    }
  }
  return [...windows.values()];
}

let production: ReturnType<typeof createHandler> | undefined;

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  production ??= createHandler(productionDeps());
  return production(event, context);
};

function productionDeps(): ProfileCaptureDeps {
  const model = requireEnv(MonitorEnv.MODEL);
  const table = requireEnv(RegistryEnv.TABLE);
  const read = objectReader(s3());
  return {
    model,
    windowSeconds: Number(requireEnv(MonitorEnv.WINDOW_SECONDS)),
    registry: registryStore(dynamo(), table),
    read,
    baseline: baselineSource(read),
    profiles: profileStore(s3(), requireEnv(MonitorEnv.CAPTURE_BUCKET)),
    inferences: inferenceStore(dynamo(), table, model, Number(requireEnv(MonitorEnv.RETENTION_SECONDS))),
    windows: windowStore(dynamo(), table, model),
    clock: systemClock,
  };
}

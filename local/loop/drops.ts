import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { Prefix } from '../../lib/data-lake/contract';
import { DetailType } from '../../lib/events-contract';
import type { FlywheelEvent } from './event-feed';
import type { Turn } from './timeline';
import type { World } from './world';

const CLOSE_TIMEOUT_MS = 90_000;
const RUN_TIMEOUT_MS = 240_000;

/** Uploads files into the dataset's folder of the lake. */
export async function drop(world: World, files: readonly string[]): Promise<void> {
  await Promise.all(
    files.map((file) =>
      put(world, `${Prefix.RAW}${world.outputs.dataset}/${basename(file)}`, readFileSync(file)),
    ),
  );
  world.narrator.line(
    `dropped ${files.map((file) => basename(file)).join(', ')} into s3://${world.outputs.lakeBucket}`,
  );
}

/** Uploads the late labels of earlier predictions. */
export async function dropLabels(world: World, name: string, csv: string): Promise<void> {
  await put(world, `${Prefix.LABELS}${world.outputs.model}/${name}`, Buffer.from(csv));
}

async function put(world: World, key: string, body: Buffer): Promise<void> {
  await world.context.s3.send(
    new PutObjectCommand({ Bucket: world.outputs.lakeBucket, Key: key, Body: body }),
  );
}

/** What the lake made of a drop: a version, a quarantine, or nothing new. */
export function lakeVerdict(world: World): Promise<FlywheelEvent> {
  return world.events.next(
    [DetailType.DATASET_VERSION_CREATED, DetailType.DROP_QUARANTINED, DetailType.DATASET_UNCHANGED],
    ({ detail }) => detail.dataset === world.outputs.dataset,
    CLOSE_TIMEOUT_MS,
    'the lake to close the drop',
  );
}

/** The governor's word on a trigger. */
export function governorDecision(
  world: World,
  trigger: string,
  timeoutMs = CLOSE_TIMEOUT_MS,
): Promise<FlywheelEvent> {
  return world.events.next(
    DetailType.TRAINING_DECIDED,
    ({ detail }) => detail.model === world.outputs.model && detail.trigger === trigger,
    timeoutMs,
    `the governor to decide on the ${trigger} trigger`,
  );
}

/** Waits for a training run to end and enters it into the timeline. */
export async function runToEnd(world: World, runId: string, startedAt: string): Promise<Turn> {
  const { detail } = await world.events.next(
    DetailType.TRAINING_RUN_COMPLETED,
    (event) => event.detail.runId === runId,
    RUN_TIMEOUT_MS,
    `run ${runId} to end`,
  );
  const run = await world.store.getRun(runId);
  const deployment = run?.status === 'FAILED' ? 'failed' : (run?.deployment ?? 'failed');
  return world.timeline.add({
    trigger: run?.trigger ?? 'data',
    datasetVersion: run?.datasetVersion,
    run: runId,
    modelVersion: run?.modelVersion,
    verdict: run?.verdict === undefined ? undefined : run.verdict.accepted ? 'accepted' : 'rejected',
    deployment,
    reasons: [...(run?.reasons ?? []), ...(run?.verdict?.reasons ?? []), ...(detail.reasons ?? [])].filter(
      (reason, index, all) => all.indexOf(reason) === index,
    ),
    startedAt,
    endedAt: world.now().toISOString(),
  });
}

import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DetailType, EVENT_SOURCE } from '../../../lib/events-contract';
import { drop, governorDecision, lakeVerdict, runToEnd } from '../drops';
import { monthFile } from '../flights';
import { StoryError } from '../story-error';
import type { World } from '../world';

/** More data arrives than the governor lets start runs: it is kept for the next good reason. */
export async function deferredData(world: World, months: readonly number[]): Promise<void> {
  const startedAt = world.now().toISOString();
  await drop(
    world,
    months.map((month) => monthFile(world.data, month)),
  );
  const closed = await lakeVerdict(world);
  const decided = await governorDecision(world, 'data');
  if (decided.detail.decision !== 'defer') {
    throw new StoryError(`The governor should have deferred the run: ${JSON.stringify(decided.detail)}`);
  }
  world.timeline.add({
    trigger: 'data',
    datasetVersion: closed.detail.datasetVersion,
    deployment: 'deferred',
    reasons: decided.detail.reasons,
    startedAt,
    endedAt: world.now().toISOString(),
  });
}

/** A person does not want to wait for tomorrow: their request is held back by no limit. */
export async function trainedByHand(world: World): Promise<void> {
  const startedAt = world.now().toISOString();
  const { model } = world.outputs;
  const bus = new EventBridgeClient({
    region: world.context.region,
    endpoint: world.context.endpointUrl,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const request = {
    model,
    trigger: 'manual',
    requestId: 'march',
    reasons: ['March should not wait for tomorrow'],
  };
  await bus.send(
    new PutEventsCommand({
      Entries: [
        { Source: EVENT_SOURCE, DetailType: DetailType.TRAINING_REQUESTED, Detail: JSON.stringify(request) },
      ],
    }),
  );
  const decided = await governorDecision(world, 'manual');
  if (decided.detail.decision !== 'start') {
    throw new StoryError(`A person's request should start a run: ${JSON.stringify(decided.detail)}`);
  }
  const turn = await runToEnd(world, decided.detail.runId, startedAt);
  if (turn.deployment !== 'live' && turn.deployment !== 'rejected') {
    throw new StoryError(`Run ${turn.run} ended as ${turn.deployment}: ${turn.reasons.join('; ')}`);
  }
}

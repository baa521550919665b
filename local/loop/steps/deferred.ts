import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DetailType, EVENT_SOURCE } from '../../../lib/events-contract';
import { drop, governorDecision, lakeVerdict, runToEnd } from '../drops';
import { monthFile } from '../flights';
import { StoryError } from '../story-error';
import type { World } from '../world';

/** More data arrives than the governor lets start runs: it is kept for the next good reason. */
export async function deferredData(world: World, months: readonly number[]): Promise<void> {
  await drop(
    world,
    months.map((month) => monthFile(world.data, month)),
  );
  await lakeVerdict(world);
  const decided = await governorDecision(world, 'data');
  if (decided.detail.decision !== 'defer') {
    throw new StoryError(`The governor should have deferred the run: ${JSON.stringify(decided.detail)}`);
  }
}

/** Asks for a run as a person does: by an event. */
export async function requestTraining(world: World, reason: string): Promise<void> {
  const { context, outputs } = world;
  const bus = new EventBridgeClient({
    region: context.region,
    endpoint: context.endpointUrl,
    credentials: context.credentials,
  });
  const request = { model: outputs.model, trigger: 'manual', requestId: 'by-hand', reasons: [reason] };
  await bus.send(
    new PutEventsCommand({
      Entries: [
        { Source: EVENT_SOURCE, DetailType: DetailType.TRAINING_REQUESTED, Detail: JSON.stringify(request) },
      ],
    }),
  );
}

/** A person does not want to wait for tomorrow: their request is held back by no limit. */
export async function trainedByHand(world: World): Promise<void> {
  const startedAt = world.now().toISOString();
  await requestTraining(world, 'March should not wait for tomorrow');
  const decided = await governorDecision(world, 'manual');
  if (decided.detail.decision !== 'start') {
    throw new StoryError(`A person's request should start a run: ${JSON.stringify(decided.detail)}`);
  }
  const turn = await runToEnd(world, decided.detail.runId, startedAt);
  if (turn.deployment !== 'live' && turn.deployment !== 'rejected') {
    throw new StoryError(`Run ${turn.run} ended as ${turn.deployment}: ${turn.reasons.join('; ')}`);
  }
}

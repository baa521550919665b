import { DetailType } from '../../../lib/events-contract';
import { drop, governorDecision, lakeVerdict, runToEnd } from '../drops';
import { describeOwnTime, ownTime } from '../own-time';
import { StoryError } from '../story-error';
import type { Turn } from '../timeline';
import type { World } from '../world';

/** Drops files and follows them to a judged model: live or rejected. */
export async function trainOnData(world: World, files: readonly string[]): Promise<Turn> {
  const startedAt = world.now().toISOString();
  await drop(world, files);
  const closed = await lakeVerdict(world);
  if (closed.detailType !== DetailType.DATASET_VERSION_CREATED) {
    throw new StoryError(`Good data became "${closed.detailType}": ${JSON.stringify(closed.detail)}`);
  }
  const decided = await governorDecision(world, 'data');
  if (decided.detail.decision !== 'start') {
    throw new StoryError(`The governor did not start a run: ${JSON.stringify(decided.detail)}`);
  }
  const turn = await runToEnd(world, decided.detail.runId, startedAt);
  if (turn.deployment !== 'live' && turn.deployment !== 'rejected') {
    throw new StoryError(`Run ${turn.run} ended as ${turn.deployment}: ${turn.reasons.join('; ')}`);
  }
  return turn;
}

/** The first model has nothing to be compared with: it must go live. */
export async function firstModel(world: World, files: readonly string[]): Promise<void> {
  const turn = await trainOnData(world, files);
  if (turn.deployment !== 'live') {
    throw new StoryError(
      `The first model did not go live but was ${turn.deployment}: ${turn.reasons.join('; ')}`,
    );
  }
  world.narrator.line(describeOwnTime(await ownTime(world, turn)));
}

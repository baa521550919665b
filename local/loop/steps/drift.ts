import { setTimeout as wait } from 'node:timers/promises';
import { DetailType } from '../../../lib/events-contract';
import { governorDecision, runToEnd } from '../drops';
import { departures } from '../flights';
import { predict } from '../predictions';
import { StoryError } from '../story-error';
import type { World } from '../world';

const DRIFT_TIMEOUT_MS = 90_000;
const PER_REQUEST = 25;

/** Summer traffic on a winter model: the drift alarm starts a retraining with all data that has arrived. */
export async function driftRetrains(world: World, month: number): Promise<void> {
  const startedAt = world.now().toISOString();
  const traffic = summerTraffic(world, month);
  try {
    const decided = await governorDecision(world, 'drift', DRIFT_TIMEOUT_MS);
    if (decided.detail.decision !== 'start') {
      throw new StoryError(`Drift should start a run: ${JSON.stringify(decided.detail)}`);
    }
    traffic.stop();
    const turn = await runToEnd(world, decided.detail.runId, startedAt);
    if (turn.deployment !== 'live') {
      throw new StoryError(
        `The retrained model did not go live but ended as ${turn.deployment}: ${turn.reasons.join('; ')}`,
      );
    }
    if (!world.events.has(DetailType.WINDOW_EVALUATED, ({ detail }) => detail.verdict === 'drift')) {
      throw new StoryError('A drift run was started though no window showed drift.');
    }
  } finally {
    traffic.stop();
    await traffic.done;
  }
}

/** Sends departures of the month until told to stop, a request every quarter of a second. */
function summerTraffic(world: World, month: number): { stop(): void; done: Promise<void> } {
  let going = true;
  const asked = departures(world.data, month, 4000);
  const send = async (): Promise<void> => {
    for (let start = 0; going; start = (start + PER_REQUEST) % asked.length) {
      await predict(world, asked.slice(start, start + PER_REQUEST));
      await wait(250);
    }
  };
  world.narrator.line(`traffic of month ${month} begins`);
  return {
    stop: () => {
      going = false;
    },
    done: send(),
  };
}

import { monthFile } from './flights';
import { showLineage } from './lineage';
import { deferredData, trainedByHand } from './steps/deferred';
import { driftRetrains } from './steps/drift';
import { labelledTraffic } from './steps/live-traffic';
import { corruptDrop } from './steps/quarantine';
import { rolledBackCanary } from './steps/rollback';
import { firstModel, trainOnData } from './steps/train-on-data';
import type { World } from './world';

const FEBRUARY_REQUESTS = 1500;
const SHORT_REQUESTS = 600;

/**
 * The wheel turns: each step drops data or sends traffic, then follows the events to their end and fails
 * loudly when something else happened than should.
 */
export async function tellStory(world: World, short: boolean): Promise<void> {
  const { narrator } = world;
  const month = (number: number): string => monthFile(world.data, number);

  narrator.heading('January is dropped into S3: the first model');
  await firstModel(world, [month(1)]);

  narrator.heading('February departs: predictions are captured, labels arrive late');
  await labelledTraffic(world, 2, short ? SHORT_REQUESTS : FEBRUARY_REQUESTS);

  narrator.heading('February is dropped: a candidate meets the champion on the same hold-out');
  await trainOnData(world, [month(2)]);

  if (!short) {
    narrator.heading('March is dropped; the governor has run enough for today, a person has not');
    await deferredData(world, [3]);
    await trainedByHand(world);
  }

  narrator.heading('A corrupt file is dropped, and twice a file that changes nothing');
  await corruptDrop(world, month(1));

  narrator.heading('A deployment whose canary throws errors');
  await rolledBackCanary(world);

  narrator.heading('Three months of data arrive and wait for a reason');
  await deferredData(world, [4, 5, 6]);

  narrator.heading('Summer traffic: drift starts a retraining with the data that has arrived');
  await driftRetrains(world, 7);

  narrator.turns(world.timeline.turns);
  await showLineage(world);
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DetailType } from '../../../lib/events-contract';
import { drop, lakeVerdict } from '../drops';
import { StoryError } from '../story-error';
import type { World } from '../world';

/** A corrupt file is set aside with a report; the same file again changes nothing, nor does a good one. */
export async function corruptDrop(world: World, goodFile: string): Promise<void> {
  const before = await runCount(world);
  const corrupt = join(world.scratch, 'flights-2013-13.csv');
  writeFileSync(corrupt, corruptCopy(readFileSync(goodFile, 'utf8')));
  await expectDrop(world, corrupt, DetailType.DROP_QUARANTINED, 'quarantined');
  await expectDrop(world, corrupt, DetailType.DATASET_UNCHANGED, 'unchanged');
  await expectDrop(world, goodFile, DetailType.DATASET_UNCHANGED, 'unchanged');
  const after = await runCount(world);
  if (after !== before) {
    throw new StoryError(`Files that changed nothing started ${after - before} training runs.`);
  }
}

async function expectDrop(
  world: World,
  file: string,
  expected: string,
  outcome: 'quarantined' | 'unchanged',
): Promise<void> {
  const startedAt = world.now().toISOString();
  await drop(world, [file]);
  const { detailType, detail } = await lakeVerdict(world);
  if (detailType !== expected) {
    throw new StoryError(`Expected "${expected}", got "${detailType}": ${JSON.stringify(detail)}`);
  }
  world.timeline.add({
    trigger: 'data',
    datasetVersion: detail.datasetVersion,
    verdict: outcome === 'quarantined' ? 'invalid' : undefined,
    deployment: outcome,
    reasons: detail.problems ?? detail.reasons ?? [],
    startedAt,
    endedAt: world.now().toISOString(),
  });
}

async function runCount(world: World): Promise<number> {
  return (await world.store.listRuns(world.outputs.model, 100)).length;
}

/** A copy as a broken export leaves it: text in a numeric column, then a line cut off in the middle. */
function corruptCopy(csv: string): string {
  const [header = '', ...lines] = csv.trimEnd().split('\n').slice(0, 500);
  const column = header.split(',').indexOf('distance');
  const spoilt = lines.map((line, index) =>
    index % 50 === 7
      ? line
          .split(',')
          .map((cell, at) => (at === column ? 'unknown' : cell))
          .join(',')
      : line,
  );
  return [header, ...spoilt, (lines[0] ?? '').slice(0, 20)].join('\n');
}

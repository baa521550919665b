import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { tried, untilWritten } from './contention';
import type { TrackingContext } from './context';
import type { EntryWrite } from './document';
import { writeDocument } from './document-writes';
import type { MetricPoint } from './entities';
import { newDocument } from './new-document';
import { latestOrder, storedValue } from './point-order';
import { latestPlace, type RunAccess } from './run-access';

/** Moves the latest point of each key forward; a point that is not later changes nothing. */
export async function writeLatest(
  context: TrackingContext,
  run: RunAccess,
  metrics: readonly MetricPoint[],
): Promise<void> {
  const { table } = context;
  const place = latestPlace(run);
  const entries = metrics.map(
    ({ key, timestamp, step, value }): EntryWrite => ({
      map: 'latest',
      mode: 'max',
      key,
      value: latestOrder({ timestamp, step, value: storedValue(value) }),
    }),
  );
  await untilWritten(table, `Writing the latest metrics of run ${run.runId}`, async () => {
    const outcome = await writeDocument(table, place, { entries });
    if (outcome !== 'absent') return true;
    const make = (first: readonly EntryWrite[]) =>
      newDocument(
        { PK: place.pk, SK: place.sk },
        { entity: 'tracking-run-latest', runId: run.runId },
        place.maps,
        first,
        place.room,
      );
    const whole = make(entries);
    // What does not fit is for the next round: beside the document, with its conditions.
    const document = whole.beside.length === 0 ? whole : make([]);
    const made = await tried(
      table.client.send(
        new PutCommand({
          TableName: table.name,
          Item: document.base,
          ConditionExpression: 'attribute_not_exists(PK)',
        }),
      ),
    );
    return made === 'lost' || document !== whole ? undefined : true;
  });
}

import type { SQSEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type { ScheduledClosing } from '../../lambdas/data-lake/drop';
import { createHandler } from '../../lambdas/data-lake/record-drop';
import { FixedClock } from '../../lambdas/shared/clock';
import { FakeDrops } from './fakes';

function batch(...objects: (object | string)[]): SQSEvent {
  const Records = objects.map((object, index) => ({
    messageId: `m${index}`,
    eventSource: 'aws:sqs',
    body:
      typeof object === 'string'
        ? object
        : JSON.stringify({
            'detail-type': 'size' in object ? 'Object Created' : 'Object Deleted',
            time: '2013-02-01T00:00:00Z',
            detail: { bucket: { name: 'lake' }, object, requester: '111122223333' },
          }),
  }));
  return { Records } as unknown as SQSEvent;
}

function setUp(send?: (closing: ScheduledClosing) => Promise<void>) {
  const sent: ScheduledClosing[] = [];
  const drops = new FakeDrops();
  const handler = createHandler({
    bucket: 'lake',
    quietSeconds: (dataset) => (dataset === 'weather' ? 5 : 120),
    drops,
    clock: new FixedClock('2013-02-01T00:00:01Z'),
    send: send ?? (async (closing) => void sent.push(closing)),
  });
  return { handler, sent, drops };
}

const FILE = { key: 'raw/flights/2013-01.csv', size: 10 };

describe('record-drop', () => {
  test('sends one closing for all files of a batch, after the quiet period', async () => {
    const { handler, sent } = setUp();
    expect(await handler(batch(FILE, { key: 'raw/flights/2013-02.csv', size: 10 }, FILE))).toEqual({
      batchItemFailures: [],
    });
    expect(sent).toEqual([
      {
        dataset: 'flights',
        sequence: 3,
        firstEventAt: '2013-02-01T00:00:00.000Z',
        marker: false,
        trigger: 'quiet',
        by: '111122223333',
        delaySeconds: 120,
      },
    ]);
  });

  test('sends a closing at once for a marker', async () => {
    const { handler, sent } = setUp();
    await handler(batch({ key: 'raw/flights/_SUCCESS', size: 0 }));
    expect(sent).toMatchObject([{ delaySeconds: 0, marker: true }]);
  });

  test('sends a closing for each dataset', async () => {
    const { handler, sent } = setUp();
    await handler(batch(FILE, { key: 'raw/weather/a.csv', size: 1 }));
    expect(sent.map(({ dataset }) => dataset).sort()).toEqual(['flights', 'weather']);
  });

  test('waits as long as the dataset says', async () => {
    const { handler, sent } = setUp();
    await handler(batch(FILE, { key: 'raw/weather/a.csv', size: 1 }));
    const delays = Object.fromEntries(sent.map(({ dataset, delaySeconds }) => [dataset, delaySeconds]));
    expect(delays).toEqual({ flights: 120, weather: 5 });
  });

  test('closes a drop of deletions alone, and says so', async () => {
    const { handler, sent } = setUp();
    await handler(batch({ key: 'raw/flights/2013-01.csv' }));
    expect(sent).toMatchObject([{ trigger: 'deletion', delaySeconds: 120 }]);
  });

  test('takes no notice of a marker that goes', async () => {
    const { handler, sent } = setUp();
    await handler(batch({ key: 'raw/flights/_SUCCESS' }));
    expect(sent).toEqual([]);
  });

  test('ignores folder markers and hidden objects', async () => {
    const { handler, sent, drops } = setUp();
    const objects = [
      { key: 'raw/flights/', size: 0 },
      { key: 'raw/flights/2013_$folder$', size: 0 },
      { key: 'raw/flights/.tmp.csv', size: 9 },
    ];
    expect(await handler(batch(...objects))).toEqual({ batchItemFailures: [] });
    expect({ sent, states: drops.states.size }).toEqual({ sent: [], states: 0 });
  });

  test('hands back alone what it cannot read, and closes the drop of the rest', async () => {
    const { handler, sent } = setUp();
    const response = await handler(batch('not JSON', FILE, { key: 'raw/beside.csv', size: 1 }));
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'm0' }, { itemIdentifier: 'm2' }]);
    expect(sent).toHaveLength(1);
  });

  test('fails as a whole when a closing could not be sent, so that the files are counted again', async () => {
    let broken = true;
    const sent: ScheduledClosing[] = [];
    const { handler } = setUp(async (closing) => {
      if (broken) throw new Error('queue away');
      sent.push(closing);
    });
    await expect(handler(batch(FILE))).rejects.toThrow('queue away');
    broken = false;
    await handler(batch(FILE));
    expect(sent).toMatchObject([{ sequence: 2 }]);
  });
});

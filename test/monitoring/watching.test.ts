import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { WatchedModel } from './fakes';
import { aDeployment, anAlias, aVersion, captureLine } from './samples';

const CARRIERS = ['UA', 'UA', 'UA', 'UA', 'UA', 'B6', 'B6', 'B6', 'EV', 'EV'];
const DELAYS = [-5, 5, 15, 25];

/** A capture file of one request, with rows like the training data, or all of one carrier. */
function captureFile(
  at: string,
  id: string,
  rows: number,
  options: { carrier?: string; score?: number } = {},
) {
  const lines = Array.from(
    { length: rows },
    (_, i) => `${DELAYS[i % 4]},${options.carrier ?? CARRIERS[Math.floor(i / 4) % 10]}`,
  );
  return captureLine(
    at,
    id,
    lines.join('\n'),
    lines.map((_, i) => options.score ?? (i % 2 ? 0.9 : 0.1)).join('\n'),
  );
}

const labelFile = (id: string, rows: number, label: (row: number) => 0 | 1) =>
  `inference_id,label\n${Array.from({ length: rows }, (_, i) => `${id}:${i},${label(i)}`).join('\n')}\n`;

let model: WatchedModel;
beforeEach(() => {
  model = new WatchedModel();
});

const captureKey = (hour: string, name: string) =>
  `captures/flights/AllTraffic/2026/11/23/${hour}/${name}.jsonl`;

async function traffic(hour: string, carrier?: string): Promise<void> {
  const at = `2026-11-23T${hour}:10:00Z`;
  const key = captureKey(hour, carrier ?? 'usual');
  await model.captured(model.store(key, captureFile(at, key, 400, { carrier })));
}

describe('a window', () => {
  test('is judged when it has closed and its captures have had time to arrive', async () => {
    model.clock.advance(-3500); // 11:01:40
    await traffic('10');
    await traffic('11');
    model.clock.advance(60);
    expect(await model.tick()).toEqual([]);
    model.clock.advance(300);
    expect((await model.tick()).map(({ window }) => window.start)).toEqual(['2026-11-23T10:00:00.000Z']);
    model.clock.advance(3600);
    expect((await model.tick()).map(({ window }) => window.start)).toEqual(['2026-11-23T11:00:00.000Z']);
    expect(await model.tick()).toEqual([]);
  });

  test('says what it found in metrics and in an event', async () => {
    await traffic('10');
    model.clock.advance(10);
    await model.tick();
    expect(model.values('CapturedRows')).toEqual([400]);
    expect(model.values('UndecodableCaptures')).toEqual([0]);
    expect(model.values('DriftedFeatures')).toEqual([0]);
    expect(model.values('LabelCoverage')).toEqual([0]);
    expect(model.events).toMatchObject([
      {
        detailType: 'Window Evaluated',
        detail: { model: 'flights', modelVersion: 1, verdict: 'ok', drifted: [], rows: 400 },
      },
    ]);
  });

  test('without enough rows gets no verdict and changes no alarm', async () => {
    const key = captureKey('10', 'few');
    await model.captured(model.store(key, captureFile('2026-11-23T10:10:00Z', 'few', 40)));
    model.clock.advance(10);
    expect(await model.tick()).toMatchObject([{ drift: { verdict: 'not-enough-data' } }]);
    expect(model.values('DriftedFeatures')).toEqual([]);
    expect(model.values('CapturedRows')).toEqual([40]);
  });

  test('is judged again when captures arrive late, but not when the same ones come again', async () => {
    await traffic('10');
    model.clock.advance(10);
    await model.tick();
    await traffic('10');
    model.clock.advance(10);
    expect(await model.tick()).toMatchObject([{ rows: 400 }]);
    expect(model.events).toHaveLength(1);
    expect(model.values('CapturedRows')).toEqual([400]);
    const key = captureKey('10', 'late');
    await model.captured(model.store(key, captureFile('2026-11-23T10:50:00Z', 'late', 100)));
    model.clock.advance(10);
    expect(await model.tick()).toMatchObject([{ rows: 500, files: 2 }]);
    expect(model.events).toHaveLength(2);
  });

  test('rests for a moment after a touch, for the index may lag behind', async () => {
    await traffic('10');
    model.clock.advance(4);
    expect(await model.tick()).toEqual([]);
    model.clock.advance(1);
    expect(await model.tick()).toHaveLength(1);
  });

  test('stays due when something arrives while it is being evaluated', async () => {
    await traffic('10');
    model.clock.advance(10);
    const [{ window }] = await model.windows.dirty().then((states) => states as [(typeof states)[0]]);
    model.windows.touchedMeanwhile = () => model.windows.touch(window, model.clock.now());
    expect(await model.tick()).toEqual([]);
    model.windows.touchedMeanwhile = async () => undefined;
    model.clock.advance(10);
    expect(await model.tick()).toHaveLength(1);
  });

  test('that cannot be evaluated does not hold up the others, and is not passed over silently', async () => {
    model.alias = anAlias(2, '2026-11-23T11:00:00.000Z', 1);
    await traffic('10');
    await traffic('11');
    model.versions = model.versions.filter(({ version }) => version !== 1);
    model.clock.advance(3600);
    await expect(model.tick()).rejects.toThrow(
      'window 2026-11-23T10:00:00.000Z: model version 1 of "flights" is not in the registry',
    );
    expect(model.events).toMatchObject([{ detail: { windowStart: '2026-11-23T11:00:00.000Z' } }]);
    expect(await model.windows.dirty()).toHaveLength(1);
  });
});

describe("the drift alarm's metric", () => {
  const evaluateAfter = async (hours: [string, string | undefined][]) => {
    for (const [hour, carrier] of hours) {
      await traffic(hour, carrier);
      model.clock.advance(10);
      await model.tick();
    }
  };

  test('rises with the second drifted window and falls when traffic is as before', async () => {
    model.clock.advance(10 * 3600);
    await evaluateAfter([
      ['10', undefined],
      ['11', 'EV'],
      ['12', 'EV'],
      ['13', undefined],
      ['14', undefined],
    ]);
    expect(model.values('DriftedFeatures')).toEqual([0, 0, 1, 1, 0]);
    const put = model.metrics.filter(({ name }) => name === 'DriftedFeatures');
    expect(put.every(({ at }) => at.getTime() > Date.parse('2026-11-23T21:00:00Z'))).toBe(true);
  });

  test('begins anew with a new champion', async () => {
    model.clock.advance(10 * 3600);
    await evaluateAfter([
      ['11', 'EV'],
      ['12', 'EV'],
    ]);
    model.alias = anAlias(2, '2026-11-23T13:00:00.000Z', 1);
    await evaluateAfter([
      ['13', 'EV'],
      ['14', 'EV'],
    ]);
    expect(model.values('DriftedFeatures')).toEqual([0, 1, 0, 1]);
  });

  test('is put when its reasons are on record: whoever the alarm wakes can read them', async () => {
    model.clock.advance(10 * 3600);
    await evaluateAfter([
      ['10', undefined],
      ['11', 'EV'],
    ]);
    model.failMetric = 'DriftedFeatures';
    await expect(evaluateAfter([['12', 'EV']])).rejects.toThrow('no reply');
    expect((await model.windows.reported()).findings?.drift).toEqual([
      expect.stringMatching(/^feature "carrier" drifted: its distribution changed \(PSI \d+\.\d\d\)$/),
    ]);
    expect((await model.windows.reported()).drift?.features).toBe(0);
  });

  test('says nothing of a window of long ago that drifts late, but what it means for the newest', async () => {
    model.clock.advance(10 * 3600);
    await evaluateAfter([
      ['15', undefined],
      ['09', 'EV'],
    ]);
    expect(model.values('DriftedFeatures')).toEqual([0]);
    await evaluateAfter([
      ['14', 'EV'],
      ['13', 'EV'],
    ]);
    expect(model.values('DriftedFeatures')).toEqual([0, 1]);
  });
});

describe('labels', () => {
  const KEY = 'labels/flights/first.csv';

  async function labels(text: string, key = KEY): Promise<void> {
    await model.labelled(model.store(key, text));
    model.clock.advance(10);
  }

  test('that come late give the window its quality', async () => {
    await traffic('10');
    model.clock.advance(86400);
    await model.tick();
    await labels(labelFile(captureKey('10', 'usual'), 400, (row) => (row % 2 === 1 && row % 5 > 0 ? 1 : 0)));
    expect(await model.tick()).toMatchObject([{ quality: { verdict: 'measured', coverage: 1 } }]);
    expect(model.values('Accuracy')).toEqual([0.9]);
    expect(model.values('Precision')).toEqual([0.8]);
    expect(model.values('Recall')).toEqual([1]);
    expect(model.values('LabelCoverage')).toEqual([0, 100]);
    expect(model.values('DriftedFeatures')).toEqual([0]);
  });

  test('that were wrong are corrected by a later file, whatever the order they are read in', async () => {
    await traffic('10');
    const id = captureKey('10', 'usual');
    const later = new Date(model.clock.now().getTime() + 60_000);
    await model.labelled(
      model.store(
        'labels/flights/b.csv',
        labelFile(id, 400, (row) => (row % 2 ? 1 : 0)),
        later,
      ),
      model.store(
        'labels/flights/a.csv',
        labelFile(id, 400, () => 0),
      ),
    );
    model.clock.advance(10);
    await model.tick();
    expect(model.values('Accuracy')).toEqual([1]);
  });

  test('that cannot be used are counted', async () => {
    await labels('inference_id,label\na:0,maybe\na:1,1\n');
    expect(model.values('RejectedLabels')).toEqual([1]);
  });

  test('show a missed floor, once, and its end', async () => {
    model.settings = { ...model.settings, quality: { ...model.settings.quality, floors: { accuracy: 0.8 } } };
    await traffic('10');
    await labels(labelFile(captureKey('10', 'usual'), 400, (row) => (row % 2 ? 0 : 1)));
    await model.tick();
    await labels(labelFile(captureKey('10', 'usual'), 400, (row) => (row % 2 ? 0 : 1)));
    await model.tick();
    expect(model.values('MissedFloors')).toEqual([1]);
    model.clock.advance(3600);
    await traffic('11');
    await labels(
      labelFile(captureKey('11', 'usual'), 400, (row) => (row % 2 ? 1 : 0)),
      'labels/flights/second.csv',
    );
    await model.tick();
    expect(model.values('MissedFloors')).toEqual([1, 0]);
  });

  test('show a missed floor even when the function died between keeping and reporting it', async () => {
    model.settings = { ...model.settings, quality: { ...model.settings.quality, floors: { accuracy: 0.8 } } };
    await traffic('10');
    await labels(labelFile(captureKey('10', 'usual'), 400, (row) => (row % 2 ? 0 : 1)));
    model.failMetric = 'MissedFloors';
    await expect(model.tick()).rejects.toThrow('no reply');
    expect(await model.windows.dirty()).toEqual([]);
    model.failMetric = undefined;
    expect(await model.tick()).toEqual([]);
    await model.tick();
    expect(model.values('MissedFloors')).toEqual([1]);
  });

  test('that are corrected take back a missed floor of the same window', async () => {
    model.settings = { ...model.settings, quality: { ...model.settings.quality, floors: { accuracy: 0.8 } } };
    await traffic('10');
    const id = captureKey('10', 'usual');
    await labels(labelFile(id, 400, (row) => (row % 2 ? 0 : 1)));
    await model.tick();
    await labels(
      labelFile(id, 400, (row) => (row % 2 ? 1 : 0)),
      'labels/flights/corrected.csv',
    );
    await model.tick();
    expect(model.values('MissedFloors')).toEqual([1, 0]);
  });

  test('for a version that is no longer champion change no alarm', async () => {
    model.settings = { ...model.settings, quality: { ...model.settings.quality, floors: { accuracy: 0.8 } } };
    await traffic('10');
    model.alias = anAlias(2, '2026-11-23T11:30:00.000Z', 1);
    await labels(labelFile(captureKey('10', 'usual'), 400, (row) => (row % 2 ? 0 : 1)));
    expect(await model.tick()).toMatchObject([{ modelVersion: 1, quality: { verdict: 'decay' } }]);
    expect(model.values('MissedFloors')).toEqual([]);
  });
});

describe('a capture file', () => {
  test('that spans windows and champions is counted in each', async () => {
    model.alias = anAlias(2, '2026-11-23T11:30:00.000Z', 1);
    const lines = ['10:59:59', '11:00:00', '11:30:00'].map((time, i) =>
      captureFile(`2026-11-23T${time}Z`, `id${i}`, 10 * (i + 1)),
    );
    await model.captured(model.store(captureKey('10', 'mixed'), lines.join('\n')));
    const parts = model
      .profiles()
      .map(({ window, modelVersion, profile }) => [window.start.slice(11, 16), modelVersion, profile.rows]);
    expect(parts).toEqual([
      ['10:00', 1, 10],
      ['11:00', 1, 20],
      ['11:00', 2, 30],
    ]);
  });

  test('that comes after the champion has changed twice counts for the version that answered', async () => {
    model.versions = [...model.versions, aVersion(3)];
    model.deployments = [
      aDeployment(2, '2026-11-23T11:40:00.000Z'),
      aDeployment(1, '2026-11-20T00:00:00.000Z'),
    ];
    model.alias = anAlias(3, '2026-11-23T11:50:00.000Z', 2);
    await traffic('10');
    expect(model.profiles()).toMatchObject([{ modelVersion: 1 }]);
  });

  test('that comes again after the champion has changed twice is counted once', async () => {
    await traffic('10');
    model.versions = [...model.versions, aVersion(3)];
    model.alias = anAlias(3, '2026-11-23T11:50:00.000Z', 2);
    await traffic('10');
    model.clock.advance(10);
    expect(await model.tick()).toMatchObject([{ files: 1, captured: { rows: 400 } }]);
    expect(model.values('CapturedRows')).toEqual([400]);
  });

  test('with broken lines counts them in the hour of its name', async () => {
    const text = `{"half":\n${captureFile('2026-11-23T10:10:00Z', 'a', 200)}\n\n`;
    await model.captured(model.store(captureKey('10', 'broken'), text));
    model.clock.advance(10);
    expect(await model.tick()).toMatchObject([{ rows: 200, captured: { rows: 200, undecodable: 1 } }]);
    expect(model.values('UndecodableCaptures')).toEqual([1]);
  });

  test('waits in the queue while no version is champion', async () => {
    model.alias = undefined;
    const key = model.store(captureKey('10', 'early'), captureFile('2026-11-23T10:10:00Z', 'a', 10));
    expect(await model.captured(key)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(model.profiles()).toEqual([]);
  });

  test('that was deleted is passed over', async () => {
    expect(await model.captured(captureKey('10', 'gone'))).toEqual({ batchItemFailures: [] });
  });
});

test('whatever the order, the repetition and the ticks in between, the windows end up the same', async () => {
  type Delivery = { kind: 'captured' | 'labelled' | 'tick'; key: string };
  const hours = ['09', '10'];
  const prepare = () => {
    const watched = new WatchedModel();
    const deliveries: Delivery[] = hours.flatMap((hour) => {
      const id = `id${hour}`;
      const at = `2026-11-23T${hour}:10:00Z`;
      const later = new Date('2026-11-23T12:30:00Z');
      watched.store(captureKey(hour, 'a'), captureFile(at, id, 150));
      watched.store(captureKey(hour, 'b'), captureFile(at, `${id}b`, 50, { carrier: 'B6' }));
      watched.store(
        `labels/flights/${hour}.csv`,
        labelFile(id, 150, () => 0),
      );
      watched.store(
        `labels/flights/${hour}-corrected.csv`,
        labelFile(id, 40, () => 1),
        later,
      );
      watched.store(
        `labels/flights/${hour}-rest.csv`,
        labelFile(`${id}b`, 50, () => 1),
      );
      return [
        { kind: 'captured', key: captureKey(hour, 'a') },
        { kind: 'captured', key: captureKey(hour, 'b') },
        { kind: 'labelled', key: `labels/flights/${hour}.csv` },
        { kind: 'labelled', key: `labels/flights/${hour}-corrected.csv` },
        { kind: 'labelled', key: `labels/flights/${hour}-rest.csv` },
      ];
    });
    return { watched, deliveries };
  };
  const run = async (watched: WatchedModel, deliveries: Delivery[]) => {
    for (const { kind, key } of deliveries) {
      watched.clock.advance(10);
      await (kind === 'tick' ? watched.tick() : watched[kind](key));
    }
    watched.clock.advance(10);
    await watched.tick();
    const evaluations = await watched.windows.recent(10);
    return evaluations.map((evaluation) => ({ ...evaluation, evaluatedAt: '' }));
  };
  const inOrder = prepare();
  const expected = await run(inOrder.watched, inOrder.deliveries);
  expect(expected).toMatchObject(
    hours.map(() => ({ rows: 200, files: 2, quality: { labelled: 200, coverage: 1 } })),
  );

  const { deliveries } = prepare();
  const tick: Delivery = { kind: 'tick', key: '' };
  const again = fc.subarray([...deliveries, tick, tick]);
  const order = again.chain((extra) =>
    fc.shuffledSubarray([...deliveries, ...extra], { minLength: deliveries.length + extra.length }),
  );
  await fc.assert(
    fc.asyncProperty(order, async (shuffled) => {
      expect(await run(prepare().watched, shuffled)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

describe('a folder that a person creates in the console', () => {
  test('is no file of labels', async () => {
    const marker = model.store('labels/flights/', '');
    expect(await model.labelled(marker)).toEqual({ batchItemFailures: [] });
    expect(model.values('RejectedLabels')).toEqual([]);
  });

  test('is no capture file, even before a version is champion', async () => {
    model.alias = undefined;
    const marker = model.store('captures/flights/AllTraffic/', '');
    expect(await model.captured(marker)).toEqual({ batchItemFailures: [] });
    expect(model.profiles()).toEqual([]);
  });
});

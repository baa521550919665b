import { beforeEach, describe, expect, it } from 'vitest';
import { asOf, describeAsOf } from '../../../cli/commands/data/as-of';
import { describeDiff, diffVersions } from '../../../cli/commands/data/diff';
import { describeLineage, lineageOf } from '../../../cli/commands/data/lineage';
import { describeList, listVersions } from '../../../cli/commands/data/list';
import { describeVersion, showVersion } from '../../../cli/commands/data/show';
import { resolveVersion } from '../../../cli/data/resolve-version';
import type { ModelFacts } from '../../../lambdas/data-lake/history/lineage';
import { csv, DATASET, LakeWorld, NO_MODELS } from './lake-world';

let world: LakeWorld;
let january: string;
let february: string;
let corrected: string;

beforeEach(async () => {
  world = new LakeWorld();
  january = await world.version({ '01.csv': csv('UA,1', 'AA,2') }, '2013-02-01T06:00:00.000Z');
  february = await world.version({ '02.csv': csv('UA,3') }, '2013-03-01T06:00:00.000Z', {
    columns: [
      { name: 'carrier', type: 'string', nullable: true },
      { name: 'origin', type: 'string', nullable: false },
    ],
  });
  corrected = await world.version({ '01.csv': csv('UA,1', 'AA,2', 'DL,9') }, '2013-03-05T06:00:00.000Z');
});

describe('flywheel data list', () => {
  it('shows the newest version first and which is current', async () => {
    const listed = await listVersions(world.lake);
    expect(listed.map(({ id, current }) => [id, current])).toEqual([
      [corrected, true],
      [february, false],
      [january, false],
    ]);
    const text = describeList(DATASET, listed.slice(0, 2), 3);
    expect(text).toContain(`${corrected.slice(0, 12)} *`);
    expect(text).toContain('3 versions of dataset flights, the newest 2 shown; * is current');
  });

  it('says what to do when there is none', async () => {
    const empty = new LakeWorld();
    expect(describeList(DATASET, await listVersions(empty.lake), 0)).toContain('drop a file');
  });
});

describe('the version that a person names', () => {
  it('is the current one, one by its id, or one by the beginning of its id', async () => {
    for (const reference of ['current', corrected, corrected.slice(0, 6).toUpperCase()]) {
      expect((await resolveVersion(world.catalog, DATASET, reference)).id).toBe(corrected);
    }
  });

  it('must be one version only', async () => {
    const [version] = await world.catalog.versions(DATASET);
    world.putVersion({ ...version!, id: `${january.slice(0, 20)}${'0'.repeat(44)}` });
    await expect(resolveVersion(world.catalog, DATASET, january.slice(0, 12))).rejects.toThrow(
      /is the beginning of 2 versions of dataset flights .* give more digits/,
    );
    expect((await resolveVersion(world.catalog, DATASET, january)).id).toBe(january);
  });

  it('is named among the newest when there is no such one', async () => {
    await expect(resolveVersion(world.catalog, DATASET, 'zebra')).rejects.toThrow(
      `Dataset flights has no version "zebra". Its newest are ${january.slice(0, 12)}, ${february.slice(0, 12)}, ${corrected.slice(0, 12)}; see: flywheel data list`,
    );
    await expect(resolveVersion(world.catalog, DATASET, january.slice(0, 2))).rejects.toThrow('too short');
  });
});

describe('flywheel data show', () => {
  it('tells what a version consists of', async () => {
    const text = describeVersion(await showVersion(world.lake, february.slice(0, 8), 1));
    expect(text).toContain(`version    ${february}`);
    expect(text).toContain(`parent     ${january}`);
    expect(text).toMatch(/01\.csv +\d+ bytes +3 +v1 +sha256:[0-9a-f]{12}/);
    expect(text).toContain('... and 1 more file');
  });

  it('tells how a version was split and why it was kept out', async () => {
    const bad = await world.version({ '03.csv': csv('UA,soon') }, '2013-04-01T00:00:00.000Z', {
      status: 'quarantined',
      problems: ['03.csv: column "delay": 1 value is not an integer'],
    });
    expect(describeVersion(await showVersion(world.lake, bad, 9))).toContain(
      'problems\n  03.csv: column "delay": 1 value is not an integer',
    );
    const version = (await world.catalog.version(DATASET, january))!;
    const split = {
      ...{ method: 'time', column: 'day', holdoutFrom: '2013-01-25' },
      rows: { train: 80, validation: 0, holdout: 20 },
    };
    world.putVersion({ ...version, splits: { abc123: split } } as never);
    expect(describeVersion(await showVersion(world.lake, january, 9))).toMatch(
      /abc123 +time in day +80 +0 +20 +2013-01-25/,
    );
  });
});

describe('flywheel data diff', () => {
  it('shows files that were added, changed, removed and renamed, and the schema', async () => {
    const renamed = await world.version(
      { '02.csv': undefined, 'february.csv': csv('UA,3'), '01.csv': undefined, '03.csv': csv('AA,4') },
      '2013-04-01T06:00:00.000Z',
    );
    const found = await diffVersions(world.lake, february, renamed);
    expect(found.files).toMatchObject({
      added: [{ key: '03.csv' }],
      removed: [{ key: '01.csv' }],
      changed: [],
      renamed: [{ from: '02.csv', to: { key: 'february.csv' } }],
    });
    const text = describeDiff(found);
    expect(text).toContain('+ 03.csv  19 bytes, 2 rows');
    expect(text).toContain('> 02.csv -> february.csv  the same bytes');
    expect(text).toContain(
      'schema\n+ delay  integer\n- origin  string\n~ carrier  string, is never empty now',
    );
  });

  it('shows what an overwritten file was and is', async () => {
    const text = describeDiff(await diffVersions(world.lake, february, 'current'));
    expect(text).toContain('~ 01.csv  24 bytes -> 29 bytes, 3 -> 4 rows');
    expect(text).toContain('5 rows -> 6 rows');
  });

  it('says when nothing differs', async () => {
    expect(describeDiff(await diffVersions(world.lake, january, january))).toContain('The same files.');
  });
});

describe('flywheel data as-of', () => {
  it.each([
    ['2013-02-28', () => january],
    ['2013-03-01', () => february],
    ['2013-03-01T05:59Z', () => january],
    ['2013-03-01T08:00+01:00', () => february],
    ['2030-01-01', () => corrected],
  ])('tells what the dataset was on %s', async (date, expected) => {
    expect((await asOf(world.lake, date)).version.id).toBe(expected());
  });

  it('knows that an older version became current again', async () => {
    world.makeCurrent(january, '2013-06-01T00:00:00.000Z');
    const found = await asOf(world.lake, '2013-07-01');
    expect(found.version.id).toBe(january);
    expect(describeAsOf(found)).toContain('since 2013-06-01 00:00');
  });

  it('says when the first version was there, and how to write a date', async () => {
    await expect(asOf(world.lake, '2012-01-01')).rejects.toThrow(
      'had no version at 2012-01-01T23:59:59.999Z: its first one became current at 2013-02-01T06:00:00.000Z',
    );
    await expect(asOf(world.lake, 'last week')).rejects.toThrow('"last week" is no date: write 2013-03-31');
    await expect(asOf(world.lake, '2013-02-30')).rejects.toThrow('is no date');
  });
});

describe('flywheel data lineage', () => {
  const facts = (): ModelFacts => ({
    runs: [
      {
        ...{ runId: 'data-1', model: 'delays', status: 'FINISHED', trigger: 'data', dataset: DATASET },
        ...{ datasetVersion: january, startedAt: '2013-02-01T07:00:00.000Z', modelVersion: 1 },
      },
    ],
    modelVersions: [
      {
        ...{ model: 'delays', version: 1, dataset: DATASET, datasetVersion: january, runId: 'data-1' },
        ...{ createdAt: '2013-02-01T08:00:00.000Z', usable: true },
      },
    ],
    deployments: [
      {
        ...{ deploymentId: 'data-1-v1', model: 'delays', version: 1, status: 'live' },
        startedAt: '2013-02-01T09:00:00.000Z',
      },
    ],
    champions: new Map([['delays', 1]]),
  });

  it('goes forward from a version to the live model', async () => {
    const text = describeLineage(await lineageOf(world.lake, facts(), january.slice(0, 8)));
    expect(text).toContain('run data-1, started by data 2013-02-01 07:00: FINISHED');
    expect(text).toContain('model delays:1, live now');
    expect(text).toContain('deployment data-1-v1 of 2013-02-01 09:00: live');
  });

  it('names the versions that a version follows', async () => {
    const text = describeLineage(await lineageOf(world.lake, NO_MODELS, 'current'));
    expect(text).toContain('no run learnt from it');
    expect(text).toContain(`follows ${february.slice(0, 12)} <- ${january.slice(0, 12)}`);
  });

  it('finds the versions that hold a file, with the bytes that it has in each, and the models of each', async () => {
    const found = await lineageOf(world.lake, facts(), '01.csv');
    expect(
      found.kind === 'file' && found.holders.map(({ object, line }) => [line.version.id, object.versionId]),
    ).toEqual([
      [january, 'v1'],
      [february, 'v1'],
      [corrected, expect.stringMatching(/^v\d+$/)],
    ]);
    expect(describeLineage(found)).toContain('01.csv is held by 3 versions');
    expect(describeLineage(found)).toContain('model delays:1, live now');
  });

  it('goes back from a model to the exact files', async () => {
    const text = describeLineage(await lineageOf(world.lake, facts(), 'delays:1'));
    expect(text).toContain('model delays:1, live, registered 2013-02-01 08:00');
    expect(text).toMatch(/01\.csv {2}24 bytes {2}sha256:[0-9a-f]{12} {2}S3 version v1/);
  });

  it('says what it takes when it knows no such thing', async () => {
    await expect(lineageOf(world.lake, facts(), 'delays:7')).rejects.toThrow(
      'Model delays has no version 7.',
    );
    await expect(lineageOf(world.lake, facts(), '99.csv')).rejects.toThrow(
      'No version of dataset flights holds 99.csv: give a version, MODEL:VERSION, a key below raw/flights/',
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatasetVersion, ManifestObject } from '../../lambdas/data-lake/entities';
import { compareKeys } from '../../lambdas/data-lake/key-order';
import { splitId } from '../../lambdas/training/splits';
import { createHandler, type StagedDataset } from '../../lambdas/training/stage-dataset/index';
import { stagingStore } from '../../lambdas/training/staging-store';
import { MAX_STAGING_CALLS, type SplitConfig } from '../../lib/training/contract';
import { FakeBucket, sha256Of } from '../cli/data/fake-bucket';

const PREFIX = 'staging/run-1/data/';
const SPLIT: SplitConfig = { method: 'time', column: 'day', holdout: 0.2 };
const request = { runId: 'run-1', dataset: 'flights', datasetVersion: 'abc', split: SPLIT, progress: {} };
const FOUR_MINUTES = 4 * 60_000;

/** A lake with files, the manifest of what it has now, and the staging function on it. */
function lake(files: Record<string, string>, limits: { maxSingleCopy?: number; partBytes?: number } = {}) {
  const bucket = new FakeBucket();
  const objects = Object.entries(files)
    .map(([key, body]): ManifestObject => {
      const { versionId } = bucket.put(`raw/flights/${key}`, body);
      return { key, versionId, size: Buffer.byteLength(body), checksum: sha256Of(body), rows: 1 };
    })
    .sort((a, b) => compareKeys(a.key, b.key));
  const version = {
    ...{ dataset: 'flights', id: 'abc', status: 'accepted', manifestUri: 's3://lake/manifests/flights/abc' },
    objects: objects.length,
    bytes: objects.reduce((sum, { size }) => sum + size, 0),
    ...{ rows: 3, createdAt: '2013-02-01T00:00:00.000Z', firstEventAt: '2013-02-01T00:00:00.000Z' },
    ...{ trigger: 'quiet', tags: {} },
    columns: ['size', 'late', 'id'].map((name) => ({ name, type: 'number', nullable: false })),
  } as DatasetVersion;
  /** How many more times the function finds that there is time left. */
  const time = { looks: Number.POSITIVE_INFINITY };
  const versions = new Map<string, object>([['abc', version]]);
  const handler = createHandler({
    store: stagingStore(bucket.client, 'lake', limits),
    manifestObjects: (_dataset, _id, after) =>
      objects.filter(({ key }) => after === undefined || compareKeys(key, after) > 0),
    datasetVersion: async (_, id) => versions.get(id) as DatasetVersion | undefined,
    remainingMs: () => {
      time.looks -= 1;
      return time.looks >= 0 ? FOUR_MINUTES : 1000;
    },
  });
  const staged = () =>
    Object.fromEntries(
      bucket.keys(PREFIX).map((key) => [key.slice(PREFIX.length), bucket.latest(key)!.body.toString()]),
    );
  return { bucket, objects, versions, version, time, handler, staged };
}

const MONTHS = { '2013/01.csv': 'january', '2013/02.csv': 'february' };

/** Calls until everything is staged, as the pipeline's state machine does. */
async function untilStaged(
  handler: (event: unknown) => Promise<StagedDataset>,
  beforeEach: (call: number) => void = () => {},
): Promise<{ staged: StagedDataset; calls: number }> {
  let progress: object = {};
  for (let call = 1; ; call += 1) {
    beforeEach(call);
    const staged = await handler({ ...request, progress });
    if (staged.progress === undefined) return { staged, calls: call };
    progress = staged.progress;
  }
}

describe('staging a dataset version', () => {
  it('copies exactly the versions that the manifest names, and tells where they are', async () => {
    const { handler, staged } = lake(MONTHS);
    expect(await handler(request)).toEqual({ uri: `s3://lake/${PREFIX}`, objects: 2, bytes: 15 });
    expect(staged()).toEqual(MONTHS);
  });

  it('copies what the snapshot saw, although objects were overwritten and deleted since', async () => {
    const { bucket, handler, staged } = lake(MONTHS);
    bucket.put('raw/flights/2013/01.csv', 'JANUARY, other bytes');
    bucket.delete('raw/flights/2013/02.csv');
    bucket.put('raw/flights/2013/03.csv', 'march');
    await handler(request);
    expect(staged()).toEqual(MONTHS);
  });

  it('reads no bytes where S3 tells the checksum of a copy', async () => {
    const { bucket, handler } = lake(MONTHS);
    await handler(request);
    expect(bucket.count('GetObject')).toBe(0);
    expect(bucket.count('HeadObject')).toBe(0);
    expect(bucket.count('CopyObject')).toBe(2);
  });

  it('compares bytes where S3 keeps no checksum', async () => {
    const { bucket, handler } = lake(MONTHS);
    bucket.tellsChecksums = false;
    await handler(request);
    bucket.damage = (_, body) => Buffer.from(body.toString().replace('j', 'J'));
    await expect(handler({ ...request, runId: 'run-2' })).rejects.toThrow(/01\.csv .* differs/);
  });

  it.each([true, false])(
    'fails on a copy with other bytes of the same size (checksums told: %s)',
    async (told) => {
      const { bucket, handler } = lake(MONTHS);
      bucket.tellsChecksums = told;
      bucket.damage = (key, body) => (key.endsWith('02.csv') ? Buffer.from('FEBRUARY') : body);
      await expect(handler(request)).rejects.toThrow(
        /^The staged copy of raw\/flights\/2013\/02\.csv \(S3 version v2\) differs from the manifest: expected 8 bytes with sha256:/,
      );
    },
  );

  it('does not take the wrong bytes of a call before for staged, although their size is right', async () => {
    const { bucket, handler, staged } = lake(MONTHS);
    bucket.damage = (key, body) => (key.endsWith('02.csv') ? Buffer.from('FEBRUARY') : body);
    await expect(handler(request)).rejects.toThrow();
    bucket.damage = (_, body) => body;
    await handler(request);
    expect(staged()).toEqual(MONTHS);
  });

  it('goes on where it stopped', async () => {
    const { bucket, handler } = lake(MONTHS);
    bucket.put(`${PREFIX}2013/01.csv`, 'january');
    bucket.put(`${PREFIX}2013/02.csv`, 'feb');
    await handler(request);
    expect(bucket.requests.filter(({ name }) => name === 'CopyObject').map(({ input }) => input.Key)).toEqual(
      [`${PREFIX}2013/02.csv`],
    );
  });

  it('says that someone deleted the bytes, when they are gone', async () => {
    const { bucket, handler } = lake(MONTHS);
    bucket.versions.splice(0, 1);
    const failure = handler(request);
    await expect(failure).rejects.toThrow(
      'The bytes of raw/flights/2013/01.csv (S3 version v1) are gone from bucket lake: someone deleted that object version.',
    );
    await expect(failure).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  it('writes the order of the columns and the split beside the data, so that they are no part of it', async () => {
    const { bucket, handler } = lake(MONTHS);
    await handler(request);
    const plan = (name: string) => JSON.parse(bucket.latest(`staging/run-1/plan/${name}`)!.body.toString());
    expect(plan('columns.json')).toEqual(['size', 'late', 'id']);
    expect(plan('split.json')).toEqual(SPLIT);
  });

  it('splits a version that was split before at the same cut-offs again', async () => {
    const { bucket, handler, versions, version } = lake(MONTHS);
    const recorded = { ...SPLIT, holdoutFrom: '2013-11-02T00:00:00Z', rows: {}, runId: 'run-0' };
    versions.set('abc', { ...version, splits: { [splitId(SPLIT)]: recorded } });
    await handler(request);
    expect(JSON.parse(bucket.latest('staging/run-1/plan/split.json')!.body.toString())).toEqual({
      ...SPLIT,
      holdoutFrom: '2013-11-02T00:00:00Z',
    });
  });

  it('does not stage a version that the catalog does not know', async () => {
    const { handler, staged } = lake(MONTHS);
    await expect(handler({ ...request, datasetVersion: 'abd' })).rejects.toThrow(
      'Dataset "flights" has no version abd.',
    );
    expect(staged()).toEqual({});
  });

  it('names what is missing in the request', async () => {
    await expect(lake(MONTHS).handler({ runId: 'x' })).rejects.toThrow(/dataset[\s\S]*datasetVersion/);
  });
});

describe('staging what takes longer than one call', () => {
  const many = Object.fromEntries(
    Array.from({ length: 120 }, (_, at) => [`part-${at}.csv`, `bytes of ${at}`]),
  );

  it('ends each call in time and goes on in the next, without copying anything twice', async () => {
    const { bucket, time, handler, staged } = lake(many);
    const { calls } = await untilStaged(handler, () => {
      time.looks = 40;
    });
    expect(calls).toBeGreaterThan(2);
    expect(staged()).toEqual(many);
    expect(bucket.count('CopyObject')).toBe(120);
    expect(bucket.count('PutObject')).toBe(2);
  });

  it('stages everything, whatever the time and whichever calls are cut off and repeated', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 4 }),
        async (looks, cutOffs) => {
          const { bucket, time, handler, staged } = lake(many);
          let progress: object | undefined = {};
          for (let call = 0; progress !== undefined && call < 200; call += 1) {
            time.looks = looks[call % looks.length]! + Math.floor(call / looks.length);
            const cut = cutOffs[call];
            let copies = 0;
            bucket.before = (name) => {
              if (name === 'CopyObject') copies += 1;
              if (cut !== undefined && copies >= cut) throw new Error('cut off');
            };
            try {
              progress = (await handler({ ...request, progress: { ...progress, calls: 0 } })).progress;
            } catch (error) {
              expect((error as Error).message).toBe('cut off');
            }
          }
          expect(progress).toBeUndefined();
          expect(staged()).toEqual(many);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives up after as many calls as a run may make, naming how far it got', async () => {
    const { handler } = lake(many);
    const progress = { after: 'part-7.csv', calls: MAX_STAGING_CALLS };
    await expect(handler({ ...request, progress })).rejects.toThrow(
      /could not be staged in 40 calls: it got as far as part-7\.csv\. Use fewer, larger files\.$/,
    );
  });
});

describe('staging a very large object', () => {
  const limits = { maxSingleCopy: 100, partBytes: 64 };
  const large = Array.from({ length: 1000 }, (_, at) => String.fromCharCode(97 + (at % 26))).join('');
  const files = { 'a.csv': 'small', 'large.bin': large, 'z.csv': 'small, too' };

  it('copies it in parts of exactly the version that the manifest names', async () => {
    const { bucket, handler, staged } = lake(files, limits);
    bucket.put('raw/flights/large.bin', 'overwritten');
    await handler(request);
    expect(staged()).toEqual(files);
    expect(bucket.count('UploadPartCopy')).toBe(16);
    expect(bucket.uploads).toEqual([]);
  });

  it('goes on in the middle of it, in another call', async () => {
    const { bucket, time, handler, staged } = lake(files, limits);
    const { calls } = await untilStaged(handler, (call) => {
      time.looks = call < 3 ? 40 : Number.POSITIVE_INFINITY;
    });
    expect(calls).toBe(3);
    expect(staged()).toEqual(files);
    expect(bucket.count('UploadPartCopy')).toBe(16);
    expect(bucket.count('CreateMultipartUpload')).toBe(1);
  });

  it('finds parts with other bytes', async () => {
    const { bucket, handler } = lake(files, limits);
    bucket.damage = (key, body) => (key.endsWith('.bin') ? Buffer.from(body.toString().toUpperCase()) : body);
    await expect(handler(request)).rejects.toThrow(/large\.bin .* differs from the manifest/);
  });
});

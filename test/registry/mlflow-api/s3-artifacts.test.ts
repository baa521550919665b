import { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { s3Artifacts } from '../../../lambdas/registry/mlflow-api/artifacts/s3-artifacts';
import { World } from './world';

const s3 = mockClient(S3Client);
const client = new S3Client({
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' },
});
const store = s3Artifacts(client, 's3://bucket/experiments/');

beforeEach(() => s3.reset());

describe('artifacts in a bucket', () => {
  it('have a root without a slash at its end, and are proxied to the same place', () => {
    expect(store.root).toBe('s3://bucket/experiments');
    expect(store.place('s3://bucket/experiments/1/r/artifacts')).toMatchObject({
      key: 'experiments/1/r/artifacts',
      isProxied: false,
    });
    expect(store.place('mlflow-artifacts:/1/r/artifacts')).toMatchObject({
      key: 'experiments/1/r/artifacts',
      isProxied: true,
    });
    expect(store.proxied('1/r/artifacts/a')?.key).toBe('experiments/1/r/artifacts/a');
  });

  it('may be named by clients below the root only, and looked at in the whole bucket', () => {
    expect(store.isForClients('s3://bucket/experiments/mine')).toBe(true);
    expect(store.isForClients('mlflow-artifacts:/mine')).toBe(true);
    expect(store.isForClients('s3://bucket/runs/r')).toBe(false);
    expect(store.isForClients('s3://bucket/experiments-2')).toBe(false);
    expect(store.isForClients('s3://other/experiments/mine')).toBe(false);
    expect(store.place('s3://bucket/runs/r/model').key).toBe('runs/r/model');
    expect(() => store.place('s3://other/x')).toThrow('not one of this registry');
    expect(() => store.place('file:///etc')).toThrow('not one of this registry');
  });

  it('are listed over all pages of a folder, its own marker apart', async () => {
    s3.on(ListObjectsV2Command)
      .resolvesOnce({
        CommonPrefixes: [{ Prefix: 'experiments/1/model/' }],
        Contents: [
          { Key: 'experiments/1/', Size: 0 },
          { Key: 'experiments/1/z', Size: 3 },
        ],
        NextContinuationToken: 'next',
      })
      .resolvesOnce({ Contents: [{ Key: 'experiments/1/a', Size: 1 }] });
    const { backend, key } = store.place('s3://bucket/experiments/1');
    expect(await backend.list(key)).toEqual([
      { name: 'a', isFolder: false, size: 1 },
      { name: 'model', isFolder: true },
      { name: 'z', isFolder: false, size: 3 },
    ]);
    expect(s3.commandCalls(ListObjectsV2Command).map(({ args }) => args[0].input)).toEqual([
      { Bucket: 'bucket', Prefix: 'experiments/1/', Delimiter: '/', ContinuationToken: undefined },
      { Bucket: 'bucket', Prefix: 'experiments/1/', Delimiter: '/', ContinuationToken: 'next' },
    ]);
  });

  it('that are missing are nothing; what S3 refuses is an error', async () => {
    const { backend, key } = store.place('s3://bucket/experiments/1/a');
    s3.on(GetObjectCommand)
      .rejectsOnce(Object.assign(new Error('gone'), { name: 'NoSuchKey' }))
      .rejectsOnce(Object.assign(new Error('slow'), { name: 'SlowDown' }));
    expect(await backend.read(key)).toBeUndefined();
    await expect(backend.read(key)).rejects.toThrow('slow');
  });

  it('that S3 denies are refused with 403, which no client repeats', async () => {
    const { backend, key } = store.place('s3://bucket/experiments/1/a');
    s3.onAnyCommand().rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
    const refused = { errorCode: 'PERMISSION_DENIED', message: expect.stringContaining('experiments/1/a') };
    await expect(backend.read(key)).rejects.toMatchObject(refused);
    await expect(backend.list(key)).rejects.toMatchObject(refused);
    await expect(backend.write(key, Buffer.from('x'), 1)).rejects.toMatchObject(refused);
    await expect(backend.write(key, Readable.from(['x']), undefined)).rejects.toMatchObject(refused);
    await expect(backend.remove(key)).rejects.toMatchObject(refused);
    s3.on(HeadObjectCommand).rejects(
      Object.assign(new Error('UnknownError'), { name: '403', $metadata: { httpStatusCode: 403 } }),
    );
    await expect(backend.presignDownload!(key, 60)).rejects.toMatchObject(refused);
  });

  it('of the pipeline are read through the API, and neither written nor signed for', async () => {
    const world = new World(store);
    const { tracking } = world.service;
    const { runId } = await tracking.createRun({
      ...{ experimentId: '0', startTime: 1, artifactUri: 's3://bucket/runs/r/model' },
    });
    const mine = await world.run();
    s3.on(PutObjectCommand).resolves({});
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'runs/r/model/MLmodel', Size: 1 }] });
    const upload = (id: string) =>
      world.send('POST', '/ajax-api/2.0/mlflow/upload-artifact', {
        query: { run_id: id, path: 'MLmodel' },
        body: Buffer.from('forged'),
      });
    const sign = (id: string) =>
      world.post('artifacts/presigned-upload-url', { run_id: id, path: 'MLmodel' });
    expect((await world.get('artifacts/list', { run_id: runId })).body.files).toHaveLength(1);
    for (const refused of [await upload(runId), await sign(runId)]) {
      expect(refused).toMatchObject({
        status: 403,
        body: {
          error_code: 'PERMISSION_DENIED',
          message: expect.stringContaining('below s3://bucket/experiments only'),
        },
      });
    }
    expect(s3.commandCalls(PutObjectCommand)).toEqual([]);
    expect((await upload(mine)).status).toBe(200);
    expect((await sign(mine)).body.presigned_url).toContain(`/experiments/0/${mine}/artifacts/MLmodel`);
    expect(world.errors).toEqual([]);
    world.close();
  });

  it('are written whole, and deleted with all below them and nothing beside', async () => {
    s3.on(PutObjectCommand).resolves({});
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'experiments/1/a/b' }] });
    s3.on(DeleteObjectsCommand).resolves({});
    const { backend, key } = store.place('s3://bucket/experiments/1/a');
    await backend.write(key, Buffer.from('x'), 1);
    expect(s3.commandCalls(PutObjectCommand)[0]!.args[0].input).toMatchObject({ Bucket: 'bucket', Key: key });
    await backend.remove(key);
    expect(s3.commandCalls(ListObjectsV2Command)[0]!.args[0].input.Prefix).toBe('experiments/1/a/');
    expect(s3.commandCalls(DeleteObjectsCommand)[0]!.args[0].input.Delete?.Objects).toEqual([
      { Key: 'experiments/1/a' },
      { Key: 'experiments/1/a/b' },
    ]);
  });

  it('that can not be deleted say which and why', async () => {
    s3.on(ListObjectsV2Command).resolves({});
    s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: 'k', Code: 'AccessDenied', Message: 'no' }] });
    await expect(store.place('s3://bucket/experiments/1').backend.remove('k')).rejects.toThrow(
      'AccessDenied',
    );
  });

  it('have presigned URLs for just one key and a time', async () => {
    s3.on(HeadObjectCommand).resolves({ ContentLength: 7 });
    const { backend, key } = store.place('s3://bucket/experiments/1/a b.txt');
    const upload = new URL((await backend.presignUpload!(key, 60)).url);
    expect(upload.pathname).toBe('/experiments/1/a%20b.txt');
    expect(upload.searchParams.get('X-Amz-Expires')).toBe('60');
    expect([...upload.searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
    const download = await backend.presignDownload!(key, 60);
    expect(download).toMatchObject({ size: 7, url: expect.stringContaining('X-Amz-Signature=') });
    s3.on(HeadObjectCommand).rejects(Object.assign(new Error('gone'), { name: 'NotFound' }));
    expect(await backend.presignDownload!(key, 60)).toBeUndefined();
  });

  it('need a bucket', () => {
    expect(() => s3Artifacts(client, '/tmp/x')).toThrow('is no S3 location');
  });
});

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
    s3.on(GetObjectCommand).rejectsOnce(Object.assign(new Error('gone'), { name: 'NoSuchKey' }));
    expect(await backend.read(key)).toBeUndefined();
    s3.on(GetObjectCommand).rejectsOnce(Object.assign(new Error('no'), { name: 'AccessDenied' }));
    await expect(backend.read(key)).rejects.toThrow('no');
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

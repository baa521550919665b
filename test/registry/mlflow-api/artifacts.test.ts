import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from './world';

let world: World;
let runId: string;
beforeEach(async () => {
  world = new World();
  runId = await world.run();
});
afterEach(() => {
  expect(world.errors).toEqual([]);
  world.close();
});

const PROXY = '/api/2.0/mlflow-artifacts/artifacts';
const put = (path: string, text: string) =>
  world.send('PUT', `${PROXY}/${path}`, {
    body: Buffer.from(text),
    headers: { 'content-type': 'text/plain' },
  });
const content = async (body: unknown) => (await buffer(body as Readable)).toString();

describe('proxied artifacts', () => {
  it('are uploaded, listed, downloaded and deleted', async () => {
    const path = `0/${runId}/artifacts/model/${encodeURIComponent('ünï cødé.txt')}`;
    expect(await put(path, 'hello')).toMatchObject({ status: 200, body: {} });
    const listed = await world.send('GET', PROXY, { query: { path: `0/${runId}/artifacts/model` } });
    expect(listed.body).toEqual({ files: [{ path: 'ünï cødé.txt', is_dir: false, file_size: 5 }] });
    const { response, body } = await world.send('GET', `${PROXY}/${path}`);
    expect(await content(body)).toBe('hello');
    expect(response.headers).toMatchObject({
      'content-length': '5',
      'content-disposition': `attachment; filename="_n_ c_d_.txt"; filename*=UTF-8''%C3%BCn%C3%AF%20c%C3%B8d%C3%A9.txt`,
      'x-content-type-options': 'nosniff',
    });
    expect((await world.send('DELETE', `${PROXY}/${path}`)).status).toBe(200);
    expect(await world.send('GET', `${PROXY}/${path}`)).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
    });
  });

  it.each([
    '../secret',
    '0/../../secret',
    '%2e%2e/secret',
    '%252e%252e%252fsecret',
    '..%5Csecret',
    'a%00b',
    'a%23b',
    'a%3Fb',
    '%2Fetc%2Fpasswd',
    'a//b',
    'file:%2F%2F%2Fetc',
  ])('are refused at %s', async (path) => {
    for (const answer of [await put(path, 'x'), await world.send('GET', `${PROXY}/${path}`)]) {
      expect(answer).toMatchObject({
        status: 400,
        body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'Invalid path' },
      });
    }
    expect(readdirSync(world.folder)).toEqual([]);
  });
});

describe('artifacts of a run', () => {
  it('are listed relative to its root', async () => {
    await put(`0/${runId}/artifacts/a.txt`, 'a');
    await put(`0/${runId}/artifacts/model/MLmodel`, 'b');
    const list = async (path?: string) =>
      (await world.get('artifacts/list', { run_id: runId, ...(path === undefined ? {} : { path }) })).body;
    expect(await list()).toEqual({
      root_uri: `mlflow-artifacts:/0/${runId}/artifacts`,
      files: [
        { path: 'a.txt', is_dir: false, file_size: 1 },
        { path: 'model', is_dir: true },
      ],
    });
    expect((await list('model')).files).toEqual([{ path: 'model/MLmodel', is_dir: false, file_size: 1 }]);
    expect((await list('nowhere')).files).toBeUndefined();
    expect(await world.get('artifacts/list', { run_id: runId, path: '../other' })).toMatchObject({
      status: 400,
    });
  });

  it('are shown to the UI as attachments, never as pages', async () => {
    await put(`0/${runId}/artifacts/page.html`, '<script>alert(1)</script>');
    const { response, body } = await world.send('GET', '/get-artifact', {
      query: { run_uuid: runId, path: 'page.html' },
    });
    expect(await content(body)).toContain('<script>');
    expect(response.headers).toMatchObject({
      'content-disposition': expect.stringMatching(/^attachment;/),
      'content-security-policy': "default-src 'none'; sandbox",
    });
    expect(
      (await world.send('GET', '/get-artifact', { query: { run_id: runId, path: '../x' } })).status,
    ).toBe(400);
    expect((await world.send('GET', '/get-artifact', { query: { run_id: runId } })).status).toBe(400);
  });

  it('are uploaded by the UI, up to 10 MB', async () => {
    const upload = (query: Record<string, string>, body: Buffer) =>
      world.send('POST', '/ajax-api/2.0/mlflow/upload-artifact', { query, body });
    expect((await upload({ run_uuid: runId, path: 'notes/a.md' }, Buffer.from('# a'))).status).toBe(200);
    expect(readFileSync(join(world.folder, `0/${runId}/artifacts/notes/a.md`), 'utf8')).toBe('# a');
    const large = Buffer.alloc(10 * 1024 * 1024 + 1);
    for (const wrong of [
      await upload({ run_id: runId, path: 'a' }, large),
      await upload({ run_id: runId, path: 'a' }, Buffer.alloc(0)),
      await upload({ run_id: runId }, Buffer.from('a')),
      await upload({ path: 'a' }, Buffer.from('a')),
      await upload({ run_id: runId, path: '../../a' }, Buffer.from('a')),
    ]) {
      expect(wrong).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    }
    expect(existsSync(join(world.folder, 'a'))).toBe(false);
  });

  it('have no presigned URLs when they are proxied, and the answer says so', async () => {
    const ask = (path: string, body: object) => world.post(`artifacts/${path}`, body);
    expect(await ask('presigned-upload-url', { run_id: runId, path: 'a' })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('proxied') },
    });
    expect((await ask('presigned-download-url', { run_id: runId, path: 'a' })).status).toBe(400);
    expect((await ask('presigned-upload-url', { path: 'a' })).body.message).toContain('Exactly one of');
    expect(
      (await ask('presigned-download-url', { run_id: runId, path: 'a', expiration: 700_000 })).body.message,
    ).toContain('604800');
  });
});

describe('artifacts of models', () => {
  it('are listed and shown for logged models and for versions', async () => {
    const { body } = await world.post('logged-models', { experiment_id: '0', source_run_id: runId });
    const modelId = body.model.info.model_id;
    await put(`0/models/${modelId}/artifacts/MLmodel`, 'flavors');
    const listed = await world.get(`logged-models/${modelId}/artifacts/directories`);
    expect(listed.body.files).toEqual([{ path: 'MLmodel', is_dir: false, file_size: 7 }]);
    const ajax = `/ajax-api/2.0/mlflow/logged-models/${modelId}/artifacts/files`;
    const shown = await world.send('GET', ajax, { query: { artifact_file_path: 'MLmodel' } });
    expect(await content(shown.body)).toBe('flavors');
    await world.post('registered-models/create', { name: 'm' });
    await world.post('model-versions/create', { name: 'm', source: `models:/${modelId}`, model_id: modelId });
    const ofVersion = await world.send('GET', '/model-versions/get-artifact', {
      query: { name: 'm', version: '1', path: 'MLmodel' },
    });
    expect(await content(ofVersion.body)).toBe('flavors');
  });
});

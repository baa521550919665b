import { describe, expect, it } from 'vitest';
import { raw } from '../../../lambdas/registry/mlflow-api/endpoint';
import { json } from '../../../lambdas/registry/mlflow-api/http';
import { Router } from '../../../lambdas/registry/mlflow-api/router';
import { ROUTES } from '../../../lambdas/registry/mlflow-api/routes';

const here = raw(async () => json(200, {}));
const router = new Router([
  ['GET', 'api', '2.0', '/mlflow/runs/get', here],
  ['POST', 'ajax', '2.0', '/mlflow/upload-artifact', here],
  ['DELETE', 'api', '2.0', '/mlflow/logged-models/{model_id}/tags/{tag_key}', here],
  ['PUT', 'api', '2.0', '/mlflow-artifacts/artifacts/{path...}', here],
]);
const found = (method: string, path: string) => router.find(method, path)?.pathParameters;

describe('the router', () => {
  it("serves clients and the UI below their prefixes, and what is the UI's below its own only", () => {
    expect(found('GET', '/api/2.0/mlflow/runs/get')).toEqual({});
    expect(found('GET', '/ajax-api/2.0/mlflow/runs/get')).toEqual({});
    expect(found('POST', '/ajax-api/2.0/mlflow/upload-artifact')).toEqual({});
    expect(found('POST', '/api/2.0/mlflow/upload-artifact')).toBeUndefined();
  });

  it('decodes what stands in the path once', () => {
    expect(found('DELETE', '/api/2.0/mlflow/logged-models/m-1/tags/a%2Fb%2525')).toEqual({
      model_id: 'm-1',
      tag_key: 'a/b%25',
    });
    expect(found('PUT', '/api/2.0/mlflow-artifacts/artifacts/1/r/%C3%BC.txt')).toEqual({ path: '1/r/ü.txt' });
  });

  it('refuses what is badly encoded', () => {
    expect(() => found('PUT', '/api/2.0/mlflow-artifacts/artifacts/%ff')).toThrow('not well encoded');
  });

  it.each([
    ['POST', '/api/2.0/mlflow/runs/get'],
    ['GET', '/api/3.0/mlflow/runs/get'],
    ['GET', '/api/2.0/mlflow/runs/get/'],
    ['GET', '/api/2.0//mlflow/runs/get'],
    ['GET', '/api/2.0/mlflow/x/../runs/get'],
    ['GET', '/api/2.0/mlflow/runs%2Fget'],
    ['DELETE', '/api/2.0/mlflow/logged-models/m-1/tags/a/b'],
    ['PUT', '/api/2.0/mlflow-artifacts/artifacts/'],
    ['GET', '/'],
  ])('knows no %s %s', (method, path) => {
    expect(found(method, path)).toBeUndefined();
  });
});

describe('the table of routes', () => {
  it('has each endpoint once', () => {
    const lines = ROUTES.map(([method, prefix, version, path]) => `${method} ${prefix} ${version} ${path}`);
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('names every placeholder of a path that takes JSON in the shape of its endpoint', () => {
    for (const [, , , path, { shape }] of ROUTES) {
      if (Object.keys(shape).length === 0) continue;
      for (const [, name] of path.matchAll(/\{(\w+)\}/g)) expect(Object.keys(shape), path).toContain(name);
    }
  });
});

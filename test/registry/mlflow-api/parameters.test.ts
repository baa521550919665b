import { describe, expect, it } from 'vitest';
import { int, list, string } from '../../../lambdas/registry/mlflow-api/decode';
import type { ApiRequest } from '../../../lambdas/registry/mlflow-api/http';
import { readParameters } from '../../../lambdas/registry/mlflow-api/parameters';

const SHAPE = { run_id: string, run_ids: list(string), max_results: int };

const request = (given: Partial<Omit<ApiRequest, 'body'>> & { body?: string }): ApiRequest => ({
  method: 'POST',
  path: '/',
  rawQuery: '',
  headers: { 'content-type': 'application/json' },
  principal: 'somebody',
  ...given,
  body: Buffer.from(given.body ?? ''),
});
const read = (given: Parameters<typeof request>[0]) => readParameters(request(given), SHAPE);

describe('parameters', () => {
  it('of a GET come from the query, repeated keys as a list', () => {
    expect(read({ method: 'GET', rawQuery: 'run_ids=a&run_ids=b%26c&max_results=5&other=1' })).toEqual({
      run_ids: ['a', 'b&c'],
      max_results: '5',
    });
  });

  it('keep one repeated key as a list of one, and a comma as a comma', () => {
    expect(read({ method: 'GET', rawQuery: 'run_ids=a,b' })).toEqual({ run_ids: ['a,b'] });
  });

  it.each(['GET', 'DELETE', 'PATCH'])('of a %s come from the body when there is no query', (method) => {
    expect(read({ method, body: '{"run_id":"a"}', headers: {} })).toEqual({ run_id: 'a' });
  });

  it('are none without a body, and with one of null', () => {
    expect(read({})).toEqual({});
    expect(read({ body: 'null' })).toEqual({});
  });

  it('are decoded twice from the JSON text of a JSON text', () => {
    expect(read({ body: JSON.stringify('{"run_id":"a"}') })).toEqual({ run_id: 'a' });
  });

  it('need the content type of JSON on POST', () => {
    expect(() => read({ headers: {}, body: '{}' })).toThrow('Content-Type header is missing');
    expect(() => read({ headers: { 'content-type': 'text/plain' }, body: '{}' })).toThrow(
      "Content-Type must be one of ['application/json']",
    );
    expect(read({ headers: { 'content-type': 'application/json; charset=utf-8' }, body: '{}' })).toEqual({});
  });

  it.each(['{', '[1]', '1', '"text"'])('are refused as a bad request in %s', (body) => {
    expect(() => read({ body })).toThrow(expect.objectContaining({ errorCode: 'BAD_REQUEST' }));
  });

  it('hold a key __proto__ as a key like any other', () => {
    const parameters = read({ body: '{"__proto__":{"run_id":"evil"}}' });
    expect(parameters.run_id).toBeUndefined();
  });
});

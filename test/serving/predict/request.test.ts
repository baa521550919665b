import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../lambdas/serving/predict/api-error';
import { readInstances } from '../../../lambdas/serving/predict/request';

function refusal(body: unknown, raw = false): ApiError {
  try {
    readInstances({ body: raw ? (body as string) : JSON.stringify(body) });
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('a request body', () => {
  it('has instances, also when API Gateway encoded it', () => {
    const text = JSON.stringify({ instances: [{ carrier: 'Zürich' }] });
    expect(readInstances({ body: text })).toEqual([{ carrier: 'Zürich' }]);
    const encoded = Buffer.from(text, 'utf8').toString('base64');
    expect(readInstances({ body: encoded, isBase64Encoded: true })).toEqual([{ carrier: 'Zürich' }]);
  });

  it.each([
    [{}, 'instances', 'instances: expected an array of objects, got undefined'],
    [{ instances: {} }, 'instances', 'instances: expected an array of objects, got {}'],
    [{ instances: [] }, 'instances', 'instances: is empty; give at least one instance'],
    [{ instances: [{}], id: 1 }, 'id', 'id: unknown field; the body has only "instances"'],
    [[], 'body', 'body: expected an object with "instances", got []'],
    [null, 'body', 'body: expected an object with "instances", got null'],
  ])('of %j is refused naming %s', (body, field, message) => {
    expect(refusal(body)).toMatchObject({ statusCode: 400, code: 'InvalidRequest', field, message });
  });

  it.each([7, 'x', null, [1]])('whose second instance is %j is refused naming it', (instance) => {
    expect(refusal({ instances: [{}, instance] })).toMatchObject({
      statusCode: 400,
      code: 'InvalidInstance',
      field: 'instances[1]',
    });
  });

  it('is refused with more than 1000 instances', () => {
    expect(() => readInstances({ body: JSON.stringify({ instances: Array(1000).fill({}) }) })).not.toThrow();
    expect(refusal({ instances: Array(1001).fill({}) }).message).toBe(
      'instances: has 1001 entries; at most 1000 go into one request',
    );
  });

  it('is refused when it is not JSON, or there is none', () => {
    expect(refusal('{"instances": [NaN]}', true).message).toMatch(/^body: is not JSON: /);
    expect(refusal('', true).message).toBe('body: is empty; send {"instances": [...]}');
    expect(() => readInstances({})).toThrow('body: is empty');
  });

  it('is refused with 413 when it is too large, counted in bytes', () => {
    const euros = '€'.repeat(2 * 1024 * 1024);
    expect(refusal({ instances: [{ text: euros }] })).toMatchObject({
      statusCode: 413,
      code: 'RequestTooLarge',
      field: 'body',
    });
  });
});

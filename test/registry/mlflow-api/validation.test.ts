import { describe, expect, it } from 'vitest';
import {
  checkBatch,
  checkedMetric,
  checkedParam,
  checkedTag,
  checkLoggedModelName,
  checkName,
  checkRunId,
  truncated,
} from '../../../lambdas/registry/mlflow-api/validation';

const METRIC = { key: 'loss', value: 1, timestamp: 1, step: 0 };

describe('names of metrics, params and tags', () => {
  it.each(['loss', 'val/loss', 'a b', 'a:b', 'naïve', '損失', '__proto__', 'mlflow.user', '-1'])(
    'may be %j',
    (name) => {
      expect(() => checkName('key', name)).not.toThrow();
    },
  );

  it.each(['<img onerror>', 'a\u202eb', '\u001b[31m', 'a\\b', 'a?b', 'a\nb'])('may not hold %j', (name) => {
    expect(() => checkName('key', name)).toThrow('Names may only contain alphanumerics');
  });

  it.each(['', '.', '..', '../a', 'a/../b', '/a', 'a//b', 'a/', './a'])('may not be the path %j', (name) => {
    expect(() => checkName('key', name)).toThrow('must not resolve to other names');
  });
});

describe('lengths', () => {
  it('count characters, not UTF-16 units', () => {
    expect(truncated('🏃'.repeat(8000), 8000)).toBe('🏃'.repeat(8000));
    expect(truncated('🏃'.repeat(8001), 8000)).toBe('🏃'.repeat(8000));
  });

  it('over the limit are cut silently in values of params (6000) and tags (8000)', () => {
    expect(checkedParam(['p', 'x'.repeat(6001)])[1]).toHaveLength(6000);
    expect(checkedTag(['t', 'x'.repeat(8001)])[1]).toHaveLength(8000);
  });

  it('over the limit are refused in keys', () => {
    const key = 'k'.repeat(251);
    expect(() => checkedParam([key, ''])).toThrow("'Param key' exceeds the maximum length of 250 characters");
    expect(() => checkedMetric({ ...METRIC, key })).toThrow(
      "'Metric name' exceeds the maximum length of 250",
    );
    expect(() => checkedTag([key, ''])).toThrow('250');
    expect(() => checkedTag(['k'.repeat(250), ''])).not.toThrow();
  });
});

describe('metrics', () => {
  it('clamp the infinities to the greatest double, and keep NaN', () => {
    const value = (given: number) => checkedMetric({ ...METRIC, value: given }).value;
    expect(value(Number.POSITIVE_INFINITY)).toBe(1.7976931348623157e308);
    expect(value(Number.NEGATIVE_INFINITY)).toBe(-1.7976931348623157e308);
    expect(value(Number.NaN)).toBeNaN();
  });

  it('may have negative steps, but no time before 1970', () => {
    expect(() => checkedMetric({ ...METRIC, step: -5 })).not.toThrow();
    expect(() => checkedMetric({ ...METRIC, timestamp: -1 }, 'metrics[2].')).toThrow(
      "'metrics[2].timestamp'",
    );
  });
});

describe('a batch', () => {
  const params = (count: number) => Array.from({ length: count }, (_, i) => [`p${i}`, ''] as const);

  it('holds 1000 metrics, 100 params, 100 tags, and 1000 in all', () => {
    expect(() => checkBatch(800, params(100), 100)).not.toThrow();
    expect(() => checkBatch(1001, [], 0)).toThrow('at most 1000 metrics. Got 1001 metrics.');
    expect(() => checkBatch(0, params(101), 0)).toThrow('at most 100 params');
    expect(() => checkBatch(0, [], 101)).toThrow('at most 100 tags');
    expect(() => checkBatch(900, params(100), 1)).toThrow('at most 1000 metrics, params, and tags. Got 1001');
  });

  it('holds each param once', () => {
    expect(() => checkBatch(0, [...params(2), ['p1', 'x']], 0)).toThrow(
      'Duplicate parameter keys have been submitted: ["p1"]',
    );
  });
});

describe('ids and names', () => {
  it('of runs begin with a letter or a digit, and have no slash', () => {
    expect(() => checkRunId('0123abcdef')).not.toThrow();
    for (const id of ['', '-a', 'a/b', '../x', 'a'.repeat(257)])
      expect(() => checkRunId(id)).toThrow('run_id');
  });

  it('of logged models may not hold what has a meaning in URIs', () => {
    expect(() => checkLoggedModelName('my model')).not.toThrow();
    for (const name of ['', 'a/b', 'a:b', 'a.b', 'a%b', 'a"b', "a'b"]) {
      expect(() => checkLoggedModelName(name), name).toThrow('Invalid model name');
    }
  });
});

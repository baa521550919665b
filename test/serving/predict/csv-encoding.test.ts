import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Feature } from '../../../lambdas/registry/entities';
import { ApiError } from '../../../lambdas/serving/predict/api-error';
import { encodeInstances } from '../../../lambdas/serving/predict/csv-encoding';

const FEATURES: Feature[] = [
  { name: 'distance', type: 'integer', nullable: false },
  { name: 'dep_delay', type: 'number', nullable: true },
  { name: 'carrier', type: 'string', nullable: false },
  { name: 'night', type: 'boolean', nullable: true },
];
const GOOD = { distance: 1400, dep_delay: -2.5, carrier: 'UA', night: false };

function refusal(overrides: Record<string, unknown>): ApiError {
  try {
    encodeInstances([GOOD, { ...GOOD, ...overrides }], FEATURES);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('instances', () => {
  it('become lines in the order of the features, whatever the order of their keys', () => {
    const csv = encodeInstances(
      [GOOD, { night: null, carrier: 'B6', dep_delay: null, distance: 0 }],
      FEATURES,
    );
    expect(csv).toBe('1400,-2.5,UA,false\n0,,B6,\n');
  });

  it('with text that CSV would take apart are quoted', () => {
    const text = 'a "b", c\nd';
    expect(encodeInstances([{ ...GOOD, carrier: text }], FEATURES)).toBe('1400,-2.5,"a ""b"", c\nd",false\n');
  });

  it.each([
    ['dep_delay', 'abc', 'instances[1].dep_delay: expected a number or null, got "abc"'],
    ['dep_delay', '12', 'instances[1].dep_delay: expected a number or null, got "12"'],
    ['dep_delay', '', 'instances[1].dep_delay: expected a number or null, got ""'],
    ['dep_delay', Number.NaN, 'instances[1].dep_delay: expected a number or null, got NaN'],
    ['dep_delay', JSON.parse('1e999'), 'instances[1].dep_delay: expected a number or null, got Infinity'],
    ['dep_delay', [1], 'instances[1].dep_delay: expected a number or null, got [1]'],
    ['distance', 1.5, 'instances[1].distance: expected an integer, got 1.5'],
    ['distance', null, 'instances[1].distance: expected an integer, got null'],
    ['carrier', 7, 'instances[1].carrier: expected a string, got 7'],
    ['carrier', '', 'instances[1].carrier: expected a string, got ""'],
    ['carrier', { code: 'UA' }, 'instances[1].carrier: expected a string, got {"code":"UA"}'],
    ['night', 'true', 'instances[1].night: expected a boolean or null, got "true"'],
    ['night', 0, 'instances[1].night: expected a boolean or null, got 0'],
  ])('with %s = %j are refused', (name, value, message) => {
    expect(refusal({ [name]: value })).toMatchObject({
      statusCode: 400,
      code: 'InvalidInstance',
      field: `instances[1].${name}`,
      message,
    });
  });

  it('without a feature are refused, and told how to say that a value is not known', () => {
    const { carrier: _carrier, ...noCarrier } = GOOD;
    const { dep_delay: _delay, ...noDelay } = GOOD;
    expect(() => encodeInstances([noCarrier], FEATURES)).toThrow(
      'instances[0].carrier: is missing: expected a string',
    );
    expect(() => encodeInstances([noDelay], FEATURES)).toThrow(
      'instances[0].dep_delay: is missing: expected a number or null; send null for a value that is not known',
    );
  });

  it('with a feature that the model does not know are refused, the target included', () => {
    expect(refusal({ late: true }).message).toBe(
      'instances[1].late: unknown feature; the model reads distance, dep_delay, carrier, night',
    );
    expect(refusal(JSON.parse('{"__proto__": 1}') as Record<string, unknown>).field).toBe(
      'instances[1].__proto__',
    );
  });

  it('come back from any reader of CSV as they were, one record each', () => {
    const text = fc.oneof(fc.string({ minLength: 1 }), fc.stringMatching(/^[ ",\r\n\t';|a]{1,6}$/));
    const instance = fc.record({
      distance: fc.maxSafeInteger(),
      dep_delay: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      carrier: text,
      night: fc.option(fc.boolean()),
    });
    fc.assert(
      fc.property(fc.array(instance, { minLength: 1, maxLength: 5 }), (instances) => {
        const records = parse(encodeInstances(instances, FEATURES), {
          relax_column_count: false,
        }) as string[][];
        expect(records).toHaveLength(instances.length);
        records.forEach(([distance, delay, carrier, night], i) => {
          const given = instances[i]!;
          expect(Number(distance)).toBe(given.distance === 0 ? 0 : given.distance);
          expect(delay === '' ? null : Number(delay)).toBe(given.dep_delay === 0 ? 0 : given.dep_delay);
          expect(carrier).toBe(given.carrier);
          expect(night === '' ? null : night === 'true').toBe(given.night);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('of a model with one feature keep their line when the value is missing', () => {
    const one: Feature[] = [{ name: 'x', type: 'number', nullable: true }];
    const csv = encodeInstances([{ x: 1 }, { x: null }, { x: 2 }], one);
    expect(parse(csv, { skip_empty_lines: true })).toEqual([['1'], [''], ['2']]);
  });
});

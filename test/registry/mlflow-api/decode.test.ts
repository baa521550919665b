import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bool,
  decodeShape,
  double,
  enumeration,
  int,
  list,
  message,
  nonEmpty,
  required,
  string,
  stringOrNumber,
} from '../../../lambdas/registry/mlflow-api/decode';

const SHAPE = {
  name: required(string),
  experiment_id: stringOrNumber,
  max_results: int,
  value: double,
  archive: bool,
  status: enumeration({ RUNNING: 1, FINISHED: 3 }),
  tags: list(message({ key: required(string), value: string })),
};

const decode = (source: object) => decodeShape(SHAPE, source as Record<string, unknown>);
const refusal = (source: object): string => {
  try {
    decode(source);
  } catch (error) {
    expect(error).toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
    return (error as Error).message;
  }
  return 'accepted';
};

describe('a request', () => {
  it('ignores fields that it does not know, and treats null as absent', () => {
    expect(decode({ name: 'a', unknown: 1, value: null })).toEqual({ name: 'a', tags: [] });
  });

  it('names a required field that is missing, null or empty', () => {
    const words = "Missing value for required parameter 'name'. See the API docs";
    for (const source of [{}, { name: null }, { name: '' }]) expect(refusal(source)).toContain(words);
  });

  it('tells what type a wrong value has in the words of Python', () => {
    expect(refusal({ name: 5 })).toContain(
      "Invalid value 5 for parameter 'name' supplied: Hint: Value was of type 'int'.",
    );
    expect(refusal({ name: ['a'] })).toContain("of type 'list'");
    expect(refusal({ name: { a: 1 } })).toContain("of type 'dict'");
    expect(refusal({ name: true })).toContain("of type 'bool'");
    expect(refusal({ name: 'a', max_results: 1.5 })).toContain("of type 'float'");
    expect(refusal({ name: 'a', archive: 'true' })).toContain("of type 'str'");
  });

  it('takes the id of an experiment as a text or a number', () => {
    expect(decode({ name: 'a', experiment_id: 12 }).experiment_id).toBe('12');
    expect(decode({ name: 'a', experiment_id: '12' }).experiment_id).toBe('12');
  });

  it('takes whole numbers as numbers and as texts, and no others', () => {
    expect(decode({ name: 'a', max_results: '-7' }).max_results).toBe(-7);
    expect(decode({ name: 'a', max_results: 7.0 }).max_results).toBe(7);
    for (const wrong of ['7.5', '', 'seven', [7], true, Number.NaN]) {
      expect(refusal({ name: 'a', max_results: wrong }), String(wrong)).toContain('max_results');
    }
  });

  it('refuses a whole number that it could not keep exactly', () => {
    expect(refusal({ name: 'a', max_results: '9223372036854775807' })).toContain('2^53');
  });

  it('takes NaN and the infinities as texts, as protobuf writes them', () => {
    expect(decode({ name: 'a', value: 'NaN' }).value).toBeNaN();
    expect(decode({ name: 'a', value: '-Infinity' }).value).toBe(Number.NEGATIVE_INFINITY);
    expect(decode({ name: 'a', value: '1e-3' }).value).toBe(0.001);
    for (const wrong of ['nan', '', '0x10', 'ten'])
      expect(refusal({ name: 'a', value: wrong })).toContain('value');
  });

  it('takes names and numbers of an enumeration', () => {
    expect(decode({ name: 'a', status: 'FINISHED' }).status).toBe('FINISHED');
    expect(decode({ name: 'a', status: 3 }).status).toBe('FINISHED');
    expect(refusal({ name: 'a', status: 'DONE' })).toContain('it is one of RUNNING, FINISHED');
  });

  it('names the element of a list that is wrong', () => {
    expect(refusal({ name: 'a', tags: [{ key: 'k' }, { value: 'v' }] })).toContain("'tags[1].key'");
    expect(refusal({ name: 'a', tags: [null] })).toContain("'tags[0]'");
    expect(refusal({ name: 'a', tags: { key: 'k' } })).toContain("'tags'");
  });

  it('reads camelCase names as well, but not both spellings at once', () => {
    expect(decode({ name: 'a', maxResults: 5 }).max_results).toBe(5);
    expect(refusal({ name: 'a', maxResults: 5, max_results: 5 })).toContain(
      "Request specifies both 'max_results' and 'maxResults'",
    );
  });

  it('asks for an element where a list must have one', () => {
    const shape = { ids: nonEmpty(list(string)) };
    expect(() => decodeShape(shape, {})).toThrow("Missing value for required parameter 'ids'");
    expect(decodeShape(shape, { ids: ['a'] })).toEqual({ ids: ['a'] });
  });

  it('never reads what an object inherits', () => {
    const shape = { constructor: string, toString: string };
    expect(decodeShape(shape, {})).toEqual({ constructor: undefined, toString: undefined });
  });

  it('answers a value or a refusal to whatever it is given, never another error', () => {
    fc.assert(
      fc.property(
        fc.record({
          name: fc.anything(),
          experiment_id: fc.anything(),
          max_results: fc.anything(),
          value: fc.anything(),
          archive: fc.anything(),
          status: fc.anything(),
          tags: fc.oneof(fc.anything(), fc.array(fc.anything())),
        }),
        (source) => {
          const json = JSON.stringify(source);
          if (json !== undefined) expect(typeof refusal(JSON.parse(json))).toBe('string');
        },
      ),
    );
  });
});

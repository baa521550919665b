import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstances } from '../../cli/instances';

describe('instances read from a file', () => {
  it('takes a CSV with a header: numbers as numbers, empty cells as null, text as text', () => {
    expect(parseInstances('\uFEFFcarrier,dep_delay,temp\nUA,-3.5,\n"A,A",12,41\n', 'a.csv')).toEqual([
      { carrier: 'UA', dep_delay: -3.5, temp: null },
      { carrier: 'A,A', dep_delay: 12, temp: 41 },
    ]);
  });

  it('takes a JSON array, an object with instances, and JSON Lines alike', () => {
    const expected = [{ a: 1 }, { a: 2 }];
    expect(parseInstances('[{"a":1},{"a":2}]', 'a.json')).toEqual(expected);
    expect(parseInstances('{"instances":[{"a":1},{"a":2}]}', 'a.json')).toEqual(expected);
    expect(parseInstances('{"a":1}\n{"a":2}\n', 'a.jsonl')).toEqual(expected);
  });

  it('names the line of JSON Lines that can not be read', () => {
    expect(() => parseInstances('{"a":1}\n{"a":\n', 'a.jsonl')).toThrow(/a\.jsonl, line 2 is not JSON/);
  });

  it('refuses an empty file and a header without rows', () => {
    expect(() => parseInstances('  \n', 'a.csv')).toThrow('a.csv is empty');
    expect(() => parseInstances('a,b\n', 'a.csv')).toThrow('no rows');
  });

  it('keeps every finite number it is given', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const [instance] = parseInstances(`x\n${value}\n`, 'a.csv');
        expect(Number(instance?.x)).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

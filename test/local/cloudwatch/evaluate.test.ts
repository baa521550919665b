import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Comparison, MissingData } from '../../../local/cloudwatch/alarm';
import { evaluate } from '../../../local/cloudwatch/evaluate';
import { definition, periods } from './fixtures';

const RETAINED = 'retain the current state';
const TREATMENTS: MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];
type Row = [pattern: string, ...expected: string[]];

function stateOf(pattern: string, treatMissingData: MissingData, m: number, n: number): string {
  const alarm = definition({ treatMissingData, datapointsToAlarm: m, evaluationPeriods: n });
  const states = (['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const).map(
    (current) => evaluate(alarm, periods(pattern), current).state,
  );
  return new Set(states).size === 3
    ? RETAINED
    : states.join() === [states[0], states[0], states[0]].join()
      ? states[0]!
      : `mixed ${states}`;
}

describe('the examples of the CloudWatch user guide, 3 of 3 data points to alarm', () => {
  const rows: Row[] = [
    ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
    ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
    ['- - - - -', 'INSUFFICIENT_DATA', RETAINED, 'ALARM', 'OK'],
    ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['- - X - -', 'ALARM', RETAINED, 'ALARM', 'OK'],
  ];
  test.each(rows)('%s: missing %s, ignore %s, breaching %s, notBreaching %s', (pattern, ...expected) => {
    expect(TREATMENTS.map((treatment) => stateOf(pattern, treatment, 3, 3))).toEqual(expected);
  });

  test.each(['- - - - X', '- - - X -'])('%s is no alarm yet: the next data point may be good', (pattern) => {
    expect(stateOf(pattern, 'missing', 3, 3)).toBe('OK');
  });
});

describe('the examples of the CloudWatch user guide, 2 of 3 data points to alarm', () => {
  const rows: Row[] = [
    ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - X -', 'ALARM', RETAINED, 'ALARM', 'OK'],
  ];
  test.each(rows)('%s: missing %s, ignore %s, breaching %s, notBreaching %s', (pattern, ...expected) => {
    expect(TREATMENTS.map((treatment) => stateOf(pattern, treatment, 2, 3))).toEqual(expected);
  });
});

describe('comparison operators at, below and above the threshold', () => {
  const cases: [Comparison, boolean, boolean, boolean][] = [
    ['GreaterThanThreshold', false, false, true],
    ['GreaterThanOrEqualToThreshold', false, true, true],
    ['LessThanThreshold', true, false, false],
    ['LessThanOrEqualToThreshold', true, true, false],
  ];
  test.each(cases)('%s', (comparison, below, at, above) => {
    const alarm = definition({ comparison, threshold: 5, evaluationPeriods: 1 });
    const breaches = (amount: number) =>
      evaluate(alarm, [{ start: new Date(0), datapoint: { value: amount, sampleCount: 1 } }], 'OK').state ===
      'ALARM';
    expect([breaches(4.9), breaches(5), breaches(5.1)]).toEqual([below, at, above]);
  });
});

const marks = fc.array(fc.constantFrom('0', 'X', '-'), { minLength: 5, maxLength: 5 });

test('with enough data the treatment of missing data makes no difference', () => {
  fc.assert(
    fc.property(marks, fc.integer({ min: 1, max: 3 }), (range, m) => {
      fc.pre(range.filter((mark) => mark !== '-').length >= 3);
      const states = TREATMENTS.map((treatment) => stateOf(range.join(' '), treatment, m, 3));
      expect(new Set(states).size).toBe(1);
    }),
  );
});

test('turning a good data point bad never ends an alarm', () => {
  const severity = ['OK', 'INSUFFICIENT_DATA', 'ALARM'];
  fc.assert(
    fc.property(marks, fc.nat(4), fc.integer({ min: 1, max: 3 }), (range, at, m) => {
      fc.pre(range[at] === '0');
      const worse = range.with(at, 'X');
      for (const treatment of ['missing', 'breaching', 'notBreaching'] as const) {
        const before = stateOf(range.join(' '), treatment, m, 3);
        const after = stateOf(worse.join(' '), treatment, m, 3);
        expect(severity.indexOf(after)).toBeGreaterThanOrEqual(severity.indexOf(before));
      }
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { age, printable, table } from '../../cli/output';

describe('what the command prints', () => {
  it('strips the characters by which a name could steer a terminal', () => {
    expect(printable('run\u001b[2J\u009b31m\u202ename')).toBe('run[2J31mname');
  });

  it('never lets a control character through, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is about them
        expect(printable(text)).not.toMatch(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202e]/);
      }),
    );
  });

  it('aligns columns under their header', () => {
    expect(
      table(
        ['run', 'status'],
        [
          ['a', 'FINISHED'],
          ['longer', 'x'],
        ],
      ),
    ).toBe('run     status\na       FINISHED\nlonger  x');
  });

  it('keeps a cell in its line, so that a name cannot pretend to be a row', () => {
    expect(table(['run', 'status'], [['a\nb  FINISHED', 'FAILED']]).split('\n')).toHaveLength(2);
  });

  it('removes what turns text around', () => {
    expect(printable('\u200fa\u061cb\u2028c\u202ed\u2066e')).toBe('abcde');
  });

  it('says ages in the largest unit that fits, and times ahead as such', () => {
    const now = new Date('2026-01-02T00:00:00Z');
    expect(age('2026-01-01T23:59:30Z', now)).toBe('30 s ago');
    expect(age('2026-01-01T22:00:00Z', now)).toBe('2 h ago');
    expect(age('2025-12-20T00:00:00Z', now)).toBe('13 days ago');
    expect(age('2026-01-02T00:05:00Z', now)).toBe('in 5 min');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problem } from '../../../lambdas/data-lake/validation/problem';
import { renderReport } from '../../../lambdas/data-lake/validation/render-report';
import { createReport, type FileReport } from '../../../lambdas/data-lake/validation/report';

const version = {
  dataset: 'flights',
  id: 'a'.repeat(64),
  status: 'quarantined',
  createdAt: '2013-02-01T00:00:00Z',
} as const;
const file = (key: string, problems: FileReport['problems']): FileReport => ({
  ...{ key, versionId: 'v1', checksum: 'sha256:0', size: 10, rows: 1 },
  ...{
    verdict: problems.some(({ severity }) => severity === 'error') ? 'quarantined' : 'accepted',
    problems,
  },
});

describe('a report in words', () => {
  test('begins with the drop, goes on with errors and only counts what is sound', () => {
    const warning = problem('drift', 'has moved', { column: 'temp' });
    const error = problem('type', '1 value is not numbers', {
      column: 'x',
      examples: [{ row: 7, value: 'abc' }],
    });
    const files = [file('sound.csv', []), file('warned.csv', [warning]), file('bad.csv', [warning, error])];
    const text = renderReport(createReport(version, 'lake', files, { problems: [warning], filesLeftOut: 3 }));
    expect(text).toBe(`flights aaaaaaaaaaaa: quarantined at 2013-02-01T00:00:00Z
checked against s3://lake/schemas/flights.json

The drop as a whole
  warning drift: column "temp": has moved

bad.csv  quarantined, 1 row, 10 bytes
  ERROR   type: column "x": 1 value is not numbers (row 7 "abc")
  warning drift: column "temp": has moved

warned.csv  accepted, 1 row, 10 bytes
  warning drift: column "temp": has moved

1 file without problems

3 more files not listed
`);
  });

  test('shows whatever comes from a file as plain text of one line', () => {
    const hostile = fc.string({
      unit: fc.oneof(
        fc.constantFrom(
          '\u001b[2J',
          '\n',
          '\r',
          '\u0007',
          '\u202e',
          '\u2028',
          '\u009b',
          '=cmd|',
          '\u0000',
          '\ufeff',
        ),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
      ),
      maxLength: 12,
    });
    fc.assert(
      fc.property(hostile, hostile, hostile, (key, column, value) => {
        const found = problem('type', 'is wrong', { column, examples: [{ row: 2, value }] });
        const text = renderReport(createReport(version, 'lake', [file(key, [found])]));
        expect(text.split('\n')).toHaveLength(6);
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });

  test('keeps a key from being a formula', () => {
    const text = renderReport(
      createReport(version, 'lake', [file('=HYPERLINK("x")', [problem('no-rows', 'is empty')])]),
    );
    expect(text).toContain('\n\'=HYPERLINK("x")  quarantined');
  });
});

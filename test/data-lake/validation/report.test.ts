import { describe, expect, test } from 'vitest';
import { problem } from '../../../lambdas/data-lake/validation/problem';
import { problemLines } from '../../../lambdas/data-lake/validation/report';

describe('the problems in words', () => {
  test('begin with the errors, and name file, column and places', () => {
    const problems = [
      problem('out-of-range', '1 values are outside 0 to 5', {
        column: 'b',
        examples: [{ row: 9, value: '7' }],
      }),
      problem('type', '2 values are not numbers', { column: 'a', examples: [{ row: 2, value: 'x' }] }),
    ];
    expect(problemLines([{ key: 'a.csv', problems }])).toEqual([
      'a.csv: column "a": 2 values are not numbers (row 2 "x")',
      'a.csv: column "b": 1 values are outside 0 to 5 (row 9 "7")',
    ]);
  });

  test('stay short enough for an event, however many files there are', () => {
    const files = Array.from({ length: 500 }, (_, index) => ({
      key: `${index}-${'x'.repeat(900)}.csv`,
      problems: [problem('no-rows', 'has a header but no row of data')],
    }));
    const lines = problemLines(files);
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('and 480 more in the report');
    expect(JSON.stringify(lines).length).toBeLessThan(16_000);
  });
});

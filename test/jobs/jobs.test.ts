import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { homogeneity } from '../../lambdas/monitoring/stats/homogeneity';
import { hasVenv, python } from './run-python';

const TIMEOUT_MS = 240_000;

test.each(['test_prepare', 'test_evaluate'])(
  'the Python tests of %s pass',
  (name) => {
    const { status, stderr } = python(['-m', 'unittest', name], { cwd: __dirname });
    expect(status, stderr).toBe(0);
  },
  TIMEOUT_MS,
);

test.skipIf(!hasVenv)(
  'the example trains, predicts and serves on real flights',
  () => {
    const { status, stderr } = python(['-m', 'unittest', 'test_flight_delays'], { cwd: __dirname });
    expect(status, stderr).toBe(0);
  },
  TIMEOUT_MS,
);

interface Feature {
  name: string;
  kind: 'numeric' | 'categorical';
  edges?: number[];
  categories?: string[];
  counts: number[];
  invalid?: number;
  other?: number;
  missing: number;
  movement: number;
}

describe('prepare, seen from outside', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'prepare-'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  type Row = [id: string, size: string, colour: string, late: string];

  function prepare(files: Row[][]) {
    rmSync(join(base, 'processing'), { recursive: true, force: true });
    for (const [index, rows] of files.entries()) {
      const folder = join(base, 'processing', 'input', 'data', `part=${index % 3}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        join(folder, `${index}.csv`),
        ['id,size,colour,late', ...rows.map((row) => row.join())].join('\n'),
      );
    }
    const { status, stderr } = python(
      ['jobs/prepare.py', '--target', 'late', '--split-key', 'id', '--ignore', 'id'],
      {
        env: { SAGEMAKER_BASE_DIR: base },
      },
    );
    expect(status, stderr).toBe(0);
    const read = (...parts: string[]) => readFileSync(join(base, 'processing', 'output', ...parts), 'utf8');
    return {
      holdout: read('holdout', 'holdout.csv').trim().split('\n').slice(1),
      train: read('train', 'train.csv').trim().split('\n').slice(1),
      baseline: JSON.parse(read('baseline', 'baseline.json')) as { rows: number; features: Feature[] },
    };
  }

  const size = fc.oneof(fc.constant(''), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String));
  const colour = fc.constantFrom('', 'red', 'green', 'blue');
  const table = fc
    .array(fc.tuple(size, colour), { minLength: 150, maxLength: 300 })
    .map((rows) => rows.map(([a, b], index): Row => [`id${index}`, a, b, String(index % 2)]));

  test(
    'who is held out depends neither on files nor on order, and every row is counted once',
    () => {
      fc.assert(
        fc.property(table, fc.integer({ min: 2, max: 5 }), (rows, parts) => {
          const whole = prepare([rows]);
          const shuffled = [...rows].reverse();
          const split = prepare(
            Array.from({ length: parts }, (_, part) =>
              shuffled.filter((_row, index) => index % parts === part),
            ),
          );
          expect([...split.holdout].sort()).toEqual([...whole.holdout].sort());
          expect([...split.train].sort()).toEqual([...whole.train].sort());
          expect(whole.holdout.length + whole.train.length).toBe(rows.length);
          for (const { baseline } of [whole, split]) {
            expect(baseline.rows).toBe(rows.length);
            for (const { counts, invalid, other, missing } of baseline.features) {
              const cells = [...counts, invalid ?? 0, other ?? 0, missing];
              expect(cells.reduce((total, count) => total + count, 0)).toBe(rows.length);
            }
          }
          expect(split.baseline.features.map(({ counts }) => counts)).toEqual(
            whole.baseline.features.map(({ counts }) => counts),
          );
        }),
        { numRuns: 8 },
      );
    },
    TIMEOUT_MS,
  );

  test('a number is in the bin that has as many edges below it', () => {
    const values = Array.from({ length: 400 }, (_, index) => Math.round(Math.sin(index) * 1000) / 7);
    const { baseline } = prepare([
      values.map((value, index): Row => [`id${index}`, String(value), 'red', String(index % 2)]),
    ]);
    const feature = baseline.features.find(({ name }) => name === 'size')!;
    const counts = new Array(feature.edges!.length + 1).fill(0);
    for (const value of values) {
      counts[feature.edges!.filter((edge) => edge < value).length] += 1;
    }
    expect(feature.edges!.length).toBeLessThanOrEqual(19);
    expect(feature.counts).toEqual(counts);
  });
});

test('the job that learns the tolerance and the Lambda that tests with it compute the same statistic', () => {
  const cells = fc.array(fc.tuple(fc.nat(60), fc.nat(600)), { minLength: 2, maxLength: 25 });
  const cases = fc
    .sample(cells, { numRuns: 200, seed: 7 })
    .map((pairs) => ({ block: pairs.map(([a]) => a), rest: pairs.map(([, b]) => b) }))
    .filter(({ block, rest }) => block.some((count) => count > 0) && rest.some((count) => count > 0));
  const script = `
import importlib.util, json, os
spec = importlib.util.spec_from_file_location("prepare", "jobs/prepare.py")
prepare = importlib.util.module_from_spec(spec); spec.loader.exec_module(prepare)
print(json.dumps([prepare.homogeneity(c["block"], c["rest"]) for c in json.loads(os.environ["CASES"])]))`;
  const { status, stdout, stderr } = python(['-c', script], { env: { CASES: JSON.stringify(cases) } });
  expect(status, stderr).toBe(0);
  const computed = JSON.parse(stdout) as [statistic: number, df: number][];
  for (const [index, { block, rest }] of cases.entries()) {
    const expected = homogeneity(block, rest, 0);
    const [statistic, df] = computed[index]!;
    expect(df).toBe(expected.df);
    expect(statistic).toBeCloseTo(expected.statistic, 6);
  }
});

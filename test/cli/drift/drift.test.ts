import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { type FileDrift, judge, profileFiles, readBaseline } from '../../../cli/drift/compare-files';
import { driftPage } from '../../../cli/drift/page';
import { createProgram } from '../../../cli/program';
import type { Baseline } from '../../../lambdas/monitoring/baseline';
import { DEFAULT_DRIFT } from '../../../lib/monitoring/contract';

const folder = mkdtempSync(join(tmpdir(), 'flywheel-drift-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Flight {
  readonly delay: number | undefined;
  readonly carrier: string;
  readonly late: number;
}

/** Flights whose delays are spread evenly over 0 to 99, moved by `shift`. */
function flights(
  count: number,
  shift = 0,
  carrier = (i: number) => ['UA', 'B6', 'EV, "Express"'][i % 3]!,
): Flight[] {
  return Array.from({ length: count }, (_, i) => ({
    delay: i % 50 === 7 ? undefined : ((i * 37) % 100) + shift + (i % 10) / 10,
    carrier: carrier(i),
    late: i % 2,
  }));
}

const put = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const quoted = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csv = (rows: readonly Flight[]) =>
  `delay,carrier,late\n${rows.map(({ delay, carrier, late }) => `${delay ?? ''},${quoted(carrier)},${late}\n`).join('')}`;
const jsonLines = (rows: readonly Flight[]) =>
  rows.map(({ delay, ...rest }) => `${JSON.stringify({ ...rest, delay: delay ?? null })}\n`).join('');
const captures = (rows: readonly Flight[]) =>
  rows
    .map(({ delay, carrier }, i) => {
      const data = `${delay ?? ''},${quoted(carrier)}\n`;
      return `${JSON.stringify({
        captureData: {
          endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data, encoding: 'CSV' },
          endpointOutput: { observedContentType: 'text/csv', mode: 'OUTPUT', data: '0.5\n', encoding: 'CSV' },
        },
        eventMetadata: { eventId: `event-${i}`, inferenceTime: '2026-11-23T08:03:35Z' },
        eventVersion: '0',
      })}\n`;
    })
    .join('');
const parquet = (rows: readonly Flight[]) =>
  Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: 'delay', data: rows.map(({ delay }) => delay ?? null), type: 'DOUBLE' },
        { name: 'carrier', data: rows.map(({ carrier }) => carrier), type: 'STRING' },
        { name: 'late', data: rows.map(({ late }) => late), type: 'INT32' },
      ],
    }),
  );

const byName = ({ features }: Baseline) =>
  Object.fromEntries(features.map((feature) => [feature.name, feature]));
const OPTIONS = { ignore: ['late'] };

async function compare(baselineFile: string, currentFiles: string[]): Promise<FileDrift> {
  const baseline = await readBaseline(baselineFile, OPTIONS);
  return judge(baseline, await profileFiles(currentFiles, baseline, OPTIONS), DEFAULT_DRIFT);
}
const verdicts = ({ verdict, features }: FileDrift) => ({
  verdict,
  ...Object.fromEntries(features.map((feature) => [feature.name, feature.verdict])),
});

describe('files of the same rows', () => {
  const january = put('january.csv', csv(flights(3000)));
  const same = flights(3000);
  test.each([
    ['CSV', put('same.csv', csv(same))],
    ['CSV behind gzip', put('same.csv.gz', gzipSync(csv(same)))],
    ['JSON Lines', put('same.jsonl', jsonLines(same))],
    ['Parquet', put('same.parquet', parquet(same))],
    ['captures', put('captures.jsonl', captures(same))],
  ])('are stable as %s, and counted the same', async (_, file) => {
    const drift = await compare(january, [file]);
    expect(verdicts(drift)).toEqual({ verdict: 'stable', delay: 'stable', carrier: 'stable' });
    expect(drift.current).toEqual({ rows: 3000, undecodable: 0 });
    expect(drift.features.map(({ psi, missingRate }) => [psi, missingRate])).toEqual([
      [0, 0.02],
      [0, 0],
    ]);
    // And as the baseline, with which January is compared.
    const options = file.includes('captures') ? { ignore: [], columns: ['delay', 'carrier'] } : OPTIONS;
    const baseline = await readBaseline(file, options);
    expect(byName(baseline)).toEqual(byName(await readBaseline(january, OPTIONS)));
  });

  test('are counted together', async () => {
    const files = [put('a.csv', csv(flights(1000))), put('b.jsonl', captures(flights(500)))];
    expect((await compare(january, files)).current.rows).toBe(1500);
  });
});

describe('a change is found', () => {
  const january = put('before.csv', csv(flights(3000)));

  test('of a distribution', async () => {
    const drift = await compare(january, [put('shifted.csv', csv(flights(3000, 30)))]);
    expect(verdicts(drift)).toEqual({ verdict: 'drift', delay: 'drift', carrier: 'stable' });
    expect(drift.features[0]).toMatchObject({ kind: 'distribution', type: 'numeric' });
  });

  test('of values that are new', async () => {
    const drift = await compare(january, [
      put('new.csv', csv(flights(3000, 0, (i) => (i % 3 ? 'UA' : 'ZZ')))),
    ]);
    expect(verdicts(drift)).toMatchObject({ carrier: 'drift' });
  });

  test('of a column that is gone: all its values are missing', async () => {
    const text = csv(flights(3000))
      .replaceAll(/^([^,]*),/gm, '')
      .replace('carrier', 'carrier');
    const drift = await compare(january, [put('gone.csv', text)]);
    expect(drift.features[0]).toMatchObject({
      name: 'delay',
      verdict: 'drift',
      kind: 'missing',
      missingRate: 1,
    });
  });

  test('and too few rows are no verdict', async () => {
    const drift = await compare(january, [put('few.csv', csv(flights(60, 50)))]);
    expect(verdicts(drift)).toEqual({
      verdict: 'insufficient',
      delay: 'insufficient',
      carrier: 'insufficient',
    });
    expect(drift.reasons).toEqual(['60 rows were captured, a verdict needs 100']);
  });
});

describe('a file that cannot be used', () => {
  const january = put('good.csv', csv(flights(300)));
  test.each([
    ['that is not there', 'none.csv', undefined, /none\.csv cannot be read: ENOENT/],
    ['that is empty', 'empty.csv', '', /empty\.csv is empty/],
    ['with other columns', 'other.csv', 'x,y\n1,2\n', /none of the baseline's columns \(delay, carrier\)/],
    [
      'with broken rows',
      'broken.csv',
      'delay,carrier\n1,2\n1,2,3\n',
      /broken\.csv is not CSV with a header: .*line 3/,
    ],
    [
      'with a line that is not JSON',
      'broken.jsonl',
      '{"delay":1}\n{"delay":\n',
      /broken\.jsonl, line 2 is not JSON/,
    ],
    [
      'that only begins like Parquet',
      'cut.parquet',
      'PAR1 and nothing',
      /cut\.parquet is not a Parquet file/,
    ],
    ['cut within gzip', 'cut.csv.gz', gzipSync(csv(flights(300))).subarray(0, 400), /cannot be read|not CSV/],
  ])('%s is named with the reason', async (_, name, content, message) => {
    const file = content === undefined ? join(folder, name) : put(name, content);
    await expect(compare(january, [file])).rejects.toThrow(message);
  });

  test('for the column to ignore', async () => {
    await expect(readBaseline(january, { ignore: ['lte'] })).rejects.toThrow(
      'has no column "lte" to ignore; it has delay, carrier, late',
    );
  });

  test('as current data, because it is a baseline', async () => {
    const stored = put('baseline.json', JSON.stringify(await readBaseline(january, OPTIONS)));
    await expect(compare(stored, [stored])).rejects.toThrow('is a baseline; --current takes data');
    expect(verdicts(await compare(stored, [january]))).toMatchObject({ verdict: 'stable' });
  });
});

test('a baseline made here is the one that the training pipeline makes of the same rows', async () => {
  const input = join(folder, 'prepare');
  mkdirSync(join(input, 'data'), { recursive: true });
  const rows = flights(4000).map((flight, i) => ({
    ...flight,
    delay: i % 3 ? flight.delay : Math.sin(i) * 100,
  }));
  writeFileSync(join(input, 'data', 'flights.csv'), csv(rows));
  const job = [
    'jobs/prepare.py',
    '--target',
    'late',
    '--data',
    join(input, 'data'),
    '--output',
    join(input, 'out'),
  ];
  execFileSync('.venv/bin/python', job);
  const theirs = JSON.parse(readFileSync(join(input, 'out', 'baseline', 'baseline.json'), 'utf8'));
  const ours = await readBaseline(join(input, 'data', 'flights.csv'), OPTIONS);
  expect(ours.features.map(({ movement: _, ...feature }) => feature)).toEqual(
    theirs.features.map(({ movement: _, ...feature }: { movement: number }) => feature),
  );
  ours.features.forEach((feature, i) => {
    expect(feature.movement).toBeCloseTo(theirs.features[i].movement, 12);
  });
});

describe('the report', () => {
  test('shows hostile values as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>\u202e';
    const january = put('hostile.csv', csv(flights(600, 0, () => hostile)).replace('carrier', '"<script>"'));
    const baseline = await readBaseline(january, OPTIONS);
    const profile = await profileFiles([january], baseline, OPTIONS);
    const page = driftPage(judge(baseline, profile, DEFAULT_DRIFT), baseline, profile);
    expect(page).not.toMatch(/<script|<img|\u202e/);
    expect(page).toContain('&#60;script&#62;');
    expect(page).toContain("default-src 'none'");
  });
});

describe('flywheel drift', () => {
  async function run(...args: string[]): Promise<{ out: string; code: number }> {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await createProgram()
        .exitOverride()
        .parseAsync(['node', 'flywheel', ...args]);
      return {
        out: write.mock.calls.map(([text]) => String(text)).join(''),
        code: Number(process.exitCode ?? 0),
      };
    } finally {
      process.exitCode = 0;
      write.mockRestore();
    }
  }
  const january = put('cli.csv', csv(flights(3000)));
  const july = put('july.csv', csv(flights(3000, 30)));

  test('prints what drifted first, writes a page and exits with 2', async () => {
    const page = join(folder, 'page.html');
    const { out, code } = await run(
      'drift',
      '--baseline',
      january,
      '--current',
      july,
      '--ignore',
      'late',
      '--html',
      page,
    );
    expect(out).toMatch(
      /^drift: 3000 rows against 3000\n\nfeature +verdict +what moved.*\ndelay +drift +distribution/,
    );
    expect(code).toBe(2);
    expect(existsSync(page)).toBe(true);
  });

  test('prints JSON with a verdict for each feature', async () => {
    const { out, code } = await run(
      '--json',
      'drift',
      '--baseline',
      january,
      '--current',
      january,
      '--ignore',
      'late',
    );
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'stable',
      features: [{ name: 'delay', verdict: 'stable' }, {}],
    });
    expect(code).toBe(0);
  });

  test('keeps a baseline for later', async () => {
    const stored = join(folder, 'later.json');
    await run('drift', '--baseline', january, '--ignore', 'late', '--write-baseline', stored);
    expect((await run('drift', '--baseline', stored, '--current', july)).code).toBe(2);
  });

  test('asks for something to compare with', async () => {
    await expect(run('drift', '--baseline', january)).rejects.toThrow('Say what to compare with --current');
  });

  test('refuses a number that is out of range, and says which are in', async () => {
    const errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const args = ['--baseline', january, '--current', july, '--min-rows', '3'];
    await expect(run('drift', ...args)).rejects.toThrow();
    expect(errors.mock.calls.join()).toContain("argument '3' is invalid. Expected a number, at least 20.");
    errors.mockRestore();
  });
});

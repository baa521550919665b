import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../../lambdas/monitoring/baseline';
import { decodeCaptureLine } from '../../../lambdas/monitoring/capture-record';
import { CaptureScanner } from '../../../lambdas/monitoring/profiling/capture-scanner';
import { plainDecimal } from '../../../lambdas/monitoring/profiling/decimal';
import { Profiler } from '../../../lambdas/monitoring/profiling/profiler';

const NAMES = ['delay', 'carrier', 'origin'];
const BASELINE: Baseline = {
  version: 1,
  rows: 100,
  features: [
    numeric('delay', [-1.5, 0, 0.1, 10]),
    categorical('carrier', ['UA', 'B6', 'São', '9E']),
    // One category in no column of the requests: it is not counted.
    categorical('late', ['0', '1']),
    categorical('origin', ['JFK']),
  ],
};

function numeric(name: string, edges: number[]): Baseline['features'][number] {
  const counts = new Array<number>(edges.length + 1).fill(1);
  return { name, kind: 'numeric', edges, counts, missing: 0, invalid: 0, movement: 0 };
}

function categorical(name: string, categories: string[]): Baseline['features'][number] {
  return {
    name,
    kind: 'categorical',
    categories,
    counts: categories.map(() => 1),
    other: 0,
    missing: 0,
    movement: 0,
  };
}

interface Line {
  readonly input: string;
  readonly output: string;
  readonly inferenceId?: string;
  readonly time?: string;
  readonly type?: string;
}

/** A line as SageMaker writes it. */
function capture({
  input,
  output,
  inferenceId,
  time = '2026-11-23T08:03:35Z',
  type = 'text/csv',
}: Line): string {
  return JSON.stringify({
    captureData: {
      endpointInput: { observedContentType: type, mode: 'INPUT', data: input, encoding: 'CSV' },
      endpointOutput: {
        observedContentType: 'text/csv; charset=utf-8',
        mode: 'OUTPUT',
        data: output,
        encoding: 'CSV',
      },
    },
    eventMetadata: { eventId: 'event-1', inferenceId, inferenceTime: time },
    eventVersion: '0',
  });
}

function scan(line: string, scanner = new CaptureScanner(NAMES.length)) {
  const bytes = Buffer.from(`before\n${line}\nafter`);
  const end = bytes.length - '\nafter'.length;
  if (!scanner.read(bytes, 7, end)) return undefined;
  const profiler = new Profiler(NAMES, BASELINE);
  profiler.addScanned(bytes, scanner);
  return {
    profile: profiler.result(),
    inferenceId: bytes.toString('utf8', scanner.idStart, scanner.idEnd),
    at: new Date(scanner.at),
    scores: [...scanner.scores.subarray(0, scanner.rows)],
  };
}

function decode(line: string) {
  const record = decodeCaptureLine(line);
  if ('broken' in record) return record;
  const profiler = new Profiler(NAMES, BASELINE);
  profiler.addRecord(record);
  const { inferenceId, at, scores } = record;
  return { profile: profiler.result(), inferenceId, at, scores };
}

const field = fc.oneof(
  fc.constantFrom(
    '',
    'UA',
    'B6',
    'São',
    'JFK',
    '0',
    '-1.5',
    '0.1',
    '10',
    '1e1',
    ' 3',
    'nan',
    '-',
    '.',
    '+5.',
  ),
  fc.double().map(String),
  fc.integer().map(String),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
);
const row = fc
  .oneof(
    { weight: 9, arbitrary: fc.tuple(field, field, field) },
    fc.array(field, { minLength: 2, maxLength: 4 }),
  )
  .map((values) => values.join(','));
const score = fc.oneof({ weight: 9, arbitrary: fc.nat(1000).map((n) => String(n / 1000)) }, field);

describe('a line of the layout that SageMaker writes', () => {
  test('is read without parsing JSON', () => {
    expect(
      scan(capture({ input: '5.25,B6,JFK\n,São,\n', output: '0.25\n0.75', inferenceId: 'mine' })),
    ).toEqual({
      profile: {
        records: 1,
        rows: 2,
        undecodable: 0,
        lastAt: '2026-11-23T08:03:35.000Z',
        features: [
          { name: 'delay', counts: [0, 0, 0, 1, 0], outside: 0, missing: 1 },
          { name: 'carrier', counts: [0, 1, 1, 0], outside: 0, missing: 0 },
          { name: 'origin', counts: [1], outside: 0, missing: 1 },
        ],
      },
      inferenceId: 'mine',
      at: new Date('2026-11-23T08:03:35Z'),
      scores: [0.25, 0.75],
    });
  });

  test('means what the decoder of all layouts makes of it, or is left to that one', () => {
    const scanner = new CaptureScanner(NAMES.length);
    let read = 0;
    const rows = fc.array(fc.tuple(row, score), { minLength: 1, maxLength: 3 });
    const lines = fc.record({
      input: rows.map((pairs) => pairs.map(([values]) => values).join('\n')),
      output: rows.map((pairs) => pairs.map(([, value]) => value).join('\n')),
      inferenceId: fc.option(fc.string({ maxLength: 5 }), { nil: undefined }),
      time: fc.constantFrom(
        '2026-11-23T08:03:35Z',
        '2026-02-31T08:03:35Z',
        '2026-11-23T08:60:35Z',
        '2026-11-23',
      ),
    });
    fc.assert(
      fc.property(lines, (line) => {
        const text = capture(line);
        const scanned = scan(text, scanner);
        if (scanned === undefined) return;
        read++;
        expect(scanned).toEqual(decode(text));
      }),
      { numRuns: 5000 },
    );
    expect(read).toBeGreaterThan(50);
  });

  test('is understood in most cases that matter, and the same', () => {
    const scanner = new CaptureScanner(NAMES.length);
    const plain = fc.constantFrom(
      '',
      'UA',
      'B6',
      'JFK',
      '0',
      '-1.5',
      '0.1',
      '10',
      '3.14159',
      '+5.',
      '1e5',
      'New York',
    );
    const lines = fc
      .array(fc.tuple(plain, plain, plain, fc.integer({ min: 0, max: 1000 })), {
        minLength: 1,
        maxLength: 20,
      })
      .map((rows) => ({
        input: rows.map(([a, b, c]) => `${a},${b},${c}\n`).join(''),
        output: rows.map(([, , , d]) => `${d / 1000}`).join('\n'),
      }));
    fc.assert(
      fc.property(lines, (line) => {
        const text = capture(line);
        expect(scan(text, scanner)).toEqual(decode(text));
      }),
    );
  });
});

describe('left to the decoder is a line', () => {
  test.each([
    ['with quoted values', { input: '"5",B6,JFK', output: '1' }],
    ['with fewer values than features', { input: '5,B6', output: '1' }],
    ['with carriage returns', { input: '5,B6,JFK\r\n', output: '1' }],
    ['with fewer scores than rows', { input: '5,B6,JFK\n5,B6,JFK', output: '1' }],
    ['with more scores than rows', { input: '5,B6,JFK', output: '1\n1' }],
    ['with several numbers a row', { input: '5,B6,JFK', output: '0.5,0.5' }],
    ['of JSON', { input: '{"delay":5}', output: '1', type: 'application/json' }],
    ['with fractions of a second', { input: '5,B6,JFK', output: '1', time: '2026-11-23T08:03:35.5Z' }],
    ['without a row', { input: '', output: '' }],
  ] as [string, Line][])('%s', (_, line) => {
    expect(scan(capture(line))).toBeUndefined();
  });

  test.each([
    ['cut short', (line: string) => line.slice(0, -1)],
    ['followed by something', (line: string) => `${line} `],
    ['with another order of fields', (line: string) => line.replace('"mode":"INPUT",', '')],
    ['that was not captured whole', (line: string) => line.replace(/,"endpointOutput":\{[^}]*\}/, '')],
  ])('%s', (_, change) => {
    const line = capture({ input: '5,B6,JFK', output: '1' });
    expect(scan(line)).toBeDefined();
    expect(scan(change(line))).toBeUndefined();
  });
});

describe('a plain decimal', () => {
  test('is rounded as JavaScript rounds it', () => {
    const text = fc
      .tuple(fc.constantFrom('', '-', '+'), fc.bigInt(0n, 10n ** 15n - 1n), fc.nat(22), fc.boolean())
      .map(([sign, digits, fraction, point]) => {
        const padded = String(digits).padStart(15, '0');
        const at = 15 - Math.min(15, fraction);
        return point ? `${sign}${padded.slice(0, at)}.${padded.slice(at)}` : `${sign}${padded}`;
      });
    fc.assert(
      fc.property(text, (decimal) => {
        const bytes = Buffer.from(`x${decimal}x`);
        expect(plainDecimal(bytes, 1, 1 + decimal.length)).toBe(Number(decimal));
      }),
    );
  });

  test.each(['', '-', '.', '1e5', ' 1', '1 ', '1.2.3', '--1', 'nan', '1234567890123456', '0x1'])(
    '%j is none',
    (text) => {
      expect(plainDecimal(Buffer.from(text), 0, text.length)).toBeNaN();
    },
  );
});

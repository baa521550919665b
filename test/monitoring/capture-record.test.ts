import { describe, expect, test } from 'vitest';
import { type CaptureRecord, decodeCaptureLine } from '../../lambdas/monitoring/capture-record';

type Side = { data: string; encoding: string; observedContentType?: string };

const csv = (data: string): Side => ({ data, encoding: 'CSV', observedContentType: 'text/csv' });
const json = (value: unknown): Side => ({ data: JSON.stringify(value), encoding: 'JSON' });

function record(captureData: { endpointInput?: Side; endpointOutput?: Side }): CaptureRecord {
  const decoded = decodeCaptureLine(
    JSON.stringify({
      captureData,
      eventMetadata: { eventId: 'e-1', inferenceTime: '2026-11-23T10:03:35Z' },
      eventVersion: '0',
    }),
  );
  if ('broken' in decoded) throw new Error(decoded.broken);
  return decoded;
}

describe('a captured request', () => {
  test('may hold several CSV rows, quoted fields and empty ones', () => {
    const { inputs, scores, problems } = record({
      endpointInput: csv('1,"a,b"\n,x\n'),
      endpointOutput: csv('0.25\n0.75\n'),
    });
    expect(inputs).toEqual([
      ['1', 'a,b'],
      ['', 'x'],
    ]);
    expect(scores).toEqual([0.25, 0.75]);
    expect(problems).toEqual([]);
  });

  test("is known by the caller's inference id, else by the event id", () => {
    expect(record({ endpointInput: csv('1') }).inferenceId).toBe('e-1');
    const line = JSON.stringify({
      captureData: { endpointInput: csv('1') },
      eventMetadata: { eventId: 'e-1', inferenceId: 'mine', inferenceTime: '2026-11-23T10:03:35Z' },
    });
    expect(decodeCaptureLine(line)).toMatchObject({
      inferenceId: 'mine',
      at: new Date('2026-11-23T10:03:35Z'),
    });
  });

  test.each([
    [
      'rows as lists',
      [
        [1, 'UA'],
        [null, 'B6'],
      ],
      [
        ['1', 'UA'],
        ['', 'B6'],
      ],
    ],
    ['rows as objects', [{ a: 1 }, { a: true }], [{ a: '1' }, { a: 'true' }]],
    ['instances', { instances: [[1, 2]] }, [['1', '2']]],
    ['one row as an object', { a: 1, b: null }, [{ a: '1', b: '' }]],
    ['one row as a list', [1, 2], [['1', '2']]],
    [
      'columns',
      { a: [1, 2], b: ['x', 'y'] },
      [
        { a: '1', b: 'x' },
        { a: '2', b: 'y' },
      ],
    ],
  ])('may hold JSON: %s', (_, value, rows) => {
    expect(record({ endpointInput: json(value) }).inputs).toEqual(rows);
  });

  test('may hold JSON Lines', () => {
    expect(record({ endpointInput: { data: '{"a":1}\n{"a":2}\n', encoding: 'JSON' } }).inputs).toEqual([
      { a: '1' },
      { a: '2' },
    ]);
  });

  test('may hold BASE64, which is read as its content type says', () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const { inputs, scores } = record({
      endpointInput: {
        data: base64('1,2'),
        encoding: 'BASE64',
        observedContentType: 'text/csv; charset=utf-8',
      },
      endpointOutput: {
        data: base64('[[0.5]]'),
        encoding: 'BASE64',
        observedContentType: 'application/json',
      },
    });
    expect(inputs).toEqual([['1', '2']]);
    expect(scores).toEqual([0.5]);
  });

  test.each([
    ['a row each', [[0.1], [0.2]], [0.1, 0.2]],
    ['predictions', { predictions: [{ score: 0.1 }, { score: 0.2 }] }, [0.1, 0.2]],
    ['one number', 0.7, [0.7]],
  ])('may be answered in JSON by %s', (_, value, scores) => {
    expect(record({ endpointOutput: json(value) }).scores).toEqual(scores);
  });

  test('may be answered by one list of as many scores as there are rows', () => {
    expect(record({ endpointInput: csv('1\n2'), endpointOutput: json([0.1, 0.2]) }).scores).toEqual([
      0.1, 0.2,
    ]);
    expect(record({ endpointInput: csv('1\n2'), endpointOutput: csv('0.1,0.2') }).scores).toEqual([0.1, 0.2]);
  });

  test('may have one side only', () => {
    expect(record({ endpointInput: csv('1,2') })).toMatchObject({ inputs: [['1', '2']], scores: undefined });
    expect(record({ endpointOutput: csv('0.5') })).toMatchObject({ inputs: undefined, scores: [0.5] });
  });
});

describe('what cannot be read becomes a problem', () => {
  test('and leaves the other side alone', () => {
    const { inputs, scores, problems } = record({
      endpointInput: { data: 'AAEC', encoding: 'BASE64', observedContentType: 'application/x-npy' },
      endpointOutput: csv('0.5'),
    });
    expect(inputs).toBeUndefined();
    expect(scores).toEqual([0.5]);
    expect(problems).toEqual([expect.stringContaining('content type "application/x-npy"')]);
  });

  test.each([
    ['text for a score', csv('high'), 'expected one score'],
    ['an empty score', csv('""'), 'expected one score'],
    ['class probabilities', json([[0.2, 0.8]]), 'expected one score'],
    ['half a document', { data: '[1,', encoding: 'JSON' }, 'output:'],
  ])('in an answer: %s', (_, endpointOutput, problem) => {
    const { scores, problems } = record({ endpointOutput });
    expect(scores).toBeUndefined();
    expect(problems.join()).toContain(problem);
  });

  test('when rows and scores are not as many, for then nobody knows whose score it is', () => {
    const { inputs, scores, problems } = record({
      endpointInput: csv('1\n2\n3'),
      endpointOutput: csv('0.5'),
    });
    expect(inputs).toHaveLength(3);
    expect(scores).toBeUndefined();
    expect(problems).toEqual(['output: 1 scores for 3 rows']);
  });

  test('when columns are of unequal length', () => {
    const { problems } = record({ endpointInput: json({ a: [1, 2], b: [1] }) });
    expect(problems).toEqual(['input: column "b" has 1 values, "a" has 2']);
  });

  test('when nothing was captured at all', () => {
    expect(record({}).problems).toEqual(['neither input nor output was captured']);
  });

  test.each([
    ['no JSON', '{"captureData":', 'not JSON'],
    ['no time', '{"captureData":{},"eventMetadata":{"eventId":"e"}}', 'inferenceTime'],
    [
      'an unknown encoding',
      JSON.stringify({
        captureData: { endpointInput: { data: '', encoding: 'XML' } },
        eventMetadata: { eventId: 'e', inferenceTime: '2026-11-23T10:03:35Z' },
      }),
      'encoding',
    ],
  ])('or a broken line: %s', (_, line, problem) => {
    expect(decodeCaptureLine(line)).toEqual({ broken: expect.stringContaining(problem) });
  });
});

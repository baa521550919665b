import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LabelSource, parseLabels, resolveLabels } from '../../lambdas/monitoring/labels';

describe('a file of labels', () => {
  test('names rows of requests, whatever else it has', () => {
    const { chunks, rejected } = parseLabels(
      '\ufefflabel,inference_id,note\r\n1,abc:0,x\r\nfalse,abc:1,\r\n0.0,plain,\r\n1,abc:250,\r\n',
      's3://b/k',
    );
    expect(chunks).toEqual([
      { inferenceId: 'abc', chunk: 0, rows: { 0: 1, 1: 0 } },
      { inferenceId: 'plain', chunk: 0, rows: { 0: 0 } },
      { inferenceId: 'abc', chunk: 2, rows: { 250: 1 } },
    ]);
    expect(rejected).toEqual([]);
  });

  test('may name a row twice: the later line wins', () => {
    expect(parseLabels('inference_id,label\na:0,0\na:0,1\n', 'k').chunks[0]?.rows).toEqual({ 0: 1 });
  });

  test('does not lose what it cannot use without a word', () => {
    const { chunks, rejected } = parseLabels('inference_id,label\na:0,maybe\n,1\na:1\na:2,1\n', 'k');
    expect(chunks[0]?.rows).toEqual({ 2: 1 });
    expect(rejected).toEqual([
      'line 2: inference_id "a:0", label "maybe"',
      'line 3: inference_id "", label "1"',
      'line 4: inference_id "a:1", label ""',
    ]);
  });

  test.each(['', 'id,label\na,1\n'])('without the header is refused: %j', (text) => {
    expect(() => parseLabels(text, 's3://b/k')).toThrow('s3://b/k need a header with inference_id and label');
  });
});

describe('labels of several files', () => {
  const first: LabelSource = { at: '2026-11-01T00:00:00.000Z', rows: { 0: 0, 1: 1 } };
  const correction: LabelSource = { at: '2026-11-02T00:00:00.000Z', rows: { 0: 1 } };

  test('are corrected by the file that was written last', () => {
    expect(resolveLabels({ zzz: first, aaa: correction })).toEqual(
      new Map([
        ['0', 1],
        ['1', 1],
      ]),
    );
  });

  test('do not depend on the order of delivery', () => {
    const at = fc.constantFrom('2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z');
    const rows = fc.dictionary(fc.constantFrom('0', '1', '2'), fc.constantFrom<0 | 1>(0, 1));
    const source = fc.record({ at, rows });
    const sources = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), source), {
      selector: ([file]) => file,
    });
    fc.assert(
      fc.property(sources, (files) => {
        const forwards = resolveLabels(Object.fromEntries(files));
        const backwards = resolveLabels(Object.fromEntries([...files].reverse()));
        expect(Object.fromEntries(backwards)).toEqual(Object.fromEntries(forwards));
      }),
    );
  });
});

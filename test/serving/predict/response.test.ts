import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPredictions } from '../../../lambdas/serving/predict/response';

const expected = (count: number) => ({ count, threshold: 0.5, requestId: 'abc' });

describe("the model's answer", () => {
  it('becomes one prediction per instance, labelled by the threshold', () => {
    expect(readPredictions('0.83\n0.5\n1e-3\n', expected(3))).toEqual([
      { score: 0.83, label: 1, inferenceId: 'abc:0' },
      { score: 0.5, label: 1, inferenceId: 'abc:1' },
      { score: 0.001, label: 0, inferenceId: 'abc:2' },
    ]);
  });

  it.each([
    ['0.1\n', 2, 'The model answered 1 lines for 2 instances'],
    ['0.1\n0.2\n0.3', 2, 'The model answered 3 lines for 2 instances'],
    ['0.1\nnan\n', 2, 'The model answered "nan" for instances[1], which is no score'],
    ['0.1,0.9\n', 1, 'The model answered "0.1,0.9" for instances[0], which is no score'],
    ['', 1, 'The model answered "" for instances[0], which is no score'],
    ['Infinity', 1, 'The model answered "Infinity" for instances[0], which is no score'],
  ])('of %j is an error of the model', (body, count, message) => {
    expect(() => readPredictions(body, expected(count))).toThrow(message);
  });

  it('is read back exactly, however it is written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: 0, max: 1 }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom('\n', '\r\n'),
        (scores, newline) => {
          const predictions = readPredictions(scores.join(newline) + newline, expected(scores.length));
          expect(predictions.map(({ score }) => score)).toEqual(
            scores.map((score) => (score === 0 ? 0 : score)),
          );
        },
      ),
    );
  });
});

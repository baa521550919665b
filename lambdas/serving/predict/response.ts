import { ApiError, shown } from './api-error';

export interface Prediction {
  /** Probability of the positive class. */
  readonly score: number;
  /** 1 when the score reaches the threshold of the model version, else 0. */
  readonly label: 0 | 1;
  /** `<request>:<row>`: names the prediction when its true label arrives. */
  readonly inferenceId: string;
}

/**
 * Reads the model's answer: one score per line, as many as there were instances.
 *
 * @throws ApiError 502 when the model answered something else.
 */
export function readPredictions(
  body: string,
  expected: { readonly count: number; readonly threshold: number; readonly requestId: string },
): Prediction[] {
  const lines = body.trim().split(/\r?\n/);
  if (lines.length !== expected.count) {
    throw bad(`answered ${lines.length} lines for ${expected.count} instances`);
  }
  return lines.map((line, i) => {
    const score = line.trim() === '' ? Number.NaN : Number(line);
    if (!Number.isFinite(score)) throw bad(`answered ${shown(line)} for instances[${i}], which is no score`);
    return {
      score,
      label: score >= expected.threshold ? 1 : 0,
      inferenceId: `${expected.requestId}:${i}`,
    };
  });
}

function bad(problem: string): ApiError {
  return new ApiError(502, 'BadModelResponse', `The model ${problem}; expected one score per line.`);
}

import { InvalidParameterError } from '../tracking/errors';

interface Limit {
  readonly initial: number;
  readonly most: number;
}

/** How many results a page has unless the client says so, and at most. */
export const Limits = {
  runs: { initial: 1000, most: 50_000 },
  experiments: { initial: 1000, most: 50_000 },
  registeredModels: { initial: 100, most: 1000 },
  modelVersions: { initial: 200_000, most: 200_000 },
  loggedModels: { initial: 50, most: 50_000 },
} as const satisfies Record<string, Limit>;

/** Bytes of JSON that a page may have, so that a reply fits what Lambda lets through. */
export const PAGE_BYTES = 4_000_000;

/** @throws InvalidParameterError outside 1 ... `limit.most`. */
export function resultLimit(asked: number | undefined, limit: Limit): number {
  if (asked === undefined) return limit.initial;
  if (!Number.isInteger(asked) || asked < 1) {
    throw new InvalidParameterError(
      `Invalid value ${asked} for parameter 'max_results' supplied. It must be a positive integer`,
    );
  }
  if (asked <= limit.most) return asked;
  throw new InvalidParameterError(
    `Invalid value ${asked} for parameter 'max_results' supplied. It must be at most ${limit.most}`,
  );
}

/** @throws InvalidParameterError in the words that the model registry uses for the same. */
export function registryResultLimit(asked: number | undefined, limit: Limit): number {
  if (asked === undefined) return limit.initial;
  if (!Number.isInteger(asked) || asked < 1) {
    throw new InvalidParameterError(
      `Invalid value for max_results. It must be a positive integer, but got ${asked}`,
    );
  }
  if (asked <= limit.most) return asked;
  throw new InvalidParameterError(
    `Invalid value for request parameter max_results. It must be at most ${limit.most}, but got value ${asked}`,
  );
}

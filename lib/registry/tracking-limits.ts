/**
 * How much the tracking API takes, over all callers; what is beyond is answered with 429, which MLflow's client repeats
 * by itself.
 */
export interface TrackingLimits {
  /**
   * Requests per second.
   *
   * @default 200
   */
  readonly requestsPerSecond?: number;
  /**
   * Requests that may come at once.
   *
   * @default - twice the requests per second
   */
  readonly burst?: number;
  /**
   * Searches of runs per second: the calls that read most.
   *
   * @default 50
   */
  readonly searchesPerSecond?: number;
}

/** @internal */
export interface ResolvedLimits {
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly searchesPerSecond: number;
}

/**
 * @throws Error for a limit that would let nothing through.
 * @internal
 */
export function resolveLimits(limits: TrackingLimits): ResolvedLimits {
  const requestsPerSecond = limits.requestsPerSecond ?? 200;
  const searchesPerSecond = limits.searchesPerSecond ?? 50;
  const burst = limits.burst ?? requestsPerSecond * 2;
  const resolved = { requestsPerSecond, burst, searchesPerSecond };
  for (const [name, value] of Object.entries(resolved)) {
    if (!(value >= 1)) {
      throw new Error(
        `trackingLimits.${name} is ${value}: nothing would get through. Give at least 1, or set trackingApi to false.`,
      );
    }
  }
  return resolved;
}

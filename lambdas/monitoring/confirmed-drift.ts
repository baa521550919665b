/** What a window with a verdict said of its model version. */
export interface DriftedWindow {
  readonly modelVersion: number;
  readonly drifted: readonly string[];
}

/**
 * The features that drifted in at least `windowsToAlarm` of the last `windowsConsidered` windows, each feature for
 * itself. Only windows of the newest one's model version count: what a predecessor saw is no news about it.
 *
 * @param windows the windows that have a verdict, newest first
 */
export function confirmedDrift(
  windows: readonly DriftedWindow[],
  policy: { readonly windowsToAlarm: number; readonly windowsConsidered: number },
): string[] {
  const newest = windows[0];
  const considered = windows
    .filter(({ modelVersion }) => modelVersion === newest?.modelVersion)
    .slice(0, policy.windowsConsidered);
  const often = new Map<string, number>();
  for (const feature of considered.flatMap(({ drifted }) => drifted)) {
    often.set(feature, (often.get(feature) ?? 0) + 1);
  }
  return [...often].filter(([, windows]) => windows >= policy.windowsToAlarm).map(([feature]) => feature);
}

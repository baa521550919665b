/** A slice of time, from `start` (included) to `end` (excluded), ISO 8601 in UTC. */
export interface Window {
  readonly start: string;
  readonly end: string;
}

/** The window that a moment belongs to. Windows are aligned to midnight UTC of 1 January 1970. */
export function windowOf(at: Date, seconds: number): Window {
  const length = seconds * 1000;
  const start = Math.floor(at.getTime() / length) * length;
  return { start: new Date(start).toISOString(), end: new Date(start + length).toISOString() };
}

/** Has the window ended so long ago that what belongs to it has probably arrived? */
export function isClosed(windowEnd: string, now: Date, graceSeconds: number): boolean {
  return Date.parse(windowEnd) + graceSeconds * 1000 <= now.getTime();
}

import type { Alias } from '../registry/entities';

/**
 * The model version that answered at a moment: the champion now, or the one before it for what was answered before
 * the alias moved. A capture record does not name the version. During a canary the alias has not moved yet, so that
 * the few requests that the candidate answers count for the champion.
 */
export function championAt(alias: Alias, at: Date): number {
  return at.getTime() < Date.parse(alias.movedAt) ? (alias.previous ?? alias.version) : alias.version;
}

import type { Evidence } from '../../lambdas/registry/models/model-store';

/** A JSON object as it is; any other text under the name `text`. @returns undefined when nothing is given */
export function evidenceOf(given: string | undefined): Evidence | undefined {
  if (given === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(given);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Evidence;
  } catch {
    // Not JSON: a text.
  }
  return { text: given };
}

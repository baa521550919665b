/** Shapes of replies. What protobuf would leave out (absent, an empty list) is undefined, and so left out of the JSON. */

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** The entries of a map as a list of `{key, value}`. */
export function keyValues(map: ReadonlyMap<string, string>): KeyValue[] | undefined {
  if (map.size === 0) return undefined;
  const pairs: KeyValue[] = [];
  for (const [key, value] of map) pairs.push({ key, value });
  return pairs;
}

/** The list, unless it is empty. */
export const listed = <T>(items: readonly T[]): readonly T[] | undefined =>
  items.length === 0 ? undefined : items;

/** A double as protobuf's JSON has it: JSON knows no NaN and no infinity. */
export function double(value: number): number | string {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}

import type { FeatureBaseline } from './baseline';

/** Where a value of a feature is counted. */
export type Place = number | 'missing' | 'outside';

/** What Python's `float` reads as a finite decimal number, as the baseline was made by it. */
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** The number that a text stands for, as the baseline was made; undefined for every other text. */
export function finiteNumber(text: string): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** A function that finds the bin of a value as it stands in a request; the empty text is a missing value. */
export function placer(feature: FeatureBaseline): (text: string) => Place {
  if (feature.kind === 'categorical') {
    const codes = new Map(feature.categories.map((category, i) => [category, i]));
    return (text) => (text === '' ? 'missing' : (codes.get(text) ?? 'outside'));
  }
  const { edges } = feature;
  return (text) => {
    if (text === '') {
      return 'missing';
    }
    const value = finiteNumber(text);
    return value === undefined ? 'outside' : edgesBelow(edges, value);
  };
}

/** How many edges are less than the value, by bisection. */
function edgesBelow(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

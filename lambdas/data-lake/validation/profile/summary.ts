import type { ColumnSummary, KindCounts, ValueCount } from '../inspection';
import type { Example } from '../problem';
import type { ColumnState } from './column-state';
import { KIND_NAMES, Kind } from './dictionary';
import { Format } from './text-format';
import { inferType } from './value-kind';

/** Most frequent values that a summary tells; a column with at most as many different ones tells all. */
export const MAX_TOP = 60;
/** Numbers that describe a distribution: from the smallest to the largest in steps of a 32nd. */
export const QUANTILES = 33;
/** Tables of more columns than this carry shorter descriptions, so that their inspection stays small. */
export const WIDE_TABLE = 500;
const WIDE_QUANTILES = 9;
const WIDE_TOP = 10;

const FORMAT_NAMES: Readonly<Record<number, 'date' | 'date-time'>> = {
  [Format.DATE]: 'date',
  [Format.DATE_TIME]: 'date-time',
};

/** Evenly spaced values of a sorted list, from its first to its last. */
export function evenly(sorted: ArrayLike<number>, points: number): number[] {
  return Array.from({ length: points }, (_, i) => {
    const at = (i * (sorted.length - 1)) / (points - 1);
    const below = Math.floor(at);
    const from = sorted[below]!;
    const to = sorted[Math.min(below + 1, sorted.length - 1)]!;
    return at === below ? from : from + (to - from) * (at - below);
  });
}

/** What is known of a column once all of its rows were seen. @param sampled rows in the sample */
export function summaryOf(state: ColumnState, sampled: number, columns: number): ColumnSummary {
  const wide = columns > WIDE_TABLE;
  const { dictionary, name } = state;
  const counts = [...state.counts];
  let { min, max, sum } = state;
  dictionary.entries.forEach(({ kind, value }, at) => {
    const count = dictionary.counts[at]!;
    counts[kind]! += count;
    if (kind !== Kind.INTEGER && kind !== Kind.NUMBER) return;
    sum += value * count;
    min = Math.min(min, value);
    max = Math.max(max, value);
  });
  const byKind = Object.fromEntries(KIND_NAMES.map((kind, code) => [kind, counts[code]!]));
  const kinds = byKind as unknown as KindCounts;
  const numbers = kinds.integer + kinds.number;
  const repeats = state.watch.result(dictionary)?.repeats();
  const { sample, ...told } = repeats ?? {};
  return {
    name,
    type: inferType(kinds),
    counts: kinds,
    ...(numbers > 0 ? { min, max, mean: sum / numbers } : {}),
    ...quantilesOf(state, sampled, { min, max, points: wide ? WIDE_QUANTILES : QUANTILES }),
    ...topOf(state, wide ? WIDE_TOP : MAX_TOP),
    ...distinctOf(state, wide),
    ...(kinds.string > 0 && FORMAT_NAMES[state.format] !== undefined && numbers + kinds.boolean === 0
      ? { format: FORMAT_NAMES[state.format] }
      : {}),
    places: placesOf(state.places),
    ...(state.outside.count > 0 ? { outside: found(state.outside) } : {}),
    ...(state.unknown.count > 0 ? { unknown: found(state.unknown) } : {}),
    ...(repeats === undefined ? {} : { repeated: wide ? (told as typeof repeats) : repeats }),
  };
}

const found = ({ count, examples }: { count: number; examples: readonly Example[] }) => ({ count, examples });

function placesOf(places: readonly (readonly Example[])[]): ColumnSummary['places'] {
  return Object.fromEntries(
    KIND_NAMES.map((kind, code) => [kind, places[code] ?? []]).filter(([, found]) => found!.length > 0),
  );
}

function quantilesOf(
  { sampleKinds, sampleValues }: ColumnState,
  sampled: number,
  { min, max, points }: { min: number; max: number; points: number },
) {
  const numbers: number[] = [];
  for (let i = 0; i < sampled; i += 1) {
    const kind = sampleKinds[i]!;
    if (kind === Kind.INTEGER || kind === Kind.NUMBER) numbers.push(sampleValues[i]!);
  }
  if (numbers.length === 0) return {};
  const quantiles = evenly(Float64Array.from(numbers).sort(), points);
  quantiles[0] = min;
  quantiles[points - 1] = max;
  return { quantiles };
}

function topOf({ dictionary }: ColumnState, most: number) {
  const counts = new Map<string, number>();
  dictionary.entries.forEach(({ kind, text }, at) => {
    if (kind !== Kind.MISSING) counts.set(text, (counts.get(text) ?? 0) + dictionary.counts[at]!);
  });
  if (counts.size === 0) return {};
  const isAll = !dictionary.overflowed && counts.size <= most;
  const all: ValueCount[] = [...counts].map(([value, count]) => ({ value, count }));
  const top = all.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)).slice(0, most);
  return { top, topIsAll: isAll };
}

function distinctOf({ dictionary, distinct }: ColumnState, wide: boolean) {
  const exact = dictionary.overflowed
    ? undefined
    : new Set(dictionary.entries.filter(({ kind }) => kind !== Kind.MISSING).map(({ text }) => text)).size;
  const count = exact ?? distinct.estimate();
  return { distinct: count, ...(wide ? {} : { distinctSketch: distinct.encode() }) };
}

import type { Item } from '../store/table';
import type { LatestMetric, MetricPoint } from './entities';
import { digestOf, historyPrefix, keyPart, runPk } from './keys';
import { historyOrder, readHistory, storedValue } from './point-order';

/** From so many points of a key in one call on they share items. */
const PACK_FROM = 20;
/** Points in one item: three doubles each, so 96 KB. */
const PACK_POINTS = 4000;
const COLUMNS = 3;

/** Numbers as points sort in a history: timestamp, step, value, and NaN (which counts as 0) after 0. */
export function comparePoints(a: LatestMetric, b: LatestMetric): number {
  if (a.timestamp !== b.timestamp) return a.timestamp - b.timestamp;
  if (a.step !== b.step) return a.step - b.step;
  const [left, right] = [Number.isNaN(a.value) ? 0 : a.value, Number.isNaN(b.value) ? 0 : b.value];
  if (left !== right) return left < right ? -1 : 1;
  return Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value));
}

/**
 * Items that hold points of a run. Their keys say all about them, so that writing them again changes nothing: a
 * single point's sort key is the point, a pack's is its first point and a hash of all.
 */
export function pointItems(runId: string, points: readonly MetricPoint[]): Item[] {
  const byKey = new Map<string, LatestMetric[]>();
  for (const { key, timestamp, step, value } of points) {
    const ofKey = byKey.get(key);
    const point = { timestamp, step, value: storedValue(value) };
    if (ofKey === undefined) byKey.set(key, [point]);
    else ofKey.push(point);
  }
  return [...byKey].flatMap(([key, ofKey]) => itemsOfKey(runId, key, ofKey));
}

function itemsOfKey(runId: string, key: string, points: readonly LatestMetric[]): Item[] {
  const prefix = historyPrefix(key);
  const named = keyPart(key) === key ? {} : { key };
  if (points.length < PACK_FROM) {
    return points
      .map((point) => ({ PK: runPk(runId), SK: prefix + historyOrder(point), ...named }))
      .filter((item, at, all) => all.findIndex(({ SK }) => SK === item.SK) === at);
  }
  const sorted = [...points].sort(comparePoints);
  const distinct = sorted.filter((point, at) => at === 0 || comparePoints(point, sorted[at - 1]!) !== 0);
  const items: Item[] = [];
  for (let from = 0; from < distinct.length; from += PACK_POINTS) {
    const pack = distinct.slice(from, from + PACK_POINTS);
    const bytes = packed(pack);
    const hash = digestOf(Buffer.from(bytes).toString('base64')).slice(0, 16);
    items.push({
      PK: runPk(runId),
      SK: `${prefix}${historyOrder(pack[0]!)}+${hash}`,
      ...named,
      points: bytes,
    });
  }
  return items;
}

/** Timestamp, step and value of each point as doubles, little-endian. */
function packed(points: readonly LatestMetric[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(points.length * COLUMNS * 8));
  points.forEach(({ timestamp, step, value }, at) => {
    view.setFloat64(at * 24, timestamp, true);
    view.setFloat64(at * 24 + 8, step, true);
    view.setFloat64(at * 24 + 16, value, true);
  });
  return new Uint8Array(view.buffer);
}

/** The points of an item, in the order of a history. @param prefix - what comes before the first point in its key */
export function pointsOf(item: Item, prefix: string): LatestMetric[] {
  if (item.points === undefined) return [readHistory((item.SK as string).slice(prefix.length))];
  const bytes = item.points as Uint8Array;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 24 }, (_, at) => ({
    timestamp: view.getFloat64(at * 24, true),
    step: view.getFloat64(at * 24 + 8, true),
    value: view.getFloat64(at * 24 + 16, true),
  }));
}

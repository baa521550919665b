import type { MetricDatum } from '../runtime/services';
import type { Metric, RawDatapoint } from './alarm';

/** Metrics older than this are forgotten; no alarm of the runtime looks back further. Virtual milliseconds. */
const RETENTION_MS = 3 * 60 * 60 * 1000;
/** How many points a series may grow by before the old ones are dropped. */
const PRUNE_EVERY = 1000;

/** Times and values side by side: a number each, so that hours of traffic fit. */
interface Series {
  times: number[];
  values: number[];
  nextPrune: number;
}

/** The last three (virtual) hours of the metrics that services of the runtime put. */
export class MetricMemory {
  private readonly series = new Map<string, Map<string, Series>>();
  private readonly namespaces = new Set<string>();

  /** Has a service of the runtime put metrics of this namespace? */
  knows(namespace: string): boolean {
    return this.namespaces.has(namespace);
  }

  put(data: readonly MetricDatum[]): void {
    for (const datum of data) {
      this.namespaces.add(datum.namespace);
      const series = this.seriesOf(datum, datum.unit ?? 'None');
      series.times.push(datum.timestamp.getTime());
      series.values.push(datum.value);
      if (series.times.length >= series.nextPrune) {
        prune(series);
      }
    }
  }

  /** The data points with from <= timestamp < to, of all units, in the order in which they were put. */
  query(metric: Metric, from: Date, to: Date): RawDatapoint[] {
    const found: RawDatapoint[] = [];
    for (const [unit, { times, values }] of this.series.get(keyOf(metric)) ?? []) {
      for (const [index, time] of times.entries()) {
        if (time >= from.getTime() && time < to.getTime()) {
          found.push({ timestamp: new Date(time), unit, value: values[index]!, count: 1 });
        }
      }
    }
    return found;
  }

  private seriesOf(metric: Metric, unit: string): Series {
    const key = keyOf(metric);
    const units = this.series.get(key) ?? new Map<string, Series>();
    this.series.set(key, units);
    const series = units.get(unit) ?? { times: [], values: [], nextPrune: PRUNE_EVERY };
    units.set(unit, series);
    return series;
  }
}

function prune(series: Series): void {
  const latest = series.times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY);
  const kept = series.times.map((time) => time >= latest - RETENTION_MS);
  series.times = series.times.filter((_, index) => kept[index]);
  series.values = series.values.filter((_, index) => kept[index]);
  series.nextPrune = series.times.length + PRUNE_EVERY;
}

function keyOf({ namespace, metricName, dimensions }: Metric): string {
  const pairs = Object.entries(dimensions).sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([namespace, metricName, pairs]);
}

import type { LatestMetric, ModelInput, ModelOutput, TrackingRunStatus } from '../../tracking/entities';
import type { DatasetReference, Lifecycle, SearchableRun } from '../../tracking/tracking-store';
import { compareText } from '../filter/tests';
import { ENTRY_BYTES, jsonTextBytes, METRIC_BYTES, RUN_BYTES } from '../json-size';
import { MetricColumn, NumberColumn, TextColumn } from './columns';
import { TextPool } from './text-pool';

/** What only few runs have, kept as it came. */
interface Links {
  readonly datasets: readonly DatasetReference[];
  readonly modelInputs: readonly ModelInput[];
  readonly modelOutputs: readonly ModelOutput[];
}

const NO_LINKS: Links = { datasets: [], modelInputs: [], modelOutputs: [] };
/** Bytes of a row beside its columns: its id in a map and in a list. */
const ROW_BYTES = 250;
const LINK_BYTES = 400;

export type TextAttribute = 'run_id' | 'run_name' | 'user_id' | 'status' | 'artifact_uri';

/**
 * All runs of one experiment in memory, one column for each metric, param, tag and attribute. A run is a row; rows
 * keep their numbers. Holds everything that an answer holds, so that a page is made without reading the table.
 */
export class RunIndex {
  readonly metrics = new Map<string, MetricColumn>();
  readonly params = new Map<string, TextColumn>();
  readonly tags = new Map<string, TextColumn>();
  readonly pool = new TextPool();
  readonly startTimes = new NumberColumn();
  /** NaN where a run has not ended. */
  readonly endTimes = new NumberColumn();
  readonly attributes: Readonly<Record<TextAttribute, TextColumn>> = {
    run_id: new TextColumn(this.pool),
    run_name: new TextColumn(this.pool),
    user_id: new TextColumn(this.pool),
    status: new TextColumn(this.pool),
    artifact_uri: new TextColumn(this.pool),
  };
  private readonly rows = new Map<string, number>();
  private readonly ids: string[] = [];
  private readonly lifecycles: Lifecycle[] = [];
  private readonly links: (Links | undefined)[] = [];
  private linkCount = 0;
  private sorted = new Int32Array(0);
  private ranks = new Int32Array(0);

  constructor(readonly experimentId: string) {}

  get count(): number {
    return this.ids.length;
  }

  /** Bytes of memory that the index takes, about. */
  get bytes(): number {
    let bytes = this.pool.bytes + this.count * ROW_BYTES + this.linkCount * LINK_BYTES;
    bytes += this.startTimes.bytes + this.endTimes.bytes + 2 * this.sorted.byteLength;
    for (const columns of [this.metrics, this.params, this.tags]) {
      for (const [key, column] of columns) bytes += column.bytes + 2 * key.length + ROW_BYTES;
    }
    for (const column of Object.values(this.attributes)) bytes += column.bytes;
    return bytes;
  }

  /** Adds the run, or puts it in the place of what was known of it. */
  put(run: SearchableRun): void {
    const known = this.rows.get(run.runId);
    const row = known ?? this.ids.length;
    if (known === undefined) {
      this.ids.push(run.runId);
      this.rows.set(run.runId, row);
    }
    this.putAttributes(row, run, known !== undefined);
    this.putMetrics(row, run.metrics, known !== undefined);
    putTexts(this.params, row, run.params, known !== undefined, this.pool);
    putTexts(this.tags, row, run.tags, known !== undefined, this.pool);
    this.putLinks(row, run);
  }

  private putAttributes(row: number, run: SearchableRun, known: boolean): void {
    if (known && this.startTimes.values[row] !== run.startTime) this.sorted = new Int32Array(0);
    this.startTimes.set(row, run.startTime);
    this.endTimes.set(row, run.endTime ?? Number.NaN);
    this.attributes.run_id.set(row, run.runId);
    this.attributes.run_name.set(row, run.runName);
    this.attributes.user_id.set(row, run.userId);
    this.attributes.status.set(row, run.status);
    this.attributes.artifact_uri.set(row, run.artifactUri);
    this.lifecycles[row] = run.lifecycle;
  }

  private putMetrics(row: number, metrics: ReadonlyMap<string, LatestMetric>, known: boolean): void {
    if (known) {
      for (const [key, column] of this.metrics) if (!metrics.has(key)) column.clear(row);
    }
    for (const [key, point] of metrics) columnOf(this.metrics, key, () => new MetricColumn()).set(row, point);
  }

  private putLinks(row: number, run: SearchableRun): void {
    const { datasets, modelInputs, modelOutputs } = run;
    const before = this.links[row];
    const count = datasets.length + modelInputs.length + modelOutputs.length;
    this.linkCount += count - (before === undefined ? 0 : linkCountOf(before));
    this.links[row] = count === 0 ? undefined : { datasets, modelInputs, modelOutputs };
  }

  lifecycle(row: number): Lifecycle {
    return this.lifecycles[row]!;
  }

  datasets(row: number): readonly DatasetReference[] {
    return this.links[row]?.datasets ?? NO_LINKS.datasets;
  }

  runId(row: number): string {
    return this.ids[row]!;
  }

  /** All rows, the run that started last first, then by id. */
  naturalOrder(): Int32Array {
    if (this.sorted.length === this.count) return this.sorted;
    const { values } = this.startTimes;
    const before = this.sorted;
    const added = Int32Array.from({ length: this.count - before.length }, (_, at) => before.length + at);
    const compare = (a: number, b: number): number =>
      values[b]! - values[a]! || compareText(this.ids[a]!, this.ids[b]!);
    this.sorted = merged(before, added.sort(compare), compare);
    this.ranks = new Int32Array(this.count);
    for (let rank = 0; rank < this.count; rank += 1) this.ranks[this.sorted[rank]!] = rank;
    return this.sorted;
  }

  /** The place of each row in the natural order. */
  naturalRanks(): Int32Array {
    this.naturalOrder();
    return this.ranks;
  }

  /** The run of a row as the store read it. */
  run(row: number): SearchableRun {
    const { datasets, modelInputs, modelOutputs } = this.links[row] ?? NO_LINKS;
    const endTime = this.endTimes.values[row]!;
    return {
      runId: this.ids[row]!,
      runName: this.attributes.run_name.get(row)!,
      experimentId: this.experimentId,
      userId: this.attributes.user_id.get(row)!,
      status: this.attributes.status.get(row)! as TrackingRunStatus,
      startTime: this.startTimes.values[row]!,
      ...(Number.isNaN(endTime) ? {} : { endTime }),
      artifactUri: this.attributes.artifact_uri.get(row)!,
      lifecycle: this.lifecycles[row]!,
      params: textsOf(this.params, row),
      tags: textsOf(this.tags, row),
      metrics: this.metricsOf(row),
      datasets,
      modelInputs,
      modelOutputs,
    };
  }

  private metricsOf(row: number): Map<string, LatestMetric> {
    const metrics = new Map<string, LatestMetric>();
    for (const [key, column] of this.metrics) {
      if (!column.has(row)) continue;
      const point = { value: column.value(row), timestamp: column.timestamp(row), step: column.step(row) };
      metrics.set(key, point);
    }
    return metrics;
  }

  /** Bytes of JSON that the run takes in a reply, at most about. */
  jsonBytes(row: number): number {
    let bytes = RUN_BYTES;
    for (const column of Object.values(this.attributes)) bytes += this.pool.jsonBytesOf(column.code(row));
    for (const columns of [this.params, this.tags]) {
      for (const [key, column] of columns) {
        const code = column.code(row);
        if (code !== 0) bytes += this.pool.jsonBytesOf(code) + keyBytes(key) + ENTRY_BYTES;
      }
    }
    for (const [key, column] of this.metrics) {
      if (column.has(row)) bytes += keyBytes(key) + METRIC_BYTES;
    }
    const links = this.links[row];
    return links === undefined ? bytes : bytes + linkCountOf(links) * LINK_BYTES;
  }
}

const linkCountOf = (links: Links): number =>
  links.datasets.length + links.modelInputs.length + links.modelOutputs.length;

const keySizes = new Map<string, number>();
const KEY_SIZES_KEPT = 50_000;

function keyBytes(key: string): number {
  const known = keySizes.get(key);
  if (known !== undefined) return known;
  if (keySizes.size >= KEY_SIZES_KEPT) keySizes.clear();
  const bytes = jsonTextBytes(key);
  keySizes.set(key, bytes);
  return bytes;
}

function columnOf<C>(columns: Map<string, C>, key: string, make: () => C): C {
  const known = columns.get(key);
  if (known !== undefined) return known;
  const made = make();
  columns.set(key, made);
  return made;
}

function putTexts(
  columns: Map<string, TextColumn>,
  row: number,
  texts: ReadonlyMap<string, string>,
  known: boolean,
  pool: TextPool,
): void {
  if (known) {
    for (const [key, column] of columns) if (!texts.has(key)) column.set(row, undefined);
  }
  for (const [key, text] of texts) columnOf(columns, key, () => new TextColumn(pool)).set(row, text);
}

function textsOf(columns: ReadonlyMap<string, TextColumn>, row: number): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, column] of columns) {
    const text = column.get(row);
    if (text !== undefined) texts.set(key, text);
  }
  return texts;
}

function merged(
  a: Int32Array,
  b: Int32Array,
  compare: (a: number, b: number) => number,
): Int32Array<ArrayBuffer> {
  if (a.length === 0) return new Int32Array(b);
  const all = new Int32Array(a.length + b.length);
  for (let i = 0, j = 0, at = 0; at < all.length; at += 1) {
    const fromA = j >= b.length || (i < a.length && compare(a[i]!, b[j]!) <= 0);
    all[at] = fromA ? a[i++]! : b[j++]!;
  }
  return all;
}

import { InvalidParameterError } from '../../tracking/errors';
import type { SearchSource } from '../../tracking/tracking-store';
import { RunIndex } from './run-index';

/** What the indexes are built from. */
export type IndexSource = Pick<SearchSource, 'readRunChanges' | 'scanRuns' | 'readSearchableRuns'>;

interface Entry {
  index?: RunIndex;
  mark?: string;
  /** The refresh that goes on. */
  current?: Promise<RunIndex>;
  /** The refresh that begins when it has ended, for all who came meanwhile. */
  next?: Promise<RunIndex>;
  /** Why it does not fit. */
  tooLarge?: InvalidParameterError;
}

/**
 * Indexes of the experiments that were searched last, within a budget of memory. Each use brings the index up to
 * date with the change log, so that it holds all that was acknowledged before.
 */
export class IndexCache {
  /** The one used last is the last. */
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly source: IndexSource,
    private readonly memoryBytes: number,
    private readonly buildsAhead = false,
  ) {}

  /** Begins to build the index for later searches, where the process goes on between requests. */
  buildAhead(experimentId: string): void {
    if (!this.buildsAhead || this.entries.get(experimentId)?.current !== undefined) return;
    // Who searches with a filter is told what is wrong.
    this.fresh(experimentId).then(
      () => this.shrink(new Set([experimentId])),
      () => undefined,
    );
  }

  /** Bytes of memory that all indexes take, about. */
  get bytes(): number {
    let bytes = 0;
    for (const { index } of this.entries.values()) bytes += index?.bytes ?? 0;
    return bytes;
  }

  /** Whether there is an index that only has to be brought up to date. */
  isWarm(experimentId: string): boolean {
    return this.entries.get(experimentId)?.index !== undefined;
  }

  /**
   * The experiment's index with all writes that were acknowledged before the call.
   *
   * @throws InvalidParameterError when it needs more memory than there is.
   */
  fresh(experimentId: string): Promise<RunIndex> {
    const entry = this.entries.get(experimentId) ?? {};
    this.entries.delete(experimentId);
    this.entries.set(experimentId, entry);
    if (entry.next !== undefined) return entry.next;
    if (entry.current === undefined) return this.begin(experimentId, entry);
    const begin = (): Promise<RunIndex> => {
      entry.next = undefined;
      return this.begin(experimentId, entry);
    };
    entry.next = entry.current.then(begin, begin);
    return entry.next;
  }

  /** Forgets those not used for longest until the rest fits, sparing these. */
  shrink(spared: ReadonlySet<string>): void {
    let bytes = this.bytes;
    for (const [id, entry] of this.entries) {
      if (bytes <= this.memoryBytes) return;
      if (spared.has(id) || entry.index === undefined || entry.current !== undefined) continue;
      bytes -= entry.index.bytes;
      this.entries.delete(id);
    }
  }

  private begin(experimentId: string, entry: Entry): Promise<RunIndex> {
    const refresh = this.refresh(experimentId, entry).finally(() => {
      entry.current = undefined;
    });
    entry.current = refresh;
    return refresh;
  }

  private async refresh(experimentId: string, entry: Entry): Promise<RunIndex> {
    if (entry.tooLarge !== undefined) throw entry.tooLarge;
    const { index, mark } = entry;
    const changes = await this.source.readRunChanges(experimentId, index === undefined ? undefined : mark);
    if (index === undefined || changes.runs === 'everything') {
      entry.index = undefined;
      entry.index = await this.build(experimentId, entry);
    } else if (changes.runs.length > 0) {
      const runs = await this.source.readSearchableRuns(experimentId, changes.runs);
      for (const run of runs) index.put(run);
    }
    entry.mark = changes.mark;
    this.requireFits(entry.index!, entry);
    return entry.index!;
  }

  private async build(experimentId: string, entry: Entry): Promise<RunIndex> {
    const index = new RunIndex(experimentId);
    for await (const page of this.source.scanRuns(experimentId)) {
      for (const run of page) index.put(run);
      this.requireFits(index, entry);
    }
    return index;
  }

  private requireFits(index: RunIndex, entry: Entry): void {
    if (index.bytes <= this.memoryBytes) return;
    entry.index = undefined;
    entry.tooLarge = tooLarge([index.experimentId], this.memoryBytes);
    throw entry.tooLarge;
  }

  /** @throws InvalidParameterError when these together need more memory than there is. */
  requireFitTogether(indexes: readonly RunIndex[]): void {
    const bytes = indexes.reduce((sum, index) => sum + index.bytes, 0);
    if (bytes > this.memoryBytes) {
      throw tooLarge(
        indexes.map((index) => index.experimentId),
        this.memoryBytes,
      );
    }
  }
}

function tooLarge(experimentIds: readonly string[], memoryBytes: number): InvalidParameterError {
  const which =
    experimentIds.length === 1
      ? `experiment ${experimentIds[0]}`
      : `${experimentIds.length} experiments together`;
  return new InvalidParameterError(
    `The runs of ${which} need more than the ${Math.round(memoryBytes / 1_000_000)} MB of memory that a search ` +
      'may use. Search without a filter in the default order, fewer experiments at once, or give the server more ' +
      'memory for searches.',
  );
}

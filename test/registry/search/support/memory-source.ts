import type { TrackingRun } from '../../../../lambdas/registry/tracking/entities';
import { DoesNotExistError } from '../../../../lambdas/registry/tracking/errors';
import { runStage } from '../../../../lambdas/registry/tracking/lifecycle';
import type {
  Lifecycle,
  RunChanges,
  SearchableRun,
  SearchSource,
} from '../../../../lambdas/registry/tracking/tracking-store';

/** Runs of experiments with an exact change log, all in memory: what search reads. Each call waits for `before`. */
export class MemorySource
  implements
    Pick<
      SearchSource,
      | 'readRunChanges'
      | 'scanRuns'
      | 'readSearchableRuns'
      | 'readExperimentLifecycle'
      | 'resolveRuns'
      | 'listLoggedModels'
      | 'shards'
      | 'readShardInOrder'
    >
{
  readonly calls: string[] = [];
  readonly shards = 4;
  /** Runs in a page of a scan. */
  pageSize = 7;
  before: (call: string) => Promise<unknown> = async () => undefined;
  private readonly experiments = new Map<
    string,
    { lifecycle: Lifecycle; readonly runs: Map<string, SearchableRun>; readonly log: string[] }
  >();

  addExperiment(experimentId: string): void {
    this.experiments.set(experimentId, { lifecycle: { stage: 'active', at: 0 }, runs: new Map(), log: [] });
  }

  setLifecycle(experimentId: string, lifecycle: Lifecycle): void {
    this.experiment(experimentId).lifecycle = lifecycle;
  }

  put(run: SearchableRun): void {
    const { runs, log } = this.experiment(run.experimentId);
    runs.set(run.runId, run);
    log.push(run.runId);
  }

  all(experimentId: string): SearchableRun[] {
    return [...this.experiment(experimentId).runs.values()];
  }

  async readRunChanges(experimentId: string, since?: string): Promise<RunChanges> {
    await this.called('readRunChanges');
    const { log } = this.experiment(experimentId);
    const runs = since === undefined ? 'everything' : [...new Set(log.slice(Number(since)))];
    return { runs, mark: String(log.length) };
  }

  async *scanRuns(experimentId: string): AsyncIterable<readonly SearchableRun[]> {
    const ids = [...this.experiment(experimentId).runs.keys()];
    for (let at = 0; at < ids.length; at += this.pageSize) {
      await this.called('scanRuns');
      const { runs } = this.experiment(experimentId);
      yield ids.slice(at, at + this.pageSize).map((id) => runs.get(id)!);
    }
  }

  async readShardInOrder(
    experimentId: string,
    shard: number,
    limit: number,
    after?: Pick<SearchableRun, 'startTime' | 'runId'>,
  ): Promise<SearchableRun[]> {
    await this.called('readShardInOrder');
    const compare = (a: NonNullable<typeof after>, b: NonNullable<typeof after>): number =>
      b.startTime - a.startTime || (a.runId < b.runId ? -1 : Number(a.runId > b.runId));
    return [...this.experiment(experimentId).runs.values()]
      .filter(
        (run) =>
          [...run.runId].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % this.shards === shard,
      )
      .filter((run) => after === undefined || compare(run, after) > 0)
      .sort(compare)
      .slice(0, limit);
  }

  async readSearchableRuns(experimentId: string, runIds: readonly string[]): Promise<SearchableRun[]> {
    await this.called('readSearchableRuns');
    const { runs } = this.experiment(experimentId);
    return runIds.flatMap((id) => runs.get(id) ?? []);
  }

  async readExperimentLifecycle(experimentId: string): Promise<Lifecycle> {
    await this.called('readExperimentLifecycle');
    return this.experiment(experimentId).lifecycle;
  }

  async resolveRuns(runs: readonly SearchableRun[], experiment: Lifecycle): Promise<TrackingRun[]> {
    return runs.map(({ lifecycle, datasets, ...run }) => ({
      ...run,
      lifecycleStage: runStage(lifecycle, experiment),
      datasetInputs: datasets.map(({ name, digest, tags }) => ({
        dataset: { name, digest, sourceType: 'code', source: '{}' },
        tags,
      })),
    }));
  }

  async listLoggedModels(): Promise<never[]> {
    return [];
  }

  private async called(call: string): Promise<void> {
    this.calls.push(call);
    await this.before(call);
  }

  private experiment(experimentId: string) {
    const found = this.experiments.get(experimentId);
    if (found === undefined) throw new DoesNotExistError(`No Experiment with id=${experimentId} exists`);
    return found;
  }
}

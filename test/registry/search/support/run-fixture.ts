import type { TrackingRunStatus } from '../../../../lambdas/registry/tracking/entities';
import type { SearchableRun } from '../../../../lambdas/registry/tracking/tracking-store';
import fixture from '../fixtures/runs.json';
import type { Answer } from './oracle';

export interface RunCase {
  readonly filter: string;
  readonly orderBy: readonly string[];
  readonly viewType: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';
  readonly experimentIds: readonly string[];
  readonly mlflow: Answer;
  /** Whether a piece of the query was lost or replaced. */
  readonly damaged: boolean;
}

type Pairs = readonly (readonly [string, string])[];

const EXPERIMENTS = [...new Set(fixture.runs.map((run) => run.experiment))].sort();

/** The runs that MLflow searched, in the order of the fixture. */
export const FIXTURE_RUNS: readonly SearchableRun[] = fixture.runs.map((run) => ({
  runId: run.id,
  runName: run.name,
  experimentId: run.experiment,
  userId: run.user,
  status: run.status as TrackingRunStatus,
  startTime: run.start,
  ...(run.end === null ? {} : { endTime: run.end }),
  artifactUri: run.uri,
  lifecycle: { stage: run.stage as 'active' | 'deleted', at: 1 },
  params: new Map(run.params as unknown as Pairs),
  tags: new Map(run.tags as unknown as Pairs),
  metrics: new Map(
    run.metrics.map(([key, value]) => [key as string, { value: Number(value), timestamp: 5, step: 0 }]),
  ),
  datasets: run.datasets.map(({ name, digest, context }) => ({
    name,
    digest,
    tags: new Map(context === null ? [] : [['mlflow.data.context', context]]),
  })),
  modelInputs: [],
  modelOutputs: [],
}));

export const FIXTURE_EXPERIMENTS: readonly string[] = EXPERIMENTS;

export const RUN_CASES: readonly RunCase[] = fixture.cases.map((one) => {
  const [filter, orderBy, viewType, experiments, mlflow, damaged] = one as unknown as [
    string,
    string[],
    RunCase['viewType'],
    number[],
    Answer,
    number,
  ];
  return {
    filter,
    orderBy,
    viewType,
    experimentIds: experiments.map((at) => EXPERIMENTS[at]!),
    mlflow,
    damaged: damaged === 1,
  };
});

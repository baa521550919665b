import type {
  Dataset,
  DatasetInput,
  DatasetSummary,
  Experiment,
  LoggedModel,
  LoggedModelStatus,
  MetricPoint,
  NewMetric,
  RunMetricPoint,
  TrackingRun,
  TrackingRunInfo,
  TrackingRunStatus,
} from './entities';

export interface NewExperiment {
  readonly name: string;
  /** @default - `<default artifact root>/<experiment id>` */
  readonly artifactLocation?: string;
  /** @default - none */
  readonly tags?: ReadonlyMap<string, string>;
}

export interface NewTrackingRun {
  readonly experimentId: string;
  /** @default - empty */
  readonly userId?: string;
  /** Milliseconds since the epoch. */
  readonly startTime: number;
  /** @default - the tag `mlflow.runName`, else a random name such as `brisk-heron-412` */
  readonly runName?: string;
  /** @default - none */
  readonly tags?: ReadonlyMap<string, string>;
  /**
   * Creating a run whose id is there already answers that run and changes nothing.
   *
   * @default - 32 random hexadecimal digits
   */
  readonly runId?: string;
  /** @default - `<artifact location of the experiment>/<run id>/artifacts` */
  readonly artifactUri?: string;
}

/** What `updateRun` changes; absent fields stay. */
export interface RunUpdate {
  readonly status?: TrackingRunStatus;
  readonly endTime?: number;
  /** An empty name stays without effect. */
  readonly runName?: string;
}

/** What one call logs to a run. Keys of params are distinct; the last of several tags with one key stands. */
export interface RunBatch {
  readonly params?: readonly (readonly [key: string, value: string])[];
  readonly metrics?: readonly NewMetric[];
  readonly tags?: readonly (readonly [key: string, value: string])[];
}

export interface RunInputs {
  readonly datasets?: readonly DatasetInput[];
  /** Ids of logged models. */
  readonly models?: readonly string[];
}

export interface MetricHistoryQuery {
  readonly runId: string;
  readonly key: string;
  /** Points in a page. @default 25000 */
  readonly maxResults?: number;
  /** Of the page before. @default - from the first point */
  readonly pageToken?: string;
}

export interface MetricHistoryPage {
  /** In the order of timestamp, step, value. */
  readonly points: readonly MetricPoint[];
  /** Absent on the last page. */
  readonly nextPageToken?: string;
}

export interface BulkIntervalQuery {
  readonly runIds: readonly string[];
  readonly key: string;
  /** Steps from here on, this one too. @default - from the first */
  readonly startStep?: number;
  /** Steps up to here, this one too. @default - to the last */
  readonly endStep?: number;
  /** Points of each run at most. @default 320 */
  readonly maxResults?: number;
}

export interface NewLoggedModel {
  readonly experimentId: string;
  /** @default - a random name */
  readonly name?: string;
  readonly modelType?: string;
  readonly sourceRunId?: string;
  readonly params?: ReadonlyMap<string, string>;
  readonly tags?: ReadonlyMap<string, string>;
  /** Creating a model whose id is there already answers that model. @default - `m-` and 32 random digits */
  readonly modelId?: string;
}

/**
 * Experiments, runs and logged models, as MLflow's tracking API sees them.
 *
 * Every read here is strongly consistent: what a call wrote before it answered, any later read sees. Every write may
 * be repeated (a lost reply, a retrying client) and then changes nothing more, unless said otherwise. The store does
 * not validate names or lengths; that is the API's part. It throws `TrackingError`s, which carry MLflow's error code:
 * `RESOURCE_DOES_NOT_EXIST` for ids that are not there, `INVALID_PARAMETER_VALUE` for writes to what is not active,
 * and what stands at each operation. `RESOURCE_CONFLICT` when other writers won 40 times in a row.
 */
export interface TrackingStore
  extends ExperimentStore,
    RunStore,
    MetricStore,
    LoggedModelStore,
    SearchSource {}

export interface ExperimentStore {
  /**
   * @returns the id, decimal digits that grow with each experiment.
   * @throws AlreadyExistsError when an experiment, also a deleted one, has the name.
   */
  createExperiment(experiment: NewExperiment): Promise<string>;

  /**
   * Also of a deleted experiment. `0` (and an empty id) is Default, which always exists.
   *
   * @throws DoesNotExistError when there is none.
   */
  getExperiment(experimentId: string): Promise<Experiment>;

  /** Also a deleted one. */
  getExperimentByName(name: string): Promise<Experiment | undefined>;

  /** All, also deleted ones, in the order of their creation. */
  listExperiments(): Promise<Experiment[]>;

  /**
   * @throws InvalidStateError when the experiment is not active.
   * @throws AlreadyExistsError when another experiment, also a deleted one, has the name.
   */
  renameExperiment(experimentId: string, name: string): Promise<void>;

  /** Marks the experiment and all its runs deleted. Its name stays taken.
   * @throws DoesNotExistError when there is no active experiment of that id. */
  deleteExperiment(experimentId: string): Promise<void>;

  /** Marks the experiment and all its runs active, also runs that were deleted before it.
   * @throws DoesNotExistError when there is no deleted experiment of that id. */
  restoreExperiment(experimentId: string): Promise<void>;

  /** @throws InvalidParameterError when the experiment is not active. */
  setExperimentTag(experimentId: string, key: string, value: string): Promise<void>;

  /** @throws DoesNotExistError when the experiment has no such tag. */
  deleteExperimentTag(experimentId: string, key: string): Promise<void>;
}

export interface RunStore {
  /**
   * The name is also written as tag `mlflow.runName`.
   *
   * @throws InvalidParameterError when the experiment is not active, or `runName` and the tag differ.
   */
  createRun(run: NewTrackingRun): Promise<TrackingRun>;

  /** Also a deleted run. @throws DoesNotExistError when there is none. */
  getRun(runId: string): Promise<TrackingRun>;

  /** As `getRun`, for many; ids that are not there are left out; in the order of the ids. */
  getRuns(runIds: readonly string[]): Promise<TrackingRun[]>;

  /**
   * Changes status, end time and name; the name also as tag `mlflow.runName`.
   *
   * @throws InvalidParameterError when the run is not active.
   */
  updateRun(runId: string, update: RunUpdate): Promise<TrackingRunInfo>;

  /** Does not complain when the run is deleted already. */
  deleteRun(runId: string): Promise<void>;

  /** Does not complain when the run is active already. */
  restoreRun(runId: string): Promise<void>;

  /**
   * Params, then metrics, then metrics of logged models, then tags. Not atomic: what comes before a refusal stays.
   *
   * A param keeps its first value: the same value again is fine. The latest metric of a key is the one with the
   * greatest (step, timestamp, value), where NaN counts as 0. A point that is there already is dropped. The tag
   * `mlflow.runName` renames the run.
   *
   * @throws InvalidParameterError when the run is not active, or a param has another value already; then no param
   *   of the call is written.
   */
  logBatch(runId: string, batch: RunBatch): Promise<void>;

  /** `logBatch` with one param, and the error text of MLflow's call for one. */
  logParam(runId: string, key: string, value: string): Promise<void>;

  /** Sets one tag. `mlflow.runName` renames the run. */
  setTag(runId: string, key: string, value: string): Promise<void>;

  /** @throws DoesNotExistError when the run has no such tag (also when a lost reply is retried, as in MLflow). */
  deleteTag(runId: string, key: string): Promise<void>;

  /**
   * Appends to the JSON list in the tag `mlflow.log-model.history`, as 2.x clients' `log-model` asks. An entry that
   * stands there already, field by field, is not appended again.
   */
  recordLoggedModel(runId: string, description: Readonly<Record<string, unknown>>): Promise<void>;

  /** A dataset that the run has already (name and digest) keeps its first tags; so does an experiment's dataset. */
  logInputs(runId: string, inputs: RunInputs): Promise<void>;

  /** A model that the run has already keeps its first step. */
  logOutputs(
    runId: string,
    models: readonly { readonly modelId: string; readonly step: number }[],
  ): Promise<void>;
}

export interface MetricStore {
  /**
   * A page of a metric's history; empty for an unknown run or key.
   *
   * @throws InvalidParameterError for a page token that this store did not make for that run and key.
   */
  getMetricHistory(query: MetricHistoryQuery): Promise<MetricHistoryPage>;

  /** Points of many runs, by run id, then timestamp, step, value; at most `maxResults` in all. */
  getMetricHistoryBulk(runIds: readonly string[], key: string, maxResults: number): Promise<RunMetricPoint[]>;

  /**
   * A sample of each run's history, spread evenly over its points, with its last point (and, of more than one, its
   * first). Runs in the order asked for; points by step, timestamp, value.
   *
   * @throws InvalidParameterError when one of `startStep` and `endStep` is given and the other is not.
   */
  getMetricHistoryBulkInterval(query: BulkIntervalQuery): Promise<RunMetricPoint[]>;
}

/** A version of a registered model. */
export interface VersionName {
  readonly name: string;
  readonly version: number;
}

export interface LoggedModelStore {
  /**
   * Status PENDING; artifacts go to `<artifact location of the experiment>/models/<model id>/artifacts`.
   *
   * @throws InvalidParameterError when the experiment is not active.
   */
  createLoggedModel(model: NewLoggedModel): Promise<LoggedModel>;

  /** @throws DoesNotExistError when there is none or it is deleted. */
  getLoggedModel(modelId: string): Promise<LoggedModel>;

  /** As `getLoggedModel`; ids that are not there and deleted ones are left out. */
  getLoggedModels(modelIds: readonly string[]): Promise<LoggedModel[]>;

  /** Sets the status, also of a model that has one of the final ones. */
  finalizeLoggedModel(
    modelId: string,
    status: LoggedModelStatus,
    statusMessage?: string,
  ): Promise<LoggedModel>;

  /** Marks it deleted: reads then say that it does not exist. */
  deleteLoggedModel(modelId: string): Promise<void>;

  setLoggedModelTags(modelId: string, tags: ReadonlyMap<string, string>): Promise<void>;

  /**
   * Adds what the model was registered as to its tag `mlflow.modelVersions`, once; safe beside others who do so.
   *
   * @throws InvalidParameterError when the list would be longer than a tag.
   * @throws ContentionError
   */
  recordModelVersion(modelId: string, version: VersionName): Promise<void>;

  /** @throws DoesNotExistError when the model has no such tag. */
  deleteLoggedModelTag(modelId: string, key: string): Promise<void>;

  /** @throws InvalidParameterError when a param has another value already; then none of the call is written. */
  logLoggedModelParams(modelId: string, params: ReadonlyMap<string, string>): Promise<void>;
}

/** A run as search needs it: everything but the texts of its datasets, which `resolveDatasets` adds. */
export interface SearchableRun extends Omit<TrackingRun, 'datasetInputs' | 'lifecycleStage'> {
  /** The stage that was set on the run itself, and when; `runStage` joins it with the experiment's. */
  readonly lifecycle: Lifecycle;
  readonly datasets: readonly DatasetReference[];
}

/** A stage and the time at which it was set, in milliseconds. Of a run's and its experiment's, the later counts. */
export interface Lifecycle {
  readonly stage: 'active' | 'deleted';
  readonly at: number;
}

/** A dataset that a run read, by name and digest. */
export interface DatasetReference {
  readonly name: string;
  readonly digest: string;
  readonly tags: ReadonlyMap<string, string>;
}

/** Runs of an experiment that were written since a mark, and the mark to ask with next time. */
export interface RunChanges {
  /** Ids, each once. `everything`: the mark is too old (or absent); read all runs again. */
  readonly runs: readonly string[] | 'everything';
  /** Opaque; text, so that it can be kept with a snapshot. */
  readonly mark: string;
}

/** What search builds its indexes from. */
export interface SearchSource {
  /**
   * Which runs to read again. Every write to a run that was answered before this call is in `runs` of this call or
   * was visible to reads that followed the call that gave `since`. A run may be named though nothing changed.
   *
   * Use: `{mark} = readRunChanges(e)`, then read all runs, then from time to time
   * `{runs, mark} = readRunChanges(e, mark)` and read those runs.
   */
  readRunChanges(experimentId: string, since?: string): Promise<RunChanges>;

  /**
   * All runs of an experiment, also deleted ones, as pages from 16 shards that are read side by side; in no order.
   * Strongly consistent.
   */
  scanRuns(experimentId: string): AsyncIterable<readonly SearchableRun[]>;

  /** How many shards an experiment's runs are spread over. */
  readonly shards: number;

  /**
   * Runs of one shard, also deleted ones, by start time (newest first), then id. Strongly consistent. Fewer than
   * `limit` only at the end of the shard.
   *
   * @param after - the last run of the page before
   */
  readShardInOrder(
    experimentId: string,
    shard: number,
    limit: number,
    after?: Pick<SearchableRun, 'startTime' | 'runId'>,
  ): Promise<SearchableRun[]>;

  /** Those of the ids that are runs of the experiment. Strongly consistent, in no order. */
  readSearchableRuns(experimentId: string, runIds: readonly string[]): Promise<SearchableRun[]>;

  /** The experiment's lifecycle as it is now. @throws DoesNotExistError when there is no such experiment. */
  readExperimentLifecycle(experimentId: string): Promise<Lifecycle>;

  /** The runs as the API answers them: with the texts of their datasets. */
  resolveRuns(runs: readonly SearchableRun[], experiment: Lifecycle): Promise<TrackingRun[]>;

  /** Datasets of an experiment by name and digest; those that are not there are left out. */
  getDatasets(
    experimentId: string,
    references: readonly Pick<DatasetReference, 'name' | 'digest'>[],
  ): Promise<Dataset[]>;

  /** Distinct (name, digest, context) of the experiments' dataset inputs; at most 1000. */
  searchDatasets(experimentIds: readonly string[]): Promise<DatasetSummary[]>;

  /** Logged models of an experiment that are not deleted, newest first, with all their metrics. */
  listLoggedModels(experimentId: string): Promise<LoggedModel[]>;
}

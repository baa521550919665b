import { manifestKey } from '../data-lake/contract';
import { MANIFEST_TAG } from '../registry/contract';
import { MAX_STAGING_CALLS, RunFile, type SplitConfig } from './contract';
import type { PipelineOptions } from './pipeline-options';
import { evaluateState, prepareState, runUri } from './processing-states';
import { caught, functionTask, jsonata, noted, type State } from './states';
import { trainState } from './training-state';

/** How long the deployment may take: SageMaker's own limit for an update, and waiting for another deployment. */
const DEPLOYMENT_SECONDS = 24 * 3600;

/** What one further call of the staging function may take: Lambda's limit. */
const STAGING_TIMEOUT_SECONDS = 15 * 60;

const FAILED = 'ConcludeFailed';

/**
 * The training pipeline. Input: `PipelineInput` of the contract, written by the admit function.
 *
 * Variables: `run` (the input), `champion` (version and artifact, or nothing), `staging` (how far the copying got, when
 * it goes on in another call, or nothing), `candidateUri`, `trainingMetrics`,
 * and `outcome`, which gathers what the conclusion is made of: `verdict`, `registered`, `deployed`, `error`,
 * `deploymentError`. Every failure leads to `ConcludeFailed`, so that the lease is freed and the cause recorded.
 *
 * @internal
 */
export function pipelineDefinition(options: PipelineOptions): State {
  return {
    Comment: `Trains, judges, registers and deploys model ${options.modelName}.`,
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    States: {
      Begin: {
        Type: 'Pass',
        Assign: {
          run: jsonata('$states.input'),
          champion: {},
          outcome: {},
          staging: {},
        },
        Next: 'BeginRun',
      },
      ...dataStates(options),
      Train: trainState(options, 'HasChampion', FAILED),
      ...judgeStates(options),
      ...deployStates(options),
      ...endStates(options),
    },
  };
}

function dataStates(options: PipelineOptions): Record<string, State> {
  return {
    BeginRun: functionTask({
      comment: 'Renews the lease for the whole run and looks up the champion',
      partition: options.partition,
      functionArn: options.functions.beginRun,
      payload: {
        runId: jsonata('$run.runId'),
        model: jsonata('$run.model'),
        leaseToken: jsonata('$run.leaseToken'),
        executionArn: jsonata('$states.context.Execution.Id'),
        params: runParams(options),
        tags: { ...options.codeTags, [MANIFEST_TAG]: manifestUri(options) },
      },
      assign: {
        champion: jsonata('$exists($states.result.Payload.champion) ? $states.result.Payload.champion : {}'),
      },
      next: 'StageDataset',
      onError: FAILED,
    }),
    StageDataset: functionTask({
      comment: 'Copies exactly the bytes of the dataset version to where jobs read them',
      partition: options.partition,
      functionArn: options.functions.stageDataset,
      payload: {
        runId: jsonata('$run.runId'),
        dataset: jsonata('$run.dataset'),
        datasetVersion: jsonata('$run.datasetVersion'),
        split: options.split,
        progress: jsonata('$staging'),
      },
      assign: {
        staging: jsonata('$exists($states.result.Payload.progress) ? $states.result.Payload.progress : {}'),
      },
      next: 'IsStaged',
      onError: FAILED,
    }),
    IsStaged: {
      Type: 'Choice',
      Choices: [{ Condition: jsonata('$exists($staging.after)'), Next: 'StageDataset' }],
      Default: 'Prepare',
    },
    Prepare: prepareState(options, 'RecordSplit', FAILED),
    RecordSplit: functionTask({
      comment: 'Records with the dataset version and the run which rows are for what',
      partition: options.partition,
      functionArn: options.functions.recordSplit,
      payload: {
        runId: jsonata('$run.runId'),
        dataset: jsonata('$run.dataset'),
        datasetVersion: jsonata('$run.datasetVersion'),
        split: options.split,
      },
      next: 'Train',
      onError: FAILED,
    }),
  };
}

function judgeStates(options: PipelineOptions): Record<string, State> {
  return {
    HasChampion: {
      Type: 'Choice',
      Choices: [{ Condition: jsonata('$exists($champion.artifactUri)'), Next: 'EvaluateBesideChampion' }],
      Default: 'Evaluate',
    },
    EvaluateBesideChampion: evaluateState(options, true, 'Judge', FAILED),
    Evaluate: evaluateState(options, false, 'Judge', FAILED),
    Judge: functionTask({
      comment: 'Compares candidate and champion and records the verdict',
      partition: options.partition,
      functionArn: options.functions.judge,
      payload: jsonata(
        `$merge([{'runId': $run.runId, 'rules': ${JSON.stringify(options.judge)}, 'trainingMetrics': $trainingMetrics}, $exists($champion.version) ? {'championVersion': $champion.version} : {}])`,
      ),
      assign: noted('verdict', '$states.result.Payload'),
      next: 'IsAccepted',
      onError: FAILED,
    }),
    IsAccepted: {
      Type: 'Choice',
      Choices: [{ Condition: jsonata('$outcome.verdict.accepted'), Next: 'Register' }],
      Default: 'Conclude',
    },
    Register: functionTask({
      comment: 'Registers the candidate as a model version',
      partition: options.partition,
      functionArn: options.functions.register,
      payload: {
        model: jsonata('$run.model'),
        runId: jsonata('$run.runId'),
        leaseToken: jsonata('$run.leaseToken'),
        artifactUri: runUri(options, RunFile.MODEL),
        baselineUri: runUri(options, RunFile.BASELINE),
        image: options.imageUri,
        environment: servingEnvironment(options),
        target: options.target,
        ignoredColumns: options.ignoredColumns,
        threshold: options.judge.threshold,
      },
      assign: noted('registered', '$states.result.Payload'),
      next: options.deploymentArn === undefined ? 'Conclude' : 'Deploy',
      onError: FAILED,
    }),
  };
}

function deployStates(options: PipelineOptions): Record<string, State> {
  if (options.deploymentArn === undefined) return {};
  return {
    Deploy: {
      Type: 'Task',
      Comment: 'Makes the version live, or learns that it was rolled back',
      Resource: `arn:${options.partition}:states:::states:startExecution.sync:2`,
      Arguments: {
        StateMachineArn: options.deploymentArn,
        Name: jsonata(`$run.runId & '-v' & $string($outcome.registered.version)`),
        Input: {
          model: jsonata('$run.model'),
          version: jsonata('$outcome.registered.version'),
          trigger: jsonata('$run.trigger'),
          reasons: jsonata('$append($run.reasons, $outcome.verdict.reasons)'),
          runId: jsonata('$run.runId'),
        },
      },
      TimeoutSeconds: DEPLOYMENT_SECONDS,
      Retry: [
        {
          ErrorEquals: ['StepFunctions.ExecutionLimitExceededException', 'StepFunctions.ThrottlingException'],
          IntervalSeconds: 5,
          MaxAttempts: 6,
          MaxDelaySeconds: 300,
          BackoffRate: 2,
          JitterStrategy: 'FULL',
        },
      ],
      Catch: caught('Conclude', 'deploymentError'),
      Assign: noted('deployed', '$states.result.Output'),
      Next: 'Conclude',
    },
  };
}

function endStates(options: PipelineOptions): Record<string, State> {
  const conclude = (comment: string, next: string): State =>
    functionTask({
      comment,
      partition: options.partition,
      functionArn: options.functions.conclude,
      payload: jsonata(
        `$merge([{'runId': $run.runId, 'model': $run.model, 'leaseToken': $run.leaseToken}, $outcome])`,
      ),
      assign: { concluded: jsonata('$states.result.Payload') },
      next,
    });
  return {
    Conclude: conclude('Records how the run ended and gives the lease back', 'Ended'),
    Ended: { Type: 'Succeed', Output: jsonata('$concluded') },
    ConcludeFailed: conclude('Records why the run failed and gives the lease back', 'Failed'),
    Failed: { Type: 'Fail', Error: 'RunFailed', Cause: jsonata('$concluded.failure') },
  };
}

/** The list of all files of the run's dataset version. */
function manifestUri(options: PipelineOptions): string {
  const key = manifestKey(`' & $run.dataset & '`, `' & $run.datasetVersion & '`);
  return jsonata(`'s3://${options.lakeBucket}/${key}'`);
}

/** What a run is made with, as the registry records it. */
function runParams(options: PipelineOptions): Record<string, string> {
  return {
    ...options.hyperparameters,
    'flywheel.image': options.imageUri,
    'flywheel.source': options.source.uri,
    'flywheel.instanceType': options.trainingCompute.instanceType,
    'flywheel.target': options.target,
    ...splitParams(options.split),
    ...(options.ignoredColumns.length === 0
      ? {}
      : { 'flywheel.ignoredColumns': options.ignoredColumns.join(',') }),
  };
}

/** The settings of the split; what they came to is recorded once the rows are split. */
function splitParams({ method, holdout, validation, key, seed, column, ...cutoffs }: SplitConfig) {
  const params = {
    'flywheel.splitMethod': method,
    'flywheel.holdoutFraction': holdout,
    'flywheel.validationFraction': validation,
    'flywheel.splitKey': key,
    'flywheel.splitSeed': seed,
    'flywheel.splitColumn': column,
    'flywheel.holdoutFrom': cutoffs.holdoutFrom,
    'flywheel.validationFrom': cutoffs.validationFrom,
  };
  const given = Object.entries(params).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

/** Environment of the serving container: the packaged model carries its code. */
function servingEnvironment(options: PipelineOptions): Record<string, string> {
  return {
    SAGEMAKER_PROGRAM: options.inference,
    SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
    SAGEMAKER_CONTAINER_LOG_LEVEL: '20',
    SAGEMAKER_REGION: options.region,
  };
}

/** Upper bound of what an execution may take, in seconds. @internal */
export function pipelineTimeoutSeconds(definition: State): number {
  const states = Object.values(definition.States as Record<string, State>);
  const once = states.reduce((sum, state) => sum + ((state.TimeoutSeconds as number | undefined) ?? 0), 3600);
  return once + (MAX_STAGING_CALLS - 1) * STAGING_TIMEOUT_SECONDS;
}

import type { ComputeConfig } from './compute';
import { COLUMNS_FILE, RunFolder, SPLIT_FILE, stagedPlanPrefix, stagedPrefix } from './contract';
import type { PipelineOptions } from './pipeline-options';
import { hasValidation } from './split-config';
import { jobTask, jsonata, type State } from './states';

const PROCESSING = '/opt/ml/processing';

/** An artifact of the run, by its path below `runs/<run>/`. @internal */
export function runUri(options: PipelineOptions, path: string): string {
  return jsonata(`'s3://${options.artifactsBucket}/runs/' & $run.runId & '/${path}'`);
}

/** Where a job writes: a folder, whose name SageMaker joins to the file's. @internal */
export function outputUri(options: PipelineOptions, folder: string): string {
  return runUri(options, folder.replace(/\/$/, ''));
}

/** What is staged for the run, by the key that a run's has. */
function stagedUri(options: PipelineOptions, keyOf: (run: string) => string): string {
  return jsonata(`'s3://${options.lakeBucket}/${keyOf(`' & $run.runId & '`)}'`);
}

/** `<model>-<run>-<kind>-<attempt>`: the same attempt has the same name, another attempt another one. @internal */
export function jobName(options: PipelineOptions, kind: string): string {
  return jsonata(
    `'${options.modelName}-' & $run.runId & '-${kind}-' & $string($states.context.State.RetryCount)`,
  );
}

/** Tags by which run-time resources are found. @internal */
export function jobTags(options: PipelineOptions): State[] {
  return [
    { Key: 'flywheel:model', Value: options.modelName },
    { Key: 'flywheel:run', Value: jsonata('$run.runId') },
  ];
}

/** Splits the staged data into training, validation and hold-out rows and describes the features. @internal */
export function prepareState(options: PipelineOptions, next: string, onError: string): State {
  return processingTask(options, {
    kind: 'prepare',
    comment: 'Splits the data and measures the baseline that drift is compared with',
    roleArn: options.roles.prepare,
    script: options.prepareScript.fileName,
    scriptArguments: prepareArguments(options),
    inputs: [
      input('code', options.prepareScript.uri, 'input/code'),
      input('data', stagedUri(options, stagedPrefix), 'input/data'),
      input('plan', stagedUri(options, stagedPlanPrefix), 'input/plan'),
    ],
    outputs: [
      output('train', outputUri(options, RunFolder.TRAIN), 'output/train'),
      ...(hasValidation(options.split)
        ? [output('validation', outputUri(options, RunFolder.VALIDATION), 'output/validation')]
        : []),
      output('holdout', outputUri(options, RunFolder.HOLDOUT), 'output/holdout'),
      output('baseline', outputUri(options, RunFolder.BASELINE), 'output/baseline'),
    ],
    next,
    onError,
  });
}

/**
 * Packages the candidate with its inference code and scores it on the hold-out, beside the champion if there is one.
 *
 * @internal
 */
export function evaluateState(
  options: PipelineOptions,
  withChampion: boolean,
  next: string,
  onError: string,
): State {
  return processingTask(options, {
    kind: 'evaluate',
    comment: withChampion
      ? 'Packages the candidate and scores it beside the champion on the same hold-out'
      : 'Packages the candidate and scores it on the hold-out',
    roleArn: options.roles.evaluate,
    script: options.evaluateScript.fileName,
    scriptArguments: ['--target', options.target, '--program', options.inference],
    inputs: [
      input('code', options.evaluateScript.uri, 'input/code'),
      input('model', jsonata('$candidateUri'), 'input/model'),
      input('source', options.source.uri, 'input/source'),
      input('holdout', runUri(options, RunFolder.HOLDOUT), 'input/holdout'),
      ...(withChampion ? [input('champion', jsonata('$champion.artifactUri'), 'input/champion')] : []),
    ],
    outputs: [
      output('model', outputUri(options, RunFolder.MODEL), 'output/model'),
      output('evaluation', outputUri(options, RunFolder.EVALUATION), 'output/evaluation'),
    ],
    next,
    onError,
  });
}

interface ProcessingTask {
  readonly kind: 'prepare' | 'evaluate';
  readonly comment: string;
  readonly roleArn: string;
  readonly script: string;
  readonly scriptArguments: string[];
  readonly inputs: State[];
  readonly outputs: State[];
  readonly next: string;
  readonly onError: string;
}

function processingTask(options: PipelineOptions, task: ProcessingTask): State {
  const compute = options.processingCompute;
  return jobTask({
    comment: task.comment,
    partition: options.partition,
    action: 'createProcessingJob',
    maxRuntimeSeconds: compute.maxRuntimeSeconds,
    next: task.next,
    onError: task.onError,
    request: {
      ProcessingJobName: jobName(options, task.kind),
      RoleArn: task.roleArn,
      AppSpecification: {
        ImageUri: options.imageUri,
        ContainerEntrypoint: ['python3', `${PROCESSING}/input/code/${task.script}`],
        ContainerArguments: task.scriptArguments,
      },
      ProcessingInputs: task.inputs,
      ProcessingOutputConfig: { KmsKeyId: options.keyArn, Outputs: task.outputs },
      ProcessingResources: { ClusterConfig: cluster(options, compute) },
      NetworkConfig: { EnableNetworkIsolation: true, EnableInterContainerTrafficEncryption: true },
      StoppingCondition: { MaxRuntimeInSeconds: compute.maxRuntimeSeconds },
      Tags: jobTags(options),
    },
  });
}

/** One instance with an encrypted volume. @internal */
export function cluster(options: PipelineOptions, compute: ComputeConfig): State {
  return {
    InstanceCount: 1,
    InstanceType: compute.instanceType,
    VolumeSizeInGB: compute.volumeGib,
    ...(compute.volumeTakesKey ? { VolumeKmsKeyId: options.keyArn } : {}),
  };
}

function prepareArguments(options: PipelineOptions): string[] {
  const { target, ignoredColumns } = options;
  return [
    '--target',
    target,
    '--columns',
    `${PROCESSING}/input/plan/${COLUMNS_FILE}`,
    '--split',
    `${PROCESSING}/input/plan/${SPLIT_FILE}`,
    ...ignoredColumns.map((column) => `--ignore=${column}`),
  ];
}

function input(name: string, uri: string, path: string): State {
  return {
    InputName: name,
    S3Input: {
      S3Uri: uri,
      LocalPath: `${PROCESSING}/${path}`,
      S3DataType: 'S3Prefix',
      S3InputMode: 'File',
      S3DataDistributionType: 'FullyReplicated',
      S3CompressionType: 'None',
    },
  };
}

function output(name: string, uri: string, path: string): State {
  return {
    OutputName: name,
    S3Output: { S3Uri: uri, LocalPath: `${PROCESSING}/${path}`, S3UploadMode: 'EndOfJob' },
  };
}

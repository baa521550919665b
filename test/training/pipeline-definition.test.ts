import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { MAX_STAGING_CALLS } from '../../lib/training/contract';
import { pipelineTimeoutSeconds } from '../../lib/training/pipeline-definition';
import type { PipelineOptions } from '../../lib/training/pipeline-options';
import { sampleOptions, samplePipeline } from './pipeline-sample';

// biome-ignore lint/suspicious/noExplicitAny: the definition is JSON
type Json = any;
const states = (definition: Json = samplePipeline()): Record<string, Json> => definition.States;
const VALIDATING: PipelineOptions['split'] = { method: 'time', column: 'day', holdout: 0.2, validation: 0.1 };
const tasks = () => Object.entries(states()).filter(([, state]) => state.Type === 'Task');

/** Where a state leads when all goes well: a loop is left at once. */
const onward = ({ Next, Choices, Default }: Json): string =>
  Next ?? (Choices?.[0].Next === 'StageDataset' ? Default : Choices?.[0].Next);

describe('the pipeline', () => {
  it.each([
    ['with a deployment', samplePipeline()],
    ['without one', samplePipeline({ deploymentArn: undefined })],
    [
      'with rows to validate with and nothing ignored',
      samplePipeline({ split: VALIDATING, ignoredColumns: [] }),
    ],
  ])('is a valid state machine %s', (_, definition) => {
    const { isValid, errors } = aslValidator(definition as never);
    expect(errors).toEqual([]);
    expect(isValid).toBe(true);
  });

  it('goes through its steps in order', () => {
    const order: string[] = [];
    for (let at = 'Begin'; at !== undefined; at = onward(states()[at])) order.push(at);
    expect(order).toEqual([
      'Begin',
      'BeginRun',
      'StageDataset',
      'IsStaged',
      'Prepare',
      'RecordSplit',
      'Train',
      'HasChampion',
      'EvaluateBesideChampion',
      'Judge',
      'IsAccepted',
      'Register',
      'Deploy',
      'Conclude',
      'Ended',
    ]);
    expect(states().IsAccepted.Default).toBe('Conclude');
    expect(states().HasChampion.Default).toBe('Evaluate');
  });

  it('stages a dataset version in as many calls as it takes, each going on where the one before stopped', () => {
    const { Begin, StageDataset, IsStaged } = states();
    expect(Begin.Assign.staging).toEqual({});
    expect(StageDataset.Arguments.Payload).toMatchObject({
      split: { method: 'hash', key: 'flight_id', holdout: 0.2, validation: 0 },
      progress: '{% $staging %}',
    });
    expect(StageDataset.Assign.staging).toContain('$states.result.Payload.progress');
    expect(IsStaged).toMatchObject({
      Choices: [{ Condition: '{% $exists($staging.after) %}', Next: 'StageDataset' }],
      Default: 'Prepare',
    });
  });

  it('records how the version was split before anything is trained on it', () => {
    expect(states().Prepare.Next).toBe('RecordSplit');
    expect(states().RecordSplit).toMatchObject({
      Arguments: { Payload: { split: sampleOptions.split, datasetVersion: '{% $run.datasetVersion %}' } },
      Next: 'Train',
    });
    expect(states().BeginRun.Arguments.Payload.params).toMatchObject({
      'flywheel.splitMethod': 'hash',
      'flywheel.splitKey': 'flight_id',
      'flywheel.holdoutFraction': '0.2',
    });
  });

  it('tells with each run which code and which files it is made of', () => {
    expect(states().BeginRun.Arguments.Payload.tags).toEqual({
      'mlflow.source.git.commit': 'c0ffee',
      'flywheel.source.digest': 'feed',
      'flywheel.data.manifest':
        "{% 's3://lake/manifests/' & $run.dataset & '/' & $run.datasetVersion & '.json.gz' %}",
    });
  });

  it('only registers when nothing deploys', () => {
    const definition = states(samplePipeline({ deploymentArn: undefined }));
    expect(definition.Register.Next).toBe('Conclude');
    expect(definition.Deploy).toBeUndefined();
  });

  it('bounds each task in time, repeats it with jitter and lets every failure lead to a conclusion', () => {
    for (const [name, task] of tasks()) {
      expect(task.TimeoutSeconds, name).toBeGreaterThan(0);
      const retried = task.Retry.filter(({ MaxAttempts }: Json) => MaxAttempts > 0);
      expect(
        retried.every(({ JitterStrategy }: Json) => JitterStrategy === 'FULL'),
        name,
      ).toBe(true);
      if (name.startsWith('Conclude')) continue;
      expect(task.Catch[0].ErrorEquals, name).toEqual(['States.ALL']);
      expect(task.Catch[0].Next, name).toBe(name === 'Deploy' ? 'Conclude' : 'ConcludeFailed');
    }
  });

  it('ends within the sum of its tasks, of which the lease is made', () => {
    const sum = tasks().reduce((seconds, [, task]) => seconds + task.TimeoutSeconds, 0);
    const moreStaging = (MAX_STAGING_CALLS - 1) * 15 * 60;
    expect(pipelineTimeoutSeconds(samplePipeline())).toBe(sum + moreStaging + 3600);
  });
});

describe('every SageMaker job', () => {
  const jobs = tasks().filter(([, task]) => task.Resource.includes(':sagemaker:'));

  it('is waited for', () => {
    expect(jobs.map(([name, task]) => [name, task.Resource.split(':').at(-1)])).toEqual([
      ['Prepare', 'createProcessingJob.sync'],
      ['Train', 'createTrainingJob.sync'],
      ['EvaluateBesideChampion', 'createProcessingJob.sync'],
      ['Evaluate', 'createProcessingJob.sync'],
    ]);
  });

  it.each(jobs)('%s has no network, encrypts volume, output and traffic, and stops in time', (_, task) => {
    const request = task.Arguments;
    const network = request.NetworkConfig ?? request;
    const cluster = request.ResourceConfig ?? request.ProcessingResources.ClusterConfig;
    const output = request.OutputDataConfig ?? request.ProcessingOutputConfig;
    expect(network.EnableNetworkIsolation).toBe(true);
    expect(network.EnableInterContainerTrafficEncryption).toBe(true);
    expect(cluster.VolumeKmsKeyId).toBe(sampleOptions.keyArn);
    expect(output.KmsKeyId).toBe(sampleOptions.keyArn);
    expect(request.StoppingCondition.MaxRuntimeInSeconds).toBeLessThan(task.TimeoutSeconds);
    expect(request.Tags).toContainEqual({ Key: 'flywheel:model', Value: 'flight-delays' });
  });

  it('has a name of at most 63 characters that differs between attempts of the longest names', () => {
    const model = 'm'.repeat(25);
    const run = `schedule-${'a'.repeat(8)}-${'b'.repeat(8)}`;
    for (const [, task] of jobs) {
      const name = task.Arguments.TrainingJobName ?? task.Arguments.ProcessingJobName;
      const [, kind] = /-(prepare|train|evaluate)-/.exec(name)!;
      expect(name).toContain('$states.context.State.RetryCount');
      expect(`${model}-${run}-${kind}-9`.length).toBeLessThanOrEqual(63);
      const attempts = task.Retry.reduce((sum: number, { MaxAttempts }: Json) => sum + MaxAttempts, 0);
      expect(attempts).toBeLessThanOrEqual(9);
    }
  });

  it('takes no key for a volume that instances encrypt themselves', () => {
    const trainingCompute = {
      ...sampleOptions.trainingCompute,
      instanceType: 'ml.g5.xlarge',
      volumeTakesKey: false,
    };
    const { Train } = states(samplePipeline({ trainingCompute }));
    expect(Train.Arguments.ResourceConfig).toEqual({
      InstanceCount: 1,
      InstanceType: 'ml.g5.xlarge',
      VolumeSizeInGB: 30,
    });
  });
});

describe('the contracts of the jobs', () => {
  it('prepare gets target, columns, split and what is ignored', () => {
    expect(states().Prepare.Arguments.AppSpecification).toMatchObject({
      ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/1111.py'],
      ContainerArguments: [
        '--target',
        'late',
        '--columns',
        '/opt/ml/processing/input/plan/columns.json',
        '--split',
        '/opt/ml/processing/input/plan/split.json',
        '--ignore=flight_id',
      ],
    });
  });

  it('prepare gets an argument for each ignored column, so that none is too long', () => {
    const ignoredColumns = ['a, b', '-c', 'd'.repeat(200)];
    const { Prepare } = states(samplePipeline({ ignoredColumns }));
    const given: string[] = Prepare.Arguments.AppSpecification.ContainerArguments;
    expect(given.slice(-3)).toEqual(['--ignore=a, b', '--ignore=-c', `--ignore=${'d'.repeat(200)}`]);
  });

  it('prepare has no more than 100 arguments of 256 characters with as many columns ignored as may be', () => {
    const ignoredColumns = Array.from({ length: 94 }, (_, at) => String(at).padStart(247, 'x'));
    const { Prepare } = states(samplePipeline({ ignoredColumns }));
    const given: string[] = Prepare.Arguments.AppSpecification.ContainerArguments;
    expect(given).toHaveLength(100);
    expect(Math.max(...given.map(({ length }) => length))).toBe(256);
  });

  it('prepare gets the order of the columns and the split beside the staged data', () => {
    const inputs = states().Prepare.Arguments.ProcessingInputs;
    expect(
      inputs.map(({ InputName, S3Input }: Json) => [InputName, S3Input.S3Uri, S3Input.LocalPath]),
    ).toEqual([
      ['code', 's3://assets/1111.py', '/opt/ml/processing/input/code'],
      ['data', "{% 's3://lake/staging/' & $run.runId & '/data/' %}", '/opt/ml/processing/input/data'],
      ['plan', "{% 's3://lake/staging/' & $run.runId & '/plan/' %}", '/opt/ml/processing/input/plan'],
    ]);
  });

  it('train gets JSON-encoded hyperparameters and its source by a channel, since it has no network', () => {
    const { HyperParameters, InputDataConfig, AlgorithmSpecification } = states().Train.Arguments;
    expect(HyperParameters).toEqual({
      'max-iter': '"100"',
      sagemaker_program: '"train.py"',
      sagemaker_submit_directory: '"/opt/ml/input/data/code/3333.tgz"',
      sagemaker_region: '"us-east-1"',
      sagemaker_container_log_level: '20',
    });
    expect(InputDataConfig.map(({ ChannelName }: Json) => ChannelName)).toEqual(['train', 'code']);
    expect(AlgorithmSpecification.MetricDefinitions).toEqual([
      { Name: 'train:roc-auc', Regex: 'train-roc-auc=([0-9.]+)' },
    ]);
  });

  it('train gets rows to validate with in a channel of their own, if the split has any', () => {
    const channels = (options?: Partial<PipelineOptions>) =>
      states(samplePipeline(options)).Train.Arguments.InputDataConfig.map(
        ({ ChannelName }: Json) => ChannelName,
      );
    expect(channels()).toEqual(['train', 'code']);
    expect(channels({ split: VALIDATING })).toEqual(['train', 'validation', 'code']);
    const { Prepare } = states(samplePipeline({ split: VALIDATING }));
    expect(
      Prepare.Arguments.ProcessingOutputConfig.Outputs.map(({ OutputName }: Json) => OutputName),
    ).toEqual(['train', 'validation', 'holdout', 'baseline']);
  });

  it('evaluate gets the champion only when there is one', () => {
    const inputs = (name: string) =>
      states()[name].Arguments.ProcessingInputs.map(({ InputName }: Json) => InputName);
    expect(inputs('Evaluate')).toEqual(['code', 'model', 'source', 'holdout']);
    expect(inputs('EvaluateBesideChampion')).toEqual(['code', 'model', 'source', 'holdout', 'champion']);
  });
});

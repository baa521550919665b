import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { pipelineTimeoutSeconds } from '../../lib/training/pipeline-definition';
import { sampleOptions, samplePipeline } from './pipeline-sample';

// biome-ignore lint/suspicious/noExplicitAny: the definition is JSON
type Json = any;
const states = (definition: Json = samplePipeline()): Record<string, Json> => definition.States;
const tasks = () => Object.entries(states()).filter(([, state]) => state.Type === 'Task');

describe('the pipeline', () => {
  it.each([
    ['with a deployment', samplePipeline()],
    ['without one', samplePipeline({ deploymentArn: undefined })],
    ['without a split key or anything ignored', samplePipeline({ splitKey: undefined, ignoredColumns: [] })],
  ])('is a valid state machine %s', (_, definition) => {
    const { isValid, errors } = aslValidator(definition as never);
    expect(errors).toEqual([]);
    expect(isValid).toBe(true);
  });

  it('goes through its steps in order', () => {
    const order: string[] = [];
    for (let at = 'Begin'; at !== undefined; at = states()[at].Next ?? states()[at].Choices?.[0].Next)
      order.push(at);
    expect(order).toEqual([
      'Begin',
      'BeginRun',
      'StageDataset',
      'Prepare',
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
    expect(pipelineTimeoutSeconds(samplePipeline())).toBe(sum + 3600);
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
  it('prepare gets target, hold-out, split key and what is ignored', () => {
    expect(states().Prepare.Arguments.AppSpecification).toMatchObject({
      ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/1111.py'],
      ContainerArguments: [
        '--target',
        'late',
        '--holdout-fraction',
        '0.2',
        '--columns',
        '/opt/ml/processing/input/columns/columns.json',
        '--split-key',
        'flight_id',
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
    const ignoredColumns = Array.from({ length: 92 }, (_, at) => String(at).padStart(247, 'x'));
    const { Prepare } = states(samplePipeline({ ignoredColumns }));
    const given: string[] = Prepare.Arguments.AppSpecification.ContainerArguments;
    expect(given).toHaveLength(100);
    expect(Math.max(...given.map(({ length }) => length))).toBe(256);
  });

  it('prepare gets the order of the columns beside the staged data', () => {
    const inputs = states().Prepare.Arguments.ProcessingInputs;
    expect(
      inputs.map(({ InputName, S3Input }: Json) => [InputName, S3Input.S3Uri, S3Input.LocalPath]),
    ).toEqual([
      ['code', 's3://assets/1111.py', '/opt/ml/processing/input/code'],
      ['data', "{% 's3://lake/staging/' & $run.runId & '/data/' %}", '/opt/ml/processing/input/data'],
      [
        'columns',
        "{% 's3://lake/staging/' & $run.runId & '/columns.json' %}",
        '/opt/ml/processing/input/columns',
      ],
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

  it('evaluate gets the champion only when there is one', () => {
    const inputs = (name: string) =>
      states()[name].Arguments.ProcessingInputs.map(({ InputName }: Json) => InputName);
    expect(inputs('Evaluate')).toEqual(['code', 'model', 'source', 'holdout']);
    expect(inputs('EvaluateBesideChampion')).toEqual(['code', 'model', 'source', 'holdout', 'champion']);
  });
});

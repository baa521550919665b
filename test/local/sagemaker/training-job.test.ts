import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Harness, IMAGE } from './support/harness';
import { isAlive } from './support/processes';
import { archive, channel, trainingRequest } from './support/sources';

const REPORT = `
import argparse, glob, json, os, sys
parser = argparse.ArgumentParser()
parser.add_argument('--depth', type=int)
parser.add_argument('--rate', type=float)
known = parser.parse_args()
print('auc=0.5; auc=0.61')
print('validation loss: 0.25', file=sys.stderr)
print('auc=0.75')
report = {name: value for name, value in os.environ.items() if name.startswith('SM_')}
report['files'] = sorted(os.path.relpath(f, os.environ['SM_CHANNEL_TRAIN'])
    for f in glob.glob(os.environ['SM_CHANNEL_TRAIN'] + '/**/*.csv', recursive=True))
report['depth'] = known.depth
report['rate'] = known.rate
report['job'] = os.environ['TRAINING_JOB_NAME']
report['aws'] = os.environ.get('AWS_ENDPOINT_URL')
with open(os.path.join(os.environ['SM_MODEL_DIR'], 'model.json'), 'w') as file:
    json.dump(report, file)
with open(os.path.join(os.environ['SM_OUTPUT_DATA_DIR'], 'notes.txt'), 'w') as file:
    file.write('noted')
`;

describe('a training job', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.create();
  });
  afterAll(() => harness.close());

  const run = async (name: string, script: string, extra: object = {}) => {
    await harness.call('CreateTrainingJob', await trainingRequest(harness, name, script, extra));
    return harness.trainingEnded(name);
  };
  const contentOf = async (key: string, file: string) =>
    execFileSync('tar', ['-xzOf', `${harness.folder}/s3/bucket/${key}`, file]).toString();

  it('runs the script with SM_ variables and arguments, and uploads what it leaves', async () => {
    const { HyperParameters } = await trainingRequest(harness, 'good', REPORT);
    const job = await run('good', REPORT, {
      HyperParameters: { ...HyperParameters, depth: '3', rate: '"0.5"' },
      AlgorithmSpecification: {
        TrainingImage: IMAGE,
        TrainingInputMode: 'File',
        MetricDefinitions: [
          { Name: 'auc', Regex: 'auc=([0-9.]+)' },
          { Name: 'loss', Regex: 'loss: ([0-9.]+)' },
          { Name: 'never', Regex: 'never ([0-9.]+)' },
        ],
      },
    });

    expect(job.FailureReason).toBeUndefined();
    expect(job).toMatchObject({
      TrainingJobStatus: 'Completed',
      SecondaryStatus: 'Completed',
      TrainingJobArn: 'arn:aws:sagemaker:us-east-1:000000000000:training-job/good',
      ModelArtifacts: { S3ModelArtifacts: 's3://bucket/out/good/output/model.tar.gz' },
      EnableManagedSpotTraining: false,
    });
    expect(job.SecondaryStatusTransitions.map(({ Status }: { Status: string }) => Status)).toEqual([
      'Starting',
      'Downloading',
      'Training',
      'Uploading',
      'Completed',
    ]);
    expect(
      job.SecondaryStatusTransitions.every((one: { EndTime?: number }) => one.EndTime !== undefined),
    ).toBe(true);
    expect(
      job.FinalMetricDataList.map((one: { MetricName: string; Value: number }) => [
        one.MetricName,
        one.Value,
      ]),
    ).toEqual([
      ['auc', 0.75],
      ['loss', 0.25],
    ]);
    expect(job.TrainingStartTime).toBeLessThan(job.TrainingEndTime);
    expect(job.BillableTimeInSeconds).toBeGreaterThan(0);

    const report = JSON.parse(await contentOf('out/good/output/model.tar.gz', 'model.json'));
    expect(report).toMatchObject({
      files: ['part/a.csv'],
      depth: 3,
      rate: 0.5,
      job: 'good',
      aws: null,
      SM_CHANNELS: '["code", "train"]',
      SM_HOSTS: '["algo-1"]',
      SM_CURRENT_HOST: 'algo-1',
      SM_USER_ENTRY_POINT: 'train.py',
      SM_HP_DEPTH: '3',
      SM_HPS: '{"depth": 3, "rate": "0.5"}',
      SM_USER_ARGS: '["--depth", "3", "--rate", "0.5"]',
      SM_CURRENT_INSTANCE_TYPE: 'ml.m5.large',
    });
    expect(await contentOf('out/good/output/output.tar.gz', 'notes.txt')).toBe('noted');
    expect(existsSync(`${harness.folder}/work/training-jobs/good`)).toBe(false);
    expect(existsSync(`${harness.folder}/work/logs/TrainingJobs/good.log`)).toBe(true);
  });

  it('announces each step on the bus with times in milliseconds and tags as a map', async () => {
    await run('told', 'pass', { Tags: [{ Key: 'team', Value: 'ml' }] });

    const told = harness.events.filter(({ resources }) => resources?.[0]?.endsWith('/told'));
    expect(told.map(({ detail }) => (detail as { SecondaryStatus: string }).SecondaryStatus)).toEqual([
      'Starting',
      'Downloading',
      'Training',
      'Uploading',
      'Completed',
    ]);
    expect(told.at(-1)).toMatchObject({
      source: 'aws.sagemaker',
      detailType: 'SageMaker Training Job State Change',
      detail: { TrainingJobName: 'told', TrainingJobStatus: 'Completed', Tags: { team: 'ml' } },
    });
    expect((told.at(-1)!.detail as { CreationTime: number }).CreationTime).toBeGreaterThan(1e12);
  });

  it('fails with the words of the script when it raises', async () => {
    const job = await run('raises', 'raise ValueError("no positive rows")');

    expect(job.TrainingJobStatus).toBe('Failed');
    expect(job.FailureReason).toMatch(/^AlgorithmError: ExecuteUserScriptError:\nExitCode 1\n/);
    expect(job.FailureReason).toContain('ValueError: no positive rows');
    expect(job.FailureReason).toMatch(/, exit code: 1$/);
    expect(job.ModelArtifacts).toBeUndefined();
  });

  it('prefers what the script itself wrote to the failure file', async () => {
    const job = await run(
      'explains',
      'import os, sys\nopen(os.environ["SM_OUTPUT_DIR"] + "/failure", "w").write("bad day")\nsys.exit(3)',
    );
    expect(job.FailureReason).toBe('AlgorithmError: bad day, exit code: 3');
  });

  it('checks requirements.txt and never runs pip', async () => {
    const request = await trainingRequest(harness, 'requires', 'print(1)');
    await harness.store.put(
      'bucket',
      'requires/code/source.tar.gz',
      await archive({
        'train.py': 'print(1)',
        'requirements.txt': 'numpy>=1\nno-such-thing==1.0\npandas==0.0.1 # old\n',
      }),
    );
    await harness.call('CreateTrainingJob', request);
    const { FailureReason } = await harness.trainingEnded('requires');
    expect(FailureReason).toContain('no-such-thing==1.0 is not installed; pandas==0.0.1 is asked for');
    expect(FailureReason).not.toContain('numpy');
  });

  it('says that the program is not in the archive', async () => {
    const request = await trainingRequest(harness, 'absent', 'print(1)');
    const HyperParameters = { ...request.HyperParameters, sagemaker_program: '"main.py"' };
    await harness.call('CreateTrainingJob', { ...request, HyperParameters });
    expect((await harness.trainingEnded('absent')).FailureReason).toBe(
      'AlgorithmError: The program main.py is not in the source archive, which holds: train.py., exit code: 1',
    );
  });

  it('fails when a channel has no data, and names the channel', async () => {
    const job = await run('empty', 'print(1)', {
      InputDataConfig: [channel('train', 's3://bucket/nothing/here')],
    });
    expect(job.FailureReason).toBe(
      'ClientError: Data download failed: No S3 objects found under S3 URL "s3://bucket/nothing/here" given in ' +
        'input data source. (channel "train")',
    );
    expect(job.SecondaryStatusTransitions.map(({ Status }: { Status: string }) => Status)).toEqual([
      'Starting',
      'Downloading',
      'Failed',
    ]);
  });

  it('says how to map an image that it does not know', async () => {
    const job = await run('image', 'print(1)', {
      AlgorithmSpecification: { TrainingImage: 'example.com/xgboost:1.7-1', TrainingInputMode: 'File' },
    });
    expect(job.TrainingJobStatus).toBe('Failed');
    expect(job.FailureReason).toContain('no local command for the image "example.com/xgboost:1.7-1"');
    expect(job.FailureReason).toContain('"*xgboost*"');
  });

  it('stops when asked: the script gets SIGTERM, and what it saved is kept', async () => {
    const script = `
import os, signal, sys, time
def leave(*_):
    open(os.environ['SM_MODEL_DIR'] + '/saved', 'w').write('so far')
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
open(os.environ['SM_MODEL_DIR'] + '/started', 'w')
print('ready=1', flush=True)
while True:
    time.sleep(0.1)
`;
    await harness.call('CreateTrainingJob', await trainingRequest(harness, 'stopped', script));
    await harness.until('DescribeTrainingJob', { TrainingJobName: 'stopped' }, () =>
      existsSync(`${harness.folder}/work/training-jobs/stopped/ml/model/started`),
    );
    expect(await harness.send('StopTrainingJob', { TrainingJobName: 'stopped' })).toEqual({
      status: 200,
      body: undefined,
    });
    expect(
      (await harness.call('DescribeTrainingJob', { TrainingJobName: 'stopped' })).TrainingJobStatus,
    ).toBe('Stopping');

    const job = await harness.trainingEnded('stopped');
    expect(job).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'Stopped' });
    expect(job.FailureReason).toBeUndefined();
    expect(await contentOf('out/stopped/output/model.tar.gz', 'saved')).toBe('so far');
    expect(await harness.refusal('StopTrainingJob', { TrainingJobName: 'stopped' })).toEqual({
      code: 'ValidationException',
      message: 'The request was rejected because the training job is in status Stopped.',
    });
  });

  it('kills a script that ignores SIGTERM once the grace is over, with all that it started', async () => {
    const script = `
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, '-c', 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)'])
open(os.environ['SM_MODEL_DIR'] + '/pid.new', 'w').write(str(child.pid))
os.rename(os.environ['SM_MODEL_DIR'] + '/pid.new', os.environ['SM_MODEL_DIR'] + '/pid')
time.sleep(60)
`;
    await harness.call('CreateTrainingJob', await trainingRequest(harness, 'stubborn', script));
    const file = `${harness.folder}/work/training-jobs/stubborn/ml/model/pid`;
    await harness.until('DescribeTrainingJob', { TrainingJobName: 'stubborn' }, () => existsSync(file));
    await harness.call('StopTrainingJob', { TrainingJobName: 'stubborn' });
    expect((await harness.trainingEnded('stubborn')).TrainingJobStatus).toBe('Stopped');
    const grandchild = Number(await contentOf('out/stubborn/output/model.tar.gz', 'pid'));
    expect(isAlive(grandchild)).toBe(false);
  });

  it('ends with its script, and what the script left running ends too', async () => {
    const script = `
import os, subprocess, sys
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
open(os.environ['SM_MODEL_DIR'] + '/pid', 'w').write(str(child.pid))
`;
    expect((await run('leaves', script)).TrainingJobStatus).toBe('Completed');
    expect(isAlive(Number(await contentOf('out/leaves/output/model.tar.gz', 'pid')))).toBe(false);
  });

  it('is stopped when it runs longer than MaxRuntimeInSeconds', async () => {
    const job = await run('slow', 'import time; time.sleep(30)', {
      StoppingCondition: { MaxRuntimeInSeconds: 1 },
    });
    expect(job).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxRuntimeExceeded' });
    expect(job.SecondaryStatusTransitions.at(-1).StatusMessage).toBe(
      'Training job runtime exceeded MaxRuntimeInSeconds provided',
    );
  });

  it('goes on from its checkpoints after a Spot interruption', async () => {
    const script = `
import os, time
folder = os.path.join(os.path.dirname(os.environ['SM_MODEL_DIR']), 'checkpoints')
path = os.path.join(folder, 'step')
if os.path.exists(path):
    open(os.environ['SM_MODEL_DIR'] + '/resumed', 'w').write(open(path).read())
else:
    open(path + '.new', 'w').write('41')
    os.rename(path + '.new', path)
    time.sleep(60)
`;
    await harness.call(
      'CreateTrainingJob',
      await trainingRequest(harness, 'spot', script, {
        EnableManagedSpotTraining: true,
        StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 120 },
        CheckpointConfig: { S3Uri: 's3://bucket/checkpoints/spot' },
      }),
    );
    await harness.until('DescribeTrainingJob', { TrainingJobName: 'spot' }, () =>
      existsSync(`${harness.folder}/work/training-jobs/spot/ml/checkpoints/step`),
    );
    harness.service.interruptSpot('spot');
    const job = await harness.trainingEnded('spot');
    expect(job.SecondaryStatusTransitions.map(({ Status }: { Status: string }) => Status)).toEqual([
      'Starting',
      'Downloading',
      'Training',
      'Interrupted',
      'Starting',
      'Downloading',
      'Training',
      'Uploading',
      'Completed',
    ]);
    expect(await contentOf('out/spot/output/model.tar.gz', 'resumed')).toBe('41');
    expect(await harness.store.text('bucket', 'checkpoints/spot/step')).toBe('41');
  });
});

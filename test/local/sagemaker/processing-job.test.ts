import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerHost } from '../../../local/sagemaker/processes/container-host';
import { Harness, IMAGE, ROLE } from './support/harness';
import { isAlive } from './support/processes';

const UPPER = `
import json, os, sys
BASE = os.environ['SAGEMAKER_BASE_DIR']
with open(BASE + '/config/processingjobconfig.json') as file:
    name = json.load(file)['ProcessingJobName']
folder = sys.argv[sys.argv.index('--to') + 1]
os.makedirs(folder + '/deep', exist_ok=True)
for base, _, files in os.walk(BASE + '/processing/input/data'):
    for each in files:
        with open(os.path.join(base, each)) as source, open(f'{folder}/deep/{each}', 'w') as target:
            target.write(f"{name} {os.environ['MODE']} {source.read().upper()}")
with open(BASE + '/output/message', 'w') as file:
    file.write('two files')
`;

describe('a processing job', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.create();
    await harness.store.put('bucket', 'data/one.txt', 'first');
    await harness.store.put('bucket', 'data/more/two.txt', 'second');
    await harness.store.put(
      'bucket',
      'data/manifest.json',
      '[{"prefix": "s3://bucket/data/"}, "more/two.txt"]',
    );
  });
  afterAll(() => harness.close());

  const input = (name: string, uri: string, type = 'S3Prefix') => ({
    InputName: name,
    S3Input: {
      S3Uri: uri,
      LocalPath: `/opt/ml/processing/input/${name}`,
      S3DataType: type,
      S3InputMode: 'File',
      S3DataDistributionType: 'FullyReplicated',
    },
  });
  const request = async (name: string, script: string, extra: object = {}) => {
    await harness.store.put('bucket', `code/${name}/job.py`, script);
    return {
      ProcessingJobName: name,
      RoleArn: ROLE,
      AppSpecification: {
        ImageUri: IMAGE,
        ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/job.py'],
        ContainerArguments: ['--to', '/opt/ml/processing/output/result'],
      },
      Environment: { MODE: 'loud' },
      ProcessingInputs: [
        input('code', `s3://bucket/code/${name}/job.py`),
        input('data', 's3://bucket/data/'),
      ],
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: 'result',
            S3Output: {
              S3Uri: `s3://bucket/result/${name}`,
              LocalPath: '/opt/ml/processing/output/result',
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
      },
      ProcessingResources: {
        ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 10 },
      },
      NetworkConfig: { EnableNetworkIsolation: true },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
      ...extra,
    };
  };
  const run = async (name: string, script: string, extra: object = {}) => {
    await harness.call('CreateProcessingJob', await request(name, script, extra));
    return harness.processingEnded(name);
  };

  it('runs the entry point and uploads what is in the output folders', async () => {
    const job = await run('upper', UPPER);
    expect(job.FailureReason).toBeUndefined();
    expect(job).toMatchObject({
      ProcessingJobStatus: 'Completed',
      ExitMessage: 'two files',
      ProcessingJobArn: 'arn:aws:sagemaker:us-east-1:000000000000:processing-job/upper',
    });
    expect(await harness.store.keys('bucket', 'result/upper/')).toEqual([
      'result/upper/deep/manifest.json',
      'result/upper/deep/one.txt',
      'result/upper/deep/two.txt',
    ]);
    expect(await harness.store.text('bucket', 'result/upper/deep/two.txt')).toBe('upper loud SECOND');
    expect(
      harness.events
        .filter(({ resources }) => resources?.[0]?.endsWith('/upper'))
        .map(({ detailType, detail }) => [
          detailType,
          (detail as { ProcessingJobStatus: string }).ProcessingJobStatus,
        ]),
    ).toEqual([
      ['SageMaker Processing Job State Change', 'InProgress'],
      ['SageMaker Processing Job State Change', 'Completed'],
    ]);
  });

  it('takes the objects that a manifest names', async () => {
    const { ProcessingInputs } = await request('listed', UPPER);
    await run('listed', UPPER, {
      ProcessingInputs: [
        ProcessingInputs[0],
        input('data', 's3://bucket/data/manifest.json', 'ManifestFile'),
      ],
    });
    expect(await harness.store.keys('bucket', 'result/listed/')).toEqual(['result/listed/deep/two.txt']);
  });

  it('fails with the container, keeps its message and uploads nothing', async () => {
    const job = await run(
      'fails',
      "import os\nopen(os.environ['SAGEMAKER_BASE_DIR'] + '/output/message', 'w').write('disk full')\nraise SystemExit(4)",
    );
    expect(job).toMatchObject({
      ProcessingJobStatus: 'Failed',
      FailureReason: 'AlgorithmError: See job logs for more information',
      ExitMessage: 'disk full',
    });
    expect(await harness.store.keys('bucket', 'result/fails/')).toEqual([]);
  });

  it('names the input that is not there, and the program that it does not know', async () => {
    const { ProcessingInputs, AppSpecification } = await request('lacks', 'pass');
    const lacking = await run('lacks', 'pass', {
      ProcessingInputs: [ProcessingInputs[0], input('data', 's3://bucket/none')],
    });
    expect(lacking.FailureReason).toContain('No S3 objects found under S3 URL "s3://bucket/none"');
    expect(lacking.FailureReason).toContain('(input "data")');
    const strange = await run('strange', 'pass', {
      AppSpecification: { ...AppSpecification, ContainerEntrypoint: ['spark-submit', 'job.py'] },
    });
    expect(strange.FailureReason).toContain('does not say what "spark-submit" is on this machine');
  });

  it('stops when asked and leaves no process', async () => {
    await harness.call(
      'CreateProcessingJob',
      await request(
        'stops',
        `import os, time\nopen(os.environ['SAGEMAKER_BASE_DIR'] + '/processing/input/pid', 'w').write('x')\ntime.sleep(60)`,
      ),
    );
    await harness.until('DescribeProcessingJob', { ProcessingJobName: 'stops' }, () =>
      existsSync(`${harness.folder}/work/processing-jobs/stops/ml/processing/input/pid`),
    );
    const pids = harness.service.processIds();
    expect(pids).toHaveLength(1);
    await harness.call('StopProcessingJob', { ProcessingJobName: 'stops' });
    expect(await harness.processingEnded('stops')).toMatchObject({ ProcessingJobStatus: 'Stopped' });
    expect(pids.map(isAlive)).toEqual([false]);
  });

  it('is stopped when it runs longer than MaxRuntimeInSeconds', async () => {
    const job = await run('long', 'import time; time.sleep(30)', {
      StoppingCondition: { MaxRuntimeInSeconds: 1 },
    });
    expect(job.ProcessingJobStatus).toBe('Stopped');
  });

  it('runs code with a literal /opt/ml where the kernel allows private mounts', async ({ skip }) => {
    skip((await new ContainerHost().isolation()) !== 'namespace', 'no private mounts here');
    const job = await run(
      'literal',
      "open('/opt/ml/only-in-the-job', 'w')\nopen('/opt/ml/output/message', 'w').write('really there')",
    );
    expect(job).toMatchObject({ ProcessingJobStatus: 'Completed', ExitMessage: 'really there' });
    expect(existsSync('/opt/ml/only-in-the-job')).toBe(false);
  });

  it('has no network when isolated, where the kernel allows that', async ({ skip }) => {
    skip((await new ContainerHost().isolation()) !== 'namespace', 'no network namespaces here');
    const reach = `
import socket
try:
    socket.create_connection(('127.0.0.1', ${'PORT'}), timeout=2)
    open('/opt/ml/output/message', 'w').write('reached')
except OSError as error:
    open('/opt/ml/output/message', 'w').write('no way')
`;
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const script = reach.replace('PORT', `${(server.address() as { port: number }).port}`);
    try {
      expect((await run('isolated', script)).ExitMessage).toBe('no way');
      const open = { NetworkConfig: { EnableNetworkIsolation: false } };
      expect((await run('open', script, open)).ExitMessage).toBe('reached');
    } finally {
      server.close();
    }
  });
});

describe('where the kernel allows no private mounts', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.create({ isolation: 'rewrite' });
  });
  afterAll(() => harness.close());

  const request = async (name: string, script: string) => {
    await harness.store.put('bucket', `${name}/job.py`, script);
    await harness.store.put('bucket', `${name}/data/a.csv`, 'a');
    const place = (folder: string, uri: string) => ({
      InputName: folder,
      S3Input: {
        S3Uri: uri,
        LocalPath: `/opt/ml/processing/input/${folder}`,
        S3DataType: 'S3Prefix',
        S3InputMode: 'File',
      },
    });
    return {
      ProcessingJobName: name,
      RoleArn: ROLE,
      AppSpecification: {
        ImageUri: IMAGE,
        ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/job.py'],
        ContainerArguments: ['--data', '/opt/ml/processing/input/data'],
      },
      Environment: { DATA: '/opt/ml/processing/input/data/a.csv' },
      ProcessingInputs: [
        place('code', `s3://bucket/${name}/job.py`),
        place('data', `s3://bucket/${name}/data/`),
      ],
      ProcessingResources: {
        ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
      },
    };
  };

  it('rewrites the paths in arguments and variables', async () => {
    const script = `
import os, sys
assert os.listdir(sys.argv[2]) == ['a.csv'], sys.argv
assert open(os.environ['DATA']).read() == 'a'
base = os.environ.get('SAGEMAKER_BASE_DIR', '/opt/ml')
open(base + '/output/message', 'w').write('found')
`;
    await harness.call('CreateProcessingJob', await request('rewritten', script));
    expect(await harness.processingEnded('rewritten')).toMatchObject({
      ProcessingJobStatus: 'Completed',
      ExitMessage: 'found',
    });
  });

  it('refuses code with a literal /opt/ml before it runs, naming the line', async () => {
    await harness.call(
      'CreateProcessingJob',
      await request('literal', "import os\nprint(os.listdir('/opt/ml/processing'))"),
    );
    expect((await harness.processingEnded('literal')).ProcessingJobStatus).toBe('Failed');
    expect(readFileSync(`${harness.folder}/work/logs/ProcessingJobs/literal.log`, 'utf8')).toContain(
      'The code has the literal path /opt/ml (job.py:2)',
    );
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import type { Harness } from './harness';
import { IMAGE, ROLE } from './harness';

/** A .tar.gz of text files. */
export async function archive(files: Record<string, string>): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'sagemaker-archive-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(folder, name), text);
    }
    const file = join(tmpdir(), `${folder.split('/').at(-1)}.tar.gz`);
    await create({ gzip: true, cwd: folder, file }, Object.keys(files));
    const bytes = await readFile(file);
    await rm(file);
    return bytes;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Uploads a script and returns the request of a training job that runs it. */
export async function trainingRequest(harness: Harness, name: string, script: string, extra: object = {}) {
  await harness.store.put('bucket', `${name}/code/source.tar.gz`, await archive({ 'train.py': script }));
  await harness.store.put('bucket', `${name}/train/part/a.csv`, 'x,y\n1,0\n2,1\n');
  return {
    TrainingJobName: name,
    AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
    RoleArn: ROLE,
    HyperParameters: {
      sagemaker_program: '"train.py"',
      sagemaker_submit_directory: '"/opt/ml/input/data/code/source.tar.gz"',
    },
    InputDataConfig: [
      channel('train', `s3://bucket/${name}/train`),
      channel('code', `s3://bucket/${name}/code/`),
    ],
    OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 10 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
    EnableNetworkIsolation: true,
    ...extra,
  };
}

export function channel(name: string, uri: string) {
  return {
    ChannelName: name,
    DataSource: {
      S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri, S3DataDistributionType: 'FullyReplicated' },
    },
  };
}

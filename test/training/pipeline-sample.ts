import { pipelineDefinition } from '../../lib/training/pipeline-definition';
import type { PipelineOptions } from '../../lib/training/pipeline-options';

const account = '111122223333';
const fn = (name: string) => `arn:aws:lambda:us-east-1:${account}:function:${name}`;
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;

/** Options with literal values where the construct has tokens. */
export const sampleOptions: PipelineOptions = {
  partition: 'aws',
  region: 'us-east-1',
  modelName: 'flight-delays',
  lakeBucket: 'lake',
  artifactsBucket: 'artifacts',
  imageUri: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3',
  keyArn: `arn:aws:kms:us-east-1:${account}:key/00000000-0000-0000-0000-000000000000`,
  functions: {
    beginRun: fn('begin-run'),
    stageDataset: fn('stage-dataset'),
    recordSplit: fn('record-split'),
    judge: fn('judge'),
    register: fn('register'),
    conclude: fn('conclude'),
  },
  roles: { prepare: role('prepare'), train: role('train'), evaluate: role('evaluate') },
  prepareScript: { uri: 's3://assets/1111.py', fileName: '1111.py' },
  evaluateScript: { uri: 's3://assets/2222.py', fileName: '2222.py' },
  source: { uri: 's3://assets/3333.tgz', fileName: '3333.tgz' },
  codeTags: { 'mlflow.source.git.commit': 'c0ffee', 'flywheel.source.digest': 'feed' },
  entryPoint: 'train.py',
  inference: 'inference.py',
  target: 'late',
  split: { method: 'hash', key: 'flight_id', holdout: 0.2, validation: 0 },
  ignoredColumns: ['flight_id'],
  hyperparameters: { 'max-iter': '100' },
  metricDefinitions: { 'train:roc-auc': 'train-roc-auc=([0-9.]+)' },
  trainingCompute: {
    instanceType: 'ml.m5.large',
    volumeGib: 30,
    maxRuntimeSeconds: 86400,
    volumeTakesKey: true,
  },
  processingCompute: {
    instanceType: 'ml.m5.large',
    volumeGib: 30,
    maxRuntimeSeconds: 86400,
    volumeTakesKey: true,
  },
  judge: { metric: 'rocAuc', floor: 0.5, tolerance: 0.01, level: 0.95, threshold: 0.5, minRows: 100 },
  deploymentArn: `arn:aws:states:us-east-1:${account}:stateMachine:deployment`,
};

export const samplePipeline = (overrides: Partial<PipelineOptions> = {}) =>
  pipelineDefinition({ ...sampleOptions, ...overrides });

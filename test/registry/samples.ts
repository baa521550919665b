import type { Run } from '../../lambdas/registry/entities';
import type { NewModelVersion } from '../../lambdas/registry/store/versions';

export const MODEL = 'flights';

export function aVersion(overrides: Partial<NewModelVersion> = {}): NewModelVersion {
  return {
    model: MODEL,
    artifactUri: 's3://artifacts/runs/data-aaaaaaaa-00000001/model/model.tar.gz',
    image: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3',
    environment: { SAGEMAKER_PROGRAM: 'inference.py' },
    features: [{ name: 'dep_delay', type: 'number', nullable: false }],
    threshold: 0.5,
    metrics: { rocAuc: 0.9 },
    trigger: 'data',
    reasons: ['first data'],
    createdAt: '2013-02-01T00:00:00.000Z',
    approvedBy: 'judge',
    ...overrides,
  };
}

export function aRun(overrides: Partial<Run> = {}): Run {
  return {
    runId: 'data-aaaaaaaa-00000001',
    model: MODEL,
    status: 'RUNNING',
    trigger: 'data',
    reasons: ['dataset version aaaaaaaa was accepted'],
    dataset: 'flights',
    datasetVersion: 'a'.repeat(64),
    startedAt: '2013-02-01T00:00:00.000Z',
    params: {},
    metrics: {},
    tags: {},
    ...overrides,
  };
}

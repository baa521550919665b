import type { Baseline } from '../../lambdas/monitoring/baseline';
import type { Alias, Deployment, ModelVersion } from '../../lambdas/registry/entities';
import { DEFAULT_DRIFT, DEFAULT_QUALITY } from '../../lib/monitoring/contract';

export const MODEL = 'flights';

/** A numeric and a categorical feature, as the training pipeline describes them. */
export const BASELINE: Baseline = {
  version: 1,
  rows: 20_000,
  features: [
    {
      name: 'delay',
      kind: 'numeric',
      edges: [0, 10, 20],
      counts: [5000, 5000, 5000, 4900],
      missing: 100,
      invalid: 0,
      movement: 0.002,
    },
    {
      name: 'carrier',
      kind: 'categorical',
      categories: ['UA', 'B6', 'EV'],
      counts: [10_000, 6000, 4000],
      other: 0,
      missing: 0,
      movement: 0,
    },
  ],
};

export const SETTINGS = { drift: DEFAULT_DRIFT, quality: DEFAULT_QUALITY };

export const aVersion = (version: number, changes: Partial<ModelVersion> = {}): ModelVersion => ({
  model: MODEL,
  version,
  artifactUri: 's3://artifacts/runs/r/model/model.tar.gz',
  image: 'image',
  environment: {},
  features: [
    { name: 'delay', type: 'number', nullable: true },
    { name: 'carrier', type: 'string', nullable: false },
  ],
  threshold: 0.5,
  baselineUri: 's3://artifacts/runs/r/baseline/baseline.json',
  metrics: {},
  trigger: 'data',
  reasons: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  approvedBy: 'judge',
  ...changes,
});

export const anAlias = (version: number, movedAt: string, previous?: number): Alias => ({
  alias: 'champion',
  version,
  previous,
  revision: version,
  movedAt,
  reason: 'deployed',
});

export const aDeployment = (
  version: number,
  endedAt: string,
  status: Deployment['status'] = 'live',
): Deployment => ({
  deploymentId: `deploy-${version}`,
  model: MODEL,
  version,
  trigger: 'data',
  status,
  endpointName: MODEL,
  endpointConfigName: `${MODEL}-v${version}`,
  reasons: [],
  startedAt: endedAt,
  endedAt,
});

/** One line of a capture file, with CSV on both sides. */
export function captureLine(
  at: string,
  inferenceId: string,
  input: string | undefined,
  output?: string,
): string {
  const side = (mode: string, data: string) => ({
    observedContentType: 'text/csv',
    mode,
    data,
    encoding: 'CSV',
  });
  return JSON.stringify({
    captureData: {
      ...(input === undefined ? {} : { endpointInput: side('INPUT', input) }),
      ...(output === undefined ? {} : { endpointOutput: side('OUTPUT', output) }),
    },
    eventMetadata: { eventId: `event-of-${inferenceId}`, inferenceId, inferenceTime: at },
    eventVersion: '0',
  });
}

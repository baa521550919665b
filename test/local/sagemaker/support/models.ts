import { type Harness, IMAGE, ROLE } from './harness';
import { archive } from './sources';

/** A model that answers each CSV line with `answer`, and behaves as single words of the request's body ask. */
export function inferenceScript(answer: string): string {
  return `
import os, sys, time
def model_fn(model_dir):
    return open(os.path.join(model_dir, 'weights.txt')).read()
def input_fn(body, content_type):
    if content_type != 'text/csv':
        raise ValueError('only text/csv, not ' + content_type)
    if 'sleep' in body:
        time.sleep(2)
    if 'crash' in body:
        os._exit(9)
    if 'raise' in body:
        raise KeyError('broken row')
    return body.strip().split('\\n')
def predict_fn(rows, model):
    return ['${answer}' + model for _ in rows]
def output_fn(scores, accept):
    return '\\n'.join(scores), accept
`;
}

/** Uploads a model's archive and creates the model. */
export async function createModel(
  harness: Harness,
  name: string,
  script: string,
  weights = '',
): Promise<void> {
  await harness.store.put(
    'bucket',
    `models/${name}.tar.gz`,
    await archive({ 'weights.txt': weights, 'inference.py': script }),
  );
  await harness.call('CreateModel', {
    ModelName: name,
    ExecutionRoleArn: ROLE,
    PrimaryContainer: {
      Image: IMAGE,
      ModelDataUrl: `s3://bucket/models/${name}.tar.gz`,
      Environment: { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model' },
    },
  });
}

/** One production variant of a configuration. */
export function variant(model: string, instances = 2, weight = 1, name = 'AllTraffic') {
  return {
    VariantName: name,
    ModelName: model,
    InitialInstanceCount: instances,
    InstanceType: 'ml.t2.medium',
    InitialVariantWeight: weight,
  };
}

/** Creates a model and a configuration of the same name with one variant. */
export async function createConfig(
  harness: Harness,
  name: string,
  script: string,
  extra: object = {},
): Promise<void> {
  await createModel(harness, name, script);
  await harness.call('CreateEndpointConfig', {
    EndpointConfigName: name,
    ProductionVariants: [variant(name)],
    ...extra,
  });
}

/** A canary of half the capacity that bakes, then bakes again before the old fleet goes. */
export function canary(alarm?: string, waitSeconds = 300) {
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: {
        Type: 'CANARY',
        WaitIntervalInSeconds: waitSeconds,
        CanarySize: { Type: 'CAPACITY_PERCENT', Value: 50 },
      },
      TerminationWaitInSeconds: 120,
      MaximumExecutionTimeoutInSeconds: 1800,
    },
    ...(alarm === undefined ? {} : { AutoRollbackConfiguration: { Alarms: [{ AlarmName: alarm }] } }),
  };
}

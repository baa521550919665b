import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Prefix } from './data-lake/contract';
import type { Flywheel } from './flywheel';
import { OutputName } from './flywheel-contract';

/** Adds what a person, or the `flywheel` command, needs next to the stack's outputs. @internal */
export function addOutputs(flywheel: Flywheel, modelName: string, dataset: string): void {
  const { lake, registry, endpoint, monitor, training } = flywheel;
  const prefix = pascalCase(modelName);
  const add = (name: string, value: string, description: string): void => {
    new CfnOutput(flywheel, `Output${name}`, { value, description }).overrideLogicalId(`${prefix}${name}`);
  };
  const { bucketName } = lake.bucket;
  add(OutputName.MODEL, modelName, 'Name of the model and its endpoint');
  add(OutputName.DATASET, dataset, 'Name of the dataset');
  add(OutputName.DROP_HERE, `s3://${bucketName}/${Prefix.RAW}${dataset}/`, 'Drop data here to train');
  add(
    OutputName.LABELS,
    `s3://${bucketName}/${Prefix.LABELS}${modelName}/`,
    'Drop labels here to measure quality',
  );
  add(OutputName.LAKE_BUCKET, bucketName, 'The data lake');
  add(OutputName.REGISTRY_TABLE, registry.table.tableName, 'Runs, model versions, aliases, deployments');
  add(OutputName.ARTIFACTS_BUCKET, registry.artifacts.bucketName, 'Artifacts of runs and models');
  if (registry.trackingUri !== undefined) {
    const description = 'MLFLOW_TRACKING_URI, with MLFLOW_TRACKING_AWS_SIGV4=true';
    add(OutputName.TRACKING_URI, registry.trackingUri, description);
  }
  add(OutputName.PREDICTION_URL, endpoint.apiUrl, 'POST instances here, signed with IAM credentials');
  add(
    OutputName.TRAINING_PIPELINE,
    training.stateMachine.stateMachineArn,
    'Each execution is a training run',
  );
  add(
    OutputName.DEPLOYMENT_PIPELINE,
    endpoint.deploymentStateMachine.stateMachineArn,
    'Each execution makes a model version live, or rolls it back',
  );
  add(
    OutputName.REGISTER_FUNCTION,
    training.registerFunction.functionName,
    'Invoke it to register a model version by hand',
  );
  add(OutputName.DRIFT_ALARM, monitor.driftAlarm.alarmName, 'Goes off on drift and starts a retraining');
  if (monitor.dashboard !== undefined) {
    const { region } = Stack.of(flywheel);
    add(
      OutputName.DASHBOARD,
      `https://console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${monitor.dashboard.dashboardName}`,
      'Traffic, latency, drift and quality of the live model',
    );
  }
}

function pascalCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

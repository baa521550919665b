/**
 * The stack outputs of a Flywheel: its model's name in PascalCase followed by one of these, so that two
 * Flywheels fit into one stack and a person (or the `flywheel` command) finds what comes next.
 *
 * @internal
 */
export const OutputName = {
  MODEL: 'ModelName',
  DATASET: 'DatasetName',
  DROP_HERE: 'DropDataHere',
  LAKE_BUCKET: 'LakeBucket',
  LABELS: 'DropLabelsHere',
  REGISTRY_TABLE: 'RegistryTable',
  ARTIFACTS_BUCKET: 'ArtifactsBucket',
  TRACKING_URI: 'TrackingUri',
  PREDICTION_URL: 'PredictionUrl',
  TRAINING_PIPELINE: 'TrainingPipelineArn',
  DEPLOYMENT_PIPELINE: 'DeploymentPipelineArn',
  REGISTER_FUNCTION: 'RegisterModelFunction',
  DRIFT_ALARM: 'DriftAlarmName',
  DASHBOARD: 'DashboardUrl',
} as const;

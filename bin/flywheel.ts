import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Flywheel, TrainingCode } from '../lib';

const app = new App();
const stack = new Stack(app, 'FlightDelays', {
  description:
    'Which departures from New York will arrive more than 15 minutes late: a model that stays fresh',
});

new Flywheel(stack, 'FlightDelays', {
  modelName: 'flight-delays',
  dataset: 'flights',
  target: 'late',
  splitKey: 'flight_id',
  ignoredColumns: ['flight_id'],
  code: TrainingCode.fromDirectory(join(__dirname, '..', 'examples', 'flight-delays', 'source')),
  metricDefinitions: { 'train:roc_auc': 'train-roc-auc=([0-9.]+)' },
  retraining: { maxDataRunsPerDay: 2 },
  monitoring: { window: Duration.minutes(10), evaluateEvery: Duration.minutes(5) },
});

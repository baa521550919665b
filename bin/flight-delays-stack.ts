import { join } from 'node:path';
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Flywheel, TrainingCode } from '../lib';

/** The example: which departures from New York will arrive more than 15 minutes late. */
export class FlightDelaysStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, {
      description:
        'Which departures from New York will arrive more than 15 minutes late: a model that stays fresh',
      ...props,
    });
    new Flywheel(this, 'FlightDelays', {
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
  }
}

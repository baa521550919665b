import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Flywheel, TrainingCode } from '../../lib';

/** The example's model, but for that new data does not start runs: what is tested is the data. */
const stack = new Stack(new App(), 'FlightsLake');
new Flywheel(stack, 'Flights', {
  modelName: 'flight-delays',
  dataset: 'flights',
  target: 'late',
  splitKey: 'flight_id',
  ignoredColumns: ['flight_id'],
  code: TrainingCode.fromDirectory(join(__dirname, '..', '..', 'examples', 'flight-delays', 'source')),
  retraining: { maxDataRunsPerDay: 0 },
});

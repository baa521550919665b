import { Command } from 'commander';
import { addData } from './commands/data';
import { addDrift } from './commands/drift';
import { addDrop } from './commands/drop';
import { addLocal } from './commands/local';
import { addModels } from './commands/models';
import { addPredict } from './commands/predict';
import { addRuns } from './commands/runs';
import { addStatus } from './commands/status';
import { addTracking } from './commands/tracking';
import { addWatch } from './commands/watch';

/** The `flywheel` command: the same against AWS and a laptop runtime, but for the endpoint. */
export function createProgram(): Command {
  const program = new Command('flywheel')
    .description('Keep a model fresh: drop data, watch runs, ask the live model. On AWS or on a laptop.')
    .option('--stack <name>', 'CloudFormation stack (default: FLYWHEEL_STACK, else FlightDelays)')
    .option('--region <region>', 'AWS region (default: AWS_REGION, else us-east-1)')
    .option('--endpoint-url <url>', 'endpoint instead of AWS (default: AWS_ENDPOINT_URL)')
    .option('--local [port]', 'the laptop runtime that is up, instead of AWS')
    .option('--json', 'print JSON')
    .showHelpAfterError('(add --help for examples)')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel local up --speed 60\n  flywheel drop flights-2013-03.csv --local\n  flywheel status --local\n  flywheel predict departures.csv --stack FlightDelays --region eu-west-1',
    );
  for (const add of [
    addLocal,
    addStatus,
    addWatch,
    addDrop,
    addPredict,
    addTracking,
    addDrift,
    addData,
    addRuns,
    addModels,
  ]) {
    add(program);
  }
  return program;
}

import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { OutputName } from '../lib/flywheel-contract';
import type { Context } from './context';
import { UserError } from './errors';

/** What the stack of a Flywheel tells about itself. */
export interface FlywheelOutputs {
  readonly model: string;
  readonly dataset: string;
  readonly lakeBucket: string;
  readonly registryTable: string;
  readonly artifactsBucket: string;
  readonly predictionUrl: string;
  readonly trainingPipeline: string;
  readonly deploymentPipeline: string;
  readonly registerFunction: string;
  readonly driftAlarm: string;
}

/** @throws UserError when the stack or one of its outputs is missing. */
export async function readOutputs(context: Context): Promise<FlywheelOutputs> {
  const outputs = await readStackOutputs(context);
  const read = (name: string): string => {
    const found = findOutput(outputs, name);
    if (found === undefined) {
      throw new UserError(
        `Stack ${context.stack} has no output that ends with ${name}: is it a Flywheel stack?`,
        'stack',
      );
    }
    return found;
  };
  return {
    model: read(OutputName.MODEL),
    dataset: read(OutputName.DATASET),
    lakeBucket: read(OutputName.LAKE_BUCKET),
    registryTable: read(OutputName.REGISTRY_TABLE),
    artifactsBucket: read(OutputName.ARTIFACTS_BUCKET),
    predictionUrl: read(OutputName.PREDICTION_URL),
    trainingPipeline: read(OutputName.TRAINING_PIPELINE),
    deploymentPipeline: read(OutputName.DEPLOYMENT_PIPELINE),
    registerFunction: read(OutputName.REGISTER_FUNCTION),
    driftAlarm: read(OutputName.DRIFT_ALARM),
  };
}

/** Everything that the stack tells. @throws UserError when there is no such stack. */
export function readStackOutputs(
  context: Pick<Context, 'cloudFormation' | 'stack'>,
): Promise<Map<string, string>> {
  return describeOutputs(context.cloudFormation, context.stack);
}

/** The output whose name ends so: names begin with that of the construct. */
export function findOutput(outputs: ReadonlyMap<string, string>, name: string): string | undefined {
  return [...outputs].find(([key]) => key.endsWith(name))?.[1];
}

async function describeOutputs(client: CloudFormationClient, stack: string): Promise<Map<string, string>> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const outputs = Stacks?.[0]?.Outputs ?? [];
    return new Map(outputs.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']));
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) {
      throw new UserError(`There is no stack ${stack} here. Deploy it, or name yours with --stack.`, 'stack');
    }
    throw error;
  }
}

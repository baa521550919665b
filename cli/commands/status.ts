import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import type { Command } from 'commander';
import type { Alias, Deployment, ModelVersion, Run } from '../../lambdas/registry/entities';
import { registryStore } from '../../lambdas/registry/registry-store';
import { CHAMPION } from '../../lib/registry/contract';
import { type Context, createContext, type GlobalOptions } from '../context';
import { age, print, table } from '../output';
import { serverTime } from '../server-time';
import { type FlywheelOutputs, readOutputs } from '../stack-outputs';

export interface Status {
  readonly model: string;
  readonly champion?: Alias;
  readonly version?: ModelVersion;
  readonly endpoint: { readonly status: string; readonly configName?: string };
  readonly alarms: readonly { readonly name: string; readonly state: string }[];
  readonly runs: readonly Run[];
  readonly deployments: readonly Deployment[];
  /** The clock of what was asked: it runs ahead of the wall's on a fast laptop runtime. */
  readonly at: string;
}

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('what is live, since when, which version, and how healthy it is')
    .addHelpText('after', '\nExample:\n  flywheel status --local')
    .action(async (_options: unknown, command: Command) => {
      const globals = command.optsWithGlobals<GlobalOptions>();
      const context = createContext(globals);
      const status = await readStatus(context, await readOutputs(context));
      print(globals.json, status, () => describe(status));
    });
}

export async function readStatus(context: Context, outputs: FlywheelOutputs): Promise<Status> {
  const store = registryStore(context.dynamo, outputs.registryTable);
  const [champion, runs, deployments, endpoint, alarms, at] = await Promise.all([
    store.getAlias(outputs.model, CHAMPION),
    store.listRuns(outputs.model, 5),
    store.listDeployments(outputs.model, 5),
    describeEndpoint(context, outputs.model),
    describeAlarms(context, outputs.model),
    serverTime(context),
  ]);
  const version =
    champion === undefined ? undefined : await store.getModelVersion(outputs.model, champion.version);
  return { model: outputs.model, champion, version, endpoint, alarms, runs, deployments, at };
}

async function describeEndpoint(context: Context, name: string): Promise<Status['endpoint']> {
  try {
    const answer = await context.sageMaker.send(new DescribeEndpointCommand({ EndpointName: name }));
    return { status: answer.EndpointStatus ?? 'unknown', configName: answer.EndpointConfigName };
  } catch (error) {
    if (error instanceof Error && /Could not find/.test(error.message)) {
      return { status: 'none' };
    }
    throw error;
  }
}

async function describeAlarms(context: Context, prefix: string): Promise<Status['alarms']> {
  const { MetricAlarms } = await context.cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNamePrefix: `${prefix}-` }),
  );
  return (MetricAlarms ?? []).map(({ AlarmName, StateValue }) => ({
    name: AlarmName ?? '',
    state: StateValue ?? '',
  }));
}

function describe(status: Status): string {
  const now = new Date(status.at);
  const { champion, version } = status;
  const live =
    champion === undefined
      ? `${status.model}: no model is live yet. Drop data to train the first one.`
      : `${status.model}: version ${champion.version} went live ${age(champion.movedAt, now)}, trained on dataset version ${version?.datasetVersion?.slice(0, 8) ?? 'unknown'}`;
  return [
    live,
    ...(champion === undefined ? [] : [`  ${champion.reason}`]),
    `endpoint: ${status.endpoint.status}${status.endpoint.configName === undefined ? '' : ` (${status.endpoint.configName})`}`,
    '',
    table(
      ['alarm', 'state'],
      status.alarms.map(({ name, state }) => [name, state]),
    ),
    '',
    table(
      ['run', 'trigger', 'status', 'version', 'became', 'started'],
      status.runs.map((run) => [
        run.runId,
        run.trigger,
        run.status,
        run.modelVersion === undefined ? '-' : String(run.modelVersion),
        run.deployment ?? '-',
        age(run.startedAt, now),
      ]),
    ),
    '',
    table(
      ['deployment', 'version', 'status', 'started'],
      status.deployments.map((deployment) => [
        deployment.deploymentId,
        String(deployment.version),
        deployment.status,
        age(deployment.startedAt, now),
      ]),
    ),
  ].join('\n');
}

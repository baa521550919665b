import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Command } from 'commander';
import type { DatasetVersion } from '../../lambdas/data-lake/entities';
import { createModelStore } from '../../lambdas/registry/models/dynamo-model-store';
import { withEvents } from '../../lambdas/registry/models/events';
import type { Change, ModelStore } from '../../lambdas/registry/models/model-store';
import { type RegistryStore, registryStore } from '../../lambdas/registry/registry-store';
import { createTrackingStore } from '../../lambdas/registry/tracking/create-tracking-store';
import type { TrackingStore } from '../../lambdas/registry/tracking/tracking-store';
import { DatasetSk, datasetPk } from '../../lib/data-lake/contract';
import { EVENT_SOURCE } from '../../lib/events-contract';
import { OutputName } from '../../lib/flywheel-contract';
import { type Context, createContext, type GlobalOptions } from '../context';
import { UserError } from '../errors';
import { serverTime } from '../server-time';
import { findOutput, readStackOutputs } from '../stack-outputs';
import { callerIdentity } from './caller-identity';

/** Options that every `models` and `runs` command takes. */
export interface RegistryOptions extends GlobalOptions {
  readonly model?: string;
  readonly registry?: string;
  readonly eventBus?: string;
}

/** A registry, as the commands see it. */
export interface Registry {
  readonly context: Context;
  /** The model that is asked about; absent where neither an option nor the stack names one. */
  readonly model?: string;
  readonly store: RegistryStore;
  readonly models: ModelStore;
  /** Experiments and the runs that clients of MLflow logged. */
  readonly tracking: TrackingStore;
  /** State machine by which the model's versions go live; absent when it has no endpoint. */
  readonly deploymentPipeline?: string;
  datasetVersion(dataset: string, id: string): Promise<DatasetVersion | undefined>;
  /** The caller's change, now. */
  change(reason: string | undefined): Promise<Change>;
}

/** Adds the options by which a model and its registry are found. */
export function registryCommand(command: Command): Command {
  return command
    .option('--model <name>', "model (default: the stack's)")
    .option('--registry <table>', 'the DynamoDB table of the registry, where no stack tells it')
    .option('--event-bus <name>', 'bus that is told of changes (default: default)');
}

/** The registry that the options name, or that the stack has. @throws UserError saying which option to give */
export async function openRegistry(
  options: RegistryOptions,
  context = createContext(options),
): Promise<Registry> {
  const outputs =
    options.registry === undefined ? await readStackOutputs(context) : new Map<string, string>();
  const own = outputsOf(outputs, options.model);
  const table = options.registry ?? findOutput(own, OutputName.REGISTRY_TABLE);
  if (table === undefined) {
    throw new UserError(
      `Stack ${context.stack} has no output that ends with ${OutputName.REGISTRY_TABLE}: name the table with --registry.`,
      'registry',
    );
  }
  const stackModel = findOutput(own, OutputName.MODEL);
  const model = options.model ?? stackModel;
  const models = createModelStore({
    client: context.dynamo,
    tableName: table,
    loggedModel: async (id) => {
      throw new UserError(`Versions of logged models (${id}) are registered by MLflow's client.`);
    },
  });
  return {
    context,
    model,
    store: registryStore(context.dynamo, table),
    tracking: createTrackingStore({ client: context.dynamo, tableName: table, defaultArtifactRoot: '' }),
    models: withEvents(models, publisher(context, options.eventBus), (detailType, _detail, error) => {
      process.stderr.write(
        `The change is made, but the bus was not told of it ("${detailType}"): ${error}\n`,
      );
    }),
    deploymentPipeline: model === stackModel ? findOutput(own, OutputName.DEPLOYMENT_PIPELINE) : undefined,
    datasetVersion: async (dataset, id) => {
      const Key = { PK: datasetPk(dataset), SK: DatasetSk.version(id) };
      const { Item } = await context.dynamo.send(new GetCommand({ TableName: table, Key }));
      return Item as DatasetVersion | undefined;
    },
    change: async (reason) => ({
      by: await callerIdentity(context),
      at: new Date(await serverTime(context)),
      reason,
    }),
  };
}

/** The model that the command is about. @throws UserError when nothing names one */
export function requireModel(registry: Registry): string {
  if (registry.model !== undefined) return registry.model;
  throw new UserError('Which model? Name it with --model; "flywheel models list" shows all.', 'model');
}

/** Outputs of the Flywheel whose model it is: a stack may have several, each with names that begin with its own. */
function outputsOf(outputs: Map<string, string>, model: string | undefined): Map<string, string> {
  const own = [...outputs].find(([key, value]) => key.endsWith(OutputName.MODEL) && value === model);
  if (own === undefined) return outputs;
  const prefix = own[0].slice(0, -OutputName.MODEL.length);
  return new Map([...outputs].filter(([key]) => key.startsWith(prefix)));
}

function publisher(context: Context, bus: string | undefined) {
  return async (detailType: string, detail: Record<string, unknown>): Promise<void> => {
    const client = new EventBridgeClient({
      region: context.region,
      credentials: context.credentials,
      ...(context.endpointUrl === undefined ? {} : { endpoint: context.endpointUrl }),
    });
    const { Entries } = await client.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: bus ?? 'default',
            Source: EVENT_SOURCE,
            DetailType: detailType,
            Detail: JSON.stringify(detail),
          },
        ],
      }),
    );
    const refused = Entries?.find((entry) => entry.ErrorCode !== undefined);
    if (refused !== undefined) {
      throw new UserError(
        `EventBridge refused "${detailType}": ${refused.ErrorCode} ${refused.ErrorMessage ?? ''}`,
      );
    }
  };
}

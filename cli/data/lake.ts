import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Command } from 'commander';
import { type Catalog, readCatalog } from '../../lambdas/data-lake/history/catalog-reader';
import { type ManifestReader, readManifestsFrom } from '../../lambdas/data-lake/manifest-reader';
import { type S3Objects, s3Objects } from '../../lambdas/data-lake/s3-objects';
import { OutputName } from '../../lib/flywheel-contract';
import { type Context, createContext, type GlobalOptions } from '../context';
import { UserError } from '../errors';
import { findOutput, readStackOutputs } from '../stack-outputs';

/** Options that every `data` command takes. */
export interface LakeOptions extends GlobalOptions {
  readonly dataset?: string;
  readonly bucket?: string;
  readonly catalog?: string;
  readonly model?: readonly string[];
}

/** A dataset of a data lake, as the commands see it. */
export interface Lake {
  readonly context: Context;
  readonly dataset: string;
  readonly bucket: string;
  readonly table: string;
  /** Models that may have learnt from the dataset. */
  readonly models: readonly string[];
  readonly catalog: Catalog;
  readonly manifests: ManifestReader;
  readonly objects: S3Objects;
  readonly eventBridge: () => EventBridgeClient;
}

/** Adds the options by which a dataset is found. */
export function lakeCommand(command: Command): Command {
  return command
    .option('--dataset <name>', "dataset (default: the stack's)")
    .option('--bucket <name>', "the lake's bucket, where no stack tells it")
    .option('--catalog <table>', 'the DynamoDB table of dataset versions, where no stack tells it');
}

/** The lake that the options name, or that the stack has. @throws UserError saying which option to give */
export async function openLake(options: LakeOptions, context = createContext(options)): Promise<Lake> {
  const { bucket, catalog, dataset } = options;
  const needsStack = bucket === undefined || catalog === undefined || dataset === undefined;
  const outputs = needsStack ? await readStackOutputs(context) : new Map<string, string>();
  const read = (given: string | undefined, output: string, option: string): string => {
    const found = given ?? findOutput(outputs, output);
    if (found !== undefined) return found;
    throw new UserError(
      `Stack ${context.stack} has no output that ends with ${output}: name it with --${option}.`,
      option,
    );
  };
  const table = read(catalog, OutputName.REGISTRY_TABLE, 'catalog');
  const name = read(bucket, OutputName.LAKE_BUCKET, 'bucket');
  const model = findOutput(outputs, OutputName.MODEL);
  const objects = s3Objects(context.s3, name);
  return {
    context,
    dataset: read(dataset, OutputName.DATASET, 'dataset'),
    bucket: name,
    table,
    models: options.model ?? (model === undefined ? [] : [model]),
    catalog: readCatalog(context.dynamo, table),
    manifests: readManifestsFrom(objects),
    objects,
    eventBridge: () =>
      new EventBridgeClient({
        region: context.region,
        credentials: context.credentials,
        ...(context.endpointUrl === undefined ? {} : { endpoint: context.endpointUrl }),
      }),
  };
}

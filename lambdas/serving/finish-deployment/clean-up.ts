import {
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointConfigCommand,
  ListTagsCommand,
  paginateListEndpointConfigs,
  paginateListModels,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { deployedNamePrefix, KEEP_CONFIGS, Tag } from '../../../lib/serving/contract';
import { chooseConfigs, chooseModels, type ListedConfig } from '../cleanup-choice';
import { readEndpoint } from '../endpoint-reader';

/** Names of what was deleted. */
export interface CleanedUp {
  readonly configs: readonly string[];
  readonly models: readonly string[];
}

interface Listed {
  readonly name: string;
  readonly arn: string;
}

/**
 * Deletes the endpoint configurations and models of former deployments, except the newest two configurations, the
 * live one, the one on its way and their models. Names are not trusted alone: only what carries the model's tag goes.
 */
export async function cleanUp(
  client: SageMakerClient,
  model: string,
  endpointName: string,
): Promise<CleanedUp> {
  const endpoint = await readEndpoint(client, endpointName);
  const configs = await listConfigs(client, model);
  const chosen = chooseConfigs({
    model,
    configs,
    inUse: [endpoint?.config, endpoint?.pendingConfig].filter((name) => name !== undefined),
    keep: KEEP_CONFIGS,
  });
  const referred = (await Promise.all(chosen.keep.map((name) => modelsOf(client, name)))).flat();
  const models = await listModels(client, model);
  const unused = chooseModels(
    model,
    models.map((listed) => listed.name),
    referred,
  );

  const removed = { configs: [] as string[], models: [] as string[] };
  for (const { name, arn } of configs.filter((config) => chosen.remove.includes(config.name))) {
    if (!(await isTagged(client, arn, model))) continue;
    await client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name }));
    removed.configs.push(name);
  }
  for (const { name, arn } of models.filter((listed) => unused.includes(listed.name))) {
    if (!(await isTagged(client, arn, model))) continue;
    await client.send(new DeleteModelCommand({ ModelName: name }));
    removed.models.push(name);
  }
  return removed;
}

async function listConfigs(client: SageMakerClient, model: string): Promise<(ListedConfig & Listed)[]> {
  const configs: (ListedConfig & Listed)[] = [];
  const pages = paginateListEndpointConfigs({ client }, { NameContains: deployedNamePrefix(model) });
  for await (const page of pages) {
    for (const config of page.EndpointConfigs ?? []) {
      configs.push({
        name: config.EndpointConfigName ?? '',
        arn: config.EndpointConfigArn ?? '',
        createdAt: config.CreationTime ?? new Date(0),
      });
    }
  }
  return configs;
}

async function listModels(client: SageMakerClient, model: string): Promise<Listed[]> {
  const models: Listed[] = [];
  for await (const page of paginateListModels({ client }, { NameContains: deployedNamePrefix(model) })) {
    for (const listed of page.Models ?? []) {
      models.push({ name: listed.ModelName ?? '', arn: listed.ModelArn ?? '' });
    }
  }
  return models;
}

async function modelsOf(client: SageMakerClient, configName: string): Promise<string[]> {
  const config = await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName: configName }));
  return (config.ProductionVariants ?? []).map((variant) => variant.ModelName ?? '');
}

async function isTagged(client: SageMakerClient, arn: string, model: string): Promise<boolean> {
  const { Tags } = await client.send(new ListTagsCommand({ ResourceArn: arn }));
  return (Tags ?? []).some((tag) => tag.Key === Tag.MODEL && tag.Value === model);
}

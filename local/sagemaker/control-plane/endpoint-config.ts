import type { Context } from '../context';
import { validation } from '../protocol/errors';
import type { EndpointConfig, Tag } from '../state/records';
import { arnOf } from './arns';
import { type ListRequest, listPage } from './listing';
import type { Operations } from './operations';
import { tagResource } from './tags';

type CreateEndpointConfigRequest = Omit<EndpointConfig, 'EndpointConfigArn' | 'CreationTime'> & {
  readonly Tags?: readonly Tag[];
};

/** @throws ApiError ValidationException in AWS's words */
export function requireEndpointConfig(context: Context, name: string): EndpointConfig {
  const config = context.registry.endpointConfigs.get(name);
  if (config === undefined) {
    const arn = arnOf(context.options, 'endpoint-config', name);
    throw validation(`Could not find endpoint configuration "${arn}".`);
  }
  return config;
}

export function endpointConfigOperations(context: Context): Operations {
  const { registry } = context;
  return {
    CreateEndpointConfig({ Tags, ...request }: CreateEndpointConfigRequest) {
      const name = request.EndpointConfigName;
      const arn = arnOf(context.options, 'endpoint-config', name);
      if (registry.endpointConfigs.get(name) !== undefined) {
        throw validation(`Cannot create already existing endpoint configuration "${arn}".`);
      }
      checkVariants(context, request);
      tagResource(context, arn, Tags);
      registry.endpointConfigs.put(name, {
        ...request,
        ProductionVariants: request.ProductionVariants.map((variant) => ({
          ...variant,
          InitialVariantWeight: variant.InitialVariantWeight ?? 1,
        })),
        EndpointConfigArn: arn,
        CreationTime: context.now(),
      });
      return { EndpointConfigArn: arn };
    },
    DescribeEndpointConfig: ({ EndpointConfigName }: { EndpointConfigName: string }) =>
      requireEndpointConfig(context, EndpointConfigName),
    DeleteEndpointConfig({ EndpointConfigName }: { EndpointConfigName: string }) {
      registry.tags.delete(requireEndpointConfig(context, EndpointConfigName).EndpointConfigArn);
      registry.endpointConfigs.delete(EndpointConfigName);
      return undefined;
    },
    ListEndpointConfigs(request: ListRequest) {
      const configs = registry.endpointConfigs
        .all()
        .map((config) => ({ ...config, name: config.EndpointConfigName }));
      const { items, nextToken } = listPage(configs, request, {
        sortBy: 'CreationTime',
        sortOrder: 'Descending',
      });
      return {
        EndpointConfigs: items.map(({ EndpointConfigName, EndpointConfigArn, CreationTime }) => ({
          EndpointConfigName,
          EndpointConfigArn,
          CreationTime,
        })),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },
  };
}

function checkVariants(context: Context, request: CreateEndpointConfigRequest): void {
  const names = request.ProductionVariants.map(({ VariantName }) => VariantName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw validation(`Production variant names must be unique, "${twice}" comes twice.`);
  }
  for (const variant of request.ProductionVariants) {
    if (variant.ModelName === undefined) {
      throw validation(`ModelName is missing (production variant "${variant.VariantName}").`);
    }
    if (context.registry.models.get(variant.ModelName) === undefined) {
      const arn = arnOf(context.options, 'model', variant.ModelName);
      throw validation(`Could not find model "${arn}".`);
    }
    if (variant.InitialInstanceCount === undefined || variant.InstanceType === undefined) {
      throw validation(
        `InitialInstanceCount and InstanceType are required (production variant "${variant.VariantName}").`,
      );
    }
  }
}

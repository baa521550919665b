import type { Context } from '../context';
import type { DesiredCapacity, EndpointManager } from '../endpoints/endpoint-manager';
import type { LiveEndpoint } from '../endpoints/live-endpoint';
import { validation } from '../protocol/errors';
import type { DeploymentConfig, Endpoint, EndpointConfig, Tag } from '../state/records';
import { type DeployedVariant, deploymentProblem } from '../traffic/check-deployment';
import { arnOf } from './arns';
import { requireEndpointConfig } from './endpoint-config';
import { type ListRequest, listPage } from './listing';
import type { Operations } from './operations';
import { type RetainRequest, retained } from './retained-properties';
import { tagResource } from './tags';

interface CreateEndpointRequest {
  readonly EndpointName: string;
  readonly EndpointConfigName: string;
  readonly DeploymentConfig?: DeploymentConfig;
  readonly Tags?: readonly Tag[];
}

interface UpdateEndpointRequest extends RetainRequest {
  readonly EndpointName: string;
  readonly EndpointConfigName: string;
  readonly DeploymentConfig?: DeploymentConfig;
  readonly RetainDeploymentConfig?: boolean;
}

const IN_PROGRESS = ['Creating', 'Updating', 'SystemUpdating', 'Deleting'];

export function endpointOperations(context: Context, manager: EndpointManager): Operations {
  const { store } = manager;
  const find = (name: string): Endpoint => {
    const endpoint = store.get(name);
    if (endpoint === undefined) {
      throw validation(`Could not find endpoint "${arnOf(context.options, 'endpoint', name)}".`);
    }
    return endpoint;
  };
  const findChangeable = (name: string): { endpoint: Endpoint; live: LiveEndpoint } => {
    const endpoint = find(name);
    refuseInProgress(endpoint);
    const live = manager.find(name);
    if (live === undefined) {
      throw validation(
        `Cannot update endpoint "${endpoint.EndpointArn}" in status ${endpoint.EndpointStatus}; it can only be deleted.`,
      );
    }
    return { endpoint, live };
  };
  return {
    async CreateEndpoint({
      EndpointName,
      EndpointConfigName,
      DeploymentConfig,
      Tags,
    }: CreateEndpointRequest) {
      const arn = arnOf(context.options, 'endpoint', EndpointName);
      if (store.get(EndpointName) !== undefined) {
        throw validation(`Cannot create already existing endpoint "${arn}".`);
      }
      const config = requireEndpointConfig(context, EndpointConfigName);
      refuse(deploymentProblem(DeploymentConfig, undefined, variantsOf(config)));
      tagResource(context, arn, Tags);
      const at = context.now();
      const endpoint: Endpoint = {
        EndpointName,
        EndpointArn: arn,
        EndpointConfigName,
        EndpointStatus: 'Creating',
        CreationTime: at,
        LastModifiedTime: at,
        ...(DeploymentConfig === undefined ? {} : { LastDeploymentConfig: DeploymentConfig }),
      };
      context.registry.endpoints.put(EndpointName, endpoint);
      context.announce('Endpoint', arn, endpoint);
      manager.create(EndpointName, config);
      return { EndpointArn: arn };
    },
    DescribeEndpoint: ({ EndpointName }: { EndpointName: string }) => find(EndpointName),
    async UpdateEndpoint(request: UpdateEndpointRequest) {
      const { endpoint, live } = findChangeable(request.EndpointName);
      const config = requireEndpointConfig(context, request.EndpointConfigName);
      const deploymentConfig =
        request.RetainDeploymentConfig === true ? endpoint.LastDeploymentConfig : request.DeploymentConfig;
      const blue = live.stable;
      const { properties, captureConfig } = retained(request, blue.properties(), blue.captureConfig, config);
      const green = variantsOf(config).map(({ name, instanceCount }) => ({
        name,
        instanceCount: properties.get(name)?.instanceCount ?? instanceCount,
      }));
      const serving = blue.variants.map(({ name, instanceCount }) => ({ name, instanceCount }));
      refuse(deploymentProblem(deploymentConfig, serving, green));
      manager.update(live, {
        endpoint: endpoint.EndpointName,
        config,
        captureConfig,
        properties,
        deploymentConfig,
      });
      return { EndpointArn: endpoint.EndpointArn };
    },
    UpdateEndpointWeightsAndCapacities(request: {
      EndpointName: string;
      DesiredWeightsAndCapacities: DesiredCapacity[];
    }) {
      const { endpoint, live } = findChangeable(request.EndpointName);
      const names = live.stable.variants.map(({ name }) => name);
      for (const { VariantName } of request.DesiredWeightsAndCapacities) {
        if (!names.includes(VariantName)) {
          throw validation(
            `The variant "${VariantName}" does not exist for endpoint "${endpoint.EndpointArn}" (${names.join(', ')}).`,
          );
        }
      }
      manager.setCapacities(endpoint.EndpointName, live, request.DesiredWeightsAndCapacities);
      return { EndpointArn: endpoint.EndpointArn };
    },
    DeleteEndpoint({ EndpointName }: { EndpointName: string }) {
      refuseInProgress(find(EndpointName));
      manager.delete(EndpointName);
      return undefined;
    },
    ListEndpoints(request: ListRequest) {
      const endpoints = store
        .all()
        .map((one) => ({ ...one, name: one.EndpointName, status: one.EndpointStatus }));
      const { items, nextToken } = listPage(endpoints, request, {
        sortBy: 'CreationTime',
        sortOrder: 'Descending',
      });
      return { Endpoints: items.map(summary), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
    },
  };
}

function summary({ EndpointName, EndpointArn, CreationTime, LastModifiedTime, EndpointStatus }: Endpoint) {
  return { EndpointName, EndpointArn, CreationTime, LastModifiedTime, EndpointStatus };
}

function variantsOf(config: EndpointConfig): DeployedVariant[] {
  return config.ProductionVariants.map(({ VariantName, InitialInstanceCount }) => ({
    name: VariantName,
    instanceCount: InitialInstanceCount,
  }));
}

function refuseInProgress({ EndpointStatus, EndpointArn }: Endpoint): void {
  if (IN_PROGRESS.includes(EndpointStatus)) {
    throw validation(`Cannot update in-progress endpoint "${EndpointArn}".`);
  }
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) {
    throw validation(problem);
  }
}

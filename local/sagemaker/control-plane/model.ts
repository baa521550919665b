import type { Context } from '../context';
import { unsupported, validation } from '../protocol/errors';
import type { ContainerDefinition, Model, Tag } from '../state/records';
import { arnOf } from './arns';
import { type ListRequest, listPage } from './listing';
import type { Operations } from './operations';
import { tagResource } from './tags';

interface CreateModelRequest {
  readonly ModelName: string;
  readonly PrimaryContainer?: ContainerDefinition & { readonly Mode?: string };
  readonly Containers?: readonly (ContainerDefinition & { readonly Mode?: string })[];
  readonly ExecutionRoleArn?: string;
  readonly Tags?: readonly Tag[];
}

export function modelOperations(context: Context): Operations {
  const { registry } = context;
  const find = (name: string) => {
    const model = registry.models.get(name);
    if (model === undefined) {
      throw validation(`Could not find model "${arnOf(context.options, 'model', name)}".`);
    }
    return model;
  };
  return {
    CreateModel({ Tags, ...request }: CreateModelRequest) {
      const arn = arnOf(context.options, 'model', request.ModelName);
      if (registry.models.get(request.ModelName) !== undefined) {
        throw validation(`Cannot create already existing model "${arn}".`);
      }
      const PrimaryContainer = onlyContainer(request);
      tagResource(context, arn, Tags);
      const { Containers: _, ...described } = request;
      registry.models.put(request.ModelName, {
        ...described,
        PrimaryContainer,
        ModelArn: arn,
        CreationTime: context.now(),
      });
      return { ModelArn: arn };
    },
    DescribeModel: ({ ModelName }: { ModelName: string }) => find(ModelName),
    DeleteModel({ ModelName }: { ModelName: string }) {
      registry.tags.delete(find(ModelName).ModelArn);
      registry.models.delete(ModelName);
      return undefined;
    },
    ListModels(request: ListRequest) {
      const models = registry.models.all().map((model) => ({ ...model, name: model.ModelName }));
      const { items, nextToken } = listPage(models, request, {
        sortBy: 'CreationTime',
        sortOrder: 'Descending',
      });
      return {
        Models: items.map(({ ModelName, ModelArn, CreationTime }: Model) => ({
          ModelName,
          ModelArn,
          CreationTime,
        })),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },
  };
}

function onlyContainer({ PrimaryContainer, Containers }: CreateModelRequest): ContainerDefinition {
  if ((PrimaryContainer === undefined) === (Containers === undefined)) {
    throw validation('Exactly one of PrimaryContainer and Containers must be given.');
  }
  const containers = Containers ?? [PrimaryContainer!];
  if (containers.length !== 1) {
    throw unsupported(`a model of ${containers.length} containers`, 'It serves models of one container.');
  }
  const [container] = containers;
  if (container?.Mode === 'MultiModel') {
    throw unsupported('the container mode MultiModel');
  }
  if (container?.Image === undefined) {
    throw unsupported('a container without Image');
  }
  return container;
}

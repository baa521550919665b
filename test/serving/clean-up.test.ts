import {
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  ListEndpointConfigsCommand,
  ListModelsCommand,
  ListTagsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { cleanUp } from '../../lambdas/serving/finish-deployment/clean-up';

const sageMaker = mockClient(SageMakerClient);
const digest = (version: number) => String(version).padStart(8, '0');
const name = (version: number) => `flights-v${version}-${digest(version)}`;
const config = (version: number) => ({
  EndpointConfigName: name(version),
  EndpointConfigArn: `arn:config/${name(version)}`,
  CreationTime: new Date(Date.UTC(2013, 0, version)),
});
const model = (version: number) => ({
  ModelName: name(version),
  ModelArn: `arn:model/${name(version)}`,
  CreationTime: new Date(Date.UTC(2013, 0, version)),
});
const deleted = () => ({
  configs: sageMaker
    .commandCalls(DeleteEndpointConfigCommand)
    .map((call) => call.args[0].input.EndpointConfigName),
  models: sageMaker.commandCalls(DeleteModelCommand).map((call) => call.args[0].input.ModelName),
});

beforeEach(() => {
  sageMaker.reset();
  sageMaker
    .on(DescribeEndpointCommand)
    .resolves({ EndpointStatus: 'InService', EndpointConfigName: name(1) });
  // Two pages, so that reading the first alone would miss the oldest.
  sageMaker
    .on(ListEndpointConfigsCommand)
    .resolves({ EndpointConfigs: [config(5), config(4), config(3)], NextToken: 'more' })
    .on(ListEndpointConfigsCommand, { NextToken: 'more' })
    .resolves({ EndpointConfigs: [config(2), config(1)] });
  sageMaker.on(ListModelsCommand).resolves({ Models: [5, 4, 3, 2, 1].map(model) });
  sageMaker.on(DescribeEndpointConfigCommand).callsFake((input: { EndpointConfigName: string }) => ({
    ProductionVariants: [{ VariantName: 'AllTraffic', ModelName: input.EndpointConfigName }],
  }));
  sageMaker.on(ListTagsCommand).resolves({ Tags: [{ Key: 'flywheel:model', Value: 'flights' }] });
});

describe('clean-up after a deployment', () => {
  it('deletes old configurations and their models, never the live ones', async () => {
    const removed = await cleanUp(new SageMakerClient({}), 'flights', 'flights');
    expect(removed).toEqual({ configs: [name(3), name(2)], models: [name(3), name(2)] });
    expect(deleted()).toEqual(removed);
  });

  it('keeps a model that a remaining configuration still uses', async () => {
    sageMaker
      .on(DescribeEndpointConfigCommand)
      .resolves({ ProductionVariants: [{ VariantName: 'AllTraffic', ModelName: name(2) }] });
    await cleanUp(new SageMakerClient({}), 'flights', 'flights');
    expect(deleted().models).not.toContain(name(2));
    expect(deleted().models).toContain(name(3));
  });

  it('leaves alone what does not carry the tag of the model, whatever its name', async () => {
    sageMaker
      .on(ListTagsCommand)
      .resolves({ Tags: [] })
      .on(ListTagsCommand, { ResourceArn: `arn:config/${name(2)}` })
      .resolves({ Tags: [{ Key: 'flywheel:model', Value: 'flights' }] });
    expect(await cleanUp(new SageMakerClient({}), 'flights', 'flights')).toEqual({
      configs: [name(2)],
      models: [],
    });
  });

  it('works when there is no endpoint', async () => {
    sageMaker
      .on(DescribeEndpointCommand)
      .rejects(Object.assign(new Error('Could not find endpoint "arn".'), { name: 'ValidationException' }));
    const { configs } = await cleanUp(new SageMakerClient({}), 'flights', 'flights');
    expect(configs).toEqual([name(3), name(2), name(1)]);
  });

  it('deletes nothing when it cannot know what is live', async () => {
    sageMaker.on(DescribeEndpointCommand).rejects(new Error('Rate exceeded'));
    await expect(cleanUp(new SageMakerClient({}), 'flights', 'flights')).rejects.toThrow('Rate exceeded');
    expect(deleted()).toEqual({ configs: [], models: [] });
  });
});

import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { modelDeploymentsPk, modelPk, RegistrySk } from '../../../lib/registry/contract';
import type { Deployment } from '../entities';
import { NotFoundError } from '../errors';
import { changeModel } from './model-changes';
import { getItem, isConditionFailure, queryIndex, type RegistryTable, withoutKeys } from './table';

export type DeploymentPatch = Partial<Omit<Deployment, 'deploymentId' | 'model' | 'startedAt'>>;

/**
 * Writes the deployment if none has its id yet. The first one of a model marks the model: from then on its champion
 * moves by deployments alone.
 *
 * @returns whether this call created it.
 */
export async function putDeployment(table: RegistryTable, deployment: Deployment): Promise<boolean> {
  const item = deploymentItem(table, deployment);
  const change = { by: `deployment:${deployment.deploymentId}`, at: new Date(deployment.startedAt) };
  const marked = await changeModel<boolean | undefined>(table, deployment.model, change, async (model) => {
    if (model === undefined || model.deployed === true) return { unchanged: undefined };
    if ((await getDeployment(table, deployment.model, deployment.deploymentId)) !== undefined) {
      return { unchanged: false };
    }
    return {
      after: { ...model, deployed: true },
      writes: [{ Put: item }],
      entries: [{ action: 'mark-deployed', after: { deploymentId: deployment.deploymentId } }],
      result: true,
    };
  });
  return marked ?? putIfAbsent(table, item);
}

async function putIfAbsent(table: RegistryTable, item: DeploymentItem): Promise<boolean> {
  try {
    await table.client.send(new PutCommand(item));
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

type DeploymentItem = ReturnType<typeof deploymentItem>;

function deploymentItem(table: RegistryTable, deployment: Deployment) {
  return {
    TableName: table.name,
    Item: {
      ...deployment,
      PK: modelPk(deployment.model),
      SK: RegistrySk.deployment(deployment.deploymentId),
      GSI1PK: modelDeploymentsPk(deployment.model),
      GSI1SK: `${deployment.startedAt}#${deployment.deploymentId}`,
      entity: 'deployment',
    },
    ConditionExpression: 'attribute_not_exists(PK)',
  };
}

/** @throws NotFoundError when the model has no such deployment. */
export async function updateDeployment(
  table: RegistryTable,
  model: string,
  deploymentId: string,
  patch: DeploymentPatch,
): Promise<void> {
  const fields = Object.entries(patch).filter(([, value]) => value !== undefined);
  if (fields.length === 0) return;
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { PK: modelPk(model), SK: RegistrySk.deployment(deploymentId) },
        UpdateExpression: `SET ${fields.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(PK)',
        ExpressionAttributeNames: Object.fromEntries(fields.map(([name]) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value])),
      }),
    );
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    throw new NotFoundError(`Model "${model}" has no deployment "${deploymentId}".`);
  }
}

export async function getDeployment(
  table: RegistryTable,
  model: string,
  deploymentId: string,
): Promise<Deployment | undefined> {
  const item = await getItem(table, modelPk(model), RegistrySk.deployment(deploymentId));
  return item === undefined ? undefined : withoutKeys<Deployment>(item);
}

/** Newest first. */
export async function listDeployments(
  table: RegistryTable,
  model: string,
  limit: number,
): Promise<Deployment[]> {
  return (await queryIndex(table, modelDeploymentsPk(model), limit)).map((item) =>
    withoutKeys<Deployment>(item),
  );
}

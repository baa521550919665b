import { META, modelPk, RegistrySk } from '../../../lib/registry/contract';
import type { Fence, ModelVersion } from '../entities';
import { FencedError, NotFoundError } from '../errors';
import { auditItem } from './audit';
import { fenceCheck } from './leases';
import {
  CONDITION_FAILED,
  getItem,
  queryItems,
  type RegistryTable,
  type TransactItem,
  transact,
  untilUncontended,
  withoutKeys,
} from './table';

export type NewModelVersion = Omit<ModelVersion, 'version'>;

/**
 * Registers the next version of a model. Versions are numbered 1, 2, 3 ... without gaps, whoever else registers
 * at the same time. The same token always answers the same version, also after a reply that was lost.
 *
 * @throws FencedError when a fence is given and its lease has passed to another holder.
 */
export async function createModelVersion(
  table: RegistryTable,
  input: NewModelVersion,
  clientToken: string,
  fence?: Fence,
): Promise<ModelVersion> {
  const pk = modelPk(input.model);
  return untilUncontended(table, `Registering a version of model "${input.model}"`, async () => {
    const token = await getItem(table, pk, RegistrySk.token(clientToken));
    if (token !== undefined) return requireModelVersion(table, input.model, Number(token.version));
    const meta = await getItem(table, pk, META);
    const seen = meta === undefined ? undefined : Number(meta.latestVersion);
    const version: ModelVersion = { ...input, version: (seen ?? 0) + 1 };
    const items = versionItems(table, version, clientToken, seen);
    const refused = await transact(
      table,
      fence === undefined ? items : [...items, fenceCheck(table, input.model, fence)],
    );
    if (refused === undefined) return version;
    if (fence !== undefined && refused[items.length] === CONDITION_FAILED) {
      throw new FencedError(
        `Version of model "${input.model}" refused: the ${fence.lease} lease with token ${fence.token} has ended or passed to another holder.`,
      );
    }
    return undefined;
  });
}

export async function getModelVersion(
  table: RegistryTable,
  model: string,
  version: number,
): Promise<ModelVersion | undefined> {
  const item = await getItem(table, modelPk(model), RegistrySk.version(version));
  return item === undefined ? undefined : withoutKeys<ModelVersion>(item);
}

/** In order of their numbers. */
export async function listModelVersions(table: RegistryTable, model: string): Promise<ModelVersion[]> {
  return (await queryItems(table, modelPk(model), 'VERSION#')).map((item) => withoutKeys<ModelVersion>(item));
}

async function requireModelVersion(
  table: RegistryTable,
  model: string,
  version: number,
): Promise<ModelVersion> {
  const found = await getModelVersion(table, model, version);
  if (found === undefined) throw new NotFoundError(`Model "${model}" has no version ${version}.`);
  return found;
}

function versionItems(
  table: RegistryTable,
  version: ModelVersion,
  clientToken: string,
  seen: number | undefined,
): TransactItem[] {
  const pk = modelPk(version.model);
  const absent = { TableName: table.name, ConditionExpression: 'attribute_not_exists(PK)' };
  return [
    {
      Put: {
        ...absent,
        Item: { PK: pk, SK: RegistrySk.token(clientToken), entity: 'token', version: version.version },
      },
    },
    {
      Update: {
        TableName: table.name,
        Key: { PK: pk, SK: META },
        UpdateExpression: 'SET latestVersion = :next, entity = :entity',
        ConditionExpression:
          seen === undefined ? 'attribute_not_exists(latestVersion)' : 'latestVersion = :seen',
        ExpressionAttributeValues: {
          ':next': version.version,
          ':entity': 'model',
          ...(seen === undefined ? {} : { ':seen': seen }),
        },
      },
    },
    {
      Put: {
        ...absent,
        Item: { ...version, PK: pk, SK: RegistrySk.version(version.version), entity: 'version' },
      },
    },
    {
      Put: auditItem(table, version.model, {
        at: version.createdAt,
        id: `version-${version.version}`,
        action: 'register-model-version',
        actor: version.approvedBy,
        detail: { version: version.version, runId: version.runId, artifactUri: version.artifactUri },
      }),
    },
  ];
}

import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { modelPk, RegistrySk } from '../../../lib/registry/contract';
import type { Fence, LeaseGrant } from '../entities';
import {
  getItem,
  isConditionFailure,
  type RegistryTable,
  type TransactItem,
  untilUncontended,
} from './table';

export interface AcquireLease {
  readonly model: string;
  readonly name: string;
  readonly owner: string;
  readonly now: Date;
  readonly ttlSeconds: number;
}

interface LeaseItem {
  readonly token: number;
  readonly owner?: string;
  readonly until?: string;
}

/**
 * Takes the lease if it is free, expired, or already the caller's (who then keeps the token and gets more time).
 * Tokens grow with every new holder; whoever writes under a lease lets the write depend on its token, so that
 * a holder that was slow to notice its expiry changes nothing.
 *
 * @returns undefined while another owner holds it.
 */
export async function acquireLease(
  table: RegistryTable,
  request: AcquireLease,
): Promise<LeaseGrant | undefined> {
  const expiresAt = new Date(request.now.getTime() + request.ttlSeconds * 1000).toISOString();
  return untilUncontended<{ grant?: LeaseGrant }>(
    table,
    `Taking the ${request.name} lease of model "${request.model}"`,
    async () => {
      const seen = await readLease(table, request.model, request.name);
      const mine = seen?.owner === request.owner;
      if (seen?.owner !== undefined && !mine && isLive(seen, request.now)) return {};
      const token = mine ? seen!.token : (seen?.token ?? 0) + 1;
      const written = await writeLease(table, request, seen, {
        token,
        owner: request.owner,
        until: expiresAt,
      });
      return written ? { grant: { name: request.name, owner: request.owner, token, expiresAt } } : undefined;
    },
  ).then((outcome) => outcome.grant);
}

/** Gives the lease back. Does nothing when it has passed to another holder meanwhile. */
export async function releaseLease(
  table: RegistryTable,
  lease: { model: string; name: string; owner: string; token: number },
): Promise<void> {
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { PK: modelPk(lease.model), SK: RegistrySk.lease(lease.name) },
        UpdateExpression: 'REMOVE #owner, #until',
        ConditionExpression: '#owner = :owner AND #token = :token',
        ExpressionAttributeNames: { '#owner': 'owner', '#until': 'until', '#token': 'token' },
        ExpressionAttributeValues: { ':owner': lease.owner, ':token': lease.token },
      }),
    );
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
  }
}

/** Who holds the lease, also past its expiry. @returns undefined when it is free. */
export async function getLease(
  table: RegistryTable,
  model: string,
  name: string,
): Promise<LeaseGrant | undefined> {
  const item = await readLease(table, model, name);
  if (item?.owner === undefined || item.until === undefined) return undefined;
  return { name, owner: item.owner, token: item.token, expiresAt: item.until };
}

/** Lets a transaction succeed only while no later holder has taken the lease. */
export function fenceCheck(table: RegistryTable, model: string, fence: Fence): TransactItem {
  return {
    ConditionCheck: {
      TableName: table.name,
      Key: { PK: modelPk(model), SK: RegistrySk.lease(fence.lease) },
      ConditionExpression: '#token = :token AND attribute_exists(#owner)',
      ExpressionAttributeNames: { '#token': 'token', '#owner': 'owner' },
      ExpressionAttributeValues: { ':token': fence.token },
    },
  };
}

function isLive(lease: LeaseItem, now: Date): boolean {
  return lease.until !== undefined && Date.parse(lease.until) > now.getTime();
}

async function readLease(table: RegistryTable, model: string, name: string): Promise<LeaseItem | undefined> {
  return (await getItem(table, modelPk(model), RegistrySk.lease(name))) as LeaseItem | undefined;
}

async function writeLease(
  table: RegistryTable,
  request: AcquireLease,
  seen: LeaseItem | undefined,
  next: Required<LeaseItem>,
): Promise<boolean> {
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { PK: modelPk(request.model), SK: RegistrySk.lease(request.name) },
        UpdateExpression: 'SET #token = :token, #owner = :owner, #until = :until, entity = :entity',
        ConditionExpression: condition(seen),
        ExpressionAttributeNames: { '#token': 'token', '#owner': 'owner', '#until': 'until' },
        ExpressionAttributeValues: {
          ':token': next.token,
          ':owner': next.owner,
          ':until': next.until,
          ':entity': 'lease',
          ...(seen === undefined ? {} : { ':seenToken': seen.token }),
          ...(seen?.owner === undefined ? {} : { ':seenOwner': seen.owner, ':seenUntil': seen.until }),
        },
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

function condition(seen: LeaseItem | undefined): string {
  if (seen === undefined) return 'attribute_not_exists(PK)';
  return seen.owner === undefined
    ? '#token = :seenToken AND attribute_not_exists(#owner)'
    : '#token = :seenToken AND #owner = :seenOwner AND #until = :seenUntil';
}

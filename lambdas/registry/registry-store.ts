import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as aliases from './store/aliases';
import * as audit from './store/audit';
import * as deployments from './store/deployments';
import * as leases from './store/leases';
import * as runs from './store/runs';
import { type Backoff, type RegistryTable, systemBackoff } from './store/table';
import * as triggers from './store/triggers';
import * as versions from './store/versions';

export { ConflictError, FencedError, NotFoundError } from './errors';
export { NotServableError } from './models/servable';

const operations = {
  ...runs,
  createModelVersion: versions.createModelVersion,
  getModelVersion: versions.getModelVersion,
  listModelVersions: versions.listModelVersions,
  getAlias: aliases.getAlias,
  moveAlias: aliases.moveAlias,
  acquireLease: leases.acquireLease,
  releaseLease: leases.releaseLease,
  getLease: leases.getLease,
  ...deployments,
  listAudit: audit.listAudit,
  ...triggers,
};

type Operations = typeof operations;
type Bound<F> = F extends (table: RegistryTable, ...args: infer A) => infer R ? (...args: A) => R : never;

/**
 * Everything that is recorded about a model: runs, versions, aliases, leases, deployments, triggers and the audit
 * trail, on one DynamoDB table. Reads by key are strongly consistent; every write is conditional, so that repeating
 * it (a redelivered event, a lost reply) does not count twice. What each operation does is said where it is
 * written, in `store/`.
 */
export type RegistryStore = { readonly [K in keyof Operations]: Bound<Operations[K]> };

/** The store on a table. `backoff` is how it waits between the tries of a contended write. */
export function registryStore(
  client: DynamoDBDocumentClient,
  tableName: string,
  backoff: Backoff = systemBackoff,
): RegistryStore {
  const table: RegistryTable = { client, name: tableName, backoff };
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (...args: unknown[]) => (operation as (...all: unknown[]) => unknown)(table, ...args),
    ]),
  ) as unknown as RegistryStore;
}

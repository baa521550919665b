import { modelKeyPk, modelPk } from '../../../lib/registry/contract';
import type { AuditEntry } from '../audit/audit-entry';
import { queryItems, type RegistryTable, withoutKeys } from './table';

/** The trail of a model that was never renamed, newest first. */
export async function listAudit(table: RegistryTable, model: string, limit: number): Promise<AuditEntry[]> {
  const items = await queryItems(table, modelPk(model), 'AUDIT#', { newestFirst: true, limit });
  return items.map((item) => withoutKeys<AuditEntry>(item));
}

/** The whole trail of the model with that key, oldest first. */
export async function readTrail(table: RegistryTable, key: string): Promise<AuditEntry[]> {
  const items = await queryItems(table, modelKeyPk(key), 'AUDIT#');
  return items.map((item) => withoutKeys<AuditEntry>(item));
}

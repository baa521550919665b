import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { modelPk, RegistrySk } from '../../../lib/registry/contract';
import type { AuditEntry } from '../entities';
import { isConditionFailure, queryItems, type RegistryTable, withoutKeys } from './table';

/** The write that appends an entry and never replaces one. */
export function auditItem(table: RegistryTable, model: string, entry: AuditEntry) {
  return {
    TableName: table.name,
    Item: { ...entry, PK: modelPk(model), SK: RegistrySk.audit(entry.at, entry.id), entity: 'audit' },
    ConditionExpression: 'attribute_not_exists(PK)',
  };
}

/** Appends one entry. The same entry (time and id) again changes nothing. */
export async function appendAudit(table: RegistryTable, model: string, entry: AuditEntry): Promise<void> {
  try {
    await table.client.send(new PutCommand(auditItem(table, model, entry)));
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
  }
}

/** Newest first. */
export async function listAudit(table: RegistryTable, model: string, limit: number): Promise<AuditEntry[]> {
  const items = await queryItems(table, modelPk(model), 'AUDIT#', { newestFirst: true, limit });
  return items.map((item) => withoutKeys<AuditEntry>(item));
}

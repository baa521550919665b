import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Item, queryItems, type RegistryTable } from '../store/table';

/** A document's own item and the items beside it, strongly consistent. */
export interface DocumentItems {
  readonly base: Item;
  readonly beside: readonly Item[];
}

export async function readDocument(
  table: RegistryTable,
  pk: string,
  sk: string,
): Promise<DocumentItems | undefined> {
  const { Item: base } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { PK: pk, SK: sk }, ConsistentRead: true }),
  );
  if (base === undefined) return undefined;
  return { base, beside: base.full === true ? await queryItems(table, pk, `${sk}#`) : [] };
}

/** Documents among items in the order of their sort keys; items beside a document that is not there are left out. */
export function groupDocuments(items: readonly Item[]): DocumentItems[] {
  const documents: { base: Item; beside: Item[] }[] = [];
  for (const item of items) {
    const last = documents.at(-1);
    if (item.entity !== 'document-entry') documents.push({ base: item, beside: [] });
    else if (last !== undefined && String(item.SK).startsWith(`${last.base.SK}#`)) last.beside.push(item);
  }
  return documents;
}

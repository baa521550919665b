import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { META, modelKeyPk, RegistrySk } from '../../../lib/registry/contract';
import { type Item, type RegistryTable, untilUncontended, withoutKeys } from './table';

/** A model by its key, or one of its versions. */
export interface RecordKey {
  readonly key: string;
  readonly version?: number;
}

/** DynamoDB answers up to 100 items at once. */
const AT_ONCE = 100;

/**
 * Many models or versions at once, strongly consistent, in no order; those that are not there are left out. Versions
 * are answered with their model's `key`.
 */
export async function getRecords<T>(table: RegistryTable, keys: readonly RecordKey[]): Promise<T[]> {
  const requests: Item[][] = [];
  for (let start = 0; start < keys.length; start += AT_ONCE) {
    requests.push(
      keys.slice(start, start + AT_ONCE).map(({ key, version }) => ({
        PK: modelKeyPk(key),
        SK: version === undefined ? META : RegistrySk.version(version),
      })),
    );
  }
  const answers = await Promise.all(requests.map((request) => getBatch(table, request)));
  const prefix = modelKeyPk('');
  return answers
    .flat()
    .map((item) => ({ ...withoutKeys<object>(item), key: String(item.PK).slice(prefix.length) }) as T);
}

/** What DynamoDB did not get to is asked for again. */
async function getBatch(table: RegistryTable, keys: Item[]): Promise<Item[]> {
  const found: Item[] = [];
  let rest = keys;
  return untilUncontended(table, `Reading ${keys.length} records`, async () => {
    const answer = await table.client.send(
      new BatchGetCommand({ RequestItems: { [table.name]: { Keys: rest, ConsistentRead: true } } }),
    );
    found.push(...(answer.Responses?.[table.name] ?? []));
    rest = (answer.UnprocessedKeys?.[table.name]?.Keys ?? []) as Item[];
    return rest.length === 0 ? found : undefined;
  });
}

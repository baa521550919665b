import { setTimeout as sleep } from 'node:timers/promises';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  type BatchWriteCommandOutput,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandOutput,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { DatasetSk, datasetPk, datasetVersionsPk } from '../../lib/data-lake/contract';
import { concurrently } from '../shared/concurrently';
import { ConflictError } from './conflict-error';
import type { Acceptance, DatasetVersion, QuarantinedContent } from './entities';
import { contentFingerprint } from './manifest';

/** Which version of a dataset is current. */
export interface CurrentVersion {
  readonly version: string;
  /** Grows by one with every move of the pointer. */
  readonly revision: number;
}

/** What the catalog remembers of datasets. */
export interface Catalog {
  current(dataset: string): Promise<CurrentVersion | undefined>;
  version(dataset: string, id: string): Promise<DatasetVersion | undefined>;
  /**
   * Makes a version the current one; a version that was accepted before keeps its item, and is to be announced again.
   *
   * @param known whether the version had an item before its manifest was written
   * @throws ConflictError when the pointer is no longer at `from`, or when the version is being collected as garbage
   * or was since: its manifest may be gone and has to be written again
   */
  accept(version: DatasetVersion, from: CurrentVersion | undefined, at: Date, known: boolean): Promise<void>;
  markAnnounced(dataset: string, id: string, at: Date): Promise<void>;
  /** Writes the item of a version that is kept out; one that is accepted by now stays accepted. */
  recordQuarantined(version: DatasetVersion): Promise<void>;
  /** Those of the contents that were found bad. */
  quarantined(
    dataset: string,
    contents: readonly { key: string; checksum: string }[],
  ): Promise<QuarantinedContent[]>;
  rememberBad(dataset: string, contents: readonly QuarantinedContent[]): Promise<void>;
  /** Which quarantined versions were accepted, by whom and why. */
  acceptances(dataset: string): Promise<Acceptance[]>;
  /** Keeps an acceptance unless the version has one. */
  recordAcceptance(dataset: string, acceptance: Acceptance): Promise<void>;
}

/** DynamoDB answers at most 100 items for one BatchGetItem. */
const BATCH = 100;
/** And takes 25 for one BatchWriteItem. */
const WRITE_BATCH = 25;
const WRITTEN_AT_ONCE = 8;
const MAX_BATCH_TRIES = 8;

/** Full jitter: somewhere between nothing and a bound that doubles, in milliseconds. */
const pauseBefore = (tries: number): number => Math.random() * Math.min(5_000, 50 * 2 ** tries);

/** The catalog in the table that data lake and registry share; every item of a dataset has its partition key. */
export function catalog(client: DynamoDBDocumentClient, table: string): Catalog {
  const keyOf = (dataset: string, SK: string) => ({ PK: datasetPk(dataset), SK });

  async function get<T>(dataset: string, sk: string): Promise<T | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: keyOf(dataset, sk), ConsistentRead: true }),
    );
    return Item as T | undefined;
  }

  async function getAll<T>(dataset: string, sks: readonly string[]): Promise<T[]> {
    const found: T[] = [];
    const unique = [...new Set(sks)];
    for (let start = 0; start < unique.length; start += BATCH) {
      let keys: Record<string, unknown>[] = unique
        .slice(start, start + BATCH)
        .map((sk) => keyOf(dataset, sk));
      for (let tries = 0; keys.length > 0; tries += 1) {
        if (tries === MAX_BATCH_TRIES) {
          throw new Error(
            `DynamoDB left ${keys.length} items of dataset ${dataset} unread; the table is throttled.`,
          );
        }
        if (tries > 0) await sleep(pauseBefore(tries));
        const request = { [table]: { Keys: keys, ConsistentRead: true } };
        const answer = await client.send(new BatchGetCommand({ RequestItems: request }));
        found.push(...((answer.Responses?.[table] ?? []) as T[]));
        keys = answer.UnprocessedKeys?.[table]?.Keys ?? [];
      }
    }
    return found;
  }

  async function putAll(dataset: string, items: readonly Record<string, unknown>[]): Promise<void> {
    let left: unknown[] = items.map((Item) => ({ PutRequest: { Item } }));
    for (let tries = 0; left.length > 0; tries += 1) {
      if (tries === MAX_BATCH_TRIES) {
        throw new Error(
          `DynamoDB left ${left.length} items of dataset ${dataset} unwritten; the table is throttled.`,
        );
      }
      if (tries > 0) await sleep(pauseBefore(tries));
      const answer: BatchWriteCommandOutput = await client.send(
        new BatchWriteCommand({ RequestItems: { [table]: left as never } }),
      );
      left = answer.UnprocessedItems?.[table] ?? [];
    }
  }

  function versionItem(version: DatasetVersion): Record<string, unknown> {
    return {
      ...keyOf(version.dataset, DatasetSk.version(version.id)),
      GSI1PK: datasetVersionsPk(version.dataset),
      GSI1SK: `${version.createdAt}#${version.id}`,
      ...version,
    };
  }

  function versionWrite(version: DatasetVersion, existing: DatasetVersion | undefined) {
    if (existing?.status === 'accepted') {
      return {
        Update: {
          TableName: table,
          Key: keyOf(version.dataset, DatasetSk.version(version.id)),
          UpdateExpression: 'REMOVE announcedAt',
          ConditionExpression: '#status = :accepted',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':accepted': 'accepted' },
        },
      };
    }
    return {
      Put: {
        TableName: table,
        Item: versionItem(version),
        ConditionExpression: 'attribute_not_exists(PK) OR #status = :quarantined',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':quarantined': 'quarantined' },
      },
    };
  }

  return {
    current: (dataset) => get<CurrentVersion>(dataset, DatasetSk.CURRENT),
    version: (dataset, id) => get<DatasetVersion>(dataset, DatasetSk.version(id)),

    async accept(version, from, at, known) {
      const existing = await get<DatasetVersion>(version.dataset, DatasetSk.version(version.id));
      if (known && existing === undefined) {
        throw new ConflictError(
          `Version ${version.id} of dataset ${version.dataset} was collected meanwhile.`,
        );
      }
      const pointer = {
        Put: {
          TableName: table,
          Item: {
            ...keyOf(version.dataset, DatasetSk.CURRENT),
            dataset: version.dataset,
            version: version.id,
            revision: (from?.revision ?? 0) + 1,
          },
          ...(from === undefined
            ? { ConditionExpression: 'attribute_not_exists(PK)' }
            : {
                ConditionExpression: 'revision = :seen',
                ExpressionAttributeValues: { ':seen': from.revision },
              }),
        },
      };
      const revision = (from?.revision ?? 0) + 1;
      const history = {
        Put: {
          TableName: table,
          Item: {
            ...keyOf(version.dataset, DatasetSk.history(revision)),
            ...{ dataset: version.dataset, revision, version: version.id, at: at.toISOString() },
            ...(from === undefined ? {} : { from: from.version }),
          },
          ConditionExpression: 'attribute_not_exists(PK)',
        },
      };
      try {
        await client.send(
          new TransactWriteCommand({ TransactItems: [versionWrite(version, existing), pointer, history] }),
        );
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const codes = error.CancellationReasons?.map(({ Code }) => Code) ?? [];
        if (!codes.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict'))
          throw error;
        throw new ConflictError(`The current version of dataset ${version.dataset} was moved meanwhile.`);
      }
    },

    async markAnnounced(dataset, id, at) {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: keyOf(dataset, DatasetSk.version(id)),
          UpdateExpression: 'SET announcedAt = :at',
          ConditionExpression: 'attribute_exists(PK)',
          ExpressionAttributeValues: { ':at': at.toISOString() },
        }),
      );
    },

    async recordQuarantined(version) {
      const existing = await get<DatasetVersion>(version.dataset, DatasetSk.version(version.id));
      if (existing?.status === 'accepted') return;
      const { Put } = versionWrite(version, undefined);
      await client.send(new PutCommand(Put!));
    },

    quarantined: (dataset, contents) =>
      getAll<QuarantinedContent>(
        dataset,
        contents.map(({ key, checksum }) => DatasetSk.quarantine(contentFingerprint(key, checksum))),
      ),

    async rememberBad(dataset, contents) {
      const items = new Map(
        contents.map((content) => {
          const sk = DatasetSk.quarantine(contentFingerprint(content.key, content.checksum));
          return [sk, { ...keyOf(dataset, sk), ...content }];
        }),
      );
      const all = [...items.values()];
      const batches = Array.from({ length: Math.ceil(all.length / WRITE_BATCH) }, (_, at) =>
        all.slice(at * WRITE_BATCH, (at + 1) * WRITE_BATCH),
      );
      await concurrently(batches, WRITTEN_AT_ONCE, (batch) => putAll(dataset, batch));
    },

    async acceptances(dataset) {
      const found: Acceptance[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page: QueryCommandOutput = await client.send(
          new QueryCommand({
            ...{ TableName: table, ConsistentRead: true, ExclusiveStartKey },
            KeyConditionExpression: 'PK = :dataset AND begins_with(SK, :acceptance)',
            ExpressionAttributeValues: {
              ':dataset': datasetPk(dataset),
              ':acceptance': DatasetSk.ACCEPTANCE_PREFIX,
            },
          }),
        );
        found.push(...((page.Items ?? []) as unknown as Acceptance[]));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      return found.map(({ datasetVersion, reason, by, at }) => ({ datasetVersion, reason, by, at }));
    },

    async recordAcceptance(dataset, acceptance) {
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: {
              ...keyOf(dataset, DatasetSk.acceptance(acceptance.datasetVersion)),
              ...{ dataset, ...acceptance },
            },
            ConditionExpression: 'attribute_not_exists(PK)',
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}

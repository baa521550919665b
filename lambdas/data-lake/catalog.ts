import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandOutput,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { DatasetSk, datasetPk, datasetVersionsPk } from '../../lib/data-lake/contract';
import { batchGet, batchPut } from './batch-items';
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
   * @param closed up to which event drops were closed before the bucket was listed
   * @throws ConflictError when the pointer is no longer at `from`; when a drop was closed since `closed`, which may
   * have found the bucket to hold what is current, so that nothing would undo this; or when the version is being
   * collected as garbage or was since: its manifest may be gone and has to be written again
   */
  accept(
    version: DatasetVersion,
    from: CurrentVersion | undefined,
    at: Date,
    known: boolean,
    closed: number | undefined,
  ): Promise<void>;
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
    const keys = [...new Set(sks)].map((sk) => keyOf(dataset, sk));
    return (await batchGet(client, table, keys, `dataset ${dataset}`)) as T[];
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

  /** Fails a transaction when a drop was closed since. */
  function undisturbed(dataset: string, closed: number | undefined) {
    return {
      ConditionCheck: {
        TableName: table,
        Key: keyOf(dataset, DatasetSk.DROP),
        ...(closed === undefined
          ? { ConditionExpression: 'attribute_not_exists(closedSequence)' }
          : {
              ConditionExpression: 'closedSequence = :closed',
              ExpressionAttributeValues: { ':closed': closed },
            }),
      },
    };
  }

  return {
    current: (dataset) => get<CurrentVersion>(dataset, DatasetSk.CURRENT),
    version: (dataset, id) => get<DatasetVersion>(dataset, DatasetSk.version(id)),

    async accept(version, from, at, known, closed) {
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
        const drop = undisturbed(version.dataset, closed);
        await client.send(
          new TransactWriteCommand({
            TransactItems: [versionWrite(version, existing), pointer, history, drop],
          }),
        );
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const codes = error.CancellationReasons?.map(({ Code }) => Code) ?? [];
        if (!codes.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict'))
          throw error;
        throw new ConflictError(`Dataset ${version.dataset} was moved, or a drop of it closed, meanwhile.`);
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
      await batchPut(client, table, [...items.values()], `dataset ${dataset}`);
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

import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  DatasetSk,
  datasetPk,
  partKey,
  partResultKey,
  planKey,
  WORK_DAYS,
} from '../../lib/data-lake/contract';
import { TTL_ATTRIBUTE } from '../../lib/registry/contract';
import type { CurrentVersion } from './catalog';
import type { Change } from './changes';
import type { Closing } from './drop';
import type { PartResult } from './part-result';
import { GZIP, type S3Objects } from './s3-objects';
import type { Schema } from './validation/schema';

/** A part of the changes that a large drop brings, with all that its result depends on. */
export interface Part {
  readonly dataset: string;
  /** Of the closing: what was known and accepted meanwhile may be another thing at the next one. */
  readonly closing: string;
  readonly parent?: string;
  readonly schema?: Schema;
  readonly acceptances: readonly string[];
  readonly changes: readonly Change[];
}

/** A large closing under way. */
export interface Plan {
  readonly dataset: string;
  readonly closing: Closing;
  /** What was current when the changes were found. */
  readonly current?: CurrentVersion;
  /** Up to which event drops were closed before the changes were found. */
  readonly closedSequence?: number;
  /** What files are checked against; learnt from the first files when the dataset has none yet. */
  readonly schema?: Schema;
  readonly acceptances: readonly string[];
  /** Digests of the parts, in the order of their keys. */
  readonly parts: readonly string[];
}

/**
 * Work that several functions share. Everything is named by its content: planned again, or run again, the same work
 * has the same names, and what is done is done.
 */
export interface WorkStore {
  /** Keeps a part, and gives its digest. */
  writePart(part: Part): Promise<string>;
  readPart(dataset: string, digest: string): Promise<Part>;
  hasResult(dataset: string, digest: string): Promise<boolean>;
  writeResult(dataset: string, digest: string, result: PartResult): Promise<void>;
  readResult(dataset: string, digest: string): Promise<PartResult>;
  /** Keeps a plan, and gives its digest. */
  writePlan(plan: Plan): Promise<string>;
  readPlan(dataset: string, digest: string): Promise<Plan>;
  /** Notes that a part of a plan is done, and says how many are. */
  markDone(dataset: string, plan: string, index: number, now: Date): Promise<number>;
}

const DAY_SECONDS = 86_400;

export function workStore(objects: S3Objects, client: DynamoDBDocumentClient, table: string): WorkStore {
  async function keep(value: unknown, keyOf: (digest: string) => string): Promise<string> {
    const text = JSON.stringify(value);
    const digest = createHash('sha256').update(text).digest('hex');
    await objects.write(keyOf(digest), gzipSync(text), GZIP);
    return digest;
  }

  async function read<T>(key: string): Promise<T> {
    const bytes = await objects.read(key);
    if (bytes === undefined) {
      throw new Error(
        `${objects.uri(key)} is gone: work is kept for ${WORK_DAYS} days. Drop an object to close the dataset anew.`,
      );
    }
    return JSON.parse(gunzipSync(bytes).toString('utf8')) as T;
  }

  return {
    writePart: (part) => keep(part, (digest) => partKey(part.dataset, digest)),
    readPart: (dataset, digest) => read<Part>(partKey(dataset, digest)),
    hasResult: async (dataset, digest) => (await objects.read(partResultKey(dataset, digest))) !== undefined,
    writeResult: (dataset, digest, result) =>
      objects.write(partResultKey(dataset, digest), gzipSync(JSON.stringify(result)), GZIP),
    readResult: (dataset, digest) => read<PartResult>(partResultKey(dataset, digest)),
    writePlan: (plan) => keep(plan, (digest) => planKey(plan.dataset, digest)),
    readPlan: (dataset, digest) => read<Plan>(planKey(dataset, digest)),

    async markDone(dataset, plan, index, now) {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: table,
          Key: { PK: datasetPk(dataset), SK: DatasetSk.work(plan) },
          UpdateExpression: 'ADD done :part SET #ttl = :ttl',
          ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
          ExpressionAttributeValues: {
            ':part': new Set([index]),
            ':ttl': Math.floor(now.getTime() / 1000) + WORK_DAYS * DAY_SECONDS,
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      const { done } = Attributes as { done: ReadonlySet<number> };
      return done.size;
    },
  };
}

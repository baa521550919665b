import { type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { inferencePk, ROWS_PER_CHUNK, rowsSk, windowInferencesPk } from '../../lib/monitoring/contract';
import { INDEX_NAME } from '../../lib/registry/contract';
import { concurrently } from '../shared/concurrently';
import { type ChunkLabels, type LabelSource, resolveLabels } from './labels';
import type { ScoredInference } from './profile-file';
import type { Outcome } from './quality';
import type { Window } from './windows';

const PARALLEL_WRITES = 16;
const LABELS_PREFIX = 'labels#';

/**
 * Scores and labels by inference id. The two come in any order, each any number of times: each writes attributes of
 * its own, always the same ones, into the same item.
 */
export interface InferenceStore {
  putScores(inferences: readonly ScoredInference[]): Promise<void>;
  /** @returns the windows of those inferences whose scores are known already, each once */
  putLabels(chunks: readonly ChunkLabels[], source: { id: string; at: string }, now: Date): Promise<Window[]>;
  /** Every scored row of the window that one model version answered. */
  outcomes(windowStart: string, modelVersion: number): Promise<Outcome[]>;
}

/** @param retentionSeconds how long after a prediction its label may come */
export function inferenceStore(
  client: DynamoDBDocumentClient,
  table: string,
  model: string,
  retentionSeconds: number,
): InferenceStore {
  const expiry = (since: Date) => Math.floor(since.getTime() / 1000) + retentionSeconds;
  const putChunk = async (inference: ScoredInference, chunk: number): Promise<void> => {
    const { inferenceId, window } = inference;
    await client.send(
      new UpdateCommand({
        TableName: table,
        Key: { PK: inferencePk(inferenceId), SK: rowsSk(chunk) },
        UpdateExpression:
          'SET model = :model, modelVersion = :version, answeredAt = :at, scores = :scores, ' +
          'windowStart = :start, windowEnd = :end, expiresAt = :expiry, GSI1PK = :index, GSI1SK = :order',
        ExpressionAttributeValues: {
          ':model': model,
          ':version': inference.modelVersion,
          ':at': inference.at,
          // As text: DynamoDB refuses numbers as small as 1e-130, which a score may be.
          ':scores': JSON.stringify(
            inference.scores.slice(chunk * ROWS_PER_CHUNK, (chunk + 1) * ROWS_PER_CHUNK),
          ),
          ':start': window.start,
          ':end': window.end,
          ':expiry': expiry(new Date(inference.at)),
          ':index': windowInferencesPk(model, window.start),
          ':order': `${inference.at}#${inferenceId}#${chunk}`,
        },
      }),
    );
  };
  return {
    async putScores(inferences) {
      const chunks = inferences.flatMap((inference) =>
        Array.from({ length: Math.ceil(inference.scores.length / ROWS_PER_CHUNK) }, (_, chunk) => ({
          inference,
          chunk,
        })),
      );
      await concurrently(chunks, PARALLEL_WRITES, ({ inference, chunk }) => putChunk(inference, chunk));
    },

    async putLabels(chunks, source, now) {
      const windows = await concurrently(chunks, PARALLEL_WRITES, async ({ inferenceId, chunk, rows }) => {
        const answer = await client.send(
          new UpdateCommand({
            TableName: table,
            Key: { PK: inferencePk(inferenceId), SK: rowsSk(chunk) },
            UpdateExpression: 'SET #labels = :labels, expiresAt = if_not_exists(expiresAt, :expiry)',
            ExpressionAttributeNames: { '#labels': `${LABELS_PREFIX}${source.id}` },
            ExpressionAttributeValues: {
              ':labels': { at: source.at, rows } satisfies LabelSource,
              ':expiry': expiry(now),
            },
            ReturnValues: 'ALL_NEW',
          }),
        );
        const { windowStart, windowEnd } = answer.Attributes ?? {};
        return windowStart === undefined ? undefined : { start: windowStart, end: windowEnd };
      });
      const known = windows.filter((window): window is Window => window !== undefined);
      return [...new Map(known.map((window) => [window.start, window])).values()];
    },

    async outcomes(windowStart, modelVersion) {
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          IndexName: INDEX_NAME,
          KeyConditionExpression: 'GSI1PK = :window',
          ExpressionAttributeValues: { ':window': windowInferencesPk(model, windowStart) },
        },
      );
      const outcomes: Outcome[] = [];
      for await (const page of pages) {
        for (const item of page.Items ?? []) {
          if (item.modelVersion === modelVersion) {
            outcomes.push(...outcomesOf(item));
          }
        }
      }
      return outcomes;
    },
  };
}

function outcomesOf(item: Record<string, unknown>): Outcome[] {
  const sources = Object.entries(item).filter(([name]) => name.startsWith(LABELS_PREFIX));
  const labels = resolveLabels(Object.fromEntries(sources) as { [file: string]: LabelSource });
  const firstRow = Number((item.SK as string).split('#')[1]) * ROWS_PER_CHUNK;
  const scores = JSON.parse(item.scores as string) as number[];
  return scores.map((score, i) => ({ score, label: labels.get(String(firstRow + i)) }));
}

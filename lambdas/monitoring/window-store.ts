import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  dirtyWindowsPk,
  driftAlarmName,
  MONITOR_SK,
  qualityAlarmName,
  WINDOW_SK_PREFIX,
  windowSk,
} from '../../lib/monitoring/contract';
import { INDEX_NAME, modelPk } from '../../lib/registry/contract';
import type { WindowEvaluation } from './evaluate-window/evaluation';
import type { ReportedState } from './evaluate-window/report';
import type { Window } from './windows';

/** What is known of a window. */
export interface WindowState {
  readonly window: Window;
  /** Grows whenever something arrives for the window. */
  readonly touched: number;
  readonly touchedAt: string;
  readonly evaluation?: WindowEvaluation;
}

/** Windows of one model. */
export interface WindowStore {
  /** Something arrived for the window: it has to be evaluated, again if need be. */
  touch(window: Window, now: Date): Promise<void>;
  /** Windows that something arrived for since they were evaluated, oldest first. */
  dirty(): Promise<WindowState[]>;
  /**
   * Keeps an evaluation of what had arrived when `touched` was read.
   *
   * @returns false, keeping nothing, when more has arrived since
   */
  save(window: Window, touched: number, evaluation: WindowEvaluation): Promise<boolean>;
  /** Evaluations, newest window first. */
  recent(limit: number): Promise<WindowEvaluation[]>;
  reported(): Promise<ReportedState>;
  setReported(state: ReportedState): Promise<void>;
}

export function windowStore(client: DynamoDBDocumentClient, table: string, model: string): WindowStore {
  const key = (windowStart: string) => ({ PK: modelPk(model), SK: windowSk(windowStart) });
  return {
    async touch(window, now) {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: key(window.start),
          UpdateExpression:
            'SET model = :model, windowStart = :start, windowEnd = :end, touchedAt = :now, ' +
            'GSI1PK = :dirty, GSI1SK = :start ADD touched :one',
          ExpressionAttributeValues: {
            ':model': model,
            ':start': window.start,
            ':end': window.end,
            ':now': now.toISOString(),
            ':dirty': dirtyWindowsPk(model),
            ':one': 1,
          },
        }),
      );
    },
    async dirty() {
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          IndexName: INDEX_NAME,
          KeyConditionExpression: 'GSI1PK = :dirty',
          ExpressionAttributeValues: { ':dirty': dirtyWindowsPk(model) },
        },
      );
      const states: WindowState[] = [];
      for await (const page of pages) {
        states.push(...(page.Items ?? []).map(toState));
      }
      return states;
    },
    async save(window, touched, evaluation) {
      try {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: key(window.start),
            UpdateExpression: 'SET evaluation = :evaluation REMOVE GSI1PK, GSI1SK',
            ConditionExpression: 'touched = :touched',
            ExpressionAttributeValues: { ':evaluation': evaluation, ':touched': touched },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) {
          return false;
        }
        throw error;
      }
    },
    async recent(limit) {
      const answer = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'PK = :model AND begins_with(SK, :windows)',
          ExpressionAttributeValues: { ':model': modelPk(model), ':windows': WINDOW_SK_PREFIX },
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      return (answer.Items ?? []).flatMap((item) => (item.evaluation as WindowEvaluation | undefined) ?? []);
    },
    async reported() {
      const answer = await client.send(
        new GetCommand({
          TableName: table,
          Key: { PK: modelPk(model), SK: MONITOR_SK },
          ConsistentRead: true,
        }),
      );
      return toReported(answer.Item);
    },
    async setReported({ drift, quality, findings }) {
      await client.send(
        new PutCommand({
          TableName: table,
          Item: { PK: modelPk(model), SK: MONITOR_SK, drift, quality, findings },
        }),
      );
    },
  };
}

/**
 * Why an alarm of the monitor is in ALARM, in words; empty for every other alarm.
 */
export function findingsReader(client: DynamoDBDocumentClient, table: string, model: string) {
  return async (alarmName: string): Promise<readonly string[]> => {
    const kinds = { [driftAlarmName(model)]: 'drift', [qualityAlarmName(model)]: 'quality' } as const;
    const kind = kinds[alarmName];
    if (kind === undefined) {
      return [];
    }
    const Key = { PK: modelPk(model), SK: MONITOR_SK };
    const answer = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return toReported(answer.Item).findings?.[kind] ?? [];
  };
}

function toReported(item: Record<string, unknown> = {}): ReportedState {
  const { drift, quality, findings } = item as ReportedState;
  return { drift, quality, findings };
}

function toState(item: Record<string, unknown>): WindowState {
  return {
    window: { start: item.windowStart as string, end: item.windowEnd as string },
    touched: item.touched as number,
    touchedAt: item.touchedAt as string,
    evaluation: item.evaluation as WindowEvaluation | undefined,
  };
}

import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { META, modelRunsPk, runPk } from '../../../lib/registry/contract';
import type { Run } from '../entities';
import { ConflictError, NotFoundError } from '../errors';
import { getItem, isConditionFailure, queryIndex, type RegistryTable, withoutKeys } from './table';

/** What may change while a run goes on. Params, metrics and tags are added to those that are there. */
export type RunPatch = Partial<
  Pick<
    Run,
    | 'params'
    | 'metrics'
    | 'tags'
    | 'status'
    | 'verdict'
    | 'judgedAt'
    | 'modelVersion'
    | 'deployment'
    | 'failure'
    | 'endedAt'
    | 'executionArn'
    | 'championVersion'
  >
>;

const MAPS = ['params', 'metrics', 'tags'] as const;

/** Writes the run if no run has its id yet. @returns whether this call created it. */
export async function createRun(table: RegistryTable, run: Run): Promise<boolean> {
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: {
          ...run,
          PK: runPk(run.runId),
          SK: META,
          GSI1PK: modelRunsPk(run.model),
          GSI1SK: `${run.startedAt}#${run.runId}`,
          entity: 'run',
        },
        ConditionExpression: 'attribute_not_exists(PK)',
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

export async function getRun(table: RegistryTable, runId: string): Promise<Run | undefined> {
  const item = await getItem(table, runPk(runId), META);
  return item === undefined ? undefined : withoutKeys<Run>(item);
}

/**
 * Adds to a run. A run that has ended keeps its status.
 *
 * @throws NotFoundError when there is no such run.
 * @throws ConflictError when the patch would change the status of a run that has ended.
 */
export async function updateRun(table: RegistryTable, runId: string, patch: RunPatch): Promise<void> {
  const update = updateExpression(patch);
  if (update === undefined) return;
  const changesStatus = patch.status !== undefined;
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { PK: runPk(runId), SK: META },
        UpdateExpression: `SET ${update.assignments.join(', ')}`,
        ConditionExpression: changesStatus
          ? 'attribute_exists(PK) AND (#status = :running OR #status = :status)'
          : 'attribute_exists(PK)',
        ExpressionAttributeNames: update.names,
        ExpressionAttributeValues: { ...update.values, ...(changesStatus ? { ':running': 'RUNNING' } : {}) },
      }),
    );
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    const run = await getRun(table, runId);
    if (run === undefined) throw new NotFoundError(`There is no run "${runId}".`);
    throw new ConflictError(`Run "${runId}" has ended as ${run.status}; it cannot become ${patch.status}.`);
  }
}

/** Newest first. */
export async function listRuns(table: RegistryTable, model: string, limit: number): Promise<Run[]> {
  return (await queryIndex(table, modelRunsPk(model), limit)).map((item) => withoutKeys<Run>(item));
}

function updateExpression(patch: RunPatch) {
  const assignments: string[] = [];
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    const entries = MAPS.includes(field as never) ? Object.entries(value as object) : undefined;
    if (entries === undefined) {
      names[`#${field}`] = field;
      values[`:${field}`] = value;
      assignments.push(`#${field} = :${field}`);
      continue;
    }
    entries.forEach(([key, entry], index) => {
      names[`#${field}`] = field;
      names[`#${field}${index}`] = key;
      values[`:${field}${index}`] = entry;
      assignments.push(`#${field}.#${field}${index} = :${field}${index}`);
    });
  }
  return assignments.length === 0 ? undefined : { assignments, names, values };
}

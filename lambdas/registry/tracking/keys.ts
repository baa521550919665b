import { createHash } from 'node:crypto';

/** Where tracking keeps things on the registry's table. No key begins as those of models (`MODEL#`, `RUN#`) do. */

/** Partition of all experiments: one strongly consistent query lists them. */
export const EXPERIMENTS_PK = 'XS';
export const experimentSk = (experimentId: string): string => `E#${experimentId.padStart(20, '0')}`;
/** Holds a name, also of a deleted experiment. */
export const experimentNameKey = (name: string) => ({ PK: `XN#${name}`, SK: '-' });
/** Counts experiment ids. */
export const COUNTER_KEY = { PK: 'CTR', SK: 'EXPERIMENT' } as const;

export const SHARDS = 16;
/** One of the 16 partitions of an experiment's runs. */
export const shardPk = (experimentId: string, shard: number): string =>
  `X#${experimentId}#S#${shard.toString(16)}`;

/** Spreads runs evenly over the shards (FNV-1a, 32 bits). */
export function shardOf(runId: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < runId.length; at += 1) {
    hash = Math.imul(hash ^ runId.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % SHARDS;
}

/** Sorts newer times first. Times outside 0 to 2^53 sort with the nearest of these. */
export function invertedTime(milliseconds: number): string {
  const inside = Math.min(Math.max(milliseconds, 0), Number.MAX_SAFE_INTEGER);
  return String(Number.MAX_SAFE_INTEGER - inside).padStart(16, '0');
}

/** Begins the sort keys of everything about a run in its shard. */
export const runSk = (startTime: number, runId: string): string => `R#${invertedTime(startTime)}#${runId}`;
/** The run's document: what it is, params, tags, inputs and outputs. */
export const documentSk = (startTime: number, runId: string): string => `${runSk(startTime, runId)}#0`;
/** The latest point of each of its metrics. */
export const latestSk = (startTime: number, runId: string): string => `${runSk(startTime, runId)}#1`;

/** Where a run is and whether it is active: found by its id alone. Its metric points are in the same partition. */
export const runPk = (runId: string): string => `R#${runId}`;
export const POINTER = 'PTR';

export const historyPrefix = (key: string): string => `H#${keyPart(key)}#`;

export const modelPk = (modelId: string): string => `LM#${modelId}`;
export const modelsPk = (experimentId: string): string => `X#${experimentId}#LM`;
export const modelSk = (creationTime: number, modelId: string): string =>
  `M#${invertedTime(creationTime)}#${modelId}#0`;

export const experimentPk = (experimentId: string): string => `X#${experimentId}`;
export const datasetSk = (name: string, digest: string): string => `DS#${digestOf(name, digest)}`;
export const datasetPartSk = (content: string, part: number): string =>
  `DP#${content}#${String(part).padStart(4, '0')}`;
export const datasetSummarySk = (...fields: readonly (string | undefined)[]): string =>
  `DC#${digestOf(...fields)}`;

/** Partition of the runs of an experiment that are written to, by minute. */
export const changesPk = (experimentId: string): string => `X#${experimentId}#CHG`;

/** Hash of a list of texts, none of which can be mistaken for another. */
export const digestOf = (...fields: readonly (string | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(fields)).digest('hex');

const LONGEST_KEY_PART = 800;

/**
 * A client's key inside a sort key: itself, or a hash when it is too long for one (1,024 bytes) or has the sign that
 * separates parts. Whoever stores under a hash stores the key beside it.
 */
export function keyPart(key: string): string {
  const fits = key.length * 4 <= LONGEST_KEY_PART || Buffer.byteLength(key) <= LONGEST_KEY_PART;
  return fits && !key.includes('#') && !key.startsWith('%') ? key : `%${digestOf(key)}`;
}

/** A client's key as an attribute name: `__proto__` would be lost between SDK and table. */
export const attributeName = (key: string): string =>
  key === '__proto__' || key.startsWith('%') ? `%${key}` : key;

export const keyOfAttribute = (name: string): string => (name.startsWith('%') ? name.slice(1) : name);

const EXPERIMENT_ID = /^\d{1,19}$/;
const ENTITY_ID = /^[^#]{1,256}$/;

export const isExperimentId = (id: string): boolean => EXPERIMENT_ID.test(id);
/** Whether the text can be the id of a run or a logged model. */
export const isEntityId = (id: string): boolean => ENTITY_ID.test(id);

import type { Approval, Stage } from './model-store';

/** Entries of a map. Keys come from clients and may be any string, also `__proto__`, so that no object holds them. */
export type Pairs<T> = readonly (readonly [string, T])[];

/** A model as it is stored: one item, rewritten by each change of the model, which is how changes take turns. */
export interface ModelRecord {
  /** Names its partition; never changes. */
  readonly key: string;
  readonly name: string;
  /** Grows by one with each entry of the audit trail. */
  readonly revision: number;
  /** The highest number given to a version, also if that was deleted. */
  readonly latestVersion: number;
  readonly description?: string;
  readonly tags: Pairs<string>;
  /** What the items of the aliases say, for readers that want them all. */
  readonly aliases: Pairs<number>;
  /** The newest version of each stage. */
  readonly stages: readonly (readonly [Stage, number])[];
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Whether a pipeline registers versions of it. */
  readonly managed?: boolean;
  /** Whether a deployment was ever begun. */
  readonly deployed?: boolean;
  readonly deletedAt?: string;
  /** Versions up to this one went when the model was deleted. */
  readonly deletedThrough?: number;
}

/** What the registry knows about each version, whoever registered it. */
export interface VersionRecord {
  readonly version: number;
  readonly source: string;
  readonly storageLocation: string;
  readonly runId?: string;
  readonly runLink?: string;
  readonly modelId?: string;
  readonly userId?: string;
  readonly stage: Stage;
  readonly description?: string;
  readonly tags: Pairs<string>;
  readonly approval?: Approval;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deletedAt?: string;
}

/** A model that has just been created. */
export function newModelRecord(key: string, name: string, at: string): ModelRecord {
  return {
    key,
    name,
    revision: 0,
    latestVersion: 0,
    tags: [],
    aliases: [],
    stages: [],
    createdAt: at,
    updatedAt: at,
  };
}

/** The entries with one set, in the order of their keys. */
export function withEntry<T>(pairs: Pairs<T>, key: string, value: T): Pairs<T> {
  return [...withoutEntry(pairs, key), [key, value] as const].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function withoutEntry<T>(pairs: Pairs<T>, key: string): Pairs<T> {
  return pairs.filter(([name]) => name !== key);
}

export function entryOf<T>(pairs: Pairs<T>, key: string): T | undefined {
  return pairs.find(([name]) => name === key)?.[1];
}

/** The entries of a map in the order of its keys. */
export function pairsOf<T>(map: ReadonlyMap<string, T> | undefined): Pairs<T> {
  return [...(map ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Names of the aliases that point at a version, in alphabetical order. */
export function aliasesOf(model: ModelRecord, version: number): string[] {
  return model.aliases.filter(([, target]) => target === version).map(([alias]) => alias);
}

import { InvalidParameterError } from '../../tracking/errors';
import type { EntityType } from '../filter/condition';
import { attributeOrTag, EXPERIMENT_ATTRIBUTES } from '../filter/experiments';
import { shownList, shownSet } from '../filter/python';
import { attributeName, ORDERABLE_ATTRIBUTES, runIdentifier } from '../filter/runs';
import { parseOrderClause } from './clause';

/** One field that results are sorted by. Equal ones are sorted by the next. */
export interface SortField {
  readonly type: EntityType;
  readonly key: string;
  readonly ascending: boolean;
}

/**
 * The order of runs: what is asked for, then the latest first, then by id.
 *
 * @throws InvalidParameterError for a field that does not exist or stands twice.
 */
export function runOrder(orderBy: readonly string[]): SortField[] {
  const asked = orderBy.map((text): SortField => {
    const { name, ascending } = parseOrderClause(text);
    const { type, key } = runIdentifier(name, ORDERABLE_ATTRIBUTES);
    if (type === 'dataset') throw new InvalidParameterError("Invalid identifier type 'dataset'");
    return { type, key: type === 'attribute' ? attributeName(key) : key, ascending };
  });
  return withTieBreakers(distinct(asked, orderBy), [descending('start_time'), ascending('run_id')]);
}

/** The order of experiments: what is asked for, else the latest first; then by id. */
export function experimentOrder(orderBy: readonly string[]): SortField[] {
  if (orderBy.length === 0) return [descending('creation_time'), ascending('experiment_id')];
  const asked = orderBy.map((text) => attributeField(text, EXPERIMENT_ATTRIBUTES));
  return withTieBreakers(asked, [descending('experiment_id')]);
}

const MODEL_FIELDS: ReadonlyMap<string, string> = new Map([
  ['name', 'name'],
  ['timestamp', 'last_updated_timestamp'],
  ['last_updated_timestamp', 'last_updated_timestamp'],
]);

/** The order of registered models: what is asked for, then by name. `timestamp` is that of the last update. */
export function modelOrder(orderBy: readonly string[]): SortField[] {
  const asked = orderBy.map((text): SortField => {
    const clause = parseOrderClause(text);
    const key = MODEL_FIELDS.get(clause.name);
    if (key !== undefined) return { type: 'attribute', key, ascending: clause.ascending };
    throw new InvalidParameterError(
      `Invalid order by key '${clause.name}' specified. Valid keys are '${shownSet(['name', 'timestamp'])}'`,
    );
  });
  return withTieBreakers(distinct(asked, orderBy), [ascending('name')]);
}

const VERSION_FIELDS = ['name', 'version_number', 'creation_timestamp', 'last_updated_timestamp'];

/** The order of model versions: what is asked for, else the last updated first; then by name, the newest first. */
export function versionOrder(orderBy: readonly string[]): SortField[] {
  const asked =
    orderBy.length === 0 ? [descending('last_updated_timestamp')] : orderBy.map((text) => versionField(text));
  return withTieBreakers(distinct(asked, orderBy), [ascending('name'), descending('version_number')]);
}

function versionField(text: string): SortField {
  const { name, ascending } = parseOrderClause(text);
  const { key } = attributeOrTag(name, VERSION_FIELDS);
  if (VERSION_FIELDS.includes(key)) return { type: 'attribute', key, ascending };
  throw new InvalidParameterError(
    `Invalid order by key '${key}' specified. Valid keys are ${shownSet(VERSION_FIELDS)}`,
  );
}

function attributeField(text: string, attributes: readonly string[]): SortField {
  const { name, ascending } = parseOrderClause(text);
  const { type, key } = attributeOrTag(name, attributes);
  if (type === 'attribute') return { type, key, ascending };
  throw new InvalidParameterError(`Invalid order_by entity: ${type}`);
}

const ascending = (key: string): SortField => ({ type: 'attribute', key, ascending: true });
const descending = (key: string): SortField => ({ type: 'attribute', key, ascending: false });

const isSame = (a: SortField, b: SortField): boolean => a.type === b.type && a.key === b.key;

/** Adds the last fields, unless they are there already. */
export function withTieBreakers(asked: readonly SortField[], last: readonly SortField[]): SortField[] {
  const missing = last.filter((field) => !asked.some((other) => isSame(field, other)));
  return [...asked, ...missing];
}

function distinct(asked: readonly SortField[], orderBy: readonly string[]): readonly SortField[] {
  const repeated = asked.some((field, at) => asked.findIndex((other) => isSame(field, other)) < at);
  if (!repeated) return asked;
  throw new InvalidParameterError(`\`order_by\` contains duplicate fields: ${shownList(orderBy)}`);
}

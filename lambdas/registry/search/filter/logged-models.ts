import type { LoggedModel, LoggedModelStatus } from '../../tracking/entities';
import { InvalidParameterError } from '../../tracking/errors';
import {
  type Condition,
  type ConditionValue,
  type EntityType,
  type Operator,
  TEXT_OR_LIST,
} from './condition';
import { stringsOf } from './list-literal';
import { shown, shownList, shownSet, shownTuple } from './python';
import { stripped } from './quotes';
import { type Clause, clausesOf } from './statement';

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['creation_time', 'creation_timestamp_ms'],
  ['creation_timestamp', 'creation_timestamp_ms'],
  ['last_updated_timestamp', 'last_updated_timestamp_ms'],
]);
const NUMERIC_ATTRIBUTES = ['creation_timestamp_ms', 'last_updated_timestamp_ms'];
const COMPARISONS: readonly Operator[] = ['<', '<=', '>', '>=', '=', '!='];
const TEXT_COMPARISONS: readonly Operator[] = ['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'];

/** MLflow's attributes of a logged model, by the names of its columns. */
const ATTRIBUTES: ReadonlyMap<string, (model: LoggedModel) => string | number | undefined> = new Map<
  string,
  (model: LoggedModel) => string | number | undefined
>([
  ['model_id', (model) => model.modelId],
  ['experiment_id', (model) => model.experimentId],
  ['name', (model) => model.name],
  ['artifact_location', (model) => model.artifactLocation],
  ['creation_timestamp_ms', (model) => model.creationTime],
  ['last_updated_timestamp_ms', (model) => model.lastUpdatedTime],
  ['status', (model) => model.status],
  ['lifecycle_stage', (model) => model.lifecycleStage],
  ['model_type', (model) => model.modelType],
  ['source_run_id', (model) => model.sourceRunId],
  ['status_message', (model) => model.statusMessage],
]);

/** The attribute's one name, whatever alias was written. */
export const loggedModelAttribute = (name: string): string => ALIASES.get(name) ?? name;
/** How to read the attribute; undefined when there is none of that name. */
export const loggedModelReader = (name: string) => ATTRIBUTES.get(name);
/** Statuses in the order in which MLflow sorts them. */
export const STATUS_ORDER: readonly LoggedModelStatus[] = ['UNSPECIFIED', 'PENDING', 'READY', 'FAILED'];

const TYPES: ReadonlyMap<string, EntityType> = new Map([
  ['attributes', 'attribute'],
  ['metrics', 'metric'],
  ['params', 'parameter'],
  ['tags', 'tag'],
]);

/**
 * Conditions on logged models: attributes, metrics, params and tags. A bare name is an attribute; keys with spaces
 * stand in backticks; texts in single quotes.
 *
 * @throws InvalidParameterError when MLflow refuses the filter.
 */
export function parseLoggedModelFilter(filter: string): Condition[] {
  return clausesOf(filter).map(condition);
}

function condition(clause: Clause): Condition {
  if (clause.right === undefined) {
    throw new InvalidParameterError(
      `Invalid comparison: ${clause.left.text} ${clause.comparator}. Expected a comparison with 3 tokens.`,
    );
  }
  const { type, key } = identify(clause.left.text);
  const isNumeric = type === 'metric' || (type === 'attribute' && NUMERIC_ATTRIBUTES.includes(key));
  const allowed = isNumeric ? COMPARISONS : TEXT_COMPARISONS;
  const operator = allowed.find((candidate) => candidate === clause.comparator.toUpperCase());
  const value = operator && (isNumeric ? numberOf(clause.right.text) : textOf(clause.right.text));
  const takesList = operator !== undefined && TEXT_OR_LIST.slice(4).includes(operator);
  if (operator !== undefined && takesList === (typeof value === 'object')) {
    return { type, key, operator, value };
  }
  throw new InvalidParameterError(
    `Invalid comparison operator for ${[...TYPES].find(([, of]) => of === type)?.[0]}.${key}: ` +
      `${shown(clause.comparator.toUpperCase())}. Expected one of ${shownTuple(allowed)}.`,
  );
}

function identify(text: string): { readonly type: EntityType; readonly key: string } {
  const match = /^([a-z]+)\.(.+)$/u.exec(text);
  if (match === null) return attribute(stripped(loggedModelAttribute(text), '`'));
  const type = TYPES.get(match[1]!);
  if (type === undefined) {
    throw new InvalidParameterError(
      `Invalid entity type: ${shown(match[1]!)}. Expected one of ${shownList([...TYPES.keys()])}.`,
    );
  }
  const key = stripped(match[2]!, '`');
  return type === 'attribute' ? attribute(key) : { type, key };
}

function attribute(name: string): { readonly type: EntityType; readonly key: string } {
  const key = loggedModelAttribute(name);
  if (ATTRIBUTES.has(key)) return { type: 'attribute', key };
  throw new InvalidParameterError(
    `Invalid attribute key '${name}' specified. Valid keys are '${shownSet([...ATTRIBUTES.keys(), ...ALIASES.keys()])}'`,
  );
}

function numberOf(text: string): number {
  const value = /^[\s'"]/.test(text) ? Number.NaN : Number(text);
  if (!Number.isNaN(value)) return value;
  throw new InvalidParameterError(`Expected a number. Found ${text}`);
}

function textOf(text: string): ConditionValue {
  if (text.startsWith('(') && text.endsWith(')')) return stringsOf(text);
  return stripped(text, "'");
}

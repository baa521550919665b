import { InvalidParameterError } from '../../tracking/errors';
import {
  type Condition,
  type ConditionValue,
  type EntityType,
  NUMERIC,
  type Operator,
  operatorAmong,
  TEXT_OR_LIST,
  TEXT_OR_NULL,
} from './condition';
import type { Node } from './nodes';
import { shownList, shownSet } from './python';
import { keyOf, quoted, splitAtDot, withoutBackticks } from './quotes';
import { type Clause, clausesOf, requireIdentifier } from './statement';
import { isList, isNumber, isText, listValue, textValue } from './values';

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['created', 'start_time'],
  ['Created', 'start_time'],
  ['run name', 'run_name'],
  ['Run name', 'run_name'],
  ['Run Name', 'run_name'],
]);
const NUMERIC_ATTRIBUTES = ['start_time', 'end_time', 'created', 'Created'];
/** Attributes of runs that results can be ordered by. */
export const ORDERABLE_ATTRIBUTES = [
  'artifact_uri',
  'end_time',
  'run_id',
  'run_name',
  'start_time',
  'status',
  'user_id',
  'created',
  'Created',
];
const SEARCHABLE_ATTRIBUTES = [...ORDERABLE_ATTRIBUTES, 'run name', 'Run name', 'Run Name'];
const DATASET_ATTRIBUTES = ['name', 'digest', 'context'];
const LIST_ATTRIBUTES = ['run_id'];

const TYPES: ReadonlyMap<string, EntityType> = new Map(
  Object.entries({
    metric: 'metric',
    metrics: 'metric',
    parameter: 'parameter',
    parameters: 'parameter',
    param: 'parameter',
    params: 'parameter',
    tag: 'tag',
    tags: 'tag',
    attribute: 'attribute',
    attributes: 'attribute',
    attr: 'attribute',
    run: 'attribute',
    dataset: 'dataset',
    datasets: 'dataset',
  } as const),
);

/** What a name stands for, e.g. ``metrics.`val loss` ``; a name without a dot is an attribute. */
export interface Identifier {
  readonly type: EntityType;
  readonly key: string;
}

/** @throws InvalidParameterError when the type or the attribute does not exist. */
export function runIdentifier(text: string, attributes: readonly string[]): Identifier {
  const [prefix, rest] = splitAtDot(text);
  const type = prefix === undefined ? 'attribute' : entityType(prefix);
  const key = keyOf(rest);
  if (type === 'attribute' && !attributes.includes(key)) {
    throw new InvalidParameterError(
      `Invalid attribute key '${key}' specified. Valid keys are '${shownSet(attributes)}'`,
    );
  }
  if (type === 'dataset' && !DATASET_ATTRIBUTES.includes(key)) {
    throw new InvalidParameterError(
      `Invalid dataset key '${key}' specified. Valid keys are '${shownSet(DATASET_ATTRIBUTES)}'`,
    );
  }
  return { type, key };
}

function entityType(text: string): EntityType {
  const name = withoutBackticks(text);
  const type = TYPES.get(name);
  if (type !== undefined) return type;
  throw new InvalidParameterError(
    `Invalid entity type '${name}'. Valid values are ${shownList(['metric', 'parameter', 'tag', 'attribute', 'dataset'])}`,
  );
}

/** The attribute's one name, whatever alias was written. */
export const attributeName = (key: string): string => ALIASES.get(key) ?? key;

/**
 * Conditions on runs: metrics, params, tags, attributes and datasets.
 *
 * @throws InvalidParameterError when MLflow refuses the filter, in its words.
 */
export function parseRunFilter(filter: string): Condition[] {
  const parsed = clausesOf(filter).map((clause) => {
    const identifier = identify(clause);
    const { comparator } = clause;
    const value = clause.right === undefined ? undefined : conditionValue(identifier, clause.right);
    return { ...identifier, comparator, value };
  });
  return parsed.map(({ type, key, comparator, value }) => ({
    type,
    key: type === 'attribute' ? attributeName(key) : key,
    operator: operatorFor({ type, key }, comparator.toUpperCase(), value),
    value,
  }));
}

function identify(clause: Clause): Identifier {
  requireIdentifier(clause);
  const identifier = runIdentifier(clause.left.text, SEARCHABLE_ATTRIBUTES);
  if (clause.right !== undefined || identifier.type === 'tag' || identifier.type === 'parameter') {
    return identifier;
  }
  throw new InvalidParameterError(
    `IS NULL / IS NOT NULL is only supported for tags and params, not for '${identifier.type}' '${identifier.key}'`,
  );
}

function conditionValue({ type, key }: Identifier, node: Node): ConditionValue {
  if (type === 'metric') return numberValue('metric', node);
  if (type === 'parameter' || type === 'tag') return textValue(type, node);
  if (type === 'dataset') {
    if (isText(node)) return quoted(node.text);
    if (isList(node)) return listValue(key, DATASET_ATTRIBUTES, node);
    throw new InvalidParameterError(
      `Expected a quoted string value for dataset attributes. Got value ${node.text}`,
    );
  }
  if (NUMERIC_ATTRIBUTES.includes(key)) return numberValue(`numeric attribute: ${key}`, node);
  if (isText(node)) return quoted(node.text);
  if (isList(node)) return listValue(key, LIST_ATTRIBUTES, node);
  throw new InvalidParameterError(`Expected a quoted string value for attributes. Got value ${node.text}`);
}

function numberValue(what: string, node: Node): number {
  if (isNumber(node)) return Number(node.text);
  throw new InvalidParameterError(`Expected numeric value type for ${what}. Found ${node.text}`);
}

function operatorFor({ type, key }: Identifier, text: string, value: ConditionValue): Operator {
  const isNumeric = type === 'metric' || (type === 'attribute' && NUMERIC_ATTRIBUTES.includes(key));
  if (isNumeric) return operatorAmong(text, NUMERIC);
  if (type === 'parameter' || type === 'tag') return operatorAmong(text, TEXT_OR_NULL);
  const operator = operatorAmong(text, TEXT_OR_LIST);
  const takesList = operator === 'IN' || operator === 'NOT IN';
  if (takesList === (typeof value !== 'string')) return operator;
  throw new InvalidParameterError(
    takesList
      ? `Expected a list of quoted string values for '${key}' with ${operator}, e.g. ('a', 'b').`
      : `Expected one quoted string value for '${key}' with ${operator}. A list needs IN or NOT IN.`,
  );
}

import { InvalidParameterError } from '../../tracking/errors';
import {
  type Condition,
  type ConditionValue,
  NUMERIC,
  type Operator,
  operatorAmong,
  TEXT,
  TEXT_OR_LIST,
  TEXT_OR_NULL,
} from './condition';
import type { Node } from './nodes';
import { shown, shownFloat, shownSet, shownTuple } from './python';
import { keyOf, quoted, splitAtDot } from './quotes';
import type { Identifier } from './runs';
import { type Clause, clausesOf, requireIdentifier } from './statement';
import { isList, isNumber, isText, listValue, textValue } from './values';

const NUMERIC_ATTRIBUTES = ['creation_time', 'last_update_time'];
/** Attributes of experiments, for conditions and for orders. */
export const EXPERIMENT_ATTRIBUTES = ['name', 'experiment_id', ...NUMERIC_ATTRIBUTES];
const EQUALITY: readonly Operator[] = ['=', '!=', 'IN', 'NOT IN'];

/**
 * A name that is an attribute, or a tag after `tag.` or `tags.`.
 *
 * @throws InvalidParameterError when the type or the attribute does not exist.
 */
export function attributeOrTag(text: string, attributes: readonly string[]): Identifier {
  const [prefix, rest] = splitAtDot(text);
  if (prefix !== undefined && !['attribute', 'tag', 'tags'].includes(prefix)) {
    throw new InvalidParameterError(
      `Invalid entity type '${prefix}'. Valid entity types are ${shownTuple(['attribute', 'tag', 'tags'])}`,
    );
  }
  const key = keyOf(rest);
  if (prefix !== undefined && prefix !== 'attribute') return { type: 'tag', key };
  if (attributes.includes(key)) return { type: 'attribute', key };
  throw new InvalidParameterError(
    `Invalid attribute key '${key}' specified. Valid keys are '${shownSet(attributes)}'`,
  );
}

/**
 * Conditions on experiments: attributes and tags. Times are whole milliseconds; ids are compared as numbers.
 *
 * @throws InvalidParameterError when MLflow refuses the filter, in its words.
 */
export function parseExperimentFilter(filter: string): Condition[] {
  const parsed = clausesOf(filter).map((clause) => {
    const identifier = identify(clause);
    const value = clause.right === undefined ? undefined : conditionValue(identifier, clause.right);
    return { identifier, comparator: clause.comparator, value };
  });
  return parsed.map(({ identifier, comparator, value }) => condition(identifier, comparator, value));
}

function identify(clause: Clause): Identifier {
  requireIdentifier(clause);
  const identifier = attributeOrTag(clause.left.text, EXPERIMENT_ATTRIBUTES);
  if (clause.right !== undefined || identifier.type === 'tag') return identifier;
  throw new InvalidParameterError(
    `IS NULL / IS NOT NULL is only supported for tags, not for attribute '${identifier.key}'`,
  );
}

function conditionValue({ type, key }: Identifier, node: Node): ConditionValue {
  if (type === 'tag') return textValue(type, node);
  if (NUMERIC_ATTRIBUTES.includes(key)) {
    if (node.kind === 'integer') return Number(node.text);
    if (!isNumber(node)) {
      throw new InvalidParameterError(
        `Expected numeric value type for numeric attribute: ${key}. Found ${node.text}`,
      );
    }
    throw new InvalidParameterError(
      `Invalid value for numeric attribute '${key}': '${shownFloat(Number(node.text))}'`,
    );
  }
  if (isText(node)) return quoted(node.text);
  if (isList(node)) return listValue(key, ['experiment_id'], node);
  throw new InvalidParameterError(`Expected a quoted string value for attributes. Got value ${node.text}`);
}

/** Comparators count as written here: MLflow's experiments know LIKE, not like. */
function condition({ type, key }: Identifier, comparator: string, value: ConditionValue): Condition {
  if (type === 'tag') {
    refuse(!TEXT_OR_NULL.includes(comparator as Operator), `Invalid comparator for tag: ${comparator}`);
    return { type, key, operator: comparator as Operator, value };
  }
  if (key === 'experiment_id') {
    const takesList = comparator === 'IN' || comparator === 'NOT IN';
    const known = EQUALITY.includes(comparator as Operator) && takesList === (typeof value !== 'string');
    refuse(!known, `Invalid comparator for experiment_id: ${comparator}`);
    return { type, key, operator: comparator as Operator, value: idsOf(value) };
  }
  if (NUMERIC_ATTRIBUTES.includes(key)) {
    return { type, key, operator: operatorAmong(comparator, NUMERIC), value };
  }
  const operator = operatorAmong(comparator, TEXT_OR_LIST);
  refuse(!TEXT.includes(operator), `Invalid comparator for string attribute: ${comparator}`);
  return { type, key, operator, value };
}

function refuse(when: boolean, message: string): void {
  if (when) throw new InvalidParameterError(message);
}

/** Ids without leading zeros. */
function idsOf(value: ConditionValue): ConditionValue {
  const id = (text: string): string => experimentIdOf(text);
  return typeof value === 'string' ? id(value) : (value as readonly string[]).map(id);
}

/** The id in its one form. @throws InvalidParameterError when it is no integer. */
export function experimentIdOf(text: string): string {
  if (/^\s*[+-]?\d+\s*$/.test(text)) return String(BigInt(text.trim().replace(/^\+/, '')));
  throw new InvalidParameterError(
    `Invalid experiment ID ${shown(text)}. Experiment ID must be a valid integer.`,
  );
}

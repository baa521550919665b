import { InvalidParameterError } from '../../tracking/errors';
import { type Condition, type ConditionValue, NUMERIC, type Operator, TEXT, TEXT_OR_LIST } from './condition';
import type { Node } from './nodes';
import { shown, shownSet, shownTuple } from './python';
import { keyOf, quoted, splitAtDot } from './quotes';
import type { Identifier } from './runs';
import { type Clause, clausesOf, requireIdentifier } from './statement';
import { isList, isNumber, isText, listValue, textValue } from './values';

interface Grammar {
  readonly attributes: readonly string[];
  readonly numeric: readonly string[];
  readonly lists: readonly string[];
}

const MODELS: Grammar = { attributes: ['name'], numeric: [], lists: ['name'] };
const VERSIONS: Grammar = {
  attributes: ['name', 'version_number', 'run_id', 'source_path'],
  numeric: ['version_number'],
  lists: ['name', 'run_id'],
};

/** Conditions on registered models: the name and tags. @throws InvalidParameterError in MLflow's words. */
export const parseModelFilter = (filter: string): Condition[] => parse(filter, MODELS);

/**
 * Conditions on model versions: name, version_number, run_id, source_path and tags.
 *
 * @throws InvalidParameterError in MLflow's words.
 */
export const parseVersionFilter = (filter: string): Condition[] => parse(filter, VERSIONS);

function parse(filter: string, grammar: Grammar): Condition[] {
  const parsed = clausesOf(filter).map((clause) => {
    const identifier = identify(clause, grammar);
    return {
      ...identifier,
      comparator: clause.comparator,
      value: conditionValue(identifier, clause, grammar),
    };
  });
  return parsed.map(({ type, key, comparator, value }) => ({
    type,
    key,
    operator: operatorFor({ type, key }, comparator.toUpperCase(), value, grammar),
    value: grammar.numeric.includes(key) && type === 'attribute' ? wholeNumber(key, value) : value,
  }));
}

function identify(clause: Clause, { attributes }: Grammar): Identifier {
  if (clause.right === undefined) {
    throw new InvalidParameterError(
      `Invalid comparison clause. ${clause.comparator} is not supported here: '${clause.left.text}'`,
    );
  }
  requireIdentifier(clause);
  const [prefix, rest] = splitAtDot(clause.left.text);
  if (prefix !== undefined && !['attribute', 'tag', 'tags'].includes(prefix)) {
    throw new InvalidParameterError(
      `Invalid entity type '${prefix}'. Valid entity types are ${shownTuple(['attribute', 'tag', 'tags'])}`,
    );
  }
  const isTag = prefix === 'tag' || prefix === 'tags';
  if (!isTag && !attributes.includes(rest)) {
    throw new InvalidParameterError(
      `Invalid attribute key '${rest}' specified. Valid keys are '${shownSet(attributes)}'`,
    );
  }
  return { type: isTag ? 'tag' : 'attribute', key: keyOf(rest) };
}

function conditionValue({ type, key }: Identifier, clause: Clause, grammar: Grammar): ConditionValue {
  const node = clause.right as Node;
  if (type === 'tag') return textValue(type, node);
  if (isText(node)) return quoted(node.text);
  if (isList(node)) return listValue(key, grammar.lists, node);
  if (isNumber(node) && grammar.numeric.length > 0) return numberValue(key, node, grammar);
  throw new InvalidParameterError(
    `Expected a quoted string value or a list of quoted string values for attributes. Got value ${node.text}`,
  );
}

function numberValue(key: string, node: Node, { numeric }: Grammar): ConditionValue {
  if (!numeric.includes(key)) {
    const names = shownSet([...numeric, 'creation_timestamp', 'last_updated_timestamp']);
    throw new InvalidParameterError(`Only the '${names}' attributes support comparison with numeric values.`);
  }
  if (node.kind === 'integer') return Number(node.text);
  throw new InvalidParameterError(
    `Invalid value for numeric attribute '${key}': ${shown(Number(node.text))}`,
  );
}

function operatorFor(
  { type, key }: Identifier,
  text: string,
  value: ConditionValue,
  { numeric, lists }: Grammar,
): Operator {
  const isNumeric = type === 'attribute' && numeric.includes(key);
  const allowed = isNumeric ? NUMERIC : type === 'tag' ? TEXT : TEXT_OR_LIST;
  const operator = allowed.find((candidate) => candidate === text);
  const takesList = operator === 'IN' || operator === 'NOT IN';
  const fits = takesList ? lists.includes(key) && typeof value !== 'string' : typeof value !== 'object';
  if (operator !== undefined && fits) return operator;
  const what = type === 'tag' ? 'tag' : isNumeric ? `attribute ${key}` : 'attribute';
  throw new InvalidParameterError(`Invalid comparator for ${what}: ${text}`);
}

/** A number may also be written in quotes. */
function wholeNumber(key: string, value: ConditionValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value)) return Number(value);
  throw new InvalidParameterError(`Invalid value for numeric attribute '${key}': ${shown(value ?? '')}`);
}

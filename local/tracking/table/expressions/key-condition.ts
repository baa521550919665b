import { invalid } from '../errors';
import { compareText } from '../order';
import type { Value } from '../values';
import { parsePath } from './path';
import { noReferences, type Placeholders, type References } from './scope';
import { Tokens } from './tokens';

/** What a Query asks of the sort key. */
export interface SortKeyTest {
  readonly operator: '=' | '<' | '<=' | '>' | '>=' | 'BETWEEN' | 'BEGINS_WITH';
  readonly operands: readonly string[];
}

interface Term {
  readonly attribute: string;
  readonly operator: SortKeyTest['operator'];
  /** Placeholders of values. */
  readonly operands: readonly string[];
}

/** A key condition, read once: one equality on the partition key and at most one test of the sort key. */
export interface KeyCondition {
  readonly terms: readonly Term[];
  readonly references: References;
}

/** @throws ValidationException for text that is not a key condition. */
export function parseKeyCondition(expression: string): KeyCondition {
  const references = noReferences();
  const tokens = new Tokens(expression);
  const terms = [parseTerm(tokens, references)];
  while (tokens.accepts('AND')) terms.push(parseTerm(tokens, references));
  tokens.end();
  return { terms, references };
}

function parseTerm(tokens: Tokens, references: References): Term {
  if (tokens.accepts('(')) {
    const inner = parseTerm(tokens, references);
    tokens.take(')');
    return inner;
  }
  if (tokens.next?.toLowerCase() === 'begins_with') {
    tokens.take();
    tokens.take('(');
    const attribute = parseAttribute(tokens, references);
    tokens.take(',');
    const operand = parseValue(tokens, references);
    tokens.take(')');
    return { attribute, operator: 'BEGINS_WITH', operands: [operand] };
  }
  const attribute = parseAttribute(tokens, references);
  const operator = tokens.take().toUpperCase();
  const operands = [parseValue(tokens, references)];
  if (operator === 'BETWEEN') {
    tokens.take('AND');
    operands.push(parseValue(tokens, references));
  } else if (!['=', '<', '<=', '>', '>='].includes(operator)) {
    throw invalid(
      `Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: ${operator}`,
    );
  }
  return { attribute, operator: operator as SortKeyTest['operator'], operands };
}

function parseAttribute(tokens: Tokens, references: References): string {
  const path = parsePath(tokens, references);
  if (path.length !== 1) throw invalid('Invalid KeyConditionExpression: nested attributes are not allowed');
  return path[0] as string;
}

function parseValue(tokens: Tokens, references: References): string {
  const token = tokens.take();
  if (!token.startsWith(':')) throw invalid(`Invalid KeyConditionExpression: Syntax error; token: ${token}`);
  references.values.add(token);
  return token;
}

/** The partition and the test of the sort key that a condition asks for on a table or index with these keys. */
export function bindKeys(
  condition: KeyCondition,
  keys: { readonly partition: string; readonly sort: string },
  { names, values }: Placeholders,
): { partition: string; sort: SortKeyTest | undefined } {
  const named = condition.terms.map((term) => ({
    ...term,
    attribute: term.attribute.startsWith('#') ? names![term.attribute]! : term.attribute,
    operands: term.operands.map((operand) => text(values![operand])),
  }));
  const partition = named.find((term) => term.attribute === keys.partition);
  const sort = named.find((term) => term.attribute === keys.sort);
  if (partition === undefined || partition.operator !== '=') {
    throw invalid(`Query condition missed key schema element: ${keys.partition}`);
  }
  if (named.length > 2 || (named.length === 2 && sort === undefined)) {
    throw invalid('Query key condition not supported');
  }
  if (sort?.operator === 'BETWEEN' && compareText(sort.operands[0]!, sort.operands[1]!) > 0) {
    throw invalid(
      'Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound',
    );
  }
  return { partition: partition.operands[0]!, sort };
}

function text(value: Value): string {
  if (typeof value === 'string') return value;
  throw invalid(
    'One or more parameter values were invalid: Condition parameter type does not match schema type',
  );
}

import { InvalidParameterError } from '../../tracking/errors';
import { shownSet } from './python';

/** What a condition or an order looks at. */
export type EntityType = 'attribute' | 'metric' | 'parameter' | 'tag' | 'dataset';

export type Operator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'LIKE'
  | 'ILIKE'
  | 'IN'
  | 'NOT IN'
  | 'IS NULL'
  | 'IS NOT NULL';

export type ConditionValue = string | number | readonly string[] | undefined;

/** One of the conditions that a filter joins by AND. */
export interface Condition {
  readonly type: EntityType;
  readonly key: string;
  readonly operator: Operator;
  /** A list for IN and NOT IN; nothing for IS NULL and IS NOT NULL. */
  readonly value: ConditionValue;
}

export const NUMERIC: readonly Operator[] = ['!=', '<', '<=', '=', '>', '>='];
export const TEXT: readonly Operator[] = ['!=', '=', 'ILIKE', 'LIKE'];
export const TEXT_OR_LIST: readonly Operator[] = [...TEXT, 'IN', 'NOT IN'];
export const TEXT_OR_NULL: readonly Operator[] = [...TEXT, 'IS NOT NULL', 'IS NULL'];

/** The operator if it is one of those allowed. @throws InvalidParameterError which names them. */
export function operatorAmong(text: string, allowed: readonly Operator[]): Operator {
  const found = allowed.find((operator) => operator === text);
  if (found !== undefined) return found;
  throw new InvalidParameterError(`Invalid comparator '${text}' not one of '${shownSet(allowed)}'`);
}

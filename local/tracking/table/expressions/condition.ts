import { invalid } from '../errors';
import { MAX_IN_OPERANDS, MAX_OPERATORS } from '../limits';
import { compareValues, equalValues } from '../order';
import { typeOf, utf8Length, type Value } from '../values';
import { type Path, parsePath, read } from './path';
import { noReferences, type References, type Scope } from './scope';
import { Tokens } from './tokens';

export type Predicate = (scope: Scope) => boolean;
type Operand = (scope: Scope) => Value;

/** A condition, read once and evaluated often. */
export interface Condition {
  readonly holds: Predicate;
  readonly references: References;
}

/** @throws ValidationException for text that is not a condition. */
export function parseCondition(expression: string): Condition {
  const references = noReferences();
  const tokens = new Tokens(expression);
  const holds = new ConditionParser(tokens, references).disjunction();
  tokens.end();
  return { holds, references };
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

class ConditionParser {
  private operators = 0;

  constructor(
    private readonly tokens: Tokens,
    private readonly references: References,
  ) {}

  disjunction(): Predicate {
    const parts = [this.conjunction()];
    while (this.tokens.accepts('OR')) {
      this.count();
      parts.push(this.conjunction());
    }
    return parts.length === 1 ? parts[0]! : (scope) => parts.some((part) => part(scope));
  }

  private conjunction(): Predicate {
    const parts = [this.negation()];
    while (this.tokens.accepts('AND')) {
      this.count();
      parts.push(this.negation());
    }
    return parts.length === 1 ? parts[0]! : (scope) => parts.every((part) => part(scope));
  }

  private negation(): Predicate {
    if (this.tokens.accepts('NOT')) {
      this.count();
      const inner = this.negation();
      return (scope) => !inner(scope);
    }
    if (this.tokens.accepts('(')) {
      const inner = this.disjunction();
      this.tokens.take(')');
      return inner;
    }
    this.count();
    return this.predicate();
  }

  private predicate(): Predicate {
    const name = this.tokens.next?.toLowerCase();
    if (this.tokens.afterNext === '(' && name !== 'size') return this.call(name!);
    const left = this.operand();
    if (this.tokens.accepts('BETWEEN')) return this.between(left);
    if (this.tokens.accepts('IN')) return this.isIn(left);
    return this.comparison(left);
  }

  private comparison(left: Operand): Predicate {
    const operator = this.tokens.take();
    const right = this.operand();
    if (operator === '=') return (scope) => isSame(left(scope), right(scope));
    if (operator === '<>') return (scope) => !isSame(left(scope), right(scope));
    const accepts = COMPARISONS[operator];
    if (accepts === undefined) throw invalid(`Invalid expression: Syntax error; token: ${operator}`);
    return (scope) => {
      const order = compareValues(left(scope), right(scope));
      return order !== undefined && accepts(order);
    };
  }

  private between(value: Operand): Predicate {
    const isLiteral = this.tokens.next?.startsWith(':') === true;
    const low = this.operand();
    this.tokens.take('AND');
    const areLiteral = isLiteral && this.tokens.next?.startsWith(':') === true;
    const high = this.operand();
    return (scope) => {
      if (areLiteral) checkBounds(low(scope), high(scope));
      const middle = value(scope);
      const [above, below] = [compareValues(middle, low(scope)), compareValues(middle, high(scope))];
      return above !== undefined && below !== undefined && above >= 0 && below <= 0;
    };
  }

  private isIn(value: Operand): Predicate {
    this.tokens.take('(');
    const candidates = [this.operand()];
    while (this.tokens.accepts(',')) candidates.push(this.operand());
    this.tokens.take(')');
    if (candidates.length > MAX_IN_OPERANDS) {
      throw invalid(`Invalid expression: IN has ${candidates.length} operands; at most ${MAX_IN_OPERANDS}`);
    }
    return (scope) => {
      const found = value(scope);
      return candidates.some((candidate) => isSame(found, candidate(scope)));
    };
  }

  private call(name: string): Predicate {
    this.tokens.take();
    this.tokens.take('(');
    const predicate = this.callBody(name);
    this.tokens.take(')');
    return predicate;
  }

  private callBody(name: string): Predicate {
    if (name === 'attribute_exists' || name === 'attribute_not_exists') {
      const path = this.path();
      const wanted = name === 'attribute_exists';
      return ({ item, names }) => (read(item, path, names) !== undefined) === wanted;
    }
    const value = this.operand();
    this.tokens.take(',');
    const argument = this.operand();
    if (name === 'begins_with') return (scope) => beginsWith(value(scope), argument(scope));
    if (name === 'contains') return (scope) => contains(value(scope), argument(scope));
    if (name === 'attribute_type') {
      return (scope) => {
        const found = value(scope);
        return found !== undefined && typeOf(found) === argument(scope);
      };
    }
    throw invalid(`Invalid expression: Invalid function name; function: ${name}`);
  }

  private operand(): Operand {
    const { next } = this.tokens;
    if (next?.startsWith(':')) {
      this.references.values.add(this.tokens.take());
      return ({ values }) => values![next];
    }
    if (next?.toLowerCase() === 'size' && this.tokens.afterNext === '(') {
      this.tokens.take();
      this.tokens.take('(');
      const path = this.path();
      this.tokens.take(')');
      this.count();
      return ({ item, names }) => sizeOf(read(item, path, names));
    }
    const path = this.path();
    return ({ item, names }) => read(item, path, names);
  }

  private path(): Path {
    return parsePath(this.tokens, this.references);
  }

  private count(): void {
    this.operators += 1;
    if (this.operators > MAX_OPERATORS) {
      throw invalid(
        `Invalid expression: The expression contains too many operators; at most ${MAX_OPERATORS}`,
      );
    }
  }
}

function checkBounds(low: Value, high: Value): void {
  const order = compareValues(low, high);
  if (order !== undefined && order > 0) {
    throw invalid(
      'Invalid expression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound',
    );
  }
}

const isSame = (left: Value, right: Value): boolean => left !== undefined && equalValues(left, right);

function beginsWith(value: Value, prefix: Value): boolean {
  if (typeof value === 'string' && typeof prefix === 'string') return value.startsWith(prefix);
  return (
    value instanceof Uint8Array &&
    prefix instanceof Uint8Array &&
    Buffer.compare(value.subarray(0, prefix.length), prefix) === 0
  );
}

function contains(value: Value, part: Value): boolean {
  if (typeof value === 'string') return typeof part === 'string' && value.includes(part);
  if (Array.isArray(value)) return value.some((element) => equalValues(element, part));
  return value instanceof Set && [...value].some((element) => equalValues(element, part));
}

function sizeOf(value: Value): number | undefined {
  if (typeof value === 'string') return utf8Length(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Set) return value.size;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined;
}

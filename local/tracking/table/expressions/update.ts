import { invalid } from '../errors';
import { MAX_OPERATORS } from '../limits';
import { equalValues } from '../order';
import { type Item, type Stored, sizeOf, store, typeOf, utf8Length, type Value } from '../values';
import { type Path, parsePath, read, resolve } from './path';
import { noReferences, type References, type Scope } from './scope';
import { Tokens } from './tokens';

type Operand = (scope: Scope) => Value;
type Clause = 'SET' | 'REMOVE' | 'ADD' | 'DELETE';

interface Action {
  readonly path: Path;
  /** The new value; undefined removes. */
  readonly value: Operand;
}

/** An update, read once and applied often. */
export interface Update {
  readonly actions: readonly Action[];
  readonly references: References;
}

/** @throws ValidationException for text that is not an update. */
export function parseUpdate(expression: string): Update {
  const references = noReferences();
  const tokens = new Tokens(expression);
  const actions = new UpdateParser(tokens, references).actions();
  return { actions, references };
}

class UpdateParser {
  private operators = 0;

  constructor(
    private readonly tokens: Tokens,
    private readonly references: References,
  ) {}

  actions(): Action[] {
    const actions: Action[] = [];
    const seen = new Set<string>();
    while (this.tokens.next !== undefined) {
      const clause = this.tokens.take().toUpperCase() as Clause;
      if (!['SET', 'REMOVE', 'ADD', 'DELETE'].includes(clause)) {
        throw invalid(`Invalid UpdateExpression: Syntax error; token: ${clause}`);
      }
      if (seen.has(clause)) {
        throw invalid(
          `Invalid UpdateExpression: The "${clause}" section can only be used once in an update expression;`,
        );
      }
      seen.add(clause);
      do actions.push(this.action(clause));
      while (this.tokens.accepts(','));
    }
    return actions;
  }

  private action(clause: Clause): Action {
    const path = parsePath(this.tokens, this.references);
    this.count();
    if (clause === 'REMOVE') return { path, value: () => undefined };
    if (clause === 'SET') {
      this.tokens.take('=');
      return { path, value: this.sum() };
    }
    const operand = this.operand();
    const combine = clause === 'ADD' ? added : deleted;
    return { path, value: (scope) => combine(read(scope.item, path, scope.names), operand(scope)) };
  }

  private sum(): Operand {
    const left = this.operand();
    const sign = this.tokens.next;
    if (sign !== '+' && sign !== '-') return left;
    this.tokens.take();
    this.count();
    const right = this.operand();
    return (scope) => {
      const [a, b] = [left(scope), right(scope)];
      if (typeof a !== 'number' || typeof b !== 'number') {
        throw invalid('An operand in the update expression has an incorrect data type');
      }
      return sign === '+' ? a + b : a - b;
    };
  }

  private operand(): Operand {
    const { next } = this.tokens;
    if (next?.startsWith(':')) {
      this.references.values.add(this.tokens.take());
      return ({ values }) => values![next];
    }
    if (this.tokens.afterNext === '(') return this.call();
    const path = parsePath(this.tokens, this.references);
    return ({ item, names }) => {
      const found = read(item, path, names);
      if (found === undefined) {
        throw invalid('The provided expression refers to an attribute that does not exist in the item');
      }
      return found;
    };
  }

  private call(): Operand {
    const name = this.tokens.take().toLowerCase();
    this.tokens.take('(');
    this.count();
    const operand = name === 'if_not_exists' ? this.ifNotExists() : this.listAppend(name);
    this.tokens.take(')');
    return operand;
  }

  private ifNotExists(): Operand {
    const path = parsePath(this.tokens, this.references);
    this.tokens.take(',');
    const otherwise = this.operand();
    return (scope) => {
      const found = read(scope.item, path, scope.names);
      return found === undefined ? otherwise(scope) : found;
    };
  }

  private listAppend(name: string): Operand {
    if (name !== 'list_append')
      throw invalid(`Invalid UpdateExpression: Invalid function name; function: ${name}`);
    const first = this.operand();
    this.tokens.take(',');
    const second = this.operand();
    return (scope) => {
      const [a, b] = [first(scope), second(scope)];
      if (!Array.isArray(a) || !Array.isArray(b)) {
        throw invalid('An operand in the update expression has an incorrect data type');
      }
      return [...a, ...b];
    };
  }

  private count(): void {
    this.operators += 1;
    if (this.operators > MAX_OPERATORS) {
      throw invalid(
        `Invalid UpdateExpression: The expression contains too many operators; at most ${MAX_OPERATORS}`,
      );
    }
  }
}

function added(before: Value, more: Value): Value {
  if (typeof more === 'number') {
    if (before !== undefined && typeof before !== 'number') throw wrongType();
    return ((before as number | undefined) ?? 0) + more;
  }
  if (!(more instanceof Set)) throw wrongType();
  if (before === undefined) return more;
  if (!(before instanceof Set) || typeOf(before) !== typeOf(more)) throw wrongType();
  const missing = [...more].filter((element) => ![...before].some((other) => equalValues(element, other)));
  return new Set([...before, ...missing]);
}

function deleted(before: Value, less: Value): Value {
  if (!(less instanceof Set)) throw wrongType();
  if (before === undefined) return undefined;
  if (!(before instanceof Set) || typeOf(before) !== typeOf(less)) throw wrongType();
  const left = [...before].filter((element) => ![...less].some((other) => equalValues(element, other)));
  return left.length === 0 ? undefined : new Set(left);
}

const wrongType = () => invalid('An operand in the update expression has an incorrect data type');

/** An item after an update, and by how much it grew. */
export interface Updated {
  readonly item: Item;
  readonly bytes: number;
}

interface Write {
  readonly path: Path;
  readonly after: Stored<Value> | undefined;
}

/**
 * The item after the update: every value is computed from the item before it. Parts that did not change are shared,
 * and only what is new is looked at, so that one key of a large map costs little.
 */
export function applyUpdate({ actions }: Update, scope: Scope): Updated {
  const writes = actions.map(({ path, value }): Write => {
    const found = value(scope);
    return { path: resolve(path, scope.names), after: found === undefined ? undefined : store(found) };
  });
  checkDistinct(writes.map(({ path }) => path));
  const work = new CopyOnWrite(scope.item);
  for (const { path, after } of writes) work.write(path, after);
  return work.finish();
}

class CopyOnWrite {
  private readonly root: Record<string, Value>;
  private readonly copies = new Set<object>();
  private readonly removals: { list: Value[]; index: number }[] = [];
  private bytes = 0;

  constructor(item: Item) {
    this.root = { ...item };
    this.copies.add(this.root);
  }

  write(path: Path, after: Stored<Value> | undefined): void {
    const parent = this.parentOf(path);
    const last = path.at(-1)!;
    const overhead = path.length === 1 ? 0 : 1;
    const before = Object.hasOwn(parent, last) ? parent[last] : undefined;
    const name = typeof last === 'string' ? utf8Length(last) : 0;
    if (before !== undefined) this.bytes -= name + overhead + sizeOf(before);
    if (after !== undefined) this.bytes += name + overhead + after.bytes;
    if (!Array.isArray(parent)) {
      if (after === undefined) delete parent[last];
      else parent[last] = after.value;
    } else if (after !== undefined) parent[Math.min(last as number, parent.length)] = after.value;
    else if (before !== undefined) this.removals.push({ list: parent, index: last as number });
  }

  finish(): Updated {
    // From the back, so that the indexes of one list stay what the expression meant.
    for (const { list, index } of this.removals.sort((a, b) => b.index - a.index)) list.splice(index, 1);
    for (const copy of this.copies) Object.freeze(copy);
    return { item: this.root, bytes: this.bytes };
  }

  /** What holds the last part of a path, copied once together with all above it. */
  private parentOf(path: Path): Record<string | number, Value> {
    let parent = this.root as Record<string | number, Value>;
    for (let at = 0; at < path.length - 1; at += 1) {
      const part = path[at]!;
      const child = Object.hasOwn(parent, part) ? parent[part] : undefined;
      const isIndex = typeof path[at + 1] === 'number';
      const isContainer = typeof child === 'object' && child !== null && Array.isArray(child) === isIndex;
      if (!isContainer || child instanceof Set || child instanceof Uint8Array) {
        throw invalid('The document path provided in the update expression is invalid for update');
      }
      if (!this.copies.has(child)) {
        const copy = Array.isArray(child) ? [...child] : { ...child };
        this.copies.add(copy);
        parent[part] = copy;
      }
      parent = parent[part] as Record<string | number, Value>;
    }
    return parent;
  }
}

/** @throws ValidationException when one path is the other or lies under it. */
function checkDistinct(paths: readonly Path[]): void {
  if (paths.length === 1) return;
  const seen = new Set(paths.map((path) => JSON.stringify(path)));
  const clash = paths.find((path) =>
    path.some((_, at) => at > 0 && seen.has(JSON.stringify(path.slice(0, at)))),
  );
  if (clash !== undefined || seen.size < paths.length) {
    throw invalid(
      'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths',
    );
  }
}

/** DynamoDB's condition and update expressions, as far as Flywheel writes them. */
export type Item = Record<string, unknown>;

export interface Placeholders {
  readonly names?: Record<string, string>;
  readonly values?: Record<string, unknown>;
}

const TOKEN = /\s*(<>|<=|>=|[=<>(),.+-]|[#:]?[A-Za-z_][\w-]*)/y;

function tokenize(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const match = TOKEN.exec(expression);
    if (match === null) throw new Error(`ValidationException: cannot read expression "${expression}"`);
    tokens.push(match[1]!);
  }
  return tokens;
}

class Reader {
  private at = 0;

  constructor(
    private readonly tokens: string[],
    private readonly item: Item,
    private readonly placeholders: Placeholders,
  ) {}

  get next(): string | undefined {
    return this.tokens[this.at];
  }

  take(expected?: string): string {
    const token = this.tokens[this.at];
    if (token === undefined || (expected !== undefined && token.toUpperCase() !== expected)) {
      throw new Error(`ValidationException: expected ${expected ?? 'more'} but found ${token ?? 'the end'}`);
    }
    this.at += 1;
    return token;
  }

  accepts(keyword: string): boolean {
    if (this.next?.toUpperCase() !== keyword) return false;
    this.at += 1;
    return true;
  }

  path(): string[] {
    const parts = [this.name(this.take())];
    while (this.accepts('.')) parts.push(this.name(this.take()));
    return parts;
  }

  condition(): boolean {
    let result = this.conjunction();
    while (this.accepts('OR')) {
      const right = this.conjunction();
      result = result || right;
    }
    return result;
  }

  operand(): unknown {
    if (this.next?.startsWith(':')) {
      const name = this.take();
      if (!(name in (this.placeholders.values ?? {})))
        throw new Error(`ValidationException: ${name} is not given`);
      return this.placeholders.values?.[name];
    }
    if (this.accepts('IF_NOT_EXISTS')) {
      this.take('(');
      const found = read(this.item, this.path());
      this.take(',');
      const otherwise = this.operand();
      this.take(')');
      return found ?? otherwise;
    }
    return read(this.item, this.path());
  }

  private name(token: string): string {
    if (!token.startsWith('#')) return token;
    const name = this.placeholders.names?.[token];
    if (name === undefined) throw new Error(`ValidationException: ${token} is not given`);
    return name;
  }

  private conjunction(): boolean {
    let result = this.predicate();
    while (this.accepts('AND')) {
      const right = this.predicate();
      result = result && right;
    }
    return result;
  }

  private predicate(): boolean {
    if (this.accepts('NOT')) return !this.predicate();
    if (this.accepts('(')) {
      const inner = this.condition();
      this.take(')');
      return inner;
    }
    for (const call of ['ATTRIBUTE_NOT_EXISTS', 'ATTRIBUTE_EXISTS', 'BEGINS_WITH']) {
      if (this.accepts(call)) return this.call(call);
    }
    return compare(this.operand(), this.take(), this.operand());
  }

  private call(name: string): boolean {
    this.take('(');
    const found = read(this.item, this.path());
    if (name === 'BEGINS_WITH') {
      this.take(',');
      const prefix = String(this.operand());
      this.take(')');
      return typeof found === 'string' && found.startsWith(prefix);
    }
    this.take(')');
    return (found !== undefined) === (name === 'ATTRIBUTE_EXISTS');
  }
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  if (left === undefined || right === undefined) return operator === '<>';
  if (operator === '=') return left === right;
  if (operator === '<>') return left !== right;
  const [a, b] = [left, right] as [number, number];
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  if (operator === '>') return a > b;
  if (operator === '>=') return a >= b;
  throw new Error(`ValidationException: unknown operator ${operator}`);
}

function read(item: Item, path: string[]): unknown {
  return path.reduce<unknown>((value, part) => (value as Item | undefined)?.[part], item);
}

/** Whether the item meets the condition. */
export function meets(
  expression: string | undefined,
  item: Item | undefined,
  placeholders: Placeholders,
): boolean {
  if (expression === undefined) return true;
  const reader = new Reader(tokenize(expression), item ?? {}, placeholders);
  const result = reader.condition();
  if (reader.next !== undefined) throw new Error(`ValidationException: unexpected ${reader.next}`);
  return result;
}

/** The item after the update (SET and REMOVE). */
export function updated(expression: string, item: Item, placeholders: Placeholders): Item {
  const result = structuredClone(item);
  const reader = new Reader(tokenize(expression), item, placeholders);
  let clause = '';
  while (reader.next !== undefined) {
    if (reader.accepts('SET')) clause = 'SET';
    else if (reader.accepts('REMOVE')) clause = 'REMOVE';
    else reader.take(',');
    const path = reader.path();
    const last = path.pop()!;
    const parent = read(result, path) as Item | undefined;
    if (parent === undefined) throw new Error('ValidationException: the document path is invalid for update');
    if (clause === 'REMOVE') {
      delete parent[last];
      continue;
    }
    reader.take('=');
    let value = reader.operand();
    while (reader.accepts('+')) value = (value as number) + (reader.operand() as number);
    parent[last] = value;
  }
  return result;
}

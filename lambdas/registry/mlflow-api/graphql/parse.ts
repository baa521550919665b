import { invalidParameter } from '../errors';
import { tokensOf } from './tokens';

/** One field of a selection, with what is selected of it. */
export interface Selection {
  readonly name: string;
  /** Under what it is answered. */
  readonly alias: string;
  readonly arguments: ReadonlyMap<string, unknown>;
  readonly selections: readonly Selection[];
}

const MAX_DEPTH = 10;
const MAX_SELECTIONS = 1000;
const MAX_ROOT_FIELDS = 10;
const MAX_ALIASES = 10;

/**
 * The root fields of a query, with its variables put in. Of GraphQL it knows what MLflow's UI writes: one query
 * operation with variables and directives; no fragments, no mutations.
 *
 * @throws ApiError for everything else, and for queries that nest too deep or select too much.
 */
export function parseQuery(document: string, variables: ReadonlyMap<string, unknown>): readonly Selection[] {
  const reader = new Reader(tokensOf(document), variables);
  const selections = reader.operation();
  if (selections.length > MAX_ROOT_FIELDS) {
    throw invalidParameter(
      `GraphQL queries should have at most ${MAX_ROOT_FIELDS} root fields, got ${selections.length} root fields.`,
    );
  }
  return selections;
}

class Reader {
  private at = 0;
  private selected = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly variables: ReadonlyMap<string, unknown>,
  ) {}

  operation(): readonly Selection[] {
    if (this.peek() !== '{') {
      const kind = this.take();
      if (kind !== 'query') throw invalidParameter(`Only queries are served, not "${kind}".`);
      if (this.isName()) this.take();
      if (this.peek() === '(') this.skipBrackets();
      this.skipDirectives();
    }
    const selections = this.selections(1);
    if (this.at < this.tokens.length) throw this.unexpected('the end: one operation and no fragments');
    return selections;
  }

  private selections(depth: number): readonly Selection[] {
    if (depth > MAX_DEPTH) throw invalidParameter(`Query exceeds maximum depth of ${MAX_DEPTH}`);
    this.take('{');
    const selections: Selection[] = [];
    let aliases = 0;
    while (this.peek() !== '}') {
      const first = this.name();
      const isAliased = this.peek() === ':';
      if (isAliased) this.take(':');
      const name = isAliased ? this.name() : first;
      aliases += isAliased ? 1 : 0;
      this.selected += 1;
      if (this.selected > MAX_SELECTIONS) {
        throw invalidParameter(`Query exceeds maximum total selections of ${MAX_SELECTIONS}`);
      }
      if (aliases > MAX_ALIASES) {
        throw invalidParameter(`GraphQL queries should have at most ${MAX_ALIASES} aliases in a selection.`);
      }
      const args = this.peek() === '(' ? this.argumentsOf() : new Map<string, unknown>();
      this.skipDirectives();
      const below = this.peek() === '{' ? this.selections(depth + 1) : [];
      selections.push({ name, alias: first, arguments: args, selections: below });
    }
    this.take('}');
    if (selections.length === 0) throw invalidParameter('Syntax Error: a selection is empty.');
    return selections;
  }

  private argumentsOf(): Map<string, unknown> {
    const args = new Map<string, unknown>();
    this.take('(');
    while (this.peek() !== ')') {
      const name = this.name();
      this.take(':');
      args.set(name, this.value(1));
    }
    this.take(')');
    return args;
  }

  private value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw invalidParameter(`Query exceeds maximum depth of ${MAX_DEPTH}`);
    const token = this.take();
    if (token === '$') return this.variables.get(this.name());
    if (token === '[') {
      const items: unknown[] = [];
      while (this.peek() !== ']') items.push(this.value(depth + 1));
      this.take(']');
      return items;
    }
    if (token === '{') {
      const object: Record<string, unknown> = Object.create(null);
      while (this.peek() !== '}') {
        const name = this.name();
        this.take(':');
        object[name] = this.value(depth + 1);
      }
      this.take('}');
      return object;
    }
    if (/^["\d-]/.test(token) || token === 'true' || token === 'false' || token === 'null')
      return this.literal(token);
    if (/^[_A-Za-z]/.test(token)) return token;
    this.at -= 1;
    throw this.unexpected('a value');
  }

  private literal(token: string): unknown {
    try {
      return JSON.parse(token);
    } catch {
      throw invalidParameter(`Syntax Error: cannot read the value ${token.slice(0, 40)}.`);
    }
  }

  private skipDirectives(): void {
    while (this.peek() === '@') {
      this.take('@');
      this.name();
      if (this.peek() === '(') this.skipBrackets();
    }
  }

  private skipBrackets(): void {
    let open = 0;
    do {
      const token = this.take();
      if (token === '(') open += 1;
      if (token === ')') open -= 1;
    } while (open > 0);
  }

  private peek(): string | undefined {
    return this.tokens[this.at];
  }

  private isName(): boolean {
    return /^[_A-Za-z]/.test(this.peek() ?? '');
  }

  private name(): string {
    if (!this.isName()) throw this.unexpected('a name');
    return this.take();
  }

  private take(expected?: string): string {
    const token = this.peek();
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw this.unexpected(expected === undefined ? 'more' : `"${expected}"`);
    }
    this.at += 1;
    return token;
  }

  private unexpected(expected: string): Error {
    return invalidParameter(`Syntax Error: expected ${expected}, found "${this.peek() ?? 'the end'}".`);
  }
}

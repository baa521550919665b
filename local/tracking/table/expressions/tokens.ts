import { invalid } from '../errors';
import { MAX_EXPRESSION_BYTES } from '../limits';
import { utf8Length } from '../values';

const TOKEN = /\s*(<>|<=|>=|[=<>(),.+[\]-]|[#:][A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*|\d+)/y;

/** The tokens of an expression, read one after the other. */
export class Tokens {
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(private readonly expression: string) {
    this.tokens = tokenize(expression);
  }

  get next(): string | undefined {
    return this.tokens[this.at];
  }

  /** The token after the next. */
  get afterNext(): string | undefined {
    return this.tokens[this.at + 1];
  }

  /** Takes the next token, which must be the expected one if one is given. Keywords in any case. */
  take(expected?: string): string {
    const token = this.tokens[this.at];
    if (token === undefined || (expected !== undefined && token.toUpperCase() !== expected)) {
      throw invalid(
        `Invalid expression: Syntax error; token: ${token ?? '<EOF>'}, expected: ${expected ?? 'an operand'}, in "${this.expression}"`,
      );
    }
    this.at += 1;
    return token;
  }

  accepts(keyword: string): boolean {
    if (this.next?.toUpperCase() !== keyword) return false;
    this.at += 1;
    return true;
  }

  /** @throws ValidationException when something is left. */
  end(): void {
    if (this.next !== undefined) {
      throw invalid(`Invalid expression: Syntax error; token: ${this.next}, in "${this.expression}"`);
    }
  }
}

function tokenize(expression: string): string[] {
  if (utf8Length(expression) > MAX_EXPRESSION_BYTES) {
    throw invalid(
      `Invalid expression: Expression size has exceeded the maximum allowed size; expression size: ${utf8Length(expression)}`,
    );
  }
  const tokens: string[] = [];
  const end = expression.trimEnd().length;
  if (end === 0) throw invalid('Invalid expression: The expression can not be empty;');
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(expression);
    if (match === null) {
      throw invalid(`Invalid expression: Syntax error; at "${expression.slice(from, from + 20)}"`);
    }
    tokens.push(match[1]!);
  }
  return tokens;
}

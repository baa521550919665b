import { invalid } from '../errors';
import type { Value } from '../values';
import { RESERVED_WORDS } from './reserved-words';
import type { References, Scope } from './scope';
import type { Tokens } from './tokens';

/** A document path as written: attribute names, `#aliases` and list indexes. */
export type Path = readonly (string | number)[];

export function parsePath(tokens: Tokens, references: References): Path {
  const parts: (string | number)[] = [parseName(tokens, references)];
  for (;;) {
    if (tokens.accepts('.')) {
      parts.push(parseName(tokens, references));
    } else if (tokens.accepts('[')) {
      parts.push(Number(tokens.take()));
      tokens.take(']');
    } else {
      return parts;
    }
  }
}

function parseName(tokens: Tokens, references: References): string {
  const name = tokens.take();
  if (name.startsWith('#')) {
    references.names.add(name);
  } else if (!/^[A-Za-z]/.test(name)) {
    throw invalid(`Invalid expression: Syntax error; token: ${name}`);
  } else if (RESERVED_WORDS.has(name.toUpperCase())) {
    throw invalid(
      `Invalid expression: Attribute name is a reserved keyword; reserved keyword: ${name}. Write #${name} and name it in ExpressionAttributeNames.`,
    );
  }
  return name;
}

/** The path with its aliases replaced. */
export function resolve(path: Path, names: Scope['names']): Path {
  return path.map((part) => (typeof part === 'string' && part.startsWith('#') ? names![part]! : part));
}

/** The value at a path, or undefined. */
export function read(item: Value, path: Path, names: Scope['names']): Value {
  let value = item;
  for (const part of path) {
    if (typeof part === 'number') {
      if (!Array.isArray(value)) return undefined;
      value = value[part];
    } else {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      const name = part.startsWith('#') ? names![part]! : part;
      value = Object.hasOwn(value, name) ? (value as Record<string, Value>)[name] : undefined;
    }
  }
  return value;
}

import { InvalidParameterError } from '../../tracking/errors';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['\n', ''],
]);

const SPACE = /\s*/y;
const STRING = /'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"/y;
const NUMBER = /-?\d+(\.\d+)?(?![\p{L}\p{N}_.])/uy;

/**
 * The strings of a list in parentheses, e.g. `('a', "b")`. As in Python, a backslash escapes a quote, and strings
 * side by side are one.
 *
 * @throws InvalidParameterError for an empty list, another kind of value, or what is no list.
 */
export function stringsOf(list: string): readonly string[] {
  const values: (string | number)[] = [];
  const inside = list.slice(1, -1);
  let at = skip(SPACE, inside, 0);
  if (at === inside.length) {
    throw new InvalidParameterError(
      'While parsing a list in the query, expected a non-empty list of string values, but got empty list',
    );
  }
  while (at < inside.length) {
    let value: string | number | undefined;
    for (let piece = match(STRING, inside, at); piece !== undefined; piece = match(STRING, inside, at)) {
      value = `${value ?? ''}${unescaped(piece.slice(1, -1))}`;
      at = skip(SPACE, inside, at + piece.length);
    }
    const number = value === undefined ? match(NUMBER, inside, at) : undefined;
    if (number !== undefined) at = skip(SPACE, inside, at + number.length);
    value ??= number === undefined ? undefined : Number(number);
    if (value === undefined) throw illFormed();
    values.push(value);
    if (at === inside.length) break;
    if (inside[at] !== ',') throw illFormed();
    at = skip(SPACE, inside, at + 1);
  }
  if (values.every((value) => typeof value === 'string')) return values as string[];
  throw new InvalidParameterError(
    'While parsing a list in the query, expected string value, punctuation, or whitespace, ' +
      `but got different type in list: ${values.length === 1 && inside.at(-1) !== ',' ? `(${inside},)` : list}`,
  );
}

function match(rule: RegExp, text: string, at: number): string | undefined {
  rule.lastIndex = at;
  return rule.exec(text)?.[0];
}

const skip = (rule: RegExp, text: string, at: number): number => at + (match(rule, text, at)?.length ?? 0);

const unescaped = (text: string): string =>
  text.replaceAll(/\\([\s\S])/g, (whole, letter: string) => ESCAPES.get(letter) ?? whole);

function illFormed(): InvalidParameterError {
  return new InvalidParameterError(
    'While parsing a list in the query, expected a non-empty list of string values, but got ill-formed list.',
  );
}

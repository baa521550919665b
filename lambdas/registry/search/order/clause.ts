import { InvalidParameterError } from '../../tracking/errors';
import { nodes } from '../filter/nodes';
import { MAX_LENGTH } from '../filter/statement';

/** One entry of an `order_by` list, before its name is looked up. */
export interface OrderClause {
  readonly name: string;
  readonly ascending: boolean;
}

/**
 * Reads a name with ASC or DESC behind it; without either, ascending.
 *
 * @throws InvalidParameterError when it is anything else.
 */
export function parseOrderClause(text: string): OrderClause {
  const words = shellWords(nameOf(text).replaceAll('`', '"'));
  if (words === undefined || words.length > 2) throw unparsed(text);
  const [name, direction] = words;
  if (direction === undefined) return { name: nameOf(text).trim(), ascending: true };
  const lower = direction.toLowerCase();
  if (lower !== 'asc' && lower !== 'desc') {
    throw new InvalidParameterError(`Invalid ordering key in order_by clause '${text}'.`);
  }
  return { name: name!.trim(), ascending: lower === 'asc' };
}

/** The clause, if it is one identifier. `timestamp` is a type in SQL and a field here. */
function nameOf(text: string): string {
  const all = text.length > MAX_LENGTH ? [] : nodes(text);
  const [first, second] = all;
  const isTimestamp = first?.kind === 'builtin' && first.text.toLowerCase() === 'timestamp';
  if (!isOnly(text, all.length, first?.text) && !(isTimestamp && all.length === 2)) throw unparsed(text);
  if (first!.kind === 'identifier') return text;
  if (!isTimestamp) throw unparsed(text);
  if (second === undefined) return 'timestamp';
  if (second.kind !== 'order' || !text.endsWith(second.text) || !text.startsWith(first!.text)) {
    throw unparsed(text);
  }
  return `timestamp ${second.text}`;
}

/** Whether the clause is one node with no space around it. */
const isOnly = (text: string, count: number, first: string | undefined): boolean =>
  count === 1 && first === text;

function unparsed(text: string): InvalidParameterError {
  const shown = text.length > 1000 ? `${text.slice(0, 1000)}...` : text;
  return new InvalidParameterError(`Invalid order_by clause '${shown}'. Could not be parsed.`);
}

/** Words as a shell cuts them, with quotes and backslashes; undefined when a quote is not closed. */
function shellWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    const escapes = character === '\\' && quote !== "'";
    const next = text[at + 1];
    if (escapes && (quote === undefined || next === '"' || next === '\\')) {
      if (next === undefined) return undefined;
      word = (word ?? '') + next;
      at += 1;
    } else if (character === quote) {
      quote = undefined;
    } else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (quote === undefined && /[ \t\r\n]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}

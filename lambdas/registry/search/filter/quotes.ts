import { InvalidParameterError } from '../../tracking/errors';

const isQuoted = (text: string, quote: string): boolean =>
  text.length >= 2 && text.startsWith(quote) && text.endsWith(quote);

/** Without the single or double quotes around it, if there are any. Nothing inside is escaped. */
export function withoutQuotes(text: string): string {
  return isQuoted(text, "'") || isQuoted(text, '"') ? text.slice(1, -1) : text;
}

/** Without the backticks around it, if there are any. */
export function withoutBackticks(text: string): string {
  return isQuoted(text, '`') ? text.slice(1, -1) : text;
}

/** The key that is written plain, or in any kind of quotes. */
export const keyOf = (text: string): string => withoutBackticks(withoutQuotes(text));

/** What is between the quotes. @throws InvalidParameterError when there are none. */
export function quoted(text: string): string {
  if (isQuoted(text, "'") || isQuoted(text, '"')) return text.slice(1, -1);
  throw new InvalidParameterError(
    'Parameter value is either not quoted or unidentified quote types used for string value ' +
      `${text}. Use either single or double quotes.`,
  );
}

/** The text before and after the first dot; before it nothing when there is none. */
export function splitAtDot(text: string): readonly [type: string | undefined, key: string] {
  const dot = text.indexOf('.');
  return dot === -1 ? [undefined, text] : [text.slice(0, dot), text.slice(dot + 1)];
}

/** Without any of these quotes at both ends, however many there are. */
export function stripped(text: string, quote: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === quote) start += 1;
  while (end > start && text[end - 1] === quote) end -= 1;
  return text.slice(start, end);
}

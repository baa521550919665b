import { UserError } from '../errors';

/** `3`, `v3` or `V3`. @throws UserError for anything else */
export function versionNumber(text: string): number {
  const number = Number(/^v?(\d+)$/i.exec(text)?.[1]);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new UserError(`"${text}" is no version: give its number, e.g. 3.`, 'version');
}

/** A date or a time. A date alone means its end. @throws UserError for anything else */
export function instant(text: string): Date {
  const dateOnly = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = new Date(dateOnly ? `${text}T23:59:59.999Z` : text);
  if (!Number.isNaN(at.getTime())) return at;
  throw new UserError(`"${text}" is no date: give 2013-03-31 or 2013-03-31T14:05:00Z.`, 'on');
}

/** How many. @throws UserError for what is no whole number of at least 1, naming the option */
export function countOf(text: string, option = 'limit'): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new UserError(`--${option} takes a number of at least 1, got "${text}".`, option);
}

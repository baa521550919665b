/** Control characters, and those that hide, join or turn around what stands beside them. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Text from a file so that it can be shown anywhere: whatever could move a terminal's cursor, colour it, end a line or
 * reverse the reading direction is spelt out as `\u{1b}`.
 */
export const visible = (text: string): string =>
  text.replace(HIDDEN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);

/** What spreadsheets and mail programs would run or reach out by, when a cell begins with it. */
const FORMULA = /^[=+\-@]/;

/** Text as one cell of a table that may be pasted into a spreadsheet. */
export const asCell = (text: string): string => (FORMULA.test(text) ? `'${visible(text)}` : visible(text));

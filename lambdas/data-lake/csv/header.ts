import type { SchemaColumn } from '../entities';
import { type Problem, problem } from '../problem';
import { valueKind } from './value-kind';

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/** What is wrong with a header by itself. */
export function headerProblems(header: readonly string[]): Problem[] {
  const found: Problem[] = [];
  const [first] = header;
  if (header.length === 1 && first !== undefined && /[;\t|]/.test(first)) {
    found.push(
      problem('malformed', `the header "${first.slice(0, 60)}" has one column: separate fields by commas`),
    );
  }
  if (header.every((name) => ['missing', 'integer', 'number'].includes(valueKind(name)))) {
    found.push(problem('no-header', 'the first row holds values, not the names of columns'));
  } else if (header.includes('')) {
    const at = header.indexOf('') + 1;
    found.push(problem('no-header', `column ${at} of ${header.length} has no name`));
  }
  const twice = [...new Set(header.filter((name, index) => header.indexOf(name) !== index))];
  if (twice.length > 0) {
    const message = `the header names ${quoted(twice)} more than once`;
    found.push(problem('duplicate-column', message, { count: twice.length }));
  }
  return found;
}

/** How a header differs from the schema. */
export function compareHeader(header: readonly string[], columns: readonly SchemaColumn[]): Problem[] {
  const expected = columns.map(({ name }) => name);
  const missing = expected.filter((name) => !header.includes(name));
  const extra = header.filter((name) => !expected.includes(name));
  const found: Problem[] = [];
  if (missing.length > 0) {
    const message = `the header lacks ${quoted(missing)}`;
    found.push(problem('missing-column', message, { count: missing.length }));
  }
  if (extra.length > 0) {
    const message = `the header has ${quoted(extra)}, which the schema does not know`;
    found.push(problem('extra-column', message, { count: extra.length }));
  }
  if (found.length === 0 && header.some((name, index) => name !== expected[index])) {
    found.push(problem('column-order', 'the columns stand in another order than in the schema'));
  }
  return found;
}

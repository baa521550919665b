import { type Problem, problem, shortened } from './problem';
import { valueKind } from './profile/value-kind';
import type { SchemaColumn } from './schema';

/** Names that a message lists; a header can have thousands. */
const MAX_NAMES = 10;

function quoted(names: readonly string[]): string {
  const listed = names.slice(0, MAX_NAMES).map((name) => `"${shortened(name)}"`);
  const more = names.length - listed.length;
  return `${listed.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What is wrong with a header by itself. */
export function headerProblems(header: readonly string[]): Problem[] {
  const found: Problem[] = [];
  if (header.every((name) => ['missing', 'integer', 'number'].includes(valueKind(name)))) {
    found.push(problem('no-header', 'the first row holds values, not the names of columns'));
  } else if (header.includes('')) {
    const at = header.indexOf('') + 1;
    found.push(problem('no-header', `column ${at} of ${header.length} has no name`));
  }
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of header) (seen.has(name) ? twice : seen).add(name);
  if (twice.size > 0) {
    const message = `the header names ${quoted([...twice])} more than once`;
    found.push(problem('duplicate-column', message, { count: twice.size }));
  }
  return found;
}

/** How a header differs from the schema. */
export function compareHeader(header: readonly string[], columns: readonly SchemaColumn[]): Problem[] {
  const expected = columns.map(({ name }) => name);
  const [here, known] = [new Set(header), new Set(expected)];
  const missing = expected.filter((name) => !here.has(name));
  const extra = [...here].filter((name) => !known.has(name));
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

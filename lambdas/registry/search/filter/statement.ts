import { InvalidParameterError } from '../../tracking/errors';
import { type Node, nodes } from './nodes';
import { shown } from './python';

/** One comparison of a filter, as written. */
export interface Clause {
  readonly left: Node;
  /** As written; IN, NOT IN, IS NULL and IS NOT NULL also where they are several words. */
  readonly comparator: string;
  /** Absent with IS NULL and IS NOT NULL. */
  readonly right?: Node;
}

/** Longest filter and longest entry of an order that are read, in UTF-16 units. */
export const MAX_LENGTH = 200_000;

/**
 * The comparisons of a filter. AND between them may be left out or repeated, as MLflow lets it.
 *
 * @throws InvalidParameterError for anything else between them, e.g. OR or parentheses, and for several statements.
 */
export function clausesOf(filter: string): Clause[] {
  if (filter.length > MAX_LENGTH) {
    throw new InvalidParameterError(
      `Error on parsing filter of ${filter.length} characters. At most ${MAX_LENGTH} are allowed.`,
    );
  }
  const all = nodes(filter);
  if (all.length === 0 && filter !== '') {
    throw new InvalidParameterError(`Invalid filter '${filter}'. Could not be parsed.`);
  }
  refuseSeveral(filter, all);
  const clauses: Clause[] = [];
  const invalid: string[] = [];
  for (let at = 0; at < all.length; ) {
    const { clause, length } = clauseAt(all, at);
    if (clause !== undefined) clauses.push(clause);
    else if (!isWord(all[at], 'AND')) invalid.push(all[at]!.text);
    at += length;
  }
  if (invalid.length === 0) return clauses;
  throw new InvalidParameterError(
    `Invalid clause(s) in filter string: ${invalid.map((text) => `'${text}'`).join(', ')}`,
  );
}

function refuseSeveral(filter: string, all: readonly Node[]): void {
  const end = all.findIndex((node) => node.kind === 'punctuation' && node.text === ';');
  if (end === -1 || end === all.length - 1) return;
  throw new InvalidParameterError(
    `Search filter contained multiple expression ${shown(filter)}. Provide AND-ed expression list.`,
  );
}

function clauseAt(all: readonly Node[], at: number): { readonly clause?: Clause; readonly length: number } {
  const first = all[at]!;
  if (first.kind === 'comparison-clause') {
    const [left, comparator, right] = first.parts as [Node, Node, Node];
    return { clause: { left, comparator: comparator.text, right }, length: 1 };
  }
  if (first.kind !== 'identifier') return { length: 1 };
  const [second, third, fourth] = [all[at + 1], all[at + 2], all[at + 3]];
  if (isWord(second, 'IN') && isList(third)) {
    return { clause: { left: first, comparator: second!.text, right: third }, length: 3 };
  }
  if (isWord(second, 'IS') && isWord(third, 'NULL')) {
    return { clause: { left: first, comparator: 'IS NULL' }, length: 3 };
  }
  if (isWord(second, 'IS') && isWord(third, 'NOT NULL')) {
    return { clause: { left: first, comparator: 'IS NOT NULL' }, length: 3 };
  }
  if (isWord(second, 'NOT') && isWord(third, 'IN') && isList(fourth)) {
    return { clause: { left: first, comparator: 'NOT IN', right: fourth }, length: 4 };
  }
  return { length: 1 };
}

const isWord = (node: Node | undefined, word: string): boolean =>
  node?.kind === 'keyword' && node.text.toUpperCase() === word;
const isList = (node: Node | undefined): boolean => node?.kind === 'group' && node.text.startsWith('(');

/** @throws InvalidParameterError when the left side is no name. */
export function requireIdentifier(clause: Clause): void {
  if (clause.left.kind === 'identifier') return;
  throw new InvalidParameterError(
    `Invalid comparison clause. Expected 'Identifier' found '${clause.left.text}'`,
  );
}

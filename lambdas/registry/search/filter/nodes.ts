import { type Token, type TokenKind, tokens } from './lexer';

/** An operand, an operator or a word of a filter, with the text it was written as. */
export interface Node {
  readonly kind:
    | 'identifier'
    | 'group'
    | 'comparison-clause'
    | Exclude<TokenKind, 'space' | 'name' | 'symbol'>;
  readonly text: string;
  /** Of a comparison clause: the left side, the comparator, the right side. */
  readonly parts?: readonly Node[];
}

/** A token or a node, and whether space preceded it. */
interface Piece {
  readonly kind: Node['kind'] | 'name' | 'symbol' | 'space';
  readonly text: string;
  readonly parts?: readonly Node[];
}

/** The nodes of a filter: names with their dots, lists in parentheses and comparisons are one node each. */
export function nodes(text: string): Node[] {
  const pieces: Piece[] = aliased(compared(ordered(named(grouped(tokens(text))))));
  return pieces.filter((piece): piece is Node => piece.kind !== 'space');
}

const PAIRS: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
]);

/** Parentheses and brackets that match, with what is between them, become one piece. */
function grouped(all: readonly Token[]): Piece[] {
  const pieces: Piece[] = [];
  const open: { readonly closer: string; readonly at: number }[] = [];
  for (const token of all) {
    pieces.push(token);
    if (token.kind !== 'punctuation') continue;
    const closer = PAIRS.get(token.text);
    if (closer !== undefined) open.push({ closer, at: pieces.length - 1 });
    const last = open.at(-1);
    if (last?.closer !== token.text) continue;
    open.pop();
    const inside = pieces.splice(last.at);
    pieces.push({ kind: 'group', text: textOf(inside) });
  }
  return pieces;
}

const isName = (piece: Piece | undefined): boolean =>
  piece?.kind === 'name' || piece?.kind === 'symbol' || piece?.kind === 'builtin';
const isNamePart = (piece: Piece | undefined): boolean =>
  isName(piece) || piece?.kind === 'wildcard' || piece?.kind === 'string' || isIndex(piece);
const isIndex = (piece: Piece | undefined): boolean => piece?.kind === 'group' && piece.text.startsWith('[');
const isCall = (piece: Piece | undefined): boolean => piece?.kind === 'group' && piece.text.startsWith('(');

/** Names joined by dots become one identifier. A bare word for a type, e.g. `timestamp`, stays what it is. */
function named(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  for (let at = 0; at < pieces.length; ) {
    const end = isName(pieces[at]) ? endOfName(pieces, at) : at;
    const inside = pieces.slice(at, Math.max(end, at + 1));
    const bare = inside.length === 1 && pieces[at]!.kind === 'builtin';
    found.push(end > at && !bare ? { kind: 'identifier', text: textOf(inside) } : pieces[at]!);
    at = Math.max(end, at + 1);
  }
  return found;
}

function endOfName(pieces: readonly Piece[], start: number): number {
  let end = afterCall(pieces, start + 1);
  for (;;) {
    const dot = skipSpace(pieces, end);
    if (isIndex(pieces[dot])) end = dot + 1;
    else if (pieces[dot]?.kind === 'punctuation' && pieces[dot].text === '.') {
      const next = skipSpace(pieces, dot + 1);
      end = isNamePart(pieces[next]) ? afterCall(pieces, next + 1) : dot + 1;
    } else return end;
  }
}

/** The parentheses behind a name, as of a function, belong to it. */
function afterCall(pieces: readonly Piece[], end: number): number {
  const next = skipSpace(pieces, end);
  return isCall(pieces[next]) ? next + 1 : end;
}

/** An identifier or a number with ASC or DESC behind it is one identifier. */
function ordered(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  for (const piece of pieces) {
    const before = lastOf(found);
    if (piece.kind === 'order' && before !== undefined && isOrderable(found[before]!)) {
      found.push({ kind: 'identifier', text: textOf([...found.splice(before), piece]) });
    } else found.push(piece);
  }
  return found;
}

const NUMBERS: readonly string[] = ['integer', 'float', 'hexadecimal'];
const isOrderable = (piece: Piece): boolean => piece.kind === 'identifier' || NUMBERS.includes(piece.kind);

const isOperand = (piece: Piece | undefined): boolean =>
  piece !== undefined &&
  (piece.kind === 'identifier' ||
    piece.kind === 'integer' ||
    piece.kind === 'float' ||
    piece.kind === 'string' ||
    isCall(piece) ||
    (piece.kind === 'keyword' && piece.text.toUpperCase() === 'NULL'));

/** Two operands with a comparator between them become a comparison. */
function compared(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at]!;
    const before = lastOf(found);
    const next = skipSpace(pieces, at + 1);
    const left = before === undefined ? undefined : found[before];
    const fits = piece.kind === 'comparison' && (isOperand(left) || left?.kind === 'comparison-clause');
    if (before === undefined || left === undefined || !fits || !isOperand(pieces[next])) {
      found.push(piece);
      continue;
    }
    const text = textOf([...found.splice(before), ...pieces.slice(at, next + 1)]);
    found.push({ kind: 'comparison-clause', text, parts: [left, piece, pieces[next]!] as Node[] });
    at = next;
  }
  return found;
}

/** An operand or a comparison with an identifier behind it: the identifier renames it, as in SQL. */
function aliased(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  let renamed: Piece | undefined;
  for (const piece of pieces) {
    const before = lastOf(found);
    const fits = piece.kind === 'identifier' && before !== undefined && found[before] !== renamed;
    if (fits && isNameable(found[before]!)) {
      renamed = { kind: 'identifier', text: textOf([...found.splice(before), piece]) };
      found.push(renamed);
    } else found.push(piece);
  }
  return found;
}

const isNameable = (piece: Piece): boolean =>
  isOrderable(piece) || piece.kind === 'comparison-clause' || isCall(piece);

function lastOf(pieces: readonly Piece[]): number | undefined {
  for (let at = pieces.length - 1; at >= 0; at -= 1) if (pieces[at]!.kind !== 'space') return at;
  return undefined;
}

function skipSpace(pieces: readonly Piece[], from: number): number {
  let at = from;
  while (pieces[at]?.kind === 'space') at += 1;
  return at;
}

/** Joined one by one, which costs little also where a piece grows again and again. */
const textOf = (pieces: readonly Piece[]): string => pieces.reduce((text, piece) => text + piece.text, '');

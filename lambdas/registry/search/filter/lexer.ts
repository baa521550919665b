/** What a piece of a filter is, in the terms of SQL. */
export type TokenKind =
  | 'space'
  | 'name'
  | 'symbol'
  | 'string'
  | 'integer'
  | 'float'
  | 'hexadecimal'
  | 'comparison'
  | 'keyword'
  | 'builtin'
  | 'order'
  | 'operator'
  | 'wildcard'
  | 'punctuation'
  | 'comment'
  | 'unknown';

/** A piece of a filter as it was written. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** Words that mean something else than a name, unless a dot precedes or follows them or a quote surrounds them. */
const KEYWORDS = new Set(
  (
    'ALL AND ANY BETWEEN BY CREATE CURRENT DEFAULT DELETE DISTINCT DROP ELSE END EXISTS FALSE FOR FUNCTION GROUP ' +
    'HAVING IF INSERT INTO IS ISNULL JOIN KEY LIMIT LOCATION MODE NONE NOT NOTHING NULL NULLS OFFSET ON OPTION OR ORDER ' +
    'OUTER OWNER PARAMETER PARAMETERS POSITION SELECT SET SOURCE STEP TABLE THEN TIME TO TRUE TYPE UNION UPDATE ' +
    'USER VERSION WHEN WHERE WHILE WITH'
  ).split(' '),
);
const BUILTINS = new Set(
  (
    'ARRAY BIGINT BINARY BIT BLOB BOOLEAN CHAR CHARACTER DATE DEC DECIMAL FLOAT INT INTEGER INTERVAL LONG NUMBER ' +
    'NUMERIC REAL SERIAL SMALLINT TEXT TIMESTAMP VARCHAR'
  ).split(' '),
);

const WORD = String.raw`[\p{L}\p{N}_]`;
const LETTER = 'A-Za-zÀ-Üà-ü';
const NOT_IN_WORD = `(?<!${WORD})`;
const END = `(?!${WORD})`;
const NOT_BEFORE_LETTER = `(?![_${LETTER}])`;

/** In the order of their precedence; each is tried where the one before it ended. */
const RULES: readonly (readonly [TokenKind | 'word', RegExp])[] = (
  [
    ['comment', String.raw`(--|# ).*?(\r\n|\r|\n|$)`],
    ['comment', String.raw`/\*`],
    ['space', String.raw`\s+`],
    ['punctuation', ':=|::'],
    ['wildcard', String.raw`\*`],
    ['name', '`(``|[^`])*`'],
    ['name', '´(´´|[^´])*´'],
    ['operator', String.raw`\?|%(\(${WORD}+\))?s|${NOT_IN_WORD}[$:?]${WORD}+|\\${WORD}+`],
    ['keyword', `(CASE|IN|VALUES|USING|FROM|AS)${END}`],
    ['name', `(@|##|#)[${LETTER}]${WORD}+`],
    ['name', String.raw`[${LETTER}]${WORD}*(?=\s*\.(?!\p{Nd}))`],
    ['name', String.raw`(?<=\.)[${LETTER}]${WORD}*`],
    ['name', String.raw`[${LETTER}]${WORD}*(?=\()`],
    ['hexadecimal', String.raw`-?0x[\da-fA-F]+`],
    ['float', String.raw`-?\d+(\.\d+)?E-?\d+`],
    ['float', String.raw`-?(\d+(\.\d*)|\.\d+)${NOT_BEFORE_LETTER}`],
    ['integer', String.raw`-?\d+${NOT_BEFORE_LETTER}`],
    ['string', String.raw`'(''|\\'|[^'])*'`],
    ['symbol', String.raw`"(""|\\"|[^"])*"`],
    ['name', String.raw`(?<![\p{L}\p{N}_\])])\[[^\]\[]+\]`],
    ['keyword', String.raw`NOT\s+NULL${END}`],
    ['order', String.raw`(ASC|DESC)(\s+NULLS\s+(FIRST|LAST))?${END}`],
    ['comparison', String.raw`(NOT\s+)?(LIKE|ILIKE|RLIKE|REGEXP(\s+BINARY)?)${END}`],
    ['word', String.raw`${WORD}[$#\p{L}\p{N}_]*`],
    ['punctuation', String.raw`[;:()\[\],.]`],
    ['operator', `->>?|#>>?|@>|<@|-|#-`],
    ['comparison', '[<>=~!]+'],
    ['operator', '[+/@#%^&|-]+'],
  ] as const
).map(([kind, source]) => [kind, new RegExp(source, 'iuy')]);

/** Cuts a filter into tokens that joined are the filter again. Characters without meaning are `unknown`. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at);
    found.push(token);
    at += token.text.length;
  }
  return found;
}

function tokenAt(text: string, at: number): Token {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = at;
    const match = rule.exec(text)?.[0];
    if (match === undefined || match === '') continue;
    return { kind: kind === 'word' ? kindOfWord(match) : kind, text: match };
  }
  return { kind: 'unknown', text: String.fromCodePoint(text.codePointAt(at)!) };
}

function kindOfWord(word: string): TokenKind {
  const upper = word.toUpperCase();
  if (KEYWORDS.has(upper)) return 'keyword';
  return BUILTINS.has(upper) ? 'builtin' : 'name';
}

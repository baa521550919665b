import { invalidParameter } from '../errors';

/** Blanks, commas and one comment. Taken one after the other: nothing follows them that could make them begin anew. */
const IGNORED = /[\s,\ufeff]+|#[^\n\r]*/y;
const TOKEN = /[{}()[\]:!=@$|&]|\.\.\.|[_A-Za-z]\w*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|"(?:[^"\\\n]|\\.)*"/y;
/** Ten times what the UI's longest query has. */
const MAX_TOKENS = 5000;
/** Likewise, in UTF-16 units. */
const MAX_LENGTH = 100_000;

/** The tokens of a GraphQL document. @throws ApiError for what is none, and for documents that are too long. */
export function tokensOf(document: string): string[] {
  if (document.length > MAX_LENGTH) {
    throw invalidParameter(`The query has ${document.length} characters; it may have ${MAX_LENGTH}.`);
  }
  const tokens: string[] = [];
  for (let at = skipIgnored(document, 0); at < document.length; at = skipIgnored(document, TOKEN.lastIndex)) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(document);
    if (match === null) {
      throw invalidParameter(`Syntax Error: cannot read the query at "${document.slice(at, at + 40)}".`);
    }
    if (tokens.length === MAX_TOKENS) throw invalidParameter(`The query has more than ${MAX_TOKENS} tokens.`);
    tokens.push(match[0]);
  }
  return tokens;
}

function skipIgnored(document: string, from: number): number {
  let at = from;
  do {
    IGNORED.lastIndex = at;
    at = IGNORED.test(document) ? IGNORED.lastIndex : at;
  } while (IGNORED.lastIndex > 0);
  return at;
}

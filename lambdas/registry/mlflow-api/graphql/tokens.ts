import { invalidParameter } from '../errors';

const TOKEN =
  /[\s,\ufeff]*(?:#[^\n\r]*[\s,]*)*([{}()[\]:!=@$|&]|\.\.\.|[_A-Za-z]\w*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|"(?:[^"\\\n]|\\.)*")/y;
const IGNORED_TO_END = /[\s,\ufeff]*(?:#[^\n\r]*[\s,]*)*$/y;
/** Ten times what the UI's longest query has. */
const MAX_TOKENS = 5000;

/** The tokens of a GraphQL document. @throws ApiError for what is none, and for documents that are too long. */
export function tokensOf(document: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  for (;;) {
    IGNORED_TO_END.lastIndex = at;
    if (IGNORED_TO_END.test(document)) return tokens;
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(document);
    if (match === null) {
      throw invalidParameter(`Syntax Error: cannot read the query at "${document.slice(at, at + 40)}".`);
    }
    if (tokens.length === MAX_TOKENS) throw invalidParameter(`The query has more than ${MAX_TOKENS} tokens.`);
    tokens.push(match[1]!);
    at = TOKEN.lastIndex;
  }
}

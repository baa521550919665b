/**
 * Whether a text is like a pattern, as SQL's LIKE has it: `%` stands for any characters, `_` for exactly one, and
 * everything else for itself, also a backslash. Characters are code points; the whole text must match.
 */
export function likeMatcher(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const folded = fold(pattern);
  if (!folded.includes('_')) {
    const pieces = folded.split('%');
    return (text) => holds(fold(text), pieces);
  }
  const wanted = [...folded];
  return (text) => matches([...fold(text)], wanted);
}

/** Whether the pieces stand in the text in their order, the first at its beginning and the last at its end. */
function holds(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0]!;
  if (pieces.length === 1) return text === first;
  const last = pieces.at(-1)!;
  const end = text.length - last.length;
  if (!text.startsWith(first) || end < first.length || !text.endsWith(last)) return false;
  let at = first.length;
  for (let index = 1; index < pieces.length - 1; index += 1) {
    const piece = pieces[index]!;
    const found = text.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

/** Goes back to the last `%` only, so that it takes no longer than the product of both lengths. */
function matches(text: readonly string[], pattern: readonly string[]): boolean {
  let at = 0;
  let of = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (pattern[of] === '%') {
      star = of;
      of += 1;
      resume = at;
    } else if (of < pattern.length && (pattern[of] === '_' || pattern[of] === text[at])) {
      of += 1;
      at += 1;
    } else if (star !== -1) {
      resume += 1;
      at = resume;
      of = star + 1;
    } else return false;
  }
  while (pattern[of] === '%') of += 1;
  return of === pattern.length;
}

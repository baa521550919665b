/**
 * How MLflow's messages show values: as Python's `repr` does.
 */
export function shown(value: string | number | readonly (string | number)[]): string {
  if (typeof value === 'number') return shownFloat(value);
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const escaped = value
      .replaceAll('\\', '\\\\')
      .replaceAll(quote, `\\${quote}`)
      .replaceAll('\n', '\\n')
      .replaceAll('\r', '\\r')
      .replaceAll('\t', '\\t');
    return `${quote}${escaped}${quote}`;
  }
  return `(${value.map(shown).join(', ')}${value.length === 1 ? ',' : ''})`;
}

/** A floating-point number as Python writes it: `5.0`, `1e+20`, `1e-05`. */
export function shownFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits, exponent] = value.toExponential().split('e') as [string, string];
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** What is allowed, in braces, in alphabetical order. */
export const shownSet = (values: Iterable<string>): string =>
  `{${[...values]
    .sort()
    .map((value) => shown(value))
    .join(', ')}}`;

/** What is allowed, in brackets, as given. */
export const shownList = (values: readonly string[]): string =>
  `[${values.map((value) => shown(value)).join(', ')}]`;

/** What is allowed, in parentheses, as given. */
export const shownTuple = (values: readonly string[]): string =>
  `(${values.map((value) => shown(value)).join(', ')})`;

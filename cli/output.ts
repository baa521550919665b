/**
 * Removes what could steer a terminal or turn text around, so that a name from the registry can't: C0 and C1 control
 * characters but for tab and newline, marks and overrides of writing direction, separators of lines.
 */
export function printable(text: string): string {
  return text.replace(STEERING, '');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is removed
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Left-aligned columns, two spaces apart, under a header. A cell is one line, whatever is in it. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => printable(cell).replace(/[\n\t]+/g, ' ')));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `3 min ago`, `in 2 h`: the distance of two instants in the largest unit that fits. */
export function age(then: string, now: Date): string {
  const seconds = Math.round((now.getTime() - new Date(then).getTime()) / 1000);
  const size = Math.abs(seconds);
  const [amount, unit] =
    size < 90
      ? [size, 's']
      : size < 5400
        ? [size / 60, 'min']
        : size < 129_600
          ? [size / 3600, 'h']
          : [size / 86_400, 'days'];
  const text = `${Math.round(amount)} ${unit}`;
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

export function print(json: boolean | undefined, value: unknown, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : text()}\n`);
}

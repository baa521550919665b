const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `934 bytes`, `1.2 MB`: powers of 1000. */
export function bytes(count: number): string {
  let unit = 0;
  let amount = count;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const text = unit === 0 ? String(amount) : amount.toFixed(amount < 10 ? 1 : 0);
  return `${text} ${UNITS[unit]}`;
}

/** `1 file`, `3 files`, `12,000 rows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** A number in at most five significant digits. */
export function figure(value: number | undefined): string {
  if (value === undefined) return '-';
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  return String(Number(value.toPrecision(5)));
}

/** `2013-03-31 14:05` in UTC. */
export const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

export const percent = (share: number): string =>
  share === 0 ? '0' : share < 0.001 ? '<0.1 %' : `${figure(Number((share * 100).toPrecision(3)))} %`;

import { closeSync, openSync, writeSync } from 'node:fs';
import { generator } from '../../drift/random';

/** A generator of one file's rows, the same ones every time. */
export interface Shape {
  readonly name: string;
  readonly header: readonly string[];
  row(random: () => number, at: number): string;
}

const CARRIERS = [
  'UA',
  'B6',
  'EV',
  'DL',
  'AA',
  'MQ',
  'US',
  '9E',
  'WN',
  'VX',
  'FL',
  'AS',
  'F9',
  'YV',
  'HA',
  'OO',
];
const ORIGINS = ['EWR', 'JFK', 'LGA'];
const DESTINATIONS = Array.from({ length: 105 }, (_, i) =>
  String.fromCharCode(65 + (i % 26), 65 + ((i * 7) % 26), 65 + ((i * 11) % 26)),
);
const two = (n: number): string => String(n).padStart(2, '0');
const rounded = (value: number): string => String(Math.round(value * 100) / 100);

/** Like the flights example: an identifier, codes, integers, measurements, some missing, a target of two classes. */
export const FLIGHTS: Shape = {
  name: 'flights',
  header: [
    ...['flight_id', 'sched_dep_hour', 'weekday', 'carrier', 'origin', 'dest', 'distance', 'dep_delay'],
    ...['temp', 'wind_speed', 'precip', 'visib', 'late'],
  ],
  row(random, at) {
    const hour = 5 + Math.floor(random() * 19);
    const carrier = CARRIERS[Math.floor(random() ** 2 * CARRIERS.length)]!;
    const origin = ORIGINS[Math.floor(random() * 3)]!;
    const delay = Math.round((random() ** 8 - 0.03) * 300);
    const day = at % 365;
    const id = `2013${two(1 + Math.floor(day / 31))}${two(1 + (day % 31))}-${carrier}-${at}-${origin}-${two(hour)}15`;
    const weather =
      random() < 0.01 ? ['', '', '', ''] : [rounded(12 + random() * 85), rounded(random() * 40)];
    const rest = random() < 0.93 ? '0' : rounded(random());
    const measured =
      weather.length === 4 ? weather : [...weather, rest, rounded(Math.min(10, random() * 40))];
    const fields = [
      ...[id, String(hour), String(1 + (day % 7)), carrier, origin],
      ...[DESTINATIONS[Math.floor(random() * 105)]!, String(80 + Math.floor(random() * 4900)), String(delay)],
      ...measured,
      delay + random() * 20 > 18 ? '1' : '0',
    ];
    return fields.join(',');
  },
};

/** Twenty columns of numbers: half with few digits, half as a double prints. */
export const NUMERIC: Shape = {
  name: 'numeric',
  header: Array.from({ length: 20 }, (_, i) => `x${i}`),
  row: (random) =>
    Array.from({ length: 20 }, (_, i) =>
      i % 2 === 0 ? rounded(random() * 2000 - 1000) : String(random() * 2 - 1),
    ).join(','),
};

/** Writes at least `bytes` bytes. The rows repeat after a while but for what tells them apart. */
export function writeCsv(path: string, shape: Shape, bytes: number): void {
  const random = generator(20_130_101);
  const file = openSync(path, 'w');
  let written = writeSync(file, `${shape.header.join(',')}\n`);
  for (let at = 0; written < bytes; ) {
    const rows: string[] = [];
    for (const end = at + 5000; at < end; at += 1) rows.push(shape.row(random, at));
    written += writeSync(file, `${rows.join('\n')}\n`);
  }
  closeSync(file);
}

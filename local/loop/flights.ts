import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import type { Instance } from '../../cli/prediction-client';

const run = promisify(execFile);
const EXAMPLE = join(__dirname, '..', '..', 'examples', 'flight-delays');

/** A real departure: what was known when it pushed back, and whether it arrived more than 15 minutes late. */
export interface Departure {
  readonly instance: Instance;
  readonly late: 0 | 1;
}

/** Writes the twelve months of 2013 as CSV files once, with the script that the example ships. */
export async function makeFlightData(python: string, folder: string): Promise<void> {
  if (!existsSync(monthFile(folder, 12))) {
    await run(python, [join(EXAMPLE, 'make_data.py'), folder]);
  }
}

export function monthFile(folder: string, month: number): string {
  return join(folder, `flights-2013-${String(month).padStart(2, '0')}.csv`);
}

/**
 * `count` departures of a month, evenly spaced over it and in a mixed order that is always the same: what passes
 * within a minute here stands for the whole month, not for its first hours.
 */
export function departures(folder: string, month: number, count: number): Departure[] {
  const rows = parse(readFileSync(monthFile(folder, month)), { columns: true }) as Record<string, string>[];
  const stride = Math.max(1, Math.floor(rows.length / count));
  return rows
    .filter((_, index) => index % stride === 0)
    .slice(0, count)
    .sort((a, b) => mixed(a.flight_id).localeCompare(mixed(b.flight_id)))
    .map(({ late, flight_id: _key, ...features }) => ({
      instance: toInstance(features),
      late: late === '1' ? 1 : 0,
    }));
}

function mixed(id = ''): string {
  return createHash('sha256').update(id).digest('hex');
}

const TEXT_FEATURES = new Set(['carrier', 'origin', 'dest']);

function toInstance(features: Record<string, string>): Instance {
  return Object.fromEntries(
    Object.entries(features).map(([name, cell]) => {
      if (cell === '') {
        return [name, null];
      }
      return [name, TEXT_FEATURES.has(name) ? cell : Number(cell)];
    }),
  );
}

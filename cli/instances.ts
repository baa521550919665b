import { parse } from 'csv-parse/sync';
import { UserError } from './errors';
import type { Instance } from './prediction-client';

/**
 * Reads instances from the text of a file: CSV with a header, a JSON array of objects, `{"instances": [...]}`,
 * or JSON Lines. CSV cells that read as numbers become numbers, empty ones `null`.
 *
 * @throws UserError naming the line that can't be read.
 */
export function parseInstances(text: string, file: string): Instance[] {
  const trimmed = text.trim();
  if (trimmed === '') {
    throw new UserError(`${file} is empty: give a CSV with a header, or JSON.`, 'file');
  }
  const instances = /^[[{]/.test(trimmed) ? fromJson(trimmed, file) : fromCsv(text, file);
  if (instances.length === 0) {
    throw new UserError(`${file} has a header and no rows.`, 'file');
  }
  return instances;
}

function fromJson(text: string, file: string): Instance[] {
  try {
    const value = JSON.parse(text) as Instance | Instance[] | { instances: Instance[] };
    if (Array.isArray(value)) {
      return value;
    }
    return Array.isArray(value.instances) ? value.instances : [value as Instance];
  } catch {
    return text.split('\n').flatMap((line, index) => fromJsonLine(line, index + 1, file));
  }
}

function fromJsonLine(line: string, number: number, file: string): Instance[] {
  if (line.trim() === '') {
    return [];
  }
  try {
    return [JSON.parse(line) as Instance];
  } catch (error) {
    throw new UserError(`${file}, line ${number} is not JSON: ${(error as Error).message}`, `line ${number}`);
  }
}

function fromCsv(text: string, file: string): Instance[] {
  try {
    const rows = parse(text, { columns: true, bom: true, skip_empty_lines: true }) as Record<
      string,
      string
    >[];
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, fromCell(cell)])),
    );
  } catch (error) {
    throw new UserError(`${file} is not a CSV with a header: ${(error as Error).message}`, 'file');
  }
}

function fromCell(cell: string): string | number | null {
  if (cell === '') {
    return null;
  }
  return /^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(cell) ? Number(cell) : cell;
}

import { decodeCaptureLine } from '../../lambdas/monitoring/capture-record';
import type { Row } from '../../lambdas/monitoring/payload';
import { CaptureScanner } from '../../lambdas/monitoring/profiling/capture-scanner';
import type { Profiler } from '../../lambdas/monitoring/profiling/profiler';
import { UserError } from '../errors';
import { forEachLine } from './byte-lines';
import type { NamedRows } from './data-file';

/** Counts the requests of a capture file. `columns` is the number of features. */
export async function profileCapture(path: string, profiler: Profiler, columns: number): Promise<void> {
  const scanner = new CaptureScanner(columns);
  await forEachLine(path, (bytes, start, end) => {
    if (scanner.read(bytes, start, end)) {
      profiler.addScanned(bytes, scanner);
      return;
    }
    const line = bytes.toString('utf8', start, end);
    if (line.trim() === '') return;
    const decoded = decodeCaptureLine(line);
    if ('broken' in decoded) {
      profiler.addBroken();
    } else {
      profiler.addRecord(decoded);
    }
  });
}

/**
 * The inputs of a capture file as rows. Rows by position are named `given`, or `column 1`, `column 2` ...
 *
 * @throws UserError when the first readable request has another number of values.
 */
export async function captureRows(path: string, given: readonly string[] | undefined): Promise<NamedRows> {
  const inputs = (visit: (row: Row) => void) => forEachInput(path, given?.length, visit);
  let first: Row | undefined;
  await inputs((row) => {
    first ??= row;
  });
  if (first === undefined) {
    throw new UserError(`${path} holds no captured input that can be read.`, 'file');
  }
  const width = Array.isArray(first) ? first.length : undefined;
  if (given !== undefined && width !== undefined && width !== given.length) {
    throw new UserError(`${path} has ${width} values a row, --columns names ${given.length}.`, '--columns');
  }
  const names =
    given ??
    (width === undefined ? Object.keys(first) : Array.from({ length: width }, (_, i) => `column ${i + 1}`));
  const forEach = (visit: (row: readonly string[]) => void) =>
    inputs((row) => {
      const list = Array.isArray(row) ? (row as readonly string[]) : undefined;
      if (list === undefined) visit(names.map((name) => (row as { [name: string]: string })[name] ?? ''));
      else if (list.length === names.length) visit(list);
    });
  return { names, forEach };
}

/** Lines of the common layout are read in place, as long as their rows have as many values as the first one. */
async function forEachInput(
  path: string,
  width: number | undefined,
  visit: (row: Row) => void,
): Promise<void> {
  let scanner = width === undefined ? undefined : new CaptureScanner(width);
  await forEachLine(path, (bytes, start, end) => {
    if (scanner?.read(bytes, start, end)) {
      const { rows, columns, bounds } = scanner;
      for (let row = 0; row < rows; row++) {
        const first = 2 * row * columns;
        visit(Array.from({ length: columns }, (_, i) => valueAt(bytes, bounds, first + 2 * i)));
      }
      return;
    }
    const decoded = decodeCaptureLine(bytes.toString('utf8', start, end));
    if ('broken' in decoded) return;
    for (const row of decoded.inputs ?? []) {
      if (Array.isArray(row)) scanner ??= new CaptureScanner(row.length);
      visit(row);
    }
  });
}

function valueAt(bytes: Buffer, bounds: Int32Array, at: number): string {
  return bytes.toString('utf8', bounds[at], bounds[at + 1]);
}

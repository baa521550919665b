import { parse } from 'csv-parse/sync';

/** One side of a captured request, as SageMaker wrote it. */
export interface Payload {
  readonly data: string;
  readonly encoding: 'CSV' | 'JSON' | 'BASE64';
  /** Decides how BASE64 is read. */
  readonly contentType?: string;
}

/** Values by position, or by name; an empty text is a missing value. */
export type Row = readonly string[] | { readonly [name: string]: string };

/**
 * The rows of a payload: CSV without a header, a JSON document or JSON Lines. A JSON document is a list of rows, an
 * object with such a list under `instances` or `predictions`, one row, or columns of equal length by name. A row is a
 * list of values, an object of values by name, or one value. BASE64 is read as what its content type says.
 *
 * @throws Error saying why the payload cannot be read
 */
export function payloadRows(payload: Payload): Row[] {
  switch (payload.encoding) {
    case 'CSV':
      return csvRows(payload.data);
    case 'JSON':
      return jsonRows(payload.data);
    case 'BASE64':
      return base64Rows(payload);
  }
}

function base64Rows({ data, contentType }: Payload): Row[] {
  const type = (contentType ?? '').split(';')[0]!.trim().toLowerCase();
  const text = Buffer.from(data, 'base64').toString('utf8');
  if (type === 'text/csv') {
    return csvRows(text);
  }
  if (type === 'application/json' || type.startsWith('application/jsonlines')) {
    return jsonRows(text);
  }
  throw new Error(`cannot read BASE64 data of content type "${contentType ?? ''}": only CSV and JSON`);
}

function csvRows(text: string): Row[] {
  return parse(text, { relax_column_count: true, skip_empty_lines: true }) as string[][];
}

function jsonRows(text: string): Row[] {
  return parseJson(text).flatMap((document) => documentRows(document));
}

/** The documents in a text: usually one, one a line in JSON Lines. */
function parseJson(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2) {
      throw error;
    }
    return lines.map((line) => JSON.parse(line));
  }
}

function documentRows(document: unknown): Row[] {
  if (Array.isArray(document)) {
    return document.length > 0 && document.every(isScalar) ? [document.map(text)] : document.map(row);
  }
  if (isObject(document)) {
    const list = document.instances ?? document.predictions;
    if (Array.isArray(list)) {
      return list.map(row);
    }
    const columns = Object.entries(document);
    if (columns.length > 0 && columns.every(([, values]) => Array.isArray(values))) {
      return transpose(columns as [string, unknown[]][]);
    }
  }
  return [row(document)];
}

function transpose(columns: [string, unknown[]][]): Row[] {
  const length = columns[0]![1].length;
  const uneven = columns.find(([, values]) => values.length !== length);
  if (uneven !== undefined) {
    throw new Error(
      `column "${uneven[0]}" has ${uneven[1].length} values, "${columns[0]![0]}" has ${length}`,
    );
  }
  return Array.from({ length }, (_, i) =>
    Object.fromEntries(columns.map(([name, values]) => [name, text(values[i])])),
  );
}

function row(value: unknown): Row {
  if (Array.isArray(value)) {
    return value.map(text);
  }
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, text(field)]))
    : [text(value)];
}

function text(value: unknown): string {
  if (value === null || value === undefined) {
    return '';
  }
  if (!isScalar(value)) {
    throw new Error(`a value of a row is ${JSON.stringify(value).slice(0, 80)}, expected a number or a text`);
  }
  return String(value);
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

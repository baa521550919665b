import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type ColumnSummary, MAX_CATEGORIES } from './csv/column-profile';
import { compareHeader } from './csv/header';
import type { Inspection } from './csv/inspect-csv';
import { addCounts, inferType } from './csv/value-kind';
import type { Column, Schema, SchemaColumn } from './entities';
import { isError } from './problem';

const schemaShape = z.object({
  dataset: z.string(),
  columns: z
    .array(
      z.object({
        name: z.string().min(1),
        type: z.enum(['number', 'integer', 'string', 'boolean']),
        nullable: z.boolean(),
        min: z.number().optional(),
        max: z.number().optional(),
        categories: z.array(z.string()).optional(),
      }),
    )
    .min(1),
});

/**
 * Reads a schema, which a person may have edited.
 *
 * @throws Error naming the object and the field that is wrong.
 */
export function decodeSchema(text: string, uri: string): Schema {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The schema ${uri} is not JSON: ${(error as Error).message}`);
  }
  const parsed = schemaShape.safeParse(value);
  if (!parsed.success) {
    throw new Error(`The schema ${uri} is not valid; correct it: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** Identifies what a file was checked against; the same for every spelling of the same schema. */
export function schemaDigest(schema: Schema | undefined): string {
  if (schema === undefined) return 'none';
  const columns = schema.columns.map((column) => [
    ...[column.name, column.type, column.nullable, column.min ?? null, column.max ?? null],
    column.categories ?? null,
  ]);
  return createHash('sha256').update(JSON.stringify(columns)).digest('hex');
}

function merge(summaries: readonly ColumnSummary[]): SchemaColumn {
  const [first] = summaries;
  if (first === undefined) throw new Error('A column cannot be learnt from no file.');
  const counts = summaries.map((summary) => summary.counts).reduce(addCounts);
  const type = inferType(counts);
  const column = { name: first.name, type, nullable: counts.missing > 0 };
  if (type === 'number' || type === 'integer') {
    const known = summaries.filter(({ min, max }) => min !== undefined && max !== undefined);
    const min = known.reduce(
      (least, summary) => Math.min(least, summary.min ?? least),
      Number.POSITIVE_INFINITY,
    );
    const max = known.reduce(
      (most, summary) => Math.max(most, summary.max ?? most),
      Number.NEGATIVE_INFINITY,
    );
    return { ...column, min, max };
  }
  if (type !== 'string' || summaries.some(({ categories }) => categories === undefined)) return column;
  const categories = [...new Set(summaries.flatMap((summary) => summary.categories ?? []))].sort();
  return categories.length === 0 || categories.length > MAX_CATEGORIES ? column : { ...column, categories };
}

/**
 * The schema of the first files of a dataset, in order of their keys: the columns of the header that most of the
 * sound files share (of the first of them, when there is a tie), each with the narrowest type that holds all values.
 *
 * @returns undefined when no file is sound
 */
export function learnSchema(dataset: string, inspections: readonly Inspection[]): Schema | undefined {
  const sound = inspections.filter(({ problems }) => !problems.some(isError));
  const shared = new Map<string, Inspection[]>();
  for (const inspection of sound) {
    const key = JSON.stringify([...inspection.header].sort());
    shared.set(key, [...(shared.get(key) ?? []), inspection]);
  }
  const [largest] = [...shared.values()].sort((a, b) => b.length - a.length);
  const [model] = largest ?? [];
  if (largest === undefined || model === undefined) return undefined;
  const columns = model.header.map((name) =>
    merge(largest.flatMap((file) => file.columns.filter((column) => column.name === name))),
  );
  return { dataset, columns };
}

/** Whether a file may be part of a version under this schema. */
export function problemsUnder(inspection: Inspection, schema: Schema | undefined) {
  if (schema === undefined || inspection.header.length === 0) return inspection.problems;
  return [...inspection.problems, ...compareHeader(inspection.header, schema.columns)];
}

/** The columns of a version: the schema's, widened by what its parent had and its new files bring. */
export function versionColumns(
  schema: Schema,
  parent: readonly Column[],
  fresh: readonly Inspection[],
): Column[] {
  return schema.columns.map(({ name, type, nullable }) => {
    const before = parent.find((column) => column.name === name);
    const seen = fresh.flatMap((file) => file.columns.filter((column) => column.name === name));
    const fractions = before?.type === 'number' || seen.some(({ counts }) => counts.number > 0);
    const absent = before?.nullable === true || seen.some(({ counts }) => counts.missing > 0);
    return {
      name,
      type: type === 'integer' && fractions ? 'number' : type,
      nullable: nullable || absent,
    };
  });
}

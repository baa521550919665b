import { addCounts, inferType } from '../csv/value-kind';
import type { Column } from '../entities';
import type { ColumnSummary, Inspection } from './inspection';
import { isError } from './problem';
import type { Schema, SchemaColumn } from './schema';

/** A column with at most this many distinct texts keeps them as its categories. */
export const MAX_CATEGORIES = 50;

function merge(summaries: readonly ColumnSummary[]): SchemaColumn {
  const [first] = summaries;
  if (first === undefined) throw new Error('A column cannot be learnt from no file.');
  const counts = summaries.map((summary) => summary.counts).reduce(addCounts);
  const type = inferType(counts);
  const column = { name: first.name, type, nullable: counts.missing > 0 };
  if (type === 'number' || type === 'integer') {
    const known = summaries.filter(({ min, max }) => min !== undefined && max !== undefined);
    return {
      ...column,
      min: Math.min(...known.map(({ min }) => min!)),
      max: Math.max(...known.map(({ max }) => max!)),
    };
  }
  if (type !== 'string' || summaries.some(({ topIsAll }) => topIsAll !== true)) return column;
  const texts = summaries.flatMap(({ top }) => (top ?? []).map(({ value }) => value));
  const categories = [...new Set(texts)].sort();
  return categories.length === 0 || categories.length > MAX_CATEGORIES ? column : { ...column, categories };
}

/**
 * The schema of the first files of a dataset, in order of their keys: the columns of the header that most of the
 * sound files share (of the first of them, when there is a tie), each with the narrowest type that holds all values.
 *
 * @param options.target the column that models learn to predict
 * @returns undefined when no file is sound, or none has columns
 */
export function learnSchema(
  dataset: string,
  inspections: readonly Inspection[],
  options: { readonly target?: string } = {},
): Schema | undefined {
  const sound = inspections.filter(({ problems, header }) => header.length > 0 && !problems.some(isError));
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
  const { target } = options;
  return { dataset, ...(target !== undefined && model.header.includes(target) ? { target } : {}), columns };
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

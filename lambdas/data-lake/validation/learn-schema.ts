import type { Column } from '../entities';
import type { ColumnProfile, ColumnSummary, Inspection } from './inspection';
import { mergeColumns } from './merge-profiles';
import { isError } from './problem';
import { sharedRows } from './profile/hash-sample';
import { addCounts, inferType, present } from './profile/value-kind';
import { exceedsRecord } from './record-size';
import type { Schema, SchemaColumn } from './schema';

/** A column with at most this many distinct texts keeps them as its categories. */
export const MAX_CATEGORIES = 50;

/** A text column of more rows than this whose values hardly repeat has no categories. */
const SMALL = 20;
/** Fewer rows do not show that values are unique. */
const ENOUGH_FOR_UNIQUE = 100;

function learnColumn(summaries: readonly ColumnSummary[]): SchemaColumn {
  const [first] = summaries;
  if (first === undefined) throw new Error('A column cannot be learnt from no file.');
  const all = summaries.slice(1).reduce<ColumnProfile>(mergeColumns, first);
  const counts = summaries.map((summary) => summary.counts).reduce(addCounts);
  const type = inferType(counts);
  const column = { name: first.name, type, nullable: counts.missing > 0 };
  const unique = isUnique(summaries) ? { unique: true } : {};
  if (type === 'number') return { ...column, min: all.min!, max: all.max! };
  if (type === 'integer') return { ...column, min: all.min!, max: all.max!, ...unique };
  if (type === 'boolean') return column;
  const format = all.format === undefined ? {} : { format: all.format };
  return { ...column, ...format, ...categoriesOf(summaries), ...unique };
}

function categoriesOf(summaries: readonly ColumnSummary[]): Pick<SchemaColumn, 'categories'> {
  if (
    summaries.some(
      ({ top, topIsAll, counts }) => topIsAll !== true && (top !== undefined || present(counts) > 0),
    )
  ) {
    return {};
  }
  const texts = summaries.flatMap(({ top }) => (top ?? []).map(({ value }) => value));
  const categories = [...new Set(texts)].sort();
  const values = summaries.reduce((sum, { counts }) => sum + present(counts), 0);
  const few = categories.length <= MAX_CATEGORIES && (values <= SMALL || categories.length <= values / 2);
  return categories.length > 0 && few ? { categories } : {};
}

function isUnique(summaries: readonly ColumnSummary[]): boolean {
  const repeats = summaries.map(({ repeated }) => repeated);
  if (repeats.some((found) => found === undefined || found.count > 0)) return false;
  const samples = repeats.flatMap((found) => found?.sample ?? []);
  const values = summaries.reduce((sum, { counts }) => sum + present(counts), 0);
  return values >= ENOUGH_FOR_UNIQUE && sharedRows(samples).count === 0;
}

/**
 * The schema of the first files of a dataset, in order of their keys: the columns of the header that most of the
 * sound files share (of the first of them, when there is a tie), each with the narrowest type that holds all values.
 *
 * @param options.target the column that models learn to predict
 * @returns undefined when no file is sound, or when half of them or more are no tables
 */
export function learnSchema(
  dataset: string,
  inspections: readonly Inspection[],
  options: { readonly target?: string } = {},
): Schema | undefined {
  const sound = inspections.filter(
    ({ problems, header, columns }) =>
      header.length > 0 && !problems.some(isError) && !exceedsRecord(columns),
  );
  const shared = new Map<string, Inspection[]>();
  for (const inspection of sound) {
    const key = JSON.stringify([...inspection.header].sort());
    shared.set(key, [...(shared.get(key) ?? []), inspection]);
  }
  const [largest] = [...shared.values()].sort((a, b) => b.length - a.length);
  const [model] = largest ?? [];
  if (largest === undefined || model === undefined) return undefined;
  if (sound.length * 2 <= inspections.length - broken(inspections)) return undefined;
  const columns = model.header.map((name) =>
    learnColumn(largest.flatMap((file) => file.columns.filter((column) => column.name === name))),
  );
  const { target } = options;
  return { dataset, ...(target !== undefined && model.header.includes(target) ? { target } : {}), columns };
}

/** Files that are tables but cannot be used. */
const broken = (inspections: readonly Inspection[]): number =>
  inspections.filter(
    ({ format, problems, columns }) =>
      format !== 'opaque' && (problems.some(isError) || exceedsRecord(columns)),
  ).length;

/**
 * The columns of a version: the schema's, widened by what its parent had and its new files bring. None where they would
 * not fit into the version's record: that names what is wrong with the files, and has to be written for that.
 */
export function versionColumns(
  schema: Schema,
  parent: readonly Column[],
  fresh: readonly { readonly columns: readonly ColumnProfile[] }[],
): Column[] {
  if (exceedsRecord(schema.columns)) return [];
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

import { driftOf } from './drift';
import type { DatasetProfile, Inspection, Repeats } from './inspection';
import { mergeProfiles } from './merge-profiles';
import { type Problem, problem, under } from './problem';
import { sharedRows } from './profile/hash-sample';
import type { Schema } from './schema';

/** What a drop is judged by. */
export interface Drop {
  readonly schema: Schema | undefined;
  /** The files of the drop that were read and are not bad by themselves. */
  readonly files: readonly Inspection[];
  /** Of the version that the drop follows. */
  readonly parent?: DatasetProfile;
  /** Of the version that the drop makes, all files counted. @default - the row count is not checked */
  readonly next?: Pick<DatasetProfile, 'rows'>;
}

/** A version that loses or gains more than this share of its parent's rows is told of, unless the schema says otherwise. */
const MAX_SHRINK = 0.5;

/** What is wrong with a drop as a whole: rows, rows and keys that files share, drift against the parent version. */
export function checkDrop({ schema, files, parent, next }: Drop): Problem[] {
  const tables = files.filter(({ header }) => header.length > 0);
  const found = [
    ...(next === undefined ? [] : rowProblems(schema, next.rows, parent?.rows)),
    ...sharedProblems(tables, schema),
  ];
  const drifted = parent === undefined || tables.length === 0 ? [] : driftOf(mergeProfiles(tables), parent);
  const columns = new Map(schema?.columns.map((column) => [column.name, column]));
  return [...found, ...drifted].flatMap((one) => {
    const ofColumn = one.column === undefined ? undefined : columns.get(one.column)?.checks?.[one.check];
    return under(ofColumn ?? schema?.checks?.[one.check], one);
  });
}

function rowProblems(schema: Schema | undefined, rows: number, before: number | undefined): Problem[] {
  const { min, max, maxChange } = schema?.rows ?? {};
  const found: Problem[] = [];
  if (min !== undefined && rows < min) {
    found.push(problem('row-count', `the version would have ${rows} rows, fewer than ${min}`));
  }
  if (max !== undefined && rows > max) {
    found.push(problem('row-count', `the version would have ${rows} rows, more than ${max}`));
  }
  if (before === undefined || before === 0) return found;
  const change = rows / before - 1;
  const tooMuch = maxChange === undefined ? change < -MAX_SHRINK : Math.abs(change) > maxChange;
  if (tooMuch) {
    const percent = `${(100 * Math.abs(change)).toFixed(0)} % ${change < 0 ? 'fewer' : 'more'}`;
    found.push(
      problem('row-change', `the version would have ${rows} rows, ${percent} than its parent's ${before}`),
    );
  }
  return found;
}

/** Rows and keys that occur in more than one of the files; within a file, the file's own check tells them. */
function sharedProblems(files: readonly Inspection[], schema: Schema | undefined): Problem[] {
  const rows = shared(files.map(({ duplicates }) => duplicates));
  const keys = shared(files.map((file) => file.keys));
  const declared = (schema?.columns ?? []).filter((column) => column.unique === true);
  const unique = declared.flatMap(({ name: column }) => {
    const repeats = files.map((file) => file.columns.find(({ name }) => name === column)?.repeated);
    const found = repeats.every((repeat) => repeat !== undefined) ? shared(repeats) : NONE;
    return found.count === 0 ? [] : [{ column, ...found }];
  });
  const about = (exact: boolean) => (exact ? '' : 'about ');
  return [
    ...(rows.count === 0
      ? []
      : [
          problem('duplicate-rows', `${about(rows.exact)}${rows.count} rows are in more than one file`, {
            count: rows.count,
          }),
        ]),
    ...(keys.count === 0
      ? []
      : [
          problem('duplicate-key', `${about(keys.exact)}${keys.count} keys are in more than one file`, {
            count: keys.count,
          }),
        ]),
    ...unique.map(({ column, count, exact }) =>
      problem('not-unique', `${about(exact)}${count} values are in more than one file`, { column, count }),
    ),
  ];
}

const NONE = { count: 0, exact: true };

function shared(repeats: readonly (Repeats | undefined)[]): { count: number; exact: boolean } {
  const samples = repeats.flatMap((repeat) => repeat?.sample ?? []);
  return samples.length < 2 ? NONE : sharedRows(samples);
}

import { checkColumn } from './check-column';
import { compareHeader } from './header';
import type { Inspection } from './inspection';
import { type Problem, problem, under } from './problem';
import { exceedsRecord } from './record-size';
import type { Schema } from './schema';

/** From this score on a column is taken to say what the target says. */
export const LEAK_SCORE = 0.99;

/**
 * Everything that is wrong with a file: with the file itself and, where there is a schema, with what it holds. The
 * file may have been read under another schema, or under none; then some examples are missing, but no problem that
 * counts of values, their range and their categories tell.
 */
export function checkFile(inspection: Inspection, schema: Schema | undefined): Problem[] {
  const { format, header, problems, columns } = inspection;
  if (exceedsRecord(columns)) return [tooWide(columns.length)];
  const general = (found: readonly Problem[]) =>
    found.flatMap((one) => under(schema?.checks?.[one.check], one));
  if (schema === undefined)
    return [...problems, ...doubts(inspection), ...repeated(inspection), ...leaking(inspection)];
  if (format === 'opaque') {
    return general([problem('not-tabular', 'is no table that can be read, and the dataset has a schema')]);
  }
  if (header.length === 0) return general(problems);
  const byName = new Map(columns.map((column) => [column.name, column]));
  const ofColumns = schema.columns.flatMap((expected) => {
    const column = byName.get(expected.name);
    const found = column === undefined ? [] : checkColumn(column, expected);
    return found.flatMap((one) => under(expected.checks?.[one.check] ?? schema.checks?.[one.check], one));
  });
  return [
    ...general(problems),
    ...general(compareHeader(header, schema.columns)),
    ...ofColumns,
    ...general([...repeated(inspection), ...leaking(inspection)]),
  ];
}

/** Whatever the schema says: a version with so many columns could not be recorded. */
function tooWide(count: number): Problem {
  const message =
    `has ${count} columns, whose names and types take more room than the record of a version has; drop a table of ` +
    'fewer columns (some 4,500 with short names), for example with one row per value instead of one column';
  return problem('too-many-columns', message, { count });
}

/** A column learnt as text is doubted when more than this share of its values are numbers. */
const MOSTLY_NUMERIC = 0.95;

function doubts({ columns }: Inspection): Problem[] {
  return columns.flatMap(({ name, type, counts, places }) => {
    const numeric = counts.integer + counts.number;
    const others = counts.string + counts.boolean;
    if (type !== 'string' || numeric <= MOSTLY_NUMERIC * (numeric + others)) return [];
    const are = others === 1 ? '1 value is' : `${others} values are`;
    const message = `learnt as text, because ${are} not numbers, of ${numeric + others}`;
    const examples = [...(places?.string ?? []), ...(places?.boolean ?? [])].slice(0, 5);
    return [problem('mostly-numeric', message, { column: name, count: others, examples })];
  });
}

const rows = (count: number): string => (count === 1 ? '1 row' : `${count} rows`);

function repeated({ duplicates, keys }: Inspection): Problem[] {
  const found: Problem[] = [];
  if (duplicates !== undefined && duplicates.count > 0) {
    const { count, exact, examples } = duplicates;
    const about = exact ? '' : 'about ';
    found.push(
      problem('duplicate-rows', `${about}${rows(count)} equal an earlier row in every column`, {
        count,
        examples,
      }),
    );
  }
  if (keys !== undefined && keys.count > 0) {
    const { count, exact, examples } = keys;
    const about = exact ? '' : 'about ';
    found.push(
      problem('duplicate-key', `${about}${rows(count)} have the key of an earlier row`, { count, examples }),
    );
  }
  return found;
}

function leaking({ leaks = [] }: Inspection): Problem[] {
  return leaks
    .filter(({ score }) => score >= LEAK_SCORE)
    .map(({ column, score, rows: sampled }) => {
      const measured = `score ${score.toFixed(3)} on ${sampled} sampled rows`;
      return problem('target-leakage', `tells the target alone (${measured})`, { column });
    });
}

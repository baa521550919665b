import type { Schema } from '../entities';
import { checkDrop } from '../validation/check-drop';
import type { DatasetProfile, Inspection } from '../validation/inspection';
import type { Problem } from '../validation/problem';
import type { Assembly } from './assembly';

/** All fresh files as one: what is known of them when they were looked at elsewhere, part by part. */
function asOneFile(profile: DatasetProfile): Inspection {
  const { rows, bytes, columns } = profile;
  const header = columns.map(({ name }) => name);
  return { ...{ key: '', size: bytes, format: 'csv', rows, header, columns }, problems: [] };
}

/**
 * What is wrong with a drop as a whole. Files that were looked at in parts are compared with each other within
 * their part only, and all together with the parent version.
 *
 * @param inspections of the fresh files, when there was only one part
 */
export function dropProblems(drop: {
  schema: Schema | undefined;
  assembly: Assembly;
  before: DatasetProfile | undefined;
  inspections: readonly Inspection[] | undefined;
}): readonly Problem[] {
  const { schema, assembly, before: parent, inspections } = drop;
  const next = { rows: assembly.next.rows };
  if (inspections !== undefined) return checkDrop({ schema, files: inspections, parent, next });
  const files = assembly.profile === undefined ? [] : [asOneFile(assembly.profile)];
  return [...assembly.problems, ...checkDrop({ schema, files, parent, next })];
}

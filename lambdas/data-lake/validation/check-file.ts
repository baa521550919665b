import { compareHeader } from '../csv/header';
import type { Inspection } from './inspection';
import type { Problem } from './problem';
import type { Schema } from './schema';

/**
 * Everything that is wrong with a file: with the file itself and, where there is a schema, with what it holds. The
 * file may have been read under another schema, or under none; then some examples are missing, but no problem.
 */
export function checkFile(inspection: Inspection, schema: Schema | undefined): Problem[] {
  if (schema === undefined || inspection.header.length === 0) return [...inspection.problems];
  return [...inspection.problems, ...compareHeader(inspection.header, schema.columns)];
}

import type { ColumnProfile, DatasetProfile, Inspection } from './inspection';

/** The profile of all these files together; profiles of other sets of files can be among them. */
export function mergeProfiles(parts: readonly (Inspection | DatasetProfile)[]): DatasetProfile {
  const columns = new Map<string, ColumnProfile>();
  for (const part of parts) for (const column of part.columns) columns.set(column.name, column);
  return {
    version: 1,
    files: parts.reduce((sum, part) => sum + ('files' in part ? part.files : 1), 0),
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
    bytes: parts.reduce((sum, part) => sum + ('size' in part ? part.size : part.bytes), 0),
    columns: [...columns.values()],
  };
}

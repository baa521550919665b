import type { DatasetProfile, Inspection } from './inspection';
import type { Problem } from './problem';
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

/** What is wrong with a drop as a whole: rows, keys that files share, drift against the parent version. */
export function checkDrop(_drop: Drop): Problem[] {
  return [];
}

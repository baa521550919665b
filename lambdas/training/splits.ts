import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { SplitConfig } from '../../lib/training/contract';

const share = z.number().min(0).lt(1);

/** How rows are to be split, as the pipeline's definition says it. */
export const splitShape: z.ZodType<SplitConfig> = z.object({
  method: z.enum(['hash', 'time']),
  key: z.string().optional(),
  seed: z.string().optional(),
  column: z.string().optional(),
  holdout: share.optional(),
  validation: share.optional(),
  holdoutFrom: z.string().optional(),
  validationFrom: z.string().optional(),
});

const rowsShape = z.object({ train: z.number(), validation: z.number(), holdout: z.number() });

/** How rows were split, as the preparation wrote it: with the cut-offs that shares of the rows came to. */
export const preparedSplitShape = z.object({
  holdoutFrom: z.string().optional(),
  validationFrom: z.string().optional(),
  rows: rowsShape,
});
export type PreparedSplit = z.infer<typeof preparedSplitShape>;

/** What a dataset version remembers of a split. */
export interface RecordedSplit extends SplitConfig {
  readonly rows: z.infer<typeof rowsShape>;
  /** The first run that split the version so. */
  readonly runId: string;
  readonly recordedAt: string;
}

/** Names a split: the digest of its settings, in 12 hex digits. */
export function splitId(split: SplitConfig): string {
  const settings = Object.entries(split).filter(([, value]) => value !== undefined);
  settings.sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 12);
}

/** The splits of a dataset version by their ids. */
export function recordedSplits(version: object): Readonly<Record<string, RecordedSplit>> {
  return (version as { splits?: Record<string, RecordedSplit> }).splits ?? {};
}

/** The split with the cut-offs that it had when this version was split so before: the same rows are held out again. */
export function withRecordedCutoffs(
  split: SplitConfig,
  recorded: Readonly<Record<string, RecordedSplit>>,
): SplitConfig {
  const before = recorded[splitId(split)];
  if (before === undefined) return split;
  const { holdoutFrom, validationFrom } = before;
  return {
    ...split,
    ...(holdoutFrom === undefined ? {} : { holdoutFrom }),
    ...(validationFrom === undefined ? {} : { validationFrom }),
  };
}

/** A split as a run records it. */
export function splitParams(split: SplitConfig, prepared: PreparedSplit): Record<string, string> {
  const { holdoutFrom, validationFrom, rows } = prepared;
  return {
    'flywheel.split': splitId(split),
    ...(holdoutFrom === undefined ? {} : { 'flywheel.split.holdoutFrom': holdoutFrom }),
    ...(validationFrom === undefined ? {} : { 'flywheel.split.validationFrom': validationFrom }),
    'flywheel.split.trainRows': String(rows.train),
    'flywheel.split.validationRows': String(rows.validation),
    'flywheel.split.holdoutRows': String(rows.holdout),
  };
}

import type { QuarantinedContent } from './entities';
import { contentFingerprint } from './manifest';
import type { KeyOutcome, ReadObject, Resolution } from './resolve';
import { checkDrop } from './validation/check-drop';
import type { DatasetProfile, Inspection } from './validation/inspection';
import { mergeProfiles } from './validation/merge-profiles';
import type { Problem } from './validation/problem';
import type { FileReport } from './validation/report';
import type { Schema } from './validation/schema';

/** Lines of a report that one part brings at most. */
export const MAX_FILES = 2_000;

/** Reasons that an event gives at most. */
export const MAX_REASONS = 20;

/** Lines, and how many there were. */
export interface Lines {
  readonly count: number;
  readonly first: readonly string[];
}

/** What a part of a closing came to: plain JSON, bounded by the number of its keys. */
export interface PartResult {
  readonly schema?: Schema;
  readonly keys: readonly KeyOutcome[];
  /** How many files were accepted that the parent does not have. */
  readonly fresh: number;
  /** How many were found bad. */
  readonly offending: number;
  readonly unchanged: Lines;
  /** Files that were read, those with problems first. */
  readonly files: readonly FileReport[];
  readonly filesLeftOut: number;
  /** Of the fresh files that have columns. */
  readonly profile?: DatasetProfile;
  /** What is wrong with the fresh files together. */
  readonly problems: readonly Problem[];
  readonly waived: readonly string[];
}

/** A result that did not leave memory has what was found in each fresh file as well. */
export interface HeldResult extends PartResult {
  readonly inspections?: readonly Inspection[];
}

const short = (id: string): string => id.slice(0, 8);

function reasonsUnchanged(parent: string | undefined, { same, repeated }: Resolution): string[] {
  const bytes = (before: QuarantinedContent) =>
    `has the bytes that were quarantined at ${before.at} (report ${before.reportUri})`;
  return [
    ...same.map(({ key }) => `${key} has the same bytes as in version ${short(parent ?? '')}`),
    ...repeated.map(({ object, before }) => `${object.key} ${bytes(before)}`),
  ];
}

/** The report's lines on the files that were read. */
function filesOf({ fresh, offending }: Resolution): FileReport[] {
  const line = (verdict: FileReport['verdict']) => (read: ReadObject) => {
    const { object, problems } = read;
    return { ...object, verdict, problems };
  };
  return [...offending.map(line('quarantined')), ...fresh.map(line('accepted'))].sort(
    (a, b) => Number(b.problems.length > 0) - Number(a.problems.length > 0),
  );
}

/** Fresh files that have columns, each with the name of its content. */
export function tablesOf({ fresh }: Resolution): { fingerprint: string; inspection: Inspection }[] {
  return fresh
    .filter(({ inspection }) => inspection.header.length > 0)
    .map(({ object, inspection }) => ({
      fingerprint: contentFingerprint(object.key, object.checksum),
      inspection,
    }));
}

/** @param parent id of the version that is current */
export function partResult(resolution: Resolution, parent: string | undefined): HeldResult {
  const { schema, keys, fresh, offending, waived } = resolution;
  const tables = tablesOf(resolution).map(({ inspection }) => inspection);
  const reasons = reasonsUnchanged(parent, resolution);
  const files = filesOf(resolution);
  return {
    ...(schema === undefined ? {} : { schema }),
    keys,
    fresh: fresh.length,
    offending: offending.length,
    unchanged: { count: reasons.length, first: reasons.slice(0, MAX_REASONS) },
    files: files.slice(0, MAX_FILES),
    filesLeftOut: Math.max(0, files.length - MAX_FILES),
    ...(tables.length === 0 ? {} : { profile: mergeProfiles(tables) }),
    problems: checkDrop({ schema, files: tables }),
    waived,
    inspections: tables,
  };
}

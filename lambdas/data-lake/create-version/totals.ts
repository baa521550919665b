import { type Lines, MAX_FILES, MAX_REASONS, type PartResult } from '../part-result';
import type { KeyOutcome } from '../resolve';
import type { DatasetProfile } from '../validation/inspection';
import { mergeProfiles } from '../validation/merge-profiles';
import type { Problem } from '../validation/problem';
import type { FileReport } from '../validation/report';

/** What the parts of a closing came to together. */
export interface Assembled {
  readonly offending: number;
  readonly unchanged: Lines;
  readonly files: readonly FileReport[];
  readonly filesLeftOut: number;
  /** Of the fresh files that have columns. */
  readonly profile?: DatasetProfile;
  readonly problems: readonly Problem[];
  readonly waived: readonly string[];
  /** Whether content of the parent is gone: then its profile does not hold for the rest. */
  readonly replaces: boolean;
}

/** Adds up results, a part at a time. */
export class Totals {
  private offending = 0;
  private reasons = 0;
  private readonly first: string[] = [];
  private readonly files: FileReport[] = [];
  private filesLeftOut = 0;
  private profile: DatasetProfile | undefined;
  private readonly problems: Problem[] = [];
  private readonly waived = new Set<string>();
  private replaces = false;

  add(result: PartResult): void {
    this.offending += result.offending;
    this.reasons += result.unchanged.count;
    this.first.push(...result.unchanged.first.slice(0, MAX_REASONS - this.first.length));
    const room = MAX_FILES - this.files.length;
    this.files.push(...result.files.slice(0, room));
    this.filesLeftOut += result.filesLeftOut + Math.max(0, result.files.length - room);
    if (result.profile !== undefined) {
      this.profile =
        this.profile === undefined ? result.profile : mergeProfiles([this.profile, result.profile]);
    }
    this.problems.push(...result.problems);
    for (const id of result.waived) this.waived.add(id);
  }

  note(outcome: KeyOutcome): void {
    this.replaces ||= outcome.replaces;
  }

  sum(): Assembled {
    return {
      offending: this.offending,
      unchanged: { count: this.reasons, first: this.first },
      files: this.files,
      filesLeftOut: this.filesLeftOut,
      ...(this.profile === undefined ? {} : { profile: this.profile }),
      problems: this.problems,
      waived: [...this.waived].sort(),
      replaces: this.replaces,
    };
  }
}

/** What a closed drop would make. */
export interface Proposal {
  /** Id of the version that is current. */
  readonly parent: string | undefined;
  /** The version without bad content; undefined when nothing usable is left. */
  readonly next: string | undefined;
  /** The drop as it was, bad content included. */
  readonly dropped: string | undefined;
  /** How many files were found bad. */
  readonly offending: number;
  /** Whether the drop as a whole failed a check. */
  readonly failed: boolean;
  /** Ids of the quarantined versions whose content was accepted. */
  readonly acceptances: ReadonlySet<string>;
}

/** What a closed drop comes to. Both can hold at once: a drop may bring good files and bad ones. */
export interface Decision {
  /** Which of the two to make current. */
  readonly accept?: 'next' | 'dropped';
  /** Whether to keep the drop as it was out, with a report. */
  readonly quarantine: boolean;
}

/**
 * Decides what becomes of a drop. Bad files are left out and the rest goes on; a drop that is bad as a whole is
 * kept out whole; what somebody accepted goes through as it was.
 */
export function decide({ parent, next, dropped, offending, failed, acceptances }: Proposal): Decision {
  const changes = next !== undefined && next !== parent;
  if (offending === 0 && !(failed && changes)) {
    return { ...(changes ? { accept: 'next' } : {}), quarantine: false };
  }
  if (dropped !== undefined && acceptances.has(dropped)) {
    return { ...(dropped === parent ? {} : { accept: 'dropped' }), quarantine: false };
  }
  return { ...(changes && !failed ? { accept: 'next' } : {}), quarantine: true };
}

const short = (id: string): string => id.slice(0, 8);

/** Why a drop changes nothing; no reason when nothing was dropped. */
export function reasonsUnchanged(
  { parent, next }: Pick<Proposal, 'parent' | 'next'>,
  reasons: { readonly count: number; readonly first: readonly string[] },
): string[] {
  const rest = reasons.count - reasons.first.length;
  return [
    ...reasons.first,
    ...(rest > 0 ? [`and ${rest} more`] : []),
    ...(next === undefined && parent !== undefined
      ? [`no usable object is left, so version ${short(parent)} stays current`]
      : []),
  ];
}

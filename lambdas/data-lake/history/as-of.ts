/** One move of a dataset's pointer: from `at` on, `version` was its current version. Times are ISO 8601 in UTC. */
export interface PointerMove {
  readonly revision: number;
  readonly version: string;
  readonly at: string;
}

/**
 * The move that made the version current that the dataset had at an instant: the last one up to it. Clocks of
 * different machines may differ by a little; where times contradict the order of the moves, the order counts.
 */
export function currentAt(moves: readonly PointerMove[], at: Date): PointerMove | undefined {
  const before = moves.filter((move) => Date.parse(move.at) <= at.getTime());
  return before.reduce<PointerMove | undefined>(
    (last, move) => (last === undefined || move.revision > last.revision ? move : last),
    undefined,
  );
}

/** Later than any time: a version that is current now will be so a moment from now. */
const STILL = '9999-12-31T23:59:59.999Z';

/**
 * For each version that was ever current, when it last was: the time of the move that replaced it, and the end of time
 * for the one that is current, whatever the clock of the reader says. ISO 8601.
 */
export function lastCurrentAt(moves: readonly PointerMove[]): Map<string, string> {
  const ordered = [...moves].sort((a, b) => a.revision - b.revision);
  const last = new Map<string, string>();
  for (const [index, { version }] of ordered.entries()) {
    const until = ordered[index + 1]?.at ?? STILL;
    const before = last.get(version);
    if (before === undefined || before < until) last.set(version, until);
  }
  return last;
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * The instant that a person names: a date means the end of that day in UTC, anything else must be a full ISO 8601
 * time; one without an offset is UTC.
 *
 * @throws Error saying how to write it
 */
export function instantOf(text: string): Date {
  const day = DAY.exec(text);
  const offset = /([zZ]|[+-]\d{2}:?\d{2})$/.test(text);
  const at = day === null ? new Date(offset ? text : `${text}Z`) : new Date(`${text}T23:59:59.999Z`);
  const isReal = day === null ? /^\d{4}-\d{2}-\d{2}T/.test(text) : at.getUTCDate() === Number(day[3]);
  if (Number.isNaN(at.getTime()) || !isReal) {
    throw new Error(
      `"${text}" is no date: write 2013-03-31 (the end of that day, UTC) or 2013-03-31T12:00Z.`,
    );
  }
  return at;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One accepted finding. */
export interface Acknowledgement {
  /** The finding with what it found, e.g. `AwsSolutions-IAM5[Resource::*]`. Hashes of logical ids are left out. */
  readonly finding: string;
  /** Path of the construct in the app. */
  readonly at: string;
  /** Why it is right as it is. */
  readonly reason: string;
}

export interface Finding {
  readonly finding: string;
  readonly at: string;
}

export interface Comparison {
  /** Findings that no entry of the ledger covers. */
  readonly open: Finding[];
  /** Entries of the ledger that cover no finding any more. */
  readonly stale: Acknowledgement[];
}

/** The pinned list of findings that are accepted, each with its reason. */
export function readLedger(
  file = join(__dirname, '..', '..', 'docs', 'security', 'nag-ledger.json'),
): Acknowledgement[] {
  return (JSON.parse(readFileSync(file, 'utf8')) as { acknowledged: Acknowledgement[] }).acknowledged;
}

const same = (a: Finding, b: Finding) => a.finding === b.finding && a.at === b.at;

export function compare(findings: readonly Finding[], ledger: readonly Acknowledgement[]): Comparison {
  return {
    open: findings.filter((finding) => !ledger.some((entry) => same(entry, finding))),
    stale: ledger.filter((entry) => !findings.some((finding) => same(entry, finding))),
  };
}

/** Findings as lines for a failing test: what to fix, or what to put in the ledger with a reason. */
export const lines = (findings: readonly Finding[]): string[] =>
  findings.map(({ finding, at }) => `${finding}  at ${at}`);

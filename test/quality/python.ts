import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');

/** A program of the Python environment. @throws Error that says how to make it. */
export function venvProgram(name: string): string {
  const file = join(ROOT, '.venv', 'bin', name);
  if (!existsSync(file)) throw new Error(`${file} is missing. Run: npm run setup`);
  return file;
}

/** A request to AWS, as a state machine or a handler makes it. */
export interface AwsRequest {
  /** botocore's name of the service. */
  readonly service: string;
  readonly operation: string;
  readonly parameters: unknown;
  /** Where it is made, for the report. */
  readonly where: string;
}

export interface RequestProblem {
  readonly where: string;
  readonly problem: string;
}

/** Checks requests against the service models of the pinned botocore. */
export function validateRequests(requests: readonly AwsRequest[]): RequestProblem[] {
  const answer = execFileSync(venvProgram('python'), [join(__dirname, 'validate_requests.py')], {
    input: JSON.stringify(requests),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(answer) as RequestProblem[];
}

export interface LintMatch {
  readonly rule: string;
  readonly level: string;
  readonly message: string;
  readonly at: string;
}

interface CfnLintMatch {
  readonly Level: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: (string | number)[] | null };
}

/** The errors and warnings of cfn-lint about templates. */
export function cfnLint(templates: readonly string[]): LintMatch[] {
  const { stdout, stderr, status } = spawnSync(
    venvProgram('cfn-lint'),
    ['--format', 'json', '--regions', 'us-east-1', '--', ...templates],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (stdout.trim() === '') throw new Error(`cfn-lint ended with status ${status}: ${stderr}`);
  return (JSON.parse(stdout) as CfnLintMatch[]).map(({ Rule, Level, Message, Location }) => ({
    rule: Rule.Id,
    level: Level,
    message: Message,
    at: (Location.Path ?? []).join('/'),
  }));
}

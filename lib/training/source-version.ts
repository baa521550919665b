import { execFileSync } from 'node:child_process';

/** Which state of a repository a folder is in. @internal */
export interface SourceVersion {
  /** The last commit that changed the folder. */
  readonly commit: string;
  /** Whether the folder has changes that are not committed. */
  readonly dirty: boolean;
  /** Where the repository comes from, without credentials. */
  readonly repository?: string;
}

const GIT_TIMEOUT_MS = 10_000;

/**
 * What git says of a folder; undefined when it is no part of a checkout, was never committed, or there is no git here.
 * The last commit that changed the folder is named, not the newest one, so that commits elsewhere change nothing.
 *
 * @internal
 */
export function sourceVersion(directory: string): SourceVersion | undefined {
  const commit = git(directory, 'log', '-1', '--format=%H', '--', '.');
  if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit)) return undefined;
  const changes = git(directory, 'status', '--porcelain', '--', '.');
  const repository = git(directory, 'config', '--get', 'remote.origin.url');
  return {
    commit,
    dirty: changes !== '',
    ...(repository === undefined ? {} : { repository: withoutCredentials(repository) }),
  };
}

function git(directory: string, ...args: string[]): string | undefined {
  try {
    return execFileSync('git', ['-C', directory, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: GIT_TIMEOUT_MS,
    }).trim();
  } catch {
    return undefined;
  }
}

/** Remotes may carry a user and a token. @internal */
export function withoutCredentials(repository: string): string {
  return repository.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
}

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectPython } from '../../local/runtime/python';

const HOOKS = join(__dirname, '..', '..', 'local', 'ministack');

/** Installs the hooks into a MiniStack that a release has changed so, and says how that ended. */
function installInto(change: string): { code: number | null; said: string } {
  const script = `
import sys
sys.path.insert(0, ${JSON.stringify(HOOKS)})
from ministack.core import concurrency, lambda_runtime
from ministack.services import scheduler, stepfunctions
${change}
import launcher
launcher.install_hooks("http://127.0.0.1:1")
`;
  const { status, stderr } = spawnSync(projectPython(), ['-c', script], { encoding: 'utf8' });
  return { code: status, said: stderr };
}

describe('the hooks', () => {
  it('fit the pinned release of MiniStack', () => {
    expect(installInto('').code).toBe(0);
  });

  it.each([
    ['a function', 'del stepfunctions._execute_task', 'ministack.services.stepfunctions._execute_task'],
    [
      'a setting',
      'del scheduler._SCHEDULE_TICK_INTERVAL',
      'ministack.services.scheduler._SCHEDULE_TICK_INTERVAL',
    ],
    [
      'a method',
      'del lambda_runtime.Worker._drain_stderr',
      'ministack.core.lambda_runtime.Worker._drain_stderr',
    ],
    ['what a hook imports', 'del concurrency.esm_wake', 'esm_wake'],
    [
      'the text of the worker that a hook edits',
      'lambda_runtime._NODEJS_WORKER_SCRIPT = "x"',
      'const _msDeadline = Date.now()',
    ],
  ])('name %s that a release lacks, and do not start', (_what, change, missing) => {
    const { code, said } = installInto(change);
    expect(code).toBe(1);
    expect(said).toContain('This release of MiniStack lacks names that the laptop runtime hooks');
    expect(said).toContain(missing);
  });
});

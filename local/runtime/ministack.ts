import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ClockOrigin } from './clock';
import { freePort } from './ports';
import { PROJECT_ROOT } from './python';

export interface MiniStackOptions {
  /** The Python with MiniStack installed. */
  readonly python: string;
  /** The gateway's port, which queue URLs and the Lambdas' endpoint name. */
  readonly publicPort: number;
  readonly clock: ClockOrigin;
  /** Folder for the log and for everything that MiniStack puts into its temporary folder. */
  readonly stateDir: string;
}

/** A running MiniStack. */
export interface MiniStack {
  readonly port: number;
  /** The header without which it answers nothing. */
  readonly headers: Record<string, string>;
  readonly process: ChildProcess;
  /** Ends it and its Lambda workers; resolves when it is gone. */
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
const END_TIMEOUT_MS = 3_000;

/**
 * Starts MiniStack with nothing of the caller's environment.
 *
 * @throws Error with the end of its log when it does not come up.
 */
export async function startMiniStack(options: MiniStackOptions): Promise<MiniStack> {
  const temporary = join(options.stateDir, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const port = await freePort();
  const secret = randomBytes(24).toString('hex');
  const logFile = join(options.stateDir, 'ministack.log');
  const log = openSync(logFile, 'w');
  const child = spawn(options.python, [join(PROJECT_ROOT, 'local', 'ministack', 'launcher.py')], {
    cwd: temporary,
    // Standard input stays open as long as this process lives: its end is MiniStack's.
    stdio: ['pipe', log, log],
    env: {
      PATH: [dirname(process.execPath), dirname(options.python), '/usr/local/bin', '/usr/bin', '/bin'].join(
        ':',
      ),
      HOME: temporary,
      TMPDIR: temporary,
      LANG: 'C.UTF-8',
      PYTHONUNBUFFERED: '1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${options.publicPort}`,
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      LOG_LEVEL: 'INFO',
      FLYWHEEL_INNER_PORT: String(port),
      FLYWHEEL_PORT: String(options.publicPort),
      FLYWHEEL_SECRET: secret,
      FLYWHEEL_EPOCH_MS: String(options.clock.epochMs),
      FLYWHEEL_SPEED: String(options.clock.speed),
    },
  });
  closeSync(log);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const headers = { 'x-flywheel-secret': secret };
  const close = async () => {
    child.kill('SIGTERM');
    await Promise.race([gone, wait(END_TIMEOUT_MS).then(() => child.kill('SIGKILL'))]);
    await gone;
  };
  await answers(child, port, headers).catch(async (error: Error) => {
    await close();
    throw new Error(`MiniStack did not start: ${error.message}\n${tail(logFile)}`);
  });
  return { port, headers, process: child, close };
}

async function answers(child: ChildProcess, port: number, headers: Record<string, string>): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end; await wait(30)) {
    if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) {
      throw failure ?? new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
    }
    const ok = await fetch(`http://127.0.0.1:${port}/_flywheel/alarms`, { headers }).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) {
      return;
    }
  }
  throw new Error(`no answer within ${START_TIMEOUT_MS / 1000} s`);
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ClockOrigin, createClock } from './clock';
import { takePort } from './door';
import { createGateway } from './gateway';
import { internalCall } from './internal-client';
import { LAPTOP } from './laptop';
import { fileLogger } from './log';
import { startMiniStack } from './ministack';
import { identify } from './processes';
import { UpstreamProxy } from './proxy';
import { projectPython } from './python';
import type { Logger, VirtualClock } from './services';
import { type ServiceSettings, type Services, startServices } from './start-services';
import { DEFAULT_PORT, lastState, removeState, stateDirOf, writeState } from './state';

export interface RuntimeOptions {
  /** The one port that AWS clients use, on 127.0.0.1. @default 4566 */
  readonly port?: number;
  /** Virtual seconds per real second, at least 1. @default 1 */
  readonly speed?: number;
  /** Folder that holds one folder per runtime. @default - `.flywheel` in the current folder */
  readonly root?: string;
  /** Python with MiniStack and the model frameworks. @default - the project's .venv */
  readonly python?: string;
  /** Called with what a person should know: a last runtime that died, for one. @default - nothing is told */
  readonly notice?: (message: string) => void;
  /** Called once when MiniStack ends by itself; the runtime is of no use any more. @default - nothing is done */
  readonly onFailure?: (error: Error) => void;
  /** Starts what runs beside MiniStack. @default - SageMaker and the alarm evaluation */
  readonly services?: (settings: ServiceSettings) => Promise<Services>;
}

/** All of AWS that Flywheel needs, on one loopback port. */
export interface Runtime {
  readonly endpointUrl: string;
  readonly port: number;
  readonly clock: VirtualClock;
  /** The folder with the logs. */
  readonly stateDir: string;
  /** Ends everything that belongs to the runtime. May be called more than once. */
  close(): Promise<void>;
}

interface Setting {
  readonly port: number;
  readonly endpointUrl: string;
  readonly origin: ClockOrigin;
  readonly clock: VirtualClock;
  readonly stateDir: string;
  readonly python: string;
  readonly logger: Logger;
  readonly startServices: (settings: ServiceSettings) => Promise<Services>;
}

/** What to undo, in reverse order. */
type Undo = () => Promise<void> | void;

/**
 * Starts the laptop runtime in this process, with MiniStack as a child process.
 *
 * State does not outlive it: a runtime always starts empty.
 *
 * @throws Error naming the holder when the port is taken; Error with MiniStack's log when that does not start.
 */
export async function startRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const port = options.port ?? DEFAULT_PORT;
  const stateDir = stateDirOf(port, options.root);
  const origin = { epochMs: Date.now(), speed: options.speed ?? 1 };
  const clock = createClock(origin);
  const python = options.python ?? projectPython();
  const undo: Undo[] = [];
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= unwind(undo);
    return closing;
  };
  const door = await takePort(port, options.root);
  undo.push(() => door.close());
  try {
    startClean(stateDir, options.notice);
    const logger = fileLogger(join(stateDir, 'runtime.log'), clock);
    undo.push(() => logger.close());
    const endpointUrl = `http://127.0.0.1:${port}`;
    const start = options.services ?? startServices;
    const setting = { port, endpointUrl, origin, clock, stateDir, python, logger, startServices: start };
    const failed = (error: Error) => {
      if (closing === undefined) {
        logger.error(error.message);
        options.onFailure?.(error);
      }
    };
    door.open(await assemble(setting, undo, failed));
    return { endpointUrl, port, clock, stateDir, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function assemble(setting: Setting, undo: Undo[], failed: (error: Error) => void) {
  const { port, origin, clock, stateDir, python, logger, endpointUrl } = setting;
  const ministack = await startMiniStack({ python, publicPort: port, clock: origin, stateDir });
  undo.push(async () => {
    await ministack.close();
    rmSync(join(stateDir, 'tmp'), { recursive: true, force: true });
  });
  const withheld = origin.speed === 1 ? [] : ['date'];
  const proxy = new UpstreamProxy({ port: ministack.port, headers: ministack.headers, withheld });
  undo.push(() => proxy.close());
  const call = internalCall(ministack.port, ministack.headers);
  const services = await setting.startServices({
    clock,
    call,
    endpointUrl,
    stateDir,
    python,
    logger,
    ...LAPTOP,
  });
  undo.push(() => services.close());

  const host = identify(process.pid)!;
  const child = identify(ministack.process.pid!)!;
  ministack.process.once('exit', (code, signal) =>
    failed(new Error(`MiniStack ended (${code ?? signal}). Its log: ${join(stateDir, 'ministack.log')}`)),
  );
  writeState(stateDir, { port, endpointUrl, ...origin, host, ministack: child, stateDir });
  undo.push(() => removeState(stateDir));
  logger.info('up', { port, speed: origin.speed });
  return createGateway({
    clock,
    proxy,
    sageMaker: services.sageMaker,
    describe: () => ({ port, host: host.pid, ministack: child.pid }),
    logger,
  });
}

/** Empties the runtime's folder; says so when the last runtime left without cleaning up. */
function startClean(stateDir: string, notice?: (message: string) => void): void {
  const last = lastState(stateDir);
  if (last !== undefined) {
    notice?.(
      `The last runtime on port ${last.port} (process ${last.host.pid}) ended without shutting down. ` +
        'Its data is gone; starting clean.',
    );
  }
  rmSync(stateDir, { recursive: true, force: true });
  mkdirSync(stateDir, { recursive: true });
}

async function unwind(undo: Undo[]): Promise<void> {
  for (const step of undo.splice(0).reverse()) {
    await step();
  }
}

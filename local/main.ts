import { parseArgs } from 'node:util';
import { down } from './runtime/down';
import { quietSdk } from './runtime/quiet-sdk';
import { status } from './runtime/status';
import { up, upDetached } from './runtime/up';

/** `node --import tsx local/main.ts <up | down | status>`: what `flywheel local` runs. */
async function main(argv: readonly string[]): Promise<number> {
  const [command = '', ...rest] = argv;
  switch (command) {
    case 'up':
      return runUp(rest);
    case 'down':
      say(
        (await down(runtimeOptions(rest))) === 'not-running' ? 'No runtime was up.' : 'The runtime is down.',
      );
      return 0;
    case 'status': {
      const found = await status(runtimeOptions(rest));
      say(`${found.status}${found.runtime === undefined ? '' : ` at ${found.runtime.endpointUrl}`}`);
      return found.status === 'up' ? 0 : 1;
    }
    default:
      throw new Error(`Unknown command "${command}": expected up, down or status.`);
  }
}

async function runUp(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string' },
      speed: { type: 'string' },
      root: { type: 'string' },
      detach: { type: 'boolean', default: false },
    },
  });
  const options = {
    port: number('port', values.port),
    speed: number('speed', values.speed),
    root: values.root,
    notice: say,
  };
  if (values.detach) {
    const state = await upDetached(options);
    say(`Up at ${state.endpointUrl}`);
    return 0;
  }
  return up(options, (runtime) => say(`Up at ${runtime.endpointUrl}. Ctrl-C ends it.`));
}

function runtimeOptions(argv: readonly string[]): { port?: number; root?: string } {
  const { values } = parseArgs({
    args: [...argv],
    options: { port: { type: 'string' }, root: { type: 'string' } },
  });
  return { port: number('port', values.port), root: values.root };
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new Error(`--${name} takes a positive number, got "${text}".`);
  }
  return value;
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}

quietSdk();
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    say(error.message);
    process.exit(1);
  },
);

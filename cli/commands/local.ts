import { type Command, InvalidArgumentError } from 'commander';
import { type DownResult, down } from '../../local/runtime/down';
import { type RuntimeStatus, status } from '../../local/runtime/status';
import { up, upDetached } from '../../local/runtime/up';
import type { GlobalOptions } from '../context';
import { print } from '../output';

interface UpFlags {
  readonly port?: number;
  readonly speed?: number;
  readonly detach?: boolean;
}

/** `flywheel local up | down | status`: AWS on a loopback port. */
export function addLocal(program: Command): void {
  const local = program
    .command('local')
    .description('the laptop runtime: AWS on a loopback port, without Docker');
  addUp(local);
  addDown(local);
  addLocalStatus(local);
}

function withPort(command: Command): Command {
  return command.option('--port <port>', 'its loopback port (default: 4566)', portNumber);
}

function addUp(local: Command): void {
  withPort(local.command('up'))
    .description('start it, in this terminal until Ctrl-C, or detached')
    .option('--speed <factor>', "how much faster than the wall's clock it runs (default: 1)", speedFactor)
    .option('--detach', 'start it in the background')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel local up --speed 60 --detach\n  AWS_ENDPOINT_URL=http://127.0.0.1:4566 npx cdk deploy\n  aws --endpoint-url http://127.0.0.1:4566 s3 ls',
    )
    .action(async (flags: UpFlags, command: Command) => {
      const { json } = command.optsWithGlobals<GlobalOptions>();
      const notice = (text: string): void => {
        process.stderr.write(`${text}\n`);
      };
      const options = { port: flags.port, speed: flags.speed, notice };
      const ready = ({
        endpointUrl,
        port,
        stateDir,
      }: {
        endpointUrl: string;
        port: number;
        stateDir: string;
      }): void =>
        print(
          json,
          { status: 'up', endpointUrl, port, stateDir },
          () => `Up at ${endpointUrl}. Logs: ${stateDir}`,
        );
      if (flags.detach === true) {
        ready(await upDetached(options));
        return;
      }
      process.exitCode = await up(options, ready);
    });
}

const DOWN_TEXT: Record<DownResult, string> = {
  stopped: 'The runtime is down.',
  'not-running': 'No runtime was up.',
  'cleaned-up': 'The runtime had died; what it left is cleaned up.',
};

function addDown(local: Command): void {
  withPort(local.command('down'))
    .description('end it, whatever state it is in')
    .addHelpText('after', '\nExample:\n  flywheel local down --port 4566')
    .action(async ({ port }: UpFlags, command: Command) => {
      const result = await down({ port });
      print(command.optsWithGlobals<GlobalOptions>().json, { result }, () => DOWN_TEXT[result]);
    });
}

function addLocalStatus(local: Command): void {
  withPort(local.command('status'))
    .description('whether it is up, where, and what time it is there; exits 1 when it is not up')
    .addHelpText('after', '\nExample:\n  flywheel local status --json')
    .action(async ({ port }: UpFlags, command: Command) => {
      const found = await status({ port });
      print(command.optsWithGlobals<GlobalOptions>().json, found, () => describe(found));
      process.exitCode = found.status === 'up' ? 0 : 1;
    });
}

function describe({ status, port, runtime, now }: RuntimeStatus): string {
  switch (status) {
    case 'up':
      return `up at ${runtime?.endpointUrl}, speed ${runtime?.speed}, its clock says ${now}`;
    case 'silent':
      return `the process ${runtime?.host.pid} runs but does not answer at ${runtime?.endpointUrl}; logs: ${runtime?.stateDir}`;
    case 'dead':
      return `down: the last runtime on port ${port} ended without shutting down`;
    case 'down':
      return `down: no runtime on port ${port}`;
  }
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('a port is a whole number from 1 to 65535');
  }
  return port;
}

function speedFactor(text: string): number {
  const factor = Number(text);
  if (!Number.isFinite(factor) || factor < 1) {
    throw new InvalidArgumentError('a speed is a number of at least 1');
  }
  return factor;
}

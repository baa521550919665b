import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import { startTracking } from '../../local/tracking/start';
import type { GlobalOptions } from '../context';
import { UserError } from '../errors';
import { print } from '../output';

interface Flags {
  readonly port: number;
  readonly defaultArtifactRoot: string;
  readonly artifactsDestination?: string;
  readonly data?: string;
  readonly ui?: string | true;
}

/** `flywheel tracking`: MLflow's tracking API for clients of this machine. */
export function addTracking(program: Command): void {
  program
    .command('tracking')
    .description("a tracking server for MLflow's clients on this machine, until Ctrl-C")
    .option('--port <port>', 'its loopback port; 0 takes a free one', portNumber, 5000)
    .option(
      '--default-artifact-root <location>',
      'where artifacts go: a folder, s3://bucket/prefix, or mlflow-artifacts:/ with a destination',
      './mlruns',
    )
    .option('--artifacts-destination <location>', 'folder or s3://bucket/prefix behind mlflow-artifacts:/')
    .option('--data <folder>', 'keep experiments, runs and models there (default: gone with the server)')
    .option('--ui [location]', "serve MLflow's web UI: of an environment, a folder or a wheel with mlflow")
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel tracking --port 5000 --data ./tracking\n  flywheel tracking --ui .venv\n  MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python train.py',
    )
    .action(async (flags: Flags, command: Command) => {
      const server = await startTracking(flags).catch((error: Error) => {
        throw new UserError(error.message);
      });
      const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
      print(
        command.optsWithGlobals<GlobalOptions>().json,
        { status: 'ready', url: server.url },
        () =>
          `Ready: MLFLOW_TRACKING_URI=${server.url}${flags.ui === undefined ? '' : ' (open it in a browser for the UI)'}`,
      );
      await stopped;
      await server.stop();
    });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('a port is a whole number from 0 to 65535');
  }
  return port;
}

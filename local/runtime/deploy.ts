import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { awsEnvironment } from './aws-environment';
import { LAPTOP } from './laptop';
import { PROJECT_ROOT } from './python';
import type { Runtime } from './runtime';

export interface DeployOptions {
  /** The laptop runtime's endpoint. */
  readonly endpointUrl: string;
  /** What `cdk --app` takes: a cloud assembly's folder (`cdk.out`), or a command that synthesises. */
  readonly app: string;
  /** Folder for the outputs file, and for the assembly when `app` is a command. */
  readonly workDir: string;
  /** Stacks to deploy. @default - all */
  readonly stacks?: readonly string[];
  /** Called with each line that the CDK CLI prints. @default - nothing is told */
  readonly progress?: (line: string) => void;
  /** The folder in which the app runs. @default - the project's */
  readonly cwd?: string;
}

export interface Deployment {
  /** Stack name -> output name -> value. */
  readonly outputs: Record<string, Record<string, string>>;
  /** The cloud assembly that was deployed. */
  readonly assembly: string;
  readonly bootstrapSeconds: number;
  readonly deploySeconds: number;
}

/**
 * Deploys a CDK app to the laptop with the CDK CLI, as `cdk bootstrap` and `cdk deploy` deploy it to AWS.
 *
 * @throws Error with what the CLI printed when it fails.
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const isCommand = options.app.includes(' ');
  const assembly = isCommand ? join(options.workDir, 'cdk.out') : options.app;
  const outputsFile = join(options.workDir, 'outputs.json');
  const cdk = (args: readonly string[], cwd = options.cwd ?? PROJECT_ROOT) => runCdk(options, cwd, args);

  const started = Date.now();
  const environment = `aws://${LAPTOP.accountId}/${LAPTOP.region}`;
  // In a folder without cdk.json: with one, bootstrapping would synthesise first.
  const bootstrapped = cdk(['bootstrap', environment], options.workDir);
  // Synthesis and bootstrapping know nothing of each other.
  const synthesised = isCommand
    ? cdk(['synth', '--quiet', '--app', options.app, '--output', assembly])
    : undefined;
  await Promise.all([bootstrapped, synthesised]);
  const bootstrapSeconds = (Date.now() - started) / 1000;
  await cdk([
    ...[
      'deploy',
      '--app',
      assembly,
      '--require-approval',
      'never',
      '--method',
      'direct',
      '--progress',
      'events',
    ],
    ...['--asset-parallelism', '--concurrency', '4', '--outputs-file', outputsFile],
    ...(options.stacks ?? ['--all']),
  ]);
  return {
    outputs: JSON.parse(readFileSync(outputsFile, 'utf8')),
    assembly,
    bootstrapSeconds,
    deploySeconds: (Date.now() - started) / 1000 - bootstrapSeconds,
  };
}

/** Deploys one stack of the project's own app (the command in cdk.json) to a running runtime. */
export function deployApp(
  runtime: Pick<Runtime, 'endpointUrl' | 'stateDir'>,
  options: { readonly stack: string; readonly onProgress?: (line: string) => void },
): Promise<Deployment> {
  const { app } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'cdk.json'), 'utf8')) as { app: string };
  return deploy({
    endpointUrl: runtime.endpointUrl,
    app,
    workDir: runtime.stateDir,
    stacks: [options.stack],
    progress: options.onProgress,
  });
}

function runCdk(
  { endpointUrl, progress }: DeployOptions,
  cwd: string,
  args: readonly string[],
): Promise<void> {
  const cli = join(PROJECT_ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const child = spawn(
    process.execPath,
    [cli, '--no-color', '--no-notices', '--no-version-reporting', ...args],
    {
      cwd,
      env: { ...awsEnvironment(endpointUrl), CI: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    progress?.(line);
  };
  createInterface(child.stdout).on('line', onLine);
  createInterface(child.stderr).on('line', onLine);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      code === 0
        ? resolve()
        : reject(new Error(`cdk ${args[0]} ended with ${code ?? signal}:\n${lines.slice(-25).join('\n')}`)),
    );
  });
}

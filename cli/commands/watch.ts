import { setTimeout as wait } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
} from '@aws-sdk/client-sfn';
import type { Command } from 'commander';
import { type Context, createContext, type GlobalOptions } from '../context';
import { UserError } from '../errors';
import { printable } from '../output';
import { readOutputs } from '../stack-outputs';

const POLL_MS = 1000;

export function addWatch(program: Command): void {
  program
    .command('watch')
    .description('follow an execution of the training or deployment pipeline live')
    .argument('[execution]', 'its name (the run id) or ARN', undefined)
    .option('--deployment', 'look among deployments instead of training runs')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel watch                 the newest training run\n  flywheel watch --deployment    the newest deployment',
    )
    .action(async (execution: string | undefined, options: { deployment?: boolean }, command: Command) => {
      const globals = command.optsWithGlobals<GlobalOptions>();
      const context = createContext(globals);
      const outputs = await readOutputs(context);
      const machine = options.deployment ? outputs.deploymentPipeline : outputs.trainingPipeline;
      const arn = await resolveExecution(context, machine, execution);
      const ok = await follow(context, arn, globals.json ?? false);
      process.exitCode = ok ? 0 : 1;
    });
}

async function resolveExecution(
  context: Context,
  machine: string,
  execution: string | undefined,
): Promise<string> {
  if (execution?.startsWith('arn:')) {
    return execution;
  }
  const { executions } = await context.stepFunctions.send(
    new ListExecutionsCommand({ stateMachineArn: machine, maxResults: 100 }),
  );
  const found =
    execution === undefined ? executions?.[0] : executions?.find(({ name }) => name === execution);
  if (found?.executionArn === undefined) {
    throw new UserError(
      execution === undefined
        ? 'Nothing has run yet: drop a file first.'
        : `There is no execution ${execution} among the newest 100.`,
      'execution',
    );
  }
  return found.executionArn;
}

/** Shows what the execution does until it ends. @returns whether it succeeded */
export async function follow(
  context: Pick<Context, 'stepFunctions'>,
  executionArn: string,
  json: boolean,
): Promise<boolean> {
  const seen = new Set<number>();
  for (;;) {
    const { status } = await context.stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    for (const event of await history(context, executionArn)) {
      if (event.id !== undefined && !seen.has(event.id)) {
        seen.add(event.id);
        show(event, json);
      }
    }
    if (status !== 'RUNNING') {
      process.stdout.write(json ? `${JSON.stringify({ executionArn, status })}\n` : `${status}\n`);
      return status === 'SUCCEEDED';
    }
    await wait(POLL_MS);
  }
}

async function history(
  context: Pick<Context, 'stepFunctions'>,
  executionArn: string,
): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await context.stepFunctions.send(
      new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1000 }),
    );
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events;
}

/** States entered, and whatever failed, one line each. */
function show(event: HistoryEvent, json: boolean): void {
  const state = event.stateEnteredEventDetails?.name;
  const failure = event.taskFailedEventDetails ?? event.executionFailedEventDetails;
  if (state === undefined && failure === undefined) {
    return;
  }
  const at = event.timestamp?.toISOString() ?? '';
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ at, type: event.type, state, error: failure?.error, cause: failure?.cause })}\n`,
    );
    return;
  }
  const text = failure === undefined ? state : `${failure.error}: ${(failure.cause ?? '').slice(0, 300)}`;
  process.stdout.write(`${at.slice(11, 19)}  ${printable(text ?? '')}\n`);
}

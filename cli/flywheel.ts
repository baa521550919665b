#!/usr/bin/env node
import { UserError } from './errors';
import { printable } from './output';
import { createProgram } from './program';

async function main(): Promise<void> {
  // The SDK's notice about coming Node versions is the project's matter, not the user's.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const program = createProgram();
  try {
    await program.parseAsync();
  } catch (error) {
    const json = program.opts<{ json?: boolean }>().json ?? process.argv.includes('--json');
    report(error as Error, json);
    process.exitCode = 1;
  }
}

/** One line for people, an object for programs; the stack only for what is nobody's mistake. */
function report(error: Error, json: boolean): void {
  const field = error instanceof UserError ? error.field : undefined;
  if (json) {
    process.stdout.write(`${JSON.stringify({ error: { message: error.message, field } })}\n`);
    return;
  }
  const message = error.message === '' ? error.name : error.message;
  process.stderr.write(`flywheel: ${printable(message)}\n`);
  if (process.env.FLYWHEEL_DEBUG !== undefined) {
    process.stderr.write(`${error.stack}\n`);
  }
}

void main();

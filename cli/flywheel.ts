#!/usr/bin/env node
import { quietSdk } from '../local/runtime/quiet-sdk';
import { UserError } from './errors';
import { printable } from './output';
import { createProgram } from './program';

async function main(): Promise<void> {
  quietSdk();
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

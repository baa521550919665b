import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../cli/errors';
import { createProgram } from '../../cli/program';

/** Every command that does something, with its full name. */
function leaves(command: Command, path = ''): [name: string, command: Command][] {
  const name = `${path} ${command.name()}`.trim();
  return command.commands.length === 0
    ? [[name, command]]
    : command.commands.flatMap((child) => leaves(child, name));
}

function help(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

async function failure(...args: string[]): Promise<unknown> {
  try {
    await createProgram().parseAsync(['node', 'flywheel', ...args]);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('the flywheel command', () => {
  it('has the commands that the README names', () => {
    expect(leaves(createProgram()).map(([name]) => name)).toEqual([
      'flywheel local up',
      'flywheel local down',
      'flywheel local status',
      'flywheel status',
      'flywheel watch',
      'flywheel drop',
      'flywheel predict',
      'flywheel tracking',
      'flywheel drift',
      'flywheel data list',
      'flywheel data show',
      'flywheel data diff',
      'flywheel data as-of',
      'flywheel data get',
      'flywheel data schema',
      'flywheel data validate',
      'flywheel data accept',
      'flywheel data tag',
      'flywheel data gc',
      'flywheel data lineage',
      'flywheel runs list',
      'flywheel runs show',
      'flywheel runs compare',
      'flywheel models list',
      'flywheel models show',
      'flywheel models request-approval',
      'flywheel models approve',
      'flywheel models reject',
      'flywheel models promote',
      'flywheel models rollback',
      'flywheel models history',
      'flywheel models lineage',
    ]);
  });

  it.each(leaves(createProgram()))('%s shows examples in its help', (_name, command) => {
    expect(help(command)).toMatch(/Examples?:\n {2}\S/);
  });

  it.each(['drop', 'predict'])('%s names the argument when the file is missing', async (command) => {
    const error = await failure(command, 'no-such-file.csv', '--endpoint-url', 'http://127.0.0.1:9');
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ field: 'file', message: 'There is no file no-such-file.csv.' });
  });

  it.each([
    ['models', 'abc'],
    ['models', '0'],
    ['runs', '1.5'],
  ])('%s refuses --limit %s before it asks anybody', async (group, limit) => {
    const command = group === 'models' ? 'history' : 'list';
    const error = await failure(group, command, '--limit', limit, '--endpoint-url', 'http://127.0.0.1:9');
    expect(error).toMatchObject({
      field: 'limit',
      message: `--limit takes a number of at least 1, got "${limit}".`,
    });
  });

  it('says how to start a runtime when --local finds none', async () => {
    expect(await failure('status', '--local', '9')).toMatchObject({
      message: 'No laptop runtime is up on port 9. Start one with: flywheel local up',
    });
  });

  it('refuses a --local that is no port', async () => {
    expect(await failure('status', '--local', 'here')).toMatchObject({
      message: '--local takes a port number, got "here".',
    });
  });
});

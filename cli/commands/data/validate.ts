import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { inspectFile } from '../../../lambdas/data-lake/formats/inspect-file';
import { checkDrop } from '../../../lambdas/data-lake/validation/check-drop';
import { checkFile } from '../../../lambdas/data-lake/validation/check-file';
import type { DatasetProfile, Inspection } from '../../../lambdas/data-lake/validation/inspection';
import { isError, type Problem } from '../../../lambdas/data-lake/validation/problem';
import type { Schema } from '../../../lambdas/data-lake/validation/schema';
import { decodeSchema } from '../../../lambdas/data-lake/validation/schema-file';
import { schemaKey } from '../../../lib/data-lake/contract';
import { bytes, counted } from '../../data/format';
import { type LakeOptions, lakeCommand, openLake } from '../../data/lake';
import { readProfile } from '../../data/profiles';
import { UserError } from '../../errors';
import { print } from '../../output';

interface ValidateOptions extends LakeOptions {
  readonly schema?: string;
}

/** What the checks found in one file. */
export interface CheckedFile {
  readonly file: string;
  readonly format: string;
  /** In bytes. */
  readonly size: number;
  readonly rows: number;
  readonly columns: number;
  readonly problems: readonly Problem[];
}

export interface Validation {
  /** Where the schema is from; absent when there is none yet. */
  readonly schema?: string;
  readonly files: readonly CheckedFile[];
  /** What is wrong with the files taken together. */
  readonly problems: readonly Problem[];
  readonly errors: number;
  readonly warnings: number;
}

/** What files are checked against. */
export interface Expectations {
  readonly schema?: Schema;
  readonly from?: string;
  /** Of the version that the files would follow. */
  readonly parent?: DatasetProfile;
}

export function addValidate(data: Command): void {
  lakeCommand(data.command('validate'))
    .description(
      'check files as the lake will, before they are dropped; exit status 1 means that it would keep them out',
    )
    .argument('<files...>', 'CSV, JSON Lines or Parquet, plain or gzip')
    .option('--schema <file>', "check against this schema, without asking the lake (default: the lake's)")
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel data validate flights-2013-03.csv --schema flights.schema.json\n  flywheel data validate flights-2013-03.csv --local',
    )
    .action(async (files: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ValidateOptions>();
      for (const file of files) requireFile(file);
      const expected =
        options.schema === undefined ? await expectationsOfLake(options) : schemaFromFile(options.schema);
      const validation = await validate(files, expected);
      print(options.json, validation, () => describeValidation(validation));
      if (validation.errors > 0) process.exitCode = 1;
    });
}

function requireFile(file: string): void {
  if (!existsSync(file) || !statSync(file).isFile()) throw new UserError(`There is no file ${file}.`, 'file');
}

function schemaFromFile(file: string): Expectations {
  requireFile(file);
  try {
    return { schema: decodeSchema(readFileSync(file, 'utf8'), file), from: file };
  } catch (error) {
    throw new UserError((error as Error).message, 'schema');
  }
}

async function expectationsOfLake(options: LakeOptions): Promise<Expectations> {
  const lake = await openLake(options);
  const uri = lake.objects.uri(schemaKey(lake.dataset));
  const [text, current] = await Promise.all([
    lake.objects.read(schemaKey(lake.dataset)),
    lake.catalog.current(lake.dataset),
  ]);
  const version = current && (await lake.catalog.version(lake.dataset, current.version));
  const parent = version && (await readProfile(lake, version));
  if (text === undefined) return {};
  return {
    schema: decodeSchema(Buffer.from(text).toString('utf8'), uri),
    from: uri,
    ...(parent === undefined ? {} : { parent }),
  };
}

/** Checks files by themselves and together, with the code that the lake runs. */
export async function validate(files: readonly string[], expected: Expectations): Promise<Validation> {
  const { schema, from, parent } = expected;
  const inspections: Inspection[] = [];
  for (const file of files) inspections.push(await inspectLocal(file, schema));
  const checked = inspections.map((inspection, index): CheckedFile => {
    const { format, size, rows, header } = inspection;
    const problems = checkFile(inspection, schema);
    return { file: files[index]!, format, size, rows, columns: header.length, problems };
  });
  const good = inspections.filter((_, index) => !checked[index]!.problems.some(isError));
  const rows = good.reduce((sum, file) => sum + file.rows, parent?.rows ?? 0);
  const next = { rows };
  const problems = checkDrop({ schema, files: good, next, ...(parent === undefined ? {} : { parent }) });
  const all = [...checked.flatMap((file) => file.problems), ...problems];
  const errors = all.filter(isError).length;
  return {
    ...(from === undefined ? {} : { schema: from }),
    ...{ files: checked, problems, errors, warnings: all.length - errors },
  };
}

async function inspectLocal(file: string, schema: Schema | undefined): Promise<Inspection> {
  const { size } = statSync(file);
  const handle = await open(file);
  try {
    return await inspectFile(createReadStream(file), { key: basename(file), size }, schema, {
      range: async (start, end) => {
        const buffer = Buffer.alloc(end - start);
        const { bytesRead } = await handle.read(buffer, 0, end - start, start);
        return buffer.subarray(0, bytesRead);
      },
    });
  } finally {
    await handle.close();
  }
}

export function describeValidation({ schema, files, problems, errors, warnings }: Validation): string {
  const against =
    schema === undefined ? 'no schema yet: the first version that is accepted makes it' : schema;
  const sections = files.map(({ file, format, size, rows, columns, problems: found }) => {
    const what = `${file}: ${format}, ${bytes(size)}, ${counted(rows, 'row')}, ${counted(columns, 'column')}`;
    return [what, ...(found.length === 0 ? ['  no problems'] : found.flatMap(problemLines))].join('\n');
  });
  if (problems.length > 0) {
    sections.push(['the files together', ...problems.flatMap(problemLines)].join('\n'));
  }
  const verdict =
    errors > 0
      ? `${counted(errors, 'error')}, ${counted(warnings, 'warning')}: the lake would keep this out`
      : `${counted(warnings, 'warning')}, no errors: the lake would take this`;
  return [...sections, `checked against ${against}\n${verdict}`].join('\n\n');
}

function problemLines({ check, severity, column, message, examples }: Problem): string[] {
  const where = column === undefined ? '' : `column "${column}": `;
  const places = examples.map(({ row, value }) => `    row ${row}: ${JSON.stringify(value)}`);
  return [`  ${severity.padEnd(8)}${check}  ${where}${message}`, ...places];
}

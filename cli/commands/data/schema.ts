import { existsSync, readFileSync } from 'node:fs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Command } from 'commander';
import type { Schema } from '../../../lambdas/data-lake/validation/schema';
import { decodeSchema, encodeSchema } from '../../../lambdas/data-lake/validation/schema-file';
import { schemaKey } from '../../../lib/data-lake/contract';
import { type Lake, type LakeOptions, lakeCommand, openLake } from '../../data/lake';
import { UserError } from '../../errors';
import { print } from '../../output';

export function addSchema(data: Command): void {
  lakeCommand(data.command('schema'))
    .description('print what drops are checked against, or replace it')
    .option('--put <file>', 'check the next drops against this schema')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel data schema --local > flights.schema.json\n  flywheel data schema --put flights.schema.json --local',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LakeOptions & { put?: string }>();
      if (options.put === undefined) {
        const schema = await readSchema(await openLake(options));
        print(options.json, schema, () => encodeSchema(schema).trimEnd());
        return;
      }
      const { put: file } = options;
      if (!existsSync(file)) throw new UserError(`There is no file ${file}.`, 'put');
      const text = readFileSync(file, 'utf8');
      const lake = await openLake(options);
      const uri = await putSchema(lake, text, file);
      print(options.json, { uri }, () => `Drops of ${lake.dataset} are checked against ${uri} from now on.`);
    });
}

/** @throws UserError when the dataset has none. */
export async function readSchema(lake: Lake): Promise<Schema> {
  const bytes = await lake.objects.read(schemaKey(lake.dataset));
  if (bytes === undefined) {
    throw new UserError(
      `Dataset ${lake.dataset} has no schema yet: the first version that is accepted makes one, or give one with --put.`,
      'dataset',
    );
  }
  return decodeSchema(Buffer.from(bytes).toString('utf8'), lake.objects.uri(schemaKey(lake.dataset)));
}

/** @throws UserError when the text is no schema, or one of another dataset. */
export async function putSchema(lake: Lake, text: string, file: string): Promise<string> {
  const schema = decoded(text, file);
  if (schema.dataset !== lake.dataset) {
    throw new UserError(
      `${file} is the schema of dataset ${schema.dataset}, not of ${lake.dataset}: name the dataset with --dataset.`,
      'dataset',
    );
  }
  const Key = schemaKey(lake.dataset);
  const ContentType = 'application/json';
  await lake.context.s3.send(
    new PutObjectCommand({ Bucket: lake.bucket, Key, Body: encodeSchema(schema), ContentType }),
  );
  return lake.objects.uri(Key);
}

function decoded(text: string, file: string): Schema {
  try {
    return decodeSchema(text, file);
  } catch (error) {
    throw new UserError((error as Error).message, 'put');
  }
}

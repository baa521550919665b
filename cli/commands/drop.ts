import { createReadStream, existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Command } from 'commander';
import { Prefix } from '../../lib/data-lake/contract';
import { createContext, type GlobalOptions } from '../context';
import { UserError } from '../errors';
import { print } from '../output';
import { readOutputs } from '../stack-outputs';

/** One PutObject takes 5 GB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
const MAX_PUT_BYTES = 5 * 1024 ** 3;

export function addDrop(program: Command): void {
  program
    .command('drop')
    .description('put a file into the lake: it becomes part of the next dataset version')
    .argument('<file>', 'the file to upload, e.g. flights-2013-03.csv')
    .option('--as <key>', "its name within the dataset's folder", undefined)
    .option('--labels', 'the file holds labels (columns inference_id,label) of earlier predictions')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel drop flights-2013-03.csv --local\n  flywheel drop answers.csv --labels',
    )
    .action(async (file: string, options: { as?: string; labels?: boolean }, command: Command) => {
      const globals = command.optsWithGlobals<GlobalOptions>();
      const size = readableSize(file);
      const context = createContext(globals);
      const outputs = await readOutputs(context);
      const folder = options.labels
        ? `${Prefix.LABELS}${outputs.model}/`
        : `${Prefix.RAW}${outputs.dataset}/`;
      const key = `${folder}${options.as ?? basename(file)}`;
      await context.s3.send(
        new PutObjectCommand({
          Bucket: outputs.lakeBucket,
          Key: key,
          Body: createReadStream(file),
          ContentLength: size,
        }),
      );
      const uri = `s3://${outputs.lakeBucket}/${key}`;
      print(globals.json, { uri, bytes: size }, () => `${file} (${size} bytes) is at ${uri}`);
    });
}

function readableSize(file: string): number {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new UserError(`There is no file ${file}.`, 'file');
  }
  const { size } = statSync(file);
  if (size > MAX_PUT_BYTES) {
    throw new UserError(
      `${file} has ${size} bytes, more than one upload takes (5 GB): use "aws s3 cp" for it.`,
      'file',
    );
  }
  return size;
}

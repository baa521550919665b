import type { Command } from 'commander';
import type { ManifestObject } from '../../../lambdas/data-lake/entities';
import { type Downloaded, download } from '../../data/download';
import { bytes, counted } from '../../data/format';
import { type Lake, type LakeOptions, lakeCommand, openLake } from '../../data/lake';
import { resolveVersion, shortId } from '../../data/resolve-version';
import { print } from '../../output';

export interface Got extends Downloaded {
  readonly version: string;
  readonly folder: string;
}

export function addGet(data: Command): void {
  lakeCommand(data.command('get'))
    .description('write exactly the bytes of a version to a folder')
    .argument('<version>', 'its id, the first digits of it, or "current"')
    .argument('<folder>', 'where to; files that are there with the right bytes are kept')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel data get current ./flights --local\n  flywheel data get 3fa9c1 ./flights-in-march',
    )
    .action(async (reference: string, folder: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LakeOptions>();
      const lake = await openLake(options);
      const got = await getVersion(lake, reference, folder, progressOn(process.stderr, options.json));
      print(options.json, got, () => describeGot(got));
    });
}

export async function getVersion(
  lake: Lake,
  reference: string,
  folder: string,
  progress?: (done: number, total: number) => void,
): Promise<Got> {
  const { id } = await resolveVersion(lake.catalog, lake.dataset, reference);
  const objects: ManifestObject[] = [];
  for await (const object of lake.manifests.objects(lake.dataset, id)) objects.push(object);
  const downloaded = await download({
    ...{ s3: lake.context.s3, bucket: lake.bucket, dataset: lake.dataset, folder, objects },
    progress: (done) => progress?.(done, objects.length),
  });
  return { version: id, folder, ...downloaded };
}

export const describeGot = ({ version, folder, files, kept, bytes: size }: Got): string =>
  `${counted(files, 'file')} of version ${shortId(version)} (${bytes(size)}) are in ${folder}, each with the manifest's checksum${kept === 0 ? '' : `; ${kept} were there already`}`;

/** A line that counts up, on a terminal only. */
function progressOn(stream: NodeJS.WriteStream, json: boolean | undefined) {
  if (json === true || !stream.isTTY) return undefined;
  return (done: number, total: number): void => {
    if (done % 10 !== 0 && done !== total) return;
    stream.write(`\r${done} of ${total} files${done === total ? '\n' : ''}`);
  };
}

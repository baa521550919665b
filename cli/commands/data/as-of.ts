import type { Command } from 'commander';
import type { DatasetVersion } from '../../../lambdas/data-lake/entities';
import { currentAt, instantOf } from '../../../lambdas/data-lake/history/as-of';
import { bytes, counted, minute } from '../../data/format';
import { type Lake, type LakeOptions, lakeCommand, openLake } from '../../data/lake';
import { UserError } from '../../errors';
import { print } from '../../output';

/** What a dataset was at an instant. */
export interface AsOf {
  readonly at: string;
  /** When the version became current. */
  readonly since: string;
  readonly version: DatasetVersion;
}

export function addAsOf(data: Command): void {
  lakeCommand(data.command('as-of'))
    .description('which version a dataset had on a date')
    .argument('<date>', '2013-03-31 (the end of that day, UTC) or a full ISO 8601 time')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel data as-of 2026-03-31 --local\n  flywheel data as-of 2026-03-31T12:00Z',
    )
    .action(async (date: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LakeOptions>();
      const found = await asOf(await openLake(options), date);
      print(options.json, found, () => describeAsOf(found));
    });
}

/** @throws UserError when the date is none, or the dataset had no version yet. */
export async function asOf(lake: Lake, date: string): Promise<AsOf> {
  const at = instant(date);
  const moves = await lake.catalog.moves(lake.dataset);
  const move = currentAt(moves, at);
  if (move === undefined) {
    const first = moves[0];
    throw new UserError(
      `Dataset ${lake.dataset} had no version at ${at.toISOString()}${first === undefined ? '' : `: its first one became current at ${first.at}`}.`,
      'date',
    );
  }
  const version = await lake.catalog.version(lake.dataset, move.version);
  if (version === undefined) {
    throw new UserError(
      `At ${at.toISOString()} dataset ${lake.dataset} had version ${move.version}, which was removed by gc since.`,
      'date',
    );
  }
  return { at: at.toISOString(), since: move.at, version };
}

function instant(date: string): Date {
  try {
    return instantOf(date);
  } catch (error) {
    throw new UserError((error as Error).message, 'date');
  }
}

export const describeAsOf = ({ at, since, version }: AsOf): string =>
  [
    version.id,
    `current at ${minute(at)} UTC, since ${minute(since)}: ${counted(version.objects, 'file')}, ${counted(version.rows, 'row')}, ${bytes(version.bytes)}`,
    `to have its files: flywheel data get ${version.id.slice(0, 12)} <folder>`,
  ].join('\n');

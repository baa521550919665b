import type { Command } from 'commander';
import { bytes, counted, minute } from '../../data/format';
import { type Lake, type LakeOptions, lakeCommand, openLake } from '../../data/lake';
import { shortId } from '../../data/resolve-version';
import { print, table } from '../../output';
import { countOf } from '../../registry/version-argument';

/** A line of the list. */
export interface ListedVersion {
  readonly id: string;
  readonly status: string;
  readonly current: boolean;
  readonly createdAt: string;
  readonly objects: number;
  readonly rows: number;
  readonly bytes: number;
  readonly trigger?: string;
  readonly by?: string;
  readonly parent?: string;
}

export function addList(data: Command): void {
  lakeCommand(data.command('list'))
    .description('the versions of a dataset, newest first')
    .option('--limit <n>', 'at most so many', '20')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel data list --local\n  flywheel data list --dataset flights --json',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LakeOptions & { limit: string }>();
      const lake = await openLake(options);
      const all = await listVersions(lake);
      const shown = all.slice(0, countOf(options.limit));
      print(options.json, shown, () => describeList(lake.dataset, shown, all.length));
    });
}

export async function listVersions(lake: Lake): Promise<ListedVersion[]> {
  const [versions, current] = await Promise.all([
    lake.catalog.versions(lake.dataset),
    lake.catalog.current(lake.dataset),
  ]);
  return versions.reverse().map((version) => {
    const { id, status, createdAt, objects, rows, trigger, by, parent } = version;
    return {
      ...{ id, status, current: id === current?.version, createdAt, objects, rows, bytes: version.bytes },
      ...{ trigger, by, parent },
    };
  });
}

export function describeList(dataset: string, versions: readonly ListedVersion[], total: number): string {
  if (total === 0) return `Dataset ${dataset} has no versions yet: drop a file (flywheel drop <file>).`;
  const rows = versions.map((version) => [
    `${shortId(version.id)}${version.current ? ' *' : ''}`,
    version.status,
    minute(version.createdAt),
    String(version.objects),
    version.rows.toLocaleString('en-US'),
    bytes(version.bytes),
    version.trigger ?? '-',
    version.by ?? '-',
  ]);
  const lines = [
    table(['version', 'status', 'created (UTC)', 'files', 'rows', 'size', 'closed by', 'dropped by'], rows),
    '',
    `${counted(total, 'version')} of dataset ${dataset}${versions.length < total ? `, the newest ${versions.length} shown` : ''}; * is current`,
  ];
  return lines.join('\n');
}

import type { Command } from 'commander';
import type { DatasetVersion, ManifestObject } from '../../../lambdas/data-lake/entities';
import { isBeingCollected } from '../../../lambdas/data-lake/history/gc-plan';
import { figuresOf } from '../../../lambdas/data-lake/history/profile-diff';
import type { DatasetProfile } from '../../../lambdas/data-lake/validation/inspection';
import { recordedSplits } from '../../../lambdas/training/splits';
import { COLUMN_HEADER, columnRows } from '../../data/columns';
import { bytes, counted, minute } from '../../data/format';
import { type Lake, type LakeOptions, lakeCommand, openLake } from '../../data/lake';
import { readProfile } from '../../data/profiles';
import { CURRENT, resolveVersion } from '../../data/resolve-version';
import { print, table } from '../../output';
import { countOf } from '../../registry/version-argument';
import { tagText } from './tag';

/** A version with what is known of its files and columns. */
export interface ShownVersion {
  readonly version: DatasetVersion;
  readonly current: boolean;
  readonly files: readonly ManifestObject[];
  readonly profile?: DatasetProfile;
}

export function addShow(data: Command): void {
  lakeCommand(data.command('show'))
    .description('what a version consists of: files, columns, splits, why it was kept out')
    .argument('[version]', 'its id, the first digits of it, or "current"', CURRENT)
    .option('--files <n>', 'show at most so many files', '20')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel data show --local\n  flywheel data show 3fa9c1 --files 100',
    )
    .action(async (reference: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LakeOptions & { files: string }>();
      const shown = await showVersion(await openLake(options), reference, countOf(options.files, 'files'));
      print(options.json, shown, () => describeVersion(shown));
    });
}

export async function showVersion(lake: Lake, reference: string, maxFiles: number): Promise<ShownVersion> {
  const version = await resolveVersion(lake.catalog, lake.dataset, reference);
  const current = await lake.catalog.current(lake.dataset);
  const files: ManifestObject[] = [];
  if (!isBeingCollected(version)) {
    for await (const object of lake.manifests.objects(lake.dataset, version.id)) {
      if (files.length === maxFiles) break;
      files.push(object);
    }
  }
  const profile = await readProfile(lake, version);
  return { version, current: current?.version === version.id, files, ...(profile && { profile }) };
}

export function describeVersion({ version, current, files, profile }: ShownVersion): string {
  const { acceptance } = version;
  const facts: [string, string | undefined][] = [
    ['version', version.id],
    ['dataset', version.dataset],
    ['status', `${version.status}${current ? ', current' : ''}`],
    ['created', `${minute(version.createdAt)} UTC, first file landed ${minute(version.firstEventAt)}`],
    ['closed by', version.trigger],
    ['by', version.by],
    ['parent', version.parent],
    [
      'content',
      `${counted(version.objects, 'file')}, ${counted(version.rows, 'row')}, ${bytes(version.bytes)}`,
    ],
    ['manifest', version.manifestUri],
    ['report', version.reportUri],
    ['tags', Object.keys(version.tags ?? {}).length === 0 ? undefined : tagText(version.tags ?? {})],
    ['accepted', acceptance && `by ${acceptance.by} at ${minute(acceptance.at)}: ${acceptance.reason}`],
  ];
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
  const sections = [known.map(([name, text]) => `${name.padEnd(11)}${text}`).join('\n')];
  if (version.problems !== undefined) sections.push(['problems', ...version.problems].join('\n  '));
  const splits = Object.entries(recordedSplits(version));
  if (splits.length > 0) {
    sections.push(
      table(
        ['split', 'by', 'train', 'validation', 'hold-out', 'hold-out from'],
        splits.map(([id, { method, key, column, rows, holdoutFrom }]) => [
          ...[id, method === 'time' ? `time in ${column}` : `hash of ${key ?? 'the row'}`],
          ...[String(rows.train), String(rows.validation), String(rows.holdout), holdoutFrom ?? '-'],
        ]),
      ),
    );
  }
  if (profile !== undefined && profile.columns.length > 0) {
    sections.push(
      table(
        ['column', ...COLUMN_HEADER],
        profile.columns.map((column) => [column.name, ...columnRows(figuresOf(column))]),
      ),
    );
  } else if (version.columns.length > 0) {
    sections.push(
      table(
        ['column', 'type', 'may be empty'],
        version.columns.map(({ name, type, nullable }) => [name, type, nullable ? 'yes' : 'no']),
      ),
    );
  }
  if (files.length > 0) sections.push(describeFiles(files, version.objects));
  return sections.join('\n\n');
}

function describeFiles(files: readonly ManifestObject[], total: number): string {
  const lines = table(
    ['file', 'size', 'rows', 'S3 version', 'checksum'],
    files.map(({ key, size, rows, versionId, checksum }) => [
      ...[key, bytes(size), rows === 0 ? '-' : rows.toLocaleString('en-US'), versionId],
      checksum.slice(0, checksum.indexOf(':') + 13),
    ]),
  );
  return files.length < total ? `${lines}\n... and ${counted(total - files.length, 'more file')}` : lines;
}

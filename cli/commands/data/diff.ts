import type { Command } from 'commander';
import type { DatasetVersion } from '../../../lambdas/data-lake/entities';
import { diffManifests, type ManifestDiff } from '../../../lambdas/data-lake/history/diff';
import {
  type ColumnChange,
  diffColumns,
  diffProfiles,
  type SchemaChange,
} from '../../../lambdas/data-lake/history/profile-diff';
import { COLUMN_HEADER, comparedRows } from '../../data/columns';
import { bytes, counted } from '../../data/format';
import { type Lake, type LakeOptions, lakeCommand, openLake } from '../../data/lake';
import { readProfile } from '../../data/profiles';
import { resolveVersion, shortId } from '../../data/resolve-version';
import { print, table } from '../../output';

/** How two versions differ. */
export interface VersionDiff {
  readonly before: Pick<DatasetVersion, 'id' | 'objects' | 'rows' | 'bytes'>;
  readonly after: Pick<DatasetVersion, 'id' | 'objects' | 'rows' | 'bytes'>;
  readonly files: ManifestDiff;
  readonly schema: SchemaChange;
  /** Absent when the data is no table. */
  readonly columns?: readonly ColumnChange[];
}

/** Names in each list of the text; JSON has all. */
const SHOWN = 30;

export function addDiff(data: Command): void {
  lakeCommand(data.command('diff'))
    .description('what changed between two versions: files, schema, and the columns in figures')
    .argument('<before>', 'a version')
    .argument('[after]', 'another one', 'current')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel data diff 3fa9c1 88d0e2 --local\n  flywheel data diff 3fa9c1 --json',
    )
    .action(async (before: string, after: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LakeOptions>();
      const found = await diffVersions(await openLake(options), before, after);
      print(options.json, found, () => describeDiff(found));
    });
}

export async function diffVersions(lake: Lake, from: string, to: string): Promise<VersionDiff> {
  const before = await resolveVersion(lake.catalog, lake.dataset, from);
  const after = await resolveVersion(lake.catalog, lake.dataset, to);
  const [files, oldProfile, newProfile] = await Promise.all([
    diffManifests(
      lake.manifests.objects(lake.dataset, before.id),
      lake.manifests.objects(lake.dataset, after.id),
    ),
    readProfile(lake, before),
    readProfile(lake, after),
  ]);
  const totals = ({ id, objects, rows, bytes }: DatasetVersion) => ({ id, objects, rows, bytes });
  return {
    before: totals(before),
    after: totals(after),
    files,
    schema: diffColumns(before.columns, after.columns),
    ...(newProfile === undefined ? {} : { columns: diffProfiles(oldProfile, newProfile) }),
  };
}

export function describeDiff({ before, after, files, schema, columns }: VersionDiff): string {
  const from = (old: number, now: number, text: (count: number) => string) =>
    old === now ? text(now) : `${text(old)} -> ${text(now)}`;
  const head = [
    `${shortId(before.id)} -> ${shortId(after.id)}`,
    from(before.objects, after.objects, (count) => counted(count, 'file')),
    from(before.rows, after.rows, (count) => counted(count, 'row')),
    from(before.bytes, after.bytes, bytes),
  ].join('   ');
  const lines = [
    ...files.added.map(({ key, size, rows }) => `+ ${key}  ${bytes(size)}${inRows(rows)}`),
    ...files.removed.map(({ key, size, rows }) => `- ${key}  ${bytes(size)}${inRows(rows)}`),
    ...files.changed.map(
      ({ before: old, after: now }) =>
        `~ ${now.key}  ${from(old.size, now.size, bytes)}${old.rows === now.rows ? '' : `, ${old.rows} -> ${counted(now.rows, 'row')}`}`,
    ),
    ...files.renamed.map(({ from: name, to }) => `> ${name} -> ${to.key}  the same bytes`),
  ];
  const sections = [head, lines.length === 0 ? 'The same files.' : listed(lines)];
  const schemaLines = [
    ...schema.added.map(({ name, type }) => `+ ${name}  ${type}`),
    ...schema.removed.map(({ name, type }) => `- ${name}  ${type}`),
    ...schema.changed.map(
      ({ before: old, after: now }) =>
        `~ ${now.name}  ${from2(old.type, now.type)}${old.nullable === now.nullable ? '' : now.nullable ? ', may be empty now' : ', is never empty now'}`,
    ),
  ];
  if (schemaLines.length > 0) sections.push(['schema', ...schemaLines].join('\n'));
  if (columns !== undefined && columns.length > 0) {
    sections.push(
      table(
        ['column', ...COLUMN_HEADER],
        columns.map((column) => [column.name, ...comparedRows(column.before, column.after)]),
      ),
    );
  }
  return sections.join('\n\n');
}

const from2 = (old: string, now: string): string => (old === now ? now : `${old} -> ${now}`);
const inRows = (rows: number): string => (rows === 0 ? '' : `, ${counted(rows, 'row')}`);

function listed(lines: readonly string[]): string {
  const rest = lines.length - SHOWN;
  const shown = lines.slice(0, SHOWN).join('\n');
  return rest > 0 ? `${shown}\n... and ${counted(rest, 'more file')}; --json has them all` : shown;
}

import type { Command } from 'commander';
import { instantOf, lastCurrentAt } from '../../../lambdas/data-lake/history/as-of';
import { type Collected, collector } from '../../../lambdas/data-lake/history/collector';
import { type GcPlan, type KeepRules, planGc } from '../../../lambdas/data-lake/history/gc-plan';
import { type ModelFacts, usesOf } from '../../../lambdas/data-lake/history/lineage';
import { type Clock, systemClock } from '../../../lambdas/shared/clock';
import { bytes, counted, minute } from '../../data/format';
import { type Lake, type LakeOptions, lakeCommand, openLake } from '../../data/lake';
import { allModels, readModelFacts } from '../../data/model-facts';
import { shortId } from '../../data/resolve-version';
import { UserError } from '../../errors';
import { print, table } from '../../output';

interface GcOptions extends LakeOptions {
  readonly keepLast: string;
  readonly keepSince?: string;
  readonly delete?: boolean;
}

/** What gc would remove, or has removed. */
export interface GcResult extends GcPlan {
  readonly dataset: string;
  readonly deleted: boolean;
  readonly removed: Collected;
  /** When each version was made, by its id. */
  readonly createdAt: Readonly<Record<string, string>>;
}

export function addGc(data: Command): void {
  lakeCommand(data.command('gc'))
    .description('remove versions that nothing needs; without --delete it only says what it would remove')
    .option('--keep-last <n>', 'keep so many of the newest accepted versions', '10')
    .option('--keep-since <date>', 'keep what was current on this date or later')
    .option('--model <name...>', 'keep what these models were made of too, besides all of the registry')
    .option('--delete', 'do it')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel data gc --keep-last 3 --local\n  flywheel data gc --keep-last 3 --keep-since 2026-01-01 --delete',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GcOptions>();
      const rules = rulesOf(options);
      const lake = await openLake(options);
      const models = await allModels(lake);
      if (models.length === 0) {
        throw new UserError(
          'Nothing tells which models learn from this dataset: name them with --model, so that what they use is kept.',
          'model',
        );
      }
      const facts = await readModelFacts({ ...lake, models });
      const result = await collectGarbage(lake, facts, rules, options.delete ?? false);
      print(options.json, result, () => describeGc(result));
    });
}

function rulesOf({ keepLast, keepSince }: GcOptions): KeepRules {
  const last = Number(keepLast);
  if (!Number.isInteger(last) || last < 1) {
    throw new UserError(`--keep-last takes a whole number of at least 1, got "${keepLast}".`, 'keep-last');
  }
  try {
    return keepSince === undefined ? { last } : { last, since: startOf(keepSince) };
  } catch (error) {
    throw new UserError((error as Error).message, 'keep-since');
  }
}

/** A date means its beginning here. */
const startOf = (text: string): Date => instantOf(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00Z` : text);

/** Plans, and with `remove` acts. A removal that was cut off is always gone on with. */
export async function collectGarbage(
  lake: Lake,
  facts: ModelFacts,
  rules: KeepRules,
  remove: boolean,
  clock: Clock = systemClock,
): Promise<GcResult> {
  const { dataset, catalog } = lake;
  const [versions, current, moves] = await Promise.all([
    catalog.versions(dataset),
    catalog.current(dataset),
    catalog.moves(dataset),
  ]);
  const plan = planGc({
    versions,
    current: current?.version,
    lastCurrentAt: lastCurrentAt(moves),
    uses: usesOf(facts, dataset),
    rules,
  });
  const { measure, collect } = collector({
    s3: lake.context.s3,
    dynamo: lake.context.dynamo,
    manifests: lake.manifests,
    catalog,
    clock,
    bucket: lake.bucket,
    table: lake.table,
  });
  const removed = await (remove ? collect : measure)(dataset, plan.collect);
  const createdAt = Object.fromEntries(versions.map((version) => [version.id, version.createdAt]));
  return { ...plan, dataset, deleted: remove, removed, createdAt };
}

export function describeGc({ dataset, keep, collect, deleted, removed, createdAt }: GcResult): string {
  const rows = [
    ...keep.map(({ id, reasons }) => [id, 'keep', reasons.join('; ')]),
    ...collect.map((id) => [id, deleted ? 'removed' : 'remove', 'nothing needs it']),
  ].sort(([a = ''], [b = '']) => (createdAt[a]! < createdAt[b]! ? 1 : -1));
  const lines = table(
    ['version', 'created (UTC)', '', 'why'],
    rows.map(([id = '', what = '', why = '']) => [shortId(id), minute(createdAt[id] ?? ''), what, why]),
  );
  const what = `${counted(removed.versions, 'version')} of dataset ${dataset} with ${counted(removed.objects, 'S3 object version')} that no other version names: ${bytes(removed.bytes)}`;
  const verdict =
    collect.length === 0
      ? 'Nothing to remove.'
      : deleted
        ? `Removed ${what}.`
        : `Would remove ${what}. Add --delete to do it.`;
  return `${lines}\n\n${verdict}`;
}

import type { Command } from 'commander';
import type { AuditEntry } from '../../../lambdas/registry/audit/audit-entry';
import { type LiveOn, liveOn } from '../../../lambdas/registry/audit/live-on';
import { print, table } from '../../output';
import { factLines, jsonOf, moment, short } from '../../registry/format';
import { openRegistry, type RegistryOptions, registryCommand, requireModel } from '../../registry/registry';
import { countOf, instant } from '../../registry/version-argument';

export function addHistory(models: Command): void {
  registryCommand(models.command('history'))
    .description('every change of a model; or what was live at a time, on which data, approved by whom')
    .option('--on <time>', 'what was live then: 2013-03-31 (its end) or 2013-03-31T14:05:00Z')
    .option('--limit <n>', 'the newest so many changes', '30')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel models history --local\n  flywheel models history --on 2013-03-31',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RegistryOptions & { on?: string; limit: string }>();
      const limit = countOf(options.limit);
      const registry = await openRegistry(options);
      const model = requireModel(registry);
      if (options.on !== undefined) {
        const at = instant(options.on);
        const live = await liveOn(registry, model, at);
        print(options.json, { model, at: at.toISOString(), live: live ?? null }, () =>
          describeLive(model, at, live),
        );
        return;
      }
      const trail = await registry.models.history(model);
      const newest = trail.slice(-limit).reverse();
      print(options.json, jsonOf(newest), () => describeTrail(newest, trail.length));
    });
}

export function describeTrail(entries: readonly AuditEntry[], total: number): string {
  const rows = entries.map((entry) => [
    String(entry.sequence),
    moment(entry.at),
    short(entry.by, 60),
    entry.action,
    subject(entry),
    short(entry.reason, 60),
  ]);
  const lines = table(['#', 'at (UTC)', 'by', 'what', 'of', 'why'], rows);
  const rest = total - entries.length;
  return rest > 0 ? `${lines}\n... and ${rest} earlier; see them with --limit ${total}` : lines;
}

function subject({ version, alias, tag, action, before, after }: AuditEntry): string {
  const from = (before as { version?: number } | undefined)?.version;
  if (action === 'move-alias') {
    return `${short(alias, 30)}: ${from === undefined ? '' : `version ${from} -> `}version ${version}`;
  }
  const stage = (after as { stage?: string } | undefined)?.stage;
  const parts = [
    version === undefined ? undefined : `version ${version}`,
    alias === undefined ? undefined : short(alias, 30),
    tag === undefined ? undefined : `tag ${short(tag, 30)}`,
    action === 'transition-stage' ? `to ${stage}` : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'the model' : parts.join(', ');
}

export function describeLive(model: string, at: Date, live: LiveOn | undefined): string {
  const when = moment(at.toISOString());
  if (live === undefined) return `${model}: no version was live at ${when} UTC.`;
  return factLines([
    ['model', model],
    ['asked for', `${when} UTC`],
    ['live', `version ${live.version}`],
    ['since', `${moment(live.since)} UTC`],
    ['until', live.until === undefined ? 'now' : `${moment(live.until)} UTC`],
    ['moved by', live.movedBy],
    ['why', live.reason],
    ['deployment', live.deploymentId],
    ['run', live.runId],
    ['data', live.dataset && `${live.dataset} ${live.datasetVersion ?? ''}`],
    ['data from', live.dataSource === live.manifestUri ? undefined : live.dataSource],
    ['manifest', live.manifestUri],
    ['commit', live.commit],
    ['approved by', live.approvedBy?.by ?? 'nobody'],
    ['approved at', live.approvedBy && `${moment(live.approvedBy.at)} UTC`],
    ['on grounds', live.approvedBy?.reason],
  ]);
}

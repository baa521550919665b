import type { Command } from 'commander';
import type { Approval } from '../../../lambdas/registry/models/model-store';
import { print } from '../../output';
import { moment } from '../../registry/format';
import { openRegistry, type RegistryOptions, registryCommand, requireModel } from '../../registry/registry';
import { versionNumber } from '../../registry/version-argument';

export function addApprove(models: Command): void {
  registryCommand(models.command('approve'))
    .description('let a version go live')
    .argument('<version>', 'number of the version')
    .requiredOption('--reason <text>', 'on what grounds; the audit trail keeps it')
    .option('--anew', 'although it was rejected')
    .addHelpText('after', '\nExample:\n  flywheel models approve 3 --reason "checked the rides at night"')
    .action((version: string, _options: unknown, command: Command) => decide(version, 'APPROVED', command));
}

export function addReject(models: Command): void {
  registryCommand(models.command('reject'))
    .description('keep a version from going live')
    .argument('<version>', 'number of the version')
    .requiredOption('--reason <text>', 'on what grounds; the audit trail keeps it')
    .addHelpText('after', '\nExample:\n  flywheel models reject 3 --reason "worse for short rides"')
    .action((version: string, _options: unknown, command: Command) => decide(version, 'REJECTED', command));
}

async function decide(version: string, decision: 'APPROVED' | 'REJECTED', command: Command): Promise<void> {
  const options = command.optsWithGlobals<RegistryOptions & { reason: string; anew?: boolean }>();
  const number = versionNumber(version);
  const registry = await openRegistry(options);
  const model = requireModel(registry);
  const change = await registry.change(options.reason);
  if (options.anew === true) await registry.models.requestApproval(model, number, {}, change);
  const approval = await registry.models.decideApproval(model, number, decision, change);
  print(options.json, { model, version: number, approval }, () => describeDecision(model, number, approval));
}

export function describeDecision(model: string, version: number, approval: Approval): string {
  const { status, decidedBy, decidedAt, decision } = approval;
  const when = decidedAt === undefined ? '' : ` at ${moment(decidedAt)} UTC`;
  return `${model}, version ${version}: ${status} by ${decidedBy ?? 'unknown'}${when}${decision === undefined ? '' : ` (${decision})`}`;
}

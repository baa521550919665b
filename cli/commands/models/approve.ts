import type { Command } from 'commander';
import type { Approval } from '../../../lambdas/registry/models/model-store';
import { print } from '../../output';
import { evidenceOf } from '../../registry/evidence';
import { moment } from '../../registry/format';
import {
  openRegistry,
  type Registry,
  type RegistryOptions,
  registryCommand,
  requireModel,
} from '../../registry/registry';
import { versionNumber } from '../../registry/version-argument';

export function addApprove(models: Command): void {
  registryCommand(models.command('approve'))
    .description('let a version go live')
    .argument('<version>', 'number of the version')
    .requiredOption('--reason <text>', 'on what grounds; the audit trail keeps it')
    .option('--evidence <json or text>', 'what the decision rests on, e.g. a link to a report')
    .option('--anew', 'although it was rejected')
    .addHelpText('after', '\nExample:\n  flywheel models approve 3 --reason "checked the rides at night"')
    .action((version: string, _options: unknown, command: Command) => decide(version, 'APPROVED', command));
}

export function addReject(models: Command): void {
  registryCommand(models.command('reject'))
    .description('keep a version from going live')
    .argument('<version>', 'number of the version')
    .requiredOption('--reason <text>', 'on what grounds; the audit trail keeps it')
    .option('--evidence <json or text>', 'what the decision rests on, e.g. a link to a report')
    .addHelpText('after', '\nExample:\n  flywheel models reject 3 --reason "worse for short rides"')
    .action((version: string, _options: unknown, command: Command) => decide(version, 'REJECTED', command));
}

type Decision = 'APPROVED' | 'REJECTED';

interface DecisionOptions extends RegistryOptions {
  readonly reason: string;
  readonly evidence?: string;
  readonly anew?: boolean;
}

async function decide(version: string, decision: Decision, command: Command): Promise<void> {
  const options = command.optsWithGlobals<DecisionOptions>();
  const number = versionNumber(version);
  const registry = await openRegistry(options);
  const approval = await decideVersion(registry, number, decision, options);
  const model = requireModel(registry);
  print(options.json, { model, version: number, approval }, () => describeDecision(model, number, approval));
}

/** Approves or rejects a version by the caller's name. @returns the approval as it stands */
export async function decideVersion(
  registry: Registry,
  version: number,
  decision: Decision,
  { reason, evidence, anew = false }: Pick<DecisionOptions, 'reason' | 'evidence' | 'anew'>,
): Promise<Approval> {
  const model = requireModel(registry);
  const change = await registry.change(reason);
  if (anew) await registry.models.requestApproval(model, version, {}, change);
  return registry.models.decideApproval(model, version, decision, change, evidenceOf(evidence));
}

export function describeDecision(model: string, version: number, approval: Approval): string {
  const { status, decidedBy, decidedAt, decision } = approval;
  const when = decidedAt === undefined ? '' : ` at ${moment(decidedAt)} UTC`;
  return `${model}, version ${version}: ${status} by ${decidedBy ?? 'unknown'}${when}${decision === undefined ? '' : ` (${decision})`}`;
}

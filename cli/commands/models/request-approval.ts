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

interface RequestOptions extends RegistryOptions {
  readonly reason?: string;
  readonly evidence?: string;
}

export function addRequestApproval(models: Command): void {
  registryCommand(models.command('request-approval'))
    .description('keep a version waiting, and from going live, until somebody approves or rejects it')
    .argument('<version>', 'number of the version')
    .option('--reason <text>', 'why the version is wanted; the audit trail keeps it')
    .option('--evidence <json or text>', 'what the decision can rest on, e.g. a link to a report')
    .addHelpText(
      'after',
      '\nExample:\n  flywheel models request-approval 3 --reason "new sensors" --evidence \'{"report": "s3://reports/3.html"}\'',
    )
    .action(async (version: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RequestOptions>();
      const number = versionNumber(version);
      const registry = await openRegistry(options);
      const approval = await askForApproval(registry, number, options);
      const model = requireModel(registry);
      print(options.json, { model, version: number, approval }, () =>
        describeRequest(model, number, approval),
      );
    });
}

/** Lets a version wait for a decision. One that waits goes on waiting, on the grounds that were given first. */
export async function askForApproval(
  registry: Registry,
  version: number,
  { reason, evidence }: Pick<RequestOptions, 'reason' | 'evidence'>,
): Promise<Approval> {
  const request = { evidence: evidenceOf(evidence) };
  return registry.models.requestApproval(
    requireModel(registry),
    version,
    request,
    await registry.change(reason),
  );
}

export function describeRequest(model: string, version: number, approval: Approval): string {
  const { requestedBy, requestedAt, reason } = approval;
  return `${model}, version ${version}: waits for approval since ${moment(requestedAt)} UTC, asked for by ${requestedBy}${reason === undefined ? '' : ` (${reason})`}`;
}

import type { Command } from 'commander';
import { CHAMPION } from '../../../lib/registry/contract';
import { UserError } from '../../errors';
import { print, printable } from '../../output';
import { describeWentLive, goLive } from '../../registry/go-live';
import {
  openRegistry,
  type Registry,
  type RegistryOptions,
  registryCommand,
  requireModel,
} from '../../registry/registry';

export function addRollback(models: Command): void {
  registryCommand(models.command('rollback'))
    .description('make the version before champion again')
    .option('--reason <text>', 'why; the audit trail keeps it')
    .option('--no-wait', 'do not wait for the deployment to end')
    .addHelpText('after', '\nExample:\n  flywheel models rollback --reason "complaints about short rides"')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RegistryOptions & { reason?: string; wait: boolean }>();
      const registry = await openRegistry(options);
      const model = requireModel(registry);
      const went = await goLive({
        registry,
        model,
        version: await versionBefore(registry, model),
        verb: 'rollback',
        reason: options.reason,
        wait: options.wait,
        json: options.json ?? false,
      });
      print(options.json, went, () => printable(describeWentLive(went)));
      process.exitCode = went.status === 'failed' || went.status === 'rolled-back' ? 1 : 0;
    });
}

/** @throws UserError when there is nothing to go back to. */
async function versionBefore(registry: Registry, model: string): Promise<number> {
  const champion = await registry.models.getAlias(model, CHAMPION);
  if (champion?.previous !== undefined) return champion.previous;
  throw new UserError(
    champion === undefined
      ? `Model "${model}" has no champion to roll back.`
      : `Version ${champion.version} is the first champion of model "${model}": there is no version before. Promote another one instead.`,
  );
}

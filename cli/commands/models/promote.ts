import type { Command } from 'commander';
import { print, printable } from '../../output';
import { describeWentLive, goLive } from '../../registry/go-live';
import { openRegistry, type RegistryOptions, registryCommand, requireModel } from '../../registry/registry';
import { versionNumber } from '../../registry/version-argument';

export function addPromote(models: Command): void {
  registryCommand(models.command('promote'))
    .description('make a version champion: by a deployment, or by its alias when there is no endpoint')
    .argument('<version>', 'number of the version')
    .option('--reason <text>', 'why; the audit trail keeps it')
    .option('--no-wait', 'do not wait for the deployment to end')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel models promote 3 --reason "better at night"\n  flywheel models promote 3 --no-wait --json',
    )
    .action(async (version: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RegistryOptions & { reason?: string; wait: boolean }>();
      const number = versionNumber(version);
      const registry = await openRegistry(options);
      const went = await goLive({
        registry,
        model: requireModel(registry),
        version: number,
        verb: 'promote',
        reason: options.reason,
        wait: options.wait,
        json: options.json ?? false,
      });
      print(options.json, went, () => printable(describeWentLive(went)));
      process.exitCode = went.status === 'failed' || went.status === 'rolled-back' ? 1 : 0;
    });
}

import type { Command } from 'commander';
import type { RegisteredModel } from '../../../lambdas/registry/models/model-store';
import { CHAMPION } from '../../../lib/registry/contract';
import { print, table } from '../../output';
import { jsonOf, moment, short } from '../../registry/format';
import { openRegistry, type RegistryOptions, registryCommand } from '../../registry/registry';

export function addList(models: Command): void {
  registryCommand(models.command('list'))
    .description('all models of the registry')
    .addHelpText('after', '\nExample:\n  flywheel models list --local')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RegistryOptions>();
      const registry = await openRegistry(options);
      const found = await registry.models.listModels();
      found.sort((a, b) => (a.name < b.name ? -1 : 1));
      print(options.json, jsonOf(found), () => describeModels(found));
    });
}

export function describeModels(models: readonly RegisteredModel[]): string {
  if (models.length === 0) {
    return 'No model is registered yet: drop data to train one, or register one with an MLflow client.';
  }
  return table(
    ['model', 'newest', 'champion', 'goes live by', 'changed', 'description'],
    models.map((model) => {
      const newest = Math.max(0, ...model.latestVersions.map(({ version }) => version));
      const champion = model.aliases.get(CHAMPION);
      return [
        short(model.name, 40),
        newest === 0 ? '-' : String(newest),
        champion === undefined ? '-' : String(champion),
        model.deployed ? 'deployment' : 'alias',
        moment(model.lastUpdatedTimestamp),
        short(model.description, 50),
      ];
    }),
  );
}

import { isDeployedName } from './deployed-names';

/** An endpoint configuration as listed, newest or oldest first alike. */
export interface ListedConfig {
  readonly name: string;
  readonly createdAt: Date;
}

export interface ConfigsToKeep {
  readonly model: string;
  readonly configs: readonly ListedConfig[];
  /** The configuration that serves and the one on its way: never deleted, whatever their age. */
  readonly inUse: readonly string[];
  /** How many of the newest to keep in any case. */
  readonly keep: number;
}

/** Splits a model's endpoint configurations into those to keep and those to delete. Other names are left out. */
export function chooseConfigs(choice: ConfigsToKeep): { keep: string[]; remove: string[] } {
  const inUse = new Set(choice.inUse);
  const ours = choice.configs
    .filter((config) => isDeployedName(choice.model, config.name))
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.name < b.name ? 1 : -1))
    .map((config) => config.name);
  const keep = ours.filter((name, age) => age < choice.keep || inUse.has(name));
  return { keep, remove: ours.filter((name) => !keep.includes(name)) };
}

/** The SageMaker models that no configuration that stays refers to. Other names are left out. */
export function chooseModels(
  model: string,
  models: readonly string[],
  referred: readonly string[],
): string[] {
  return models.filter((name) => isDeployedName(model, name) && !referred.includes(name));
}

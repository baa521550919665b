import type { Command } from 'commander';
import type { ModelVersion } from '../../../lambdas/registry/entities';
import type { RegisteredModel, RegisteredVersion } from '../../../lambdas/registry/models/model-store';
import { NotServableError } from '../../../lambdas/registry/models/servable';
import { print, table } from '../../output';
import { approvalText, factLines, figure, jsonOf, moment, short } from '../../registry/format';
import {
  openRegistry,
  type Registry,
  type RegistryOptions,
  registryCommand,
  requireModel,
} from '../../registry/registry';
import { versionNumber } from '../../registry/version-argument';

export function addShow(models: Command): void {
  registryCommand(models.command('show'))
    .description('a model with its versions, or one version with its evidence')
    .argument('[version]', 'number of the version')
    .addHelpText('after', '\nExamples:\n  flywheel models show --local\n  flywheel models show 3 --json')
    .action(async (version: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RegistryOptions>();
      const registry = await openRegistry(options);
      const name = requireModel(registry);
      if (version !== undefined) {
        const shown = await showVersion(registry, name, versionNumber(version));
        print(options.json, jsonOf(shown), () => describeVersion(shown));
        return;
      }
      const [model, versions] = await Promise.all([
        registry.models.getModel(name),
        registry.models.listVersions(name),
      ]);
      versions.sort((a, b) => b.version - a.version);
      print(options.json, jsonOf({ model, versions }), () => describeModel(model, versions));
    });
}

export interface ShownVersion {
  readonly version: RegisteredVersion;
  /** What serving reads; absent for versions that an MLflow client registered. */
  readonly serving?: ModelVersion;
}

async function showVersion(registry: Registry, name: string, version: number): Promise<ShownVersion> {
  const [found, serving] = await Promise.all([
    registry.models.getVersion(name, version),
    registry.store.getModelVersion(name, version).catch((error: unknown) => {
      if (error instanceof NotServableError) return undefined;
      throw error;
    }),
  ]);
  return { version: found, serving };
}

export function describeModel(model: RegisteredModel, versions: readonly RegisteredVersion[]): string {
  const facts = factLines([
    ['model', model.name],
    ['description', model.description],
    ['created', `${moment(model.creationTimestamp)} UTC`],
    ['changed', `${moment(model.lastUpdatedTimestamp)} UTC`],
    ['goes live by', model.deployed ? 'deployment' : 'alias'],
    ['aliases', pairsText(model.aliases)],
    ['tags', pairsText(model.tags)],
  ]);
  const rows = versions.map((version) => [
    String(version.version),
    version.stage,
    version.aliases.length === 0 ? '-' : short(version.aliases.join(', '), 30),
    short(approvalText(version), 40),
    moment(version.creationTimestamp),
    short(version.runId, 36),
    short(version.description, 40),
  ]);
  const header = ['version', 'stage', 'aliases', 'approval', 'registered', 'run', 'description'];
  return `${facts}\n\n${rows.length === 0 ? 'No version is registered yet.' : table(header, rows)}`;
}

export function describeVersion({ version, serving }: ShownVersion): string {
  const { approval } = version;
  return factLines([
    ['model', version.name],
    ['version', String(version.version)],
    ['stage', version.stage],
    ['aliases', version.aliases.length === 0 ? undefined : version.aliases.join(', ')],
    ['description', version.description],
    ['registered', `${moment(version.creationTimestamp)} UTC by ${version.userId ?? 'unknown'}`],
    ['source', version.source],
    ['artifacts', version.storageLocation],
    ['run', version.runId],
    ['logged model', version.modelId],
    ['dataset', serving?.dataset && `${serving.dataset} ${serving.datasetVersion ?? ''}`],
    [
      'metrics',
      serving &&
        Object.entries(serving.metrics)
          .map(([name, value]) => `${name} ${figure(value)}`)
          .join(', '),
    ],
    ['verdict', serving?.verdict?.reasons.join('; ')],
    ['image', serving?.image],
    ['features', serving?.features.map(({ name, type }) => `${name} ${type}`).join(', ')],
    ['threshold', serving && String(serving.threshold)],
    ['can be deployed', serving === undefined ? 'no: it was registered without what serving needs' : 'yes'],
    ['approval', approvalText(version)],
    ['asked by', approval && `${approval.requestedBy} at ${moment(approval.requestedAt)} UTC`],
    ['asked why', approval?.reason],
    ['evidence', approval?.evidence && JSON.stringify(approval.evidence)],
    ['decided', approval?.decidedAt && `${moment(approval.decidedAt)} UTC`],
    ['decided why', approval?.decision],
    ['tags', pairsText(version.tags)],
  ]);
}

function pairsText(pairs: ReadonlyMap<string, string | number>): string | undefined {
  if (pairs.size === 0) return undefined;
  return [...pairs].map(([name, value]) => `${name} = ${short(String(value), 80)}`).join(', ');
}

import { createReadStream, existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { algorithmOf, digester, spell } from '../../../lambdas/data-lake/checksum';
import type { DatasetVersion, ManifestObject } from '../../../lambdas/data-lake/entities';
import { isBeingCollected } from '../../../lambdas/data-lake/history/gc-plan';
import {
  ancestry,
  broughtModels,
  forward,
  type ModelFacts,
  type ModelLine,
  type ModelVersionFact,
  type RunFact,
  type RunLine,
} from '../../../lambdas/data-lake/history/lineage';
import { bytes, counted, minute } from '../../data/format';
import { type Lake, type LakeOptions, lakeCommand, openLake } from '../../data/lake';
import { readModelFacts } from '../../data/model-facts';
import { resolveVersion, shortId } from '../../data/resolve-version';
import { UserError } from '../../errors';
import { print } from '../../output';

/** A version and what came of it. */
export interface VersionLine {
  readonly version: Pick<DatasetVersion, 'id' | 'status' | 'createdAt' | 'objects' | 'rows' | 'bytes'>;
  readonly runs: readonly RunLine[];
  /** Models that name the version and no run. */
  readonly models: readonly ModelLine[];
}

/** Where something comes from and what came of it. */
export type Lineage =
  | { readonly kind: 'version'; readonly ancestors: readonly string[]; readonly line: VersionLine }
  | {
      readonly kind: 'file';
      readonly file: string;
      /** The versions that hold it, oldest first, each with the key and the bytes that it has there. */
      readonly holders: readonly { readonly object: ManifestObject; readonly line: VersionLine }[];
    }
  | {
      readonly kind: 'model';
      readonly modelVersion: ModelVersionFact;
      readonly live: boolean;
      readonly run?: RunFact;
      readonly version?: DatasetVersion;
      readonly files: readonly ManifestObject[];
    };

export function addLineage(data: Command): void {
  lakeCommand(data.command('lineage'))
    .description('where a model comes from, and what came of a version or a file')
    .argument('<what>', 'a version, MODEL:VERSION, a key of the dataset, or a file on this machine')
    .option('--model <name...>', "models to look at (default: the stack's)")
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel data lineage current --local\n  flywheel data lineage flight-delays:3\n  flywheel data lineage flights-2013-03.csv',
    )
    .action(async (what: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LakeOptions>();
      const named = /^(.+):(\d+)$/.exec(what)?.[1];
      const lake = await openLake(
        named === undefined || options.model !== undefined ? options : { ...options, model: [named] },
      );
      const lineage = await lineageOf(lake, await readModelFacts(lake), what);
      print(options.json, lineage, () => describeLineage(lineage));
    });
}

/** @throws UserError when nothing of that name is known. */
export async function lineageOf(lake: Lake, facts: ModelFacts, what: string): Promise<Lineage> {
  const [, model, version] = /^(.+):(\d+)$/.exec(what) ?? [];
  if (model !== undefined) return ofModel(lake, facts, model, Number(version));
  const versions = await lake.catalog.versions(lake.dataset);
  if (what === 'current' || (/^[0-9a-f]{4,}$/i.test(what) && !existsSync(what))) {
    const found = await resolveVersion(lake.catalog, lake.dataset, what);
    const ancestors = ancestry(versions, found.id).slice(1);
    return { kind: 'version', ancestors: ancestors.map(({ id }) => id), line: lineOf(found, facts) };
  }
  const holders = await holdersOf(lake, versions, what);
  if (holders.length === 0) {
    throw new UserError(
      `No version of dataset ${lake.dataset} holds ${what}: give a version, MODEL:VERSION, a key below raw/${lake.dataset}/, or a file on this machine.`,
      'what',
    );
  }
  return {
    kind: 'file',
    file: what,
    holders: holders.map(({ object, version }) => ({ object, line: lineOf(version, facts) })),
  };
}

function lineOf(version: DatasetVersion, facts: ModelFacts): VersionLine {
  const { id, status, createdAt, objects, rows, bytes: size } = version;
  return {
    version: { id, status, createdAt, objects, rows, bytes: size },
    runs: forward(version, facts),
    models: broughtModels(version, facts),
  };
}

async function ofModel(lake: Lake, facts: ModelFacts, model: string, version: number): Promise<Lineage> {
  const modelVersion = facts.modelVersions.find((one) => one.model === model && one.version === version);
  if (modelVersion === undefined) {
    throw new UserError(`Model ${model} has no version ${version}.`, 'what');
  }
  const run = facts.runs.find(({ runId }) => runId === modelVersion.runId);
  const id = modelVersion.datasetVersion ?? run?.datasetVersion;
  const dataset = modelVersion.dataset ?? run?.dataset ?? lake.dataset;
  const data = id === undefined ? undefined : await lake.catalog.version(dataset, id);
  const files: ManifestObject[] = [];
  if (data !== undefined && !isBeingCollected(data)) {
    for await (const object of lake.manifests.objects(dataset, data.id)) files.push(object);
  }
  const live = facts.champions.get(model) === version;
  return {
    ...{ kind: 'model', modelVersion, live, files },
    ...(run === undefined ? {} : { run }),
    ...(data === undefined ? {} : { version: data }),
  };
}

/** The versions that have the key; for a file of this machine, those that have its bytes under any key. */
async function holdersOf(
  lake: Lake,
  versions: readonly DatasetVersion[],
  what: string,
): Promise<{ object: ManifestObject; version: DatasetVersion }[]> {
  const isLocal = existsSync(what) && statSync(what).isFile();
  const digests = isLocal ? await digestsOf(what) : undefined;
  const holders: { object: ManifestObject; version: DatasetVersion }[] = [];
  for (const version of versions.filter((one) => !isBeingCollected(one))) {
    const object =
      digests === undefined
        ? await lake.manifests.find(lake.dataset, version.id, what)
        : await firstWith(lake.manifests.objects(lake.dataset, version.id), digests);
    if (object !== undefined) holders.push({ object, version });
  }
  return holders;
}

/** Both checksums that a manifest may have of these bytes. */
async function digestsOf(file: string): Promise<ReadonlySet<string>> {
  const digests = digester(new Set(['sha256', 'crc64nvme']));
  for await (const chunk of createReadStream(file)) digests.update(chunk as Uint8Array);
  const { sha256 = '', crc64nvme = '' } = await digests.digests();
  return new Set([spell('sha256', sha256), spell('crc64nvme', crc64nvme)]);
}

async function firstWith(
  objects: AsyncIterable<ManifestObject>,
  checksums: ReadonlySet<string>,
): Promise<ManifestObject | undefined> {
  for await (const object of objects) if (checksums.has(object.checksum)) return object;
  return undefined;
}

const FILES_SHOWN = 20;

export function describeLineage(lineage: Lineage): string {
  if (lineage.kind === 'version') {
    const { ancestors, line } = lineage;
    const from =
      ancestors.length === 0 ? 'the first version' : `follows ${ancestors.map(shortId).join(' <- ')}`;
    return [...versionLines(line, ''), `  ${from}`].join('\n');
  }
  if (lineage.kind === 'file') {
    const held = `${lineage.file} is held by ${counted(lineage.holders.length, 'version')}`;
    const lines = lineage.holders.flatMap(({ object, line }) => [
      ...versionLines(line, '  '),
      `    as ${object.key}, ${bytes(object.size)}, ${shortChecksum(object.checksum)}, S3 version ${object.versionId}`,
    ]);
    return [held, ...lines].join('\n');
  }
  const { modelVersion, live, run, version, files } = lineage;
  const lines = [
    `model ${modelVersion.model}:${modelVersion.version}${live ? ', live' : ''}, registered ${minute(modelVersion.createdAt)}`,
    run === undefined
      ? '  of no run that is known'
      : `  run ${run.runId}, started by ${run.trigger} ${minute(run.startedAt)}`,
    version === undefined
      ? `  dataset version ${modelVersion.datasetVersion ?? 'unknown'}, which is not in the catalog`
      : `  dataset ${version.dataset} version ${shortId(version.id)} of ${minute(version.createdAt)}: ${counted(version.objects, 'file')}, ${counted(version.rows, 'row')}, ${bytes(version.bytes)}`,
    ...files
      .slice(0, FILES_SHOWN)
      .map(
        ({ key, size, checksum, versionId }) =>
          `    ${key}  ${bytes(size)}  ${shortChecksum(checksum)}  S3 version ${versionId}`,
      ),
    ...(files.length > FILES_SHOWN
      ? [`    ... and ${counted(files.length - FILES_SHOWN, 'more file')}`]
      : []),
  ];
  return lines.join('\n');
}

const shortChecksum = (checksum: string): string => checksum.slice(0, algorithmOf(checksum).length + 13);

function versionLines({ version, runs, models }: VersionLine, indent: string): string[] {
  const head = `${indent}version ${shortId(version.id)} of ${minute(version.createdAt)}, ${version.status}: ${counted(version.objects, 'file')}, ${counted(version.rows, 'row')}, ${bytes(version.bytes)}`;
  const lines = runs.flatMap(({ run, models: made }) => [
    `${indent}  run ${run.runId}, started by ${run.trigger} ${minute(run.startedAt)}: ${run.status}`,
    ...made.flatMap((model) => modelLines(model, `${indent}    `)),
  ]);
  const brought = models.flatMap((model) => modelLines(model, `${indent}  `));
  return [
    head,
    ...lines,
    ...brought,
    ...(lines.length + brought.length === 0 ? [`${indent}  no run learnt from it`] : []),
  ];
}

function modelLines({ modelVersion, live, deployments }: ModelLine, indent: string): string[] {
  return [
    `${indent}model ${modelVersion.model}:${modelVersion.version}${live ? ', live now' : ''}`,
    ...deployments.map(
      ({ deploymentId, status, startedAt }) =>
        `${indent}  deployment ${deploymentId} of ${minute(startedAt)}: ${status}`,
    ),
  ];
}

import type { RegisteredVersion } from '../../models/model-store';
import { parseSource } from '../../models/source';
import type { LoggedModel } from '../../tracking/entities';
import { DoesNotExistError } from '../../tracking/errors';
import { isWithin, parseArtifactUri } from '../artifacts/artifact-uri';
import { type ApiError, invalidParameter } from '../errors';
import type { TrackingService } from '../service';

export interface VersionSource {
  readonly source: string;
  readonly runId: string | undefined;
  readonly modelId: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

/** Where a version comes from: what the request says, else what the version that it is made of says. */
export interface Lineage {
  readonly runId: string | undefined;
  readonly modelId: string | undefined;
}

/**
 * The run and the logged model of a version that is made of another one (`models:/<name>/<version>`, `/<stage>` or
 * `@<alias>`).
 *
 * @throws ApiError when the request names others than that version has.
 */
export async function lineageOf(service: TrackingService, source: string, given: Lineage): Promise<Lineage> {
  const from = await referenced(service, source);
  if (from === undefined) return given;
  const { runId = from.runId, modelId = from.modelId } = given;
  if (runId !== from.runId || modelId !== from.modelId) {
    throw invalid(
      source,
      'The run_id and model_id request parameters must match the referenced model version.',
    );
  }
  return { runId, modelId };
}

/** The version that a source names, or undefined when it names none. */
async function referenced(
  { models }: TrackingService,
  source: string,
): Promise<RegisteredVersion | undefined> {
  const reference = parseSource(source);
  switch (reference.kind) {
    case 'version':
      return models.getVersion(reference.name, reference.version);
    case 'alias':
      return models.getVersionByAlias(reference.name, reference.alias);
    case 'stage': {
      const [newest] = await models.latestVersions(reference.name, [reference.stage]);
      if (newest !== undefined) return newest;
      throw new DoesNotExistError(
        `Model "${reference.name}" has no version in stage ${reference.stage}, which source '${source}' names.`,
      );
    }
    case 'location':
    case 'logged-model':
      return undefined;
  }
}

const IS_PROMPT = 'mlflow.prompt.is_prompt';
/** What MLflow's clients give as the source of a prompt, which has none. */
const PROMPT_SOURCES = ['dummy-source', 'prompt-template'];

/**
 * A version may only be made of artifacts of this registry: of the run or the logged model that it names, of another
 * registered version, or of what lies below the artifact root when it names neither.
 *
 * @throws ApiError naming the source.
 */
export async function checkSource(service: TrackingService, version: VersionSource): Promise<void> {
  const { source, runId, modelId } = version;
  if (version.tags.get(IS_PROMPT)?.toLowerCase() === 'true') {
    if (PROMPT_SOURCES.includes(source)) return;
    throw invalid(source, 'Prompt sources must use an MLflow placeholder.');
  }
  const { scheme, authority, path } = parseArtifactUri(source);
  switch (scheme) {
    case 'models':
      if (authority !== '') throw invalid(source, 'Sources must be of this registry.');
      // The store resolves a version, whose lineage was checked as it was registered.
      if (parseSource(source).kind !== 'logged-model') return;
      if (path !== modelId) throw mustIdentify(source, 'model_id');
      await loggedModelOf(service, version, modelId);
      return;
    case 'runs':
      if (authority !== '' || runId === undefined || path.split('/')[0] !== runId) {
        throw mustIdentify(source, 'run_id');
      }
      if (modelId !== undefined) await loggedModelOf(service, version, modelId);
      await service.tracking.getRun(runId);
      return;
    default:
      await checkLocation(service, version);
  }
}

/** The logged model that the version names. @throws ApiError when there is none, or another run made it. */
async function loggedModelOf(
  { tracking }: TrackingService,
  { source, runId }: VersionSource,
  modelId: string,
): Promise<LoggedModel> {
  const model = await orMustIdentify(tracking.getLoggedModel(modelId), source, 'model_id');
  if (runId !== undefined && runId !== model.sourceRunId) throw mustIdentify(source, 'run_id');
  return model;
}

async function checkLocation(service: TrackingService, version: VersionSource): Promise<void> {
  const { tracking, artifacts } = service;
  const { source, runId, modelId } = version;
  if (modelId !== undefined) {
    const model = await loggedModelOf(service, version, modelId);
    if (!isWithin(source, model.artifactLocation)) throw mustIdentify(source, 'model_id');
    return;
  }
  if (runId !== undefined) {
    const run = await orMustIdentify(tracking.getRun(runId), source, 'run_id');
    if (!isWithin(source, run.artifactUri)) throw mustIdentify(source, 'run_id');
    return;
  }
  if (!artifacts.isForClients(source)) {
    throw invalid(source, `This registry keeps artifacts below ${artifacts.root} only.`);
  }
}

async function orMustIdentify<T>(found: Promise<T>, source: string, parameter: string): Promise<T> {
  try {
    return await found;
  } catch (error) {
    throw error instanceof DoesNotExistError ? mustIdentify(source, parameter) : error;
  }
}

const invalid = (source: string, why: string): ApiError =>
  invalidParameter(`Invalid model version source: '${source.slice(0, 500)}'. ${why}`);

const mustIdentify = (source: string, parameter: string): ApiError =>
  invalid(source, `The ${parameter} request parameter must identify the resource that contains the source.`);

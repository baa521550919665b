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

const OF_VERSION = /^models:\/+([^/@]+)(?:\/(\d{1,15})|@([^/@]+))$/;

/**
 * The run and the logged model of a version that is made of another one (`models:/<name>/<version>` or `@<alias>`).
 *
 * @throws ApiError when the request names others than that version has.
 */
export async function lineageOf(
  { models }: TrackingService,
  source: string,
  given: Lineage,
): Promise<Lineage> {
  const match = OF_VERSION.exec(source);
  if (match === null) return given;
  const [, name, version, alias] = match;
  const from = await (alias === undefined
    ? models.getVersion(name!, Number(version))
    : models.getVersionByAlias(name!, alias));
  const { runId = from.runId, modelId = from.modelId } = given;
  if (runId !== from.runId || modelId !== from.modelId) {
    throw invalid(
      source,
      'The run_id and model_id request parameters must match the referenced model version.',
    );
  }
  return { runId, modelId };
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
      // The store resolves it, and refuses what is not there.
      if (authority !== '') throw invalid(source, 'Sources must be of this registry.');
      if (/^m-[^/@]+$/.test(path) && path !== modelId) throw mustIdentify(source, 'model_id');
      return;
    case 'runs':
      if (authority !== '' || runId === undefined || path.split('/')[0] !== runId) {
        throw mustIdentify(source, 'run_id');
      }
      await service.tracking.getRun(runId);
      return;
    default:
      await checkLocation(service, version);
  }
}

async function checkLocation(
  { tracking, artifacts }: TrackingService,
  { source, runId, modelId }: VersionSource,
): Promise<void> {
  if (modelId !== undefined) {
    const model = await orMustIdentify(tracking.getLoggedModel(modelId), source, 'model_id');
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

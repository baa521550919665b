import { posix } from 'node:path';
import { InvalidParameterError } from '../tracking/errors';
import { STAGES, type Stage } from './model-store';

const MAX_NAME = 256;
const MAX_ALIAS = 255;
const MAX_TAG_KEY = 250;
const MAX_TAG_VALUE = 100_000;
/** DynamoDB's items have 400 KB; the rest is left for what else a model or version has. */
const MAX_TEXT_BYTES = 300_000;
const MAX_EVIDENCE_BYTES = 50_000;

/** @throws InvalidParameterError when the name is empty or longer than MLflow's stores keep. */
export function checkModelName(name: string, parameter = 'name'): void {
  if (name === '') throw new InvalidParameterError(`Missing value for required parameter '${parameter}'.`);
  if (name.length > MAX_NAME) {
    throw new InvalidParameterError(
      `Invalid value for parameter '${parameter}': a model's name has at most ${MAX_NAME} characters, this one has ${name.length}.`,
    );
  }
}

/** @throws InvalidParameterError when the alias is empty, too long, has other characters, or stands for a version. */
export function checkAlias(alias: string): void {
  if (alias === '') throw new InvalidParameterError('Registered model alias name cannot be empty.');
  if (!/^[\w-]*$/.test(alias)) {
    throw new InvalidParameterError(
      `Invalid alias name: '${alias}'. Aliases have letters, digits, underscores and hyphens.`,
    );
  }
  if (alias.length > MAX_ALIAS) {
    throw new InvalidParameterError(
      `Registered model alias name has ${alias.length} characters; at most ${MAX_ALIAS} are allowed.`,
    );
  }
}

/** @throws InvalidParameterError when the alias means something already. */
export function checkSettableAlias(alias: string): void {
  checkAlias(alias);
  if (alias.toLowerCase() === 'latest') {
    throw new InvalidParameterError(
      "'latest' alias name (case insensitive) is reserved: it is always the newest version.",
    );
  }
  if (/^[vV]\d+$/.test(alias)) {
    throw new InvalidParameterError(`Version alias name '${alias}' is reserved: it reads as a version.`);
  }
}

/** @throws InvalidParameterError when MLflow's clients could not have sent the key, or for too much text. */
export function checkTag(key: string, value: string): void {
  checkTagKey(key);
  if (value.length > MAX_TAG_VALUE) {
    throw new InvalidParameterError(
      `'value' of tag '${key}' has ${value.length} characters; at most ${MAX_TAG_VALUE} are allowed.`,
    );
  }
}

/** @throws InvalidParameterError for a key that is empty, too long, or could be taken for another as a path. */
export function checkTagKey(key: string): void {
  const normal = posix.normalize(key);
  if (key === '' || !/^[/\w.\- :]*$/.test(key)) {
    throw new InvalidParameterError(
      `Invalid value "${key}" for parameter 'key' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colons (:) and slashes (/).`,
    );
  }
  if (normal !== key || normal === '.' || normal.startsWith('..') || normal.startsWith('/')) {
    throw new InvalidParameterError(
      `Invalid value "${key}" for parameter 'key' supplied: as a path it would be '${normal}'.`,
    );
  }
  if (key.length > MAX_TAG_KEY) {
    throw new InvalidParameterError(
      `'key' of a tag has ${key.length} characters; at most ${MAX_TAG_KEY} are allowed.`,
    );
  }
}

/** @throws InvalidParameterError when description, source and tags together are more than one record holds. */
export function checkTextSize(what: string, texts: readonly unknown[]): void {
  const bytes = Buffer.byteLength(JSON.stringify(texts));
  if (bytes > MAX_TEXT_BYTES) {
    throw new InvalidParameterError(
      `Description, source and tags of ${what} would take ${bytes} bytes; at most ${MAX_TEXT_BYTES} are kept. Put long texts into an artifact.`,
    );
  }
}

/** @throws InvalidParameterError when the evidence is more than is kept with a version. */
export function checkEvidence(evidence: Readonly<Record<string, unknown>> | undefined): void {
  const bytes = evidence === undefined ? 0 : Buffer.byteLength(JSON.stringify(evidence));
  if (bytes > MAX_EVIDENCE_BYTES) {
    throw new InvalidParameterError(
      `The evidence would take ${bytes} bytes; at most ${MAX_EVIDENCE_BYTES} are kept. Put it into an artifact and give its URI.`,
    );
  }
}

const CANONICAL: ReadonlyMap<string, Stage> = new Map(STAGES.map((stage) => [stage.toLowerCase(), stage]));

/** @throws InvalidParameterError for a stage that there is not. */
export function canonicalStage(stage: string): Stage {
  const found = CANONICAL.get(stage.toLowerCase());
  if (found === undefined) {
    throw new InvalidParameterError(
      `Invalid Model Version stage: ${stage}. Value must be one of ${STAGES.join(', ')}.`,
    );
  }
  return found;
}

/** @throws InvalidParameterError when other versions would be archived for a stage that many may have. */
export function checkArchiving(stage: Stage): void {
  if (stage === 'Staging' || stage === 'Production') return;
  throw new InvalidParameterError(
    `Existing versions can be archived when a version becomes Staging or Production, not when it becomes ${stage}.`,
  );
}

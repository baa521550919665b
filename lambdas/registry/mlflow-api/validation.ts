import { posix } from 'node:path';
import type { NewMetric } from '../tracking/entities';
import { isEntityId } from '../tracking/keys';
import { invalidParameter, shown } from './errors';
import { Limit } from './limits';

/** Letters, digits and `_` of all scripts, `/ . - :` and space. */
const NAME = /^[/\p{L}\p{N}_.\- :]*$/u;
const RUN_ID = /^[a-zA-Z0-9][\w-]{0,255}$/;

/** Characters, not UTF-16 units: what Python's `len` counts. */
function lengthOf(text: string): number {
  return /[\ud800-\udbff]/.test(text) ? [...text].length : text.length;
}

/** The text without what is over the limit. MLflow's server cuts these silently, and so do we. */
export function truncated(text: string, limit: number): string {
  if (text.length <= limit || lengthOf(text) <= limit) return text;
  return [...text].slice(0, limit).join('');
}

/** @throws ApiError when the text is longer than the limit. */
export function checkLength(what: string, text: string, limit: number): void {
  if (text.length > limit && lengthOf(text) > limit) {
    throw invalidParameter(`'${what}' exceeds the maximum length of ${limit} characters`);
  }
}

function normalized(name: string): string {
  const normal = posix.normalize(name);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/**
 * Names of metrics, params and tags may become names of files.
 *
 * @throws ApiError when it has a character that is not allowed, or names another file than it says.
 */
export function checkName(path: string, name: string): void {
  if (!NAME.test(name)) {
    throw invalidParameter(
      `Invalid value ${shown(name)} for parameter '${path}' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).`,
    );
  }
  const normal = normalized(name);
  if (normal !== name || normal === '.' || normal.startsWith('..') || normal.startsWith('/')) {
    throw invalidParameter(
      `Invalid value ${shown(name)} for parameter '${path}' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normal}'`,
    );
  }
}

/** @throws ApiError when it can't be the id of a run. */
export function checkRunId(runId: string): void {
  if (!RUN_ID.test(runId))
    throw invalidParameter(`Invalid value ${shown(runId)} for parameter 'run_id' supplied.`);
}

/** An id that other requests may have made up: of a run or a logged model. @throws ApiError when it can be none. */
export function checkEntityId(path: string, id: string | undefined): void {
  if (id !== undefined && !isEntityId(id)) {
    throw invalidParameter(
      `Invalid value ${shown(id)} for parameter '${path}' supplied: ids have 1 to 256 characters and no '#'.`,
    );
  }
}

/** Runs are stored in the order of their start, which has no place before 1970. @throws ApiError for a time before. */
export function checkStartTime(milliseconds: number): void {
  if (milliseconds < 0) {
    throw invalidParameter(
      `Invalid value ${milliseconds} for parameter 'start_time' supplied: It must be a nonnegative number of milliseconds since 1970.`,
    );
  }
}

/** @throws ApiError when it is no id of an experiment. */
export function checkExperimentId(id: string): void {
  if (!/^\d+$/.test(id)) {
    throw invalidParameter(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`);
  }
}

export function checkExperimentName(name: string): void {
  if (name.trim() === '') throw invalidParameter(`Invalid experiment name: '${name}'`);
  if (lengthOf(name) > Limit.EXPERIMENT_NAME) {
    throw invalidParameter(`'name' exceeds the maximum length of ${Limit.EXPERIMENT_NAME} characters`);
  }
}

export function checkExperimentTag(key: string, value: string): void {
  checkName('key', key);
  checkLength('key', key, Limit.EXPERIMENT_TAG_KEY);
  checkLength('value', value, Limit.EXPERIMENT_TAG_VALUE);
}

/** @param path - of the metric in the request, e.g. `metrics[3].`. */
export function checkedMetric(metric: NewMetric, path = ''): NewMetric {
  checkName(`${path}name`, metric.key);
  if (metric.timestamp < 0) {
    throw invalidParameter(
      `Invalid value ${metric.timestamp} for parameter '${path}timestamp' supplied: metric '${metric.key}' (value=${metric.value}). Timestamp must be a nonnegative long (64-bit integer) `,
    );
  }
  checkLength('Metric name', metric.key, Limit.ENTITY_KEY);
  checkEntityId(`${path}model_id`, metric.modelId);
  checkLength(`${path}dataset_name`, metric.datasetName ?? '', Limit.DATASET_NAME);
  checkLength(`${path}dataset_digest`, metric.datasetDigest ?? '', Limit.DATASET_DIGEST);
  return { ...metric, value: clamped(metric.value) };
}

/** Infinities become the greatest double of their sign, as in MLflow's database. */
function clamped(value: number): number {
  if (value === Number.POSITIVE_INFINITY) return Number.MAX_VALUE;
  return value === Number.NEGATIVE_INFINITY ? -Number.MAX_VALUE : value;
}

type Pair = readonly [key: string, value: string];

export function checkedParam([key, value]: Pair, path = ''): Pair {
  checkName(`${path}key`, key);
  checkLength('Param key', key, Limit.ENTITY_KEY);
  return [key, truncated(value, Limit.PARAM_VALUE)];
}

export function checkedTag([key, value]: Pair, path = ''): Pair {
  checkName(`${path}key`, key);
  checkLength(`${path}key`, key, Limit.ENTITY_KEY);
  return [key, truncated(value, Limit.TAG_VALUE)];
}

/** @throws ApiError when a batch has too many of something, or a param twice. */
export function checkBatch(metrics: number, params: readonly Pair[], tags: number): void {
  checkCount('metrics', Limit.METRICS_PER_BATCH, metrics);
  checkCount('params', Limit.PARAMS_PER_BATCH, params.length);
  checkCount('tags', Limit.TAGS_PER_BATCH, tags);
  checkCount('metrics, params, and tags', Limit.ENTITIES_PER_BATCH, metrics + params.length + tags);
  const seen = new Set<string>();
  const twice = params.map(([key]) => key).filter((key) => seen.size === seen.add(key).size);
  if (twice.length > 0) {
    throw invalidParameter(
      `Duplicate parameter keys have been submitted: ${shown(twice)}. Please ensure the request contains only one param value per param key.`,
    );
  }
}

function checkCount(what: string, limit: number, count: number): void {
  if (count <= limit) return;
  throw invalidParameter(
    `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
  );
}

const FORBIDDEN_IN_MODEL_NAMES = ['/', ':', '.', '%', '"', "'"];

/** The name of a logged model becomes part of URIs. */
export function checkLoggedModelName(name: string | undefined): void {
  if (name === undefined) return;
  if (name === '' || FORBIDDEN_IN_MODEL_NAMES.some((character) => name.includes(character))) {
    throw invalidParameter(
      `Invalid model name (${shown(name)}) provided. Model name must be a non-empty string and cannot contain the following characters: ${FORBIDDEN_IN_MODEL_NAMES.join(' ')}`,
    );
  }
  checkLength('name', name, Limit.LOGGED_MODEL_NAME);
}

/**
 * Params or tags of a logged model. Values are not cut: the UI reads JSON from some.
 *
 * @throws ApiError naming the field that is too long.
 */
export function checkedModelTexts(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  for (const [key, value] of texts) {
    checkLength('key', key, Limit.ENTITY_KEY);
    checkLength(`value of ${key}`, value, Limit.MODEL_TEXT);
  }
  return texts;
}

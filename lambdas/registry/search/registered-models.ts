import type { RegisteredModel, RegisteredVersion } from '../models/model-store';
import type { Condition } from './filter/condition';
import { parseModelFilter, parseVersionFilter } from './filter/registry';
import { numberTest, textTest } from './filter/tests';
import { ENTRY_BYTES, jsonTextBytes, RUN_BYTES } from './json-size';
import { Limits, PAGE_BYTES, registryResultLimit } from './limits';
import { modelOrder, type SortField, versionOrder } from './order/fields';
import { queryDigest } from './page-token';
import { asksForPrompts, PROMPT_TAG, withoutPromptConditions } from './prompts';
import { pageOfRows } from './rows';
import type { OrderedSearchRequest, Page } from './search-service';

const isPrompt = (row: RegisteredModel | RegisteredVersion): boolean => row.tags.get(PROMPT_TAG) === 'true';

/** The page of models that the request asks for. @throws InvalidParameterError when the request is wrong. */
export function searchRegisteredModels(
  all: readonly RegisteredModel[],
  request: OrderedSearchRequest,
): Page<RegisteredModel> {
  const limit = registryResultLimit(request.maxResults, Limits.registeredModels);
  const filter = request.filter ?? '';
  const conditions = parseModelFilter(filter);
  const order = modelOrder(request.orderBy ?? []);
  const prompts = asksForPrompts(conditions);
  const tests = (prompts ? conditions : withoutPromptConditions(conditions)).map((condition) => {
    const test = textTest(condition);
    return (model: RegisteredModel) =>
      test(condition.type === 'tag' ? model.tags.get(condition.key) : model.name);
  });
  return pageOfRows({
    rows: all,
    matches: (model) => (prompts || !isPrompt(model)) && tests.every((test) => test(model)),
    order,
    valueOf: (model, { key }) => (key === 'name' ? model.name : model.lastUpdatedTimestamp),
    isText: (field) => field.key === 'name',
    limit,
    digest: queryDigest(['registered-models', filter, order]),
    size: { of: modelBytes, most: PAGE_BYTES },
    pageToken: request.pageToken,
  });
}

/** The page of versions that the request asks for. @throws InvalidParameterError when the request is wrong. */
export function searchModelVersions(
  all: readonly RegisteredVersion[],
  request: OrderedSearchRequest,
): Page<RegisteredVersion> {
  const limit = registryResultLimit(request.maxResults, Limits.modelVersions);
  const filter = request.filter ?? '';
  const conditions = parseVersionFilter(filter);
  const order = versionOrder(request.orderBy ?? []);
  const prompts = asksForPrompts(conditions);
  const left = new Set(prompts ? [] : all.filter(isPrompt).map((version) => version.name));
  const tests = (prompts ? conditions : withoutPromptConditions(conditions)).map(versionTest);
  return pageOfRows({
    rows: all,
    matches: (version) => !left.has(version.name) && tests.every((test) => test(version)),
    order,
    valueOf: versionValue,
    isText: (field) => field.key === 'name',
    limit,
    digest: queryDigest(['model-versions', filter, order]),
    size: { of: versionBytes, most: PAGE_BYTES },
    pageToken: request.pageToken,
  });
}

/** The model and the run that a filter of versions demands; undefined where it demands none. */
export function versionsAskedFor(filter: string | undefined): {
  readonly name: string | undefined;
  readonly runId: string | undefined;
} {
  const conditions = parseVersionFilter(filter ?? '');
  const demanded = (key: string): string | undefined => {
    const found = conditions.find(
      (condition) => condition.type === 'attribute' && condition.key === key && condition.operator === '=',
    );
    return typeof found?.value === 'string' ? found.value : undefined;
  };
  return { name: demanded('name'), runId: demanded('run_id') };
}

function versionTest(condition: Condition): (version: RegisteredVersion) => boolean {
  if (condition.key === 'version_number' && condition.type === 'attribute') {
    const test = numberTest(condition);
    return (version) => test(version.version);
  }
  const test = textTest(condition);
  return (version) => test(versionText(version, condition));
}

function versionText(version: RegisteredVersion, { type, key }: Condition): string | undefined {
  if (type === 'tag') return version.tags.get(key);
  if (key === 'name') return version.name;
  return key === 'run_id' ? version.runId : version.source;
}

function versionValue(version: RegisteredVersion, { key }: SortField): string | number {
  if (key === 'name') return version.name;
  if (key === 'version_number') return version.version;
  return key === 'creation_timestamp' ? version.creationTimestamp : version.lastUpdatedTimestamp;
}

function versionBytes(version: RegisteredVersion): number {
  const { name, description, source, storageLocation, runId, runLink, userId, tags, aliases } = version;
  const texts = [name, description, source, storageLocation, runId, runLink, userId, ...aliases];
  return textBytes(texts) + pairBytes(tags) + 2 * RUN_BYTES;
}

function modelBytes({ name, description, tags, aliases, latestVersions }: RegisteredModel): number {
  const versions = latestVersions.reduce((bytes, version) => bytes + versionBytes(version), 0);
  return textBytes([name, description]) + pairBytes(tags) + pairBytes(aliases) + versions + RUN_BYTES;
}

const textBytes = (texts: readonly (string | undefined)[]): number =>
  texts.reduce((bytes, text) => bytes + (text === undefined ? 0 : jsonTextBytes(text) + ENTRY_BYTES), 0);

const pairBytes = (pairs: ReadonlyMap<string, string | number>): number =>
  [...pairs].reduce((bytes, [key, value]) => bytes + textBytes([key, String(value)]), 0);

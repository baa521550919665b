import { int, list, required, string } from '../decode';
import { changeOf, endpoint } from '../endpoint';
import { invalidParameter } from '../errors';
import { listed } from '../wire/common';
import { modelVersionJson, registeredModelJson } from '../wire/registered-model';
import { TAG, tagMap } from './experiments';

export const NAME = required(string);
export const KEY = required(string);

/** The number of a version, which clients send as a text. */
export function versionNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) {
    throw invalidParameter(`Parameter 'version' must be an integer, got '${text.slice(0, 200)}'.`);
  }
  return Number(text);
}

/** @throws ApiError for a name that could not stand in `models:/<name>/<version>`. */
function checkModelName(name: string): void {
  if (!/[/:]/.test(name)) return;
  throw invalidParameter(`Invalid model name '${name.slice(0, 500)}'. Names cannot contain '/' or ':'.`);
}

export const createRegisteredModel = endpoint(
  { name: NAME, tags: list(TAG), description: string },
  async ({ models }, { name, tags, description }, call) => {
    checkModelName(name);
    const input = { name, tags: tagMap(tags), description: description === '' ? undefined : description };
    return { registered_model: registeredModelJson(await models.createModel(input, changeOf(call))) };
  },
);

export const getRegisteredModel = endpoint({ name: NAME }, async ({ models }, { name }) => ({
  registered_model: registeredModelJson(await models.getModel(name)),
}));

export const updateRegisteredModel = endpoint(
  { name: NAME, description: string },
  async ({ models }, { name, description }, call) => ({
    registered_model: registeredModelJson(await models.updateModel(name, { description }, changeOf(call))),
  }),
);

export const renameRegisteredModel = endpoint(
  { name: NAME, new_name: required(string) },
  async ({ models }, { name, new_name: newName }, call) => {
    checkModelName(newName);
    return { registered_model: registeredModelJson(await models.renameModel(name, newName, changeOf(call))) };
  },
);

export const deleteRegisteredModel = endpoint({ name: NAME }, async ({ models }, { name }, call) => {
  await models.deleteModel(name, changeOf(call));
});

export const searchRegisteredModels = endpoint(
  { filter: string, max_results: int, order_by: list(string), page_token: string },
  async ({ search }, input) => {
    const page = await search.searchRegisteredModels({
      filter: input.filter,
      maxResults: input.max_results,
      orderBy: input.order_by,
      pageToken: input.page_token === '' ? undefined : input.page_token,
    });
    return {
      registered_models: listed(page.items.map(registeredModelJson)),
      next_page_token: page.nextPageToken,
    };
  },
);

export const getLatestVersions = endpoint(
  { name: NAME, stages: list(string) },
  async ({ models }, { name, stages }) => {
    const versions = await models.latestVersions(name, stages.length === 0 ? undefined : stages);
    return { model_versions: listed(versions.map(modelVersionJson)) };
  },
);

export const setRegisteredModelTag = endpoint(
  { name: NAME, key: KEY, value: string },
  async ({ models }, { name, key, value }, call) => {
    await models.setModelTag(name, key, value ?? '', changeOf(call));
  },
);

export const deleteRegisteredModelTag = endpoint(
  { name: NAME, key: KEY },
  async ({ models }, { name, key }, call) => {
    await models.deleteModelTag(name, key, changeOf(call));
  },
);

export const setAlias = endpoint(
  { name: NAME, alias: required(string), version: required(string) },
  async ({ models }, { name, alias, version }, call) => {
    await models.setAlias({ name, alias, version: versionNumber(version) }, changeOf(call));
  },
);

export const deleteAlias = endpoint(
  { name: NAME, alias: required(string) },
  async ({ models }, { name, alias }, call) => {
    await models.deleteAlias(name, alias, changeOf(call));
  },
);

export const getVersionByAlias = endpoint(
  { name: NAME, alias: required(string) },
  async ({ models }, { name, alias }) => ({
    model_version: modelVersionJson(await models.getVersionByAlias(name, alias)),
  }),
);

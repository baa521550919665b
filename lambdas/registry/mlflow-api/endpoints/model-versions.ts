import type { RegisteredVersion } from '../../models/model-store';
import { clientToken } from '../client-token';
import { bool, int, list, required, string } from '../decode';
import { type Call, changeOf, endpoint } from '../endpoint';
import { Limit } from '../limits';
import { checkEntityId, checkLength } from '../validation';
import { listed } from '../wire/common';
import { modelVersionJson } from '../wire/registered-model';
import { TAG, tagMap } from './experiments';
import { KEY, NAME, versionNumber } from './registered-models';
import { checkSource, lineageOf } from './version-source';

const VERSION = required(string);
const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

export const createModelVersion = endpoint(
  {
    name: NAME,
    source: required(string),
    run_id: string,
    tags: list(TAG),
    run_link: string,
    description: string,
    model_id: string,
  },
  async (service, input, call) => {
    const tags = tagMap(input.tags);
    checkLength('run_link', input.run_link ?? '', Limit.MODEL_TEXT);
    checkEntityId('run_id', given(input.run_id));
    checkEntityId('model_id', given(input.model_id));
    const { runId, modelId } = await lineageOf(service, input.source, {
      runId: given(input.run_id),
      modelId: given(input.model_id),
    });
    await checkSource(service, { source: input.source, runId, modelId, tags });
    const version = await service.models.createVersion(
      {
        name: input.name,
        source: input.source,
        runId,
        runLink: given(input.run_link),
        modelId,
        description: given(input.description),
        tags,
        clientToken: clientToken(call.request),
      },
      changeOf(call),
    );
    if (version.modelId !== undefined) await nameVersionOnModel(call, version.modelId, version);
    return { model_version: modelVersionJson(version) };
  },
);

/**
 * The logged model's tag lists what it was registered as; the UI reads it. The version is made: a client that was told
 * of an error would repeat the request and make another one.
 */
async function nameVersionOnModel(
  { service, logger }: Call,
  modelId: string,
  { name, version }: RegisteredVersion,
): Promise<void> {
  try {
    await service.tracking.recordModelVersion(modelId, { name, version });
  } catch (error) {
    const stack = error instanceof Error ? error.stack : String(error);
    logger.error('the version is made, but its logged model does not name it', {
      ...{ modelId, name, version, error: stack },
    });
  }
}

export const getModelVersion = endpoint(
  { name: NAME, version: VERSION },
  async ({ models }, { name, version }) => ({
    model_version: modelVersionJson(await models.getVersion(name, versionNumber(version))),
  }),
);

export const updateModelVersion = endpoint(
  { name: NAME, version: VERSION, description: string },
  async ({ models }, { name, version, description }, call) => ({
    model_version: modelVersionJson(
      await models.updateVersion(name, versionNumber(version), { description }, changeOf(call)),
    ),
  }),
);

export const transitionStage = endpoint(
  { name: NAME, version: VERSION, stage: required(string), archive_existing_versions: bool },
  async ({ models }, { name, version, stage, archive_existing_versions: archive = false }, call) => ({
    model_version: modelVersionJson(
      await models.transitionStage(name, versionNumber(version), stage, archive, changeOf(call)),
    ),
  }),
);

export const deleteModelVersion = endpoint(
  { name: NAME, version: VERSION },
  async ({ models }, { name, version }, call) => {
    await models.deleteVersion(name, versionNumber(version), changeOf(call));
  },
);

export const searchModelVersions = endpoint(
  { filter: string, max_results: int, order_by: list(string), page_token: string },
  async ({ search }, input) => {
    const page = await search.searchModelVersions({
      filter: input.filter,
      maxResults: input.max_results,
      orderBy: input.order_by,
      pageToken: given(input.page_token),
    });
    return { model_versions: listed(page.items.map(modelVersionJson)), next_page_token: page.nextPageToken };
  },
);

export const getDownloadUri = endpoint(
  { name: NAME, version: VERSION },
  async ({ models }, { name, version }) => ({
    artifact_uri: await models.downloadUri(name, versionNumber(version)),
  }),
);

export const setModelVersionTag = endpoint(
  { name: NAME, version: VERSION, key: KEY, value: string },
  async ({ models }, { name, version, key, value }, call) => {
    await models.setVersionTag(name, versionNumber(version), key, value ?? '', changeOf(call));
  },
);

export const deleteModelVersionTag = endpoint(
  { name: NAME, version: VERSION, key: KEY },
  async ({ models }, { name, version, key }, call) => {
    await models.deleteVersionTag(name, versionNumber(version), key, changeOf(call));
  },
);

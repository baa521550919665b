import type { LoggedModelStatus } from '../../tracking/entities';
import { idOfToken } from '../client-token';
import { bool, enumeration, int, list, message, nonEmpty, required, string, stringOrNumber } from '../decode';
import { endpoint } from '../endpoint';
import { invalidParameter } from '../errors';
import { Limit } from '../limits';
import {
  checkEntityId,
  checkExperimentId,
  checkedModelTexts,
  checkLength,
  checkLoggedModelName,
} from '../validation';
import { listed } from '../wire/common';
import { loggedModelJson } from '../wire/logged-model';
import { TAG, tagMap } from './experiments';

const MODEL_ID = required(string);
const STATUS = enumeration({
  LOGGED_MODEL_STATUS_UNSPECIFIED: 0,
  LOGGED_MODEL_PENDING: 1,
  LOGGED_MODEL_READY: 2,
  LOGGED_MODEL_UPLOAD_FAILED: 3,
});
const STATUS_OF: Readonly<Record<string, LoggedModelStatus>> = {
  LOGGED_MODEL_STATUS_UNSPECIFIED: 'UNSPECIFIED',
  LOGGED_MODEL_PENDING: 'PENDING',
  LOGGED_MODEL_READY: 'READY',
  LOGGED_MODEL_UPLOAD_FAILED: 'FAILED',
};

const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

export const createLoggedModel = endpoint(
  {
    experiment_id: required(stringOrNumber),
    name: string,
    model_type: string,
    source_run_id: string,
    params: list(TAG),
    tags: list(TAG),
  },
  async ({ tracking }, input, { request }) => {
    checkExperimentId(input.experiment_id);
    const name = given(input.name);
    checkLoggedModelName(name);
    checkLength('model_type', input.model_type ?? '', Limit.MODEL_TEXT);
    checkEntityId('source_run_id', given(input.source_run_id));
    const token = idOfToken(request, 'logged-model');
    const model = await tracking.createLoggedModel({
      experimentId: input.experiment_id,
      name,
      modelType: given(input.model_type),
      sourceRunId: given(input.source_run_id),
      params: checkedModelTexts(tagMap(input.params)),
      tags: checkedModelTexts(tagMap(input.tags)),
      modelId: token === undefined ? undefined : `m-${token}`,
    });
    return { model: loggedModelJson(model) };
  },
);

export const getLoggedModel = endpoint({ model_id: MODEL_ID }, async ({ tracking }, { model_id: id }) => ({
  model: loggedModelJson(await tracking.getLoggedModel(id)),
}));

export const finalizeLoggedModel = endpoint(
  { model_id: MODEL_ID, status: required(STATUS), status_message: string },
  async ({ tracking }, { model_id: id, status, status_message: why }) => {
    checkLength('status_message', why ?? '', Limit.MODEL_TEXT);
    const model = await tracking.finalizeLoggedModel(id, STATUS_OF[status]!, given(why));
    return { model: loggedModelJson(model) };
  },
);

export const deleteLoggedModel = endpoint({ model_id: MODEL_ID }, async ({ tracking }, { model_id: id }) => {
  await tracking.deleteLoggedModel(id);
});

export const setLoggedModelTags = endpoint(
  { model_id: MODEL_ID, tags: list(TAG) },
  async ({ tracking }, { model_id: id, tags }) => {
    await tracking.setLoggedModelTags(id, checkedModelTexts(tagMap(tags)));
  },
);

export const deleteLoggedModelTag = endpoint(
  { model_id: MODEL_ID, tag_key: required(string) },
  async ({ tracking }, { model_id: id, tag_key: key }) => {
    await tracking.deleteLoggedModelTag(id, key);
  },
);

export const logLoggedModelParams = endpoint(
  { model_id: MODEL_ID, params: list(TAG) },
  async ({ tracking }, { model_id: id, params }) => {
    await tracking.logLoggedModelParams(id, checkedModelTexts(tagMap(params)));
  },
);

export const searchLoggedModels = endpoint(
  {
    experiment_ids: nonEmpty(list(stringOrNumber)),
    filter: string,
    datasets: list(message({ dataset_name: string, dataset_digest: string })),
    max_results: int,
    order_by: list(
      message({ field_name: string, ascending: bool, dataset_name: string, dataset_digest: string }),
    ),
    page_token: string,
  },
  async ({ search }, input) => {
    const page = await search.searchLoggedModels({
      experimentIds: input.experiment_ids,
      filter: input.filter,
      datasets: input.datasets.map((dataset) => ({
        datasetName: nameOf('dataset_name', dataset.dataset_name),
        datasetDigest: given(dataset.dataset_digest),
      })),
      maxResults: input.max_results === 0 ? undefined : input.max_results,
      orderBy: input.order_by.map((order) => ({
        fieldName: nameOf('field_name', order.field_name),
        ascending: order.ascending,
        datasetName: given(order.dataset_name),
        datasetDigest: given(order.dataset_digest),
      })),
      pageToken: given(input.page_token),
    });
    return { models: listed(page.items.map(loggedModelJson)), next_page_token: page.nextPageToken };
  },
);

function nameOf(field: string, name: string | undefined): string {
  if (name === undefined || name === '') {
    throw invalidParameter(`\`${field}\` in the \`order_by\` or \`datasets\` clause must be specified.`);
  }
  return name;
}

import { enumeration, int, list, message, nonEmpty, required, string, stringOrNumber } from '../decode';
import { endpoint } from '../endpoint';
import { ApiError, invalidParameter } from '../errors';
import { Limit } from '../limits';
import { checkExperimentId, checkExperimentName, checkExperimentTag, checkLength } from '../validation';
import { listed } from '../wire/common';
import { experimentJson } from '../wire/experiment';

export const TAG = message({ key: string, value: string });
export const VIEW_TYPE = enumeration({ ACTIVE_ONLY: 1, DELETED_ONLY: 2, ALL: 3 });

interface KeyAndValue {
  readonly key: string | undefined;
  readonly value: string | undefined;
}

/** Tags of a request as a map: the last of several with one key stands. */
export function tagMap(tags: readonly KeyAndValue[]): Map<string, string> {
  return new Map(tags.map(({ key, value }) => [key ?? '', value ?? '']));
}

const EXPERIMENT_ID = required(stringOrNumber);

export const createExperiment = endpoint(
  { name: required(string), artifact_location: string, tags: list(TAG) },
  async ({ tracking, artifacts }, input) => {
    checkExperimentName(input.name);
    const tags = tagMap(input.tags);
    for (const [key, value] of tags) checkExperimentTag(key, value);
    const location = input.artifact_location;
    if (location !== undefined && location !== '') {
      checkLength('artifact_location', location, Limit.ARTIFACT_LOCATION);
      if (!artifacts.isForClients(location)) {
        throw invalidParameter(
          `Invalid artifact location "${location.slice(0, 500)}": this registry keeps artifacts below ${artifacts.root} only.`,
        );
      }
    }
    const artifactLocation = location === '' ? undefined : location;
    return { experiment_id: await tracking.createExperiment({ name: input.name, artifactLocation, tags }) };
  },
);

export const getExperiment = endpoint({ experiment_id: EXPERIMENT_ID }, async ({ tracking }, input) => {
  checkExperimentId(input.experiment_id);
  return { experiment: experimentJson(await tracking.getExperiment(input.experiment_id)) };
});

export const getExperimentByName = endpoint(
  { experiment_name: required(string) },
  async ({ tracking }, { experiment_name: name }) => {
    // A longer name is nobody's, and no key of the table.
    const isName = name.length <= Limit.EXPERIMENT_NAME;
    const experiment = isName ? await tracking.getExperimentByName(name) : undefined;
    if (experiment === undefined) {
      throw new ApiError('RESOURCE_DOES_NOT_EXIST', `Could not find experiment with name '${name}'`);
    }
    return { experiment: experimentJson(experiment) };
  },
);

export const deleteExperiment = endpoint({ experiment_id: EXPERIMENT_ID }, async ({ tracking }, input) => {
  checkExperimentId(input.experiment_id);
  await tracking.deleteExperiment(input.experiment_id);
});

export const restoreExperiment = endpoint({ experiment_id: EXPERIMENT_ID }, async ({ tracking }, input) => {
  checkExperimentId(input.experiment_id);
  await tracking.restoreExperiment(input.experiment_id);
});

export const updateExperiment = endpoint(
  { experiment_id: EXPERIMENT_ID, new_name: required(string) },
  async ({ tracking }, input) => {
    checkExperimentId(input.experiment_id);
    checkExperimentName(input.new_name);
    await tracking.renameExperiment(input.experiment_id, input.new_name);
  },
);

export const setExperimentTag = endpoint(
  { experiment_id: EXPERIMENT_ID, key: required(string), value: string },
  async ({ tracking }, { experiment_id: id, key, value = '' }) => {
    checkExperimentId(id);
    checkExperimentTag(key, value);
    await tracking.setExperimentTag(id, key, value);
  },
);

export const deleteExperimentTag = endpoint(
  { experiment_id: EXPERIMENT_ID, key: required(string) },
  async ({ tracking }, { experiment_id: id, key }) => {
    checkExperimentId(id);
    await tracking.deleteExperimentTag(id, key);
  },
);

export const searchExperiments = endpoint(
  { max_results: int, page_token: string, filter: string, order_by: list(string), view_type: VIEW_TYPE },
  async ({ search }, input) => {
    const page = await search.searchExperiments({
      filter: input.filter,
      maxResults: input.max_results,
      pageToken: input.page_token === '' ? undefined : input.page_token,
      orderBy: input.order_by,
      viewType: input.view_type,
    });
    return { experiments: listed(page.items.map(experimentJson)), next_page_token: page.nextPageToken };
  },
);

/** Which data runs of the experiments read: the UI's list of datasets. */
export const searchDatasets = endpoint(
  { experiment_ids: nonEmpty(list(stringOrNumber)) },
  async ({ tracking }, { experiment_ids: ids }) => {
    if (ids.length > Limit.SEARCHED_DATASET_EXPERIMENTS) {
      throw invalidParameter(
        `SearchDatasets request cannot specify more than ${Limit.SEARCHED_DATASET_EXPERIMENTS} experiment_ids. Received ${ids.length} experiment_ids.`,
      );
    }
    ids.forEach(checkExperimentId);
    const summaries = await tracking.searchDatasets(ids);
    return {
      dataset_summaries: listed(
        summaries.map(({ experimentId, name, digest, context }) => ({
          experiment_id: experimentId,
          name,
          digest,
          context,
        })),
      ),
    };
  },
);

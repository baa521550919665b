import { idOfToken } from '../client-token';
import { enumeration, int, list, required, string, stringOrNumber } from '../decode';
import { endpoint } from '../endpoint';
import { Limit } from '../limits';
import {
  checkExperimentId,
  checkedTag,
  checkLength,
  checkRunId,
  checkStartTime,
  truncated,
} from '../validation';
import { listed } from '../wire/common';
import { runInfoJson, runJson } from '../wire/run';
import { TAG, VIEW_TYPE } from './experiments';
import { RUN_ID, runIdOf } from './run-id';

const RUN_STATUS = enumeration({ RUNNING: 1, SCHEDULED: 2, FINISHED: 3, FAILED: 4, KILLED: 5 });
const DEFAULT_EXPERIMENT = '0';

/** An empty text counts as absent, as protobuf can't tell them apart. */
const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** The name is a tag too. */
const runNameOf = (name: string | undefined): string | undefined =>
  given(name) && truncated(name!, Limit.TAG_VALUE);

export const createRun = endpoint(
  { experiment_id: stringOrNumber, user_id: string, run_name: string, start_time: int, tags: list(TAG) },
  async ({ tracking, clock }, input, { request }) => {
    const experimentId = given(input.experiment_id) ?? DEFAULT_EXPERIMENT;
    checkExperimentId(experimentId);
    const startTime = input.start_time ?? clock.now().getTime();
    checkStartTime(startTime);
    checkLength('user_id', input.user_id ?? '', Limit.USER_ID);
    const tags = input.tags.map(({ key = '', value = '' }, i) => checkedTag([key, value], `tags[${i}].`));
    const run = await tracking.createRun({
      experimentId,
      userId: input.user_id,
      startTime,
      runName: runNameOf(input.run_name),
      tags: new Map(tags),
      runId: idOfToken(request, 'run'),
    });
    return { run: runJson(run) };
  },
);

export const updateRun = endpoint(
  { ...RUN_ID, status: RUN_STATUS, end_time: int, run_name: string },
  async ({ tracking }, input) => {
    const update = { status: input.status, endTime: input.end_time, runName: runNameOf(input.run_name) };
    return { run_info: runInfoJson(await tracking.updateRun(runIdOf(input), update)) };
  },
);

export const deleteRun = endpoint({ run_id: required(string) }, async ({ tracking }, { run_id: runId }) => {
  checkRunId(runId);
  await tracking.deleteRun(runId);
});

export const restoreRun = endpoint({ run_id: required(string) }, async ({ tracking }, { run_id: runId }) => {
  checkRunId(runId);
  await tracking.restoreRun(runId);
});

export const getRun = endpoint(RUN_ID, async ({ tracking }, input) => ({
  run: runJson(await tracking.getRun(runIdOf(input))),
}));

export const searchRuns = endpoint(
  {
    experiment_ids: list(stringOrNumber),
    filter: string,
    run_view_type: VIEW_TYPE,
    max_results: int,
    order_by: list(string),
    page_token: string,
  },
  async ({ search }, input) => {
    const page = await search.searchRuns({
      experimentIds: input.experiment_ids,
      filter: input.filter,
      viewType: input.run_view_type,
      maxResults: input.max_results,
      orderBy: input.order_by,
      pageToken: given(input.page_token),
    });
    return {
      runs: listed(page.items.map((run) => runJson(run, false))),
      next_page_token: page.nextPageToken,
    };
  },
);

export const setTag = endpoint(
  { ...RUN_ID, key: required(string), value: string },
  async ({ tracking }, input) => {
    const [key, value] = checkedTag([input.key, input.value ?? '']);
    await tracking.setTag(runIdOf(input), key, value);
  },
);

export const deleteTag = endpoint(
  { run_id: required(string), key: required(string) },
  async ({ tracking }, { run_id: runId, key }) => {
    checkRunId(runId);
    await tracking.deleteTag(runId, key);
  },
);

import { type Decoded, double, int, list, message, nonEmpty, required, string } from '../decode';
import { endpoint } from '../endpoint';
import { invalidParameter } from '../errors';
import {
  checkBatch,
  checkEntityId,
  checkedMetric,
  checkedParam,
  checkedTag,
  checkRunId,
} from '../validation';
import { checkedDatasetInput, DATASET_INPUT } from './dataset-input';
import { RUN_ID, runIdOf } from './run-id';

const METRIC = {
  key: required(string),
  value: required(double),
  timestamp: required(int),
  step: int,
  model_id: string,
  dataset_name: string,
  dataset_digest: string,
};
const KEYED = message({ key: required(string), value: string });
const REQUIRED_RUN_ID = required(string);

const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

function metricOf(input: Decoded<typeof METRIC>, path?: string) {
  return checkedMetric(
    {
      key: input.key,
      value: input.value,
      timestamp: input.timestamp,
      step: input.step ?? 0,
      modelId: given(input.model_id),
      datasetName: given(input.dataset_name),
      datasetDigest: given(input.dataset_digest),
    },
    path,
  );
}

export const logMetric = endpoint({ ...RUN_ID, ...METRIC }, async ({ tracking }, input) => {
  await tracking.logBatch(runIdOf(input), { metrics: [metricOf(input)] });
});

export const logParameter = endpoint(
  { ...RUN_ID, key: required(string), value: string },
  async ({ tracking }, input) => {
    const [key, value] = checkedParam([input.key, input.value ?? '']);
    await tracking.logParam(runIdOf(input), key, value);
  },
);

export const logBatch = endpoint(
  { run_id: REQUIRED_RUN_ID, metrics: list(message(METRIC)), params: list(KEYED), tags: list(KEYED) },
  async ({ tracking }, input) => {
    checkRunId(input.run_id);
    const metrics = input.metrics.map((metric, i) => metricOf(metric, `metrics[${i}].`));
    const params = input.params.map(({ key, value = '' }, i) => checkedParam([key, value], `params[${i}].`));
    const tags = input.tags.map(({ key, value = '' }, i) => checkedTag([key, value], `tags[${i}].`));
    checkBatch(metrics.length, params, tags.length);
    await tracking.logBatch(input.run_id, { metrics, params, tags });
  },
);

const MANDATORY = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'];

/** What 2.x clients say of a model that they logged: it goes into a tag of the run. */
export const logModel = endpoint(
  { run_id: REQUIRED_RUN_ID, model_json: required(string) },
  async ({ tracking }, { run_id: runId, model_json: modelJson }) => {
    checkRunId(runId);
    const model = parseModel(modelJson);
    const missing = MANDATORY.filter((field) => !Object.hasOwn(model, field));
    if (missing.length > 0) {
      throw invalidParameter(`Model json is missing mandatory fields: ${missing.join(', ')}`);
    }
    // The signature and the environment stay in the MLmodel file: a tag has to hold many of these.
    const { signature: _signature, saved_input_example_info: _example, ...kept } = model;
    await tracking.recordLoggedModel(runId, kept);
  },
);

function parseModel(text: string): Readonly<Record<string, unknown>> {
  try {
    const model: unknown = JSON.parse(text);
    if (typeof model === 'object' && model !== null && !Array.isArray(model)) {
      return model as Readonly<Record<string, unknown>>;
    }
  } catch {
    // Said below.
  }
  throw invalidParameter(`Malformed model info. \n ${text.slice(0, 1000)} \n is not a valid JSON.`);
}

function checkedId(id: string, path: string): string {
  checkEntityId(path, id);
  return id;
}

export const logInputs = endpoint(
  {
    run_id: REQUIRED_RUN_ID,
    datasets: list(DATASET_INPUT),
    models: list(message({ model_id: required(string) })),
  },
  async ({ tracking }, input) => {
    checkRunId(input.run_id);
    await tracking.logInputs(input.run_id, {
      datasets: input.datasets.map(checkedDatasetInput),
      models: input.models.map(({ model_id: modelId }, i) => checkedId(modelId, `models[${i}].model_id`)),
    });
  },
);

export const logOutputs = endpoint(
  {
    run_id: REQUIRED_RUN_ID,
    models: nonEmpty(list(message({ model_id: required(string), step: int }))),
  },
  async ({ tracking }, input) => {
    checkRunId(input.run_id);
    await tracking.logOutputs(
      input.run_id,
      input.models.map(({ model_id: id, step }, i) => ({
        modelId: checkedId(id, `models[${i}].model_id`),
        step: step ?? 0,
      })),
    );
  },
);

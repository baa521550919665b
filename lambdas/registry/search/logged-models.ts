import type { LoggedModel, LoggedModelMetric } from '../tracking/entities';
import { InvalidParameterError } from '../tracking/errors';
import type { Condition } from './filter/condition';
import {
  loggedModelAttribute,
  loggedModelReader,
  parseLoggedModelFilter,
  STATUS_ORDER,
} from './filter/logged-models';
import { splitAtDot } from './filter/quotes';
import { compareText, numberTest, textTest } from './filter/tests';
import { ENTRY_BYTES, jsonTextBytes, METRIC_BYTES, RUN_BYTES } from './json-size';
import { Limits, PAGE_BYTES, resultLimit } from './limits';
import { type SortField, withTieBreakers } from './order/fields';
import type { SortValue } from './order/sort-key';
import { queryDigest } from './page-token';
import { pageOfRows } from './rows';
import type { LoggedModelDataset, LoggedModelOrder, Page, SearchLoggedModelsRequest } from './search-service';

interface LoggedModelField extends SortField {
  readonly datasetName?: string;
  readonly datasetDigest?: string;
}

/** The page of logged models that the request asks for. @throws InvalidParameterError when the request is wrong. */
export function searchLoggedModels(
  all: readonly LoggedModel[],
  request: SearchLoggedModelsRequest,
): Page<LoggedModel> {
  const limit = resultLimit(request.maxResults, Limits.loggedModels);
  const filter = request.filter ?? '';
  const datasets = request.datasets ?? [];
  if (datasets.some((dataset) => dataset.datasetName === '' || dataset.datasetName === undefined)) {
    throw new InvalidParameterError('`dataset_name` in the `datasets` clause must be specified.');
  }
  const conditions = parseLoggedModelFilter(filter);
  const tests = conditions.map((condition) => modelTest(condition, datasets));
  if (datasets.length > 0 && !conditions.some((condition) => condition.type === 'metric')) {
    tests.push((model) => model.metrics.some((metric) => isAbout(metric, datasets)));
  }
  const order = loggedModelOrder(request.orderBy ?? []);
  return pageOfRows({
    rows: all,
    matches: (model) => tests.every((test) => test(model)),
    order,
    valueOf: sortValue,
    isText: (field) => field.type === 'attribute' && TEXT_FIELDS.includes(field.key),
    limit,
    digest: queryDigest(['logged-models', request.experimentIds, filter, order, datasets]),
    pageToken: request.pageToken,
    size: { of: jsonBytes, most: PAGE_BYTES },
  });
}

const TEXT_FIELDS: readonly string[] = [
  'model_id',
  'name',
  'artifact_location',
  'lifecycle_stage',
  'model_type',
  'source_run_id',
  'status_message',
];

/** What is asked for, then the latest first, then by id. */
function loggedModelOrder(orderBy: readonly LoggedModelOrder[]): LoggedModelField[] {
  const asked = orderBy.map((order): LoggedModelField => {
    const { fieldName, ascending = true, datasetName, datasetDigest } = order;
    const [type, rest] = splitAtDot(fieldName);
    if (type === 'metrics') {
      return { type: 'metric', key: rest, ascending, datasetName, datasetDigest };
    }
    if (type !== undefined) {
      throw new InvalidParameterError(
        `Invalid order by field name: ${fieldName}. Only metrics are supported.`,
      );
    }
    const key = loggedModelAttribute(fieldName);
    if (loggedModelReader(key) !== undefined) return { type: 'attribute', key, ascending };
    throw new InvalidParameterError(`Invalid order by field name: ${fieldName}`);
  });
  return withTieBreakers(asked, [
    { type: 'attribute', key: 'creation_timestamp_ms', ascending: false },
    { type: 'attribute', key: 'model_id', ascending: true },
  ]);
}

const isAbout = (metric: LoggedModelMetric, datasets: readonly LoggedModelDataset[]): boolean =>
  datasets.some(
    ({ datasetName, datasetDigest }) =>
      metric.datasetName === datasetName &&
      (datasetDigest === undefined || metric.datasetDigest === datasetDigest),
  );

function modelTest(
  condition: Condition,
  datasets: readonly LoggedModelDataset[],
): (model: LoggedModel) => boolean {
  const { type, key, value } = condition;
  if (type === 'metric') {
    const test = numberTest(condition);
    return (model) =>
      model.metrics.some(
        (metric) =>
          metric.key === key && test(metric.value) && (datasets.length === 0 || isAbout(metric, datasets)),
      );
  }
  if (type === 'attribute') {
    const read = loggedModelReader(key)!;
    if (typeof value === 'number') {
      const test = numberTest(condition);
      return (model) => test(read(model) as number);
    }
    const test = textTest(condition);
    return (model) => test(read(model) as string | undefined);
  }
  const test = textTest(condition);
  return (model) => test((type === 'parameter' ? model.params : model.tags).get(key));
}

function sortValue(model: LoggedModel, field: LoggedModelField): SortValue {
  if (field.type === 'metric') return latestValue(model, field);
  if (field.key === 'status') return STATUS_ORDER.indexOf(model.status);
  if (field.key === 'experiment_id') return Number(model.experimentId);
  return loggedModelReader(field.key)!(model) ?? null;
}

/** The value that was measured last, on the dataset if one is asked for. */
function latestValue(model: LoggedModel, field: LoggedModelField): number | null {
  const { datasetName, datasetDigest } = field;
  const candidates = model.metrics.filter(
    (metric) =>
      metric.key === field.key &&
      (!datasetName || metric.datasetName === datasetName) &&
      (!datasetDigest || metric.datasetDigest === datasetDigest),
  );
  const [latest] = candidates.sort(
    (a, b) => b.timestamp - a.timestamp || b.step - a.step || compareText(a.runId, b.runId),
  );
  return latest?.value ?? null;
}

function jsonBytes(model: LoggedModel): number {
  const texts = [model.name, model.artifactLocation, model.statusMessage ?? ''];
  const pairs = [...model.params, ...model.tags].flat();
  const metrics = model.metrics.flatMap((metric) => [
    metric.key,
    metric.datasetName ?? '',
    metric.datasetDigest ?? '',
  ]);
  const text = [...texts, ...pairs, ...metrics].reduce((bytes, part) => bytes + jsonTextBytes(part), 0);
  return text + (pairs.length / 2) * ENTRY_BYTES + model.metrics.length * 2 * METRIC_BYTES + RUN_BYTES;
}

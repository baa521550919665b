import type { LoggedModel, LoggedModelMetric, LoggedModelStatus } from '../../tracking/entities';
import { keyValues, listed } from './common';
import { metricJson } from './run';

const STATUS: Readonly<Record<LoggedModelStatus, string>> = {
  UNSPECIFIED: 'LOGGED_MODEL_STATUS_UNSPECIFIED',
  PENDING: 'LOGGED_MODEL_PENDING',
  READY: 'LOGGED_MODEL_READY',
  FAILED: 'LOGGED_MODEL_UPLOAD_FAILED',
};

export function loggedModelJson(model: LoggedModel) {
  return {
    info: {
      model_id: model.modelId,
      experiment_id: model.experimentId,
      name: model.name,
      creation_timestamp_ms: model.creationTime,
      last_updated_timestamp_ms: model.lastUpdatedTime,
      artifact_uri: model.artifactLocation,
      status: STATUS[model.status],
      model_type: model.modelType,
      source_run_id: model.sourceRunId,
      status_message: model.statusMessage,
      tags: keyValues(model.tags),
    },
    data: {
      params: keyValues(model.params),
      metrics: listed(model.metrics.map((metric) => modelMetricJson(model.modelId, metric))),
    },
  };
}

function modelMetricJson(modelId: string, metric: LoggedModelMetric) {
  return {
    ...metricJson(metric),
    dataset_name: metric.datasetName,
    dataset_digest: metric.datasetDigest,
    model_id: modelId,
    run_id: metric.runId,
  };
}

import type {
  DatasetInput,
  LatestMetric,
  MetricPoint,
  RunMetricPoint,
  TrackingRun,
  TrackingRunInfo,
} from '../../tracking/entities';
import { double, keyValues, listed } from './common';

export function runInfoJson(run: TrackingRunInfo) {
  return {
    run_id: run.runId,
    run_uuid: run.runId,
    run_name: run.runName,
    experiment_id: run.experimentId,
    user_id: run.userId,
    status: run.status,
    start_time: run.startTime,
    end_time: run.endTime,
    artifact_uri: run.artifactUri,
    lifecycle_stage: run.lifecycleStage,
  };
}

/** @param withModelInputs - searches answer without them, as MLflow's server does. */
export function runJson(run: TrackingRun, withModelInputs = true) {
  return {
    info: runInfoJson(run),
    data: {
      metrics: latestMetrics(run.metrics),
      params: keyValues(run.params),
      tags: keyValues(run.tags),
    },
    inputs: {
      dataset_inputs: listed(run.datasetInputs.map(datasetInputJson)),
      model_inputs: withModelInputs
        ? listed(run.modelInputs.map(({ modelId }) => ({ model_id: modelId })))
        : undefined,
    },
    outputs:
      run.modelOutputs.length === 0
        ? undefined
        : { model_outputs: run.modelOutputs.map(({ modelId, step }) => ({ model_id: modelId, step })) },
  };
}

function latestMetrics(metrics: ReadonlyMap<string, LatestMetric>) {
  if (metrics.size === 0) return undefined;
  const points: object[] = [];
  for (const [key, metric] of metrics) points.push(metricJson({ key, ...metric }));
  return points;
}

export function metricJson({ key, value, timestamp, step }: MetricPoint) {
  return { key, value: double(value), timestamp, step };
}

export function runMetricJson(point: RunMetricPoint) {
  return { ...metricJson(point), run_id: point.runId };
}

export function datasetInputJson({ dataset, tags }: DatasetInput) {
  return {
    tags: keyValues(tags),
    dataset: {
      name: dataset.name,
      digest: dataset.digest,
      source_type: dataset.sourceType,
      source: dataset.source,
      schema: dataset.schema,
      profile: dataset.profile,
    },
  };
}

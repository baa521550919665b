import * as artifacts from './endpoints/artifacts';
import * as experiments from './endpoints/experiments';
import { graphql } from './endpoints/graphql';
import * as loggedModels from './endpoints/logged-models';
import * as logging from './endpoints/logging';
import * as metrics from './endpoints/metrics';
import * as versions from './endpoints/model-versions';
import * as proxied from './endpoints/proxied-artifacts';
import * as models from './endpoints/registered-models';
import * as runs from './endpoints/runs';
import * as server from './endpoints/server';
import type { Route } from './router';

/** Every endpoint, one a line. */
export const ROUTES: readonly Route[] = [
  ['POST', 'api', '2.0', '/mlflow/experiments/create', experiments.createExperiment],
  ['POST', 'api', '2.0', '/mlflow/experiments/search', experiments.searchExperiments],
  ['GET', 'api', '2.0', '/mlflow/experiments/search', experiments.searchExperiments],
  ['GET', 'api', '2.0', '/mlflow/experiments/get', experiments.getExperiment],
  ['GET', 'api', '2.0', '/mlflow/experiments/get-by-name', experiments.getExperimentByName],
  ['POST', 'api', '2.0', '/mlflow/experiments/delete', experiments.deleteExperiment],
  ['POST', 'api', '2.0', '/mlflow/experiments/restore', experiments.restoreExperiment],
  ['POST', 'api', '2.0', '/mlflow/experiments/update', experiments.updateExperiment],
  ['POST', 'api', '2.0', '/mlflow/experiments/set-experiment-tag', experiments.setExperimentTag],
  ['POST', 'api', '2.0', '/mlflow/experiments/delete-experiment-tag', experiments.deleteExperimentTag],
  ['POST', 'ajax', '2.0', '/mlflow/experiments/search-datasets', experiments.searchDatasets],

  ['POST', 'api', '2.0', '/mlflow/runs/create', runs.createRun],
  ['POST', 'api', '2.0', '/mlflow/runs/update', runs.updateRun],
  ['POST', 'api', '2.0', '/mlflow/runs/delete', runs.deleteRun],
  ['POST', 'api', '2.0', '/mlflow/runs/restore', runs.restoreRun],
  ['GET', 'api', '2.0', '/mlflow/runs/get', runs.getRun],
  ['POST', 'api', '2.0', '/mlflow/runs/search', runs.searchRuns],
  ['POST', 'api', '2.0', '/mlflow/runs/set-tag', runs.setTag],
  ['POST', 'api', '2.0', '/mlflow/runs/delete-tag', runs.deleteTag],
  ['POST', 'api', '2.0', '/mlflow/runs/log-metric', logging.logMetric],
  ['POST', 'api', '2.0', '/mlflow/runs/log-parameter', logging.logParameter],
  ['POST', 'api', '2.0', '/mlflow/runs/log-batch', logging.logBatch],
  ['POST', 'api', '2.0', '/mlflow/runs/log-model', logging.logModel],
  ['POST', 'api', '2.0', '/mlflow/runs/log-inputs', logging.logInputs],
  ['POST', 'api', '2.0', '/mlflow/runs/outputs', logging.logOutputs],

  ['GET', 'api', '2.0', '/mlflow/metrics/get-history', metrics.getHistory],
  ['GET', 'ajax', '2.0', '/mlflow/metrics/get-history-bulk', metrics.getHistoryBulk],
  ['GET', 'api', '2.0', '/mlflow/metrics/get-history-bulk-interval', metrics.getHistoryBulkInterval],

  ['POST', 'api', '2.0', '/mlflow/logged-models', loggedModels.createLoggedModel],
  ['POST', 'api', '2.0', '/mlflow/logged-models/search', loggedModels.searchLoggedModels],
  ['GET', 'api', '2.0', '/mlflow/logged-models/{model_id}', loggedModels.getLoggedModel],
  ['PATCH', 'api', '2.0', '/mlflow/logged-models/{model_id}', loggedModels.finalizeLoggedModel],
  ['DELETE', 'api', '2.0', '/mlflow/logged-models/{model_id}', loggedModels.deleteLoggedModel],
  ['PATCH', 'api', '2.0', '/mlflow/logged-models/{model_id}/tags', loggedModels.setLoggedModelTags],
  [
    'DELETE',
    'api',
    '2.0',
    '/mlflow/logged-models/{model_id}/tags/{tag_key}',
    loggedModels.deleteLoggedModelTag,
  ],
  ['POST', 'api', '2.0', '/mlflow/logged-models/{model_id}/params', loggedModels.logLoggedModelParams],
  [
    'GET',
    'api',
    '2.0',
    '/mlflow/logged-models/{model_id}/artifacts/directories',
    artifacts.listLoggedModelArtifacts,
  ],
  [
    'GET',
    'ajax',
    '2.0',
    '/mlflow/logged-models/{model_id}/artifacts/files',
    artifacts.getLoggedModelArtifact,
  ],

  ['POST', 'api', '2.0', '/mlflow/registered-models/create', models.createRegisteredModel],
  ['POST', 'api', '2.0', '/mlflow/registered-models/rename', models.renameRegisteredModel],
  ['PATCH', 'api', '2.0', '/mlflow/registered-models/update', models.updateRegisteredModel],
  ['DELETE', 'api', '2.0', '/mlflow/registered-models/delete', models.deleteRegisteredModel],
  ['GET', 'api', '2.0', '/mlflow/registered-models/get', models.getRegisteredModel],
  ['GET', 'api', '2.0', '/mlflow/registered-models/search', models.searchRegisteredModels],
  ['POST', 'api', '2.0', '/mlflow/registered-models/get-latest-versions', models.getLatestVersions],
  ['GET', 'api', '2.0', '/mlflow/registered-models/get-latest-versions', models.getLatestVersions],
  ['POST', 'api', '2.0', '/mlflow/registered-models/set-tag', models.setRegisteredModelTag],
  ['DELETE', 'api', '2.0', '/mlflow/registered-models/delete-tag', models.deleteRegisteredModelTag],
  ['POST', 'api', '2.0', '/mlflow/registered-models/alias', models.setAlias],
  ['DELETE', 'api', '2.0', '/mlflow/registered-models/alias', models.deleteAlias],
  ['GET', 'api', '2.0', '/mlflow/registered-models/alias', models.getVersionByAlias],

  ['POST', 'api', '2.0', '/mlflow/model-versions/create', versions.createModelVersion],
  ['PATCH', 'api', '2.0', '/mlflow/model-versions/update', versions.updateModelVersion],
  ['POST', 'api', '2.0', '/mlflow/model-versions/transition-stage', versions.transitionStage],
  ['DELETE', 'api', '2.0', '/mlflow/model-versions/delete', versions.deleteModelVersion],
  ['GET', 'api', '2.0', '/mlflow/model-versions/get', versions.getModelVersion],
  ['GET', 'api', '2.0', '/mlflow/model-versions/search', versions.searchModelVersions],
  ['GET', 'api', '2.0', '/mlflow/model-versions/get-download-uri', versions.getDownloadUri],
  ['POST', 'api', '2.0', '/mlflow/model-versions/set-tag', versions.setModelVersionTag],
  ['DELETE', 'api', '2.0', '/mlflow/model-versions/delete-tag', versions.deleteModelVersionTag],

  ['GET', 'api', '2.0', '/mlflow/artifacts/list', artifacts.listArtifacts],
  ['POST', 'api', '2.0', '/mlflow/artifacts/presigned-upload-url', artifacts.presignedUploadUrl],
  ['POST', 'api', '2.0', '/mlflow/artifacts/presigned-download-url', artifacts.presignedDownloadUrl],
  ['GET', 'bare', '', '/get-artifact', artifacts.getArtifact],
  ['GET', 'bare', '', '/model-versions/get-artifact', artifacts.getModelVersionArtifact],
  ['POST', 'ajax', '2.0', '/mlflow/upload-artifact', artifacts.uploadArtifact],
  ['GET', 'api', '2.0', '/mlflow-artifacts/artifacts', proxied.listProxied],
  ['GET', 'api', '2.0', '/mlflow-artifacts/artifacts/{path...}', proxied.downloadProxied],
  ['PUT', 'api', '2.0', '/mlflow-artifacts/artifacts/{path...}', proxied.uploadProxied],
  ['DELETE', 'api', '2.0', '/mlflow-artifacts/artifacts/{path...}', proxied.deleteProxied],

  ['POST', 'bare', '', '/graphql', graphql],
  ['GET', 'bare', '', '/health', server.health],
  ['GET', 'bare', '', '/version', server.version],
  ['GET', 'api', '3.0', '/mlflow/server-info', server.serverInfo],
  // Parts of MLflow that are not here: the UI asks, and shows them empty.
  ['GET', 'ajax', '2.0', '/mlflow/traces', server.empty],
  ['POST', 'ajax', '3.0', '/mlflow/traces/search', server.empty],
  ['POST', 'ajax', '3.0', '/mlflow/traces/metrics', server.empty],
  ['GET', 'ajax', '3.0', '/mlflow/datasets/search', server.empty],
  ['POST', 'ajax', '3.0', '/mlflow/datasets/search', server.empty],
  ['GET', 'ajax', '3.0', '/mlflow/scorers/list', server.empty],
  ['GET', 'ajax', '3.0', '/mlflow/ui-telemetry', server.telemetryOff],
  ['POST', 'ajax', '3.0', '/mlflow/ui-telemetry', server.empty],
];

/** What the ModelEndpoint construct and its handlers agree on: environment of the handlers. @internal */
export const ServingEnv = {
  MODEL_NAME: 'MODEL_NAME',
  /** JSON: what of the construct's settings goes into every SageMaker model (see `ModelSettings`). */
  MODEL_SETTINGS: 'MODEL_SETTINGS',
  /** Names of the rollback alarms, separated by commas. */
  ROLLBACK_ALARMS: 'ROLLBACK_ALARMS',
  /** How long a deployment waits for its turn. */
  TURN_LIMIT_SECONDS: 'TURN_LIMIT_SECONDS',
  /** How long SageMaker may take to create or update the endpoint. */
  DEPLOYMENT_LIMIT_SECONDS: 'DEPLOYMENT_LIMIT_SECONDS',
} as const;

/** Settings that are part of a SageMaker model, so that a change of them gives the model a new name. @internal */
export interface ModelSettings {
  readonly executionRoleArn: string;
  readonly networkIsolation: boolean;
}

/** The one production variant. Guardrails need the same name in every endpoint configuration. @internal */
export const VARIANT_NAME = 'AllTraffic';

/** Folder of the capture bucket; SageMaker appends `/<endpoint>/<variant>/yyyy/mm/dd/hh/`. @internal */
export const CAPTURE_FOLDER = 'captures';

/** Tags on everything that a deployment creates. @internal */
export const Tag = { MODEL: 'flywheel:model', MODEL_VERSION: 'flywheel:model-version' } as const;

/** The endpoint has the name of its model. @internal */
export const endpointNameOf = (model: string): string => model;

/** Names of SageMaker models and endpoint configurations of a model begin so. @internal */
export const deployedNamePrefix = (model: string): string => `${model}-v`;

/**
 * Seconds for which a deployment's lease is taken, and renewed by every plan and every check. In between, SageMaker
 * creates model, configuration and endpoint, and describes the endpoint. One of these calls may be repeated to the
 * end: 60 + 120 + 240 + 480 + 600 = 1,500 s of waiting for a limit, 5 + 10 + 20 + 40 + 60 + 60 = 195 s for throttling,
 * and 12 attempts of 60 s: 2,415 s. With the three others at their first attempt and the handler's call on top, under
 * an hour; and less than a deployment waits for its turn, so that a lease left behind holds up but does not defeat.
 *
 * @internal
 */
export const LEASE_SECONDS = 3600;

/** Endpoint configurations kept after a deployment, besides the live and the pending one. @internal */
export const KEEP_CONFIGS = 2;

/** @internal */
export const PREDICTIONS_PATH = '/predictions';
/** @internal */
export const MAX_INSTANCES = 1000;
/** Lambda takes 6 MB with everything around the body. @internal */
export const MAX_BODY_BYTES = 5 * 1024 * 1024;
/** API Gateway gives up after 30 s. @internal */
export const PREDICT_TIMEOUT_SECONDS = 29;

/**
 * The events that Flywheel puts on the bus. A user's own rules can match them: `source` is always `flywheel`.
 *
 * @internal
 */
export const EVENT_SOURCE = 'flywheel';

/** @internal */
export const DetailType = {
  DATASET_VERSION_CREATED: 'Dataset Version Created',
  DROP_QUARANTINED: 'Drop Quarantined',
  DATASET_ACCEPT_REQUESTED: 'Dataset Accept Requested',
  DATASET_UNCHANGED: 'Dataset Unchanged',
  TRAINING_REQUESTED: 'Training Requested',
  TRAINING_DECIDED: 'Training Decided',
  TRAINING_RUN_COMPLETED: 'Training Run Completed',
  MODEL_VERSION_REGISTERED: 'Model Version Registered',
  APPROVAL_REQUESTED: 'Approval Requested',
  CHAMPION_CHANGED: 'Champion Changed',
  DEPLOYMENT_COMPLETED: 'Deployment Completed',
  WINDOW_EVALUATED: 'Window Evaluated',
} as const;

/** Environment variable: name of the event bus. @internal */
export const ENV_EVENT_BUS = 'EVENT_BUS_NAME';

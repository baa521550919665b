/** MLflow's limits, in characters or in number. What is over a limit is refused, or cut where the name says so. */
export const Limit = {
  EXPERIMENT_NAME: 500,
  EXPERIMENT_TAG_KEY: 250,
  EXPERIMENT_TAG_VALUE: 20_000,
  ARTIFACT_LOCATION: 2048,
  /** Keys of params, metrics and tags of runs. */
  ENTITY_KEY: 250,
  /** Cut. */
  PARAM_VALUE: 6000,
  /** Cut. */
  TAG_VALUE: 8000,
  /** Who made a run, as the client says. */
  USER_ID: 256,
  /** Name of a logged model. */
  LOGGED_MODEL_NAME: 500,
  /** Values of params and tags of logged models, and what else is said of models in one text. */
  MODEL_TEXT: 8000,
  IDEMPOTENCY_KEY: 256,
  METRICS_PER_BATCH: 1000,
  PARAMS_PER_BATCH: 100,
  TAGS_PER_BATCH: 100,
  ENTITIES_PER_BATCH: 1000,
  DATASETS_PER_BATCH: 1000,
  DATASET_NAME: 500,
  DATASET_DIGEST: 36,
  DATASET_SOURCE: 65_535,
  DATASET_SCHEMA: 1_048_575,
  DATASET_PROFILE: 16_777_215,
  INPUT_TAG_KEY: 255,
  INPUT_TAG_VALUE: 500,
  HISTORY_POINTS: 25_000,
  BULK_RUNS: 100,
  INTERVAL_POINTS: 2500,
  /** Runs on a page of a GraphQL search, which reads the versions of each. More come with the next page's token. */
  GRAPHQL_RUNS: 100,
  SEARCHED_DATASET_EXPERIMENTS: 20,
  UPLOAD_BYTES: 10 * 1024 * 1024,
  /** Of a presigned URL: S3 signs for no longer than 7 days. */
  PRESIGNED_SECONDS: 604_800,
} as const;

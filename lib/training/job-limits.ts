import type { TrainingPipelineProps } from './training-pipeline-props';

/** CreateProcessingJob: StoppingCondition. In seconds: nine days. */
const LONGEST_PROCESSING = 777_600;
/** CreateProcessingJob: characters of one of ContainerArguments. */
const MAX_ARGUMENT = 256;
/** Of the 100 ContainerArguments, those that are left beside target, order of columns and split. */
const MAX_IGNORED = 94;
const IGNORE = '--ignore=';
/** CreateTrainingJob: HyperParameters, of which 5 are SageMaker's own. */
const MAX_HYPERPARAMETERS = 95;
const MAX_HYPERPARAMETER_NAME = 256;
const MAX_HYPERPARAMETER_VALUE = 2500;
/** CreateTrainingJob: AlgorithmSpecification.MetricDefinitions. */
const MAX_METRICS = 40;
const MAX_METRIC_NAME = 255;
const MAX_METRIC_REGEX = 500;

/**
 * Checks what SageMaker would only refuse when a run has come as far as the job.
 *
 * @throws Error naming the setting that SageMaker would refuse, and its limit.
 * @internal
 */
export function checkJobLimits(props: TrainingPipelineProps): void {
  const seconds = props.processingCompute?._config().maxRuntimeSeconds ?? 0;
  if (seconds > LONGEST_PROCESSING) {
    throw new Error(
      `The maxRuntime of processingCompute is ${seconds} s: SageMaker stops processing jobs after 9 days (${LONGEST_PROCESSING} s) at the latest.`,
    );
  }
  checkArguments(props);
  checkHyperparameters(props.hyperparameters ?? {});
  checkMetrics(props.metricDefinitions ?? {});
}

function checkArguments({ target, ignoredColumns = [] }: TrainingPipelineProps): void {
  checkLength('target', target, MAX_ARGUMENT);
  checkCount('ignoredColumns', ignoredColumns.length, MAX_IGNORED);
  for (const column of ignoredColumns)
    checkLength('A column of ignoredColumns', column, MAX_ARGUMENT - IGNORE.length);
}

function checkHyperparameters(hyperparameters: Readonly<Record<string, string>>): void {
  const all = Object.entries(hyperparameters);
  checkCount('hyperparameters', all.length, MAX_HYPERPARAMETERS);
  for (const [name, value] of all) {
    checkLength('A name in hyperparameters', name, MAX_HYPERPARAMETER_NAME);
    checkLength(`Hyperparameter "${name}", as JSON,`, JSON.stringify(value), MAX_HYPERPARAMETER_VALUE);
  }
}

function checkMetrics(metricDefinitions: Readonly<Record<string, string>>): void {
  const all = Object.entries(metricDefinitions);
  checkCount('metricDefinitions', all.length, MAX_METRICS);
  for (const [name, regex] of all) {
    checkLength('A name in metricDefinitions', name, MAX_METRIC_NAME);
    checkLength(`The expression of metric "${name}"`, regex, MAX_METRIC_REGEX);
  }
}

function checkLength(what: string, text: string, most: number): void {
  if (text.length <= most) return;
  throw new Error(
    `${what} has ${text.length} characters ("${text.slice(0, 40)}..."): SageMaker takes at most ${most}.`,
  );
}

function checkCount(what: string, count: number, most: number): void {
  if (count <= most) return;
  throw new Error(`${what} has ${count} entries: SageMaker's jobs leave room for at most ${most}.`);
}

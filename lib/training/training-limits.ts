import { Token } from 'aws-cdk-lib';
import { MAX_MODEL_NAME } from './contract';
import { checkJobLimits } from './job-limits';
import { splitOf } from './split-config';
import type { TrainingPipelineProps } from './training-pipeline-props';

/**
 * @throws Error naming the setting that could not work, and what to give instead.
 * @internal
 */
export function checkTrainingProps(props: TrainingPipelineProps): void {
  const { modelName, target, ignoredColumns = [], holdoutFraction = 0.2, hyperparameters = {} } = props;
  if (Token.isUnresolved(modelName)) {
    throw new Error('modelName is only known at deployment; give it as a plain string, since it names jobs.');
  }
  if (modelName.length > MAX_MODEL_NAME || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(modelName)) {
    throw new Error(
      `modelName is "${modelName}": give 1 to ${MAX_MODEL_NAME} small letters, digits and single hyphens between them (names of jobs have 63 characters, of which the run needs 38).`,
    );
  }
  if (!(holdoutFraction > 0 && holdoutFraction < 1)) {
    throw new Error(`holdoutFraction is ${holdoutFraction}: give a share between 0 and 1, such as 0.2.`);
  }
  if (splitOf(props).column === target) {
    throw new Error(`The split goes by the time in "${target}", which is the target: name another column.`);
  }
  if (ignoredColumns.includes(target)) {
    throw new Error(`ignoredColumns contains "${target}", which is the target.`);
  }
  const reserved = Object.keys(hyperparameters).find((name) => name.startsWith('sagemaker_'));
  if (reserved !== undefined) {
    throw new Error(`hyperparameters contains "${reserved}": names with sagemaker_ are SageMaker's own.`);
  }
  const { maxDataRunsPerDay = 1 } = props.retraining ?? {};
  if (!Number.isInteger(maxDataRunsPerDay) || maxDataRunsPerDay < 0) {
    throw new Error(`maxDataRunsPerDay is ${maxDataRunsPerDay}: give a whole number of at least 0.`);
  }
  checkJobLimits(props);
}

import type { SplitConfig } from './contract';
import { Split } from './split';
import type { TrainingPipelineProps } from './training-pipeline-props';

/** Whether there are rows to validate with. @internal */
export const hasValidation = (split: SplitConfig): boolean =>
  (split.validation ?? 0) > 0 || split.validationFrom !== undefined;

/**
 * The split that the settings of a pipeline come to.
 *
 * @throws Error when both `split` and its short forms are given
 * @internal
 */
export function splitOf(props: TrainingPipelineProps): SplitConfig {
  const { split, splitKey, holdoutFraction } = props;
  if (split === undefined) return Split.byHash({ key: splitKey, holdout: holdoutFraction })._config();
  if (splitKey !== undefined || holdoutFraction !== undefined) {
    throw new Error(
      'split is given beside splitKey or holdoutFraction: put both into it, as Split.byHash({ key, holdout }).',
    );
  }
  return split._config();
}

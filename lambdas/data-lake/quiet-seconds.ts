import * as z from 'zod';
import { DataLakeEnv } from '../../lib/data-lake/contract';
import { parseShape } from '../shared/parse';

const ownPeriods = z.record(z.string(), z.number().positive());

/**
 * The quiet period of each dataset in seconds, from the environment of the function.
 *
 * @throws Error naming the variable that is missing or wrong
 */
export function quietSecondsFrom(environment: Readonly<Record<string, string | undefined>>) {
  const usual = Number(environment[DataLakeEnv.QUIET_PERIOD_SECONDS]);
  if (!(usual > 0)) {
    throw new Error(
      `Environment variable ${DataLakeEnv.QUIET_PERIOD_SECONDS} must be a number of seconds, ` +
        `but is "${environment[DataLakeEnv.QUIET_PERIOD_SECONDS]}".`,
    );
  }
  const text = environment[DataLakeEnv.DATASET_QUIET_PERIODS] ?? '{}';
  const own = parseShape(ownPeriods, JSON.parse(text), DataLakeEnv.DATASET_QUIET_PERIODS);
  return (dataset: string): number => (Object.hasOwn(own, dataset) ? own[dataset]! : usual);
}

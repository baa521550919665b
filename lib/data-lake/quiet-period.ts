import { type Duration, Token } from 'aws-cdk-lib';
import { MAX_QUIET_PERIOD_SECONDS, MIN_QUIET_PERIOD_SECONDS } from './contract';

/**
 * The quiet period in seconds.
 *
 * @param what name of the setting, for the error
 * @throws Error when it is not whole seconds, or not from 1 second to 15 minutes
 * @internal
 */
export function validQuietSeconds(quietPeriod: Duration, what = 'quietPeriod'): number {
  const seconds = quietPeriod.toSeconds({ integral: false });
  if (Token.isUnresolved(seconds)) {
    throw new Error(`${what} must be known at synthesis: give a Duration of a plain number.`);
  }
  const valid =
    Number.isInteger(seconds) && seconds >= MIN_QUIET_PERIOD_SECONDS && seconds <= MAX_QUIET_PERIOD_SECONDS;
  if (!valid) {
    throw new Error(
      `${what} must be whole seconds from ${MIN_QUIET_PERIOD_SECONDS} second to ` +
        `${MAX_QUIET_PERIOD_SECONDS / 60} minutes, which is as long as SQS delays a message; got ${seconds} s.`,
    );
  }
  return seconds;
}

import { Duration } from 'aws-cdk-lib';

const MAX_EVERY_SECONDS = 300;

/** @internal */
export function wholeMinutes(name: string, duration: Duration): Duration {
  const seconds = duration.toSeconds({ integral: false });
  if (seconds < 60 || seconds > 86_400 || seconds % 60 !== 0) {
    throw new Error(`${name} must be whole minutes, from one minute to a day, got ${seconds} seconds`);
  }
  return duration;
}

/** @internal */
export function evaluateEvery(given: Duration | undefined, window: Duration): Duration {
  return given === undefined
    ? Duration.seconds(Math.min(MAX_EVERY_SECONDS, window.toSeconds()))
    : wholeMinutes('evaluateEvery', given);
}

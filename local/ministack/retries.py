"""Retry and Catch of the Amazon States Language: which errors match, and how long to wait."""

import random

import running
import virtual_clock
from ministack.services import stepfunctions

NAMES = ("_error_matches", "_find_matching_retrier", "_scaled_sleep")


def install() -> None:
    stepfunctions._error_matches = error_matches
    stepfunctions._scaled_sleep = pause
    _delay_retries()


def pause(virtual_seconds: float) -> None:
    """What Wait states and retries do: sleeps on the virtual clock, and ends when the execution does."""
    running.pause(virtual_seconds / virtual_clock.speed)


def error_matches(error_equals, error: str) -> bool:
    """ErrorEquals as in "Handling errors in Step Functions workflows" of the AWS documentation."""
    if error in (running.ABORTED, "States.Runtime"):
        return False
    if error in error_equals:
        return True
    if "States.ALL" in error_equals and error != "States.DataLimitExceeded":
        return True
    if error == "States.HeartbeatTimeout":
        return "States.Timeout" in error_equals
    return "States.TaskFailed" in error_equals and error != "States.Timeout"


def retry_delay(retrier: dict, retries: int, chance: float) -> float:
    """Seconds before the next try: IntervalSeconds * BackoffRate^retries, at most MaxDelaySeconds; FULL jitter
    takes a random part of it (`chance` in 0..1)."""
    delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** retries
    delay = min(delay, retrier.get("MaxDelaySeconds", delay))
    return delay * chance if retrier.get("JitterStrategy") == "FULL" else delay


def _delay_retries() -> None:
    """The engine knows neither MaxDelaySeconds nor JitterStrategy and caps at 60 s: the wait is done here."""
    find = stepfunctions._find_matching_retrier

    def find_and_wait(retriers, error, retry_counts):
        retrier, index = find(retriers, error, retry_counts)
        if retrier is None:
            return None, index
        pause(retry_delay(retrier, retry_counts.get(index, 0), random.random()))
        return {**retrier, "IntervalSeconds": 0}, index

    stepfunctions._find_matching_retrier = find_and_wait

"""The execution that the current thread works for, and waiting that ends when the execution does."""

import contextvars
import threading
import time

from ministack.services import stepfunctions

#: Error of a step whose execution was stopped or timed out: no Retry and no Catch sees it.
ABORTED = "States.Aborted"

#: Real seconds between looks at the execution while something waits.
SLICE_SECONDS = 0.1

#: The record of the execution; its status tells whether to go on.
execution = contextvars.ContextVar("execution", default=None)

#: Set when the task the thread works for has timed out: an Event, or None.
cancelled = contextvars.ContextVar("cancelled", default=None)


def check() -> None:
    """Raises when the execution has ended or the task has timed out meanwhile."""
    record, event = execution.get(), cancelled.get()
    if record is not None and record["status"] != "RUNNING":
        raise stepfunctions._ExecutionError(ABORTED, f"The execution is {record['status']}")
    if event is not None and event.is_set():
        raise stepfunctions._ExecutionError(ABORTED, "The task has timed out")


def pause(seconds: float) -> None:
    """Sleeps for real seconds, or until check() raises."""
    end = time.monotonic() + seconds
    while True:
        check()
        left = end - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, SLICE_SECONDS))


def new_cancellation() -> threading.Event:
    return threading.Event()

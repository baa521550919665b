"""waitForTaskToken: heartbeats, virtual timeouts, and an end when the execution ends or the function fails."""

import contextvars
import threading
import time

import running
import virtual_clock
from ministack.services import stepfunctions

NAMES = ("_invoke_with_callback", "_call_lambda", "_task_tokens", "_send_task_heartbeat")

#: Real seconds between looks at a waiting token.
LOOK_SECONDS = 0.05

#: The token that the current thread waits for.
_token = contextvars.ContextVar("task_token", default=None)


def install() -> None:
    invoke, call_lambda = stepfunctions._invoke_with_callback, stepfunctions._call_lambda

    def invoke_with_callback(resource, task_input, token, state):
        watch = contextvars.copy_context()
        waiting = {key: value for key, value in state.items() if key != "TimeoutSeconds"}
        done = threading.Event()
        threading.Thread(target=watch.run, args=(_watch, token, state, done), daemon=True).start()
        reset = _token.set(token)
        try:
            return invoke(resource, task_input, token, waiting)
        finally:
            done.set()
            _token.reset(reset)

    def call_lambda_or_fail(function, event):
        """A function that fails ends its task; the engine would wait for a callback that never comes."""
        try:
            return call_lambda(function, event)
        except stepfunctions._ExecutionError as error:
            if _token.get() is not None:
                _fail(_token.get(), error.error, error.cause)
            raise

    stepfunctions._invoke_with_callback = invoke_with_callback
    stepfunctions._call_lambda = call_lambda_or_fail


def _watch(token: str, state: dict, done: threading.Event) -> None:
    """Ends the waiting when a timeout is over or the execution has ended. Seconds are virtual."""
    timeout, heartbeat = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
    started = heard = time.monotonic()
    last_heartbeat = None
    while not done.wait(LOOK_SECONDS):
        info = stepfunctions._task_tokens.get(token)
        if info is None:
            continue
        now = time.monotonic()
        if info["heartbeat"] != last_heartbeat:
            last_heartbeat, heard = info["heartbeat"], now
        try:
            running.check()
        except stepfunctions._ExecutionError as error:
            _fail(token, error.error, error.cause)
        if timeout is not None and (now - started) * virtual_clock.speed >= timeout:
            _fail(token, "States.Timeout", f"Task timed out after {timeout} seconds")
        elif heartbeat is not None and (now - heard) * virtual_clock.speed >= heartbeat:
            _fail(token, "States.HeartbeatTimeout", f"No heartbeat for {heartbeat} seconds")


def _fail(token: str, error: str, cause: str) -> None:
    info = stepfunctions._task_tokens.get(token)
    if info is not None and not info["event"].is_set():
        info["error"] = {"Error": error, "Cause": cause}
        info["event"].set()

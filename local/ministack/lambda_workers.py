"""Lambda on the laptop: real error types, the virtual clock in the workers, and SQS visibility while a function runs."""

import math
import os
import threading
import time

import virtual_clock
from ministack.core import lambda_runtime
from ministack.services import lambda_svc, sqs

NAMES = {
    "core.lambda_runtime": (
        "_NODEJS_WORKER_SCRIPT",
        "_workers",
        "Worker.invoke",
        "Worker._drain_stderr",
        "Worker._drain_stderr_bounded",
    ),
    "services.lambda_svc": ("_execute_function_warm", "_emit_lambda_logs", "_emit_lambda_metrics", "_run_sqs_batch"),
    "services.sqs": ("_receive_messages_for_esm",),
}

#: Edits of the Node worker's bootstrap: text -> replacement. The error's name is what AWS reports as errorType, and a
#: function's remaining time is real time.
SCRIPT_EDITS = {
    'status: "error", error: String(err.message || err), trace: err.stack || ""':
        'status: "error", error: String(err.message || err), trace: err.stack || "", error_type: err.name || "Error"',
    'status: "error", error: e.message, trace: e.stack':
        'status: "error", error: e.message, trace: e.stack, error_type: e.name || "Error"',
    "const _msDeadline = Date.now() + Number(ctx.timeout_ms || 300000);":
        "const _msDeadline = performance.now() + Number(ctx.timeout_ms || 300000);",
    "Math.max(0, _msDeadline - Date.now())": "Math.max(0, Math.floor(_msDeadline - performance.now()))",
}

PRELOAD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "runtime", "clock-preload.cjs")

_last = threading.local()


def missing_texts() -> list[str]:
    return [
        f"ministack.core.lambda_runtime._NODEJS_WORKER_SCRIPT: {text}"
        for text in SCRIPT_EDITS
        if text not in lambda_runtime._NODEJS_WORKER_SCRIPT
    ]


def install(_gateway_url: str) -> None:
    _edit_bootstrap()
    _report_error_types()
    _drain_quickly()
    _measure_every_invocation()
    _stay_invisible_while_running()


def _edit_bootstrap() -> None:
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    for text, replacement in SCRIPT_EDITS.items():
        script = script.replace(text, replacement)
    # Not by NODE_OPTIONS: a function's own NODE_OPTIONS would replace it.
    clock = f"{virtual_clock.epoch_ms()},{virtual_clock.speed}"
    lambda_runtime._NODEJS_WORKER_SCRIPT = f"require({os.path.realpath(PRELOAD)!r})({clock});\n{script}"


def _report_error_types() -> None:
    invoke, execute = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm

    def invoke_and_remember(self, *args, **kwargs):
        result = invoke(self, *args, **kwargs)
        _last.result = result
        return result

    def execute_with_error_type(*args, **kwargs):
        _last.result = {}
        outcome = execute(*args, **kwargs)
        error_type = _last.result.get("error_type")
        if outcome.get("error") and error_type:
            outcome["body"]["errorType"] = error_type
            outcome["body"]["trace"] = (_last.result.get("trace") or "").split("\n")
        return outcome

    lambda_runtime.Worker.invoke = invoke_and_remember
    lambda_svc._execute_function_warm = execute_with_error_type


def _drain_quickly() -> None:
    """MiniStack waits 50 ms for a first log line, by the time of day; here 5 ms of quiet, by the monotonic clock."""

    def drain(self, quiet=0.005, at_most=0.25):
        lines, start = [], time.monotonic()
        heard = start
        while time.monotonic() - heard < quiet and time.monotonic() - start < at_most:
            text = self._drain_stderr()
            if text:
                lines.append(text)
                heard = time.monotonic()
            time.sleep(0.001)
        return "\n".join(lines)

    lambda_runtime.Worker._drain_stderr_bounded = drain


def _measure_every_invocation() -> None:
    """REPORT lines and AWS/Lambda metrics in real milliseconds, for every invocation: MiniStack measures virtual time,
    and counts only calls of the Invoke API."""
    emit_logs, emit_metrics = lambda_svc._emit_lambda_logs, lambda_svc._emit_lambda_metrics

    def emit(func, request_id, log_text, error, duration_ms, **kwargs):
        real_ms = math.ceil(duration_ms / virtual_clock.speed)
        name = (func.get("config") or func).get("FunctionName", "unknown")
        emit_metrics(name, duration_ms=real_ms, error=error, throttle=False)
        return emit_logs(func, request_id, log_text, error, real_ms, **kwargs)

    def emit_throttles(name, duration_ms, error, throttle):
        if throttle:
            emit_metrics(name, duration_ms=duration_ms, error=error, throttle=True)

    lambda_svc._emit_lambda_logs = emit
    lambda_svc._emit_lambda_metrics = emit_throttles


def _stay_invisible_while_running() -> None:
    """Visibility timeouts are virtual, functions run in real time: a message a function works on stays invisible, and
    becomes visible when the function has ended and the timeout is over."""
    receive, run = sqs._receive_messages_for_esm, lambda_svc._run_sqs_batch

    def receive_and_hold(queue_url, max_number):
        batch = receive(queue_url, max_number)
        for message in batch:
            message["flywheel_due"], message["visible_at"] = message["visible_at"], math.inf
        return batch

    def run_and_let_go(esm, func_rec, event, batch, *args):
        try:
            return run(esm, func_rec, event, batch, *args)
        finally:
            for message in batch:
                if message["visible_at"] == math.inf:
                    message["visible_at"] = message["flywheel_due"]

    sqs._receive_messages_for_esm = receive_and_hold
    lambda_svc._run_sqs_batch = run_and_let_go

"""Step Functions: what MiniStack's engine lacks of the Amazon States Language and of StartExecution.

Time: Wait states, retry intervals, heartbeats and the timeouts of waitForTaskToken are virtual. Timeouts of tasks that
compute (Lambda, SageMaker, nested executions) and of executions are real, because computing is.
"""

import contextvars
import json
import re
import threading
import time

import callbacks
import nested_executions
import retries
import running
import virtual_clock
from ministack.core.responses import error_response_json, get_account_id, get_region, json_response, now_iso
from ministack.services import stepfunctions

NAMES = {
    "services.stepfunctions": (
        "_ExecutionError",
        "_add_event",
        "_apply_jsonata_template",
        "_emit_execution_status_event",
        "_execute_task",
        "_executions",
        "_fail_execution",
        "_invoke_resource_with_timeout",
        "_resolve_path_or_ctx",
        "_resolve_state_machine_arn",
        "_run_execution",
        "_start_execution",
        "_state_machines",
        "_state_query_language",
        "time",
        *callbacks.NAMES,
        *nested_executions.NAMES,
        *retries.NAMES,
    ),
    "core.responses": ("error_response_json", "json_response", "now_iso"),
}

#: AWS: 1 to 80 characters without white space, brackets, wildcards and control characters.
EXECUTION_NAME = re.compile(r"""[^\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}""")


def install(_gateway_url: str) -> None:
    stepfunctions.time = _EngineTime()
    retries.install()
    _end_with_the_execution()
    _time_out_executions()
    _resolve_task_timeouts()
    _cancel_timed_out_tasks()
    _start_like_aws()
    callbacks.install()
    nested_executions.install()
    _lengthen_jsonata_limit()


class _EngineTime:
    """The engine's `time` without its delay before each execution's first state, the only sleep left in it."""

    def __getattr__(self, name):
        return getattr(time, name)

    def sleep(self, _seconds):
        pass


def _end_with_the_execution() -> None:
    """A step that ends after its execution was stopped changes neither the status nor the history."""
    fail, add = stepfunctions._fail_execution, stepfunctions._add_event

    def fail_running(execution, error, cause):
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    def add_to_running(execution, event_type, details=None):
        if execution.get("status") == "RUNNING" or event_type.startswith("Execution"):
            return add(execution, event_type, details)
        return None

    stepfunctions._fail_execution = fail_running
    stepfunctions._add_event = add_to_running


def _time_out_executions() -> None:
    """`TimeoutSeconds` of a state machine, and the record of the execution for everything below it."""
    run = stepfunctions._run_execution

    def run_limited(execution_arn):
        record = stepfunctions._executions.get(execution_arn)
        machine = stepfunctions._state_machines.get(record["stateMachineArn"]) if record else None
        running.execution.set(record)
        running.cancelled.set(None)
        seconds = json.loads(machine["definition"]).get("TimeoutSeconds") if machine else None
        if seconds is None:
            return run(execution_arn)
        timer = threading.Timer(seconds, contextvars.copy_context().run, (_time_out, record))
        timer.daemon = True
        timer.start()
        try:
            return run(execution_arn)
        finally:
            timer.cancel()

    stepfunctions._run_execution = run_limited


def _time_out(record: dict) -> None:
    if record["status"] != "RUNNING":
        return
    record.update(status="TIMED_OUT", stopDate=now_iso())
    stepfunctions._add_event(record, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})
    stepfunctions._emit_execution_status_event(record)


def _resolve_task_timeouts() -> None:
    """TimeoutSeconds and HeartbeatSeconds as JSONata expressions or JSON paths."""
    execute = stepfunctions._execute_task

    def execute_task(state, raw_input, record, context):
        running.check()
        resolved = {}
        for field in ("TimeoutSeconds", "HeartbeatSeconds"):
            if isinstance(state.get(field), str):
                resolved[field] = stepfunctions._apply_jsonata_template(state[field], raw_input, context)
            elif f"{field}Path" in state:
                resolved[field] = stepfunctions._resolve_path_or_ctx(state[f"{field}Path"], raw_input, context)
        return execute({**state, **resolved}, raw_input, record, context)

    stepfunctions._execute_task = execute_task


def _cancel_timed_out_tasks() -> None:
    """Tells the work of a task that timed out to stop: a SageMaker job, a nested execution."""
    invoke = stepfunctions._invoke_resource_with_timeout

    def invoke_cancellable(resource, task_input, seconds):
        event = running.new_cancellation()
        token = running.cancelled.set(event)
        try:
            return invoke(resource, task_input, seconds)
        except stepfunctions._ExecutionError as error:
            if error.error == "States.Timeout":
                event.set()
            raise
        finally:
            running.cancelled.reset(token)

    stepfunctions._invoke_resource_with_timeout = invoke_cancellable


def _start_like_aws() -> None:
    """StartExecution: the same name and input while running answers the running execution; names and inputs are checked."""
    start = stepfunctions._start_execution

    def start_execution(data):
        name, text = data.get("name"), data.get("input", "{}")
        if name is not None and not EXECUTION_NAME.fullmatch(name):
            return error_response_json("InvalidName", f"Invalid Name: '{name}'", 400)
        try:
            json.loads(text)
        except ValueError as error:
            return error_response_json("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'", 400)
        machine = stepfunctions._state_machines.get(
            stepfunctions._resolve_state_machine_arn(data.get("stateMachineArn", "").split("#")[0])
        )
        if machine is not None and name is not None:
            arn = f"arn:aws:states:{get_region()}:{get_account_id()}:execution:{machine['name']}:{name}"
            record = stepfunctions._executions.get(arn)
            if record is not None and record["status"] == "RUNNING" and record["input"] == text:
                return json_response({"executionArn": arn, "startDate": record["startDate"]})
        return start(data)

    stepfunctions._start_execution = start_execution


def _lengthen_jsonata_limit() -> None:
    """An expression may take a second; MiniStack measures it by the time of day, which may run fast, on a slow machine."""
    from jsonata.timebox import Timebox

    init = Timebox.__init__

    def init_longer(self, expr, timeout=None, max_depth=None):
        init(self, expr, None if timeout is None else timeout * virtual_clock.speed * 10, max_depth)

    Timebox.__init__ = init_longer

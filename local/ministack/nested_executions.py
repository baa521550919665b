"""states:startExecution and its `.sync` forms: the child is an ordinary execution that its parent waits for and stops."""

import json

import running
from ministack.services import stepfunctions

NAMES = (
    "_invoke_nested_start_execution",
    "_invoke_nested_start_execution_sync",
    "_nested_start_execution_request",
    "_describe_execution",
    "_iso_to_epoch_ms",
    "_stop_execution",
)

#: Real seconds between looks at the child.
POLL_SECONDS = 0.05


def install() -> None:
    stepfunctions._invoke_nested_start_execution = start
    stepfunctions._invoke_nested_start_execution_sync = run


def start(_resource: str, task_input: dict) -> dict:
    request = stepfunctions._nested_start_execution_request(task_input)
    status, _headers, body = stepfunctions._start_execution(request)
    answer = json.loads(body)
    if status >= 400:
        code = str(answer.get("__type", "SfnException")).split("#")[-1]
        name = code if code.endswith("Exception") else f"{code}Exception"
        raise stepfunctions._ExecutionError(f"StepFunctions.{name}", answer.get("message", ""))
    return {"ExecutionArn": answer["executionArn"], "StartDate": answer["startDate"]}


def run(resource: str, task_input: dict) -> dict:
    arn = start(resource, task_input)["ExecutionArn"]
    while True:
        described = json.loads(stepfunctions._describe_execution({"executionArn": arn})[2])
        if described["status"] != "RUNNING":
            break
        try:
            running.pause(POLL_SECONDS)
        except stepfunctions._ExecutionError:
            stepfunctions._stop_execution({"executionArn": arn, "cause": "The parent execution has ended"})
            raise
    result = {key[0].upper() + key[1:]: value for key, value in described.items() if value is not None}
    for name in ("StartDate", "StopDate"):
        result[name] = stepfunctions._iso_to_epoch_ms(result[name])
    if described["status"] != "SUCCEEDED":
        result.pop("Output", None)
        result.pop("OutputDetails", None)
        raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(result))
    if resource.endswith(".sync:2"):
        result["Input"], result["Output"] = json.loads(result["Input"]), json.loads(result["Output"])
    return result

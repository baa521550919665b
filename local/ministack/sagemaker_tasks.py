"""Step Functions' SageMaker integration: `sagemaker:*`, its `.sync` form and `aws-sdk:sagemaker:*`, over HTTP to the
gateway, where the SageMaker service answers."""

import http.client
import json
import re
import time
from datetime import datetime, timezone
from urllib.parse import urlsplit

import running
from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.services import stepfunctions

NAMES = {
    "app": ("SERVICE_HANDLERS",),
    "core.responses": ("get_account_id", "get_region"),
    "services.stepfunctions": (
        "_SERVICE_DISPATCH",
        "_AWS_SDK_SERVICE_MAP",
        "_AWS_SDK_ERROR_PREFIX",
        "_prefix_sdk_error",
        "_ExecutionError",
    ),
}

PREFIX = "arn:aws:states:::sagemaker:"

#: Real seconds between two looks at a job.
POLL_SECONDS = 0.2

#: Jobs that `.sync` waits for: the start of the action's name after `create` -> the status field of Describe.
JOBS = {
    "TrainingJob": "TrainingJobStatus",
    "ProcessingJob": "ProcessingJobStatus",
    "TransformJob": "TransformJobStatus",
    "HyperParameterTuningJob": "HyperParameterTuningJobStatus",
}

#: Errors that the service model declares; every other one is the SDK's general exception.
MODELLED = ("ConflictException", "ResourceInUse", "ResourceLimitExceeded", "ResourceNotFound")

#: Members of Describe answers that are timestamps: epoch seconds on the wire, epoch milliseconds in a task's output.
TIME_NAME = re.compile(r"(Time|Timestamp)$")

_gateway = ""


def install(gateway_url: str) -> None:
    global _gateway
    _gateway = gateway_url
    stepfunctions._SERVICE_DISPATCH[PREFIX] = run_task
    app.SERVICE_HANDLERS["sagemaker"] = _serve_aws_sdk
    stepfunctions._AWS_SDK_SERVICE_MAP["sagemaker"] = {"target_prefix": "SageMaker", "protocol": "json"}
    stepfunctions._AWS_SDK_ERROR_PREFIX["sagemaker"] = "SageMaker"
    prefix_error = stepfunctions._prefix_sdk_error

    def prefix_sdk_error(service_name, error_code):
        if service_name == "sagemaker" and not error_code.startswith("States."):
            return _error_name(error_code, "SageMakerException")
        return prefix_error(service_name, error_code)

    stepfunctions._prefix_sdk_error = prefix_sdk_error


def run_task(resource: str, task_input: dict):
    """`sagemaker:<action>` and `sagemaker:<action>.sync`."""
    action = resource[len(PREFIX):].split(".")[0]
    operation = action[0].upper() + action[1:]
    answer = _call(operation, task_input, "AmazonSageMakerException")
    if not resource.endswith(".sync"):
        return answer
    job = operation.removeprefix("Create")
    if job not in JOBS:
        raise stepfunctions._ExecutionError("States.Runtime", f"{resource}: {operation} has no .sync form")
    return _wait_for(job, task_input)


def _wait_for(job: str, task_input: dict):
    name = {f"{job}Name": task_input[f"{job}Name"]}
    while True:
        described = _call(f"Describe{job}", name, "AmazonSageMakerException")
        status = described[JOBS[job]]
        if status == "Completed":
            return _output(described, task_input)
        if status in ("Failed", "Stopped"):
            raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(_output(described, task_input)))
        try:
            running.pause(POLL_SECONDS)
        except stepfunctions._ExecutionError:
            if status not in ("Stopping",):
                _call(f"Stop{job}", name, "AmazonSageMakerException")
            raise


def _output(described: dict, task_input: dict) -> dict:
    tags = {tag["Key"]: tag["Value"] for tag in task_input.get("Tags", [])}
    return {**_epoch_milliseconds(described), "Tags": tags}


def _epoch_milliseconds(value, name: str = ""):
    if isinstance(value, dict):
        return {key: _epoch_milliseconds(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_epoch_milliseconds(item, name) for item in value]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return round(value * 1000) if is_number and TIME_NAME.search(name) else value


def _call(operation: str, request: dict, general_error: str) -> dict:
    status, body = _post(operation, json.dumps(request), get_account_id(), get_region())
    answer = json.loads(body) if body else {}
    if status >= 400:
        code = str(answer.get("__type", "InternalFailure")).split("#")[-1]
        raise stepfunctions._ExecutionError(
            _error_name(code, general_error), answer.get("message", answer.get("Message", ""))
        )
    return answer


def _error_name(code: str, general: str) -> str:
    if code not in MODELLED:
        return f"SageMaker.{general}"
    return f"SageMaker.{code if code.endswith('Exception') else code + 'Exception'}"


def _post(operation: str, body: str, account: str, region: str) -> tuple[int, str]:
    url = urlsplit(_gateway)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    day = datetime.fromtimestamp(time.time(), timezone.utc).strftime("%Y%m%d")
    scope = f"{account}/{day}/{region}/sagemaker/aws4_request"
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": f"SageMaker.{operation}",
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
    }
    try:
        connection.request("POST", "/", body.encode(), headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except OSError as error:
        return 503, json.dumps({"__type": "ServiceUnavailable", "message": f"SageMaker service: {error}"})
    finally:
        connection.close()


async def _serve_aws_sdk(method, path, headers, body, query_params):
    """What MiniStack's generic SDK integration calls for the service `sagemaker`."""
    from ministack.core.concurrency import run_offloop

    operation = headers["x-amz-target"].split(".")[-1]
    text = body.decode() if isinstance(body, bytes) else body
    status, answer = await run_offloop(_post, operation, text, get_account_id(), get_region())
    return status, {"content-type": "application/x-amz-json-1.1"}, answer.encode()

"""The internal endpoints under /_flywheel/ for the services in Node; README.md describes them."""

import json
import traceback

import alarms
import delivery

DEFAULT_ACCOUNT = "000000000000"
DEFAULT_REGION = "us-east-1"


def _query(account, region, body):
    return {"results": [alarms.data_points(account, region, query) for query in body["queries"]]}


def _put_metrics(account, region, body):
    alarms.put(account, region, body["data"])
    return {}


def _put_events(account, region, body):
    delivery.put(account, region, body["events"])
    return {}


ROUTES = {
    ("GET", "/_flywheel/alarms"): lambda account, region, body: {"alarms": alarms.definitions()},
    ("POST", "/_flywheel/alarms/state"): alarms.set_state,
    ("POST", "/_flywheel/metrics/query"): _query,
    ("POST", "/_flywheel/metrics"): _put_metrics,
    ("POST", "/_flywheel/events"): _put_events,
}


async def app(scope, receive, send):
    body = await _read(receive)
    status, answer = _answer(scope["method"], scope["path"], body)
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


def _answer(method: str, path: str, body: bytes) -> tuple[int, dict]:
    handler = ROUTES.get((method, path))
    if handler is None:
        return 404, {"message": f"No internal endpoint {method} {path}"}
    try:
        request = json.loads(body) if body else {}
        answer = handler(request.get("account", DEFAULT_ACCOUNT), request.get("region", DEFAULT_REGION), request)
    except (KeyError, TypeError, ValueError) as error:
        traceback.print_exc()
        return 400, {"message": f"{method} {path}: {type(error).__name__}: {error}"}
    return (404, {"message": f"{method} {path}: not found"}) if answer is None else (200, answer)


async def _read(receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)

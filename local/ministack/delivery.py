"""Events on their way: S3 version ids, Scheduler placeholders and a tick that suits a fast clock."""

import contextvars
import json
import time
from datetime import datetime, timezone

from ministack.core.concurrency import esm_wake, spawn_background
from ministack.core.responses import get_account_id, get_region, new_uuid, set_request_account_id, set_request_region
from ministack.services import eventbridge, s3, scheduler

NAMES = {
    "core.concurrency": ("esm_wake", "spawn_background"),
    "services.eventbridge": ("_dispatch_event", "_invoke_target", "_parse_rate_seconds", "_SCHEDULER_TICK_INTERVAL"),
    "services.s3": ("_fire_s3_event",),
    "services.scheduler": ("_SCHEDULE_TICK_INTERVAL", "_schedule_last_fired", "_schedules._data", "_at_time_epoch"),
}

#: Real seconds between looks for due rules, schedules and delayed messages.
TICK_SECONDS = 0.2

_object_version = contextvars.ContextVar("object_version", default=None)


def install(_gateway_url: str) -> None:
    _name_object_versions()
    _fill_schedule_placeholders()
    eventbridge._SCHEDULER_TICK_INTERVAL = TICK_SECONDS
    scheduler._SCHEDULE_TICK_INTERVAL = TICK_SECONDS
    spawn_background(_wake_pollers, thread_name="flywheel-esm-tick")


def put(account: str, region: str, events: list[dict]) -> None:
    """Puts events on the default bus as an AWS service does: `aws.*` sources and a time of their own."""
    set_request_account_id(account)
    set_request_region(region)
    for event in events:
        eventbridge._dispatch_event(
            {
                "EventId": new_uuid(),
                "Source": event["source"],
                "DetailType": event["detailType"],
                "Detail": json.dumps(event["detail"]),
                "EventBusName": "default",
                "Time": int(event.get("time", time.time() * 1000) / 1000),
                "Resources": event.get("resources", []),
                "Account": get_account_id(),
                "Region": get_region(),
            }
        )


def _wake_pollers() -> None:
    """MiniStack looks for delayed SQS messages once a real second; a fast clock makes that a minute."""
    while True:
        time.sleep(TICK_SECONDS)
        esm_wake.set()


def _name_object_versions() -> None:
    """AWS puts the object's version id into its EventBridge events; MiniStack only into S3's own notifications."""
    fire, dispatch = s3._fire_s3_event, eventbridge._dispatch_event

    def fire_with_version(*args, **kwargs):
        token = _object_version.set(kwargs.get("version_id"))
        try:
            return fire(*args, **kwargs)
        finally:
            _object_version.reset(token)

    def dispatch_with_version(event, *args, **kwargs):
        version = _object_version.get()
        if version and event.get("Source") == "aws.s3":
            detail = json.loads(event["Detail"])
            detail["object"]["version-id"] = version
            event = {**event, "Detail": json.dumps(detail)}
        return dispatch(event, *args, **kwargs)

    s3._fire_s3_event = fire_with_version
    eventbridge._dispatch_event = dispatch_with_version


def _fill_schedule_placeholders() -> None:
    """EventBridge Scheduler's `<aws.scheduler.*>` in a target's input; MiniStack sends them as they are."""
    invoke = eventbridge._invoke_target

    def invoke_filled(target, event, rule, *args, **kwargs):
        if event.get("Source") == "aws.scheduler" and rule:
            due = _due_time(rule, event["Time"])
            text = target.get("Input")
            if text:
                values = {
                    "schedule-arn": rule.get("Arn", ""),
                    "scheduled-time": datetime.fromtimestamp(due, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "execution-id": event["EventId"],
                    "attempt-number": "1",
                }
                for name, value in values.items():
                    text = text.replace(f"<aws.scheduler.{name}>", value)
                target = {**target, "Input": text}
        return invoke(target, event, rule, *args, **kwargs)

    eventbridge._invoke_target = invoke_filled


def _due_time(schedule: dict, now: float) -> float:
    """When the schedule was due, not when the tick came by: on the grid of its rate, or the cron's minute."""
    expression = schedule.get("ScheduleExpression", "")
    once = scheduler._at_time_epoch(expression)
    if once is not None:
        return once
    interval = eventbridge._parse_rate_seconds(expression)
    if interval is None:
        return now - now % 60
    created = schedule.get("CreationDate", now)
    due = created + (now - created) // interval * interval
    for key, candidate in list(scheduler._schedules._data.items()):
        if candidate is schedule:
            scheduler._schedule_last_fired[key] = due
    return due

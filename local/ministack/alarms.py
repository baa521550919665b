"""CloudWatch alarms: MiniStack keeps the definitions and the data points, the alarm service in Node decides."""

import time

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import cloudwatch

NAMES = {
    "services.cloudwatch": (
        "_evaluate_alarm",
        "_evaluate_all_alarms",
        "_alarms._data",
        "_metrics._data",
        "_metrics.get_scoped",
        "_dims_key",
        "_store_datum",
        "_record_history",
        "_dispatch_alarm_actions",
        "_evaluate_parent_alarms",
    ),
}


def install(_gateway_url: str) -> None:
    cloudwatch._evaluate_alarm = lambda alarm: None
    cloudwatch._evaluate_all_alarms = lambda: None


def definitions() -> list[dict]:
    """Every metric alarm of every account and region."""
    return [
        {"AccountId": account, "Region": region, **alarm}
        for (account, region, _name), alarm in list(cloudwatch._alarms._data.items())
    ]


def data_points(account: str, region: str, query: dict) -> list[dict]:
    """The raw points of one metric with exactly the query's dimensions, from <= time < to (milliseconds)."""
    key = (query["namespace"], query["metricName"], cloudwatch._dims_key(query.get("dimensions", {})))
    points = cloudwatch._metrics.get_scoped(account, region, key, [])
    return [
        {
            "timestamp": point["Timestamp"] * 1000,
            "value": point["Value"],
            "count": point.get("Count", 1),
            "unit": point.get("Unit", "None"),
            **({"statistics": point["_stat"]} if "_stat" in point else {}),
        }
        for point in list(points)
        if query["from"] <= point["Timestamp"] * 1000 < query["to"]
    ]


def put(account: str, region: str, data: list[dict]) -> None:
    set_request_account_id(account)
    set_request_region(region)
    for datum in data:
        cloudwatch._store_datum(
            datum["namespace"],
            datum["metricName"],
            datum.get("dimensions", {}),
            datum["timestamp"] / 1000,
            datum.get("unit", "None"),
            datum["value"],
            None,
            None,
            None,
        )


def set_state(account: str, region: str, change: dict) -> dict | None:
    """Sets an alarm's state, writes its history and runs its SNS actions; None when no such alarm exists."""
    set_request_account_id(account)
    set_request_region(region)
    name, state, reason = change["name"], change["state"], change["reason"]
    alarm = cloudwatch._alarms.get(name)
    if alarm is None:
        return None
    previous, now = alarm["StateValue"], time.time()
    alarm["StateReason"] = reason
    alarm["StateReasonData"] = change.get("reasonData", "{}")
    if previous != state:
        alarm["StateValue"] = state
        alarm["StateUpdatedTimestamp"] = int(now)
        cloudwatch._record_history(name, previous, state, reason)
        cloudwatch._dispatch_alarm_actions(alarm, previous, state, reason)
        cloudwatch._evaluate_parent_alarms(alarm)
    return {"changed": previous != state, "previousState": previous, "at": now * 1000}

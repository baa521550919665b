"""AWS/SQS metrics, once a virtual minute as on AWS: without them no alarm on a dead-letter queue could fire."""

import time

from ministack.core.concurrency import spawn_background
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import cloudwatch, sqs

NAMES = {
    "services.cloudwatch": ("record_metric",),
    "services.sqs": ("_queues._data", "_queues_lock", "_refresh_counts"),
}

#: CloudWatch metric -> queue attribute.
COUNTS = {
    "ApproximateNumberOfMessagesVisible": "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible": "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed": "ApproximateNumberOfMessagesDelayed",
}

#: Real seconds between looks at the virtual minute.
LOOK_SECONDS = 0.2


def install(_gateway_url: str) -> None:
    spawn_background(_publish_each_minute, thread_name="flywheel-queue-metrics")


def _publish_each_minute() -> None:
    minute = time.time() // 60
    while True:
        time.sleep(LOOK_SECONDS)
        if time.time() // 60 != minute:
            minute = time.time() // 60
            publish()


def publish() -> None:
    for (account, region, url), queue in list(sqs._queues._data.items()):
        set_request_account_id(account)
        set_request_region(region)
        with sqs._queues_lock:
            sqs._refresh_counts(queue)
        for metric, attribute in COUNTS.items():
            value = float(queue["attributes"][attribute])
            cloudwatch.record_metric("AWS/SQS", metric, value, "Count", {"QueueName": url.rsplit("/", 1)[-1]})

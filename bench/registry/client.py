"""Times what MLflow's own Python client sees of a tracking server, one call after the other. Prints JSON.

Run by server.ts: python client.py URI '{"1000": "<experiment id>", ...}' HISTORY_RUN_ID
"""

import json
import logging
import os
import sys
import time

import mlflow
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient

logging.getLogger("mlflow").setLevel(logging.ERROR)
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")


def timed(repeat, act):
    """Milliseconds of each of the calls; the first is a warm-up and not counted."""
    act(-1)
    samples = []
    for index in range(repeat):
        started = time.perf_counter()
        act(index)
        samples.append((time.perf_counter() - started) * 1000)
    return samples


def main(uri, experiments, history_run):
    mlflow.set_tracking_uri(uri)
    client = MlflowClient(uri, uri)
    result = {}
    tag = f"{os.getpid()}-{int(time.time())}"
    experiment = client.create_experiment(f"bench-client-{tag}")

    result["create_run"] = timed(100, lambda index: client.create_run(experiment, run_name=f"run-{index}"))

    for size, repeat in ((1, 100), (100, 50), (1000, 20)):
        run = client.create_run(experiment).info.run_id

        def log(index):
            at = 1_700_000_000_000 + index
            client.log_batch(run, [Metric(f"metric-{n}", n + index / 7, at, index + 1) for n in range(size)])

        result[f"log_batch {size}"] = timed(repeat, log)

    model = f"bench-{tag}"
    client.create_registered_model(model)
    run = client.create_run(experiment)
    source = f"{run.info.artifact_uri}/model"
    result["register version"] = timed(
        30, lambda index: client.create_model_version(model, source, run.info.run_id)
    )
    client.set_registered_model_alias(model, "champion", "1")

    def load(_):
        version = client.get_model_version_by_alias(model, "champion")
        client.get_model_version_download_uri(model, version.version)

    result["load by alias"] = timed(50, load)

    shapes = {
        "search, default order": {},
        "search, metric filter": {"filter_string": "metrics.accuracy > 0.9"},
        "search, order by metric": {"order_by": ["metrics.accuracy DESC"]},
    }
    for count, ident in experiments.items():
        for name, arguments in shapes.items():
            repeat = 5 if int(count) >= 100_000 else 10
            result[f"{name}, {count} runs"] = timed(
                repeat, lambda _: client.search_runs([ident], max_results=100, **arguments)
            )
    if history_run:
        points = []
        result["history of 100000 points"] = timed(
            3, lambda _: points.append(len(client.get_metric_history(history_run, "loss")))
        )
        assert set(points) == {100_000}, points
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")

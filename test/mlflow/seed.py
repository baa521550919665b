"""Fills an empty tracking server with what the web UI shows, and prints the ids as JSON.

    python seed.py http://127.0.0.1:5000
"""

import json
import logging
import math
import os
import sys

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression

logging.getLogger("mlflow").setLevel(logging.ERROR)
START = 1_764_000_000_000
STEPS = 60

mlflow.set_tracking_uri(sys.argv[1])
client = MlflowClient()
experiment_id = client.create_experiment("flight delays", tags={"mlflow.note.content": "Which flights are late?"})
client.create_experiment('<img src=x onerror="document.title=1">')
mlflow.set_experiment(experiment_id=experiment_id)

frame = pd.DataFrame({"distance": [200, 900, 1400, 2500], "hour": [7, 12, 18, 22], "late": [0, 0, 1, 1]})
features = frame[["distance", "hour"]]
dataset = mlflow.data.from_pandas(frame, source="s3://lake/flights.csv", name="flights", targets="late")


def curve(rate, step):
    return math.exp(-rate * step) + 0.05 * math.sin(step / 3) * math.exp(-step / 30)


runs = []
for number, rate in enumerate([0.02, 0.04, 0.06, 0.08, 0.12]):
    with mlflow.start_run(run_name=f"rate-{rate}", tags={"team": "ops"}) as run:
        mlflow.log_params({"learning_rate": rate, "depth": number + 3, "solver": "lbfgs"})
        points = [
            Metric(key, value, START + number * 1000 + step, step)
            for step in range(STEPS)
            for key, value in (("loss", curve(rate, step)), ("accuracy", 0.95 - 0.45 * curve(rate, step)))
        ]
        client.log_batch(run.info.run_id, metrics=points)
        mlflow.log_metric("f1", 0.6 + rate)
        mlflow.log_input(dataset, context="training")
        mlflow.log_text(f"rate {rate}\n" * 5, "notes/summary.txt")
        mlflow.log_dict({"rate": rate, "depth": number + 3}, "config.json")
        runs.append(run.info.run_id)

with mlflow.start_run(run_name="parent") as parent:
    with mlflow.start_run(run_name="child", nested=True):
        mlflow.log_metric("loss", 0.2)

model = LogisticRegression().fit(features, frame["late"])
for version in (1, 2):
    with mlflow.start_run(run_name=f"model {version}") as model_run:
        mlflow.log_metric("f1", 0.8 + version / 100)
        info = mlflow.sklearn.log_model(
            model,
            name="classifier",
            signature=infer_signature(features, model.predict(features)),
            input_example=features.head(1),
            registered_model_name="flight-delays",
        )
client.update_registered_model("flight-delays", "Says which flights will be late.")
client.set_registered_model_tag("flight-delays", "owner", "ops")
client.set_model_version_tag("flight-delays", "2", "validated", "yes")
client.set_registered_model_alias("flight-delays", "candidate", "2")
client.transition_model_version_stage("flight-delays", "1", "Staging")

print(
    json.dumps(
        {
            "experiment": experiment_id,
            "runs": runs,
            "modelRun": model_run.info.run_id,
            "loggedModel": info.model_id,
            "model": "flight-delays",
        }
    )
)

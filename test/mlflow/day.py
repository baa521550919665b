"""The ordinary day of somebody who uses MLflow, with the unmodified client (3.x or 2.x), against one server.

    python day.py http://127.0.0.1:5000

Every step checks what it reads back; the first difference ends the script with a traceback and a status of 1.
"""

import logging
import os
import sys
import tempfile
import time
import uuid
from pathlib import Path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

MAJOR = int(mlflow.__version__.split(".")[0])
UNIQUE = uuid.uuid4().hex[:8]
EXPERIMENT = f"iris {UNIQUE}"
MODEL = f"iris-{UNIQUE}"

for name in ("mlflow", "alembic"):
    logging.getLogger(name).setLevel(logging.ERROR)


def same(found, expected, what):
    assert found == expected, f"{what}: expected {expected!r}, found {found!r}"


def refused(call, code, part):
    """The call must fail with MLflow's error code and these words in its message."""
    try:
        call()
    except MlflowException as error:
        same(error.error_code, code, f"error code of: {error.message}")
        assert part in error.message, f"{part!r} is not in {error.message!r}"
        return
    raise AssertionError(f"nothing was refused; expected {code}: {part}")


def experiments(client):
    mlflow.set_experiment(EXPERIMENT)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    same(experiment.lifecycle_stage, "active", "lifecycle stage")
    same(client.get_experiment("0").name, "Default", "name of experiment 0")
    client.set_experiment_tag(experiment.experiment_id, "team", "flowers")
    same(client.get_experiment(experiment.experiment_id).tags["team"], "flowers", "experiment tag")
    refused(lambda: client.create_experiment(EXPERIMENT), "RESOURCE_ALREADY_EXISTS", EXPERIMENT)
    refused(lambda: client.get_experiment("123456789"), "RESOURCE_DOES_NOT_EXIST", "123456789")

    other = client.create_experiment(f"short-lived {UNIQUE}", tags={"kind": "scratch"})
    client.rename_experiment(other, f"renamed {UNIQUE}")
    client.delete_experiment(other)
    same(client.get_experiment(other).lifecycle_stage, "deleted", "stage of a deleted experiment")
    found = client.search_experiments(ViewType.DELETED_ONLY, filter_string=f"name = 'renamed {UNIQUE}'")
    same([each.experiment_id for each in found], [other], "deleted experiments found by name")
    client.restore_experiment(other)
    found = client.search_experiments(
        filter_string="tags.kind = 'scratch' AND name LIKE 'renamed %'", order_by=["name DESC"]
    )
    assert other in [each.experiment_id for each in found], "the restored experiment is not found"
    return experiment.experiment_id


def tracking(client):
    with mlflow.start_run(run_name="by hand", tags={"mlflow.note.content": "a note"}) as run:
        mlflow.log_param("depth", 3)
        mlflow.log_params({"lr": 0.1, "optimiser": "sgd"})
        for step in range(20):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"accuracy": 0.9, "not a number": float("nan")}, step=1)
        mlflow.set_tags({"stage": "draft", "odd": "<img onerror=alert(1)>"})
        mlflow.log_text("hello", "notes/hello.txt")
        mlflow.log_dict({"a": [1, 2]}, "config.json")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "deep").mkdir()
            (Path(folder) / "deep" / "ünï cødé.txt").write_text("unicode", encoding="utf8")
            mlflow.log_artifacts(folder, "folder")
        with mlflow.start_run(nested=True, run_name="child") as child:
            mlflow.log_metric("loss", 0.5)
    found = client.get_run(run.info.run_id)
    same(found.info.status, "FINISHED", "status")
    same(found.info.run_name, "by hand", "run name")
    same(found.data.params, {"depth": "3", "lr": "0.1", "optimiser": "sgd"}, "params")
    same(found.data.metrics["loss"], 1 / 20, "latest loss")
    assert found.data.metrics["not a number"] != found.data.metrics["not a number"], "NaN is lost"
    same(found.data.tags["stage"], "draft", "tag")
    same(found.data.tags["odd"], "<img onerror=alert(1)>", "a tag with markup")
    same(client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"], run.info.run_id, "parent run")
    history = client.get_metric_history(run.info.run_id, "loss")
    same([point.step for point in history], list(range(20)), "steps of the history")
    same([point.value for point in history], [1 / (step + 1) for step in range(20)], "values of the history")
    artifacts(client, run.info.run_id)
    changes(client, run.info.run_id)
    return run.info.run_id


def artifacts(client, run_id):
    listed = {each.path: each.is_dir for each in client.list_artifacts(run_id)}
    same(listed, {"config.json": False, "folder": True, "notes": True}, "artifacts")
    deep = client.list_artifacts(run_id, "folder/deep")
    same([(each.path, each.file_size) for each in deep], [("folder/deep/ünï cødé.txt", 7)], "deep artifacts")
    same(mlflow.artifacts.load_text(f"runs:/{run_id}/notes/hello.txt"), "hello", "text artifact")
    same(mlflow.artifacts.load_dict(f"runs:/{run_id}/config.json"), {"a": [1, 2]}, "dict artifact")
    with tempfile.TemporaryDirectory() as folder:
        path = client.download_artifacts(run_id, "folder", folder)
        same((Path(path) / "deep" / "ünï cødé.txt").read_text(encoding="utf8"), "unicode", "downloaded folder")


def changes(client, run_id):
    client.log_param(run_id, "depth", 3)
    refused(lambda: client.log_param(run_id, "depth", 4), "INVALID_PARAMETER_VALUE", "Changing param values")
    client.delete_tag(run_id, "odd")
    assert "odd" not in client.get_run(run_id).data.tags, "a deleted tag is still there"
    refused(lambda: client.delete_tag(run_id, "odd"), "RESOURCE_DOES_NOT_EXIST", "odd")
    client.delete_run(run_id)
    same(client.get_run(run_id).info.lifecycle_stage, "deleted", "stage of a deleted run")
    refused(lambda: client.log_metric(run_id, "late", 1), "INVALID_PARAMETER_VALUE", "active")
    client.restore_run(run_id)
    client.update_run(run_id, status="FAILED", name="renamed")
    same(client.get_run(run_id).data.tags["mlflow.runName"], "renamed", "name tag of a renamed run")
    client.set_terminated(run_id)
    now = int(time.time() * 1000)
    client.log_batch(
        run_id,
        metrics=[Metric(f"m{i}", i, now, i) for i in range(800)],
        params=[Param(f"p{i}", str(i)) for i in range(100)],
        tags=[RunTag(f"t{i}", "x" * 9000) for i in range(100)],
    )
    run = client.get_run(run_id)
    same((run.data.metrics["m799"], run.data.params["p99"]), (799.0, "99"), "a batch of 1,000")
    same(len(run.data.tags["t5"]), 8000, "length of a tag that was too long")
    refused(
        lambda: client.log_batch(run_id, metrics=[Metric("a" * 251, 1, now, 0)]),
        "INVALID_PARAMETER_VALUE",
        "250",
    )
    refused(lambda: client.get_run("0" * 32), "RESOURCE_DOES_NOT_EXIST", "0" * 32)


def datasets(client):
    frame = load_iris(as_frame=True).frame
    dataset = mlflow.data.from_pandas(frame, source="s3://bucket/iris.csv", name="iris", targets="target")
    with mlflow.start_run(run_name="with data") as run:
        mlflow.log_input(dataset, context="training")
    [found] = client.get_run(run.info.run_id).inputs.dataset_inputs
    same((found.dataset.name, found.dataset.digest), ("iris", dataset.digest), "dataset input")
    same([(tag.key, tag.value) for tag in found.tags], [("mlflow.data.context", "training")], "dataset tags")
    runs = mlflow.search_runs(filter_string=f"dataset.digest = '{dataset.digest}'", output_format="list")
    assert run.info.run_id in [each.info.run_id for each in runs], "no run is found by its dataset"


def training(client):
    """Autologging with scikit-learn, and a model logged by hand with a signature and an example."""
    features, target = load_iris(return_X_y=True, as_frame=True)
    train_x, test_x, train_y, test_y = train_test_split(features, target, random_state=0)
    mlflow.sklearn.autolog(log_datasets=True, silent=True)
    runs = []
    for strength in (0.01, 1.0):
        with mlflow.start_run(run_name=f"C={strength}") as run:
            model = LogisticRegression(C=strength, max_iter=500).fit(train_x, train_y)
            mlflow.log_metric("test_accuracy", model.score(test_x, test_y))
            runs.append(run.info.run_id)
    mlflow.sklearn.autolog(disable=True)
    logged = client.get_run(runs[1])
    same(logged.data.params["C"], "1.0", "autologged param")
    assert logged.data.metrics["training_accuracy_score"] > 0.9, "autologged metric"
    same(logged.data.tags["estimator_name"], "LogisticRegression", "autologged tag")
    loaded = mlflow.sklearn.load_model(f"runs:/{runs[1]}/model")
    same(list(loaded.predict(test_x)), list(model.predict(test_x)), "predictions of the autologged model")

    with mlflow.start_run(run_name="log_model") as run:
        where = {"name": "classifier"} if MAJOR >= 3 else {"artifact_path": "classifier"}
        info = mlflow.sklearn.log_model(
            model,
            **where,
            signature=infer_signature(train_x, model.predict(train_x)),
            input_example=train_x.head(2),
            registered_model_name=MODEL,
        )
        mlflow.log_metric("test_accuracy", 0.97)
    same(str(info.registered_model_version), "1", "version of the first registration")
    if MAJOR >= 3:
        logged_models(info.model_id)
    return runs, run.info.run_id, model, test_x


def logged_models(model_id):
    found = mlflow.get_logged_model(model_id)
    same((found.name, found.status.name), ("classifier", "READY"), "logged model")
    mlflow.set_logged_model_tags(model_id, {"reviewed": "yes"})
    same(mlflow.get_logged_model(model_id).tags["reviewed"], "yes", "tag of a logged model")
    models = mlflow.search_logged_models(filter_string="tags.reviewed = 'yes'", output_format="list")
    same([each.model_id for each in models], [model_id], "logged models found by tag")
    mlflow.log_metric("late_metric", 0.5, model_id=model_id, run_id=found.source_run_id)
    metrics = {metric.key: metric.value for metric in mlflow.get_logged_model(model_id).metrics}
    same(metrics["late_metric"], 0.5, "metric of a logged model")
    models = mlflow.search_logged_models(
        filter_string="metrics.late_metric > 0.4",
        order_by=[{"field_name": "metrics.late_metric", "ascending": False}],
        output_format="list",
    )
    assert model_id in [each.model_id for each in models], "no logged model is found by its metric"


def search(client, experiment_id, runs):
    found = client.search_runs(
        [experiment_id],
        "params.C = '1.0' AND metrics.test_accuracy > 0.5 AND tags.estimator_name LIKE 'Logistic%'",
        order_by=["metrics.test_accuracy DESC"],
    )
    same([run.info.run_id for run in found], [runs[1]], "runs found by param, metric and tag")
    found = client.search_runs([experiment_id], "attributes.run_name ILIKE 'c=%'", order_by=["params.C ASC"])
    same([run.info.run_id for run in found], runs, "runs in the order of a param")
    pages, token = [], None
    while True:
        page = client.search_runs([experiment_id], max_results=2, page_token=token)
        pages += [run.info.run_id for run in page]
        token = page.token
        if not token:
            break
    same(len(pages), len(set(pages)), "runs that are on two pages")
    frame = mlflow.search_runs([experiment_id], order_by=["metrics.test_accuracy DESC"])
    same(sorted(frame["run_id"]), sorted(pages), "runs of the table and of the pages")
    compared = frame[frame["run_id"].isin(runs)][["params.C", "metrics.test_accuracy"]]
    same(sorted(compared["params.C"]), ["0.01", "1.0"], "compared params")
    assert isinstance(compared, pd.DataFrame) and compared["metrics.test_accuracy"].notna().all()
    refused(
        lambda: client.search_runs([experiment_id], "nonsense ="), "INVALID_PARAMETER_VALUE", ""
    )


def registry(client, run_id, model, test_x):
    refused(lambda: client.create_registered_model(MODEL), "RESOURCE_ALREADY_EXISTS", MODEL)
    client.update_registered_model(MODEL, description="of flowers")
    client.set_registered_model_tag(MODEL, "owner", "me")
    first = client.get_model_version(MODEL, "1")
    same((first.status, first.run_id), ("READY", run_id), "first version")
    with mlflow.start_run(run_name="second") as run:
        where = {"name": "classifier"} if MAJOR >= 3 else {"artifact_path": "classifier"}
        mlflow.sklearn.log_model(model, **where, input_example=test_x.head(1))
    second = mlflow.register_model(f"runs:/{run.info.run_id}/classifier", MODEL, tags={"made": "by hand"})
    same(str(second.version), "2", "version of the second registration")
    client.set_registered_model_alias(MODEL, "candidate", "2")
    same(str(client.get_model_version_by_alias(MODEL, "candidate").version), "2", "version of the alias")
    by_alias = mlflow.pyfunc.load_model(f"models:/{MODEL}@candidate")
    same(list(by_alias.predict(test_x)), list(model.predict(test_x)), "predictions of the model by alias")
    by_version = mlflow.sklearn.load_model(f"models:/{MODEL}/1")
    same(list(by_version.predict(test_x)), list(model.predict(test_x)), "predictions of version 1")
    client.set_registered_model_alias(MODEL, "candidate", "1")
    same(client.get_registered_model(MODEL).aliases, {"candidate": "1"}, "aliases after a move")
    client.delete_registered_model_alias(MODEL, "candidate")
    refused(
        lambda: client.get_model_version_by_alias(MODEL, "candidate"), "INVALID_PARAMETER_VALUE", "candidate"
    )
    versions(client, run_id)


def versions(client, run_id):
    client.set_model_version_tag(MODEL, "1", "checked", "yes")
    client.update_model_version(MODEL, "1", description="the first")
    same(client.get_model_version(MODEL, "1").tags["checked"], "yes", "tag of a version")
    client.delete_model_version_tag(MODEL, "1", "checked")
    client.transition_model_version_stage(MODEL, "1", "Production")
    client.transition_model_version_stage(MODEL, "2", "Production", archive_existing_versions=True)
    same(client.get_model_version(MODEL, "1").current_stage, "Archived", "stage of the older version")
    same([v.version for v in client.get_latest_versions(MODEL, ["Production"])], ["2"], "latest in Production")
    found = client.search_model_versions(f"name = '{MODEL}'", order_by=["version_number ASC"])
    same([str(each.version) for each in found], ["1", "2"], "versions found by name")
    found = client.search_model_versions(f"run_id = '{run_id}'")
    same([str(each.version) for each in found], ["1"], "versions found by run")
    found = client.search_registered_models(f"name LIKE '{MODEL[:8]}%' AND tags.owner = 'me'")
    same([each.name for each in found], [MODEL], "registered models found")
    client.delete_model_version(MODEL, "2")
    refused(lambda: client.get_model_version(MODEL, "2"), "RESOURCE_DOES_NOT_EXIST", MODEL)
    client.rename_registered_model(MODEL, f"{MODEL}-renamed")
    same(client.get_registered_model(f"{MODEL}-renamed").description, "of flowers", "description after a rename")
    client.delete_registered_model(f"{MODEL}-renamed")
    refused(lambda: client.get_registered_model(f"{MODEL}-renamed"), "RESOURCE_DOES_NOT_EXIST", MODEL)


def main(uri):
    mlflow.set_tracking_uri(uri)
    client = MlflowClient()
    began = time.monotonic()

    def step(name, call, *arguments):
        since = time.monotonic()
        result = call(client, *arguments)
        print(f"ok  {time.monotonic() - since:5.1f} s  {name}", flush=True)
        return result

    experiment_id = step("experiments", experiments)
    step("runs, params, metrics, tags and artifacts", tracking)
    step("dataset inputs", datasets)
    runs, registered_run, model, test_x = step("autologging and models", training)
    step("search, order and compare", search, experiment_id, runs)
    step("registered models, versions, aliases and stages", registry, registered_run, model, test_x)
    print(f"mlflow {mlflow.__version__} did its day in {time.monotonic() - began:.1f} s against {uri}")


if __name__ == "__main__":
    main(sys.argv[1])

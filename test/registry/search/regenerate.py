"""Asks an unmodified MLflow what it answers to random searches, and writes the answers as fixtures.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install mlflow==3.17.2
    /tmp/oracle/bin/python test/registry/search/regenerate.py

The fixtures hold facts only: the runs, the queries, and the ids or the error that MLflow's SqlAlchemyStore on SQLite
gave. A seed makes the same cases again.
"""

import json
import logging
import math
import pathlib
import random
import sys
import tempfile

from mlflow.entities import (
    Dataset, DatasetInput, InputTag, LoggedModelInput, LoggedModelParameter, LoggedModelTag, Metric, Param, RunStatus,
    RunTag, ViewType,
)
from mlflow.entities.model_registry import ModelVersionTag, RegisteredModelTag
from mlflow.exceptions import MlflowException
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore as RegistryStore
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as TrackingStore

OUT = pathlib.Path(__file__).parent / "fixtures"
R = random.Random(20261123)
NUMBERS = [0.0, -0.0, 1.0, -1.0, 0.5, 0.25, -3.5, 1e-7, -1e10, 1e20, 123.456, math.nan, math.inf, -math.inf]
TEXTS = ["a", "A", "ab", "aB", "b%", "a_b", "a\\b", "it's", 'say "hi"', "", " ", "50%", "x\ny", "zebra", "éclair", "\U0001f600",
         "\uffef", "true", "1", "1.0", "None", "a.b", "hello world"]
METRICS = ["loss", "val loss", "acc", "m-1", "deep.key", "absent"]
PARAMS = ["lr", "my param", "opt", "deep.key", "absent"]
TAGS = ["team", "my tag", "mlflow.user", "deep.key", "absent"]
STATUSES = [RunStatus.RUNNING, RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED, RunStatus.SCHEDULED]


def number(value):
    return "NaN" if math.isnan(value) else value


def q(text):
    """A literal that holds the text, or None when the grammar has no way to write it."""
    choices = [quote for quote in "'\"" if quote not in text]
    if not choices or text.endswith("\\") or "\\" in text and R.random() < 0.5:
        return None
    quote = R.choice(choices)
    return f"{quote}{text}{quote}"


def literal():
    while True:
        text = R.choice(TEXTS)
        if R.random() < 0.3:
            text = R.choice(["%", "a%", "%b", "_", "a_", "%a%", "_%", "%_b%", "A%", "%HELLO%", "%\\%", "__", "%e%r"])
        found = q(text)
        if found is not None:
            return found


def key(name, kinds="`\""):
    plain = all(part and part[0].isalpha() and part.isalnum() for part in name.split("."))
    if plain and R.random() < 0.6:
        return name
    quote = R.choice(kinds)
    return f"{quote}{name}{quote}"


def num():
    return R.choice(["0", "1", "-1", "0.5", ".25", "-3.5", "1e-7", "-1E10", "1e20", "123.456", "5.", "2", "1000", "0.0"])


def cased(word):
    return R.choice([word, word, word.lower(), word.capitalize()])


def join(clauses):
    return R.choice([" AND ", " and ", "  AND\n"]).join(clauses)


NUMERIC_OPS = ["=", "!=", "<", "<=", ">", ">="]
TEXT_OPS = ["=", "!=", "LIKE", "ILIKE"]


def run_clause(ids):
    kind = R.random()
    op = R.choice(NUMERIC_OPS)
    space = R.choice([" ", "", "  "])
    if kind < 0.25:
        return f"{R.choice(['metrics', 'metric'])}.{key(R.choice(METRICS))}{space}{op}{space}{num()}"
    if kind < 0.45:
        return f"{R.choice(['params', 'param', 'parameter', 'parameters'])}.{key(R.choice(PARAMS))} {cased(R.choice(TEXT_OPS))} {literal()}"
    if kind < 0.6:
        return f"{R.choice(['tags', 'tag'])}.{key(R.choice(TAGS))} {cased(R.choice(TEXT_OPS))} {literal()}"
    if kind < 0.68:
        return f"{R.choice(['tags', 'params'])}.{key(R.choice(TAGS + PARAMS))} {cased('IS')} {R.choice(['NULL', 'NOT NULL', 'null'])}"
    if kind < 0.76:
        name = R.choice(["start_time", "end_time", "created", "Created"])
        return f"{R.choice(['attributes.', 'attribute.', 'attr.', 'run.', ''])}{name} {op} {R.choice(['0', '1000', '1001', '1500.5', '2000', '1e3', '-1'])}"
    if kind < 0.84:
        name = R.choice(["status", "user_id", "run_name", "artifact_uri", "`run name`", "`Run Name`", "run_id"])
        value = R.choice(["'FINISHED'", "'RUNNING'", "'user-1'", "'%user%'", "'name 3'", "'name%'", "'NAME%'", "'%'", "'s3://b/%'", f"'{R.choice(ids)}'"])
        return f"{R.choice(['attributes.', 'attr.', ''])}{name} {cased(R.choice(TEXT_OPS))} {value}"
    if kind < 0.9:
        some = R.sample(ids, 3)
        return f"run_id {R.choice(['IN', 'NOT IN', 'in', 'not in'])} ({', '.join(R.choice([repr(i), chr(34) + i + chr(34)]) for i in some)})"
    name = R.choice(["name", "digest", "context"])
    if R.random() < 0.4:
        return f"dataset.{name} {R.choice(['IN', 'NOT IN'])} ('data-1', 'd2', 'train')"
    return f"datasets.{name} {cased(R.choice(TEXT_OPS))} {R.choice(['%r' % v for v in ['data-1', 'data-2', 'd1', 'd2', 'train', 'eval', 'TRAIN', '%a%', 'data__']])}"


def run_order():
    direction = R.choice(["", " ASC", " DESC", " asc", " desc"])
    kind = R.random()
    if kind < 0.4:
        return f"metrics.{key(R.choice(METRICS), '`' + chr(34))}{direction}"
    if kind < 0.55:
        return f"params.{key(R.choice(PARAMS))}{direction}"
    if kind < 0.7:
        return f"tags.{key(R.choice(TAGS))}{direction}"
    return f"{R.choice(['', 'attributes.', 'attr.', 'run.'])}{R.choice(['start_time', 'end_time', 'status', 'user_id', 'run_id', 'run_name', 'artifact_uri', 'Created', 'created'])}{direction}"


def ask(call):
    try:
        return {"ids": call()}
    except MlflowException as error:
        return {"error": error.error_code, "message": error.message}
    except Exception as error:  # what MLflow answers with status 500
        return {"error": "UNEXPECTED", "message": f"{type(error).__name__}: {error}"}


def mutate(text):
    """The filter with a piece lost, doubled or replaced: mostly no longer a filter."""
    at = R.randrange(len(text) + 1)
    end = min(len(text), at + R.randrange(4))
    return text[:at] + R.choice(["", "", text[at:end] * 2, " ", "'", '"', "`", "(", ")", ".", "OR", ",", "=", ";", "5", "NULL", "IN", "x"]) + text[end:]


def tracking(root):
    store = TrackingStore(f"sqlite:///{root}/mlflow.db", f"{root}/artifacts")
    return store


def write(name, content):
    path = OUT / name
    path.write_text(json.dumps(content, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB", file=sys.stderr)


def runs(store):
    experiments = [store.create_experiment(f"runs {n}") for n in range(2)]
    facts = []
    for n in range(48):
        experiment = R.choice(experiments)
        start = R.choice([1000, 1001, 1002, 2000 + n])
        run = store.create_run(experiment, R.choice(["user-1", "user-2", "Ünal"]), start, [], f"name {R.randrange(6)}")
        run_id = run.info.run_id
        metrics = {k: R.choice(NUMBERS) for k in METRICS[:-1] if R.random() < 0.75}
        params = {k: R.choice(TEXTS) for k in PARAMS[:-1] if R.random() < 0.75}
        tags = {k: R.choice(TEXTS) for k in TAGS[:-1] if R.random() < 0.75}
        store.log_batch(run_id, [Metric(k, v, 5, 0) for k, v in metrics.items()],
                        [Param(k, v) for k, v in params.items()], [RunTag(k, v) for k, v in tags.items()])
        datasets = []
        for d in range(R.choice([0, 0, 1, 2])):
            context = R.choice([None, "train", "eval"])
            name, digest = f"data-{R.randrange(1, 4)}", f"d{R.randrange(1, 3)}"
            if any((name, digest) == (other["name"], other["digest"]) for other in datasets):
                continue
            datasets.append({"name": name, "digest": digest, "context": context})
        store.log_inputs(run_id, [DatasetInput(Dataset(d["name"], d["digest"], "code", "{}"),
                         [InputTag("mlflow.data.context", d["context"])] if d["context"] else []) for d in datasets])
        if R.random() < 0.7:
            store.update_run_info(run_id, R.choice(STATUSES), R.choice([1001, 3000 + n, 5000]), None)
        if R.random() < 0.15:
            store.delete_run(run_id)
        info = store.get_run(run_id)
        facts.append({
            "id": run_id, "experiment": experiment, "name": info.info.run_name, "user": info.info.user_id,
            "status": info.info.status, "start": info.info.start_time, "end": info.info.end_time,
            "uri": info.info.artifact_uri, "stage": info.info.lifecycle_stage,
            "metrics": [[k, number(v)] for k, v in info.data.metrics.items()],
            "params": list(info.data.params.items()), "tags": list(info.data.tags.items()), "datasets": datasets,
        })
    ids = [fact["id"] for fact in facts]
    views = {"ACTIVE_ONLY": ViewType.ACTIVE_ONLY, "DELETED_ONLY": ViewType.DELETED_ONLY, "ALL": ViewType.ALL}
    cases = []

    def case(text, order, view, which, damaged=False):
        found = ask(lambda: [run.info.run_id for run in store.search_runs(which, text, views[view], 1000, order)])
        if "ids" in found:
            found["ids"] = [ids.index(i) for i in found["ids"]]
        cases.append([text, order, view, [experiments.index(e) for e in which], found, int(damaged)])

    for n in range(700):
        text = join([run_clause(ids) for _ in range(R.choice([0, 1, 1, 1, 2, 3]))])
        order = [run_order() for _ in range(R.choice([0, 0, 1, 1, 2, 3]))]
        case(text, order, R.choice(["ACTIVE_ONLY", "ACTIVE_ONLY", "ALL", "DELETED_ONLY"]), R.choice([experiments, experiments, experiments[:1], []]))
    for n in range(800):
        case(mutate(run_clause(ids) if R.random() < 0.6 else join([run_clause(ids), run_clause(ids)])), [], "ALL", experiments, True)
    for n in range(150):
        case("", [mutate(run_order())], "ALL", experiments, True)
    for text in HAND_RUNS:
        case(text, [], "ALL", experiments)
    for order in HAND_ORDERS:
        case("", [order], "ALL", experiments)
    write("runs.json", {"runs": facts, "cases": cases})


HAND_RUNS = [
    "metrics.loss > 'a'", "metrics.loss > 0 OR metrics.acc > 0", "(metrics.loss > 0)", "metrics.loss == 0", "metrics.loss <> 0", "params.lr > '1'",
    "params.lr = 1", "params.lr = a", "params.lr = `a`", "params.lr = NULL", "params.lr = true", "params.lr IN ('a')", "params.lr NOT LIKE 'a'",
    "nothing.lr = 'a'", "attributes.nothing = 'a'", "nothing = 'a'", "start_time = 'a'", "status = 1", "status IN ('FINISHED')",
    "run_id IN ()", "run_id IN (1)", "run_id IN ('a' 1)", "run_id IN ('a',)", "run_id IN 'a'", "dataset.source = 'a'", "dataset.name = 1",
    "metrics.loss IS NULL", "status IS NULL", "datasets.name IS NOT NULL", "metrics.loss > 0; metrics.acc > 0", "metrics.loss > 0;",
    "metrics.loss", "metrics.loss >", "> 1", "= 'a'", "AND", "AND AND", "metrics.loss > 0 AND", "AND metrics.loss > 0",
    "metrics.loss > -1 metrics.acc > -1", "1 < metrics.loss", "metrics.loss > 1 + 1", "metrics.loss > 0x10", "metrics.loss > 1e5", "metrics.loss > 1e+5",
    "metrics.loss > nan", "metrics.loss > inf", "metrics.loss > NaN", "metrics.loss BETWEEN 0 AND 1", "NOT metrics.loss > 0", "metrics.`loss > 0",
    "metrics.\"loss > 0", "params.lr = 'a", "params.lr = \"a", "params.lr = 'it''s'", "params.lr = 'it\\'s'", "params.lr = \"it's\"",
    "params.lr = 'say \"hi\"'", "params.lr = 'a' -- comment", "tags.`deep.key` = 'a'", "tags.deep.key = 'a'", "tags.\"deep.key\" = 'a'", "tags.'deep.key' = 'a'",
    "`tags`.`my tag` = 'a'", "`tags.my tag` = 'a'", "metrics.m-1 > 0", "metrics.in > 0", "params.case = 'a'", "tags.from = 'a'", "tags.order = 'a'", "tags.desc = 'a'",
    "metrics.loss.x > 0", "metrics. > 0", ".loss > 0", "metrics..loss > 0", "tags.* = 'a'", "tags.a[0] = 'a'", "metrics.f(x) > 0", "metrics.1 > 0", "metrics.1a > 0",
    "metrics._x > 0", "tags.k$ = 'a'", "tags.été = 'a'", "tags.日本 = 'a'", "tags.a:b = 'x'", "tags.a/b = 'x'", "tags.a b = 'x'", "params.lr LIKE 5", "params.lr like 'A%'",
    "params.lr iLike 'A%'", "params.lr ILIKE 'A_'", "params.lr LIKE '%\\%'", "params.lr LIKE '\\%'", "params.lr LIKE ''", "params.lr LIKE '%%'", "params.lr LIKE '_%_'",
    "params.lr = ''", "run_id = ''", "timestamp > 5", "timestamp > 5 AND metrics.loss > 0", "metrics.timestamp > 5", "tags.date = 'x'", " ", "\n", "\t metrics.loss > 0 \n",
    "run name = 'x'", "`run name` = 'name 1'", "\"run name\" = 'name 1'", "attributes.`Run name` = 'name 1'", "Attributes.status = 'RUNNING'", "METRICS.loss > 0",
    "metrics.loss > 0 AND (params.lr = 'a')", "metrics.loss, params.lr", "run_id NOT IN ('a', 'b')", "run_id not  in ('a')", "params.lr IS NOT  NULL", "params.lr is not null",
    "params.lr IS NOT NULL metrics.loss > 0", "params.lr = 'a' OR tags.team = 'b'", "SELECT * FROM runs", "metrics.loss > 0 LIMIT 1", "params.lr = 'a' ORDER BY x", "💥", "\\", "'", "\"", "`", "(", ")", "((", "%s", "?", ":x", "$1", "@", "#", "/*", "*/", "--", "run_id IN (", "run_id IN ('a'", "run_id IN 'a')",
]
HAND_ORDERS = [
    "", " ", "loss", "metrics.loss  DESC", " metrics.loss", "metrics.loss ", "metrics.loss up", "metrics.loss ASC DESC", "metrics.loss, metrics.acc", "metrics.loss;", "timestamp", "timestamp DESC",
    "`metrics`.`val loss` DESC", "`metrics.val loss` DESC", "`metrics.val loss`", "metrics.'val loss' DESC", "metrics.\"val loss\"", "metrics.val loss", "metrics.`it's` ASC", "metrics.`a\"b`",
    "metrics.loss NULLS FIRST", "metrics.loss DESC NULLS LAST", "1", "1 DESC", "'name'", "dataset.name", "nothing.x", "attributes.nothing", "run_name", "run name", "`run name`", "ASC", "DESC", "metrics.", "metrics.loss = 1",
    "metrics.m-1", "metrics.in", "tags.order DESC", "metrics.loss\nDESC", "metrics.loss -- x", "version", "source", "created DESC", "Created", "💥", "\\", "'", "\"", "`",
]


def experiments(store):
    facts = []
    existing = {e.experiment_id for e in store.search_experiments(ViewType.ALL)}
    for n in range(24):
        tags = {k: R.choice(TEXTS) for k in TAGS[:-1] if R.random() < 0.6}
        from mlflow.entities import ExperimentTag
        eid = store.create_experiment(R.choice(["exp", "Exp", "other%", "naïve"]) + f" {n}", tags=[ExperimentTag(k, v) for k, v in tags.items()])
        with store.ManagedSessionMaker(read_only=False) as session:
            from mlflow.store.tracking.dbmodels.models import SqlExperiment
            row = session.query(SqlExperiment).filter(SqlExperiment.experiment_id == int(eid)).one()
            row.creation_time = R.choice([1000, 1001, 2000 + n])
            row.last_update_time = R.choice([5000, 5001])
        if R.random() < 0.2:
            store.delete_experiment(eid)
            with store.ManagedSessionMaker(read_only=False) as session:
                session.query(SqlExperiment).filter(SqlExperiment.experiment_id == int(eid)).one().last_update_time = 6000
        e = store.get_experiment(eid)
        facts.append({"id": eid, "name": e.name, "stage": e.lifecycle_stage, "created": e.creation_time, "updated": e.last_update_time, "tags": list(e.tags.items())})
    ids = [fact["id"] for fact in facts]
    views = {"ACTIVE_ONLY": ViewType.ACTIVE_ONLY, "DELETED_ONLY": ViewType.DELETED_ONLY, "ALL": ViewType.ALL}
    cases = []

    def clause():
        kind = R.random()
        if kind < 0.3:
            return f"{R.choice(['', 'attribute.'])}name {R.choice(TEXT_OPS)} {R.choice(['%r' % v for v in ['exp 1', 'exp%', 'EXP%', 'other%', '%1_', 'naïve 3']])}"
        if kind < 0.5:
            return f"{R.choice(['creation_time', 'last_update_time'])} {R.choice(NUMERIC_OPS)} {R.choice(['1000', '1001', '2005', '5000', '1.5', '-1'])}"
        if kind < 0.65:
            some = R.sample(ids, 2)
            return R.choice([f"experiment_id {R.choice(['IN', 'NOT IN'])} ({', '.join(map(repr, some))})", f"experiment_id {R.choice(['=', '!=', 'LIKE'])} '{some[0]}'"])
        if kind < 0.9:
            return f"{R.choice(['tags', 'tag'])}.{key(R.choice(TAGS))} {R.choice(TEXT_OPS)} {literal()}"
        return f"tags.{key(R.choice(TAGS))} IS {R.choice(['NULL', 'NOT NULL'])}"

    def case(text, order, view, damaged=False):
        found = ask(lambda: [e.experiment_id for e in store.search_experiments(view_type=views[view], max_results=1000, filter_string=text, order_by=order)])
        if "ids" in found:
            found["ids"] = [ids.index(i) for i in found["ids"] if i in ids]
        cases.append([text, order, view, found, int(damaged)])

    orders = ["name", "name DESC", "experiment_id", "experiment_id DESC", "creation_time", "creation_time DESC", "last_update_time", "last_update_time DESC", "attribute.name asc"]
    for n in range(300):
        case(join([clause() for _ in range(R.choice([0, 1, 1, 2]))]), [R.choice(orders) for _ in range(R.choice([0, 0, 1, 2]))], R.choice(["ACTIVE_ONLY", "ALL", "DELETED_ONLY"]))
    for n in range(200):
        case(mutate(clause()), [], "ALL", True)
    for text in ["name like 'exp%'", "tags.team like 'a'", "metrics.a > 1", "attributes.name = 'x'", "nothing = 'x'", "name IS NULL", "name IN ('a')", "experiment_id IN ('a')", "experiment_id = 'a'",
                 "experiment_id = 1", "experiment_id > '1'", "creation_time = '1000'", "creation_time > 1.5", "creation_time LIKE 1", "tags.team IN ('a')", "name > 'a'", "`name` = 'exp 0'", "tags.team > 'a'",
                 "experiment_id IN ('01')", "name = 5", "creation_time IN ('1')", "(name = 'x')", "name = 'x' OR name = 'y'"]:
        case(text, [], "ALL")
    for order in ["tags.team", "nothing", "metrics.a", "attributes.name", "name up", "name,", "", "timestamp"]:
        case("", [order], "ALL")
    write("experiments.json", {"experiments": facts, "cases": cases})


def registry(store):
    names = ["iris", "Iris", "wine", "a_b", "a%b", "naïve", "model 7", "prompt-1", "prompt-2", "zebra"]
    models, versions = [], []
    from mlflow.store.model_registry.dbmodels.models import SqlModelVersion, SqlRegisteredModel
    for n, name in enumerate(names):
        tags = {k: R.choice(TEXTS) for k in TAGS[:-1] if R.random() < 0.6}
        if name.startswith("prompt"):
            tags["mlflow.prompt.is_prompt"] = "true"
        elif n == 4:
            tags["mlflow.prompt.is_prompt"] = "false"
        store.create_registered_model(name, [RegisteredModelTag(k, v) for k, v in tags.items()])
        for v in range(R.choice([0, 1, 3])):
            vtags = {k: R.choice(TEXTS) for k in TAGS[:-1] if R.random() < 0.6}
            if name.startswith("prompt"):
                vtags["mlflow.prompt.is_prompt"] = "true"
            run = R.choice([None, "run1", "run2", "RUN1"])
            mv = store.create_model_version(name, R.choice(["s3://a/b", "S3://A/b", "s3://a_b/c"]), run, [ModelVersionTag(k, v2) for k, v2 in vtags.items()])
            created, updated = R.choice([1000, 1001]), R.choice([2000, 2001, 2002])
            with store.ManagedSessionMaker(read_only=False) as session:
                row = session.query(SqlModelVersion).filter_by(name=name, version=mv.version).one()
                row.creation_time, row.last_updated_time = created, updated
            versions.append({"name": name, "version": int(mv.version), "run": run, "source": mv.source, "created": created, "updated": updated, "tags": list(vtags.items())})
        updated = R.choice([3000, 3001, 3002])
        with store.ManagedSessionMaker(read_only=False) as session:
            session.query(SqlRegisteredModel).filter_by(name=name).one().last_updated_time = updated
        models.append({"name": name, "updated": updated, "tags": list(tags.items())})
    cases = {"models": [], "versions": []}

    def tag_clause():
        if R.random() < 0.25:
            return f"tags.`mlflow.prompt.is_prompt` {R.choice(['=', '!='])} '{R.choice(['true', 'false', 'True'])}'"
        return f"{R.choice(['tags', 'tag'])}.{key(R.choice(TAGS), '`' + chr(34))} {cased(R.choice(TEXT_OPS))} {literal()}"

    def name_clause():
        if R.random() < 0.3:
            return f"name {R.choice(['IN', 'NOT IN', 'in'])} ('iris', \"wine\", 'prompt-1')"
        return f"{R.choice(['', 'attribute.'])}name {cased(R.choice(TEXT_OPS))} {R.choice(['%r' % v for v in ['iris', 'IRIS', 'i%', 'I%', 'a_b', '%', 'prompt%', 'model 7']])}"

    def version_clause():
        return R.choice([
            f"version_number {R.choice(NUMERIC_OPS)} {R.choice(['1', '2', '3', chr(39) + '2' + chr(39), '1.5'])}", f"run_id {R.choice(['=', '!=', 'LIKE', 'ILIKE'])} '{R.choice(['run1', 'RUN1', 'run%'])}'",
            f"run_id {R.choice(['IN', 'NOT IN'])} ('run1', 'x')", f"source_path {R.choice(TEXT_OPS)} '{R.choice(['s3://a/b', 's3://%', 'S3://a_b%'])}'", name_clause(), tag_clause(),
        ])

    def case(kind, text, order, damaged=False):
        search = store.search_registered_models if kind == "models" else store.search_model_versions
        found = ask(lambda: list(search(text, 1000, order)))
        if "ids" in found:
            facts = models if kind == "models" else versions
            index = {(f["name"], f.get("version")): n for n, f in enumerate(facts)}
            found["ids"] = [index[(f.name, int(f.version) if kind == "versions" else None)] for f in found["ids"]]
        cases[kind].append([text, order, found, int(damaged)])

    morders = ["name", "name DESC", "timestamp", "timestamp DESC", "last_updated_timestamp", "last_updated_timestamp DESC"]
    vorders = ["name", "name DESC", "version_number", "version_number DESC", "creation_timestamp", "creation_timestamp DESC", "last_updated_timestamp", "last_updated_timestamp DESC"]
    for n in range(250):
        case("models", join([R.choice([name_clause, tag_clause])() for _ in range(R.choice([0, 1, 1, 2]))]), [R.choice(morders) for _ in range(R.choice([0, 0, 1, 2]))])
        case("versions", join([version_clause() for _ in range(R.choice([0, 1, 1, 2]))]), [R.choice(vorders) for _ in range(R.choice([0, 0, 1, 2]))])
    for n in range(120):
        case("models", mutate(name_clause()), [], True)
        case("versions", mutate(version_clause()), [], True)
    for text in ["tags.team IS NULL", "name = 5", "name > 'a'", "nothing = 'a'", "attributes.name = 'x'", "params.x = 'a'", "name IN ()", "name IN (1)", "tags.team IN ('a')", "tags.team > 'a'", "tags.team = 5",
                 "name = 'a' OR name = 'b'", "`name` = 'iris'", "version_number > 1", "version_number = 'x'", "version_number > 1.5", "version_number LIKE '1'", "version_number IN (1)", "run_id > 'a'",
                 "source_path IN ('a')", "run_id = 5", "current_stage = 'x'", "name NOT LIKE 'a'"]:
        case("models", text, [])
        case("versions", text, [])
    for order in ["nothing", "tags.team", "name up", "", "creation_timestamp", "version", "name asc desc", "attribute.name", "`name` DESC", "timestamp  DESC", "timestamp ASC"]:
        case("models", "", [order])
        case("versions", "", [order])
    write("registry.json", {"models": models, "versions": versions, **{f"{k}Cases": v for k, v in cases.items()}})


def logged_models(store):
    experiments = [store.create_experiment(f"models {n}") for n in range(2)]
    run = store.create_run(experiments[0], "u", 1, [], "r").info.run_id
    from mlflow.store.tracking.dbmodels.models import SqlLoggedModel
    facts = []
    for n in range(24):
        e = R.choice(experiments)
        params = {k: R.choice([t for t in TEXTS if t]) for k in PARAMS[:-1] if R.random() < 0.6}
        tags = {k: R.choice([t for t in TEXTS if t]) for k in TAGS[:-1] if R.random() < 0.6}
        model = store.create_logged_model(e, R.choice(["net", "Net", "tree 1", "a_b"]), R.choice([None, run]), [LoggedModelTag(k, v) for k, v in tags.items()],
                                          [LoggedModelParameter(k, v) for k, v in params.items()], R.choice([None, "agent", "llm"]))
        metrics = []
        for k in METRICS[:-1]:
            for _ in range(R.choice([0, 0, 1, 2])):
                ds = R.choice([None, ("data-1", "d1"), ("data-1", "d2"), ("data-2", "d1")])
                metrics.append({"key": k, "value": R.choice([v for v in NUMBERS if math.isfinite(v)]), "timestamp": R.choice([5, 6, 7]), "step": R.choice([0, 1]), "dataset": ds})
        unique = {}
        for m in metrics:
            unique[(m["key"], m["timestamp"], m["step"])] = m
        metrics = list(unique.values())
        store.log_batch(run, [Metric(m["key"], m["value"], m["timestamp"], m["step"], model_id=model.model_id, dataset_name=m["dataset"] and m["dataset"][0],
                        dataset_digest=m["dataset"] and m["dataset"][1], run_id=run) for m in metrics], [], [])
        with store.ManagedSessionMaker(read_only=False) as session:
            row = session.query(SqlLoggedModel).filter_by(model_id=model.model_id).one()
            row.creation_timestamp_ms, row.last_updated_timestamp_ms = R.choice([1000, 1001, 2000 + n]), R.choice([5000, 5001])
        m = store.get_logged_model(model.model_id)
        facts.append({"id": m.model_id, "experiment": e, "name": m.name, "run": m.source_run_id, "type": m.model_type, "status": m.status.name, "created": m.creation_timestamp,
                      "updated": m.last_updated_timestamp, "uri": m.artifact_location, "params": list(params.items()), "tags": list(tags.items()), "metrics": metrics, "metricsRun": run})
    ids = [f["id"] for f in facts]
    cases = []

    def clause():
        kind = R.random()
        if kind < 0.3:
            return f"metrics.{key(R.choice(METRICS), '`')} {R.choice(NUMERIC_OPS)} {num()}"
        if kind < 0.5:
            text = R.choice([t for t in TEXTS if "'" not in t and '"' not in t and "\\" not in t])
            return f"{R.choice(['params', 'tags'])}.{key(R.choice(PARAMS + TAGS), '`')} {cased(R.choice(TEXT_OPS))} '{text}'"
        if kind < 0.6:
            return f"{R.choice(['params', 'tags'])}.{key(R.choice(PARAMS + TAGS), '`')} {R.choice(['IN', 'NOT IN'])} ('a', 'zebra')"
        if kind < 0.75:
            return f"{R.choice(['', 'attributes.'])}name {cased(R.choice(TEXT_OPS))} {R.choice(['%r' % v for v in ['net', 'NET', 'n%', 'N%', 'a_b', 'tree _']])}"
        if kind < 0.9:
            return f"{R.choice(['creation_time', 'creation_timestamp', 'creation_timestamp_ms', 'last_updated_timestamp'])} {R.choice(NUMERIC_OPS)} {R.choice(['1000', '2010', '5000', '1.5'])}"
        return R.choice([f"model_id = '{R.choice(ids)}'", f"source_run_id = '{run}'", "model_type = 'llm'", "model_type != 'llm'", "model_type IN ('agent', 'llm')", f"model_id IN ('{R.choice(ids)}',)"])

    def order():
        if R.random() < 0.5:
            found = {"field_name": f"metrics.{R.choice(METRICS)}", "ascending": R.random() < 0.5}
            if R.random() < 0.5:
                found["dataset_name"] = R.choice(["data-1", "data-2"])
                if R.random() < 0.5:
                    found["dataset_digest"] = R.choice(["d1", "d2"])
            return found
        found = {"field_name": R.choice(["name", "creation_time", "creation_timestamp", "last_updated_timestamp", "model_id", "model_type", "source_run_id", "status"])}
        if R.random() < 0.7:
            found["ascending"] = R.random() < 0.5
        return found

    def case(text, datasets, orders, damaged=False):
        found = ask(lambda: [m.model_id for m in store.search_logged_models(experiments, text, datasets, 1000, orders)])
        if "ids" in found:
            found["ids"] = [ids.index(i) for i in found["ids"]]
        cases.append([text, datasets, orders, found, int(damaged)])

    for n in range(400):
        datasets = R.choice([None, None, None, [{"dataset_name": "data-1"}], [{"dataset_name": "data-1", "dataset_digest": "d2"}, {"dataset_name": "data-2"}]])
        case(join([clause() for _ in range(R.choice([0, 1, 1, 2]))]), datasets, [order() for _ in range(R.choice([0, 1, 1, 2]))])
    for n in range(150):
        case(mutate(clause()), None, [], True)
    for text in ["metric.a > 1", "param.x = 'a'", "metrics.loss > 'a'", "metrics.loss LIKE 1", "name > 'a'", "name IS NULL", "name = 'a' OR name = 'b'", "nothing.x = 1", "(name = 'a')", "params.lr IN ('a')", "name == 'a'"]:
        case(text, None, [])
    for o in ["params.lr", "tags.team", "nothing", "metrics."]:
        case("", None, [{"field_name": o}])
    case("", [{"dataset_digest": "d1"}], [])
    write("logged-models.json", {"models": facts, "cases": cases})


def main():
    logging.disable(logging.CRITICAL)
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as root:
        store = TrackingStore(f"sqlite:///{root}/mlflow.db", f"{root}/artifacts")
        runs(store)
        experiments(store)
        logged_models(store)
        registry(RegistryStore(f"sqlite:///{root}/registry.db"))


if __name__ == "__main__":
    main()

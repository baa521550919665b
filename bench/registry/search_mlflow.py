"""The searches of search.ts on MLflow's own SqlAlchemyStore and SQLite, with runs of the same shape.

    python bench/registry/search_mlflow.py 1000 10000

Needs mlflow (3.17.2 was measured). Rows go straight into the file; times are of search_runs, without HTTP, by the
clock and of the processor.
"""

import logging
import pathlib
import random
import sqlite3
import sys
import tempfile
import time
import uuid

from mlflow.entities import ViewType
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

WIDTH = 30
TEAMS = ["vision", "ranking", "speech", "fraud", "search"]
QUERIES = [
    ("default order, 1000", "", [], 1000),
    ("default order, 100", "", [], 100),
    ("metric filter, 1000", "metrics.metric_3 > 2", [], 1000),
    ("rare metric filter, 100", "metrics.metric_29 < 0.01 AND metrics.metric_3 > 2", [], 100),
    ("order by metric, 1000", "", ["metrics.metric_7 DESC"], 1000),
    ("order by metric, 100", "", ["metrics.metric_7 DESC"], 100),
    ("order by tag, 100", "", ["tags.tag_2"], 100),
    ("LIKE on a tag, 100", "tags.tag_9 LIKE 'fraud%'", [], 100),
    ("LIKE on a unique tag, 100", "tags.tag_1 LIKE '%-999%'", [], 100),
]


def tag(run, index, chance):
    return f"commit-{index}-{run}" if index < 5 else f"{chance.choice(TEAMS)}-{index}"


def seed(file, experiment, count):
    chance = random.Random(1)
    base = sqlite3.connect(file)
    for run in range(count):
        ident = uuid.UUID(int=chance.getrandbits(128)).hex
        start = 1_700_000_000_000 + chance.randrange(90 * 24 * 3600) * 1000
        base.execute(
            "insert into runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,"
            " source_version, lifecycle_stage, artifact_uri, experiment_id)"
            " values (?, ?, 'UNKNOWN', '', '', 'bench', 'FINISHED', ?, '', 'active', ?, ?)",
            (ident, f"run-{run}", start, f"s3://bucket/{ident}", int(experiment)),
        )
        base.executemany(
            "insert into latest_metrics (key, value, timestamp, step, is_nan, run_uuid) values (?, ?, ?, 1, ?, ?)",
            [(f"metric_{i}", chance.random() * (i + 1), start, chance.random() < 0.02, ident) for i in range(WIDTH)],
        )
        base.executemany(
            "insert into params (key, value, run_uuid) values (?, ?, ?)",
            [(f"param_{i}", str(chance.randrange(2 + 3 * i)), ident) for i in range(WIDTH)],
        )
        base.executemany(
            "insert into tags (key, value, run_uuid) values (?, ?, ?)",
            [(f"tag_{i}", tag(run, i, chance), ident) for i in range(WIDTH)],
        )
    base.commit()
    base.close()


def measure(count, repeats):
    with tempfile.TemporaryDirectory() as root:
        file = pathlib.Path(root) / "mlflow.db"
        store = SqlAlchemyStore(f"sqlite:///{file}", root)
        experiment = store.create_experiment("bench")
        seed(file, experiment, count)
        print(f"\n{count} runs", flush=True)
        for name, text, order, most in QUERIES:
            clock, processor, found = [], [], 0
            for _ in range(repeats):
                began, used = time.perf_counter(), time.process_time()
                found = len(store.search_runs([experiment], text, ViewType.ACTIVE_ONLY, most, order))
                clock.append((time.perf_counter() - began) * 1000)
                processor.append((time.process_time() - used) * 1000)
            clock.sort(), processor.sort()
            half, most_of = (repeats - 1) // 2, int(0.95 * (repeats - 1))
            print(f"{name:26} clock p50 {clock[half]:8.1f} ms  p95 {clock[most_of]:8.1f} ms   "
                  f"processor p50 {processor[half]:8.1f} ms  p95 {processor[most_of]:8.1f} ms   {found} runs", flush=True)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    for size in [int(argument) for argument in sys.argv[1:]] or [1000, 10_000]:
        measure(size, 10)

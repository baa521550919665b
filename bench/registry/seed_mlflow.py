"""Puts runs straight into the SQLite file of `mlflow server`, with the same content that seed.ts gives ours.

Run by server.ts while the server is down: python seed_mlflow.py FILE ROOT 1000 10000 100000. Prints {count: experiment id}.
"""

import json
import sqlite3
import sys
import uuid

from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

HISTORY_POINTS = 100_000


def accuracy(index):
    return (index * 7919 % 10_007) / 10_007


def main(file, root, counts):
    store = SqlAlchemyStore(f"sqlite:///{file}", root)
    experiments = {count: store.create_experiment(f"seeded-{count}") for count in counts}
    history = store.create_experiment("history")
    run = store.create_run(history, "bench", 1_700_000_000_000, [], "long").info.run_id
    store.engine.dispose()
    base = sqlite3.connect(file)
    for count, experiment in experiments.items():
        ids = [uuid.uuid4().hex for _ in range(count)]
        base.executemany(
            "insert into runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,"
            " end_time, source_version, lifecycle_stage, artifact_uri, experiment_id)"
            " values (?, ?, 'UNKNOWN', '', '', 'bench', 'FINISHED', ?, ?, '', 'active', ?, ?)",
            (
                (ident, f"run-{n}", 1_700_000_000_000 + n, 1_700_000_100_000 + n,
                 f"{root}/{experiment}/{ident}/artifacts", int(experiment))
                for n, ident in enumerate(ids)
            ),
        )
        for table, order in (("metrics", "key, value, timestamp, step, is_nan, run_uuid"),
                             ("latest_metrics", "key, value, timestamp, step, is_nan, run_uuid")):
            for key, value in (("accuracy", accuracy), ("loss", lambda n: 1 - accuracy(n)), ("seconds", float)):
                base.executemany(
                    f"insert into {table} ({order}) values (?, ?, ?, 1, 0, ?)",
                    ((key, value(n), 1_700_000_000_000 + n, ident) for n, ident in enumerate(ids)),
                )
        for key, value in (("depth", lambda n: str(n % 12)), ("rate", lambda n: f"0.{n % 97}"), ("seed", str)):
            base.executemany(
                "insert into params (key, value, run_uuid) values (?, ?, ?)",
                ((key, value(n), ident) for n, ident in enumerate(ids)),
            )
        for key, value in (("mlflow.runName", lambda n: f"run-{n}"), ("team", lambda n: f"team-{n % 5}")):
            base.executemany(
                "insert into tags (key, value, run_uuid) values (?, ?, ?)",
                ((key, value(n), ident) for n, ident in enumerate(ids)),
            )
    base.executemany(
        "insert into metrics (key, value, timestamp, step, is_nan, run_uuid) values ('loss', ?, ?, ?, 0, ?)",
        ((1 / (n + 1), 1_700_000_000_000 + n, n, run) for n in range(HISTORY_POINTS)),
    )
    base.execute(
        "insert into latest_metrics (key, value, timestamp, step, is_nan, run_uuid) values ('loss', ?, ?, ?, 0, ?)",
        (1 / HISTORY_POINTS, 1_700_000_000_000 + HISTORY_POINTS - 1, HISTORY_POINTS - 1, run),
    )
    base.commit()
    base.close()
    print(json.dumps({"experiments": {str(count): ident for count, ident in experiments.items()}, "history": run}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], [int(count) for count in sys.argv[3:]])

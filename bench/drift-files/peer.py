"""One peer's verdict on a capture file, as JSON on the last line: which features it calls drifted.

    python peer.py evidently|evidently-psi|nannyml|duckdb BASELINE CURRENT
"""
import io
import json
import math
import sys

NAMES = ["n%d" % i for i in range(12)] + ["c%d" % n for n in (2, 3, 5, 10, 20, 50, 200, 1000)]
NUMERIC, CATEGORICAL = NAMES[:12], NAMES[12:]


def frame(path):
    """The inputs of a capture file, read line by line."""
    import pandas as pd

    with open(path, "rb") as file:
        rows = "".join(json.loads(line)["captureData"]["endpointInput"]["data"] for line in file)
    types = {name: "float64" if name in NUMERIC else "str" for name in NAMES}
    return pd.read_csv(io.StringIO(rows), header=None, names=NAMES, dtype=types)


def evidently(baseline, current, **options):
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    definition = DataDefinition(numerical_columns=NUMERIC, categorical_columns=CATEGORICAL)
    data = [Dataset.from_pandas(frame(path), data_definition=definition) for path in (current, baseline)]
    report = Report([DataDriftPreset(**options)], include_tests=True).run(*data)
    tests = json.loads(report.json())["tests"]
    failed = {test["metric_config"]["params"].get("column") for test in tests if test["status"] == "FAIL"}
    return [name for name in NAMES if name in failed]


def nannyml(baseline, current):
    import nannyml

    reference, analysis = frame(baseline), frame(current)
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=NAMES, treat_as_categorical=CATEGORICAL, chunk_number=10)
    calculator.fit(reference)
    alerts = calculator.calculate(analysis).filter(period="analysis").to_df()
    drifted = []
    for name in NAMES:
        share = alerts[name]["jensen_shannon"]["alert"].mean()
        # In alarm in at least half of the chunks.
        if share >= 0.5:
            drifted.append(name)
    return drifted


def duckdb(baseline, current):
    """The fastest way known to us: its reader of JSON Lines, its CSV splitting, histograms in SQL; PSI > 0.1 decides."""
    import duckdb as engine

    connection = engine.connect()
    connection.execute("SET threads = 1")
    for table, path in (("baseline", baseline), ("current", current)):
        connection.execute(
            """CREATE TABLE %s AS SELECT string_split(rtrim(captureData.endpointInput.data, chr(10)), ',') AS v
               FROM read_json(?, format = 'newline_delimited', columns = {captureData:
                 'STRUCT(endpointInput STRUCT(data VARCHAR))'})""" % table, [path])
    drifted = []
    for index, name in enumerate(NAMES, 1):
        if name in NUMERIC:
            value = "try_cast(v[%d] AS DOUBLE)" % index
            edges = connection.execute(
                "SELECT quantile_cont(%s, [%s]) FROM baseline" % (value, ",".join(str(i / 20) for i in range(1, 20)))
            ).fetchone()[0]
            cell = "+".join("(%s > %r)::INT" % (value, edge) for edge in edges)
        else:
            cell = "v[%d]" % index
        counts = [dict(connection.execute("SELECT %s AS cell, count(*) FROM %s GROUP BY cell" % (cell, table)).fetchall())
                  for table in ("baseline", "current")]
        cells = set(counts[0]) | set(counts[1])
        total = [sum(side.values()) + len(cells) / 2 for side in counts]
        shares = [[(side.get(c, 0) + 0.5) / n for side, n in zip(counts, total)] for c in cells]
        if sum((q - p) * math.log(q / p) for p, q in shares) > 0.1:
            drifted.append(name)
    return drifted


PEERS = {
    "evidently": evidently,
    "evidently-psi": lambda a, b: evidently(a, b, num_method="psi", cat_method="psi"),
    "nannyml": nannyml,
    "duckdb": duckdb,
}

if __name__ == "__main__":
    print(json.dumps(PEERS[sys.argv[1]](sys.argv[2], sys.argv[3])))

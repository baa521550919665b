"""Reads one CSV file with pandas or DuckDB and prints what it took.

    python peers.py pandas|duckdb FILE
"""

import json
import resource
import sys
import time


def read_pandas(path):
    import pandas

    frame = pandas.read_csv(path)
    frame.describe(include="all")
    return len(frame)


def read_duckdb(path):
    """The sniffing read in one thread; every column is aggregated, so that every column is parsed."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads=1")
    source = "read_csv_auto('%s')" % path
    names = [row[0] for row in connection.execute("DESCRIBE SELECT * FROM " + source).fetchall()]
    columns = ", ".join('count("%s"), min("%s"), max("%s")' % (name, name, name) for name in names)
    return connection.execute("SELECT count(*), %s FROM %s" % (columns, source)).fetchone()[0]


def main():
    started = time.perf_counter()
    rows = {"pandas": read_pandas, "duckdb": read_duckdb}[sys.argv[1]](sys.argv[2])
    seconds = time.perf_counter() - started
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"seconds": seconds, "cpuSeconds": usage.ru_utime + usage.ru_stime,
                      "maxRssBytes": usage.ru_maxrss * 1024, "rows": rows}))


if __name__ == "__main__":
    main()

"""From capture file to verdict: `flywheel drift` and its peers on the same files, each in a process with one thread.

    python run.py ROWS EVIDENTLY_PYTHON NANNYML_PYTHON

EVIDENTLY_PYTHON has numpy, evidently and duckdb installed (pandas < 3), NANNYML_PYTHON nannyml: they need different
versions of pandas. Timed is the whole process, imports included; for Flywheel the baseline is made beforehand, as it is
in the training pipeline, and also timed on its own. Peak memory is the kernel's ru_maxrss.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
SHIFT = 0.1
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")}


def measure(command):
    """(seconds, CPU seconds, peak MB, text on stdout) of a command, or None when it failed."""
    with tempfile.TemporaryFile() as output:
        started = time.time()
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.PIPE,
                                   env={**os.environ, **ONE_THREAD})
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.time() - started
        output.seek(0)
        text = output.read().decode()
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 2):
        print("%s ended with %d: %s" % (command[1:4], code, error.decode()[-500:]), file=sys.stderr)
        return None
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text


def row(name, rows, measured, drifted):
    if measured is None:
        print("| %s | failed | | | | |" % name)
        return
    seconds, cpu, memory, _ = measured
    found = "yes" if "n4" in drifted else "no"
    others = ", ".join(feature for feature in drifted if feature != "n4") or "none"
    print("| %s | %.1f s | %s | %d MB | %s | %s |" % (
        name, seconds, "{:,.0f}".format(rows / seconds), memory, found, others), flush=True)


def main(rows, evidently, nannyml):
    with tempfile.TemporaryDirectory() as folder:
        baseline, current = os.path.join(folder, "baseline.jsonl"), os.path.join(folder, "current.jsonl")
        for path, seed, shift in ((baseline, 1, 0.0), (current, 2, SHIFT)):
            subprocess.run([evidently, os.path.join(HERE, "generate.py"), str(rows), str(seed), str(shift), path],
                           check=True)
        megabytes = os.path.getsize(current) / 1e6
        print("%s rows x 20 features, %.0f MB; n4 moved by %s sigma\n" % ("{:,}".format(rows), megabytes, SHIFT))
        print("| | file to verdict | rows/s | peak memory | n4 found | others called drifted |")
        print("| --- | --- | --- | --- | --- | --- |")
        names = ["n%d" % i for i in range(12)] + ["c%d" % n for n in (2, 3, 5, 10, 20, 50, 200, 1000)]
        flywheel = ["node", "--import", "tsx", "cli/flywheel.ts", "--json", "drift"]
        stored = os.path.join(folder, "baseline.json")
        made = measure([*flywheel, "--baseline", baseline, "--columns", ",".join(names), "--write-baseline", stored])
        verdict = measure([*flywheel, "--baseline", stored, "--current", current])
        features = json.loads(verdict[3])["features"] if verdict else []
        row("flywheel drift", rows, verdict, [f["name"] for f in features if f["verdict"] == "drift"])
        for name, python in (("duckdb", evidently), ("evidently", evidently), ("evidently-psi", evidently),
                             ("nannyml", nannyml)):
            measured = measure([python, os.path.join(HERE, "peer.py"), name, baseline, current])
            row(name, rows, measured, json.loads(measured[3].splitlines()[-1]) if measured else [])
        print("\nFlywheel's baseline of the other file: %.1f s, %d MB" % (made[0], made[2]))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])

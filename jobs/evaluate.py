"""Packages a trained model for serving and scores it, and the champion, on the same hold-out rows.

A SageMaker processing job in the framework's image. Reads below processing/input
  model/model.tar.gz      what the training job made
  source/*.tar.gz         the source archive with the inference script
  holdout/holdout.csv     rows with the target that no model was trained on
  champion/model.tar.gz   optional: the live model, packaged by an earlier run of this script
and writes below processing/output
  model/model.tar.gz      the model with the source under code/, ready to be served without network
  evaluation/scores.csv   label,candidate,champion: one line per hold-out row
  evaluation/summary.json rows, candidateSeconds, championSeconds, championError, scoreHistogram

Rows go through the same four functions as on an endpoint: model_fn, input_fn, predict_fn and output_fn of the
inference script, with the defaults of SageMaker's scikit-learn container for those it leaves out. Each model is
scored in a process of its own, so that two versions of the same module names, or a crash, cannot touch each other.
A model that cannot score fails the job, the champion as well: without its scores nobody knows whether the candidate
is worse. Only a champion whose columns are gone from the data is reported as championError and its column stays
empty: it could not be served with such data either. The champion runs with the program that its package names.
"""

import argparse
import csv
import gzip
import importlib.util
import io
import json
import math
import os
import subprocess
import sys
import tarfile
import tempfile
import time

CHUNK_ROWS = 1_000
HISTOGRAM_BINS = 50
CSV = "text/csv"
# Inside the package: which columns the model reads, in which order, and with which program, so that later versions
# can still score it.
PACKAGE_FILE = ".flywheel/package.json"
MAX_MESSAGE_BYTES = 1_000


class Problem(Exception):
    """Something that the user has to put right; the text says what and where."""


# --- packaging ---------------------------------------------------------------------------------------------------


def extract(archive, folder):
    """Unpacks regular files and folders; refuses what would land outside the folder."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                target = os.path.normpath(os.path.join(folder, member.name))
                if target != folder and not target.startswith(folder + os.sep):
                    raise Problem("%s: %s lies outside the archive" % (os.path.basename(archive), member.name))
                if member.isdir():
                    os.makedirs(target, exist_ok=True)
                elif member.isfile():
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    with tar.extractfile(member) as source, open(target, "wb") as file:
                        while block := source.read(1 << 20):
                            file.write(block)
                else:
                    raise Problem("%s: %s is a link or a device, expected files and folders only"
                                  % (os.path.basename(archive), member.name))
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Problem("%s is not a gzip-compressed tar archive that can be read: %s" % (archive, error))


def pack(folder, archive):
    """The same files give the same bytes: sorted names, no times, owners or modes of the machine."""
    with open(archive, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as zipped:
        with tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path in sorted(files_below(folder)):
                member = tarfile.TarInfo(path.replace(os.sep, "/"))
                member.size = os.path.getsize(os.path.join(folder, path))
                member.mode = 0o644
                with open(os.path.join(folder, path), "rb") as file:
                    tar.addfile(member, file)


def files_below(folder):
    for parent, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(parent, name), folder)


def only_archive(folder):
    archives = sorted(name for name in os.listdir(folder) if name.endswith((".tar.gz", ".tgz")))
    if len(archives) != 1:
        raise Problem("expected one source archive in %s, found %d" % (folder, len(archives)))
    return os.path.join(folder, archives[0])


def package(arguments, folder, features):
    """Unpacks model and source into the folder and writes the package."""
    extract(os.path.join(arguments.input, "model", "model.tar.gz"), folder)
    code = os.path.join(folder, "code")
    extract(only_archive(os.path.join(arguments.input, "source")), code)
    if not os.path.isfile(os.path.join(code, arguments.program)):
        raise Problem("the source archive has no %s" % arguments.program)
    os.makedirs(os.path.dirname(os.path.join(folder, PACKAGE_FILE)), exist_ok=True)
    with open(os.path.join(folder, PACKAGE_FILE), "w", encoding="utf-8") as file:
        json.dump({"version": 1, "features": features, "target": arguments.target, "program": arguments.program},
                  file, sort_keys=True)
    output = os.path.join(arguments.output, "model")
    os.makedirs(output, exist_ok=True)
    pack(folder, os.path.join(output, "model.tar.gz"))


def read_package(folder):
    """What the package says of itself: nothing when the model was not packaged here."""
    path = os.path.join(folder, PACKAGE_FILE)
    if not os.path.isfile(path):
        return {}
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except ValueError as error:
        raise Problem("%s is not JSON: %s" % (PACKAGE_FILE, error))
    if not isinstance(found, dict):
        raise Problem("%s does not hold an object" % PACKAGE_FILE)
    return found


# --- the scoring process -----------------------------------------------------------------------------------------


def default_input_fn(body, content_type):
    import numpy

    if content_type != CSV:
        raise ValueError("content type %s is not supported" % content_type)
    text = body.decode("utf-8") if isinstance(body, bytes) else body
    data = numpy.genfromtxt(io.StringIO(text), dtype=numpy.float32, delimiter=",")
    # The container's reader makes a vector of a single row; a last chunk of one row must not fail the whole job.
    return data.reshape(1, -1) if text.count("\n") == 1 else data


def default_predict_fn(data, model):
    return model.predict(data)


def default_output_fn(prediction, accept):
    import numpy

    buffer = io.StringIO()
    numpy.savetxt(buffer, numpy.asarray(prediction), delimiter=",", fmt="%s")
    return buffer.getvalue(), accept


def load_script(folder, program):
    """The inference script as the container imports it: its folder is on the path, its name is its own."""
    path = os.path.join(folder, "code", program)
    sys.path.insert(0, os.path.dirname(path))
    spec = importlib.util.spec_from_file_location(os.path.splitext(os.path.basename(program))[0], path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    if not hasattr(module, "model_fn"):
        raise Problem("%s has no model_fn" % program)
    return module


def body_of(result):
    """What output_fn returned, as text: text or bytes, (body, content type), or a response object."""
    if isinstance(result, tuple):
        result = result[0]
    if hasattr(result, "get_data"):
        result = result.get_data()
    elif hasattr(result, "response"):
        result = result.response
    return result.decode("utf-8") if isinstance(result, (bytes, bytearray)) else str(result)


def parse_scores(text, expected, first_row):
    lines = text.strip().splitlines()
    if len(lines) != expected:
        raise Problem("output_fn gave %d lines for %d rows: expected one score a line" % (len(lines), expected))
    scores = []
    for offset, line in enumerate(lines):
        try:
            score = float(line)
        except ValueError:
            score = math.nan
        if not 0 <= score <= 1:
            raise Problem('the score of hold-out row %d is "%s", expected a probability between 0 and 1'
                          % (first_row + offset + 1, line[:60]))
        scores.append(score)
    return scores


def score(folder, program, holdout, features, output):
    """Runs in its own process: scores all rows in chunks, as requests would come, and writes one score a line."""
    script = load_script(folder, program)
    read = getattr(script, "input_fn", default_input_fn)
    predict = getattr(script, "predict_fn", default_predict_fn)
    write = getattr(script, "output_fn", default_output_fn)
    started = time.perf_counter()
    model = script.model_fn(folder)
    done = 0
    with open(output, "w", encoding="utf-8") as file:
        for rows in chunked_columns(holdout, features):
            buffer = io.StringIO()
            csv.writer(buffer, lineterminator="\n").writerows(rows)
            result = write(predict(read(buffer.getvalue(), CSV), model), CSV)
            scores = parse_scores(body_of(result), len(rows), done)
            file.writelines("%r\n" % value for value in scores)
            done += len(rows)
    return time.perf_counter() - started


def chunked_columns(path, names):
    """Chunks of rows with the named columns in that order."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        header = next(reader)
        missing = [name for name in names if name not in header]
        if missing:
            raise Problem("the hold-out has no column %s" % ", ".join(missing))
        positions = [header.index(name) for name in names]
        chunk = []
        for row in reader:
            chunk.append([row[position] for position in positions])
            if len(chunk) == CHUNK_ROWS:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


def scoring_process(task):
    """Entry point of the child. Problems and errors of the user's code end up in the answer, not in a trace only."""
    with open(task, encoding="utf-8") as file:
        job = json.load(file)
    try:
        seconds = score(job["folder"], job["program"], job["holdout"], job["features"], job["scores"])
        answer = {"seconds": round(seconds, 3)}
    except Problem as problem:
        answer = {"error": str(problem)}
    except Exception as error:  # the user's own code: whatever it raises is the answer
        import traceback

        traceback.print_exc()
        answer = {"error": "%s: %s" % (type(error).__name__, error)}
    with open(job["answer"], "w", encoding="utf-8") as file:
        json.dump(answer, file)


class Scoring:
    """A model being scored in a process of its own."""

    def __init__(self, folder, program, holdout, features, work, name):
        self.scores = os.path.join(work, name + ".scores")
        self.answer = os.path.join(work, name + ".answer.json")
        task = os.path.join(work, name + ".task.json")
        with open(task, "w", encoding="utf-8") as file:
            json.dump({"folder": folder, "program": program, "holdout": holdout, "features": features,
                       "scores": self.scores, "answer": self.answer}, file)
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--scoring-task", task])

    def result(self):
        """(seconds, None) or (None, what went wrong)."""
        status = self.process.wait()
        if not os.path.isfile(self.answer):
            return None, "the scoring process ended with status %d" % status
        with open(self.answer, encoding="utf-8") as file:
            answer = json.load(file)
        return answer.get("seconds"), answer.get("error")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


# --- the job -----------------------------------------------------------------------------------------------------


def histogram(scores):
    """Counts in 50 equal bins of [0, 1]: bin i holds edges[i] < score <= edges[i + 1], the first one 0 as well."""
    edges = [i / HISTOGRAM_BINS for i in range(HISTOGRAM_BINS + 1)]
    counts = [0] * HISTOGRAM_BINS
    for value in scores:
        guess = min(HISTOGRAM_BINS - 1, max(0, math.ceil(value * HISTOGRAM_BINS) - 1))
        # Multiplying rounds: the edges themselves decide.
        if value > edges[guess + 1]:
            guess += 1
        elif guess > 0 and value <= edges[guess]:
            guess -= 1
        counts[guess] += 1
    return {"edges": edges, "counts": counts}


def read_labels(holdout, target):
    labels = []
    for chunk in chunked_columns(holdout, [target]):
        for (text,) in chunk:
            try:
                label = float(text)
            except ValueError:
                label = math.nan
            if label not in (0.0, 1.0):
                raise Problem('hold-out row %d, column %s: expected 0 or 1, got "%s"' % (len(labels) + 1, target, text))
            labels.append(int(label))
    if not labels:
        raise Problem("the hold-out has no row")
    return labels


def read_scores(path):
    with open(path, encoding="utf-8") as file:
        return [float(line) for line in file]


def start_champion(arguments, holdout, header, work):
    """The champion's scoring process, or (None, which columns it lacks), or (None, None) when there is none."""
    archive = os.path.join(arguments.input, "champion", "model.tar.gz")
    if not os.path.isfile(archive):
        return None, None
    folder = os.path.join(work, "champion")
    try:
        extract(archive, folder)
        known = read_package(folder)
    except Problem as problem:
        raise Problem("the champion cannot be scored: %s" % problem)
    features = known.get("features", [name for name in header if name != arguments.target])
    missing = [name for name in features if name not in header]
    if missing:
        return None, "the hold-out has no column %s" % ", ".join(missing)
    program = known.get("program", arguments.program)
    return Scoring(folder, program, holdout, features, work, "champion-run"), None


def evaluate(arguments, work):
    holdout = os.path.join(arguments.input, "holdout", "holdout.csv")
    with open(holdout, newline="", encoding="utf-8") as file:
        header = next(csv.reader(file), [])
    if arguments.target not in header:
        raise Problem("the hold-out has no column %s" % arguments.target)
    features = [name for name in header if name != arguments.target]
    labels = read_labels(holdout, arguments.target)

    candidate_folder = os.path.join(work, "candidate")
    package(arguments, candidate_folder, features)
    champion, champion_error = start_champion(arguments, holdout, header, work)
    candidate = Scoring(candidate_folder, arguments.program, holdout, features, work, "candidate-run")
    try:
        seconds, error = candidate.result()
        if error is not None:
            raise Problem("the candidate cannot be scored: %s" % error)
        champion_seconds = None
        if champion is not None:
            champion_seconds, error = champion.result()
            if error is not None:
                raise Problem("the champion cannot be scored, so that nothing can be compared: %s" % error)
    finally:
        candidate.stop()
        if champion is not None:
            champion.stop()

    scores = read_scores(candidate.scores)
    champion_scores = read_scores(champion.scores) if champion_seconds is not None else [""] * len(scores)
    folder = os.path.join(arguments.output, "evaluation")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "scores.csv"), "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["label", "candidate", "champion"])
        writer.writerows(zip(labels, scores, champion_scores))
    summary = {"rows": len(labels), "candidateSeconds": seconds, "scoreHistogram": histogram(scores)}
    if champion_seconds is not None:
        summary["championSeconds"] = champion_seconds
    if champion_error is not None:
        summary["championError"] = champion_error[:MAX_MESSAGE_BYTES]
    with open(os.path.join(folder, "summary.json"), "w", encoding="utf-8") as file:
        json.dump(summary, file, indent=1, allow_nan=False)
    return "scored %d hold-out rows%s" % (
        len(labels), "; the champion could not be scored: %s" % champion_error if champion_error else "")


def write_message(base, text):
    """What DescribeProcessingJob shows as ExitMessage."""
    folder = os.path.join(base, "output")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "message"), "wb") as file:
        file.write(text.encode("utf-8")[:MAX_MESSAGE_BYTES].decode("utf-8", "ignore").encode("utf-8"))


def main(argv=None):
    base = os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--target", help="the column to predict")
    parser.add_argument("--program", default="inference.py", help="the inference script in the source archive")
    parser.add_argument("--input", default=os.path.join(base, "processing", "input"))
    parser.add_argument("--output", default=os.path.join(base, "processing", "output"))
    parser.add_argument("--scoring-task", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.scoring_task:
        scoring_process(arguments.scoring_task)
        return 0
    if not arguments.target:
        parser.error("--target is required")
    try:
        with tempfile.TemporaryDirectory() as work:
            summary = evaluate(arguments, os.path.realpath(work))
    except Problem as problem:
        write_message(base, str(problem))
        print("evaluate failed: %s" % problem, file=sys.stderr)
        return 1
    write_message(base, summary)
    print(summary)
    return 0


if __name__ == "__main__":
    sys.exit(main())

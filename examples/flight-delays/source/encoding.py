"""Turns rows of text into the matrix the classifier was fitted on. Used in training and in serving, so that both
see the same numbers."""

import numpy as np

# Beyond this many values HistGradientBoosting has no code left; the rarer ones are treated as unknown.
MAX_CATEGORIES = 254


def learn_categories(values):
    """The most frequent texts of a column, most frequent first (ties by name), or None for a column of numbers."""
    counts = {}
    numbers = True
    for value in values:
        if value == "":
            continue
        counts[value] = counts.get(value, 0) + 1
    for value in counts:
        try:
            float(value)
        except ValueError:
            numbers = False
            break
    if numbers:
        return None
    return sorted(counts, key=lambda value: (-counts[value], value))[:MAX_CATEGORIES]


def _number(text, column):
    if text == "":
        return np.nan
    try:
        return float(text)
    except ValueError:
        raise ValueError("column %s: expected a number, got %r" % (column, text)) from None


def encode(rows, columns, categories):
    """rows: lists of text in the order of columns. Missing fields and categories never seen become NaN, which the
    classifier treats as missing. Raises ValueError for a wrong number of fields or a number that is none."""
    matrix = np.empty((len(rows), len(columns)))
    for index, row in enumerate(rows):
        if len(row) != len(columns):
            raise ValueError("row %d has %d fields, expected %d: %s"
                             % (index + 1, len(row), len(columns), ",".join(columns)))
    for position, column in enumerate(columns):
        known = categories[column]
        if known is None:
            matrix[:, position] = [_number(row[position], column) for row in rows]
        else:
            codes = {value: float(code) for code, value in enumerate(known)}
            matrix[:, position] = [codes.get(row[position], np.nan) for row in rows]
    return matrix

"""Writes what an endpoint captured: one request a line, 20 features a request.

12 numeric features of different scales and 8 categorical ones of 2 to 1,000 values, 1 % of each missing. Feature n4 is
moved by SHIFT of its standard deviations.

    python generate.py ROWS SEED SHIFT FILE
"""
import sys

import numpy as np

CARDINALITIES = [2, 3, 5, 10, 20, 50, 200, 1000]
LINE = (
    '{"captureData":{"endpointInput":{"observedContentType":"text/csv","mode":"INPUT","data":"%s\\n","encoding":"CSV"},'
    '"endpointOutput":{"observedContentType":"text/csv; charset=utf-8","mode":"OUTPUT","data":"%s\\n","encoding":"CSV"}},'
    '"eventMetadata":{"eventId":"%08x-0000-4000-8000-000000000000","inferenceTime":"2026-11-23T%02d:%02d:%02dZ"},'
    '"eventVersion":"0"}\n'
)


def main(rows, seed, shift, path):
    random = np.random.default_rng(seed)
    columns = []
    for feature in range(12):
        values = (random.normal(size=rows) + (shift if feature == 4 else 0)) * (feature + 1)
        columns.append(np.char.mod("%.4f", values))
    for size in CARDINALITIES:
        weights = 1 / np.arange(1, size + 1)
        names = np.array(["v%d" % i for i in range(size)])
        columns.append(names[random.choice(size, size=rows, p=weights / weights.sum())])
    for column in columns:
        column[random.random(rows) < 0.01] = ""
    scores = np.char.mod("%.4f", random.random(rows))
    with open(path, "w") as file:
        for row, (values, score) in enumerate(zip(zip(*columns), scores)):
            second = row % 3600
            file.write(LINE % (",".join(values), score, row, row // 3600 % 24, second // 60, second % 60))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])

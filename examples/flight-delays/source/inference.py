"""Serves the flight-delay model: CSV without a header in, one probability of a late arrival per line out."""

import csv
import io
import os

import joblib

from encoding import encode


def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))


def input_fn(body, content_type):
    if content_type.split(";")[0].strip() != "text/csv":
        raise ValueError("content type %s is not supported: send text/csv" % content_type)
    text = body.decode("utf-8") if isinstance(body, (bytes, bytearray)) else body
    return [row for row in csv.reader(io.StringIO(text)) if row]


def predict_fn(rows, model):
    if not rows:
        return []
    matrix = encode(rows, model["columns"], model["categories"])
    return model["classifier"].predict_proba(matrix)[:, 1]


def output_fn(scores, accept):
    return "".join("%.6f\n" % score for score in scores), "text/csv"

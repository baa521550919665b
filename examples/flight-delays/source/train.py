"""Learns which departures will arrive more than 15 minutes late.

Reads every CSV file of the training channel, fits gradient-boosted trees and writes model.joblib.
"""

import argparse
import csv
import glob
import os
import sys

import joblib
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score

from encoding import encode, learn_categories


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", default="late")
    parser.add_argument("--drop", default="flight_id", help="comma-separated columns that are not inputs")
    parser.add_argument("--max-iter", type=int, default=100)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--max-leaf-nodes", type=int, default=15)
    parser.add_argument("--min-samples-leaf", type=int, default=100)
    parser.add_argument("--l2-regularization", type=float, default=1.0)
    parser.add_argument("--random-state", type=int, default=7)
    parser.add_argument("--model-dir", default=os.environ.get("SM_MODEL_DIR"))
    parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN"))
    return parser.parse_args()


def read(folder, target, drop):
    """(input columns, rows of text, labels) of all CSV files in the folder."""
    paths = sorted(glob.glob(os.path.join(folder, "*.csv")))
    if not paths:
        sys.exit("no CSV file in the training channel %s" % folder)
    columns, rows, labels = None, [], []
    for path in paths:
        with open(path, newline="") as file:
            reader = csv.reader(file)
            header = next(reader)
            if target not in header:
                sys.exit("%s has no column %s" % (path, target))
            inputs = [name for name in header if name != target and name not in drop]
            if columns is not None and inputs != columns:
                sys.exit("%s has columns %s, expected %s" % (path, inputs, columns))
            columns = inputs
            positions = [header.index(name) for name in inputs]
            label = header.index(target)
            for row in reader:
                rows.append([row[position] for position in positions])
                labels.append(int(row[label]))
    return columns, rows, np.array(labels)


def main():
    arguments = parse_arguments()
    columns, rows, labels = read(arguments.train, arguments.target, arguments.drop.split(","))
    categories = {name: learn_categories(row[i] for row in rows) for i, name in enumerate(columns)}
    matrix = encode(rows, columns, categories)

    classifier = HistGradientBoostingClassifier(
        max_iter=arguments.max_iter,
        learning_rate=arguments.learning_rate,
        max_leaf_nodes=arguments.max_leaf_nodes,
        min_samples_leaf=arguments.min_samples_leaf,
        l2_regularization=arguments.l2_regularization,
        categorical_features=[categories[name] is not None for name in columns],
        early_stopping=False,
        random_state=arguments.random_state,
    )
    classifier.fit(matrix, labels)

    scores = classifier.predict_proba(matrix)[:, 1]
    print("train-rows=%d" % len(labels))
    print("train-log-loss=%.4f" % log_loss(labels, scores))
    print("train-roc-auc=%.4f" % roc_auc_score(labels, scores))

    joblib.dump(
        {"columns": columns, "categories": categories, "classifier": classifier},
        os.path.join(arguments.model_dir, "model.joblib"),
        compress=3,
    )


if __name__ == "__main__":
    main()

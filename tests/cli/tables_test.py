#!/usr/bin/env python3
"""Three tables of scikit-learn's by `hone init` and nothing else, over 10 folds, beside its own networks with their
defaults behind a StandardScaler: the mean must be within one standard error, or better. Prints a table.

Takes some seconds for each fold, so it runs with HONE_TEST_FULL=1; needs scikit-learn, in VENV if that is set."""
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import warnings

try:
    from sklearn import datasets, model_selection, neural_network, pipeline, preprocessing
except ImportError:
    python = os.path.join(os.environ.get("VENV", ""), "bin/python")
    if os.environ.get("VENV") and os.path.exists(python) and os.path.realpath(sys.prefix) != os.path.realpath(os.environ["VENV"]):
        os.execv(python, [python] + sys.argv)
    print("scikit-learn is not installed")
    sys.exit(77)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HONE = os.path.abspath(os.environ.get("HONE_COMMAND", os.path.join(ROOT, "build/release/hone")))
FOLDS = 10


def write(path, names, x, y):
    with open(path, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(list(names) + ["target"])
        table.writerows([list(row) + [target] for row, target in zip(x, y)])


def run(folder, *words):
    done = subprocess.run([HONE, *words], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit("hone %s: %s" % (" ".join(words), done.stderr))
    return done.stdout


def by_init(names, x, y, train, test, metric):
    """hone init, train, evaluate."""
    with tempfile.TemporaryDirectory() as folder:
        write(os.path.join(folder, "train.csv"), names, x[train], y[train])
        write(os.path.join(folder, "test.csv"), names, x[test], y[test])
        run(folder, "init", "train.csv#target=target")
        run(folder, "train", "train.yaml", "--output", "train.keras")
        return json.loads(run(folder, "evaluate", "train.keras", "--data", "test.csv", "--json"))[metric]


def by_peer(kind, x, y, train, test):
    peer = pipeline.make_pipeline(preprocessing.StandardScaler(), kind(random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has not converged: its default
        peer.fit(x[train], y[train])
    return peer.score(x[test], y[test])


def compare(name, load, classes):
    data = load() if name != "diabetes" else load(scaled=False)
    x, y = data.data, data.target
    kind = neural_network.MLPClassifier if classes else neural_network.MLPRegressor
    folds = (model_selection.StratifiedKFold if classes else model_selection.KFold)(FOLDS, shuffle=True, random_state=0)
    ours, theirs = [], []
    for train, test in folds.split(x, y):
        ours.append(by_init(data.feature_names, x, y, train, test, "accuracy" if classes else "r2_score"))
        theirs.append(by_peer(kind, x, y, train, test))
    error = statistics.stdev(theirs) / FOLDS ** 0.5
    good = statistics.mean(ours) >= statistics.mean(theirs) - error
    print("%-14s %-9s %8.4f %8.4f %10.4f  %s" % (name, "accuracy" if classes else "R2", statistics.mean(ours), statistics.mean(theirs),
                                                 error, "ok" if good else "worse"), flush=True)
    return good


def main():
    if os.environ.get("HONE_TEST_FULL") != "1":
        print("it takes minutes: HONE_TEST_FULL=1")
        sys.exit(77)
    print("%-14s %-9s %8s %8s %10s" % ("table", "metric", "hone", "peer", "std error"))
    good = [compare("breast_cancer", datasets.load_breast_cancer, True), compare("wine", datasets.load_wine, True),
            compare("diabetes", datasets.load_diabetes, False)]
    sys.exit(0 if all(good) else 1)


main()

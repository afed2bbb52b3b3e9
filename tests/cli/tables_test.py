#!/usr/bin/env python3
"""Three tables of scikit-learn's and one that is made like California's houses by `hone init` and nothing else, over 10 folds, beside its own networks with their
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
    import numpy
    import sklearn.utils
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


def load_california_like():
    """3,000 districts: skewed incomes, rooms and populations with outliers, two coasts of dear towns, prices that are cut at 5."""
    draw = numpy.random.default_rng(0)
    count = 3000
    income, age = draw.lognormal(1.25, 0.45, count), draw.integers(1, 53, count).astype(float)
    rooms = draw.lognormal(1.65, 0.25, count) * numpy.where(draw.random(count) < 0.01, 8, 1)
    bedrooms = rooms * draw.normal(0.2, 0.02, count)
    population, occupants = draw.lognormal(7, 0.7, count), 1.5 + draw.lognormal(0.3, 0.4, count)
    latitude, longitude = draw.uniform(32.5, 42, count), draw.uniform(-124.3, -114.3, count)
    near = sum(numpy.exp(-((latitude - a) ** 2 + (longitude - b) ** 2) / 1.5) for a, b in ((37.7, -122.4), (34.0, -118.3)))
    price = 0.4 * income + 1.8 * near - 0.25 * occupants + 0.004 * age + 0.1 * numpy.log(rooms) + draw.normal(0, 0.35, count)
    names = ["MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude", "Longitude"]
    x = numpy.stack([income, age, rooms, bedrooms, population, occupants, latitude, longitude], axis=1)
    return sklearn.utils.Bunch(data=x, target=numpy.clip(price, 0.15, 5), feature_names=names)


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
            compare("diabetes", datasets.load_diabetes, False), compare("california", load_california_like, False)]
    sys.exit(0 if all(good) else 1)


main()

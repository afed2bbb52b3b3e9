#!/usr/bin/env python3
"""Does Hone learn what Keras learns? The chapter's example, 30 epochs, seeds 0 to 4, in both.

    python bench/truth.py                  runs Hone (and Keras where its result is not kept yet), judges
    python bench/truth.py --keras-only     only fills in Keras's missing runs
    python bench/truth.py --again keras    forgets Keras's kept runs first

Each figure's means must lie within three standard errors of their difference. Keras's runs are kept in
bench/results/keras-truth.json, Hone's are written to bench/results/hone-truth.json. HONE names the command
(default build/release/hone); Keras's part needs scripts/venv.sh, Hone's part any Python 3.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(FOLDER)
KERAS_FILE = os.path.join(FOLDER, "results", "keras-truth.json")
HONE_FILE = os.path.join(FOLDER, "results", "hone-truth.json")
SERIES = ("loss", "accuracy", "val_loss", "val_accuracy")
FIGURES = (
    ("last validation accuracy", "val_accuracy", lambda series: series[-1]),
    ("best validation accuracy", "val_accuracy", max),
    ("smallest validation loss", "val_loss", min),
    ("last training loss", "loss", lambda series: series[-1]),
)


def run_keras(seed, epochs):
    """One training in this process; returns {series: [a number per epoch], "seconds"}."""
    os.environ["KERAS_BACKEND"] = "jax"
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[seed % len(os.sched_getaffinity(0)):][:1])
    sys.path.insert(0, FOLDER)
    import keras

    import chapter_model
    import data

    (x, y), validation = data.chapter_data()
    keras.utils.set_random_seed(seed)
    model = chapter_model.make(keras)
    start = time.time()
    history = model.fit(x, y, epochs=epochs, validation_data=validation, verbose=0).history
    run = {name: [round(float(value), 6) for value in history[name]] for name in SERIES}
    run["seconds"] = round(time.time() - start, 1)
    return run


def run_hone(seed, epochs):
    """The same through the command; its --json lines hold an object per epoch."""
    command = [os.environ.get("HONE", os.path.join(ROOT, "build", "release", "hone")), "train",
               os.path.join(FOLDER, "truth.yaml"), "--seed", str(seed), "--epochs", str(epochs),
               "--verbose", "0", "--json"]
    start = time.time()
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    lines = [json.loads(line) for line in result.stdout.splitlines() if line.strip()]
    rows = [line for line in lines if line.get("event") == "epoch"]
    if len(rows) != epochs:
        sys.exit(f"truth.py: hone reported {len(rows)} epochs, {epochs} were expected")
    run = {name: [row[name] for row in rows] for name in SERIES}
    run["seconds"] = round(time.time() - start, 1)
    return run


def read(path):
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return json.load(file)


def write(path, runs):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".part", "w") as file:
        json.dump(dict(sorted(runs.items())), file)
        file.write("\n")
    os.replace(path + ".part", path)


def keras_runs(seeds, epochs):
    """The kept runs, and those that were missing, each in a process of its own."""
    runs = read(KERAS_FILE)
    for seed in seeds:
        key = f"seed {seed}, {epochs} epochs"
        if key not in runs:
            python = os.path.join(ROOT, "build", "venv", "bin", "python")
            if not os.path.exists(python):
                python = sys.executable
            output = subprocess.run([python, os.path.abspath(__file__), "--one", str(seed), "--epochs", str(epochs)],
                                    check=True, stdout=subprocess.PIPE, text=True).stdout
            runs[key] = json.loads(output.splitlines()[-1])
            write(KERAS_FILE, runs)
            print(f"keras {key}: {runs[key]['seconds']} s", file=sys.stderr, flush=True)
    return [runs[f"seed {seed}, {epochs} epochs"] for seed in seeds]


def judge(seeds, keras, hone):
    """Prints the ten runs and the verdicts; returns the number of figures that fail."""
    print(f"{'':28}{'':6}" + "".join(f"   seed {seed}" for seed in seeds) + "      mean   s.d.")
    failed = 0
    for title, series, figure in FIGURES:
        values = {}
        for name, runs in (("Keras", keras), ("Hone", hone)):
            values[name] = [figure(run[series]) for run in runs]
            print(f"{title if name == 'Keras' else '':28}{name:6}" + "".join(f"{v:9.4f}" for v in values[name])
                  + f"  {statistics.mean(values[name]):8.4f} {statistics.stdev(values[name]):6.4f}")
        error = math.sqrt(sum(statistics.variance(v) / len(v) for v in values.values()))
        difference = statistics.mean(values["Hone"]) - statistics.mean(values["Keras"])
        passed = abs(difference) <= 3 * error
        failed += not passed
        print(f"{'':34}difference {difference:+.4f}, standard error {error:.4f}, "
              f"{abs(difference) / error if error else math.inf:.1f} of them: {'pass' if passed else 'FAIL'}")
    print(f"{len(FIGURES) - failed} passed, {failed} failed")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--keras-only", action="store_true")
    parser.add_argument("--again", choices=["keras"])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        print(json.dumps(run_keras(options.one, options.epochs)))
        return 0
    if options.again:
        write(KERAS_FILE, {})
    seeds = range(options.seeds)
    keras = keras_runs(seeds, options.epochs)
    if options.keras_only:
        return 0
    hone = [run_hone(seed, options.epochs) for seed in seeds]
    write(HONE_FILE, {f"seed {seed}, {options.epochs} epochs": run for seed, run in zip(seeds, hone)})
    return 1 if judge(seeds, keras, hone) else 0


if __name__ == "__main__":
    sys.exit(main())

"""What the command makes of the files of make_cases.py:  check_cases.py FOLDER [CASE...]
Predictions, evaluation and two further epochs must be Keras's; then it writes the same models as NAME.hone.keras (and .weights.h5,
.safetensors and back) for load_cases.py. HONE names the command, KERAS_VERSION the release to write for. Prints each failure; exit 1."""
import json
import os
import subprocess
import sys

import numpy

HONE = os.environ.get("HONE", "build/release/hone")


# What older releases computed in another way; Hone computes as the newest.
OTHER_EVALUATION = [("embedding_mask", (0, 0), (3, 4)), ("mask_argument", (0, 0), (3, 4)), ("regularizers_and_constraints", (3, 0), (3, 7)),
                    ("embedding", (3, 0), (3, 1)), *[(name, (3, 0), (3, 8)) for name in ("lists_for_outputs", "metrics_by_output", "wide_and_deep")]]
OTHER_TRAINING = [("embedding_mask", (0, 0), (3, 4)), ("mask_argument", (0, 0), (3, 4)), ("optimizer_accumulation", (3, 0), (3, 4)),
                  ("regularizers_and_constraints", (3, 0), (3, 7))]


# Evaluations on NumPy's backend: its arrays carry no masks, and Recall(top_k=1) counts in another way.
OTHER_ON_NUMPY = {"embedding_mask", "mask_argument", "loss_sparse_ignore", "metrics_of_classes"}
# The update of SpectralNormalization's kernel is lost in fit on JAX; on TensorFlow it is not, as here.
LOST_ON_JAX = {"spectral"}


class Failed(Exception):
    pass


def hone(*arguments):
    result = subprocess.run([HONE, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
    if result.returncode != 0:
        raise Failed(f"hone {' '.join(map(str, arguments))}: exit {result.returncode}: {result.stderr.strip()[-400:]}")
    return result.stdout


def close(actual, expected, tolerance, label):
    actual, expected = numpy.asarray(actual, "float64"), numpy.asarray(expected, "float64")
    if actual.shape != expected.shape:
        raise Failed(f"{label}: shape {actual.shape}, expected {expected.shape}")
    if not expected.size:
        return
    same = numpy.isnan(actual) == numpy.isnan(expected)
    difference = numpy.nan_to_num(numpy.abs(actual - expected), nan=0.0).max()
    if not same.all() or difference > tolerance * max(1.0, float(numpy.nan_to_num(numpy.abs(expected)).max())):
        raise Failed(f"{label}: differs by {difference:.3g}")


def predict(model, data, outputs, base):
    output = base + (".p.npy" if len(outputs) == 1 else ".p.npz")
    hone("predict", model, "--data", data, "--output", output)
    arrays = numpy.load(output)
    numbers = [outputs[:i].count(name) for i, name in enumerate(outputs)]  # outputs of one layer are numbered
    return [arrays] if len(outputs) == 1 else [arrays[f"{name}_{i}" if i else name] for name, i in zip(outputs, numbers)]


def compare_predictions(model, data, record, arrays, base, label, when="before"):
    for i, actual in enumerate(predict(model, data, record["outputs"], base)):
        close(actual, arrays[f"{when}_{i}"], 2e-5 if when == "before" else 2e-3, f"{label}: prediction {i} {when}")


def check(folder, name):
    base = os.path.join(folder, name)
    with open(base + ".json") as file:
        record = json.load(file)
    arrays = numpy.load(base + ".npz")
    x = base + "-x.npz"
    data = x + "," + base + "-y.npz"
    if len(record["inputs"]) == 1 and len(record["outputs"]) == 1:
        data = base + "-both.npz"
        numpy.savez(data, x=numpy.load(x)["x"], y=numpy.load(base + "-y.npz")["y"])
        x = data
    compare_predictions(base + ".keras", x, record, arrays, base, ".keras")
    version = ["--keras-version", os.environ["KERAS_VERSION"]] if os.environ.get("KERAS_VERSION") else []
    hone("convert", base + ".keras", base + ".hone.keras", *version)
    compare_predictions(base + ".hone.keras", x, record, arrays, base, ".hone.keras")
    hone("convert", base + ".keras", base + ".hone.weights.h5", *version)
    for weights in (".weights.h5", ".hone.weights.h5", ".hone.safetensors"):
        if weights == ".hone.safetensors":
            hone("convert", base + ".keras", base + weights)
        hone("convert", base + weights, base + ".w.keras", "--model", base + ".keras")
        compare_predictions(base + ".w.keras", x, record, arrays, base, weights)
    if os.path.exists(base + ".h5"):
        compare_predictions(base + ".h5", x, record, arrays, base, ".h5")
    if not record["compiled"] or name == "one_output_has_no_loss":  # Hone wants no targets there
        return
    made = tuple(int(part) for part in record["version"].split(".")[:2])
    for ending in (".keras", ".h5"):
        if not os.path.exists(base + ending):
            continue
        evaluation = json.loads(hone("evaluate", base + ending, "--data", data, "--batch-size", 4, "--json"))
        if ending == ".h5" or any(name == name_of and version[0] <= made < version[1] for name_of, *version in OTHER_EVALUATION):
            continue
        if name in OTHER_ON_NUMPY and "losses" not in record:
            continue
        if set(record["evaluation"]) - set(evaluation):
            raise Failed(f"{ending}: evaluation has {sorted(evaluation)}, expected {sorted(record['evaluation'])}")
        for key, value in record["evaluation"].items():
            actual = evaluation[key]
            close(float("nan") if actual is None else actual, value, 1e-4, f"{ending}: {key}")
    if "losses" not in record or (name in LOST_ON_JAX and made >= (3, 0)):
        return
    if any(name == name_of and version[0] <= made < version[1] for name_of, *version in OTHER_TRAINING):
        return
    for ending in (".keras", ".hone.keras"):
        lines = [json.loads(line) for line in
                 hone("train", base + ending, "--data", data, "--batch-size", 4, "--no-shuffle", "--epochs", 2, "--json", "--verbose", 0,
                      "--output", base + ".trained.keras", *version).splitlines() if line.strip()]
        losses = [line["loss"] for line in lines if line["event"] == "epoch"]
        close(losses, record["losses"], 1e-3, f"{ending}: losses of further epochs")
        compare_predictions(base + ".trained.keras", x, record, arrays, base, ending, "after")


def main():
    folder, chosen = sys.argv[1], sys.argv[2:]
    names = sorted(file.removesuffix(".json") for file in os.listdir(folder) if file.endswith(".json"))
    failed = 0
    count = 0
    for name in names:
        if chosen and name not in chosen:
            continue
        count += 1
        try:
            check(folder, name)
        except (Failed, KeyError, OSError, subprocess.TimeoutExpired) as error:
            failed += 1
            print(f"FAILED {name}: {error}", flush=True)
    print(f"{count - failed} passed, {failed} failed", flush=True)
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())

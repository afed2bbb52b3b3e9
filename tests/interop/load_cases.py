"""What this Keras makes of the files that check_cases.py had the command write:  load_cases.py FOLDER [CASE...]
NAME.hone.keras predicts and evaluates the same, has the same state of training, and trains on with the same losses where the backend
trains; NAME.hone.weights.h5 loads. Prints each failure; exit 1."""
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")
import numpy
from cases import RELEASE, VERSION, keras
from check_cases import LOST_ON_JAX, Failed, close
from make_cases import BATCH, as_list, like, structure


def load(path):
    return keras.models.load_model(path)


def compare_optimizers(actual, expected):
    variables = [[numpy.asarray(variable) for variable in (getattr(part, "variables", None) or [])] for part in (actual, expected)]
    if [variable.shape for variable in variables[0]] != [variable.shape for variable in variables[1]]:
        raise Failed(f"the optimizer has {len(variables[0])} variables, expected {len(variables[1])}")
    for i, pair in enumerate(zip(*variables)):
        close(*pair, 1e-6, f"variable {i} of the optimizer")


def check(folder, name):
    base = os.path.join(folder, name)
    with open(base + ".json") as file:
        record = json.load(file)
    arrays, x_arrays, y_arrays = numpy.load(base + ".npz"), numpy.load(base + "-x.npz"), numpy.load(base + "-y.npz")
    model = load(base + ".hone.keras")
    inputs = [x_arrays[key] for key in x_arrays.files]
    targets = [y_arrays[key] for key in y_arrays.files]
    x = like(structure(model, "inputs") or inputs, inputs)
    y = like(structure(model, "outputs") or targets, targets)
    for i, output in enumerate(as_list(model.predict(x, batch_size=BATCH, verbose=0))):
        close(output, arrays[f"before_{i}"], 2e-5, f"prediction {i}")
    if VERSION >= (3, 0):
        weights = [numpy.asarray(weight) for weight in model.get_weights()]
        model.load_weights(base + ".hone.weights.h5")
        for before, after in zip(weights, model.get_weights()):
            close(after, before, 0, "weights")
    if not record["compiled"]:
        return
    if getattr(model, "optimizer", None) is None:
        raise Failed("is not compiled")
    compare_optimizers(model.optimizer, load(base + ".keras").optimizer)
    evaluation = model.evaluate(x, y, batch_size=BATCH, verbose=0, return_dict=True) if record["evaluation"] else {}
    for key, value in record["evaluation"].items():
        close(evaluation[key], value, 1e-4, key)
    if "losses" not in record or name in LOST_ON_JAX:
        return
    losses = model.fit(x, y, batch_size=BATCH, epochs=2, shuffle=False, verbose=0).history["loss"]
    close(losses, record["losses"], 1e-3, "losses of further epochs")
    for i, output in enumerate(as_list(model.predict(x, batch_size=BATCH, verbose=0))):
        close(output, arrays[f"after_{i}"], 2e-3, f"prediction {i} after")


def main():
    folder, chosen = sys.argv[1], sys.argv[2:]
    names = sorted(file.removesuffix(".hone.keras") for file in os.listdir(folder) if file.endswith(".hone.keras"))
    failed = count = 0
    for name in names:
        if chosen and name not in chosen:
            continue
        with open(os.path.join(folder, name + ".json")) as file:
            if not json.load(file)["loads its own"]:
                print(f"left out {name}: Keras {RELEASE} does not load its own file", flush=True)
                continue
        count += 1
        keras.backend.clear_session()
        try:
            check(folder, name)
        except Exception as error:
            failed += 1
            print(f"FAILED {name}: {type(error).__name__}: {str(error).strip()[:400]}", flush=True)
    print(f"keras {RELEASE}: {count - failed} passed, {failed} failed", flush=True)
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())

"""Saves every case of cases.py as this Keras does, after some training, and what it computes:  make_cases.py FOLDER [CASE...]
NAME.keras, NAME.weights.h5, NAME.h5 (where Keras writes them), NAME-x.npz, NAME-y.npz, NAME.npz (predictions, evaluation, and what a further
epoch gives). Ends with the names that could not be made."""
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")
import numpy
from cases import CASES, RELEASE, TRAINS, VERSION, Missing, input_arrays, keras, target_arrays

BATCH, SAMPLES = 4, 12


def as_list(outputs):
    if isinstance(outputs, dict):
        return [numpy.asarray(outputs[key]) for key in sorted(outputs)]
    return [numpy.asarray(output) for output in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]


def like(model_part, arrays):
    """Arrays as the model wants them: one, a list, or a map."""
    if isinstance(model_part, dict):
        return dict(zip(sorted(model_part), arrays))
    return arrays[0] if len(arrays) == 1 else list(arrays)


def structure(model, which):
    part = getattr(model, f"_{which}_struct", None)
    if isinstance(part, dict):
        return part
    nested = getattr(model, "_nested_" + which, None)
    return nested if isinstance(nested, dict) else None


def output_names(model):
    part = structure(model, "outputs")
    if part is not None:
        return sorted(part)
    names = getattr(model, "output_names", None)
    return list(names) if names else [model.layers[-1].name]


def invent_state(optimizer, variables, random):
    """What an optimizer has after some training, on a backend that cannot train."""
    optimizer.build(variables)
    trained = {id(variable) for variable in variables}
    for variable in optimizer.variables:
        if variable is optimizer.iterations:
            variable.assign(3)
        elif id(variable) not in trained and variable.shape and "float" in str(variable.dtype):
            variable.assign(random.uniform(0.01, 0.2, variable.shape).astype("float32"))


def evaluate(model, x, y, name):
    try:
        return model.evaluate(x, y, batch_size=BATCH, verbose=0, return_dict=True)
    except AttributeError as error:  # NumPy's backend cannot add the losses of layers
        if TRAINS:
            raise
        print(f"{name}: not evaluated: {error}", flush=True)
        return {}


def make(folder, name, build):
    keras.utils.set_random_seed(1)
    model = build()
    random = numpy.random.default_rng(len(name))
    inputs = input_arrays(model, random, SAMPLES)
    parts = structure(model, "inputs")
    x = like(parts if parts is not None else inputs, inputs)
    # Gives weights that differ from their start, batch statistics too.
    model.set_weights([weight if weight.dtype.kind in "iu" else (weight + random.uniform(0.05, 0.2, weight.shape)).astype(weight.dtype)
                       for weight in model.get_weights()])
    outputs = as_list(model.predict(x, batch_size=BATCH, verbose=0))
    targets = target_arrays(model, random, outputs)
    compiled = getattr(model, "optimizer", None) is not None and bool(getattr(model, "loss", None))
    outs = structure(model, "outputs")
    y = like(outs if outs is not None else targets, targets)
    if compiled and TRAINS:
        model.fit(x, y, batch_size=BATCH, epochs=1, shuffle=False, verbose=0)
    elif compiled:
        invent_state(model.optimizer, model.trainable_variables, random)
    base = os.path.join(folder, name)
    model.save(base + ".keras")
    model.save_weights(base + ".weights.h5")
    try:
        model.save(base + ".h5")
    except Exception:  # Keras cannot write two variables of one name
        if os.path.exists(base + ".h5"):
            os.remove(base + ".h5")
    own = True
    try:
        again = keras.models.load_model(base + ".keras")  # what the file says, which is not all that the model knew
        again.predict(x, batch_size=BATCH, verbose=0)
        model = again
    except Exception as error:
        own = False
        print(f"{name}: Keras does not load its own file: {str(error).splitlines()[0][:200]}", flush=True)
    record = {"outputs": output_names(model), "inputs": [tensor.name.split(":")[0] for tensor in model.inputs] if parts is None
              else sorted(parts), "compiled": compiled, "version": RELEASE, "loads its own": own}
    arrays = {f"before_{i}": array for i, array in enumerate(as_list(model.predict(x, batch_size=BATCH, verbose=0)))}
    if compiled:
        evaluation = evaluate(model, x, y, name)
        record["evaluation"] = {key: numpy.asarray(value).tolist() for key, value in evaluation.items()}
    if compiled and TRAINS:
        history = model.fit(x, y, batch_size=BATCH, epochs=2, shuffle=False, verbose=0).history
        record["losses"] = [float(value) for value in history["loss"]]
        arrays.update({f"after_{i}": array for i, array in enumerate(as_list(model.predict(x, batch_size=BATCH, verbose=0)))})
    if VERSION < (3, 0):
        record["inputs"] = list(model.input_names)
    numpy.savez(base + "-x.npz", **(dict(zip(record["inputs"], inputs)) if len(inputs) > 1 else {"x": inputs[0]}))
    numpy.savez(base + "-y.npz", **(dict(zip(record["outputs"], targets)) if len(targets) > 1 else {"y": targets[0]}))
    numpy.savez(base + ".npz", **arrays)
    with open(base + ".json", "w") as file:
        json.dump(record, file)


def main():
    folder, chosen = sys.argv[1], sys.argv[2:]
    os.makedirs(folder, exist_ok=True)
    made, left_out = 0, []
    for name, build in CASES.items():
        if chosen and name not in chosen:
            continue
        keras.backend.clear_session()
        try:
            make(folder, name, build)
            made += 1
        except Missing as error:
            left_out.append(f"{name} (no {error})")
        except Exception as error:
            left_out.append(f"{name} ({type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''})")
    print(f"keras {RELEASE}: {made} made" + (", left out: " + "; ".join(left_out) if left_out else ""), flush=True)


if __name__ == "__main__":
    main()

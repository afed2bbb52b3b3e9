"""Every model of keras.applications with random weights, at the smallest image that it takes, from .keras and from legacy .h5: predicted by the
command, trained one step by both, what the command wrote (.keras) read by Keras again. Prints one line a model: how far the predictions are from
Keras's, after the step, and after saving, for both formats; exit status 1 if one does not agree.

    HONE=build/release/hone VENV/bin/python tests/interop/applications.py [NAME...]

KERAS_BACKEND=torch compiles nothing, which is minutes faster for the largest. With names (VGG16 DenseNet) those that begin so. Without, the smallest of each family; --all takes all 39, --no-step leaves out Keras's step,
--unclipped trains without a bound on the gradient's norm."""
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)  # that .h5 is an old format

import keras
import numpy

HONE = os.path.abspath(os.environ.get("HONE", "build/release/hone"))
# by family, smallest first: what Keras calls them, the smallest image that it takes, and what its numbers are divided by
FAMILIES = [(["VGG16", "VGG19"], 32, 127.5), (["ResNet50", "ResNet101", "ResNet152"], 32, 127.5),
            (["ResNet50V2", "ResNet101V2", "ResNet152V2"], 32, 127.5), (["MobileNet"], 32, 127.5), (["MobileNetV2"], 32, 127.5),
            (["MobileNetV3Small", "MobileNetV3Large"], 32, 1), (["DenseNet121", "DenseNet169", "DenseNet201"], 32, 127.5),
            (["InceptionV3"], 75, 127.5), (["InceptionResNetV2"], 75, 127.5), (["Xception"], 71, 127.5),
            (["NASNetMobile", "NASNetLarge"], 32, 127.5), ([f"EfficientNetB{i}" for i in range(8)], 32, 1),
            ([f"EfficientNetV2{i}" for i in ("B0", "B1", "B2", "B3", "S", "M", "L")], 32, 1),
            ([f"ConvNeXt{i}" for i in ("Tiny", "Small", "Base", "Large", "XLarge")], 32, 1)]
CLASSES, ROWS, TOLERANCE = 5, 4, {"prediction": 1e-4, "step": 1e-2, "saved": 1e-4}


def make(name, size, clip):
    model = getattr(keras.applications, name)(weights=None, include_top=False, input_shape=(size, size, 3), pooling="avg")
    model = keras.Model(model.input, keras.layers.Dense(CLASSES, "softmax", name="classes")(model.output))
    for layer in model._flatten_layers():  # a step draws random numbers otherwise
        for rate in ("rate", "drop_path_rate"):
            if isinstance(getattr(layer, rate, None), float):
                setattr(layer, rate, 0.0)
    random = numpy.random.default_rng(1)
    for weight in model.weights:  # statistics and biases that are not 0 and 1, so that mistakes show
        kind = weight.path.split("/")[-1]
        low, high = {"moving_variance": (0.5, 2), "variance": (0.5, 2), "moving_mean": (-0.1, 0.1), "mean": (-0.1, 0.1), "gamma": (0.5, 1.5),
                     "beta": (-0.1, 0.1), "bias": (-0.1, 0.1)}.get(kind, (0, 0))
        if high > low and weight.dtype == "float32":
            weight.assign(random.uniform(low, high, weight.shape).astype("float32"))
    model.compile(keras.optimizers.SGD(1e-3, global_clipnorm=1.0 if clip else None), "sparse_categorical_crossentropy")
    return model


def hone(*arguments):
    result = subprocess.run([HONE, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if result.returncode:
        raise RuntimeError(result.stderr.strip().splitlines()[0][:200])
    return result.stdout


def difference(a, b):
    return float(numpy.abs(numpy.asarray(a, "float64") - b).max())


def predict(model, data, folder):
    output = os.path.join(folder, "y.npy")
    hone("predict", model, "--data", data, "--output", output)
    return numpy.load(output)


def check_format(end, data, folder, images, expected, after):
    """The differences of one format; `after` are Keras's predictions after its step, or None."""
    path, trained = os.path.join(folder, "m" + end), os.path.join(folder, "t.keras")
    row = {"prediction": difference(predict(path, data, folder), expected)}
    lines = hone("train", path, "--data", data, "--epochs", 1, "--batch-size", ROWS, "--no-shuffle", "--output", trained, "--verbose", 0,
                 "--json").splitlines()
    row["loss"] = float(next(line["loss"] for line in map(json.loads, filter(None, lines)) if line["event"] == "epoch"))
    stepped = predict(trained, data, folder)
    os.remove(path)
    again = keras.saving.load_model(trained, compile=False)
    os.remove(trained)
    row["saved"] = difference(stepped, again.predict_on_batch(images))
    row["moved"] = difference(stepped, expected)
    if after is not None:
        row["step"] = difference(stepped, after)
    return row


def check(name, size, scale, folder, step, clip):
    """What it took and how far the numbers are from Keras's."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    model = make(name, size, clip)
    random = numpy.random.default_rng(0)
    images = random.uniform(0, 255, (ROWS, size, size, 3)).astype("float32") / scale
    labels = random.integers(0, CLASSES, ROWS).astype("int32")
    data = os.path.join(folder, "x.npz")
    numpy.savez(data, x=images, y=labels)
    for end in (".keras", ".h5"):
        model.save(os.path.join(folder, "m" + end))
    count, expected, after, loss = model.count_params(), model.predict_on_batch(images), None, None
    if step:
        loss = float(model.train_on_batch(images, labels))
        after = model.predict_on_batch(images)
    del model
    return count, loss, [check_format(end, data, folder, images, expected, after) for end in (".keras", ".h5")]


def agrees(loss, rows):
    good = all(row[key] < TOLERANCE[key] for row in rows for key in TOLERANCE if key in row)
    finite = all(numpy.isfinite(row["loss"]) and row["moved"] > 0 for row in rows)
    # Over few images of one pixel a batch's statistics magnify rounding from layer to layer, in Hone as in Keras. The distance of the loss from
    # that in double, Hone's and Keras's (torch): MobileNetV2 8.4e-5 and 8.7e-5, ResNet50 1.1e-3 and 1.5e-3, EfficientNetB2 1.2e-4 and 6.3e-5,
    # EfficientNetB6 6.4e-3 and 1.5e-3.
    return good and finite and (loss is None or all(abs(row["loss"] - loss) < 2e-2 * max(1, abs(loss)) for row in rows))


def describe(count, loss, rows):
    columns = [" / ".join(f"{row[key]:.1e}" if key in row else "-" for row in rows) for key in ("prediction", "step", "saved")]
    losses = " / ".join(f"{row['loss']:.4f}" for row in rows) + (f" ({loss:.4f})" if loss is not None else "")
    return f"{count:>12,}  " + "  ".join(f"{column:<17}" for column in columns) + f"  {losses}"


def main(arguments):
    whole = "--all" in arguments
    names = [argument for argument in arguments if not argument.startswith("-")]
    agree, others = 0, 0
    print(f"     {'name':<18} size    parameters  {'prediction':<17}  {'after a step':<17}  {'after saving':<17}  loss (Keras's)", flush=True)
    for family, size, scale in FAMILIES:
        for place, name in enumerate(family):
            if not (any(name.startswith(begin) for begin in names) if names else whole or place == 0):
                continue
            start = time.time()
            with tempfile.TemporaryDirectory(prefix="hone-applications-") as folder:
                try:
                    result = check(name, size, scale, folder, "--no-step" not in arguments, "--unclipped" not in arguments)
                    good, text = agrees(*result[1:]), describe(*result)
                except (RuntimeError, ValueError, TypeError) as error:
                    good, text = False, f"{type(error).__name__}: {error}"
            agree, others = agree + good, others + (not good)
            print(f"{'ok  ' if good else 'FAIL'} {name:<18} {size:>4}  {text}, {time.time() - start:.0f} s", flush=True)
    print(f"{agree} agree, {others} do not")
    return 1 if others or not agree else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

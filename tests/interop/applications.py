"""Every model of keras.applications with random weights, at a small size: predicted by the command, one step of training, and what that
wrote read by Keras again. Prints one line a model and ends with "N agree, N do not"; exit status 1 if one does not.

    HONE=build/release/hone VENV/bin/python tests/interop/applications.py [NAME...]

With names (VGG16 DenseNet) those that begin so. Without, all but the largest of each family; --all tries every one of them."""
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings

os.environ["KERAS_BACKEND"] = "jax"
os.environ.setdefault("JAX_PLATFORMS", "cpu")
warnings.simplefilter("ignore")

import keras
import numpy

HONE = os.path.abspath(os.environ.get("HONE", "build/release/hone"))
# by family, smallest first: what Keras calls them, and the smallest image that it takes
FAMILIES = [(["VGG16", "VGG19"], 32), (["ResNet50", "ResNet101", "ResNet152"], 32), (["ResNet50V2", "ResNet101V2", "ResNet152V2"], 32),
            (["MobileNet"], 32), (["MobileNetV2"], 32), (["MobileNetV3Small", "MobileNetV3Large"], 32),
            (["DenseNet121", "DenseNet169", "DenseNet201"], 32), (["InceptionV3"], 75), (["InceptionResNetV2"], 75), (["Xception"], 71),
            (["NASNetMobile", "NASNetLarge"], 32), ([f"EfficientNetB{i}" for i in range(8)], 32),
            ([f"EfficientNetV2{i}" for i in ("B0", "B1", "B2", "B3", "S", "M", "L")], 32),
            ([f"ConvNeXt{i}" for i in ("Tiny", "Small", "Base", "Large", "XLarge")], 32)]
CLASSES, ROWS = 5, 2


def make(name, size):
    model = getattr(keras.applications, name)(weights=None, include_top=False, input_shape=(size, size, 3), pooling="avg")
    model = keras.Model(model.input, keras.layers.Dense(CLASSES, "softmax", name="classes")(model.output))
    random = numpy.random.default_rng(1)
    for weight in model.weights:  # statistics and biases that are not 0 and 1, so that mistakes show
        kind = weight.path.split("/")[-1]
        low, high = {"moving_variance": (0.5, 2), "variance": (0.5, 2), "moving_mean": (-0.1, 0.1), "mean": (-0.1, 0.1), "gamma": (0.5, 1.5),
                     "beta": (-0.1, 0.1), "bias": (-0.1, 0.1)}.get(kind, (0, 0))
        if high > low and weight.dtype == "float32":
            weight.assign(random.uniform(low, high, weight.shape).astype("float32"))
    model.compile(keras.optimizers.SGD(1e-3, global_clipnorm=1.0), "sparse_categorical_crossentropy")
    return model


def hone(*arguments):
    result = subprocess.run([HONE, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if result.returncode:
        raise RuntimeError(result.stderr.strip().splitlines()[0][:200])
    return result.stdout


def difference(a, b):
    return float(numpy.abs(numpy.asarray(a, "float64") - b).max())


def check(name, size, folder):
    """What it took and how far the numbers are from Keras's."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    model = make(name, size)
    random = numpy.random.default_rng(0)
    images = random.uniform(0, 255, (ROWS, size, size, 3)).astype("float32") / (1 if "Efficient" in name or "V3S" in name or "V3L" in name or "ConvNeXt" in name else 127.5)
    labels = random.integers(0, CLASSES, ROWS).astype("int32")
    path, data, output, trained = (os.path.join(folder, file) for file in ("m.keras", "x.npz", "y.npy", "t.keras"))
    model.save(path)
    numpy.savez(data, x=images, y=labels)
    expected = model.predict_on_batch(images)
    hone("predict", path, "--data", data, "--output", output)
    prediction = difference(numpy.load(output), expected)
    lines = hone("train", path, "--data", data, "--epochs", 1, "--batch-size", ROWS, "--no-shuffle", "--output", trained, "--verbose", 0,
                 "--json").splitlines()
    loss = next(line["loss"] for line in map(json.loads, filter(None, lines)) if line["event"] == "epoch")
    again = keras.saving.load_model(trained)
    hone("predict", trained, "--data", data, "--output", output)
    reloaded = difference(numpy.load(output), again.predict_on_batch(images))
    count = model.count_params()
    moved = any(numpy.any(a.numpy() != b.numpy()) for a, b in zip(model.trainable_variables, again.trainable_variables))
    return count, prediction, reloaded, float(loss), moved


def main(arguments):
    whole = "--all" in arguments
    names = [argument for argument in arguments if not argument.startswith("-")]
    agree, others = 0, 0
    for family, size in FAMILIES:
        for place, name in enumerate(family):
            if not (any(name.startswith(begin) for begin in names) if names else whole or place == 0):
                continue
            start = time.time()
            with tempfile.TemporaryDirectory(prefix="hone-applications-") as folder:
                try:
                    count, prediction, reloaded, loss, moved = check(name, size, folder)
                    good = prediction < 1e-4 and reloaded < 1e-4 and numpy.isfinite(loss) and moved
                    text = f"{count:>12,} parameters, prediction {prediction:.1e}, after a step {reloaded:.1e}, loss {loss:.4f}"
                except (RuntimeError, ValueError, TypeError) as error:
                    good, text = False, f"{type(error).__name__}: {error}"
            agree, others = agree + good, others + (not good)
            print(f"{'ok  ' if good else 'FAIL'} {name:<18} {size:>3} {text}, {time.time() - start:.0f} s", flush=True)
    print(f"{agree} agree, {others} do not")
    return 1 if others or not agree else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

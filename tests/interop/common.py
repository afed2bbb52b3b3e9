"""What the tests of this folder share: the command, data files, comparisons."""
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import unittest
import warnings

os.environ["KERAS_BACKEND"] = "jax"
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Each of the many small models is compiled once and run once: a compiler that tries less hard gives the same numbers sooner.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true")
warnings.simplefilter("ignore")

import keras
import numpy

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HONE = os.path.abspath(os.environ.get("HONE", os.path.join(ROOT, "build", "release", "hone")))
FILES = os.path.join(ROOT, "tests", "golden", "files")
FULL = os.environ.get("HONE_TEST_FULL") == "1"


def some(cases, every):
    """Many cases of a kind: all of them in `make test-full`, else one of `every` of them."""
    cases = list(cases)
    return cases if FULL else cases[::every]


def hone(*arguments, status=0):
    """Runs the command; its stdout, and stderr, as text. Any other exit status is a failure."""
    result = subprocess.run([HONE, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            timeout=120)
    if result.returncode != status:
        raise AssertionError(f"hone {' '.join(map(str, arguments))}: exit {result.returncode}, expected {status}\n"
                             f"{result.stderr.strip()[-2000:]}")
    return result.stdout, result.stderr


def tensor(value):
    dtypes = {"int32": "int32", "bool": "bool"}
    return numpy.array(value["values"], dtypes.get(value.get("dtype"), "float32")).reshape(value["shape"])


def golden(name):
    with open(os.path.join(FILES, name + ".json")) as file:
        return json.load(file)


def one(items):
    return items[0] if len(items) == 1 else list(items)


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        keras.utils.clear_session()
        self.folder = tempfile.mkdtemp(prefix="hone-interop-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write_data(self, inputs, targets=None, input_names=None, output_names=None, prefix="data"):
        """DATA for the command: one npz with x and y, or one keyed by the inputs' names and one by the outputs'."""
        if len(inputs) == 1 and (targets is None or len(targets) == 1):
            path = self.path(prefix + ".npz")
            arrays = {"x": inputs[0]}
            if targets is not None:
                arrays["y"] = targets[0]
            numpy.savez(path, **arrays)
            return path
        paths = [self.path(prefix + "-x.npz")]
        numpy.savez(paths[0], **dict(zip(input_names, inputs)))
        if targets is not None:
            paths.append(self.path(prefix + "-y.npz"))
            numpy.savez(paths[1], **dict(zip(output_names, targets)))
        return ",".join(paths)

    def assert_close(self, actual, expected, tolerance, label):
        """Within `tolerance` of the largest expected number (of 1, when that is smaller)."""
        actual, expected = numpy.asarray(actual), numpy.asarray(expected)
        self.assertEqual(actual.shape, expected.shape, label)
        scale = max(1.0, float(numpy.abs(expected).max())) if expected.size else 1.0
        difference = float(numpy.abs(actual.astype("float64") - expected).max()) if expected.size else 0.0
        self.assertLessEqual(difference, tolerance * scale, f"{label}: differs by {difference:.3g}")

    def predict_with_hone(self, model, data, names):
        """A list of arrays, one per output."""
        if len(names) == 1:
            output = self.path("predictions.npy")
            hone("predict", model, "--data", data, "--output", output)
            return [numpy.load(output)]
        output = self.path("predictions.npz")
        hone("predict", model, "--data", data, "--output", output)
        with numpy.load(output) as arrays:
            return [arrays[name] for name in names]

    def evaluate_with_hone(self, model, data):
        return json.loads(hone("evaluate", model, "--data", data, "--json")[0])

    def train_with_hone(self, model, data, output, epochs=1, batch_size=8):
        """The lines of --json, as objects."""
        text = hone("train", model, "--data", data, "--epochs", epochs, "--batch-size", batch_size, "--no-shuffle",
                    "--output", output, "--verbose", 0, "--json")[0]
        return [json.loads(line) for line in text.splitlines() if line.strip()]

    def compare_evaluation(self, actual, expected, tolerance=1e-5):
        for key, value in expected.items():
            self.assertIn(key, actual)
            self.assert_close(actual[key], value, tolerance, key)

    def compare_models(self, actual, expected, tolerance):
        """Weights by order; optimizer variables by order, which normalised inputs can make much larger than the weights."""
        self.assertEqual(len(actual.weights), len(expected.weights))
        for a, b in zip(actual.weights, expected.weights):
            self.assertEqual(a.name, b.name)
            self.assert_close(a.numpy(), b.numpy(), tolerance, b.path)
        self.assertEqual(int(actual.optimizer.iterations), int(expected.optimizer.iterations))
        self.assertEqual(len(actual.optimizer.variables), len(expected.optimizer.variables))
        for a, b in zip(actual.optimizer.variables, expected.optimizer.variables):
            self.assert_close(a.numpy(), b.numpy(), 5 * tolerance, f"optimizer: {b.path}")


@contextlib.contextmanager
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def load(path):
    with quiet():
        return keras.saving.load_model(path)

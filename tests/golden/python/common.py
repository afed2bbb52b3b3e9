"""What all golden files share: tensors as JSON, spec strings to Keras objects, reproducible numbers, writing, comparing."""
import ast
import json
import os
import zlib

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import keras
import numpy

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def number(value):
    """The shortest decimal that reads back as the same float32; whole numbers without a point."""
    value = float(str(numpy.float32(value)))
    if abs(value) < 1e9 and value == int(value):
        return int(value)
    return value


def tensor(array):
    """{"shape", "values"}, with "dtype" unless it is float32."""
    array = numpy.asarray(array)
    result = {"shape": list(array.shape)}
    if array.dtype == bool:
        result["dtype"] = "bool"
        result["values"] = [int(value) for value in array.ravel()]
    elif array.dtype.kind in "iu":
        result["dtype"] = "int32"
        result["values"] = [int(value) for value in array.ravel()]
    else:
        result["values"] = [number(value) for value in array.ravel()]
    return result


def named_tensor(name, array):
    return {"name": name, **tensor(array)}


def generator(*words):
    """Random numbers that depend on the words only."""
    return numpy.random.default_rng(zlib.crc32("/".join(map(str, words)).encode()))


def normal(random, *shape, scale=1.0, decimals=3):
    """Normal numbers of few digits, so that the files stay small."""
    return numpy.round(random.normal(0, scale, shape), decimals).astype("float32")


def uniform(random, low, high, *shape, decimals=3):
    return numpy.round(random.uniform(low, high, shape), decimals).astype("float32")


def away_from(values, points, distance=0.01):
    """Moves values off the kinks of a function, so that rounding cannot decide the branch."""
    values = values.copy()
    for point in points:
        near = numpy.abs(values - point) < distance
        values[near] = numpy.float32(point) + numpy.float32(2 * distance)
    return values


def probabilities(random, *shape):
    """Rows that sum to about one, of three digits."""
    values = random.gamma(1.0, 1.0, shape) + 0.05
    return numpy.round(values / values.sum(axis=-1, keepdims=True), 3).astype("float32")


MODULES = {
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "constraint": keras.constraints,
    "schedule": keras.optimizers.schedules,
    "loss": keras.losses,
    "metric": keras.metrics,
    "layer": keras.layers,
    "optimizer": keras.optimizers,
}


def find_class(family, name):
    """The Keras class of a name in any spelling: he_normal, HeNormal, l2, max_norm."""
    plain = name.replace("_", "").lower()
    aliases = {"zero": "zeros", "one": "ones", "normal": "randomnormal", "uniform": "randomuniform", "l1l2": "l1l2"}
    plain = aliases.get(plain, plain)
    for candidate in dir(MODULES[family]):
        value = getattr(MODULES[family], candidate)
        if isinstance(value, type) and candidate.lower() == plain:
            return value
    raise ValueError(f"no {family} is called {name}")


def from_spec(family, text):
    """The Keras object of a spec string: "l2(0.01)", "he_normal"."""
    if text is None or text == "none":
        return None
    tree = ast.parse(text, mode="eval").body
    if isinstance(tree, ast.Name):
        return find_class(family, tree.id)()
    words = {"true": True, "false": False, "none": None}

    def value(node):
        if isinstance(node, ast.Name):
            return words[node.id]
        return ast.literal_eval(node)

    positional = [value(argument) for argument in tree.args]
    keywords = {keyword.arg: value(keyword.value) for keyword in tree.keywords}
    return find_class(family, tree.func.id)(*positional, **keywords)


def keras_arguments(arguments):
    """Arguments as a golden file has them, with spec strings turned to Keras objects."""
    result = {}
    for key, value in arguments.items():
        family = key.rsplit("_", 1)[-1]
        if family in ("initializer", "regularizer", "constraint") and isinstance(value, str):
            value = from_spec(family, value)
        elif key == "learning_rate" and isinstance(value, str):
            value = from_spec("schedule", value)
        elif isinstance(value, list):
            value = tuple(value)
        result[key] = value
    return result


def without_addresses(config):
    """A serialised object without shared_object_id (a Python address)."""
    if isinstance(config, dict):
        return {key: without_addresses(value) for key, value in config.items() if key != "shared_object_id"}
    if isinstance(config, (list, tuple)):
        return [without_addresses(value) for value in config]
    return config


def plain(value):
    """JSON for what Keras has in a config."""
    return json.loads(json.dumps(value, default=lambda item: item.item() if hasattr(item, "item") else str(item)))


class Book:
    """Golden files made in this run, by path below the folder."""

    def __init__(self):
        self.files = {}

    def add(self, family, name, content):
        self.files[f"{family}/{name}.json"] = {"family": family, "name": name, **content}

    def write(self):
        for path, content in self.files.items():
            full = os.path.join(FOLDER, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w") as file:
                file.write(text_of(content))

    def check(self):
        """The differences from what is on disk, as sentences."""
        problems = []
        for path, content in self.files.items():
            full = os.path.join(FOLDER, path)
            if not os.path.exists(full):
                problems.append(f"{path}: is not there")
                continue
            with open(full) as file:
                kept = json.load(file)
            tolerance = content.get("tolerance", 1e-5)
            compare(kept, json.loads(text_of(content)), path, tolerance, problems)
        return problems


def text_of(content):
    """A line per case, which keeps differences readable."""
    head = {key: value for key, value in content.items() if key != "cases"}
    lines = json.dumps(head, separators=(",", ":"))[:-1]
    if "cases" not in content:
        return lines + "}\n"
    cases = [json.dumps(case, separators=(",", ":")) for case in content["cases"]]
    return lines + ',"cases":[\n' + ",\n".join(cases) + "\n]}\n"


def is_numbers(value):
    return isinstance(value, list) and value and all(isinstance(item, (int, float)) for item in value)


def compare(kept, made, place, tolerance, problems):
    """Structure and text exactly, numbers within `tolerance` of the largest number of their list."""
    if is_numbers(kept) and is_numbers(made) and len(kept) == len(made):
        scale = max([1e-3] + [abs(item) for item in kept if numpy.isfinite(item)])
        for index, (a, b) in enumerate(zip(kept, made)):
            if not (a == b or abs(a - b) <= tolerance * scale or (a != a and b != b)):
                problems.append(f"{place}[{index}]: kept {a}, made {b}")
                return
    elif isinstance(kept, float) or isinstance(made, float):
        if abs(kept - made) > tolerance * max(1e-3, abs(kept)):
            problems.append(f"{place}: kept {kept}, made {made}")
    elif isinstance(kept, dict) and isinstance(made, dict) and kept.keys() == made.keys():
        for key in kept:
            compare(kept[key], made[key], f"{place}/{key}", tolerance, problems)
    elif isinstance(kept, list) and isinstance(made, list) and len(kept) == len(made):
        for index, (a, b) in enumerate(zip(kept, made)):
            compare(a, b, f"{place}/{index}", tolerance, problems)
    elif kept != made:
        problems.append(f"{place}: kept {str(kept)[:60]}, made {str(made)[:60]}")

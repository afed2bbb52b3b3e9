"""initializers/: what is certain about them: constants exactly, of random ones the bounds, mean and deviation."""
import math

import keras
import numpy
from keras.src.initializers.random_initializers import compute_fans

from common import find_class, number, tensor

TRUNCATED = 0.87962566103423978  # standard deviation of a normal number redrawn until within two
SHAPES = {"kernel": (60, 30), "wide kernel": (20, 90), "vector": (40,), "convolution": (3, 3, 8, 16),
          "convolution of rank 1": (5, 8, 12)}
SCALED = {"GlorotUniform": (1, "fan_avg", "uniform"), "GlorotNormal": (1, "fan_avg", "truncated_normal"),
          "HeUniform": (2, "fan_in", "uniform"), "HeNormal": (2, "fan_in", "truncated_normal"),
          "LecunUniform": (1, "fan_in", "uniform"), "LecunNormal": (1, "fan_in", "truncated_normal")}


def exact(class_name, title, arguments, shape, **further):
    output = find_class("initializer", class_name)(**arguments)(shape)
    return {"case": title, "arguments": arguments, "shape": list(shape), "output": tensor(output), **further}


def uniform_facts(low, high):
    return {"bounds": {"low": number(low), "high": number(high)}, "mean": number((low + high) / 2),
            "stddev": number((high - low) / math.sqrt(12))}


def truncated_facts(mean, sigma):
    return {"bounds": {"low": number(mean - 2 * sigma), "high": number(mean + 2 * sigma)}, "mean": number(mean),
            "stddev": number(sigma * TRUNCATED)}


def scaled_facts(scale, mode, distribution, shape):
    fan_in, fan_out = compute_fans(shape)
    n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    variance = scale / max(1.0, n)
    fans = {"fan_in": fan_in, "fan_out": fan_out}
    if distribution == "uniform":
        limit = math.sqrt(3 * variance)
        return {**fans, **uniform_facts(-limit, limit)}
    if distribution == "untruncated_normal":
        return {**fans, "mean": 0, "stddev": number(math.sqrt(variance))}
    return {**fans, **truncated_facts(0, math.sqrt(variance) / TRUNCATED)}


def random(class_name, title, arguments, shape, facts):
    """The facts, checked on what Keras draws."""
    draws = numpy.concatenate([
        numpy.asarray(find_class("initializer", class_name)(**arguments, seed=seed)(shape)).ravel()
        for seed in range(1, 1 + math.ceil(20000 / math.prod(shape)))])
    error = 5 * facts["stddev"] / math.sqrt(draws.size)
    assert abs(draws.mean() - facts["mean"]) < error and abs(draws.std() - facts["stddev"]) < error, (class_name, title)
    if "bounds" in facts:
        assert draws.min() >= facts["bounds"]["low"] * (1 + 1e-6) - 1e-9, (class_name, title)
        assert draws.max() <= facts["bounds"]["high"] * (1 + 1e-6) + 1e-9, (class_name, title)
    return {"case": title, "arguments": arguments, "shape": list(shape), **facts}


def orthogonal(title, arguments, shape):
    """Rows or columns (the fewer) have length `gain` and are orthogonal to each other."""
    gain = arguments.get("gain", 1.0)
    q = numpy.asarray(keras.initializers.Orthogonal(seed=1, **arguments)(shape)).reshape(-1, shape[-1])
    q = q if q.shape[0] <= q.shape[1] else q.T
    assert numpy.abs(q @ q.T - gain ** 2 * numpy.eye(len(q))).max() < 1e-5
    return {"case": title, "arguments": arguments, "shape": list(shape), "orthogonal": {"gain": gain}}


def make(book):
    def add(class_name, rows):
        book.add("initializers", keras.src.utils.naming.to_snake_case(class_name), {"class": class_name, "cases": rows})

    add("Zeros", [exact("Zeros", "default", {}, (3, 2))])
    add("Ones", [exact("Ones", "default", {}, (4,))])
    add("Constant", [exact("Constant", "default", {}, (2, 2)), exact("Constant", "value", {"value": -1.25}, (2, 3))])
    add("Identity", [exact("Identity", "square", {}, (3, 3)), exact("Identity", "wide", {"gain": 0.5}, (2, 4)),
                     exact("Identity", "tall", {}, (4, 2))])
    add("RandomNormal", [random("RandomNormal", "default", {}, (60, 30), {"mean": 0, "stddev": 0.05}),
                         random("RandomNormal", "mean, stddev", {"mean": 2.0, "stddev": 0.5}, (60, 30),
                                {"mean": 2, "stddev": 0.5})])
    add("RandomUniform", [random("RandomUniform", "default", {}, (60, 30), uniform_facts(-0.05, 0.05)),
                          random("RandomUniform", "range", {"minval": 1.0, "maxval": 3.0}, (60, 30), uniform_facts(1, 3))])
    add("TruncatedNormal", [random("TruncatedNormal", "default", {}, (60, 30), truncated_facts(0, 0.05)),
                            random("TruncatedNormal", "mean, stddev", {"mean": -1.0, "stddev": 0.2}, (60, 30),
                                   truncated_facts(-1, 0.2))])
    rows = []
    for mode in ("fan_in", "fan_out", "fan_avg"):
        for distribution in ("truncated_normal", "untruncated_normal", "uniform"):
            arguments = {"scale": 1.5, "mode": mode, "distribution": distribution}
            rows.append(random("VarianceScaling", f"{mode}, {distribution}", arguments, (60, 30),
                               scaled_facts(1.5, mode, distribution, (60, 30))))
    rows.append(random("VarianceScaling", "default", {}, (60, 30), scaled_facts(1, "fan_in", "truncated_normal", (60, 30))))
    add("VarianceScaling", rows)
    for class_name, (scale, mode, distribution) in SCALED.items():
        add(class_name, [random(class_name, title, {}, shape, scaled_facts(scale, mode, distribution, shape))
                         for title, shape in SHAPES.items()])
    add("STFT", [exact("STFT", title, arguments, (6, 1, 5), tolerance=1e-5) for title, arguments in (
        ("default", {}), ("sines", {"side": "imag"}), ("spectrum", {"scaling": "spectrum", "window": "blackman"}),
        ("no scaling", {"scaling": None, "periodic": True}), ("no window", {"window": None, "side": "imag"}))])
    add("Orthogonal", [orthogonal("square", {}, (6, 6)), orthogonal("wide", {}, (4, 9)),
                       orthogonal("tall, gain", {"gain": 2.0}, (9, 4)), orthogonal("rank 4", {}, (2, 2, 3, 5))])

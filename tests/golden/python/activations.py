"""activations/: value and gradient of every activation function."""
import jax
import jax.numpy as jnp
import keras
import numpy

from common import generator, normal, tensor

# Arguments beside the default of each function.
VARIANTS = {
    "relu": [{}, {"negative_slope": 0.1}, {"max_value": 1.5}, {"threshold": 0.5},
             {"negative_slope": 0.25, "max_value": 1.0, "threshold": 0.3}],
    "leaky_relu": [{}, {"negative_slope": 0.01}],
    "elu": [{}, {"alpha": 0.5}],
    "celu": [{}, {"alpha": 2.0}],
    "gelu": [{}, {"approximate": True}],
    "soft_shrink": [{}, {"threshold": 1.2}],
    "hard_shrink": [{}, {"threshold": 0.2}],
    "squareplus": [{}, {"b": 1.0}],
    "threshold": [{"threshold": 0.3, "default_value": -0.7}],
    "glu": [{}, {"axis": 1}],
    "softmax": [{}, {"axis": 1}],
    "log_softmax": [{}, {"axis": 1}],
    "sparsemax": [{}, {"axis": 1}],
}
PLAIN = ["linear", "relu6", "selu", "silu", "mish", "softplus", "softsign", "tanh", "sigmoid", "exponential",
         "log_sigmoid", "hard_sigmoid", "hard_silu", "hard_tanh", "tanh_shrink", "sparse_plus", "sparse_sigmoid"]
ROWS = ("glu", "softmax", "log_softmax", "sparsemax")

# The points where a derivative jumps and the value that is right there; other kinks are not among the inputs. They
# hold for the default arguments.
KINKS = {
    "relu": {0: 0}, "leaky_relu": {0: 0.2}, "relu6": {0: 0, 6: 0}, "elu": {0: 1}, "celu": {0: 1},
    "selu": {0: 1.0507009873554805 * 1.6732632423543772}, "softsign": {0: 1}, "mish": {0: 0.6},
    "hard_sigmoid": {-3: 0, 3: 0}, "hard_tanh": {-1: 0, 1: 0},
}


def sparsemax(x):
    """Martins and Astudillo (2016), section 2, on the last axis, with its gradient's projection."""
    ordered = -numpy.sort(-x, axis=-1)
    counts = numpy.arange(1, x.shape[-1] + 1)
    sums = numpy.cumsum(ordered, axis=-1)
    size = (1 + counts * ordered > sums).sum(axis=-1, keepdims=True)
    threshold = (numpy.take_along_axis(sums, size - 1, -1) - 1) / size
    return numpy.maximum(x - threshold, 0)


def sparsemax_gradient(y, dy):
    support = y > 0
    mean = (dy * support).sum(axis=-1, keepdims=True) / support.sum(axis=-1, keepdims=True)
    return numpy.where(support, dy - mean, 0)


def inputs(name, arguments):
    random = generator("activations", name)
    if name in ROWS:
        x = normal(random, 4, 6, 2, scale=1.5) if "axis" in arguments else normal(random, 5, 6, scale=1.5)
        if name in ("softmax", "log_softmax"):
            x.ravel()[:6] = [60, 61, -60, 0, 59, 1]
        return x
    x = numpy.array([-30, -8, -5.5, -4, -2.7, -2, -1.5, -1.1, -0.9, -0.6, -0.45, -0.3, -0.1, -0.01, -1e-4,
                     1e-4, 0.01, 0.1, 0.25, 0.45, 0.6, 0.9, 1.1, 1.4, 2, 2.7, 4, 5.5, 8, 12], "float32")
    if not arguments:
        x = numpy.concatenate([x, numpy.array(list(KINKS.get(name, {})), "float32")])
    return x.reshape(1, -1)


def case(name, arguments):
    function = getattr(keras.activations, name)
    x = inputs(name, arguments)
    dy = normal(generator("cotangent", name), *function(jnp.asarray(x), **arguments).shape)
    result = {"case": ", ".join(f"{k}={v}" for k, v in arguments.items()) or "default", "arguments": arguments}
    if name == "sparsemax":
        axis = arguments.get("axis", -1)
        y = sparsemax(numpy.moveaxis(x, axis, -1).astype("float64"))
        dx = sparsemax_gradient(y, numpy.moveaxis(dy, axis, -1).astype("float64"))
        y, dx = (numpy.moveaxis(value, -1, axis) for value in (y, dx))
        result["note"] = "by definition (Martins and Astudillo 2016): Keras sums the cumulative sums"
    else:
        y, pull = jax.vjp(lambda value: function(value, **arguments), jnp.asarray(x))
        dx = numpy.array(pull(jnp.asarray(dy))[0])
        if not arguments:
            for point, slope in KINKS.get(name, {}).items():
                wanted = dy[x == numpy.float32(point)] * slope
                if numpy.abs(dx[x == numpy.float32(point)] - wanted).max() > 1e-5:
                    result["note"] = f"derivative at the kinks as most backends have it ({KINKS[name]})"
                dx[x == numpy.float32(point)] = wanted
    return {**result, "inputs": [tensor(x)], "output": tensor(y), "output_gradient": tensor(dy),
            "input_gradients": [tensor(dx)]}


def make(book):
    for name in PLAIN + list(VARIANTS):
        book.add("activations", name, {"cases": [case(name, arguments) for arguments in VARIANTS.get(name, [{}])]})

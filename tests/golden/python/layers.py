"""layers/: output, gradients, weights after the call, penalties and masks of every layer."""
import jax
import jax.numpy as jnp
import keras
import numpy

from common import (away_from, find_class, generator, keras_arguments, named_tensor, normal, number, plain, tensor,
                    uniform, without_addresses)
from layers_attention import ATTENTION
from layers_audio import AUDIO
from layers_images import IMAGES
from layers_recurrent import RECURRENT
from layers_space import SPACE

backend = keras.src.backend


def weight_values(layer, random):
    """Plausible numbers for each weight: scales near one, variances positive."""
    values = []
    for weight in layer.weights:
        shape = tuple(weight.shape)
        if weight.name in ("moving_variance", "variance", "gamma", "scale", "moving_stddev", "renorm_stddev"):
            values.append(uniform(random, 0.5, 2, *shape))
        elif weight.name == "count":
            values.append(numpy.zeros(shape, "int32"))
        elif weight.name == "alpha":
            values.append(uniform(random, 0.05, 0.5, *shape))
        else:
            values.append(normal(random, *shape, scale=0.5))
    return values


def is_float(array):
    return numpy.asarray(array).dtype.kind == "f"


def invoke(layer, arguments, options, call):
    """The layer on its inputs, a list or each an argument of its own; of several outputs the one that is looked at."""
    options = {**options, **call.get("options", {}), **{key: jnp.asarray(value) for key, value in call.get("tensors", {}).items()}}
    given = arguments if call.get("apart") else [arguments if len(arguments) > 1 else arguments[0]]
    output = layer(*given, **options)
    return output[call.get("output", 0)] if isinstance(output, (list, tuple)) else output


def run(layer, weights, inputs, masks, training, cotangent, how):
    """One call without side effects; returns output, gradients, weights after, losses."""
    trainable = [variable.value for variable in layer.trainable_variables]
    other = [variable.value for variable in layer.non_trainable_variables]
    floats = [index for index, value in enumerate(inputs) if is_float(value)]

    def call(trainable, moving):
        arguments = list(inputs)
        for index, value in zip(floats, moving):
            arguments[index] = value
        arguments = [jnp.asarray(value) for value in arguments]
        for value, mask in zip(arguments, masks):
            if mask is not None:
                backend.set_keras_mask(value, jnp.asarray(mask))
        options = {"training": training} if training is not None else {}
        values = [*zip(layer.trainable_variables, trainable), *zip(layer.non_trainable_variables, other)]
        with backend.StatelessScope(state_mapping=values, collect_losses=True) as scope:
            output = invoke(layer, arguments, options, how)
            total = sum([jnp.sum(loss) for loss in layer.losses], jnp.zeros(()))
        state = {id(variable): scope.get_current_value(variable) for variable in layer.weights}
        scalar = total
        if cotangent is not None:
            scalar = total + jnp.sum(output * cotangent)
        return scalar, (output, state, total)

    moving = [jnp.asarray(inputs[index]) for index in floats]
    _, (output, state, losses) = call(trainable, moving)
    gradients = None
    if cotangent is not None:
        gradients = jax.grad(call, argnums=(0, 1), has_aux=True)(trainable, moving)[0]
    weights_after = [numpy.asarray(weight.value if state[id(weight)] is None else state[id(weight)])
                     for weight in layer.weights]
    return output, gradients, weights_after, losses, floats


def output_mask(layer, inputs, masks, training, how):
    arguments = [jnp.asarray(value) for value in inputs]
    for value, mask in zip(arguments, masks):
        if mask is not None:
            backend.set_keras_mask(value, jnp.asarray(mask))
    options = {"training": training} if training is not None else {}
    return backend.get_keras_mask(invoke(layer, arguments, options, how))


def learn(layer, data):
    """layer.adapt(data), which for Discretization asks whether the array is one of TensorFlow."""
    if not isinstance(layer, keras.layers.Discretization):
        return layer.adapt(data)
    layer.reset_state()
    layer.update_state(data)
    layer.finalize_state()


def case(class_name, title, arguments, inputs, training=False, masks=None, adapt=None, keep_weights=False,
         no_weight_gradients=None, tolerance=None, note=None, stops_mask=False, call=None):
    inputs = inputs if isinstance(inputs, list) else [inputs]
    masks = masks or [None] * len(inputs)
    how = call or {}
    random = generator("layers", class_name, title)
    layer = find_class("layer", class_name)(**keras_arguments(arguments))
    row = {"case": title, "arguments": json_arguments(arguments), "training": training,
           "inputs": [tensor(value) for value in inputs]}
    if adapt is not None:
        learn(layer, adapt)
        row["adapt"] = tensor(adapt)
    # Built with all masks shown, then the weights are set.
    mask_out = output_mask(layer, inputs, masks, training, how)
    if adapt is None and not keep_weights:
        layer.set_weights(weight_values(layer, random))
    before = [numpy.asarray(value) for value in layer.get_weights()]
    if adapt is not None or stops_mask or how.get("output"):
        mask_out = None
    options_training = training if takes_training(layer) else None
    sample = invoke(layer, [jnp.asarray(value) for value in inputs],
                    {} if options_training is None else {"training": options_training}, how)
    layer.set_weights(before)
    cotangent = None
    if is_float(sample) and sample.size:
        cotangent = normal(random, *sample.shape)
    output, gradients, after, losses, floats = run(layer, before, inputs, masks, options_training, cotangent, how)
    row["weights"] = [named_tensor(weight.name, value) for weight, value in zip(layer.weights, before)]
    if any(mask is not None for mask in masks):
        row["masks"] = [None if mask is None else tensor(mask) for mask in masks]
    for key in ("options", "output"):
        if how.get(key):
            row[{"options": "call", "output": "output_index"}[key]] = how[key]
    if how.get("tensors"):
        row["call_tensors"] = [named_tensor(key, value) for key, value in how["tensors"].items()]
    row["output"] = tensor(output)
    if mask_out is not None:
        row["output_mask"] = tensor(mask_out)
    if cotangent is not None:
        row["output_gradient"] = tensor(cotangent)
        row["input_gradients"] = [None] * len(inputs)
        for index, value in zip(floats, gradients[1]):
            if numpy.isfinite(numpy.asarray(value)).all():  # Keras's gradient of an image of one value is NaN
                row["input_gradients"][index] = tensor(value)
        by_weight = {id(v): value for v, value in zip(layer.trainable_variables, gradients[0])}
        # (the bias of keys moves all scores of a query alike: its gradient is 0 but for rounding)
        row["weight_gradients"] = [tensor(by_weight[id(weight)]) if id(weight) in by_weight and not weight.path.endswith("key/bias")
                                   else None for weight in layer.weights]
        if no_weight_gradients:
            row["weight_gradients"] = [None] * len(layer.weights)
            row["note"] = no_weight_gradients
    if any((a != b).any() for a, b in zip(before, after)):
        row["weights_after"] = [tensor(value) for value in after]
    if losses:
        row["losses"] = number(losses)
    if tolerance:
        row["tolerance"] = tolerance
        row["note"] = note
    for part in (output, *after):
        assert numpy.isfinite(numpy.asarray(part, "float64")).all(), (class_name, title)
    return row


def takes_training(layer):
    return "training" in layer._call_signature.parameters or isinstance(layer, keras.layers.Wrapper)


def json_arguments(arguments):
    result = {}
    for key, value in arguments.items():
        if isinstance(value, keras.layers.Layer):
            value = without_addresses(plain(keras.saving.serialize_keras_object(value)))
        result[key] = value
    return result


def x(name, *shape, scale=1.0, kinks=(0,)):
    return away_from(normal(generator("inputs", name, *shape), *shape, scale=scale), kinks)


def dense():
    yield "linear", {"units": 3}, x("dense", 4, 5)
    yield "relu", {"units": 6, "activation": "relu"}, x("dense", 3, 4)
    yield "softmax", {"units": 4, "activation": "softmax"}, x("dense", 3, 4)
    yield "sigmoid, no bias", {"units": 3, "activation": "sigmoid", "use_bias": False}, x("dense", 2, 4)
    yield "rank 3", {"units": 2, "activation": "tanh"}, x("dense", 2, 3, 4)
    yield "rank 4", {"units": 3, "activation": "gelu"}, x("dense", 2, 2, 2, 3)
    yield "one unit, one sample", {"units": 1}, x("dense", 1, 3)
    yield "kernel and bias penalties", {"units": 3, "kernel_regularizer": "l2(0.1)", "bias_regularizer": "l1(0.2)"}, \
        x("dense", 4, 2)
    yield "activity penalty", {"units": 3, "activation": "elu", "activity_regularizer": "l1_l2(0.1, 0.2)"}, \
        x("dense", 4, 2)
    yield "frozen, with a penalty", {"units": 2, "kernel_regularizer": "l2(0.1)", "trainable": False}, x("dense", 3, 2)
    yield "mask goes through", {"units": 2}, x("dense", 2, 3, 2), {"masks": [numpy.array([[1, 0, 1], [1, 1, 0]], bool)]}


def batch_normalization():
    for training in (False, True):
        word = "training" if training else "inference"
        options = {"training": training}
        yield f"rows, {word}", {}, x("bn", 6, 3), options
        yield f"rank 3, {word}", {}, x("bn", 2, 4, 3), options
        yield f"rank 4, axis 1, {word}", {"axis": 1}, x("bn", 2, 3, 2, 2), options
        yield f"rank 3, axis 1, {word}", {"axis": 1, "momentum": 0.8}, x("bn", 3, 2, 3), options
        yield f"rank 4, axis -2, {word}", {"axis": -2}, x("bn", 2, 2, 3, 2), options
        yield f"no center, {word}", {"center": False}, x("bn", 5, 2), options
        yield f"no scale, {word}", {"scale": False}, x("bn", 5, 2), options
        yield f"neither, {word}", {"center": False, "scale": False}, x("bn", 5, 2), options
        yield f"momentum, epsilon, {word}", {"momentum": 0.5, "epsilon": 0.1}, x("bn", 5, 2), options
        yield f"mask, {word}", {}, x("bn", 3, 4, 2), \
            {"training": training, "masks": [numpy.array([[1, 1, 0, 1], [1, 0, 0, 0], [1, 1, 1, 1]], bool)]}
        yield f"frozen, {word}", {"trainable": False}, x("bn", 6, 3), options
        yield f"penalties, {word}", {"gamma_regularizer": "l2(0.1)", "beta_regularizer": "l1(0.1)"}, x("bn", 4, 2), \
            options
    yield "one sample, training", {}, x("bn", 1, 3), {"training": True}
    yield "far from zero, training", {}, (x("bn", 8, 2) + 300).astype("float32"), \
        {"training": True, "tolerance": 5e-5, "note": "the mean in float32 is off by 1e-5"}
    yield "constant feature, training", {}, numpy.full((4, 2), 2.5, "float32"), \
        {"training": True, "tolerance": 5e-5, "note": "x * inv - mean * inv cancels in float32"}
    yield "momentum 0, training", {"momentum": 0.0}, x("bn", 4, 2), {"training": True}
    yield "renorm, inference", {"renorm": True}, x("bn", 6, 3)
    yield "renorm, training", {"renorm": True, "momentum": 0.8, "renorm_momentum": 0.7}, x("bn", 6, 3), {"training": True}
    clipping = {"rmin": 0.5, "rmax": 1.5, "dmax": 0.4}
    yield "renorm, clipped, training", {"renorm": True, "renorm_clipping": clipping}, x("bn", 3, 4, 3), {"training": True}


def dropout_inference(arguments):
    def rows():
        yield "inference", arguments, x("dropout", 3, 4)
    return rows


def dropout():
    yield "inference", {"rate": 0.5}, x("dropout", 3, 4)
    yield "inference, noise shape", {"rate": 0.4, "noise_shape": [3, 1]}, x("dropout", 3, 4)
    yield "rate 0, training", {"rate": 0.0}, x("dropout", 3, 4), {"training": True}
    yield "rate 1, training", {"rate": 1.0}, x("dropout", 3, 4), {"training": True}


def flatten():
    yield "rank 3", {}, x("flatten", 2, 3, 2)
    yield "rank 4", {}, x("flatten", 2, 3, 2, 2)
    yield "rank 2", {}, x("flatten", 2, 3)
    yield "rank 1", {}, x("flatten", 3)
    yield "channels first", {"data_format": "channels_first"}, x("flatten", 2, 3, 2, 2)


def activation():
    for name in ("relu", "tanh", "softmax", "selu", "swish", "leaky_relu", "linear"):
        yield name, {"activation": name}, x("activation", 3, 4)
    yield "activity penalty", {"activation": "sigmoid", "activity_regularizer": "l2(0.3)"}, x("activation", 3, 4)


def embedding():
    ids = numpy.array([[0, 2, 1], [4, 2, 0]], "int32")
    yield "default", {"input_dim": 5, "output_dim": 3}, ids
    yield "mask_zero", {"input_dim": 5, "output_dim": 2, "mask_zero": True}, ids
    yield "penalty", {"input_dim": 5, "output_dim": 2, "embeddings_regularizer": "l2(0.1)"}, ids
    yield "rank 1", {"input_dim": 5, "output_dim": 2}, numpy.array([3, 3, 1], "int32")
    yield "ids as floats", {"input_dim": 5, "output_dim": 2}, numpy.array([[3, 1], [0, 4]], "float32")


def normalization():
    yield "mean and variance given", {"mean": [1.0, -2.0, 0.5], "variance": [4.0, 0.25, 1.0]}, x("norm", 3, 3)
    yield "scalars, no axis", {"axis": None, "mean": 0.5, "variance": 2.0}, x("norm", 3, 2)
    yield "inverted", {"mean": [1.0, -2.0, 0.5], "variance": [4.0, 0.25, 1.0], "invert": True}, x("norm", 3, 3)
    yield "variance 0", {"mean": [1.0, 0.0], "variance": [0.0, 1.0]}, \
        numpy.array([[1, 2], [1, 3]], "float32")
    many = generator("100 features")
    means, variances = ([number(value) for value in row] for row in (normal(many, 100), uniform(many, 0.5, 4, 100)))
    yield "100 features", {"mean": means, "variance": variances}, x("norm", 2, 100)
    yield "adapted", {}, x("norm", 3, 3), {"adapt": x("adapt", 10, 3, scale=3)}
    yield "adapted, no axis", {"axis": None}, x("norm", 3, 3), {"adapt": x("adapt", 10, 3, scale=3)}
    yield "adapted, axis 1 of rank 3", {"axis": 1}, x("norm", 2, 3, 2), {"adapt": x("adapt", 5, 3, 2, scale=3)}
    yield "adapted, two axes", {"axis": [1, 2]}, x("norm", 2, 3, 2), {"adapt": x("adapt", 5, 3, 2, scale=3)}


def layer_normalization():
    yield "default", {}, x("ln", 3, 4)
    yield "rank 3", {}, x("ln", 2, 3, 4)
    yield "axis 1", {"axis": 1}, x("ln", 2, 3, 4)
    yield "two axes", {"axis": [1, 2]}, x("ln", 2, 3, 4)
    yield "two axes in another order", {"axis": [-1, 1]}, x("ln", 2, 3, 2, 2)
    yield "no center, epsilon", {"center": False, "epsilon": 0.1}, x("ln", 3, 4)
    yield "no scale", {"scale": False}, x("ln", 3, 4)
    yield "far from zero", {}, (x("ln", 3, 8) + 200).astype("float32"), \
        {"tolerance": 5e-5, "note": "x * inv - mean * inv cancels in float32"}
    yield "penalty", {"gamma_regularizer": "l1(0.1)"}, x("ln", 3, 4)
    yield "rms_scaling", {"rms_scaling": True}, x("ln", 3, 4)
    yield "rms_scaling, two axes", {"rms_scaling": True, "axis": [1, 3], "epsilon": 0.2}, x("ln", 2, 3, 2, 2)


def group_normalization():
    yield "two groups", {"groups": 2}, x("gn", 3, 4)
    yield "rank 4", {"groups": 3}, x("gn", 2, 2, 2, 6)
    yield "one group", {"groups": 1}, x("gn", 2, 3, 4)
    yield "instance", {"groups": -1}, x("gn", 2, 3, 4)
    yield "axis 1", {"groups": 2, "axis": 1}, x("gn", 2, 4, 3)
    yield "no center, no scale, epsilon", {"groups": 2, "center": False, "scale": False, "epsilon": 0.1}, x("gn", 2, 3, 4)


def rms_normalization():
    yield "default", {}, x("rms", 3, 4)
    yield "rank 3", {}, x("rms", 2, 3, 4)
    yield "epsilon", {"epsilon": 0.5}, x("rms", 2, 3, 4)
    yield "two axes", {"axis": [1, 2]}, x("rms", 2, 3, 4)
    yield "the scale of axis 1 on the last axis", {"axis": 1}, x("rms", 2, 3, 3)


def unit_normalization():
    yield "default", {}, x("unit", 3, 4)
    yield "axis 1", {"axis": 1}, x("unit", 2, 3, 4)
    yield "two axes", {"axis": [1, 2]}, x("unit", 2, 3, 2)
    yield "the batch", {"axis": 0}, x("unit", 4, 3)


def spectral_normalization():
    note = "gradients of the weights while training: backends disagree whether they pass through the division"
    for training in (False, True):
        word = "training" if training else "inference"
        options = {"training": training}
        if training:
            options["no_weight_gradients"] = note
        yield word, {"layer": keras.layers.Dense(3, activation="tanh", name="dense")}, x("sn", 2, 4), options
        yield f"three iterations, {word}", \
            {"layer": keras.layers.Dense(2, name="dense"), "power_iterations": 3}, x("sn", 3, 3), options


def reshape():
    yield "to rank 3", {"target_shape": [2, 3]}, x("reshape", 2, 6)
    yield "unknown size", {"target_shape": [-1, 2]}, x("reshape", 2, 3, 4)
    yield "to a vector", {"target_shape": [-1]}, x("reshape", 2, 3, 2)


def permute():
    yield "rank 3", {"dims": [2, 1]}, x("permute", 2, 3, 4)
    yield "rank 4", {"dims": [3, 1, 2]}, x("permute", 2, 2, 3, 4)


def repeat_vector():
    yield "three", {"n": 3}, x("repeat", 2, 4)


def masking():
    values = x("masking", 2, 3, 2)
    values[0, 1] = 0
    values[1, 2] = 0
    values[1, 0, 0] = 0
    yield "default", {}, values
    values = values.copy()
    values[0, 0] = -1
    yield "mask value", {"mask_value": -1.0}, values


def activity_regularization():
    yield "l1", {"l1": 0.1}, x("ar", 3, 4)
    yield "l2, training", {"l2": 0.2}, x("ar", 3, 4), {"training": True}
    yield "both, rank 3", {"l1": 0.1, "l2": 0.2}, x("ar", 2, 3, 2)


def softmax():
    yield "default", {}, x("softmax", 3, 4)
    yield "axis 1", {"axis": 1}, x("softmax", 2, 3, 4)
    yield "two axes", {"axis": [1, 2]}, x("softmax", 2, 3, 4)
    yield "the batch", {"axis": 0}, x("softmax", 4, 3)
    yield "the batch and another", {"axis": [0, 2]}, x("softmax", 2, 3, 4)
    yield "mask", {}, x("softmax", 2, 4), {"masks": [numpy.array([[1, 0, 1, 1], [1, 1, 0, 0]], bool)]}


def re_lu():
    yield "default", {}, x("relu", 3, 4)
    yield "max_value", {"max_value": 1.0}, x("relu", 3, 4, kinks=(0, 1))
    yield "slope", {"negative_slope": 0.2}, x("relu", 3, 4)
    yield "threshold", {"threshold": 0.5}, x("relu", 3, 4, kinks=(0, 0.5))
    yield "all", {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.3}, x("relu", 4, 5, kinks=(0.3, 1))


def leaky_re_lu():
    yield "default", {}, x("leaky", 3, 4)
    yield "slope", {"negative_slope": 0.05}, x("leaky", 3, 4)


def elu():
    yield "default", {}, x("elu", 3, 4)
    yield "alpha", {"alpha": 0.5}, x("elu", 3, 4)


def p_re_lu():
    yield "default", {}, x("prelu", 3, 4)
    yield "shared axis", {"shared_axes": [1]}, x("prelu", 2, 3, 4)
    yield "two shared axes", {"shared_axes": [1, 2]}, x("prelu", 2, 2, 3, 2)
    yield "penalty", {"alpha_regularizer": "l2(0.1)"}, x("prelu", 3, 4)


def rescaling():
    yield "scale", {"scale": 0.25}, x("rescaling", 3, 4)
    yield "scale and offset", {"scale": 2.0, "offset": -1.0}, x("rescaling", 2, 3, 2)
    yield "of bytes", {"scale": 1 / 255}, numpy.array([[0, 255], [128, 7]], "int32")
    yield "lists", {"scale": [0.5, 2.0, -1.0], "offset": [1.0, 0.0, 3.0]}, x("rescaling", 2, 4, 3)
    yield "a list and a number", {"scale": [0.5, 2.0], "offset": 3.0}, x("rescaling", 3, 2)


def discretization():
    values = numpy.array([[-1.5, 0.0], [0.2, 1.0], [3.0, 0.99]], "float32")
    yield "boundaries", {"bin_boundaries": [0.0, 1.0, 2.0]}, values
    for mode in ("one_hot", "multi_hot", "count"):
        shaped = values[:, :1] if mode == "one_hot" else values
        yield mode, {"bin_boundaries": [0.0, 1.0, 2.0], "output_mode": mode}, shaped
    many = [round(-3 + 0.03 * step, 2) for step in range(199)]
    yield "200 bins", {"bin_boundaries": many}, x("bins", 8, 5)
    yield "200 bins, learned", {"num_bins": 200, "epsilon": 0.001}, x("bins", 8, 5), {"adapt": x("learn", 700, 1)}


def category_encoding():
    ids = numpy.array([[0, 2, 2], [3, 1, 0]], "int32")
    yield "multi_hot", {"num_tokens": 4}, ids
    yield "count", {"num_tokens": 4, "output_mode": "count"}, ids
    yield "one_hot", {"num_tokens": 4, "output_mode": "one_hot"}, numpy.array([[1], [3]], "int32")
    yield "one_hot of rank 1", {"num_tokens": 4, "output_mode": "one_hot"}, numpy.array([1, 3, 0], "int32")


def merge(extra=()):
    def rows():
        a, b, c = (x(word, 2, 3) for word in "abc")
        first = numpy.array([[1, 0, 1], [1, 1, 0]], bool)
        second = numpy.array([[0, 0, 1], [1, 0, 1]], bool)
        yield "two", {}, [a, b]
        if "pair" not in extra:
            yield "three", {}, [a, b, c]
        yield "broadcast", {}, [x("a", 2, 3, 4), x("b", 2, 1, 4)]
        yield "lower rank", {}, [x("a", 2, 3, 4), x("b", 2, 4)]
        yield "two masks", {}, [x("a", 2, 3, 2), x("b", 2, 3, 2)], {"masks": [first, second]}
        yield "one mask", {}, [x("a", 2, 3, 2), x("b", 2, 3, 2)], {"masks": [first, None]}
    return rows


def concatenate():
    first = numpy.array([[1, 0, 1], [1, 1, 0]], bool)
    second = numpy.array([[0, 0, 1], [1, 0, 1]], bool)
    yield "last axis", {}, [x("a", 2, 3), x("b", 2, 2)]
    yield "three", {}, [x("a", 2, 3), x("b", 2, 2), x("c", 2, 1)]
    yield "axis 1", {"axis": 1}, [x("a", 2, 3, 2), x("b", 2, 1, 2)]
    yield "masks, last axis", {}, [x("a", 2, 3, 2), x("b", 2, 3, 1)], {"masks": [first, second]}
    yield "masks, axis 1", {"axis": 1}, [x("a", 2, 3, 2), x("b", 2, 3, 2)], {"masks": [first, second]}
    yield "one mask", {}, [x("a", 2, 3, 2), x("b", 2, 3, 2)], {"masks": [first, None]}


def dot():
    yield "vectors", {"axes": 1}, [x("a", 3, 4), x("b", 3, 4)]
    yield "vectors, normalised", {"axes": 1, "normalize": True}, [x("a", 3, 4), x("b", 3, 4)]
    yield "matrices", {"axes": [2, 1]}, [x("a", 2, 3, 4), x("b", 2, 4, 2)]
    yield "matrices, last axes", {"axes": -1}, [x("a", 2, 3, 4), x("b", 2, 2, 4)]
    yield "matrices, first axes, normalised", {"axes": 1, "normalize": True}, [x("a", 2, 3, 4), x("b", 2, 3, 2)]
    yield "matrix and vector", {"axes": [2, 1]}, [x("a", 2, 3, 4), x("b", 2, 4)]


def identity():
    yield "default", {}, x("identity", 2, 3)


LAYERS = {
    "Dense": dense, "BatchNormalization": batch_normalization, "Dropout": dropout, "Flatten": flatten,
    "Activation": activation, "Embedding": embedding, "Reshape": reshape, "Permute": permute,
    "RepeatVector": repeat_vector, "Identity": identity, "ActivityRegularization": activity_regularization,
    "Masking": masking, "LayerNormalization": layer_normalization, "GroupNormalization": group_normalization,
    "RMSNormalization": rms_normalization, "UnitNormalization": unit_normalization,
    "SpectralNormalization": spectral_normalization, "Normalization": normalization, "Rescaling": rescaling,
    "Discretization": discretization, "CategoryEncoding": category_encoding, "Add": merge(),
    "Subtract": merge(["pair"]), "Multiply": merge(), "Average": merge(), "Maximum": merge(), "Minimum": merge(),
    "Concatenate": concatenate, "Dot": dot, "Softmax": softmax, "ReLU": re_lu, "LeakyReLU": leaky_re_lu, "ELU": elu,
    "PReLU": p_re_lu, "AlphaDropout": dropout_inference({"rate": 0.3}),
    "GaussianDropout": dropout_inference({"rate": 0.3}), "GaussianNoise": dropout_inference({"stddev": 0.3}),
    "SpatialDropout1D": dropout, "SpatialDropout2D": dropout,
}


def spatial(shape):
    yield "inference", {"rate": 0.5}, x("dropout", *shape)
    yield "rate 0, training", {"rate": 0.0}, x("dropout", *shape), {"training": True}
    yield "rate 1, training", {"rate": 1.0}, x("dropout", *shape), {"training": True}


LAYERS["SpatialDropout1D"] = lambda: spatial((2, 3, 2))
LAYERS["SpatialDropout2D"] = lambda: spatial((2, 2, 2, 3))
LAYERS["SpatialDropout3D"] = lambda: spatial((2, 2, 3, 2, 2))
LAYERS |= SPACE
LAYERS |= IMAGES
LAYERS |= RECURRENT
LAYERS |= ATTENTION
LAYERS |= AUDIO


def statistics():
    """What random layers do to a constant input while training: the values and how often each comes, or the mean and
    standard deviation. The formulas are checked here on Keras's own draws."""
    rate, value, a = 0.3, 2.0, -1.7580993408473766
    scale = ((1 - rate) * (1 + rate * a * a)) ** -0.5
    shift = -scale * a * rate
    deviation = value * (rate / (1 - rate)) ** 0.5
    facts = {
        "Dropout": ({"rate": rate}, {"values": [0, value / (1 - rate)], "probabilities": [rate, 1 - rate]}),
        "AlphaDropout": ({"rate": rate}, {"values": [scale * a + shift, scale * value + shift],
                                          "probabilities": [rate, 1 - rate]}),
        "GaussianDropout": ({"rate": rate}, {"mean": value, "stddev": deviation}),
        "GaussianNoise": ({"stddev": 0.4}, {"mean": value, "stddev": 0.4}),
    }
    for class_name, (arguments, fact) in facts.items():
        draws = numpy.asarray(find_class("layer", class_name)(**arguments, seed=1)(
            jnp.full((1000, 300), value), training=True))
        if "mean" in fact:
            assert abs(draws.mean() - fact["mean"]) < 0.01 and abs(draws.std() - fact["stddev"]) < 0.01, class_name
        else:
            for level, probability in zip(fact["values"], fact["probabilities"]):
                assert abs((numpy.abs(draws - level) < 1e-5).mean() - probability) < 0.005, class_name
        fact = {key: number(v) if isinstance(v, float) else [number(item) for item in v] for key, v in fact.items()}
        yield class_name, {"case": "training statistics", "arguments": arguments, "training": True,
                           "statistics": {"input": value, **fact}}


def make(book):
    facts = dict(statistics())
    for class_name, rows in LAYERS.items():
        cases = []
        for title, arguments, inputs, *rest in rows():
            cases.append(case(class_name, title, arguments, inputs, **(rest[0] if rest else {})))
        if class_name in facts:
            cases.append(facts[class_name])
        name = keras.src.utils.naming.to_snake_case(class_name)
        book.add("layers", name, {"class": class_name, "cases": cases})

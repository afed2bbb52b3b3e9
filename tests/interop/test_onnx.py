"""ONNX files that Hone writes: valid by onnx's checker, the same numbers as Hone's in onnxruntime, for every layer and activation."""
import os
import subprocess
import sys
import unittest

import keras
import numpy
import onnx
import onnxruntime

from common import Case, HONE, hone, quiet

layers = keras.layers
BATCH = 7
ACTIVATIONS = ["celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "leaky_relu", "linear",
               "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink", "softmax", "softplus",
               "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus", "tanh", "tanh_shrink"]


def sequence():
    """(batch, 6, 4) with padded steps."""
    x = numpy.random.default_rng(1).normal(0, 1, (BATCH, 6, 4)).astype("float32")
    x[:, 4:] = 0
    return x


def normal(*shape, seed=0, scale=1.5):
    return numpy.random.default_rng(seed).normal(0, scale, (BATCH, *shape)).astype("float32")


def ids(high, *shape):
    return numpy.random.default_rng(2).integers(0, high, (BATCH, *shape)).astype("float32")


def sequential(*stack, dtype="float32", shape=None):
    return lambda x: keras.Sequential([layers.Input(x.shape[1:] if shape is None else shape, dtype=dtype, name="x"), *stack])


def two(make, first=(4,), second=(4,)):
    def build(_):
        a, b = layers.Input(first, name="a"), layers.Input(second, name="b")
        return keras.Model([a, b], make(a, b))
    return build, [normal(*first), normal(*second, seed=3)]


def one(*stack, data):
    return sequential(*stack), [data]


def randomized(model):
    """Weights that no initial value happens to hide."""
    random = numpy.random.default_rng(5)
    for weight in model.weights:
        if "float" in weight.dtype:
            low, high = (0.5, 1.5) if "variance" in weight.path or "stddev" in weight.path else (-0.8, 0.8)
            weight.assign(random.uniform(low, high, weight.shape).astype("float32"))
    return model


def nested(_):
    inner = keras.Sequential([layers.Input((4,)), layers.Dense(5, "tanh"), layers.BatchNormalization()], name="inner")
    shared = layers.Dense(4, "relu", name="shared")
    x = layers.Input((4,), name="x")
    first = inner(x)
    again = inner(shared(shared(x)))
    joined = layers.Concatenate(name="joined")([first, again])
    return keras.Model(x, {"left": layers.Dense(2, name="l")(joined), "right": layers.Dense(1, name="r")(first)})


def normalization(**arguments):
    layer = layers.Normalization(**arguments)
    if "mean" not in arguments:
        layer.adapt(normal(4, seed=8))
    return layer


def cases():
    flat, image = normal(6), normal(5, 6, 4)
    yield "dense", one(layers.Dense(3, "tanh"), data=flat)
    yield "dense without bias", one(layers.Dense(3, use_bias=False), data=flat)
    yield "dense on images", one(layers.Dense(3, "relu"), data=image)
    yield "batch_normalization", one(layers.BatchNormalization(), data=flat)
    yield "batch_normalization last of images", one(layers.BatchNormalization(scale=False), data=image)
    yield "batch_normalization middle", one(layers.BatchNormalization(axis=2, center=False), data=image)
    yield "batch_normalization renorm", one(layers.BatchNormalization(renorm=True), data=flat)
    yield "layer_normalization", one(layers.LayerNormalization(), data=flat)
    yield "layer_normalization, two axes", one(layers.LayerNormalization(axis=[2, 3]), data=image)
    yield "layer_normalization, first axis", one(layers.LayerNormalization(axis=1), data=image)
    yield "layer_normalization, bare", one(layers.LayerNormalization(center=False, scale=False), data=flat)
    yield "layer_normalization, no scale", one(layers.LayerNormalization(scale=False), data=flat)
    yield "group_normalization", one(layers.GroupNormalization(2), data=image)
    yield "group_normalization of rows", one(layers.GroupNormalization(3), data=flat)
    yield "rms_normalization", one(layers.RMSNormalization(), data=image)
    yield "unit_normalization", one(layers.UnitNormalization(), data=image)
    yield "spectral_normalization", one(layers.SpectralNormalization(layers.Dense(3)), data=flat)
    yield "dropout and noise", one(layers.Dropout(0.5), layers.GaussianNoise(0.1), layers.GaussianDropout(0.2), layers.AlphaDropout(0.2),
                                   layers.Dense(2), data=flat)
    yield "spatial_dropout1d", one(layers.SpatialDropout1D(0.5), layers.Dense(2), data=normal(5, 4))
    yield "activity_regularization", one(layers.ActivityRegularization(0.1), layers.Dense(2), data=flat)
    yield "embedding", one(layers.Embedding(9, 3), data=ids(9, 5))
    yield "category_encoding one_hot", one(layers.CategoryEncoding(5, output_mode="one_hot"), data=ids(5, 1))
    yield "category_encoding multi_hot", one(layers.CategoryEncoding(5, output_mode="multi_hot"), data=ids(5, 3))
    yield "category_encoding count", one(layers.CategoryEncoding(5, output_mode="count"), data=ids(5, 3))
    yield "discretization", one(layers.Discretization([-1.0, 0.0, 0.5]), data=flat)
    yield "discretization one_hot", one(layers.Discretization([-1.0, 0.0, 0.5], output_mode="one_hot"), data=normal(1))
    yield "normalization", one(normalization(), data=normal(4))
    yield "normalization given", one(normalization(mean=1.5, variance=2.0), data=flat)
    yield "normalization inverted", one(normalization(invert=True), data=normal(4))
    yield "rescaling", one(layers.Rescaling(1 / 255, offset=-0.5), data=flat)
    yield "flatten", one(layers.Flatten(), data=image)
    yield "flatten channels_first", one(layers.Flatten(data_format="channels_first"), data=image)
    yield "reshape", one(layers.Reshape((3, -1)), data=image)
    yield "permute", one(layers.Permute((3, 1, 2)), data=image)
    yield "repeat_vector", one(layers.RepeatVector(3), data=flat)
    yield "identity", one(layers.Identity(), data=flat)
    yield "softmax", one(layers.Softmax(axis=2), data=image)
    yield "softmax over two axes", one(layers.Softmax(axis=[1, 2]), data=image)
    yield "re_lu", one(layers.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.3), data=flat)
    yield "re_lu bounded", one(layers.ReLU(max_value=1.0), data=flat)
    yield "leaky_re_lu", one(layers.LeakyReLU(0.3), data=flat)
    yield "elu", one(layers.ELU(0.7), data=flat)
    yield "p_re_lu", one(layers.PReLU(), data=flat)
    yield "p_re_lu shared", one(layers.PReLU(shared_axes=[1, 2]), data=image)
    yield "gelu within a layer", one(layers.Dense(4, "gelu"), data=flat)
    yield "masking", one(layers.Masking(), layers.Dense(2), data=sequence())
    yield "masked softmax", one(layers.Masking(), layers.Softmax(), data=sequence())
    yield "masked batch normalization", one(layers.Masking(), layers.BatchNormalization(), data=sequence())
    for merge in (layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum, layers.Minimum):
        yield merge.__name__.lower(), two(lambda a, b, merge=merge: merge()([a, b]))
    yield "add, broadcast", two(lambda a, b: layers.Add()([a, b]), (5, 4), (4,))
    yield "concatenate", two(lambda a, b: layers.Concatenate()([a, b]))
    yield "concatenate on axis 1", two(lambda a, b: layers.Concatenate(axis=1)([a, b]), (2, 4), (3, 4))
    yield "dot", two(lambda a, b: layers.Dot(axes=1)([a, b]))
    yield "dot of matrices", two(lambda a, b: layers.Dot(axes=(2, 1))([a, b]), (3, 5), (5, 2))
    yield "dot, normalized", two(lambda a, b: layers.Dot(axes=2, normalize=True)([a, b]), (3, 5), (4, 5))
    yield "nested and shared, two outputs", (nested, [normal(4)])
    yield "free length", (sequential(layers.Dense(3, "relu"), layers.LayerNormalization(), layers.Dense(2), shape=(None, 4)), [normal(5, 4)])


class Export(Case):
    def run_onnx(self, path, inputs):
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        names = [end.name for end in session.get_inputs()]
        return dict(zip([end.name for end in session.get_outputs()], session.run(None, dict(zip(names, inputs)))))

    def check(self, model, inputs, tolerance=1e-5):
        """The model as an ONNX file, beside Hone's predictions."""
        saved, written = self.path("model.keras"), self.path("model.onnx")
        with quiet():
            model.save(saved)
        hone("export", saved, "--output", written)
        graph = onnx.load(written)
        onnx.checker.check_model(graph, full_check=True)
        self.assertEqual((graph.ir_version, graph.opset_import[0].version), (8, 17))
        names = [end.name for end in graph.graph.input]
        self.assertEqual(names, [tensor.name for tensor in model.inputs])
        outputs = self.run_onnx(written, inputs)
        data = self.write_data(inputs, None, names)
        for (name, actual), expected in zip(outputs.items(), self.predict_with_hone(saved, data, list(outputs))):
            self.assert_close(actual, expected, tolerance, name)
        self.run_onnx(written, [x[:1] for x in inputs])  # another batch
        return written

    def test_layers(self):
        for name, (build, inputs) in cases():
            with self.subTest(name):
                keras.utils.clear_session()
                self.check(randomized(build(inputs[0])), inputs)

    def test_activations(self):
        x = normal(8, scale=2)
        x[0] = [-3, -1, -0.5, 0, 0.5, 1, 3, 6]
        for name in ACTIVATIONS:
            with self.subTest(name):
                keras.utils.clear_session()
                model = keras.Sequential([layers.Input((8,), name="x"), layers.Activation(name)])
                self.check(model, [x])


if __name__ == "__main__":
    unittest.main()

"""ONNX files that Hone writes: valid by onnx's checker, the same numbers as Hone's in onnxruntime, for every layer and activation."""
import json
import os
import unittest
import zipfile

import keras
import numpy
import onnx
import onnxruntime

from common import FULL, Case, hone, quiet, some

layers = keras.layers
BATCH = 7
ACTIVATIONS = ["celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "leaky_relu", "linear",
               "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink", "softmax", "softplus",
               "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus", "tanh", "tanh_shrink"]


def open_session(path):
    """On one thread, silent about weights that predicting does not need."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


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
    grid, volume, steps = normal(7, 6, 3), normal(4, 5, 4, 2), normal(9, 3)
    yield "conv1d, causal", one(layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="tanh"), data=steps)
    yield "conv2d", one(layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"), data=grid)
    yield "conv2d, groups", one(layers.Conv2D(6, (2, 3), groups=3, use_bias=False), data=grid)
    yield "conv2d, channels first", one(layers.Conv2D(4, 2, data_format="channels_first"), data=normal(3, 5, 4))
    yield "conv3d", one(layers.Conv3D(3, 2, dilation_rate=2), data=volume)
    yield "conv1d_transpose", one(layers.Conv1DTranspose(2, 3, strides=2), data=steps)
    yield "conv2d_transpose", one(layers.Conv2DTranspose(2, 3, strides=2, padding="same"), data=grid)
    yield "conv2d_transpose, output padding", one(layers.Conv2DTranspose(2, 4, strides=3, output_padding=2), data=grid)
    yield "depthwise_conv2d", one(layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2), data=grid)
    yield "separable_conv2d", one(layers.SeparableConv2D(4, 3, strides=2), data=grid)
    yield "pooling", one(layers.MaxPooling2D(3, strides=1, padding="same"), layers.AveragePooling2D(2), data=grid)
    yield "average pooling, same", one(layers.AveragePooling2D(3, strides=2, padding="same"), data=grid)
    yield "global pooling", one(layers.GlobalMaxPooling2D(keepdims=True), layers.GlobalAveragePooling2D(), data=grid)
    yield "up_sampling2d", one(layers.UpSampling2D(2), layers.UpSampling2D((2, 3), interpolation="bilinear"), data=grid)
    yield "resizing", one(layers.Resizing(7, 4, interpolation="bicubic"), layers.Resizing(5, 5, antialias=True), data=grid)
    yield "resizing, nearest", one(layers.Resizing(7, 4, interpolation="nearest"), layers.Resizing(5, 5, interpolation="lanczos3"), data=grid)
    yield "adaptive pooling", one(layers.AdaptiveAveragePooling2D((3, 2)), data=grid)
    yield "padding, cropping, up-sampling", one(layers.ZeroPadding2D(((1, 2), (0, 3))), layers.Cropping2D(((2, 0), (1, 1))),
                                                layers.UpSampling2D((2, 3)), data=grid)
    yield "spatial_dropout3d", one(layers.SpatialDropout3D(0.5), layers.Flatten(), layers.Dense(2), data=volume)
    yield "dot", two(lambda a, b: layers.Dot(axes=1)([a, b]))
    yield "dot of matrices", two(lambda a, b: layers.Dot(axes=(2, 1))([a, b]), (3, 5), (5, 2))
    yield "dot, normalized", two(lambda a, b: layers.Dot(axes=2, normalize=True)([a, b]), (3, 5), (4, 5))
    yield "nested and shared, two outputs", (nested, [normal(4)])
    yield "free length", (sequential(layers.Dense(3, "relu"), layers.LayerNormalization(), layers.Dense(2), shape=(None, 4)), [normal(5, 4)])


def attending(x):
    start = layers.Input(x.shape[1:], name="x")
    heads = layers.MultiHeadAttention(2, 3)(start, start, use_causal_mask=True)
    groups = layers.GroupQueryAttention(3, 4, 2)(heads, heads)
    plain = layers.Attention(use_scale=True)([groups, start])
    return keras.Model(start, layers.AdditiveAttention()([plain, heads]))


def cases_in_time():
    steps = normal(6, 4)
    yield "recurrence", one(layers.Bidirectional(layers.LSTM(3, return_sequences=True)), layers.GRU(3, return_sequences=True, go_backwards=True),
                            layers.Bidirectional(layers.SimpleRNN(2), merge_mode="sum"), data=steps)
    yield "attention", (attending, [steps])
    yield "stft_spectrogram", one(layers.STFTSpectrogram(frame_length=64, expand_dims=True), data=normal(300, 2))
    yield "mel_spectrogram", one(layers.MelSpectrogram(64, 32, sampling_rate=8000, num_mel_bins=8), data=normal(300))


class Export(Case):
    def run_onnx(self, path, inputs):
        session = open_session(path)
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
        self.check_back(saved, written, data, list(outputs))
        return written

    def check_back(self, saved, written, data, names):
        """Hone reads its own graph as the model that it was: the same layers, weights and bits."""
        back = self.path("back.keras")
        hone("convert", written, back)
        with zipfile.ZipFile(saved) as a, zipfile.ZipFile(back) as b:
            first, second = (json.loads(archive.read("config.json"))["config"] for archive in (a, b))
        self.assertEqual([layer["class_name"] for layer in first["layers"]], [layer["class_name"] for layer in second["layers"]])
        for a, b in zip(self.predict_with_hone(saved, data, names), self.predict_with_hone(back, data, names)):
            self.assertEqual(a.tobytes(), b.tobytes())

    def test_layers_in_time_and_sound(self):
        """What other programs run as ONNX has it, along time in both directions, and Hone does not read back as one layer."""
        for name, (build, inputs) in some(cases_in_time(), 3):
            with self.subTest(name):
                keras.utils.clear_session()
                model = randomized(build(inputs[0]))
                saved, written = self.path("model.keras"), self.path("model.onnx")
                with quiet():
                    model.save(saved)
                hone("export", saved, "--output", written)
                expected = numpy.asarray(model(inputs[0]))
                [received] = self.run_onnx(written, inputs).values()
                self.assertLess(abs(received - expected).max(), 1e-5 * max(1, abs(expected).max()))

    def test_layers(self):
        for name, (build, inputs) in some(cases(), 3):
            with self.subTest(name):
                keras.utils.clear_session()
                self.check(randomized(build(inputs[0])), inputs)

    def test_activations(self):
        x = normal(8, scale=2)
        x[0] = [-3, -1, -0.5, 0, 0.5, 1, 3, 6]
        for name in some(ACTIVATIONS, 3):
            with self.subTest(name):
                keras.utils.clear_session()
                model = keras.Sequential([layers.Input((8,), name="x"), layers.Activation(name)])
                self.check(model, [x])

    def test_ids_beyond_floats(self):
        """A table of more than 2^24 rows: ids are integers in the graph, whose neighbours floats do not tell apart."""
        rows, last = 16777300, 90
        ids = numpy.array([[16777217, 16777216, 0], [16777299, 16777215, 16777218], [1, 2, 3]], "int64")
        x = layers.Input((3,), dtype="int32", name="x")
        table = layers.Embedding(rows, 1, mask_zero=True, embeddings_initializer="zeros", name="table")
        model = keras.Model(x, layers.GlobalAveragePooling1D()(table(x)))
        weights = numpy.zeros((rows, 1), "float32")
        weights[-last:, 0] = numpy.arange(last)
        table.set_weights([weights])
        saved, written, data = self.path("model.keras"), self.path("model.onnx"), self.path("ids.npy")
        with quiet():
            model.save(saved)
        numpy.save(data, ids)
        expected = model.predict(ids.astype("int32"), verbose=0)
        [received] = self.predict_with_hone(saved, data, ["y"])
        self.assert_close(received, expected, 1e-6, "Keras")
        hone("export", saved, "--output", written)
        self.assertEqual(open_session(written).get_inputs()[0].type, "tensor(int64)")
        [received] = self.run_onnx(written, [ids]).values()
        self.assert_close(received, expected, 1e-6, "onnxruntime")
        [received] = self.predict_with_hone(written, data, ["y"])
        self.assert_close(received, expected, 1e-6, "read again")
        self.assertIn("its table has 16777300 rows", hone("export", saved, "--output", self.path("model.c"), status=1)[1])

    def test_vocabularies(self):
        """Texts and integers go into the graph: onnxruntime's LabelEncoder gives the ids of the layers."""
        words = numpy.array([["cat", "dog", "zzz"], ["", "dog", "cow"], ["cat", "cat", "Straße"]])
        numbers = numpy.array([[5, 7, 9], [0, -3, 5], [10**12, 7, 7]])
        for layer, data in (("string_lookup: {vocabulary: [dog, cat, Straße], %s}", words),
                            ("integer_lookup: {vocabulary: [5, -3, 1000000000000], %s}", numbers)):
            for how in ("output_mode: multi_hot", "output_mode: count", "output_mode: tf_idf, idf_weights: [0.5, 2, 3]"):
                with self.subTest(layer + how):
                    recipe, saved, written, x, y = map(self.path, ("m.yaml", "m.keras", "m.onnx", "x.npy", "y.npy"))
                    dtype = "string" if data is words else "int64"
                    with open(recipe, "w", encoding="utf-8") as file:
                        file.write(f"model: [{{input: {{shape: [3], dtype: {dtype}, name: w}}}}, {{{layer % how}}}, {{dense: 2}}]\n"
                                   f"compile: {{loss: mse}}\ndata: {{train: '{x},{y}'}}\nfit: {{epochs: 1, verbose: 0}}\n")
                    numpy.save(x, data)
                    numpy.save(y, numpy.ones((3, 2), "float32"))
                    hone("train", recipe, "--output", saved)
                    hone("export", saved, "--output", written)
                    onnx.checker.check_model(onnx.load(written), full_check=True)
                    [expected] = self.predict_with_hone(saved, x, ["y"])
                    (actual,) = self.run_onnx(written, [data.astype(object) if data is words else data]).values()
                    self.assert_close(actual, expected, 1e-6, "onnxruntime")
                    [again] = self.predict_with_hone(written, x, ["y"])
                    self.assert_close(again, expected, 1e-7, "read again")

    def test_models_that_were_called(self):
        """Built by their first batch, or with samples of no axis: the graph takes what predict takes, of any number."""
        x, y = normal(5, 3), normal(2)
        def stack():
            return keras.Sequential([layers.Conv1D(4, 2), layers.BatchNormalization(), layers.Flatten(), layers.Dense(2)])
        called, fitted, flat, alone = stack(), stack(), keras.Sequential([layers.Rescaling(2.0)]), layers.Input((), name="alone")
        called(x[:4])
        fitted.compile("sgd", "mse")
        fitted.fit(x, y, batch_size=3, verbose=0)
        flat(normal()[:2])
        rank1 = keras.Model(alone, layers.Dense(3)(layers.Reshape((1,))(layers.Rescaling(0.5)(alone))))
        for model, data in ((called, x), (fitted, x), (flat, normal()), (rank1, normal())):
            with self.subTest(model.name):
                saved, written = self.path("model.keras"), self.path("model.onnx")
                with quiet():
                    model.save(saved)
                hone("export", saved, "--output", written)
                onnx.checker.check_model(onnx.load(written), full_check=True)
                (actual,) = self.run_onnx(written, [data]).values()
                self.assert_close(actual, model.predict(data, verbose=0), 1e-5, "Keras")
                self.assertEqual(open_session(written).get_inputs()[0].shape, ["batch", *data.shape[1:]])



FLOAT, INT64 = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
random = numpy.random.default_rng(11)


def weights(*shape, low=-0.7, high=0.7):
    return random.uniform(low, high, shape).astype("float32")


def node(op, inputs, output, **attributes):
    return onnx.helper.make_node(op, inputs.split(), [output], name=attributes.pop("name", "n_" + output), **attributes)


def graph(nodes, constants, inputs=None, outputs=("y",), opset=17, ir=8):
    """A model by hand; shapes of outputs are left open."""
    inputs = inputs or {"x": ["N", 6]}
    return onnx.helper.make_model(onnx.helper.make_graph(
        nodes, "hand_made", [onnx.helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in inputs.items()],
        [onnx.helper.make_tensor_value_info(name, FLOAT, None) for name in outputs],
        [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()]),
        opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=ir)


def ints(*values):
    return numpy.array(values, "int64")


def hand_made():
    image = {"x": ["N", 3, 4]}
    yield "mlp", graph([node("Gemm", "x w b", "h", transB=1), node("Relu", "h", "r"), node("Gemm", "r v", "g", alpha=0.5),
                        node("Softmax", "g", "y")], {"w": weights(5, 6), "b": weights(5), "v": weights(5, 3)})
    yield "gemm, beta and a number", graph([node("Gemm", "x w b", "y", beta=2.0)], {"w": weights(6, 2), "b": weights(1)})
    yield "matmul and add", graph([node("MatMul", "x w", "h"), node("Add", "b h", "y")], {"w": weights(4, 5), "b": weights(5)}, image)
    yield "matmul alone", graph([node("MatMul", "x w", "h"), node("Add", "h h", "y")], {"w": weights(6, 5)})
    yield "batch normalization", graph([node("BatchNormalization", "x a b c d", "y", epsilon=0.01)],
                                       {"a": weights(6), "b": weights(6), "c": weights(6), "d": weights(6, low=0.5, high=2)})
    yield "batch normalization of channels", graph([node("BatchNormalization", "x a b c d", "y")],
                                                   {"a": weights(3), "b": weights(3), "c": weights(3), "d": weights(3, low=0.5, high=2)}, image)
    yield "layer normalization", graph([node("LayerNormalization", "x a b", "y")], {"a": weights(4), "b": weights(4)}, image)
    yield "layer normalization over two", graph([node("LayerNormalization", "x a", "y", axis=1)], {"a": weights(3, 4)}, image)
    yield "instance normalization", graph([node("InstanceNormalization", "x a b", "y")], {"a": weights(3), "b": weights(3)}, image)
    yield "dropout", graph([node("Dropout", "x r", "h"), node("Gemm", "h w", "y")], {"w": weights(6, 2), "r": numpy.array(0.3, "float32")})
    yield "dropout of opset 7", graph([node("Dropout", "x", "h", ratio=0.3), node("Gemm", "h w b", "y")],
                                      {"w": weights(6, 2), "b": weights(2)}, opset=7, ir=3)
    yield "shapes", graph([node("Transpose", "x", "t", perm=[0, 2, 1]), node("Reshape", "t s", "r"), node("Unsqueeze", "r u", "v"),
                           node("Squeeze", "v u", "w"), node("Flatten", "w", "y")],
                          {"s": ints(0, 2, -1), "u": ints(2)}, image)
    yield "a shape worked out", graph([node("Shape", "x", "a"), node("Gather", "a zero", "n"), node("Unsqueeze", "n at", "m"),
                                       node("Concat", "m rest", "s", axis=0), node("Reshape", "x s", "y")],
                                      {"zero": numpy.array(0, "int64"), "at": ints(0), "rest": ints(6, 2)}, image)
    yield "constants along an axis", graph([node("Mul", "x a", "h"), node("Add", "h b", "g"), node("Sub", "c g", "f"), node("Div", "f a", "y")],
                                           {"a": weights(4, low=0.5, high=2), "b": weights(4), "c": weights(4)}, image)
    yield "constants of channels", graph([node("Mul", "a x", "h"), node("Sub", "h b", "y")], {"a": weights(3, 1), "b": weights(1, 3, 1)}, image)
    yield "numbers", graph([node("Mul", "x a", "h"), node("Sub", "b h", "g"), node("Div", "g a", "f"), node("Neg", "f", "y")],
                           {"a": weights(1), "b": numpy.array(0.7, "float32")})
    yield "merges", graph([node("Gemm", "x w", "a"), node("Gemm", "x v", "b"), node("Sub", "a b", "c"), node("Mul", "a c", "d"),
                           node("Max", "a b d", "e"), node("Min", "a e", "f"), node("Mean", "c d e f", "g"), node("Sum", "g a b", "h"),
                           node("Concat", "h x g", "y", axis=-1)], {"w": weights(6, 3), "v": weights(6, 3)})
    yield "a product of tensors", graph([node("MatMul", "p q", "y")], {}, {"p": ["N", 3, 4], "q": ["N", 4, 5]})
    grid, volume = {"x": ["N", 3, 8, 7]}, {"x": ["N", 2, 4, 5, 4]}
    yield "convolution", graph([node("Conv", "x w b", "h", strides=[2, 1]), node("Relu", "h", "y")], {"w": weights(5, 3, 3, 2), "b": weights(5)}, grid)
    yield "convolution, same", graph([node("Conv", "x w", "y", auto_pad="SAME_UPPER", strides=[2, 2])], {"w": weights(4, 3, 3, 3)}, grid)
    yield "convolution, pads", graph([node("Conv", "x w", "y", pads=[1, 1, 1, 1], strides=[2, 2])], {"w": weights(4, 3, 3, 3)}, grid)
    yield "convolution, uneven pads", graph([node("Conv", "x w b", "y", pads=[2, 0, 1, 3], dilations=[1, 2])],
                                            {"w": weights(4, 3, 2, 2), "b": weights(4)}, grid)
    yield "convolution in groups", graph([node("Conv", "x w", "y", group=3)], {"w": weights(6, 1, 3, 3)}, grid)
    yield "convolution of volumes", graph([node("Conv", "x w", "y")], {"w": weights(3, 2, 2, 3, 2)}, volume)
    yield "transposed convolution", graph([node("ConvTranspose", "x w b", "y", strides=[2, 3], output_padding=[1, 0])],
                                          {"w": weights(3, 4, 3, 3), "b": weights(4)}, grid)
    yield "transposed convolution, pads", graph([node("ConvTranspose", "x w b", "y", strides=[2, 2], pads=[1, 0, 1, 1])],
                                                {"w": weights(3, 4, 3, 3), "b": weights(4)}, grid)
    yield "pools", graph([node("MaxPool", "x", "h", kernel_shape=[3, 2], strides=[1, 2]), node("AveragePool", "h", "y", kernel_shape=[2, 2])], {}, grid)
    yield "pools, pads", graph([node("MaxPool", "x", "h", kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1]),
                                node("AveragePool", "h", "y", kernel_shape=[3, 3], pads=[1, 0, 0, 1], count_include_pad=1)], {}, grid)
    yield "global pools", graph([node("GlobalAveragePool", "x", "a"), node("GlobalMaxPool", "x", "b"), node("Sub", "a b", "c"),
                                 node("Flatten", "c", "y")], {}, grid)
    yield "a small network", graph([node("Conv", "x w b", "h", pads=[1, 1, 1, 1]), node("BatchNormalization", "h s o m v", "n"),
                                    node("Relu", "n", "r"), node("MaxPool", "r", "p", kernel_shape=[2, 2], strides=[2, 2]),
                                    node("Flatten", "p", "f"), node("Gemm", "f d", "y", transB=1)],
                                   {"w": weights(4, 3, 3, 3), "b": weights(4), "s": weights(4), "o": weights(4), "m": weights(4),
                                    "v": weights(4, low=0.5, high=2), "d": weights(3, 48)}, grid)
    yield "table", graph([node("Cast", "x", "i", to=INT64), node("Gather", "t i", "y")], {"t": weights(9, 3)}, {"x": ["N", 5]})
    yield "outputs that are one", graph([node("Relu", "x", "y"), node("Identity", "y", "z")], {}, outputs=("y", "z"))
    for op, attributes in (("Relu", {}), ("Sigmoid", {}), ("Tanh", {}), ("Softplus", {}), ("Softsign", {}), ("Exp", {}), ("HardSwish", {}),
                           ("Neg", {}), ("Elu", {"alpha": 0.7}), ("Celu", {"alpha": 1.3}), ("Selu", {}), ("LeakyRelu", {}),
                           ("LeakyRelu", {"alpha": 0.2}), ("HardSigmoid", {}), ("HardSigmoid", {"alpha": 1 / 6}), ("ThresholdedRelu", {}),
                           ("Shrink", {"lambd": 0.3}), ("Shrink", {"lambd": 0.3, "bias": 0.3}), ("Softmax", {}), ("LogSoftmax", {"axis": 1})):
        yield f"{op} {attributes}", graph([node(op, "x", "y", **attributes)], {})
    for op, attributes in (("Gelu", {}), ("Gelu", {"approximate": "tanh"}), ("Mish", {})):
        yield f"{op} {attributes}", graph([node(op, "x", "y", **attributes)], {}, opset=20, ir=9)
    for low, high in ((0, 6), (-1, 1), (0, 2), (-0.5, 1.5)):
        yield f"clip {low} {high}", graph([node("Clip", "x l h", "y")], {"l": numpy.array(low, "float32"), "h": numpy.array(high, "float32")})
    yield "clip below", graph([node("Clip", "x l", "y")], {"l": numpy.array(-0.5, "float32")})
    yield "clip of opset 10", graph([node("Clip", "x", "y", min=-0.5, max=0.25)], {}, opset=10, ir=5)
    yield "PRelu", graph([node("PRelu", "x a", "y")], {"a": weights(3, 1)}, image)
    half, one, root = (numpy.array(v, "float32") for v in (0.5, 1, 2 ** 0.5))
    for name, tail in (("half last", [node("Mul", "x p", "q"), node("Mul", "q half", "y")]),
                       ("half first", [node("Mul", "x half", "q"), node("Mul", "q p", "y")]),
                       ("half inside", [node("Mul", "half p", "q"), node("Mul", "x q", "y")])):
        yield f"gelu, {name}", graph([node("Div", "x root", "d"), node("Erf", "d", "e"), node("Add", "e one", "p"), *tail],
                                     {"half": half, "one": one, "root": root})


def typed(name, kind, values):
    """A tensor in the list of its type, not in raw data."""
    return onnx.helper.make_tensor(name, kind, values.shape, values.flatten().tolist())


class Import(Case):
    def check(self, model, tolerance=1e-5):
        path, converted = self.path("given.onnx"), self.path("converted.keras")
        onnx.save(model, path)
        inputs = {end.name: random.normal(0, 1.5, [5] + [d.dim_value for d in end.type.tensor_type.shape.dim][1:]).astype("float32")
                  for end in model.graph.input}
        if any(node.op_type == "Gather" and node.input[0] == "t" for node in model.graph.node):
            inputs = {"x": random.integers(0, 9, (5, 5)).astype("float32")}
        session = open_session(path)
        names = [end.name for end in session.get_outputs()]
        expected = session.run(None, inputs)
        hone("convert", path, converted)
        data = self.write_data(list(inputs.values()), None, list(inputs))
        for source in (path, converted):
            for name, a, b in zip(names, self.predict_with_hone(source, data, names), expected):
                self.assert_close(a, b, tolerance, name)
        return converted, data

    def fails(self, model, *pieces):
        path = self.path("bad.onnx")
        with open(path, "wb") as file:
            file.write(model if isinstance(model, bytes) else model.SerializeToString())
        message = hone("convert", path, self.path("bad.keras"), status=1)[1]
        for piece in (path, *pieces):
            self.assertIn(piece, message)

    def test_graphs(self):
        for name, model in hand_made():
            with self.subTest(name):
                self.check(model)

    def test_imported_models_train_and_keras_reads_them(self):
        model = dict(hand_made())["mlp"]
        converted, data = self.check(model)
        with quiet():
            loaded = keras.saving.load_model(converted)
        x = numpy.load(data)["x"]
        self.assert_close(loaded.predict(x, verbose=0), self.predict_with_hone(converted, data, ["y"])[0], 1e-5, "Keras")
        self.assertEqual([layer.__class__.__name__ for layer in loaded.layers], ["InputLayer", "Dense", "Activation", "Dense", "Softmax"])
        trained = self.path("trained.keras")
        labelled = self.write_data([x], [numpy.array([0, 1, 2, 0, 1], "int32")], prefix="labelled")
        losses = [json.loads(line).get("loss") for line in hone(
            "train", self.path("given.onnx"), "--data", labelled, "--epochs", 40, "--loss", "sparse_categorical_crossentropy", "--optimizer",
            "adam(0.05)", "--output", trained, "--verbose", 0, "--json")[0].splitlines()]
        losses = [loss for loss in losses if loss is not None]
        self.assertLess(losses[-1], 0.7 * losses[0])

    def test_tensors_of_every_kind(self):
        matrix = numpy.round(weights(6, 2) * 8) / 8
        for name, tensor in {
                "raw": onnx.numpy_helper.from_array(matrix, "w"), "floats": typed("w", FLOAT, matrix),
                "doubles": typed("w", onnx.TensorProto.DOUBLE, matrix), "half": onnx.numpy_helper.from_array(matrix.astype("float16"), "w"),
                "int32": typed("w", onnx.TensorProto.INT32, numpy.round(8 * matrix)), "uint8": typed("w", onnx.TensorProto.UINT8, numpy.abs(numpy.round(8 * matrix))),
        }.items():
            with self.subTest(name):
                model = graph([node("Gemm", "x w", "y")], {})
                model.graph.initializer.append(tensor)
                path = self.path("typed.onnx")
                onnx.save(model, path)
                x = normal(6)
                result = self.predict_with_hone(path, self.write_data([x]), ["y"])[0]
                self.assert_close(result, x @ onnx.numpy_helper.to_array(tensor).astype("float32"), 1e-5, name)

    def test_external_data(self):
        model = graph([node("Gemm", "x w b", "y")], {"w": weights(6, 100), "b": weights(100)})
        path = self.path("external.onnx")
        onnx.save(model, path, save_as_external_data=True, location="weights.bin", size_threshold=0)
        x = normal(6)
        session = open_session(path)
        self.assert_close(self.predict_with_hone(path, self.write_data([x]), ["y"])[0], session.run(None, {"x": x})[0], 1e-5, "external")
        outside = self.path("outside")
        os.mkdir(outside)
        os.rename(self.path("weights.bin"), os.path.join(outside, "weights.bin"))
        for location, says in (("outside/weights.bin", "not a plain name"), ("../outside/weights.bin", "not a plain name"),
                               ("/etc/passwd", "not a plain name"), ("..", "not a plain name"), ("weights.bin", "cannot be read")):
            bad = onnx.load(path, load_external_data=False)
            for tensor in bad.graph.initializer:
                for entry in tensor.external_data:
                    if entry.key == "location":
                        entry.value = location
            self.fails(bad, says)
        os.symlink(os.path.join(outside, "weights.bin"), self.path("weights.bin"))
        self.fails(bad, "cannot be read")
        os.unlink(self.path("weights.bin"))
        os.link(os.path.join(outside, "weights.bin"), self.path("weights.bin"))
        self.fails(bad, "not a plain file")
        os.unlink(self.path("weights.bin"))
        with open(self.path("weights.bin"), "wb") as file:
            file.write(b"1234")
        self.fails(bad, "beyond the end")

    def test_refusals(self):
        good = graph([node("Relu", "x", "h"), node("Gemm", "h w", "y")], {"w": weights(6, 2)})

        def changed(change):
            model = onnx.ModelProto()
            model.CopyFrom(good)
            change(model)
            return model

        def wrong_length(model):
            model.graph.initializer[0].raw_data = b"1234"

        def huge(model):
            model.graph.initializer[0].dims[:] = [1 << 40, 1 << 40]

        def negative(model):
            model.graph.initializer[0].dims[:] = [-6, -2]

        self.fails(graph([node("Conv", "x w", "y")], {"w": weights(6, 2)}), "node 0", "n_y", "Conv")
        self.fails(graph([node("Relu", "h", "y"), node("Relu", "y", "h")], {}), "have no cycles")
        self.fails(graph([node("Relu", "x", "y"), node("Tanh", "x", "y")], {}), "given twice")
        self.fails(graph([node("Relu", "missing", "y")], {}), "missing")
        self.fails(graph([node("Relu", "x", "h")], {}), "no node produces the output")
        self.fails(graph([onnx.helper.make_node("Relu", ["x"], ["y"], domain="com.example")], {}), "com.example")
        self.fails(graph([node("Relu", "x", "y")], {}, opset=99), "opset version (99)")
        self.fails(graph([node("Relu", "x", "y")], {}, ir=99), "IR version (99)")
        self.fails(graph([node("Reshape", "x s", "y")], {"s": ints(3, 2)}), "node 0", "batch")
        self.fails(graph([node("Transpose", "x", "y", perm=[1, 0])], {}), "node 0", "batch")
        self.fails(graph([node("Add", "x w", "y")], {"w": weights(3, 6)}), "node 0", "constant operand")
        self.fails(graph([node("Gemm", "x w", "y")], {"w": weights(5, 2)}), "6 columns and 5 rows")
        self.fails(graph([node("Identity", "w", "y")], {"w": weights(5, 2)}), "does not depend on an input")
        self.fails(changed(wrong_length), "number of")
        self.fails(changed(huge), "too large")
        self.fails(changed(negative), "negative")
        self.fails(b"", "no graph")
        self.fails(b"not a model at all", "damaged")
        whole = good.SerializeToString()
        for size in range(0, len(whole), 17):
            self.fails(whole[:size])

    def test_a_changed_graph_is_read_as_it_is(self):
        """Metadata that no longer belong to the graph are not believed; new weights are taken."""
        model = keras.Sequential([layers.Input((4,), name="x"), layers.Dense(3, "relu", name="d"), layers.Dense(2, name="y")])
        saved, written = self.path("m.keras"), self.path("m.onnx")
        model.save(saved)
        hone("export", saved, "--output", written)
        changed = onnx.load(written)
        next(n for n in changed.graph.node if n.op_type == "Relu").op_type = "Tanh"
        self.check(changed)
        reweighted = onnx.load(written)
        kernel = next(t for t in reweighted.graph.initializer if t.name == "d/kernel")
        kernel.CopyFrom(onnx.numpy_helper.from_array(weights(4, 3), "d/kernel"))
        self.check(reweighted)


@unittest.skipUnless(FULL, "other readers and writers of ONNX: make test-full")
class Others(Case):
    def test_opencv(self):
        """A second reader: OpenCV's dnn."""
        import cv2
        stack = [layers.Dense(8, "gelu"), layers.BatchNormalization(), layers.Dense(8, "relu"), layers.LayerNormalization(),
                 layers.LeakyReLU(0.2), layers.Dropout(0.3), layers.Dense(6, "tanh"), layers.Dense(5, "silu"), layers.Dense(3, "softmax")]
        model = randomized(keras.Sequential([layers.Input((6,), name="x"), *stack]))
        saved, written = self.path("m.keras"), self.path("m.onnx")
        model.save(saved)
        hone("export", saved, "--output", written)
        x = normal(6)
        net = cv2.dnn.readNetFromONNX(written)
        net.setInput(x)
        self.assert_close(net.forward(), self.predict_with_hone(saved, self.write_data([x]), ["y"])[0], 1e-5, "OpenCV")

    def test_pytorch(self):
        """Plain networks as PyTorch's exporters write them."""
        try:
            import torch
            import onnxscript  # noqa: F401 (what the newer exporter needs)
        except ImportError as error:
            self.skipTest(str(error))
        nn = torch.nn
        torch.manual_seed(3)
        nets = {
            "plain": nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 3), nn.Softmax(dim=1)),
            "modern": nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.LayerNorm(8), nn.Linear(8, 8), nn.SiLU(), nn.Linear(8, 2)),
            "others": nn.Sequential(nn.Linear(6, 8), nn.ELU(0.7), nn.Linear(8, 8), nn.LeakyReLU(0.2), nn.Linear(8, 8), nn.Hardswish(),
                                    nn.Linear(8, 8), nn.PReLU(), nn.ReLU6(), nn.Tanh(), nn.Sigmoid(), nn.Softplus()),
        }
        x = normal(6)
        for name, net in nets.items():
            for dynamo in (False, True):
                with self.subTest(name, dynamo=dynamo), quiet():
                    net.eval()
                    path = self.path(f"{name}-{dynamo}.onnx")
                    torch.onnx.export(net, (torch.from_numpy(x),), path, dynamo=dynamo, input_names=["x"], output_names=["y"],
                                      **({} if dynamo else {"dynamic_axes": {"x": {0: "N"}}}))
                    self.assert_close(self.predict_with_hone(path, self.write_data([x]), ["y"])[0], net(torch.from_numpy(x)).detach().numpy(),
                                      1e-5, name)


if __name__ == "__main__":
    unittest.main()

"""Operations of keras.ops as nodes of models: each is predicted by the command as Keras does, trained through as Keras does (one step of
SGD, so that its gradient shows), written back so that Keras loads it again, and exported to ONNX as far as ONNX has it.
OPERATIONS=REGEX tries some of them."""
import os
import re
import unittest

import numpy

from common import Case, hone, keras, load, quiet

try:
    import onnxruntime
except ImportError:
    onnxruntime = None

O = keras.ops
ROWS, SHAPE = 6, (4, 3)
CHOSEN = re.compile(os.environ.get("OPERATIONS", ""))


def swap(x):
    return O.transpose(x, (0, 2, 1))


# name: the node, made on x (batch, 4, 3) from -1 to 1
SMOOTH = {
    "negative": lambda x: -x, "absolute": lambda x: abs(x), "square": O.square, "exp": O.exp, "exp2": O.exp2, "expm1": O.expm1,
    "sqrt": lambda x: O.sqrt(x + 2), "rsqrt": lambda x: O.rsqrt(x + 2), "reciprocal": lambda x: O.reciprocal(x + 2),
    "log": lambda x: O.log(x + 2), "log2": lambda x: O.log2(x + 2), "log10": lambda x: O.log10(x + 2), "log1p": lambda x: O.log1p(x + 1.5),
    "erf": O.erf, "sin": O.sin, "cos": O.cos, "tan": O.tan, "sinh": O.sinh, "cosh": O.cosh, "tanh": O.tanh,
    "relu": O.relu, "relu6": lambda x: O.relu6(x * 8), "sigmoid": O.sigmoid, "log_sigmoid": O.log_sigmoid, "softplus": O.softplus,
    "softsign": O.softsign, "silu": O.silu, "selu": O.selu, "hard_sigmoid": lambda x: O.hard_sigmoid(x * 4),
    "hard_silu": lambda x: O.hard_silu(x * 4), "hard_tanh": lambda x: O.hard_tanh(x * 2), "tanh_shrink": O.tanh_shrink,
    "sparse_plus": lambda x: O.sparse_plus(x * 2), "sparse_sigmoid": lambda x: O.sparse_sigmoid(x * 2),
    "gelu": O.gelu, "gelu_exact": lambda x: O.gelu(x, approximate=False), "leaky_relu": O.leaky_relu,
    "leaky_relu_slope": lambda x: O.leaky_relu(x, 0.3), "elu": O.elu, "elu_alpha": lambda x: O.elu(x, 0.7), "celu": lambda x: O.celu(x, 0.5),
    "soft_shrink": lambda x: O.soft_shrink(x, 0.2), "hard_shrink": lambda x: O.hard_shrink(x, 0.2),
    "threshold": lambda x: O.threshold(x, 0.1, 0.25), "squareplus": lambda x: O.squareplus(x, 3),
    "clip": lambda x: O.clip(x, -0.5, 0.5), "clip_below": lambda x: O.clip(x, -0.5, None), "cast": lambda x: O.cast(x, "float32"),
    "copy": O.copy, "sum": lambda x: O.sum(x, axis=1), "sum_last": lambda x: O.sum(x, axis=-1, keepdims=True),
    "mean": lambda x: O.mean(x, axis=(1, 2)), "mean_all": lambda x: x - O.mean(x), "max": lambda x: O.max(x, axis=1), "amax": lambda x: O.amax(x, axis=-1),
    "min": lambda x: O.min(x, axis=-1, keepdims=True), "amin": lambda x: O.amin(x, axis=1), "prod": lambda x: O.prod(x, axis=1),
    "var": lambda x: O.var(x, axis=-1), "std": lambda x: O.std(x, axis=(1, 2)), "logsumexp": lambda x: O.logsumexp(x, axis=-1),
    "logsumexp_keep": lambda x: O.logsumexp(x, axis=1, keepdims=True),
    "normalize": O.normalize, "normalize_axes": lambda x: O.normalize(x, axis=1), "normalize_one": lambda x: O.normalize(x, axis=-1, order=1),
    "softmax": O.softmax, "softmax_axis": lambda x: O.softmax(x, axis=1), "log_softmax": O.log_softmax, "cumsum": lambda x: O.cumsum(x, axis=1),
    "reshape": lambda x: O.reshape(x, (-1, 12)), "reshape_inner": lambda x: O.reshape(x, (-1, 2, 6)), "ravel_of_one": lambda x: O.reshape(x, (-1, 4, 3, 1)),
    "expand_dims": lambda x: O.expand_dims(x, 1), "expand_dims_several": lambda x: O.expand_dims(x, (1, -1)),
    "squeeze": lambda x: O.squeeze(O.expand_dims(x, 2), 2), "squeeze_all": lambda x: O.squeeze(O.expand_dims(x, 2)),
    "transpose": swap, "swapaxes": lambda x: O.swapaxes(x, 1, -1), "moveaxis": lambda x: O.moveaxis(x, 1, 2),
    "moveaxis_several": lambda x: O.moveaxis(O.expand_dims(x, 1), (1, 3), (3, 1)),
    "flip": lambda x: O.flip(x, axis=1), "flip_several": lambda x: O.flip(x, axis=(1, 2)), "roll": lambda x: O.roll(x, 1, axis=1),
    "roll_back": lambda x: O.roll(x, (-1, 2), axis=(1, 2)), "repeat": lambda x: O.repeat(x, 2, axis=1), "repeat_last": lambda x: O.repeat(x, 3, axis=-1),
    "tile": lambda x: O.tile(x, (1, 2, 1)), "tile_last": lambda x: O.tile(x, (1, 1, 2)), "tile_both": lambda x: O.tile(x, (1, 2, 3)),
    "pad": lambda x: O.pad(x, ((0, 0), (1, 2), (0, 1))), "pad_number": lambda x: O.pad(x, ((0, 0), (1, 2), (0, 0)), constant_values=2.5),
    "pad_reflect": lambda x: O.pad(x, ((0, 0), (1, 2), (0, 2)), mode="reflect"), "pad_symmetric": lambda x: O.pad(x, ((0, 0), (3, 2), (0, 0)), mode="symmetric"),
    "pad_edge": lambda x: O.pad(x, ((0, 0), (0, 2), (1, 0)), mode="edge"),
    "concatenate": lambda x: O.concatenate([x, x * 2], axis=1), "stack": lambda x: O.stack([x, x + 1, x * 2], axis=1), "stack_last": lambda x: O.stack([x, x + 1], axis=-1),
    "split": lambda x: O.subtract(*O.split(x, 2, axis=1)), "split_at": lambda x: O.split(x, [1, 3], axis=1)[1], "unstack": lambda x: O.unstack(x, axis=1)[2],
    "split_many": lambda x: O.split(O.reshape(x, (-1, 12)), 12, axis=1)[10],
    "get_item": lambda x: x[:, 1], "get_item_last": lambda x: x[..., -1], "get_item_slice": lambda x: x[:, 1:3], "get_item_steps": lambda x: x[:, ::2],
    "get_item_steps_apart": lambda x: x[:, 1::2, ::2], "get_item_backwards": lambda x: x[:, ::-1], "get_item_backwards_in_part": lambda x: x[:, 2:0:-1, -1::-2],
    "get_item_new": lambda x: x[:, None, :, None], "get_item_mixed": lambda x: x[:, 1:, None, ..., 0], "get_item_beyond": lambda x: x[:, -3:9],
    "take": lambda x: O.take(x, [2, 0, -1], axis=1), "take_one": lambda x: O.take(x, 1, axis=2),
    "matmul": lambda x: x @ swap(x), "matmul_lower": lambda x: O.matmul(O.expand_dims(x, 1), O.stack([swap(x), swap(x) * 2], axis=1)),
    "einsum": lambda x: O.einsum("bij,bkj->bik", x, x), "einsum_order": lambda x: O.einsum("bij,bkj->bki", x, x * 2),
    "einsum_sums": lambda x: O.einsum("bij,bik->bk", x, x), "einsum_outer": lambda x: O.einsum("bi,bj->bij", x[:, 0], x[:, 1]),
    "einsum_one": lambda x: O.einsum("bij->bji", x), "einsum_one_sum": lambda x: O.einsum("bij->bj", x), "einsum_dots": lambda x: O.einsum("...ij,...kj->...ik", x, x),
    "einsum_three": lambda x: O.einsum("bij,bkj,bkl->bil", x, x, x), "einsum_heads": lambda x: O.einsum("bqhd,bkhd->bhqk", x[:, :, None], x[:, :, None]),
    "einsum_implied": lambda x: O.einsum("bji", x),
    "where": lambda x: O.where(x > 0, x * 2, 0.25), "where_number": lambda x: O.where(O.greater(x, 0.1), 1.0, x), "maximum": lambda x: O.maximum(x, 0.1), "minimum": lambda x: O.minimum(x, x * x),
    "add": lambda x: x + x[:, :1], "subtract": lambda x: 1 - x, "multiply": lambda x: x * x[..., :1], "divide": lambda x: x / (x + 2), "true_divide": lambda x: 2 / (x + 2),
    "power": lambda x: x ** 2, "power_half": lambda x: (x + 2) ** 1.5, "power_of": lambda x: 2.0 ** x, "power_both": lambda x: O.power(x + 2, x),
    "mod": lambda x: (x * 3) % 2, "mod_below": lambda x: O.mod(x * 3, -2.0), "logaddexp": lambda x: O.logaddexp(x, x * 2),
}
# without a gradient: numbers that say something about x
FLAT = {
    "sign": O.sign, "floor": lambda x: O.floor(x * 3), "ceil": lambda x: O.ceil(x * 3), "trunc": lambda x: O.trunc(x * 3),
    "round": lambda x: O.round(x * 3), "round_digits": lambda x: O.round(x, 1), "isnan": lambda x: O.isnan(O.log(x)), "isinf": lambda x: O.isinf(O.log(O.relu(x))),
    "isfinite": lambda x: O.isfinite(1 / O.relu(x)), "cast_whole": lambda x: O.cast(x * 5, "int32"), "cast_truth": lambda x: O.cast(O.relu(x), "bool"),
    "floor_divide": lambda x: (x * 5) // 2, "equal": lambda x: O.equal(O.relu(x), 0), "not_equal": lambda x: O.relu(x) != 0.0, "greater": lambda x: x > 0, "greater_equal": lambda x: x >= x * x,
    "less": lambda x: x < 0.2, "less_equal": lambda x: x <= x * x, "logical_and": lambda x: (x > -0.5) & (x < 0.5), "logical_or": lambda x: (x < -0.5) | (x > 0.5),
    "logical_xor": lambda x: O.logical_xor(x > -0.5, x < 0.5), "logical_not": lambda x: ~(x > 0), "any": lambda x: O.any(x > 0.5, axis=1), "all": lambda x: O.all(x > -0.5, axis=(1, 2)),
    "argmax": lambda x: O.argmax(x, axis=-1), "argmin": lambda x: O.argmin(x, axis=1, keepdims=True), "one_hot": lambda x: O.one_hot(O.argmax(x, axis=-1), 4),
    "one_hot_axis": lambda x: O.one_hot(O.argmax(x, axis=-1), 4, axis=1), "zeros_like": O.zeros_like, "ones_like": O.ones_like, "stop_gradient": O.stop_gradient,
}
# what ONNX cannot say of them, or what its runtime does otherwise
NOT_IN_ONNX = set()


class Operations(Case):
    def node(self, name, make):
        x = keras.Input(SHAPE, name="x")
        try:
            return x, make(x)
        except AttributeError:
            self.skipTest(f"this Keras has no {name}")

    def predict(self, path, data):
        return self.predict_with_hone(path, data, ["y"])[0]

    def check_prediction(self, model, name):
        numbers = numpy.random.default_rng(len(name)).uniform(-1, 1, (ROWS, *SHAPE)).astype("float32")
        with quiet():
            expected = numpy.asarray(model.predict_on_batch(numbers)).astype("float32")
        model.save(self.path("m.keras"))
        data = self.write_data([numbers], None, ["x"])
        self.assert_close(self.predict(self.path("m.keras"), data), expected, 1e-5, name)
        hone("convert", self.path("m.keras"), self.path("again.keras"))
        again = load(self.path("again.keras"))
        with quiet():
            self.assert_close(numpy.asarray(again.predict_on_batch(numbers)).astype("float32"), expected, 1e-5, "read by Keras again")
        self.assertEqual([layer.get_config() for layer in load(self.path("m.keras")).operations], [layer.get_config() for layer in again.operations])
        if onnxruntime and name not in NOT_IN_ONNX:
            hone("export", self.path("m.keras"), "--output", self.path("m.onnx"))
            session = onnxruntime.InferenceSession(self.path("m.onnx"), providers=["CPUExecutionProvider"])
            received = session.run(None, {session.get_inputs()[0].name: numbers})[0]
            self.assert_close(numpy.asarray(received).astype("float32"), expected, 1e-5, "ONNX")

    def check_training(self, make, name):
        x = keras.Input(SHAPE, name="x")
        y = make(keras.layers.Dense(SHAPE[-1], "tanh", name="before")(x))
        model = keras.Model(x, keras.layers.Dense(2, name="y")(keras.layers.Flatten()(y)))
        model.compile(keras.optimizers.SGD(0.1), "mse")
        random = numpy.random.default_rng(3)
        numbers, targets = random.uniform(-1, 1, (ROWS, *SHAPE)).astype("float32"), random.uniform(-1, 1, (ROWS, 2)).astype("float32")
        model.save(self.path("t.keras"))
        data = self.write_data([numbers], [targets], ["x"], ["y"])
        self.train_with_hone(self.path("t.keras"), data, self.path("trained.keras"), batch_size=ROWS)
        with quiet():
            model.fit(numbers, targets, batch_size=ROWS, epochs=1, shuffle=False, verbose=0)
        self.compare_models(load(self.path("trained.keras")), model, 1e-5)


def add(name, make, trained):
    def test(self):
        x, y = self.node(name, make)
        self.check_prediction(keras.Model(x, keras.layers.Identity(name="y")(y)), name)
        if trained:
            self.check_training(make, name)
    setattr(Operations, f"test_{name}", test)


for table in (SMOOTH, FLAT):
    for name, make in table.items():
        if CHOSEN.search(name):
            add(name, make, table is SMOOTH)

if __name__ == "__main__":
    unittest.main()

"""Dtype policies other than float32: Keras's files predict and train in Hone as in Keras, within their roundings; loss scaling."""
import json
import unittest

from common import Case, hone, load, quiet

import keras
import numpy

layers = keras.layers


class MixedPrecision(Case):
    policy, tolerance = "mixed_bfloat16", 2e-2

    def setUp(self):
        super().setUp()
        keras.config.set_dtype_policy(self.policy)
        self.addCleanup(keras.config.set_dtype_policy, "float32")

    def save(self, model):
        with quiet():
            model.save(self.path("m.keras"))
        return self.path("m.keras")

    def test_training(self):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((64,)), layers.Dense(48, "relu"), layers.BatchNormalization(), layers.Dense(32, "gelu"),
                                  layers.LayerNormalization(), layers.Dense(5, "softmax", dtype="float32")])
        model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", metrics=["accuracy"])
        path = self.save(model)
        x = numpy.random.default_rng(0).normal(size=(512, 64)).astype("float32")
        data = self.write_data([x], [x[:, :5].argmax(1).astype("int32")])
        output = self.predict_with_hone(path, data, ["one"])[0]
        self.assert_close(output, numpy.asarray(model.predict(x, verbose=0), "float32"), self.tolerance, "prediction")
        history = model.fit(x, x[:, :5].argmax(1), batch_size=32, epochs=4, shuffle=False, verbose=0).history["loss"]
        lines = hone("train", path, "--data", data, "--epochs", 4, "--no-shuffle", "--json", "--output", self.path("t.keras"))[0]
        losses = [json.loads(line)["loss"] for line in lines.splitlines()[:-1]]
        for received, expected in zip(losses, history, strict=True):
            self.assertAlmostEqual(received, expected, delta=self.tolerance * (1 + expected))
        trained = load(self.path("t.keras"))
        self.assertEqual([layer.dtype_policy.name for layer in trained.layers], [self.policy] * 4 + ["float32"])

    def test_ids_are_not_rounded(self):
        model = keras.Sequential([keras.Input((3,), dtype="int32"), layers.Embedding(1000, 8), layers.Flatten(), layers.Dense(1)])
        ids = numpy.random.default_rng(1).integers(0, 1000, (64, 3)).astype("int32")
        output = self.predict_with_hone(self.save(model), self.write_data([ids]), ["one"])[0]
        self.assert_close(output, numpy.asarray(model.predict(ids, verbose=0), "float32"), self.tolerance / 2, "prediction")


class MixedFloat16(MixedPrecision):
    """The same with less rounding; Keras scales the loss, and saves the scale as a part of the optimizer."""
    policy, tolerance = "mixed_float16", 4e-3


class WholePolicies(Case):
    """Policies whose weights have the dtype too; on JAX float64 is float32."""

    def check(self, policy, tolerance):
        keras.config.set_dtype_policy(policy)
        self.addCleanup(keras.config.set_dtype_policy, "float32")
        keras.utils.set_random_seed(2)
        x = keras.Input((6, 4))
        y = layers.LayerNormalization()(layers.Conv1D(8, 3, activation="relu", bias_initializer="random_normal")(x))
        model = keras.Model(x, layers.Dense(3, "softmax")(layers.Concatenate()([layers.GRU(5, recurrent_initializer="glorot_uniform")(y), layers.GlobalMaxPooling1D()(y)])))
        model.compile("sgd", "mse")
        with quiet():
            model.save(self.path("m.keras"))
        numbers = numpy.random.default_rng(3).normal(size=(20, 6, 4)).astype("float32")
        data = self.write_data([numbers], [numpy.zeros((20, 3), "float32")])
        expected = numpy.asarray(model.predict(numbers, verbose=0)).astype("float32")
        self.assert_close(self.predict_with_hone(self.path("m.keras"), data, ["one"])[0], expected, tolerance, policy)
        hone("train", self.path("m.keras"), "--data", data, "--output", self.path("t.keras"))
        trained = load(self.path("t.keras"))
        self.assertEqual({layer.dtype_policy.name for layer in trained.layers[1:]}, {policy})
        self.assertEqual([str(w.dtype) for w in trained.weights], [str(w.dtype) for w in model.weights])
        after = self.predict_with_hone(self.path("t.keras"), data, ["one"])[0]
        self.assert_close(after, numpy.asarray(trained.predict(numbers, verbose=0)).astype("float32"), tolerance, "after training")

    def test_bfloat16(self):
        self.check("bfloat16", 2e-2)

    def test_float16(self):
        self.check("float16", 4e-3)

    def test_float64(self):
        self.check("float64", 1e-5)


class LossScaling(Case):
    """A training that goes on from a file of Keras's LossScaleOptimizer, which mixed_float16 brings by itself."""

    def check(self, policy, optimizer, tolerance):
        keras.config.set_dtype_policy(policy)
        self.addCleanup(keras.config.set_dtype_policy, "float32")
        keras.utils.set_random_seed(4)
        model = keras.Sequential([keras.Input((4,)), layers.Dense(3, "tanh"), layers.Dense(2, dtype="float32")])
        model.compile(optimizer, "mse")
        x = numpy.random.default_rng(0).normal(size=(12, 4)).astype("float32")
        fit = dict(batch_size=4, epochs=1, shuffle=False, verbose=0)
        with quiet():
            model.fit(x, x[:, :2], **fit)
            model.save(self.path("m.keras"))
            model.save(self.path("m.h5"))
            model.fit(x, x[:, :2], **fit)
        data = self.write_data([x], [x[:, :2]])
        for name in ("m.keras", "m.h5"):
            self.train_with_hone(self.path(name), data, self.path("t.keras"), batch_size=4)
            trained = load(self.path("t.keras"))
            self.assertEqual(type(trained.optimizer).__name__, type(model.optimizer).__name__)
            for a, b in zip(trained.weights, model.weights, strict=True):
                self.assert_close(a.numpy(), b.numpy(), tolerance, f"{name}: {b.path}")
            for a, b in zip(trained.optimizer.variables, model.optimizer.variables, strict=True):
                self.assert_close(a.numpy(), b.numpy(), tolerance, f"{name}: {b.path}")

    def test_explicit(self):
        self.check("float32", keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.01), initial_scale=16.0, dynamic_growth_steps=4), 1e-5)

    def test_by_the_policy(self):
        self.check("mixed_float16", keras.optimizers.Adam(0.01), 4e-3)


if __name__ == "__main__":
    unittest.main()

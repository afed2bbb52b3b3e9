"""The policies mixed_bfloat16 and mixed_float16: Keras's files predict and train in Hone as in Keras, within their roundings."""
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


if __name__ == "__main__":
    unittest.main()

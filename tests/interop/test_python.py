"""The Python package: its wheel, a model of Keras trained through it, models of its own; memory that is shared, not copied."""
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile

from common import HONE, ROOT, Case

import keras
import numpy

_site = tempfile.TemporaryDirectory(prefix="hone-site-")


def setUpModule():
    done = subprocess.run([sys.executable, os.path.join(ROOT, "python/make_wheel.py"), os.path.dirname(HONE), _site.name],
                          stdout=subprocess.PIPE, text=True, check=True)
    with zipfile.ZipFile(done.stdout.strip()) as wheel:
        wheel.extractall(_site.name)
    sys.path.insert(0, _site.name)


class Python(Case):
    def setUp(self):
        super().setUp()
        import hone
        self.hone = hone
        numbers = numpy.random.default_rng(1)
        self.x = numbers.normal(size=(200, 6)).astype("float32")
        self.y = (self.x[:, 0] > self.x[:, 1]).astype("int64")

    def model(self):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, activation="relu"), keras.layers.BatchNormalization(),
                                  keras.layers.Dense(2, activation="softmax")])
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    def test_layers(self):
        from hone import layers
        model = layers.Sequential([layers.Input((6,)), layers.Dense(8, "relu"), layers.BatchNormalization(), layers.Dense(2, activation="softmax")])
        model.compile("adam(0.01)", "sparse_categorical_crossentropy", ["accuracy"])
        losses = model.fit(self.x, self.y, epochs=5, verbose=0).history["loss"]
        self.assertLess(losses[-1], losses[0])
        wide, deep = layers.Input((5,), name="wide"), layers.Input((6,), name="deep")
        both = layers.Dense(4)
        joined = layers.Concatenate()([wide, both(layers.Dense(3)(wide)), both(layers.Dense(3)(deep))])
        graph = layers.Model([wide, deep], [layers.Dense(1, name="price")(joined), layers.Dense(1)(joined)])
        self.assertEqual([path for path, _ in graph.weights if path.startswith("price")], ["price/kernel", "price/bias"])
        self.assertEqual(len(graph.weights), 10)
        self.assertEqual([one.shape for one in graph.predict({"wide": self.x[:, :5].copy(), "deep": self.x})], [(200, 1), (200, 1)])
        steps = layers.Input((7, 3))
        state = layers.LSTM(4, return_state=True)(steps)
        after = layers.Bidirectional(layers.GRU(3))(layers.TimeDistributed(layers.Dense(2))(steps))
        attended = layers.GlobalAveragePooling1D()(layers.MultiHeadAttention(2, 4)(steps, steps, use_causal_mask=True))
        joined = layers.Model(steps, layers.Concatenate()([state[1], after, attended]))
        self.assertEqual(joined.predict(numpy.zeros((2, 7, 3), "float32")).shape, (2, 13))

    def test_an_interrupt_ends_the_fit(self):
        class Interrupted:
            count = 0

            def write(self, text):
                self.count += 1
                if self.count == 3:
                    raise KeyboardInterrupt

            def flush(self):
                pass

        model = self.hone.Model.recipe("model: [{input: 6}, {dense: 1}]")
        model.compile("sgd", "mse")
        kept, sys.stdout = sys.stdout, Interrupted()
        try:
            with self.assertRaises(KeyboardInterrupt):
                model.fit(self.x, self.y, epochs=100000)
        finally:
            sys.stdout = kept
        self.assertEqual(len(model.fit(self.x, self.y, epochs=2, verbose=0).epoch), 2)

    def test_layers_of_every_type_have_a_class(self):
        from hone import layers
        for name in layers.__all__:
            self.assertTrue(callable(getattr(layers, name)) and getattr(layers, name).__doc__, name)
        self.assertIn("units", str(layers.Dense.__signature__))
        for wrong, says in [(lambda: layers.Dense(1, units=2), "units is given twice"), (lambda: layers.Dense(2)(3), "expected tensors"),
                            (lambda: layers.Sequential([layers.Input((2,)), layers.Dense(3, unitz=4)]), 'did you mean "units"'),
                            (lambda: layers.Model(layers.Input((2,)), layers.Dense(1)(layers.Input((2,)))), "not among the inputs"),
                            (lambda: layers.Sequential([layers.Input((2,)), "dense"]), "expected layers, received 'dense'"),
                            (lambda: layers.Dense(2, activation=numpy.tanh), "an object of the type ufunc"),
                            (lambda: layers.Model(2, layers.Input((2,))), "expected tensors, received 2")]:
            with self.assertRaises((TypeError, ValueError, self.hone.HoneError)) as caught:
                wrong()
            self.assertIn(says, str(caught.exception))

    def test_a_model_of_keras(self):
        ours, theirs = self.model(), self.model()
        how = dict(epochs=2, shuffle=False, validation_split=0.2, verbose=0)
        mine, kerass = self.hone.fit(ours, self.x, self.y, **how), theirs.fit(self.x, self.y, **how)
        self.assertEqual(sorted(mine.history), sorted(kerass.history))
        self.assertEqual(mine.epoch, kerass.epoch)
        for name in mine.history:
            numpy.testing.assert_allclose(mine.history[name], kerass.history[name], atol=1e-5)
        for mine, kerass in zip(ours.weights + ours.optimizer.variables, theirs.weights + theirs.optimizer.variables):
            numpy.testing.assert_allclose(numpy.asarray(mine, "float64"), numpy.asarray(kerass, "float64"), atol=1e-5)
        with self.assertRaisesRegex(ValueError, "not compiled"):
            self.hone.fit(keras.Sequential([keras.Input((6,)), keras.layers.Dense(2)]), self.x, self.y)

    def test_models_of_its_own(self):
        hone, recipe = self.hone, "{model: [{input: [6]}, {dense: 8}, {dense: {units: 2, activation: softmax}}]}"
        model = hone.Model.recipe(recipe, **{"model.1.units": 5})
        model.compile("adam(0.01)", "sparse_categorical_crossentropy", ["accuracy"])
        history = model.fit(self.x, self.y, epochs=2, verbose=0)
        self.assertEqual((sorted(history.history), history.epoch), (["accuracy", "loss"], [0, 1]))
        outputs = model.predict(self.x)
        model.save(self.path("m.keras"))
        numpy.testing.assert_array_equal(hone.Model.load(self.path("m.keras")).predict(self.x), outputs)
        path, kernel = model.weights[0]
        self.assertEqual((path, kernel.shape), ("dense/kernel", (6, 5)))
        for _, weight in model.weights:
            weight[...] = 0  # the model's own memory
        numpy.testing.assert_array_equal(model.predict(self.x), 0.5)
        data = hone.Dataset(self.x, self.y)
        self.assertIs(data._kept[0], self.x)  # not copied
        with self.assertRaisesRegex(hone.HoneError, r"takes data of shape \(None, 6\), not \(None, 3\)"):
            model.fit(self.x[:, :3], self.y, verbose=0)
        with self.assertRaisesRegex(TypeError, "unknown argument 'epoch'; expected one of epochs"):
            model.fit(self.x, self.y, epoch=1)
        with self.assertRaisesRegex(hone.HoneError, "did you mean"):
            hone.Model.recipe(recipe, **{"model.1.unit": 5})


if __name__ == "__main__":
    unittest.main()

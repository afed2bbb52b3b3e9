"""Keras's legacy .h5 files, and models of maps (dicts), used and trained on by the command."""
import json
import unittest

from common import Case, hone, load, quiet

import h5py
import keras
import numpy

layers = keras.layers


def text(value):
    return json.dumps(value)


class LegacyFiles(Case):
    def graph(self):
        """Shared and nested layers, batch statistics, a schedule: trained a little."""
        wide, deep = keras.Input((4,), name="wide"), keras.Input((4,), name="deep")
        shared = layers.Dense(3, activation="relu", kernel_regularizer="l2")
        inner = keras.Sequential([keras.Input((3,)), layers.BatchNormalization(), layers.Dense(2)])
        middle = layers.Add()([shared(wide), shared(deep)])
        price = layers.Dense(1, name="price")(inner(middle))
        kind = layers.Dense(2, activation="softmax", name="kind")(middle)
        model = keras.Model([wide, deep], [price, kind])
        schedule = keras.optimizers.schedules.ExponentialDecay(0.01, 5, 0.5)
        model.compile(keras.optimizers.Adam(schedule), loss={"price": "mse", "kind": "categorical_crossentropy"},
                      loss_weights=[1, 0.5], metrics={"kind": ["acc", keras.metrics.AUC()]})
        random = numpy.random.default_rng(0)
        self.inputs = [random.normal(size=(10, 4)).astype("float32") for _ in range(2)]
        self.targets = [random.normal(size=(10, 1)).astype("float32"), numpy.eye(2, dtype="float32")[[0, 1] * 5]]
        model.fit(self.inputs, self.targets, verbose=0)
        return model

    def test_graph_is_used_and_trained_on(self):
        with quiet():
            model = self.graph()
            model.save(self.path("m.h5"))
        data = self.write_data(self.inputs, self.targets, ["wide", "deep"], ["price", "kind"])
        outputs = self.predict_with_hone(self.path("m.h5"), data.split(",")[0], ["price", "kind"])
        for actual, expected in zip(outputs, model.predict(self.inputs, verbose=0)):
            self.assert_close(actual, expected, 1e-5, "prediction")
        expected = model.evaluate(self.inputs, self.targets, verbose=0, return_dict=True)
        actual = self.evaluate_with_hone(self.path("m.h5"), data)
        self.assertEqual(set(actual), set(expected))
        self.compare_evaluation(actual, expected)
        self.train_with_hone(self.path("m.h5"), data, self.path("o.keras"), epochs=2, batch_size=5)
        model.fit(self.inputs, self.targets, batch_size=5, epochs=2, shuffle=False, verbose=0)
        self.compare_models(load(self.path("o.keras")), model, 1e-4)

    def test_names_beyond_ascii(self):
        """HDF5 then writes groups in another form: a few links in a header, more in a heap."""
        x = numpy.random.default_rng(3).normal(size=(10, 4)).astype("float32")
        for count in (2, 14):
            names = ["schicht_\u00e4%d" % i for i in range(count)]
            with quiet():
                model = keras.Sequential([keras.Input((4,), name="\u0648\u0631\u0648\u062f\u06cc")] + [layers.Dense(3, name=name) for name in names])
                model.save(self.path("m.h5"))
            data = self.write_data([x], [x[:, :3]], ["x"], ["y"])
            self.assert_close(self.predict_with_hone(self.path("m.h5"), data.split(",")[0], ["y"])[0], model.predict(x, verbose=0), 1e-6, "prediction")
            with quiet():
                hone("convert", self.path("m.h5"), self.path("o.keras"))
            self.assertEqual([layer.name for layer in load(self.path("o.keras")).layers], names)

    def test_weights_of_frozen_layers_and_reordered_statistics(self):
        inner = keras.Sequential([keras.Input((3,)), layers.BatchNormalization(), layers.Dense(3)], name="inner")
        inner.trainable = False
        model = keras.Sequential([keras.Input((3,)), inner, layers.Dense(2)])
        model.set_weights([numpy.random.default_rng(1).uniform(0.5, 1, w.shape) for w in model.get_weights()])
        with quiet():
            model.save(self.path("m.h5"))
        x = numpy.random.default_rng(2).normal(size=(5, 3)).astype("float32")
        output = self.predict_with_hone(self.path("m.h5"), self.write_data([x]), ["dense"])[0]
        self.assert_close(output, model.predict(x, verbose=0), 1e-5, "prediction")

    def write_keras_2(self, names=("dense", "bn"), kernel=(3, 2)):
        """As tf.keras 2 writes it: no modules, batch_input_shape, weights called kernel:0, lr, wrapped metrics."""
        config = {"class_name": "Sequential", "config": {"name": "old", "layers": [
            {"class_name": "Dense", "config": {"name": "dense", "batch_input_shape": [None, 3], "dtype": "float32",
                                               "units": 2, "activation": "linear", "kernel_initializer":
                                               {"class_name": "GlorotUniform", "config": {"seed": None}}}},
            {"class_name": "BatchNormalization", "config": {"name": "bn", "axis": [1], "dtype": "float32"}},
            {"class_name": "LeakyReLU", "config": {"name": "leaky", "alpha": 0.1, "dtype": "float32"}}]}}
        training = {"loss": "mse", "loss_weights": None, "weighted_metrics": None, "metrics": [[
            {"class_name": "MeanMetricWrapper", "config": {"name": "mean_absolute_error", "fn": "mean_absolute_error"}}]],
            "optimizer_config": {"class_name": "Adam", "config": {"name": "Adam", "lr": 0.01, "decay": 0.0,
                                                                  "jit_compile": False}}}
        random = numpy.random.default_rng(3)
        self.arrays = {"dense": [("kernel", random.normal(size=kernel)), ("bias", random.normal(size=2))],
                       "bn": [(name, random.uniform(0.5, 1, 2)) for name in ("gamma", "beta", "moving_mean", "moving_variance")]}
        with h5py.File(self.path("old.h5"), "w") as file:
            file.attrs["keras_version"] = "2.15.0"
            file.attrs["model_config"] = text(config)
            file.attrs["training_config"] = text(training)
            weights = file.create_group("model_weights")
            weights.attrs["layer_names"] = numpy.array([name.encode() for name in (*names, "leaky")])
            weights.create_group("leaky").attrs["weight_names"] = []
            for layer in names:
                group = weights.create_group(layer)
                paths = [f"{layer}/{name}:0" for name, _ in self.arrays[layer]]
                group.attrs["weight_names"] = numpy.array([path.encode() for path in paths])
                for path, (_, array) in zip(paths, self.arrays[layer]):
                    group[path] = array.astype("float32")
            slots = file.create_group("optimizer_weights")
            slots.attrs["weight_names"] = numpy.array([b"Adam/iter:0"])
            slots["Adam/iter:0"] = numpy.int64(7)

    def test_file_of_keras_2(self):
        self.write_keras_2()
        x = numpy.random.default_rng(4).normal(size=(6, 3)).astype("float32")
        y = numpy.zeros((6, 2), "float32")
        data = self.write_data([x], [y])
        (_, kernel), (_, bias) = self.arrays["dense"]
        gamma, beta, mean, variance = (array for _, array in self.arrays["bn"])
        expected = (x @ kernel + bias - mean) / numpy.sqrt(variance + 0.001) * gamma + beta
        expected = numpy.where(expected > 0, expected, 0.1 * expected)
        self.assert_close(self.predict_with_hone(self.path("old.h5"), data, ["leaky"])[0], expected, 1e-5, "prediction")
        evaluation = self.evaluate_with_hone(self.path("old.h5"), data)
        self.assert_close(evaluation["loss"], (expected ** 2).mean(), 1e-5, "loss")
        self.assert_close(evaluation["mean_absolute_error"], abs(expected).mean(), 1e-5, "metric")
        self.train_with_hone(self.path("old.h5"), data, self.path("o.keras"))
        model = load(self.path("o.keras"))
        self.assertEqual(int(model.optimizer.iterations), 8)
        self.assertAlmostEqual(float(model.optimizer.learning_rate), 0.01, 6)

    def refused(self, path, *words):
        error = hone("predict", path, "--data", self.write_data([numpy.zeros((2, 3), "float32")]), "--output",
                     self.path("p.npy"), status=1)[1]
        self.assertEqual(len(error.strip().splitlines()), 1, error)
        for word in words:
            self.assertIn(word, error)

    def test_files_that_do_not_fit(self):
        self.write_keras_2(kernel=(2, 3))
        self.refused(self.path("old.h5"), "kernel:0")
        self.write_keras_2(names=("dense",))
        self.refused(self.path("old.h5"), "bn")
        with h5py.File(self.path("weights.h5"), "w") as file:
            file.create_group("layers")
        self.refused(self.path("weights.h5"), "only weights")
        with open(self.path("text.h5"), "w") as file:
            file.write("no HDF5")
        self.refused(self.path("text.h5"))


class Maps(Case):
    def test_outputs_keep_their_keys(self):
        """A model with a dict of outputs: losses, metrics and data by its keys, and a file that Keras reads again."""
        x = keras.Input((3,), name="x")
        hidden = layers.Dense(4, activation="tanh")(x)
        model = keras.Model(x, {"z": layers.Dense(1, name="a")(hidden), "b": layers.Dense(2, name="c")(hidden)})
        model.compile("sgd", loss={"z": "mse", "b": "mae"}, metrics={"z": ["mae"]})
        random = numpy.random.default_rng(0)
        inputs = random.normal(size=(9, 3)).astype("float32")
        targets = {"z": random.normal(size=(9, 1)).astype("float32"), "b": random.normal(size=(9, 2)).astype("float32")}
        model.fit(inputs, targets, verbose=0)
        model.save(self.path("m.keras"))
        data = self.write_data([inputs], list(targets.values()), ["x"], list(targets))
        for name, array in model.predict(inputs, verbose=0).items():
            actual = dict(zip("bz", self.predict_with_hone(self.path("m.keras"), data.split(",")[0], ["b", "z"])))
            self.assert_close(actual[name], array, 1e-5, name)
        self.compare_evaluation(self.evaluate_with_hone(self.path("m.keras"), data),
                                model.evaluate(inputs, targets, verbose=0, return_dict=True))
        self.train_with_hone(self.path("m.keras"), data, self.path("o.keras"), epochs=2, batch_size=4)
        model.fit(inputs, targets, batch_size=4, epochs=2, shuffle=False, verbose=0)
        again = load(self.path("o.keras"))
        self.compare_models(again, model, 1e-4)
        again.fit(inputs, targets, verbose=0)


class Settings(Case):
    def test_one_mean_over_all_axes(self):
        model = keras.Sequential([keras.Input((3,)), layers.Normalization(axis=None, mean=0.2, variance=1.5), layers.Dense(1)])
        model.compile(keras.optimizers.Muon(weight_decay=None), "mse", metrics=["mae"],
                      weighted_metrics=["mae", keras.metrics.MeanAbsoluteError(name="mae")])
        x, y = numpy.ones((8, 3), "float32"), numpy.zeros((8, 1), "float32")
        model.fit(x, y, verbose=0)
        model.save(self.path("m.keras"))
        data = self.write_data([x], [y])
        self.assertEqual(set(self.evaluate_with_hone(self.path("m.keras"), data)),
                         set(model.evaluate(x, y, verbose=0, return_dict=True)))
        self.train_with_hone(self.path("m.keras"), data, self.path("o.keras"))
        model.fit(x, y, shuffle=False, batch_size=8, verbose=0)
        self.compare_models(load(self.path("o.keras")), model, 1e-4)


if __name__ == "__main__":
    unittest.main()

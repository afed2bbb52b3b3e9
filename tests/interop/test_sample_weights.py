"""Weights of samples and of their steps: the command evaluates and trains with them as Keras does."""
import json
import unittest

import numpy

from common import Case, hone, keras, load, quiet

layers = keras.layers
SAMPLES, STEPS = 10, 4


class SampleWeights(Case):
    def check(self, loss, targets, weights, metrics, output=None):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((STEPS, 3)), layers.Dense(4, "tanh"), layers.Dense(output or targets.shape[-1], "softmax")])
        model.compile(keras.optimizers.SGD(0.1), loss, weighted_metrics=metrics)
        x = numpy.random.default_rng(0).normal(size=(SAMPLES, STEPS, 3)).astype("float32")
        model.save(self.path("m.keras"))
        data = self.write_data([x], [targets])
        numpy.save(self.path("w.npy"), weights)
        with quiet():
            expected = model.evaluate(x, targets, sample_weight=weights, batch_size=4, verbose=0, return_dict=True)
            losses = model.fit(x, targets, sample_weight=weights, batch_size=4, epochs=2, shuffle=False, verbose=0).history["loss"]
        common = ["--data", data, "--sample-weight", self.path("w.npy"), "--batch-size", 4, "--json"]
        self.compare_evaluation(json.loads(hone("evaluate", self.path("m.keras"), *common)[0]), expected)
        lines = hone("train", self.path("m.keras"), *common, "--epochs", 2, "--no-shuffle", "--output", self.path("t.keras"))[0]
        self.assert_close([json.loads(line)["loss"] for line in lines.splitlines()[:-1]], losses, 1e-5, "losses")
        self.compare_models(load(self.path("t.keras")), model, 1e-5)

    def weights(self, *shape):
        weights = numpy.random.default_rng(2).uniform(0, 2, shape).astype("float32")
        weights[0] = 0
        return weights

    def targets(self, width):
        return numpy.random.default_rng(3).uniform(0, 1, (SAMPLES, STEPS, width)).astype("float32")

    def test_of_each_sample(self):
        self.check("mse", self.targets(2), self.weights(SAMPLES, 1), ["mae"])

    def test_of_each_step(self):
        self.check("mse", self.targets(2), self.weights(SAMPLES, STEPS), ["mae"])

    def test_of_each_step_with_an_axis_more(self):
        self.check("kl_divergence", self.targets(2), self.weights(SAMPLES, STEPS, 1), [])

    def test_of_each_step_of_classes(self):
        classes = numpy.random.default_rng(4).integers(0, 5, (SAMPLES, STEPS)).astype("int32")
        self.check("sparse_categorical_crossentropy", classes, self.weights(SAMPLES, STEPS), ["sparse_categorical_accuracy"], 5)

    def test_that_fit_nothing(self):
        model = keras.Sequential([keras.Input((STEPS, 3)), layers.Dense(2)])
        model.compile("sgd", "mse")
        model.save(self.path("m.keras"))
        data = self.write_data([numpy.zeros((SAMPLES, STEPS, 3), "float32")], [self.targets(2)])
        numpy.save(self.path("w.npy"), self.weights(SAMPLES, STEPS + 1))
        said = hone("evaluate", self.path("m.keras"), "--data", data, "--sample-weight", self.path("w.npy"), status=1)[1]
        self.assertIn("sample weights of shape (10, 5) do not match values of shape (10, 4)", said)


if __name__ == "__main__":
    unittest.main()

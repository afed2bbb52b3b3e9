"""hone explain beside gradients of JAX through Keras's layers: saliency and Grad-CAM."""
import unittest

from common import Case, hone, quiet

import jax
import keras
import numpy

layers = keras.layers


def heat_of(values):
    return values / values.max() if values.max() > 0 else numpy.zeros_like(values)


class Explain(Case):
    def setUp(self):
        super().setUp()
        self.image = numpy.random.default_rng(3).uniform(0, 1, (1, 12, 10, 3)).astype("float32")
        numpy.save(self.path("x.npy"), self.image)
        self.model = keras.Sequential([
            keras.Input((12, 10, 3)),
            layers.Conv2D(4, 3, padding="same", activation="relu", name="first"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.SeparableConv2D(6, 3, padding="same", activation="relu", name="second"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax", name="classes"),
        ])
        with quiet():
            self.model.save(self.path("m.keras"))
        self.model.layers[-1].activation = keras.activations.linear

    def explain(self, *options):
        hone("explain", self.path("m.keras"), self.path("x.npy"), "--class", 2, *options, "--output", self.path("heat.npy"))
        return numpy.load(self.path("heat.npy"))[0]

    def test_saliency(self):
        slopes = jax.grad(lambda x: self.model(x, training=False)[0, 2])(self.image)
        numpy.testing.assert_allclose(self.explain(), heat_of(numpy.abs(slopes).max(-1)[0]), atol=1e-4)

    def test_grad_cam(self):
        place = self.model.layers.index(self.model.get_layer("second")) + 1

        def score(maps):
            for layer in self.model.layers[place:]:
                maps = layer(maps)
            return maps[0, 2]

        maps = self.image
        for layer in self.model.layers[:place]:
            maps = layer(maps)
        weights = jax.grad(score)(maps).mean((1, 2), keepdims=True)
        cam = numpy.maximum((numpy.array(maps) * weights).sum(-1, keepdims=True), 0)
        cam = jax.image.resize(cam, (1, 12, 10, 1), "bilinear", antialias=False)
        numpy.testing.assert_allclose(self.explain("--method", "grad_cam"), heat_of(numpy.array(cam)[0, ..., 0]), atol=1e-4)


if __name__ == "__main__":
    unittest.main()

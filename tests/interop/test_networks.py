"""Networks as people build them, at small sizes: a U-Net, a convolutional autoencoder, the two networks of a DCGAN and the two together with
one frozen, a siamese network, convolutions over a series. Each is predicted by the command as Keras does, trained a step by both, and what
the command wrote is read by Keras again."""
import unittest

import numpy

from common import FULL, Case, hone, keras, load, quiet

L = keras.layers
ROWS = 4


def convolve(x, filters, **more):
    return L.ReLU()(L.BatchNormalization()(L.Conv2D(filters, 3, padding="same", use_bias=False, **more)(x)))


def generator(size=4):
    return keras.Sequential([keras.Input((size,)), L.Dense(4 * 4 * 8, use_bias=False), L.BatchNormalization(), L.LeakyReLU(), L.Reshape((4, 4, 8)),
                             L.Conv2DTranspose(4, 4, strides=2, padding="same", use_bias=False), L.BatchNormalization(), L.LeakyReLU(),
                             L.Conv2DTranspose(1, 5, strides=1, padding="same", activation="tanh")], name="generator")


def discriminator():
    return keras.Sequential([keras.Input((8, 8, 1)), L.Conv2D(4, 5, strides=2, padding="same"), L.LeakyReLU(0.2), L.Conv2D(8, 5, strides=2, padding="same"),
                             L.LeakyReLU(0.2), L.Flatten(), L.Dense(1)], name="discriminator")


@unittest.skipUnless(FULL, "networks that Keras compiles for seconds: make test-full")
class Networks(Case):
    def check(self, model, loss, inputs, targets, names=("x",)):
        with quiet():
            model.compile(keras.optimizers.SGD(0.05), loss)
            model.save(self.path("m.keras"))
            expected = model.predict_on_batch(list(inputs) if len(inputs) > 1 else inputs[0])
        data = self.write_data(inputs, [targets], list(names), ["y"])
        self.assert_close(self.predict_with_hone(self.path("m.keras"), data, ["y"])[0], expected, 1e-5, "prediction")
        self.train_with_hone(self.path("m.keras"), data, self.path("t.keras"), batch_size=ROWS)
        with quiet():
            model.fit(list(inputs) if len(inputs) > 1 else inputs[0], targets, batch_size=ROWS, epochs=1, shuffle=False, verbose=0)
        again = load(self.path("t.keras"))
        self.compare_models(again, model, 1e-4)
        return again

    def numbers(self, *shape, seed=1):
        return numpy.random.default_rng(seed).uniform(-1, 1, (ROWS, *shape)).astype("float32")

    def test_u_net(self):
        x = keras.Input((8, 8, 2), name="x")
        one = convolve(x, 4)
        two = convolve(L.MaxPooling2D()(one), 6)
        three = convolve(L.MaxPooling2D()(two), 8)
        up = convolve(L.Concatenate()([L.Conv2DTranspose(6, 2, strides=2)(three), two]), 6)
        up = convolve(L.Concatenate()([L.UpSampling2D(interpolation="bilinear")(up), one]), 4)
        model = keras.Model(x, L.Conv2D(3, 1, activation="softmax", name="y")(up))
        targets = numpy.random.default_rng(2).integers(0, 3, (ROWS, 8, 8, 1)).astype("int32")
        self.check(model, "sparse_categorical_crossentropy", [self.numbers(8, 8, 2)], targets)

    def test_autoencoder(self):
        model = keras.Sequential([keras.Input((8, 8, 1), name="x"), L.GaussianNoise(0.0), L.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
                                  L.Conv2D(6, 3, strides=2, padding="same", activation="relu"), L.Conv2DTranspose(4, 3, strides=2, padding="same", activation="relu"),
                                  L.Conv2DTranspose(4, 3, strides=2, padding="same", activation="relu"), L.Conv2D(1, 3, padding="same", activation="sigmoid", name="y")])
        images = numpy.random.default_rng(3).uniform(0, 1, (ROWS, 8, 8, 1)).astype("float32")
        self.check(model, "binary_crossentropy", [images], images)

    def test_generator_through_a_frozen_discriminator(self):
        critic = discriminator()
        critic.trainable = False
        model = keras.Sequential([keras.Input((4,), name="x"), generator(), critic])
        before = [weight.numpy() for weight in critic.weights]
        again = self.check(model, keras.losses.BinaryCrossentropy(from_logits=True), [self.numbers(4)], numpy.ones((ROWS, 1), "float32"))
        for weight, kept in zip(again.layers[1].weights, before, strict=True):
            self.assertTrue(numpy.array_equal(weight.numpy(), kept), weight.path)

    def test_discriminator(self):
        targets = numpy.array([[1], [0], [1], [0]], "float32")
        self.check(discriminator(), keras.losses.BinaryCrossentropy(from_logits=True), [self.numbers(8, 8, 1)], targets)

    def test_siamese(self):
        encoder = keras.Sequential([keras.Input((8, 8, 1)), L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(), L.Flatten(), L.Dense(5)], name="encoder")
        left, right = keras.Input((8, 8, 1), name="left"), keras.Input((8, 8, 1), name="right")
        apart = keras.ops.abs(encoder(left) - encoder(right))
        model = keras.Model([left, right], L.Dense(1, "sigmoid", name="y")(apart))
        self.check(model, "binary_crossentropy", [self.numbers(8, 8, 1), self.numbers(8, 8, 1, seed=2)], numpy.array([[1], [0], [1], [0]], "float32"), ("left", "right"))

    def test_series(self):
        x = keras.Input((20, 3), name="x")
        y = x
        for rate in (1, 2, 4):
            y = L.Add()([L.Conv1D(4, 2, padding="causal", dilation_rate=rate, activation="relu")(y), L.Conv1D(4, 1)(y)])
        y = L.GlobalAveragePooling1D()(L.AveragePooling1D(2)(y))
        self.check(keras.Model(x, L.Dense(2, name="y")(y)), "mse", [self.numbers(20, 3)], self.numbers(2, seed=4))

    def classes(self, x, y, count=3):
        targets = numpy.random.default_rng(5).integers(0, count, (ROWS, 1)).astype("int32")
        model = keras.Model(x, L.Dense(count, "softmax", name="y")(L.GlobalAveragePooling2D()(y)))
        self.check(model, "sparse_categorical_crossentropy", [self.numbers(*x.shape[1:])], targets)

    def test_squeeze_and_excite(self):
        x = keras.Input((12, 12, 3), name="x")
        y = convolve(x, 8)
        scale = L.Conv2D(8, 1, activation="hard_sigmoid")(L.Conv2D(2, 1, activation="swish")(L.GlobalAveragePooling2D(keepdims=True)(y)))
        y = y * scale
        scale = L.Dense(8, "sigmoid")(L.Dense(2, "relu")(L.GlobalMaxPooling2D()(y)))
        self.classes(x, L.Multiply()([y, L.Reshape((1, 1, 8))(scale)]))

    def test_patches_and_attention(self):
        x = keras.Input((16, 16, 3), name="x")
        y = L.Reshape((16, 12))(L.Conv2D(12, 4, strides=4)(x))
        y = y + L.Embedding(16, 12)(keras.ops.arange(16))
        z = L.LayerNormalization(epsilon=1e-6)(y)
        y = L.Add()([y, L.MultiHeadAttention(3, 4)(z, z)])
        self.classes(x, L.Reshape((4, 4, 12))(L.Add()([y, L.Dense(12)(L.Dense(24, "gelu")(L.LayerNormalization()(y)))])))

    def test_two_heads(self):
        x = keras.Input((16, 16, 3), name="x")
        first = convolve(x, 6)
        second = convolve(first, 8, strides=2)
        merged = L.Add()([L.UpSampling2D()(L.Conv2D(6, 1)(second)), L.Conv2D(6, 1)(first)])
        shifted = keras.ops.flip(keras.ops.average_pool(merged, 2, 2), axis=2)
        self.classes(x, L.Concatenate()([second, shifted, keras.ops.max_pool(merged, 2, 2)]))

    def test_windows_and_heads_in_front(self):
        """Swin's attention: the axis of queries, keys and values stands in front of that of the windows."""
        x, ops = keras.Input((16, 16, 3), name="x"), keras.ops
        y = L.Conv2D(6, 4, strides=4)(x)
        y = ops.roll(y, [-1, -1], axis=[1, 2])
        windows = ops.reshape(ops.transpose(ops.reshape(y, (-1, 2, 2, 2, 2, 6)), (0, 1, 3, 2, 4, 5)), (-1, 4, 6))
        heads = ops.transpose(ops.reshape(L.Dense(18)(windows), (-1, 4, 3, 2, 3)), (2, 0, 3, 1, 4))
        scores = ops.softmax(heads[0] @ ops.transpose(heads[1], (0, 1, 3, 2)), axis=-1)
        merged = L.Dense(6)(ops.reshape(ops.transpose(scores @ heads[2], (0, 2, 1, 3)), (-1, 4, 6)))
        back = ops.reshape(ops.transpose(ops.reshape(merged, (-1, 2, 2, 2, 2, 6)), (0, 1, 3, 2, 4, 5)), (-1, 4, 4, 6))
        self.classes(x, y + back)


class ImagesWithoutLabels(Case):
    """Layers that take images alone or with labels: alone they are no list, in files that the command writes either."""

    def test_mixing(self):
        images = numpy.random.default_rng(0).uniform(0, 255, (ROWS, 6, 6, 3)).astype("float32")
        for layer in (L.CutMix(), L.MixUp(), L.MaxNumBoundingBoxes(3)):
            with self.subTest(layer=layer.name):
                x = keras.Input((6, 6, 3), name="x")
                keras.Model(x, layer(x, training=False)).save(self.path("m.keras"))
                hone("convert", self.path("m.keras"), self.path("again.keras"))
                with quiet():
                    self.assert_close(load(self.path("again.keras"))(images), images, 1e-6, layer.name)


class Sound(Case):
    """A file has no weights of a spectrogram, however large its tables are."""

    def test_mel_spectrogram_alone(self):
        sound = numpy.random.default_rng(0).uniform(-1, 1, (2, 16000)).astype("float32")
        x = keras.Input((16000,), name="x")
        model = keras.Model(x, L.MelSpectrogram()(x))
        model.save(self.path("m.keras"))
        with quiet():
            expected = numpy.asarray(model(sound))
        received = self.predict_with_hone(self.path("m.keras"), self.write_data([sound]), ["y"])[0]
        self.assert_close(received, expected, 1e-3, "decibels")


if __name__ == "__main__":
    unittest.main()

"""Quantised layers: files of Keras and back, quantising as Keras does, training low-rank adaptations of them."""
import io
import json
import unittest
import zipfile

from common import FULL, Case, hone, load, quiet

import h5py
import keras
import numpy
from safetensors.numpy import load_file, save_file

layers = keras.layers
quantizers = keras.quantizers


def reversible(tied):
    ids = keras.Input((5,), dtype="int32")
    table = layers.ReversibleEmbedding(11, 6, tie_weights=tied, name="it")
    return keras.Model(ids, table(layers.Dense(6, "tanh", name="mid")(table(ids)), reverse=True))


def einsum(equation, output, shape, bias=None):
    return keras.Sequential([keras.Input(shape), layers.EinsumDense(equation, output, bias_axes=bias, name="it")])


def attention(layer):
    x = keras.Input((5, 8))
    return keras.Model(x, layer(x, x))


MODELS = {
    "Dense": lambda: keras.Sequential([keras.Input((3, 37)), layers.Dense(5, "relu", name="it"), layers.Flatten(), layers.Dense(3, use_bias=False)]),
    "EinsumDense": lambda: einsum("abc,cde->abde", (5, 3, 4), (5, 8), "de"),
    "EinsumDense, two axes": lambda: einsum("abcd,cde->abe", (5, 7), (5, 3, 4), "e"),
    "EinsumDense, turned": lambda: einsum("abc,cde->adbe", (3, 5, 4), (5, 8)),
    "Embedding": lambda: keras.Sequential([keras.Input((5,), dtype="int32"), layers.Embedding(11, 7, name="it")]),
    "ReversibleEmbedding": lambda: reversible(True),
    "ReversibleEmbedding, apart": lambda: reversible(False),
    "MultiHeadAttention": lambda: attention(layers.MultiHeadAttention(2, 6, name="it")),
    "GroupQueryAttention": lambda: attention(layers.GroupQueryAttention(4, 4, 2, name="it")),
}
# Keras's files do not say that the inputs of projections within attention are left alone.
UNSAID = [("MultiHeadAttention", "int8-inputs"), ("GroupQueryAttention", "int8-inputs")]
MODES = {
    "int8": lambda: quantizers.Int8QuantizationConfig(),
    "int8-inputs": lambda: quantizers.Int8QuantizationConfig(activation_quantizer=None),
    "int4": lambda: quantizers.Int4QuantizationConfig(),
    "int4/4": lambda: quantizers.Int4QuantizationConfig(block_size=4),
    "int4/-1": lambda: quantizers.Int4QuantizationConfig(block_size=-1),
}
PAIRS = [(name, mode) for name in MODELS for mode in MODES if (name, mode) not in UNSAID] if FULL else [
    ("Dense", "int8"), ("ReversibleEmbedding, apart", "int4/4"), ("MultiHeadAttention", "int8")]


def weights_of(path):
    """{path: array} of a .keras file."""
    found = {}
    with zipfile.ZipFile(path) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found


def config_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


class Quantized(Case):
    def make(self, name):
        model = MODELS[name]()
        random = numpy.random.default_rng(5)
        model.set_weights([random.normal(size=w.shape) for w in model.get_weights()])
        shape = (4, *model.input_shape[1:])
        x = random.integers(0, 11, shape).astype("int32") if "mbedding" in name else random.normal(size=shape).astype("float32")
        return model, x

    def save(self, model, name):
        with quiet():
            model.save(self.path(name))
        return self.path(name)

    def test_files_of_keras_and_back(self):
        for name, mode in PAIRS:
            with self.subTest(f"{name} {mode}"):
                model, x = self.make(name)
                model.quantize(config=MODES[mode]())
                path, expected = self.save(model, "q.keras"), model.predict(x, verbose=0)
                self.assert_close(self.predict_with_hone(path, self.write_data([x]), ["y"])[0], expected, 1e-5, "predicted")
                hone("convert", path, self.path("back.keras"))
                ours, theirs = weights_of(self.path("back.keras")), weights_of(path)
                self.assertEqual(sorted(ours), sorted(theirs))
                for key in theirs:
                    self.assertEqual(ours[key].dtype, theirs[key].dtype, key)
                    numpy.testing.assert_array_equal(ours[key], theirs[key], key)
                def settings(path):
                    return [[layer["config"].get(key) for key in ("dtype", "quantization_config")]
                            for layer in config_of(path)["config"]["layers"] if "quantization_config" in layer["config"]]
                self.assertEqual(settings(self.path("back.keras")), settings(path))
                again = load(self.path("back.keras"))
                self.assert_close(again.predict(x, verbose=0), expected, 1e-6, "loaded again")

    def test_quantising_gives_the_numbers_of_keras(self):
        for name, mode in PAIRS:
            with self.subTest(f"{name} {mode}"):
                model, x = self.make(name)
                path = self.save(model, "m.keras")
                hone("convert", path, self.path("q.keras"), "--quantize", mode)
                model.quantize(config=MODES[mode]())
                ours, theirs = weights_of(self.path("q.keras")), weights_of(self.save(model, "theirs.keras"))
                self.assertEqual(sorted(ours), sorted(theirs))
                for key in theirs:
                    self.assertEqual(ours[key].dtype, theirs[key].dtype, key)
                    self.assert_close(ours[key], theirs[key], 1e-6, key)
                with quiet():
                    again = load(self.path("q.keras"))
                self.assert_close(again.predict(x, verbose=0), model.predict(x, verbose=0), 1e-5, "predicted")

    def test_the_summary_counts_as_keras(self):
        model, _ = self.make("Dense")
        model.quantize("int4")
        text, lines = hone("summary", self.save(model, "q.keras"))[0], []
        model.summary(print_fn=lambda line, **_: lines.extend(line.splitlines()))
        for line in lines:
            if "params" in line:
                self.assertIn(line.strip(), text)

    def test_adaptations_of_a_quantised_layer_are_trained(self):
        model, x = self.make("Dense")
        model.quantize("int8")
        model.compile(keras.optimizers.Adam(0.01), "mse")
        path = self.save(model, "q.keras")
        layer = model.get_layer("it")
        layer.enable_lora(2, lora_alpha=5)
        random = numpy.random.default_rng(4)
        pair = [layer.lora_kernel_a, layer.lora_kernel_b]
        for weight in pair:
            weight.assign(random.normal(size=weight.shape))
        save_file({f"it/{w.name}": w.numpy() for w in pair}, self.path("a.safetensors"), {"it/lora_kernel_b": "rank 2, scale 2.5"})
        model.compile(keras.optimizers.Adam(0.01), "mse")
        y = random.normal(size=(4, 3)).astype("float32")
        model.train_on_batch(x, y)
        with open(self.path("r.yaml"), "w") as file:
            file.write(f"model: {{file: {path}, adapters: {self.path('a.safetensors')}}}\n")
        hone("train", self.path("r.yaml"), "--data", self.write_data([x], [y]), "--batch-size", 4, "--no-shuffle", "--verbose", 0,
             "--adapters", self.path("after.safetensors"))
        after = load_file(self.path("after.safetensors"))
        for weight in pair:
            self.assert_close(after["it/" + weight.name], weight.numpy(), 1e-5, weight.name)

    def test_what_is_not_supported_is_refused(self):
        model, _ = self.make("Dense")
        model.quantize("float8")
        error = hone("predict", self.save(model, "q.keras"), "--data", self.path("none.npz"), status=1)[1]
        self.assertIn("QuantizedFloat8DTypePolicy", error)
        self.assertIn("int8", error)


if __name__ == "__main__":
    unittest.main()

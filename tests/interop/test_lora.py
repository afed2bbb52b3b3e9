"""Low-rank adaptations: files with them both ways, a training step, adapters alone, merging."""
import unittest

from common import FULL, Case, hone, load, quiet

import keras
import numpy
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

layers = keras.layers
RANK, ALPHA = 2, 5

MODELS = {
    "Dense": lambda: [keras.Input((3, 6)), layers.Dense(5, "relu", name="it")],
    "EinsumDense": lambda: [keras.Input((5, 4)), layers.EinsumDense("abc,cde->abde", (5, 2, 3), bias_axes="de", name="it")],
    "Embedding": lambda: [keras.Input((5,)), layers.Embedding(10, 4, name="it")],
    "Conv1D": lambda: [keras.Input((8, 4)), layers.Conv1D(6, 3, name="it")],
    "Conv2D": lambda: [keras.Input((6, 6, 4)), layers.Conv2D(6, 3, groups=2, strides=2, name="it")],
    "Conv3D": lambda: [keras.Input((4, 4, 4, 2)), layers.Conv3D(3, 2, name="it")],
}


class Lora(Case):
    def base(self, name):
        model = keras.Sequential([*MODELS[name](), layers.Flatten(), layers.Dense(2, name="head")])
        random = numpy.random.default_rng(3)
        model.set_weights([random.normal(size=w.shape) * 0.5 for w in model.get_weights()])
        model.compile(keras.optimizers.Adam(0.01), "mse")
        with quiet():
            model.save(self.path("base.keras"))
        shape = (8, *model.input_shape[1:])
        x = random.integers(0, 10, shape) if name == "Embedding" else random.normal(size=shape)
        return model, x.astype("float32"), random.normal(size=(8, 2)).astype("float32")

    def adapt(self, model, zero=False):
        layer = model.get_layer("it")
        layer.enable_lora(RANK, lora_alpha=ALPHA)
        random = numpy.random.default_rng(4)
        pair = {w.name: w for w in layer.weights if w.name.startswith("lora_")}
        for weight in pair.values():
            weight.assign(random.normal(size=weight.shape))
        return pair

    def write_adapters(self, pair):
        b = next(name for name in pair if name.endswith("_b"))
        save_file({f"it/{name}": w.numpy() for name, w in pair.items()}, self.path("task.safetensors"),
                  {f"it/{b}": f"rank {RANK}, scale {ALPHA / RANK}"})
        return self.path("task.safetensors")

    def test_files_of_keras_and_back(self):
        for name in MODELS if FULL else ["Conv2D"]:
            with self.subTest(name):
                model, x, _ = self.base(name)
                self.adapt(model)
                expected = model.predict(x, verbose=0)
                with quiet():
                    model.save(self.path("m.keras"))
                data = self.write_data([x])
                self.assert_close(self.predict_with_hone(self.path("m.keras"), data, ["y"])[0], expected, 1e-5, "read")
                hone("convert", self.path("m.keras"), self.path("back.keras"))
                again = load(self.path("back.keras"))
                self.assert_close(again.predict(x, verbose=0), expected, 1e-5, "back")
                self.assertEqual((again.get_layer("it").lora_rank, again.get_layer("it").get_config()["lora_alpha"]),
                                 (model.get_layer("it").lora_rank, again.get_layer("it").lora_alpha))

    def test_a_step_trains_the_adapters_alone(self):
        for name in MODELS if FULL else ["EinsumDense"]:
            with self.subTest(name):
                model, x, y = self.base(name)
                path = self.write_adapters(pair := self.adapt(model))
                model.compile(keras.optimizers.Adam(0.01), "mse")
                model.train_on_batch(x, y)
                recipe = self.path("r.yaml")
                with open(recipe, "w") as file:
                    file.write(f"model: {{file: {self.path('base.keras')}, adapters: {path}}}\n")
                hone("train", recipe, "--data", self.write_data([x], [y]), "--batch-size", 8, "--no-shuffle", "--verbose", 0,
                     "--adapters", self.path("after.safetensors"), "--output", self.path("after.keras"))
                after = load_file(self.path("after.safetensors"))
                self.assertEqual(sorted(after), sorted(f"it/{n}" for n in pair))
                for weight in pair:
                    self.assert_close(after[f"it/{weight}"], pair[weight].numpy(), 1e-5, weight)
                merged = load(self.path("after.keras"))
                self.assert_close(merged.predict(x, verbose=0), model.predict(x, verbose=0), 1e-5, "merged")

    def test_adapters_are_merged(self):
        model, x, _ = self.base("Dense")
        path = self.write_adapters(self.adapt(model))
        hone("convert", self.path("base.keras"), self.path("tuned.keras"), "--adapters", path, "--merge-lora")
        merged = load(self.path("tuned.keras"))
        self.assertIsNone(merged.get_layer("it").lora_rank)
        self.assert_close(merged.predict(x, verbose=0), model.predict(x, verbose=0), 1e-5, "merged")

    def test_what_the_file_of_adapters_says(self):
        self.base("Dense")
        recipe = self.path("r.yaml")
        with open(recipe, "w") as file:
            file.write(f"model: {{file: {self.path('base.keras')}, lora: {{layers: 'i*', rank: 3, alpha: 6}}}}\n")
        x = numpy.ones((8, 3, 6), "float32")
        hone("train", recipe, "--data", self.write_data([x], [x[:, 0, :2]]), "--verbose", 0, "--adapters", self.path("a.safetensors"))
        with safe_open(self.path("a.safetensors"), "numpy") as file:
            self.assertEqual(file.metadata()["it/lora_kernel_b"], "rank 3, scale 2")
            self.assertEqual(file.get_tensor("it/lora_kernel_a").shape, (6, 3))

    def test_a_layer_that_cannot_be_adapted(self):
        self.base("Dense")
        with open(self.path("r.yaml"), "w") as file:
            file.write(f"model: {{file: {self.path('base.keras')}, lora: {{layers: heat, rank: 3}}}}\n")
        error = hone("train", self.path("r.yaml"), "--data", self.path("none.npz"), status=1)[1]
        self.assertIn('did you mean "head"', error)


if __name__ == "__main__":
    unittest.main()

"""Files that the command saved, used and trained on by Keras; and fifty steps in either from Hone's file."""
import unittest

import numpy

from common import FULL, Case, load, one, quiet

SAMPLES, BATCH = 400, 8

CHAPTER = """
model:
  - input: [4, 4]
  - flatten
  - dense: {units: 12, activation: relu, kernel_initializer: he_normal}
  - batch_normalization
  - dense: {units: 6, activation: relu, kernel_initializer: he_normal}
  - dropout: 0.5
  - dense: {units: 3, activation: softmax}
compile: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
"""
SMOOTH = """
model:
  - input: [4, 4]
  - flatten
  - dense: {units: 8, activation: tanh, use_bias: false, kernel_initializer: glorot_normal}
  - batch_normalization: {momentum: 0.9, epsilon: 0.01}
  - dense: {units: 6, activation: sigmoid, kernel_regularizer: l2(0.01), bias_regularizer: "l1_l2(0.01, 0.02)"}
  - dense: {units: 3, activation: softmax}
compile: {optimizer: "adam(learning_rate=0.005)", loss: sparse_categorical_crossentropy, metrics: [accuracy]}
"""
MOMENTUM = """
model:
  - input: [5]
  - dense: {units: 6, activation: tanh, name: hidden}
  - activation: sigmoid
  - dense: {units: 1, name: out}
compile: {optimizer: "sgd(learning_rate=0.05, momentum=0.9, nesterov=true, weight_decay=0.01, clipnorm=0.5)", loss: mean_squared_error, metrics: [mean_squared_error]}
"""
LOGITS = """
model:
  - input: [5]
  - dense: {units: 6, activation: tanh}
  - dense: 3
compile: {optimizer: "adam(learning_rate=0.01, global_clipnorm=0.5)", loss: sparse_categorical_crossentropy(from_logits=true)}
"""
EVERY_TECHNIQUE = """
model:
  - input: [5]
  - dense: {units: 8, activation: gelu, kernel_constraint: max_norm(1.5), kernel_initializer: lecun_normal}
  - layer_normalization
  - dense: {units: 6, activation: swish, activity_regularizer: l2(0.01)}
  - group_normalization: {groups: 2}
  - p_re_lu
  - dense: {units: 3, activation: softmax, kernel_initializer: orthogonal}
compile:
  optimizer: "nadam(learning_rate=exponential_decay(0.01, 20, 0.5))"
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
"""
AVERAGED = """
model:
  - input: [5]
  - dense: {units: 6, activation: tanh}
  - dense: 1
compile:
  optimizer: "adam(learning_rate=0.01, amsgrad=true, use_ema=true, ema_momentum=0.9, gradient_accumulation_steps=2)"
  loss: huber(delta=0.5)
  metrics: [mae]
"""
GRAPH = """
model:
  - input: {shape: [3], name: left}
  - input: {shape: [3], name: right}
  - dense: {units: 4, activation: tanh, name: a, inputs: left}
  - dense: {units: 4, activation: tanh, name: b, inputs: right}
  - concatenate: {inputs: [a, b, left], name: joined}
  - dense: {units: 1, name: price}
  - dense: {units: 3, activation: softmax, name: kind, inputs: b}
outputs: [price, kind]
compile:
  optimizer: rmsprop(learning_rate=0.01, momentum=0.5, epsilon=0.001)
  loss: {price: mse, kind: sparse_categorical_crossentropy}
  loss_weights: {price: 0.7, kind: 1.5}
  metrics: {price: [mae], kind: [accuracy]}
"""
AUGMENTED = """  # factors that leave nothing to chance; the gradient goes back through most of them
model:
  - input: [6, 6, 3]
  - conv2d: {filters: 3, kernel_size: 2, padding: same, activation: tanh}
  - random_rotation: {factor: [0.06, 0.06]}
  - random_zoom: {height_factor: [0.2, 0.2], width_factor: [-0.3, -0.3], fill_mode: wrap}
  - random_translation: {height_factor: [0.13, 0.13], width_factor: [-0.21, -0.21], fill_mode: constant, fill_value: 0.5}
  - random_brightness: {factor: [0.1, 0.1], value_range: [-9, 9]}
  - random_sharpness: {factor: [0.8, 0.8], value_range: [-99, 99]}
  - random_gaussian_blur: {factor: [1, 1], sigma: [0.7, 0.7], value_range: [-99, 99]}
  - random_color_degeneration: {factor: [0.4, 0.4], value_range: [-99, 99]}
  - resizing: {height: 5, width: 8, interpolation: bicubic}
  - up_sampling2d: {size: 2, interpolation: bilinear}
  - center_crop: {height: 7, width: 9}
  - global_average_pooling2d
  - dense: {units: 3, activation: softmax}
compile: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
"""

CASES = {  # name: recipe, input shapes, outputs ("classes" or a width), input names, output names
    "chapter": (CHAPTER, [(4, 4)], ["classes"], None, None),
    "smooth": (SMOOTH, [(4, 4)], ["classes"], None, None),
    "momentum": (MOMENTUM, [(5,)], [1], None, None),
    "logits": (LOGITS, [(5,)], ["classes"], None, None),
    "every_technique": (EVERY_TECHNIQUE, [(5,)], ["classes"], None, None),
    "averaged": (AVERAGED, [(5,)], [1], None, None),
    "augmented": (AUGMENTED, [(6, 6, 3)], ["classes"], None, None),
    "graph": (GRAPH, [(3,), (3,)], [1, "classes"], ["left", "right"], ["price", "kind"]),
}


def make_data(shapes, outputs):
    random = numpy.random.default_rng(9)
    inputs = [random.normal(0, 1, (SAMPLES, *shape)).astype("float32") for shape in shapes]
    flat = inputs[0].reshape(SAMPLES, -1)
    targets = [numpy.argmax(flat[:, :3], 1).astype("int32") if width == "classes"
               else numpy.tanh(flat[:, :width]).astype("float32") for width in outputs]
    return inputs, targets


class HoneToKeras(Case):
    def check(self, name):
        recipe, shapes, outputs, input_names, output_names = CASES[name]
        inputs, targets = make_data(shapes, outputs)
        with open(self.path("recipe.yaml"), "w") as file:
            file.write(recipe)
        data = self.write_data(inputs, targets, input_names, output_names)
        first = self.path("first.keras")
        # 30 steps, so that the optimizer has a state worth saving.
        self.train_with_hone(self.path("recipe.yaml"), self.write_data([v[:240] for v in inputs], [v[:240] for v in targets],
                                                                       input_names, output_names, "start"), first)
        model = load(first)
        # With accumulation over 2, Keras counts updates.
        self.assertEqual(int(model.optimizer.iterations), 15 if name == "averaged" else 30)
        unlabelled = self.write_data(inputs, None, input_names, prefix="unlabelled")
        predictions = model.predict(one(inputs), batch_size=BATCH, verbose=0)
        predictions = predictions if isinstance(predictions, list) else [predictions]
        for a, b in zip(self.predict_with_hone(first, unlabelled, output_names or ["y"]), predictions):
            self.assert_close(a, b, 1e-5, "predictions")
        evaluation = model.evaluate(one(inputs), one(targets), return_dict=True, verbose=0)
        self.compare_evaluation(self.evaluate_with_hone(first, data), evaluation)
        if name == "chapter":  # dropout: no two programs draw alike
            return
        second = self.path("second.keras")
        self.train_with_hone(first, data, second)
        with quiet():
            model.fit(one(inputs), one(targets), batch_size=BATCH, epochs=1, shuffle=False, verbose=0)
        self.compare_models(load(second), model, 1e-4)

    def test_saving_again_changes_nothing(self):
        """Keras loads Hone's file, saves it, and Hone predicts the same from that."""
        recipe, shapes, outputs, _, _ = CASES["smooth"]
        inputs, targets = make_data(shapes, outputs)
        with open(self.path("recipe.yaml"), "w") as file:
            file.write(recipe)
        data = self.write_data(inputs, targets)
        self.train_with_hone(self.path("recipe.yaml"), data, self.path("a.keras"))
        load(self.path("a.keras")).save(self.path("b.keras"))
        unlabelled = self.write_data(inputs, prefix="unlabelled")
        a = self.predict_with_hone(self.path("a.keras"), unlabelled, ["y"])[0]
        b = self.predict_with_hone(self.path("b.keras"), unlabelled, ["y"])[0]
        numpy.testing.assert_array_equal(a, b)

    def test_config_says_what_keras_says(self):
        """The layers' configs of Hone's file equal those of the file that Keras makes of it."""
        recipe, shapes, outputs, _, _ = CASES["smooth"]
        inputs, targets = make_data(shapes, outputs)
        with open(self.path("recipe.yaml"), "w") as file:
            file.write(recipe)
        self.train_with_hone(self.path("recipe.yaml"), self.write_data(inputs, targets), self.path("a.keras"))
        load(self.path("a.keras")).save(self.path("b.keras"))
        ours, theirs = (layer_configs(self.path(name)) for name in ("a.keras", "b.keras"))
        self.assertEqual([name for name, _ in ours], [name for name, _ in theirs])
        for (name, a), (_, b) in zip(ours, theirs):
            with self.subTest(name):
                self.assertEqual({**NEWER, **a}, {**NEWER, **b})


# Keys that came with later versions of Keras 3 and that Hone writes only where they say something.
NEWER = {"ragged": False, "optional": False, "renorm": False, "renorm_clipping": None, "renorm_momentum": 0.99}
INITIALIZER_KEYS = ("input_axes", "output_axes")


def without_newer(value):
    """Initializers without the keys that old versions of Keras do not know."""
    if isinstance(value, dict):
        return {key: without_newer(item) for key, item in value.items() if key not in INITIALIZER_KEYS}
    return value


def layer_configs(path):
    import json
    import zipfile

    with zipfile.ZipFile(path) as archive:
        layers = json.loads(archive.read("config.json"))["config"]["layers"]
    return [(layer["class_name"], {key: without_newer(value) for key, value in layer["config"].items()
                                   if key not in ("dtype", "quantization_config")}) for layer in layers]


def add(name):
    def test(self):
        self.check(name)

    setattr(HoneToKeras, f"test_{name}", test)


for name in CASES:
    if FULL or name != "augmented":  # half a minute, of which Keras compiles nearly all
        add(name)

if __name__ == "__main__":
    unittest.main()

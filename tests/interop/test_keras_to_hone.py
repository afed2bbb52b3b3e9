"""Files that Keras saved, used and trained on by the command."""
import os
import unittest

import numpy

from common import FILES, Case, golden, hone, load, one, quiet, tensor

# By what they need: the foundation first, then every technique.
FOUNDATION = ["chapter", "chapter_without_dropout", "foundation_layers", "sgd_momentum", "compiled_never_trained"]
WHOLE = ["binary_logits", "functional", "schedule", "ema", "accumulation", "frozen", "many_layers"]
WITH_DROPOUT = ("chapter",)
SAMPLES, BATCH = 400, 8  # 50 steps an epoch


class Predictions(Case):
    def check(self, name):
        facts = golden(name)
        path = os.path.join(FILES, name + ".keras")
        inputs = [tensor(value) for value in facts["inputs"]]
        data = self.write_data(inputs, None, facts["input_names"])
        outputs = self.predict_with_hone(path, data, facts["output_names"])
        for index, (output, expected) in enumerate(zip(outputs, facts["predictions"])):
            self.assert_close(output, tensor(expected), 1e-5, f"output {index}")
        if "evaluation" in facts:
            targets = [tensor(value) for value in facts["targets"]]
            data = self.write_data(inputs, targets, facts["input_names"], facts["output_names"], "labelled")
            self.compare_evaluation(self.evaluate_with_hone(path, data), facts["evaluation"])

    def test_summary_of_each(self):
        for name in FOUNDATION + WHOLE + ["not_compiled"]:
            with self.subTest(name):
                text = hone("summary", os.path.join(FILES, name + ".keras"))[0]
                self.assertIn("Total params", text)

    def test_weights_alone(self):
        """Weights of .weights.h5 into .keras and back, by convert, where the architecture is known."""
        path = self.path("out.weights.h5")
        hone("convert", os.path.join(FILES, "chapter.keras"), path)
        model = load(os.path.join(FILES, "chapter.keras"))
        expected = model.get_weights()
        model.set_weights([value * 0 for value in expected])
        model.load_weights(path)
        for a, b in zip(model.get_weights(), expected):
            numpy.testing.assert_array_equal(a, b)

    def test_file_that_is_not_compiled(self):
        self.check("not_compiled")

    def test_file_that_is_not_compiled_needs_a_loss_to_train(self):
        path = os.path.join(FILES, "not_compiled.keras")
        data = self.write_data([numpy.zeros((4, 5), "float32")], [numpy.zeros((4, 2), "float32")])
        error = hone("train", path, "--data", data, "--output", self.path("o.keras"), "--verbose", 0, status=1)[1]
        self.assertFalse(os.path.exists(self.path("o.keras")))
        self.assertIn("loss", error)


class Training(Case):
    def data(self, facts, model):
        """Random data of the file's shapes."""
        random = numpy.random.default_rng(5)
        inputs, targets = [], []
        for value in facts["inputs"]:
            shape = (SAMPLES, *value["shape"][1:])
            if value.get("dtype") == "int32":
                ids = random.integers(1, 7, shape).astype("int32")
                ids[::3, -1] = 0
                inputs.append(ids)
            else:
                inputs.append(random.normal(0, 1, shape).astype("float32"))
        for value in facts["targets"]:
            targets.append(numpy.resize(tensor(value), (SAMPLES, *value["shape"][1:])))
        return inputs, targets

    def check(self, name):
        facts = golden(name)
        path = os.path.join(FILES, name + ".keras")
        model = load(path)
        inputs, targets = self.data(facts, model)
        data = self.write_data(inputs, targets, facts["input_names"], facts["output_names"])
        lines = self.train_with_hone(path, data, self.path("out.keras"), batch_size=BATCH)
        epoch = next(line for line in lines if line["event"] == "epoch")
        if name in WITH_DROPOUT:
            load(self.path("out.keras"))
            return
        with quiet():
            history = model.fit(one(inputs), one(targets), batch_size=BATCH, epochs=1, shuffle=False, verbose=0).history
        for key, values in history.items():
            self.assert_close(epoch[key], values[0], 1e-4, key)
        self.compare_models(load(self.path("out.keras")), model, 1e-4)


class Stateful(Case):
    def test_states_are_kept_from_batch_to_batch(self):
        """Called on batches, since predict of Keras on JAX forgets the states of each."""
        import keras

        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.Input(batch_shape=(4, 2, 3)), keras.layers.GRU(2, stateful=True)])
        x = numpy.random.default_rng(1).normal(size=(8, 2, 3)).astype("float32")
        expected = numpy.concatenate([numpy.asarray(model(x[i:i + 4])) for i in (0, 4)])
        model.save(self.path("states.keras"))
        numpy.save(self.path("x.npy"), x)
        hone("convert", self.path("states.keras"), self.path("again.keras"))
        for name in ("states.keras", "again.keras"):
            hone("predict", self.path(name), "--data", self.path("x.npy"), "--batch-size", 4, "--output", self.path("y.npy"))
            self.assert_close(numpy.load(self.path("y.npy")), expected, 1e-5, name)
        error = hone("predict", self.path("states.keras"), "--data", self.path("x.npy"), "--output", self.path("y.npy"), status=1)[1]
        self.assertIn("is stateful, for batches of 4, and cannot take a batch of 8", error)
        again = load(self.path("again.keras"))
        self.assert_close(numpy.concatenate([numpy.asarray(again(x[i:i + 4])) for i in (0, 4)]), expected, 1e-6, "loaded again")


def add(kind, name):
    def test(self):
        self.check(name)

    setattr(kind, f"test_{name}", test)


for name in FOUNDATION + WHOLE:
    add(Predictions, name)
    add(Training, name)

if __name__ == "__main__":
    unittest.main()

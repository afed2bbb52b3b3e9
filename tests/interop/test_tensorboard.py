"""What `hone train --log-dir` writes, read by TensorBoard's own loader and shown by its own pages."""
import csv
import json
import os

from common import Case, hone, keras, numpy

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.summary_pb2 import SummaryMetadata
from tensorboard.plugins.graph.keras_util import keras_model_to_graph_def
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.util import tensor_util

EPOCHS, BATCH, SAMPLES, HELD = 3, 8, 40, 10


def read(folder):
    accumulator = EventAccumulator(folder, size_guidance={"tensors": 0})
    accumulator.Reload()
    return accumulator


def values(accumulator, tag):
    """[(step, array)] of a tag."""
    return [(event.step, tensor_util.make_ndarray(event.tensor_proto)) for event in accumulator.Tensors(tag)]


def scalars(accumulator, tag):
    return [(step, float(array)) for step, array in values(accumulator, tag)]


def plugin(accumulator, tag):
    metadata = accumulator.SummaryMetadata(tag)
    assert isinstance(metadata, SummaryMetadata)
    return metadata.plugin_data.plugin_name


class TensorBoard(Case):
    def setUp(self):
        super().setUp()
        random = numpy.random.default_rng(1)
        x = random.normal(size=(SAMPLES, 4, 3)).astype("float32")
        y = random.integers(0, 3, SAMPLES)
        self.data = self.write_data([x], [y])
        self.model = self.path("model.keras")
        model = keras.Sequential([keras.Input((4, 3)), keras.layers.Flatten(), keras.layers.Dense(6, "relu"),
                                  keras.layers.BatchNormalization(), keras.layers.Dense(3, "softmax")], name="net")
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.save(self.model)
        self.paths = [weight.path for weight in model.weights]
        self.trainable = [weight.path for weight in model.trainable_weights]

    def train(self, *more):
        logs, output, history = self.path("logs"), self.path("out.keras"), self.path("history.csv")
        hone("train", self.model, "--data", self.data, "--epochs", EPOCHS, "--batch-size", BATCH,
             "--validation-split", HELD / SAMPLES, "--log-dir", logs, "--output", output, "--history", history,
             "--verbose", 0, *more)
        with open(history) as file:
            return logs, output, list(csv.DictReader(file))

    def test_scalars(self):
        logs, _, rows = self.train()
        train, validation = read(logs + "/train"), read(logs + "/validation")
        self.assertEqual(sorted(tag for tag in train.Tags()["tensors"] if tag.startswith(("epoch", "batch"))),
                         ["epoch_accuracy", "epoch_learning_rate", "epoch_loss"])
        for name in ("loss", "accuracy"):
            for accumulator, column in ((train, name), (validation, "val_" + name)):
                found = scalars(accumulator, "epoch_" + name)
                self.assertEqual(plugin(accumulator, "epoch_" + name), "scalars")
                self.assertEqual([step for step, _ in found], list(range(EPOCHS)))
                numpy.testing.assert_allclose([value for _, value in found], [float(row[column]) for row in rows],
                                              rtol=1e-6)
            against = scalars(validation, f"evaluation_{name}_vs_iterations")
            self.assertEqual([step for step, _ in against], [4, 8, 12])
        numpy.testing.assert_allclose([rate for _, rate in scalars(train, "epoch_learning_rate")], 1e-3)

    def test_batches(self):
        logs, _, rows = self.train("--update-freq", "batch")
        found = scalars(read(logs + "/train"), "batch_loss")
        self.assertEqual([step for step, _ in found], list(range(1, 13)))
        self.assertAlmostEqual(found[3][1], float(rows[0]["loss"]), places=5)
        logs, _, _ = self.train("--update-freq", "5", "--log-dir", self.path("other"))
        self.assertEqual([step for step, _ in scalars(read(logs.replace("logs", "other") + "/train"), "batch_accuracy")],
                         [5, 10])

    def test_histograms(self):
        logs, output, _ = self.train()
        train = read(logs + "/train")
        trained = keras.saving.load_model(output)
        for path, weight in zip(self.paths, trained.weights):
            self.assertEqual(plugin(train, path + "/histogram"), "histograms")
            found = values(train, path + "/histogram")
            self.assertEqual([step for step, _ in found], list(range(EPOCHS)))
            bins, numbers = found[-1][1], weight.numpy().ravel()
            self.assertEqual(bins.shape, (30, 3))
            self.assertEqual(bins[:, 2].sum(), numbers.size)
            self.assertAlmostEqual(bins[0, 0], numbers.min(), places=6)
            self.assertAlmostEqual(bins[-1, 1], numbers.max(), places=6)
            if numbers.max() > numbers.min():
                expected, _ = numpy.histogram(numbers.astype(float), 30)
                self.assertLessEqual(abs(expected - bins[:, 2]).sum(), 2)
        gradients = sorted(tag.removesuffix("/gradient") for tag in train.Tags()["tensors"] if tag.endswith("/gradient"))
        self.assertEqual(gradients, sorted(self.trainable))

    def test_nothing_changes(self):
        """A training that is watched gives the same bytes."""
        _, output, _ = self.train("--update-freq", "batch")
        plain = self.path("plain.keras")
        hone("train", self.model, "--data", self.data, "--epochs", EPOCHS, "--batch-size", BATCH, "--validation-split",
             HELD / SAMPLES, "--output", plain, "--verbose", 0)
        with open(output, "rb") as a, open(plain, "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_graph(self):
        logs, _, _ = self.train()
        train = read(logs + "/train")
        self.assertEqual(plugin(train, "keras"), "graph_keras_model")
        model = json.loads(values(train, "keras")[0][1].item())
        nodes = {node.name: list(node.input) for node in keras_model_to_graph_def(model).node}
        self.assertEqual(nodes["net/dense_1"], ["net/batch_normalization"])
        self.assertEqual(keras.saving.deserialize_keras_object(model).count_params(),
                         keras.saving.load_model(self.model).count_params())

    def test_hyperparameters(self):
        logs, _, _ = self.train("--optimizer", "sgd(0.05, momentum=0.5)")
        session = read(logs)
        start = plugin_data_pb2.HParamsPluginData.FromString(
            session.SummaryMetadata("_hparams_/session_start_info").plugin_data.content).session_start_info
        numbers = {key: value.number_value for key, value in start.hparams.items() if value.HasField("number_value")}
        self.assertEqual(start.hparams["optimizer"].string_value, "sgd")
        self.assertEqual((numbers["learning_rate"], numbers["momentum"], numbers["batch_size"]), (0.05, 0.5, BATCH))
        end = plugin_data_pb2.HParamsPluginData.FromString(
            session.SummaryMetadata("_hparams_/session_end_info").plugin_data.content).session_end_info
        self.assertEqual(end.status, 1)

    def test_images(self):
        logs = self.path("images")
        hone("train", self.model, "--data", self.data, "--verbose", 0, "--callback",
             f"tensor_board('{logs}', histogram_freq=1, write_images=true)")
        train = read(logs + "/train")
        width, height, png = values(train, "net/dense/kernel/image")[0][1]
        self.assertEqual((width, height), (b"12", b"6"))
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")

    def test_filters(self):
        """A grid of kernels: 2 inputs down, 5 filters across, a line between."""
        with open(self.path("conv.yaml"), "w") as file:
            file.write("name: net\nmodel: [{input: [4, 4, 2]}, {conv2d: {filters: 5, kernel_size: 3}}, flatten, {dense: 1}]\n"
                       "compile: {loss: mse}\n")
        data, logs = self.write_data([numpy.ones((4, 4, 4, 2), "float32")], [numpy.ones((4, 1), "float32")]), self.path("filters")
        hone("train", self.path("conv.yaml"), "--data", data, "--verbose", 0, "--callback",
             f"tensor_board('{logs}', histogram_freq=1, write_images=true)")
        width, height, png = values(read(logs + "/train"), "net/conv2d/kernel/image")[0][1]
        self.assertEqual((width, height, png[:4]), (b"19", b"7", b"\x89PNG"))

    def test_pages(self):
        """The answers of the server behind each page."""
        from tensorboard import default, program
        from werkzeug.test import Client
        logs, _, _ = self.train()
        board = program.TensorBoard(plugins=default.get_plugins())
        board.configure(logdir=os.path.abspath(logs), load_fast="false", reload_interval=0)
        client = Client(board._make_server().app)

        def get(path):
            answer = client.get(path)
            self.assertEqual(answer.status_code, 200, path)
            return json.loads(answer.get_data())

        active = get("/data/plugins_listing")
        for name in ("scalars", "histograms", "graphs", "hparams"):
            self.assertTrue(active[name]["enabled"], name)
        self.assertIn("epoch_loss", get("/data/plugin/scalars/tags")["validation"])


if __name__ == "__main__":
    import unittest
    unittest.main()

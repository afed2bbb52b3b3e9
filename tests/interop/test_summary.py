"""`hone summary` prints what Keras prints, to the letter; `--graph FILE.dot` has the boxes and arrows of Keras's model_to_dot."""
import io
import os
import re
import contextlib
import subprocess

from common import Case, HONE, hone, keras, numpy

import pydot

L = keras.layers


def plain():
    return keras.Sequential([keras.Input((28, 28)), L.Flatten(), L.Dense(300, "relu"), L.BatchNormalization(), L.Dropout(0.5),
                             L.Dense(10, "softmax", name="a_layer_with_quite_a_long_name_indeed")], name="plain")


def trained():
    model = keras.Sequential([keras.Input((4,)), L.Dense(3), L.Dense(1)])
    model.layers[0].trainable = False
    model.compile("adam", "mse")
    model.fit(numpy.zeros((4, 4)), numpy.zeros((4, 1)), verbose=0)
    return model


def line():
    x = inputs = keras.Input((8,), name="in")
    for units in (64, 32):
        x = L.Dense(units, "relu")(x)
    return keras.Model(inputs, x, name="line")


def graph():
    a, b = keras.Input((5,), name="wide"), keras.Input((6,), name="deep")
    hidden = L.Dense(30, "relu", name="hidden")(b)
    both = L.Concatenate()([a, hidden])
    return keras.Model([a, b], [L.Dense(1, name="price")(both), L.Dense(1, "sigmoid", name="aux")(hidden)], name="graph")


def nested():
    inner = keras.Sequential([keras.Input((8,)), L.Dense(6, "relu"), L.Dense(4)], name="encoder")
    i = keras.Input((4,))
    head = keras.Model(i, [L.Dense(3)(i), L.Dense(2)(i)], name="head")
    a, b = keras.Input((8,), name="in_a"), keras.Input((8,), name="in_b")
    shared = L.Dense(4, "tanh", name="shared")
    x = L.Add()([shared(inner(a)), shared(inner(b))])
    return keras.Model([a, b], head(x), name="nested")


def stack():
    inner = keras.Sequential([keras.Input((8,)), L.Dense(6, "relu"), L.Dense(4)], name="encoder")
    return keras.Sequential([keras.Input((8,)), inner, L.Dense(2)], name="stack")


MODELS = (plain, trained, line, graph, nested, stack)


class Summary(Case):
    def saved(self, make):
        keras.utils.clear_session()
        model = make()
        path = self.path(make.__name__ + ".keras")
        model.save(path)
        return keras.saving.load_model(path), path

    def keras_summary(self, model, columns, **options):
        text = io.StringIO()
        os.environ["COLUMNS"] = str(columns)
        with contextlib.redirect_stdout(text):
            model.summary(print_fn=lambda line: text.write(line), **options)
        return text.getvalue()

    def test_tables(self):
        for make in MODELS:
            model, path = self.saved(make)
            for columns in (80, 200):
                for flags in ({}, {"expand_nested": True}, {"show_trainable": True, "expand_nested": True},
                              {"line_length": 60}):
                    words = []
                    for name, value in flags.items():
                        words += ["--" + name.replace("_", "-")] + ([] if value is True else [str(value)])
                    expected = self.keras_summary(model, columns, **flags)
                    actual = hone("summary", path, *words)[0]
                    with self.subTest(model=make.__name__, columns=columns, flags=flags):
                        self.assertEqual(actual.rstrip("\n"), expected.rstrip("\n"))

    def boxes(self, dot):
        """{label: names of the boxes}, and arrows by labels; through all clusters."""
        labels, arrows = {}, []

        def walk(graph):
            for node in graph.get_nodes():
                if node.get_label():
                    labels[node.get_name()] = re.sub(r"\s+", " ", node.get_label())
            arrows.extend((edge.get_source(), edge.get_destination()) for edge in graph.get_edges())
            for inner in graph.get_subgraphs():
                walk(inner)
        walk(dot)
        return sorted(labels.values()), sorted((labels[a], labels[b]) for a, b in arrows)

    def test_dot(self):
        flags = {"show_shapes": True, "show_layer_names": True, "show_layer_activations": True, "show_trainable": True}
        for make in MODELS:
            model, path = self.saved(make)
            for options in ({}, flags, {"expand_nested": True, "show_layer_names": True, "rankdir": "LR"}):
                words = []
                for name, value in options.items():
                    words += ["--" + name.replace("_", "-")] + ([] if value is True else [str(value)])
                out = self.path("g.dot")
                hone("summary", path, "--graph", out, *words)
                expected = keras.utils.model_to_dot(model, **{"show_layer_names": False, **options})
                with open(out) as file:
                    text = file.read()
                actual = pydot.graph_from_dot_data(text)[0]
                with self.subTest(model=make.__name__, options=options):
                    self.assertEqual(self.boxes(actual), self.boxes(expected))
                    self.assertEqual(actual.get_rankdir(), expected.get_rankdir())


if __name__ == "__main__":
    import unittest
    unittest.main()

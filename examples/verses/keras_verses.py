#!/usr/bin/env python3
"""Page 24 of the guide with Keras: trains the network that Hone wrote before its first step, on the same windows of the same text,
for as many steps, and prints its perplexity on the last windows.

    keras_verses.py start_lstm.keras verses.txt RATE"""
import json
import sys
import time
import zipfile

import keras
import numpy

WINDOW, HELD_OUT, BATCH, STEPS = 100, 1000, 32, 600


@keras.saving.register_keras_serializable("keras_hub")
class PositionEmbedding(keras.layers.Layer):
    """A vector for each place of the window, which stands in for the layer of keras_hub."""

    def __init__(self, sequence_length, initializer="glorot_uniform", **others):
        super().__init__(**others)
        self.sequence_length, self.initializer = sequence_length, keras.initializers.get(initializer)

    def build(self, shape):
        self.embeddings = self.add_weight(name="embeddings", shape=(self.sequence_length, shape[-1]), initializer=self.initializer)

    def call(self, x):
        return keras.ops.broadcast_to(self.embeddings[: x.shape[1]], keras.ops.shape(x))


def windows(path, model):
    """(ids, the next ids) [window, WINDOW] of the text, numbered as in Hone's model."""
    with zipfile.ZipFile(model) as archive:
        characters = json.loads(archive.read("hone/data.json"))["classes"]
    numbers = {character: number for number, character in enumerate(characters)}
    with open(path, encoding="utf-8") as file:
        ids = numpy.array([numbers[character] for character in file.read()], "int32")
    count = (len(ids) - 1) // WINDOW
    return ids[: count * WINDOW].reshape(count, WINDOW), ids[1 : count * WINDOW + 1].reshape(count, WINDOW)


def main(start, text, rate):
    keras.utils.set_random_seed(1)
    x, y = windows(text, start)
    model = keras.saving.load_model(start, compile=False)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    order = numpy.random.default_rng(1).permutation(len(x) - HELD_OUT)[: STEPS * BATCH]
    began = time.perf_counter()
    model.fit(x[order], y[order], batch_size=BATCH, epochs=1, verbose=0)
    seconds = time.perf_counter() - began
    loss = model.evaluate(x[-HELD_OUT:], y[-HELD_OUT:], batch_size=BATCH, verbose=0)
    print(f"{start}: loss {loss:.4f}, perplexity {numpy.exp(loss):.3f}, {seconds:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))

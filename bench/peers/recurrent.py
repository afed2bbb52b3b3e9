#!/usr/bin/env python3
"""Seconds a training step of two recurrent networks on random ids, or a call that takes one step along time: recurrent.py FRAMEWORK
imdb|characters|stream; the networks of ../recurrent.c."""
import common

options = common.arguments(__doc__, ["keras-jax", "keras-tensorflow", "torch"])

import numpy

what = options.words[0]
imdb, stream = what == "imdb", what == "stream"
BATCHES, UNITS, CALLS = 8, 64, 200  # as ../recurrent.c, but for the calls
words, width, steps, batch = (20000, 128, 200, 32) if imdb else (66, 256, 100, 64)
samples = 1 if stream else batch * BATCHES
random = numpy.random.default_rng(0)
x = random.integers(0, words, (samples, steps)).astype("int32")
y = random.integers(0, 2, (samples, 1)).astype("float32") if imdb else random.integers(0, words, (samples, steps)).astype("int32")
one_step = random.uniform(-1, 1, (1, 1, UNITS)).astype("float32")


def with_keras():
    keras, name, version = common.load_keras(options)
    layers = keras.layers
    if stream:
        model = keras.Sequential([layers.Input(batch_shape=(1, 1, UNITS)), layers.LSTM(UNITS, stateful=True)])

        def calls():
            for _ in range(CALLS):
                model.predict_on_batch(one_step)
        return name, version, common.clocked(calls)
    model = keras.Sequential([layers.Input((steps,), dtype="int32"), layers.Embedding(words, width)])
    if imdb:
        for last in (False, True):
            model.add(layers.Bidirectional(layers.LSTM(64, return_sequences=not last)))
        model.add(layers.Dense(1, activation="sigmoid"))
    else:
        model.add(layers.GRU(512, return_sequences=True))
        model.add(layers.Dense(words, activation="softmax"))
    model.compile(optimizer="adam", loss="binary_crossentropy" if imdb else "sparse_categorical_crossentropy", metrics=["accuracy"])
    return name, version, common.keras_epoch(keras, model, x, y, batch)


def with_torch():
    torch, name, version = common.load_torch(options)
    nn = torch.nn
    if stream:
        cell, step = nn.LSTMCell(UNITS, UNITS), torch.from_numpy(one_step[0])

        @torch.inference_mode()
        def calls():
            state = None
            for _ in range(CALLS):
                state = cell(step, state)
        return name, version, common.clocked(calls)

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.tokens = nn.Embedding(words, width)
            self.along = nn.LSTM(width, 64, 2, batch_first=True, bidirectional=True) if imdb else nn.GRU(width, 512, batch_first=True)
            self.last = nn.Linear(128, 1) if imdb else nn.Linear(512, words)

        def forward(self, ids):
            h, states = self.along(self.tokens(ids))
            if imdb:  # the last state of either direction
                return self.last(torch.cat([states[0][-2], states[0][-1]], 1))
            return self.last(h).flatten(0, 1)

    model = Network()
    loss = nn.BCEWithLogitsLoss() if imdb else nn.CrossEntropyLoss()
    if imdb:
        loss_of, right_of = loss, lambda outputs, wanted: ((outputs > 0) == (wanted > 0)).float().sum()
    else:
        loss_of = lambda outputs, wanted: loss(outputs, wanted.flatten())
        right_of = lambda outputs, wanted: (outputs.argmax(1) == wanted.flatten()).float().sum()
    target = torch.from_numpy(y)
    return name, version, common.torch_epoch(torch, model, common.torch_optimizer(torch, "adam", model.parameters()), loss_of, right_of,
                                             [torch.from_numpy(x).long()], target if imdb else target.long(), batch)


name, version, run = with_torch() if options.framework == "torch" else with_keras()
common.measure(options, name, version, common.seconds_each(run, CALLS if stream else BATCHES))

#!/usr/bin/env python3
"""Seconds a training step of a wide and deep network on a table, batch 256, Adam; ../wide_deep.c describes it."""
import common

options = common.arguments(__doc__, ["keras-jax", "keras-tensorflow", "torch"])

import numpy

SAMPLES, BATCH = 16384, 256
random = numpy.random.default_rng(0)
wide = random.uniform(-1, 1, (SAMPLES, 500)).astype("float32")
deep = random.uniform(-1, 1, (SAMPLES, 8)).astype("float32")
ids = random.integers(0, 100000, (SAMPLES, 1)).astype("int32")
y = random.integers(0, 2, (SAMPLES, 1)).astype("float32")


def with_keras():
    keras, name, version = common.load_keras(options)
    layers = keras.layers
    inputs = [layers.Input((500,), name="wide"), layers.Input((8,), name="deep"), layers.Input((1,), name="id", dtype="int32")]
    row = layers.Flatten()(layers.Embedding(100000, 16)(inputs[2]))
    hidden = layers.Concatenate()([inputs[1], row])
    hidden = layers.Dense(64, activation="relu")(hidden)
    hidden = layers.Dense(32, activation="relu")(hidden)
    answer = layers.Dense(1, activation="sigmoid")(layers.Concatenate()([inputs[0], hidden]))
    model = keras.Model(inputs, answer)
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return name, version, common.keras_epoch(keras, model, [wide, deep, ids], y, BATCH)


def with_torch():
    torch, name, version = common.load_torch(options)
    nn = torch.nn

    class WideDeep(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(100000, 16)
            self.hidden = nn.Sequential(nn.Linear(24, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
            self.answer = nn.Linear(532, 1)

        def forward(self, wide, deep, ids):
            row = self.embedding(ids).flatten(1)
            return self.answer(torch.cat([wide, self.hidden(torch.cat([deep, row], 1))], 1))

    model = WideDeep()
    return name, version, common.torch_epoch(
        torch, model, common.torch_optimizer(torch, "adam", model.parameters()), nn.BCEWithLogitsLoss(),
        lambda answer, target: ((answer > 0) == (target > 0.5)).sum(), [torch.from_numpy(part) for part in (wide, deep, ids)],
        torch.from_numpy(y), BATCH)


name, version, run = with_torch() if options.framework == "torch" else with_keras()
common.measure(options, name, version, common.seconds_each(run, SAMPLES // BATCH))

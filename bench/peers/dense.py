#!/usr/bin/env python3
"""Seconds a training step of a plain network of dense layers on random data: dense.py FRAMEWORK SIZES BATCH OPTIMIZER, as
784-300-100-10 32 adam."""
import common

options = common.arguments(__doc__, ["keras-jax", "keras-tensorflow", "torch"])

import numpy

sizes = [int(size) for size in options.words[0].split("-")]
batch, optimizer = int(options.words[1]), options.words[2]
samples = min(16384, batch * 2048)  # as ../dense.c
random = numpy.random.default_rng(0)
x = random.uniform(-1, 1, (samples, sizes[0])).astype("float32")
y = random.integers(0, sizes[-1], samples).astype("int32")


def with_keras():
    keras, name, version = common.load_keras(options)
    hidden = [keras.layers.Dense(size, activation="relu", kernel_initializer="he_normal") for size in sizes[1:-1]]
    model = keras.Sequential([keras.layers.Input((sizes[0],)), *hidden, keras.layers.Dense(sizes[-1], activation="softmax")])
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return name, version, common.keras_epoch(keras, model, x, y, batch)


def with_torch():
    torch, name, version = common.load_torch(options)
    layers = []
    for inputs, outputs in zip(sizes[:-2], sizes[1:-1]):
        layers += [common.torch_dense(torch, inputs, outputs), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(sizes[-2], sizes[-1]))
    return name, version, common.torch_epoch(
        torch, model, common.torch_optimizer(torch, optimizer, model.parameters()), torch.nn.CrossEntropyLoss(),
        common.torch_classes_right, [torch.from_numpy(x)], torch.from_numpy(y).long(), batch)


name, version, run = with_torch() if options.framework == "torch" else with_keras()
common.measure(options, name, version, common.seconds_each(run, -(-samples // batch)))

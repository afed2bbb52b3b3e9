#!/usr/bin/env python3
"""Seconds a training step of a deep network: 3,072 inputs, 20 layers of 100 with batch normalisation and swish, 10 classes, Nadam,
batch 32."""
import common

options = common.arguments(__doc__, ["keras-jax", "keras-tensorflow", "torch"])

import numpy

SAMPLES, BATCH = 8192, 32
random = numpy.random.default_rng(0)
x = random.integers(0, 256, (SAMPLES, 3072), "uint8").astype("float32") / 255
y = random.integers(0, 10, SAMPLES).astype("int32")


def with_keras():
    keras, name, version = common.load_keras(options)
    layers = keras.layers
    model = keras.Sequential([layers.Input((3072,))])
    for _ in range(20):
        model.add(layers.Dense(100, kernel_initializer="he_normal", use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.Activation("swish"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(optimizer="nadam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return name, version, common.keras_epoch(keras, model, x, y, BATCH)


def with_torch():
    torch, name, version = common.load_torch(options)
    nn = torch.nn
    layers = []
    for i in range(20):
        layers += [common.torch_dense(torch, 3072 if i == 0 else 100, 100, bias=False),
                   nn.BatchNorm1d(100, eps=1e-3, momentum=0.01), nn.SiLU()]
    model = nn.Sequential(*layers, nn.Linear(100, 10))
    return name, version, common.torch_epoch(
        torch, model, common.torch_optimizer(torch, "nadam", model.parameters()), nn.CrossEntropyLoss(),
        common.torch_classes_right, [torch.from_numpy(x)], torch.from_numpy(y).long(), BATCH)


name, version, run = with_torch() if options.framework == "torch" else with_keras()
common.measure(options, name, version, common.seconds_each(run, SAMPLES // BATCH))

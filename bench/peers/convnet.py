#!/usr/bin/env python3
"""Seconds a training step of Keras's MNIST convnet on random images: convnet.py FRAMEWORK [BATCH]; PyTorch in the layout that is faster
on CPUs, channels_last."""
import common

options = common.arguments(__doc__, ["keras-jax", "keras-tensorflow", "torch"])

import numpy

batch = int(options.words[0]) if options.words else 128
samples = batch * 16  # as ../convnet.c
random = numpy.random.default_rng(0)
x = random.uniform(-1, 1, (samples, 28, 28, 1)).astype("float32")
y = random.integers(0, 10, samples).astype("int32")


def with_keras():
    keras, name, version = common.load_keras(options)
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten(), layers.Dropout(0.5),
        layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return name, version, common.keras_epoch(keras, model, x, y, batch)


def with_torch():
    torch, name, version = common.load_torch(options)
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
                          nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10)).to(memory_format=torch.channels_last)
    images = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()).to(memory_format=torch.channels_last)
    return name, version, common.torch_epoch(
        torch, model, common.torch_optimizer(torch, "adam", model.parameters()), nn.CrossEntropyLoss(), common.torch_classes_right,
        [images], torch.from_numpy(y).long(), batch)


name, version, run = with_torch() if options.framework == "torch" else with_keras()
common.measure(options, name, version, common.seconds_each(run, -(-samples // batch)))

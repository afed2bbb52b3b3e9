#!/usr/bin/env python3
"""Trains a network on eight classes of Fashion-MNIST (all but sandals and shirts) in real Keras and saves it, for transfer.c.

    build/venv/bin/python examples/keras_transfer.py examples/eight_classes.keras"""
import gzip
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy
from keras import layers

FOLDER = "/usr/share/datasets/fashion-mnist"


def read(name, header):
    with gzip.open(os.path.join(FOLDER, name + ".gz"), "rb") as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


x = read("train-images-idx3-ubyte", 16).reshape(-1, 28, 28)[:40000] / numpy.float32(255)
y = read("train-labels-idx1-ubyte", 8)[:40000].astype("int32")
kept = (y != 5) & (y != 6)
x, y = x[kept], numpy.where(y[kept] > 6, y[kept] - 2, y[kept])
keras.utils.set_random_seed(1)
model = keras.Sequential([
    layers.Input((28, 28)), layers.Flatten(),
    layers.Dense(24, activation="relu", kernel_initializer="he_normal"),
    layers.Dense(24, activation="relu", kernel_initializer="he_normal"), layers.Dense(8, activation="softmax")])
model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=12, verbose=2)
model.save(sys.argv[1])

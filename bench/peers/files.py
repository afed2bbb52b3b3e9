#!/usr/bin/env python3
"""Seconds from the start of reading 10,000 images from files to the end of an epoch of the chapter's example on them: files.py FRAMEWORK
csv|folder FOLDER. The CSV file with numpy.loadtxt, the folder with keras.utils.image_dataset_from_directory (which needs TensorFlow)."""
import os

import common

options = common.arguments(__doc__, ["keras-jax", "keras-tensorflow"])

import numpy

import chapter_model

kind, folder = options.words
keras, name, version = common.load_keras(options)
model = chapter_model.make(keras)


def csv():
    table = numpy.loadtxt(os.path.join(folder, "images.csv"), "float32", delimiter=",", skiprows=1)
    model.fit(table[:, 1:].reshape(-1, 28, 28) / 255, table[:, 0].astype("int32"), epochs=1, batch_size=32, verbose=0)


def images():
    data = keras.utils.image_dataset_from_directory(
        os.path.join(folder, "images"), color_mode="grayscale", image_size=(28, 28), batch_size=32, verbose=False)
    model.fit(data.map(lambda x, y: (x[..., 0] / 255, y)), epochs=1, verbose=0)


common.measure(options, name, version, common.clocked(csv if kind == "csv" else images))

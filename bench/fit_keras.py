#!/usr/bin/env python3
"""A real Keras model of the chapter's network, trained by its own fit and by hone.fit in turns: seconds of both, and their ratio.
Where Keras, its backend and the wheel of `make python` are installed:  KERAS_BACKEND=tensorflow bench/fit_keras.py"""
import time

import hone
import keras
import numpy

import chapter_model

ROWS, BATCH, EPOCHS, ROUNDS = 20000, 32, 2, 3


def seconds(fit, model, x, y, epochs):
    begun = time.perf_counter()
    fit(model, x, y, epochs=epochs, batch_size=BATCH, verbose=0)
    return time.perf_counter() - begun


def main():
    random = numpy.random.default_rng(0)
    x, y = random.random((ROWS, 28, 28), dtype="float32"), random.integers(0, 10, ROWS)
    contestants = [(keras.Model.fit, chapter_model.make(keras)), (hone.fit, chapter_model.make(keras))]
    for fit, model in contestants:  # what is compiled once is not counted
        seconds(fit, model, x[:100 * BATCH], y[:100 * BATCH], 1)
    print(f"Keras {keras.__version__} on {keras.backend.backend()}: {ROWS} images, {EPOCHS} epochs, batches of {BATCH}")
    for _ in range(ROUNDS):
        of_keras, of_hone = (seconds(fit, model, x, y, EPOCHS) for fit, model in contestants)
        print(f"  Keras {of_keras:.2f} s, hone.fit {of_hone:.2f} s: {of_keras / of_hone:.1f} times", flush=True)


if __name__ == "__main__":
    main()

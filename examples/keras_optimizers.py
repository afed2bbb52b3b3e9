#!/usr/bin/env python3
"""The trainings of optimizers.c in real Keras: the same initial weights, batches and rules.

    build/venv/bin/python examples/keras_optimizers.py START.keras [SAMPLES [EPOCHS]]

START.keras is the 05-start.keras that example_optimizers wrote. Prints a table."""
import gzip
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy

FOLDER = "/usr/share/datasets/fashion-mnist"
RULES = {
    "SGD": lambda: keras.optimizers.SGD(0.01),
    "momentum": lambda: keras.optimizers.SGD(0.01, momentum=0.9),
    "Nesterov": lambda: keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True),
    "AdaGrad": lambda: keras.optimizers.Adagrad(0.01),
    "RMSprop": lambda: keras.optimizers.RMSprop(0.001),
    "Adam": lambda: keras.optimizers.Adam(0.001),
    "AdamW": lambda: keras.optimizers.AdamW(0.001),
    "Nadam": lambda: keras.optimizers.Nadam(0.001),
}


def read(name, header):
    for folder in (FOLDER, os.path.join(FOLDER, "data"), os.path.join(FOLDER, "data", "fashion")):
        for ending, opener in ((".gz", gzip.open), ("", open)):
            path = os.path.join(folder, name + ending)
            if os.path.exists(path):
                with opener(path, "rb") as file:
                    return numpy.frombuffer(file.read(), numpy.uint8, offset=header)
    sys.exit(f"{FOLDER}: {name} is not there: install dataset-fashion-mnist")


def main():
    start = sys.argv[1]
    samples = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    x = read("train-images-idx3-ubyte", 16).reshape(-1, 28, 28) / numpy.float32(255)
    y = read("train-labels-idx1-ubyte", 8)
    held = min(5000, max(50, samples // 4))
    print(f"Keras {keras.__version__}, {keras.backend.backend()}, {samples} images, {epochs} epochs")
    for label, make in RULES.items():
        model = keras.models.load_model(start, compile=False)
        model.compile(optimizer=make(), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        history = model.fit(x[:samples], y[:samples], epochs=epochs, shuffle=False, verbose=0,
                            validation_data=(x[-held:], y[-held:])).history
        print(f"{label:10} loss {history['loss'][-1]:.4f}  val_loss {history['val_loss'][-1]:.4f}  "
              f"val_accuracy {history['val_accuracy'][-1]:.4f}", flush=True)


main()

#!/usr/bin/env python3
"""The first 100 losses of the chapter's network without dropout or shuffling, from the same weights, in Keras and in Hone.

    build/venv/bin/python bench/first_losses.py [--steps 100]

Keras makes the model and its losses. Hone gets the file and one batch at a time (`hone train ... --output`), so each of its
steps passes through a saved model with the state of Adam. They must agree within 1e-4. HONE names the command (default
build/release/hone).
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

os.environ["KERAS_BACKEND"] = "jax"
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras
import numpy

import chapter_model
import data

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HONE = os.environ.get("HONE", os.path.join(ROOT, "build", "release", "hone"))
BATCH = 32


def make_model():
    keras.utils.set_random_seed(0)
    return chapter_model.make(keras, dropout=False)


def hone_step(model, x, y, folder):
    """Trains on one batch, in place; returns its loss."""
    batch = os.path.join(folder, "batch.npz")
    numpy.savez(batch, x=x, y=y)
    text = subprocess.run([HONE, "train", model, "--data", batch, "--epochs", "1", "--no-shuffle", "--verbose", "0",
                           "--json", "--output", model], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True).stdout
    return next(row["loss"] for row in map(json.loads, text.splitlines()) if row["event"] == "epoch")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=100)
    options = parser.parse_args()
    (x, y), _ = data.chapter_data()
    model = make_model()
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        for step in range(options.steps):
            rows = slice(step * BATCH, (step + 1) * BATCH)
            keras_loss = float(model.train_on_batch(x[rows], y[rows], return_dict=True)["loss"])
            hone_loss = hone_step(path, x[rows], y[rows], folder)
            worst = max(worst, abs(hone_loss - keras_loss))
            if step < 5 or (step + 1) % 10 == 0:
                print(f"step {step + 1:4}: Keras {keras_loss:.6f}  Hone {hone_loss:.6f}  {hone_loss - keras_loss:+.1e}")
    passed = worst <= 1e-4
    print(f"largest difference {worst:.1e}, allowed 1.0e-04: {'pass' if passed else 'FAIL'}")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())

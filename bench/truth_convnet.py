#!/usr/bin/env python3
"""What do Hone and Keras reach with examples/convnet.yaml, the network of `make demo-cnn`, in one run?

    python bench/truth_convnet.py                      both, 12 epochs, seed 0
    python bench/truth_convnet.py --epochs 2 --seed 3
    python bench/truth_convnet.py --only hone

Prints the accuracy on the 10,000 test images and the seconds of each. HONE names the command (default
build/release/hone); Keras's part needs scripts/venv.sh, and takes the backend of KERAS_BACKEND (default jax).
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(FOLDER)
STEPS = 430  # of 128 of 55,000 images, in an epoch


def run_keras(seed, epochs):
    """The accuracy of each epoch on validation data, then that on test data."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    sys.path.insert(0, FOLDER)
    import keras
    from keras import layers

    import data

    (x, y), validation = data.chapter_data()
    test_x, test_y = data.fashion_mnist("t10k")
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.RandomFlip("horizontal"),
        layers.RandomTranslation(0.05, 0.05, fill_mode="constant"),
        layers.Conv2D(32, 3, padding="same", activation="relu", kernel_initializer="he_normal"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, padding="same", activation="relu", kernel_initializer="he_normal"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(128, activation="relu", kernel_initializer="he_normal"),
        layers.Dropout(0.3),
        layers.Dense(10, activation="softmax"),
    ])
    rate = keras.optimizers.schedules.CosineDecay(0.001, STEPS * epochs)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x[..., None], y, batch_size=128, epochs=epochs, verbose=2,
                        validation_data=(validation[0][..., None], validation[1])).history
    return history["val_accuracy"], model.evaluate(test_x[..., None].astype("float32") / 255, test_y, verbose=0)[1]


def run_hone(seed, epochs):
    command = os.environ.get("HONE", os.path.join(ROOT, "build", "release", "hone"))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "convnet.keras")
        train = [command, "train", os.path.join(ROOT, "examples", "convnet.yaml"), "--seed", str(seed), "--epochs",
                 str(epochs), "--optimizer", f"adam(learning_rate=cosine_decay(0.001, {STEPS * epochs}))",
                 "--verbose", "0", "--json", "--output", path]
        lines = subprocess.run(train, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
        rows = [row for row in map(json.loads, lines) if row.get("event") == "epoch"]
        evaluate = [command, "evaluate", path, "--data", "fashion-mnist#test", "--scale", "1/255", "--json"]
        result = json.loads(subprocess.run(evaluate, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return [row["val_accuracy"] for row in rows], result["accuracy"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=("hone", "keras"))
    args = parser.parse_args()
    for name, run in (("hone", run_hone), ("keras", run_keras)):
        if args.only not in (None, name):
            continue
        start = time.time()
        validation, test = run(args.seed, args.epochs)
        print(f"{name:6} test accuracy {test:.4f}, best validation accuracy {max(validation):.4f}, "
              f"{time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()

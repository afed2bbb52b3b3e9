"""The chapter's network in Keras on either backend, timed. Used by keras_jax.py and keras_tensorflow.py."""
import argparse
import json
import os
import resource
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--threads", type=int, default=1, choices=[1, 2, 4, 8])
    parser.add_argument("--epochs", type=int, default=4, help="the first one warms up and is not counted")
    return parser.parse_args()


def use_threads(count):
    """As many of the allowed cores as threads; every framework's pools follow."""
    cores = sorted(os.sched_getaffinity(0))[:count]
    os.sched_setaffinity(0, cores)
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(count)
    return len(cores)


def report(name, version, threads, seconds, accuracy):
    """One JSON line. The first epoch, with its compilation, does not count."""
    print(json.dumps({
        "name": name, "version": version, "threads": threads, "epochs": len(seconds),
        "seconds_per_epoch": round(statistics.median(seconds[1:] or seconds), 4),
        "peak_resident_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "seconds": [round(value, 4) for value in seconds], "accuracy": round(accuracy, 4)}))


def run(name, framework_version, options, threads):
    import keras
    from keras import layers

    import data

    class Clock(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.seconds = []

        def on_epoch_begin(self, epoch, logs=None):
            self.start = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            self.seconds.append(time.perf_counter() - self.start)

    (x, y), _ = data.chapter_data()
    keras.utils.set_random_seed(0)
    model = keras.Sequential([
        layers.Input((28, 28)), layers.Flatten(),
        layers.Dense(300, activation="relu", kernel_initializer="he_normal"), layers.BatchNormalization(),
        layers.Dense(100, activation="relu", kernel_initializer="he_normal"), layers.Dropout(0.5),
        layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    clock = Clock()
    history = model.fit(x, y, epochs=options.epochs, batch_size=32, verbose=0, callbacks=[clock])
    report(name, f"keras {keras.__version__}, {framework_version}", threads, clock.seconds,
           history.history["accuracy"][-1])

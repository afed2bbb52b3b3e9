#!/usr/bin/env python3
"""Seconds a sample of prediction with 784-300-100-10: inference.py FRAMEWORK latency, one sample per call, or throughput BATCH, 10,000
samples a call. Keras with predict_on_batch for one sample and predict for many."""
import common

options = common.arguments(__doc__, ["keras-jax", "keras-tensorflow", "torch"])

import numpy

SAMPLES, CALLS = 10000, 100
one = options.words[0] == "latency"
batch = 1 if one else int(options.words[1])
x = numpy.random.default_rng(0).uniform(-1, 1, (SAMPLES, 784)).astype("float32")


def with_keras():
    keras, name, version = common.load_keras(options)
    layers = keras.layers
    model = keras.Sequential([layers.Input((784,)), layers.Dense(300, activation="relu"), layers.Dense(100, activation="relu"),
                              layers.Dense(10, activation="softmax")])

    def latency():
        for i in range(CALLS):
            model.predict_on_batch(x[i:i + 1])

    def throughput():
        model.predict(x, batch_size=batch, verbose=0)
    return name, version, latency if one else throughput


def with_torch():
    torch, name, version = common.load_torch(options)
    nn = torch.nn
    model = nn.Sequential(nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10), nn.Softmax(1)).eval()
    tensor = torch.from_numpy(x)

    @torch.inference_mode()
    def latency():
        for i in range(CALLS):
            model(tensor[i:i + 1])

    @torch.inference_mode()
    def throughput():
        torch.cat([model(part) for part in tensor.split(batch)])
    return name, version, latency if one else throughput


name, version, call = with_torch() if options.framework == "torch" else with_keras()
common.measure(options, name, version, common.seconds_each(common.clocked(call), CALLS if one else SAMPLES))

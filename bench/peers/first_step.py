#!/usr/bin/env python3
"""From the start of the process to the end of its first training step, 784-300-100-10, batch 32, Adam; the whole process is timed from
outside. With the word "import" it only imports the framework."""
import common

options = common.arguments(__doc__, ["keras-jax", "keras-tensorflow", "torch"])


def with_keras():
    keras, _, version = common.load_keras(options)
    print(version, flush=True)
    if options.words == ["import"]:
        return
    import numpy
    layers = keras.layers
    model = keras.Sequential([layers.Input((784,)), layers.Dense(300, activation="relu"), layers.Dense(100, activation="relu"),
                              layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    random = numpy.random.default_rng(0)
    model.train_on_batch(random.random((32, 784), "float32"), random.integers(0, 10, 32))


def with_torch():
    torch, _, version = common.load_torch(options)
    print(version, flush=True)
    if options.words == ["import"]:
        return
    nn = torch.nn
    model = nn.Sequential(nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10))
    optimizer = common.torch_optimizer(torch, "adam", model.parameters())
    nn.CrossEntropyLoss()(model(torch.rand(32, 784)), torch.randint(0, 10, (32,))).backward()
    optimizer.step()


with_torch() if options.framework == "torch" else with_keras()

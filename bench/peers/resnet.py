#!/usr/bin/env python3
"""Seconds a training step of ResNet-20 on random images of 32 x 32: resnet.py FRAMEWORK [BATCH]; PyTorch in the layout that is faster
on CPUs, channels_last."""
import common

options = common.arguments(__doc__, ["keras-jax", "keras-tensorflow", "torch"])

import numpy

batch = int(options.words[0]) if options.words else 128
samples = batch * 4  # as ../resnet.c
random = numpy.random.default_rng(0)
x = random.uniform(-1, 1, (samples, 32, 32, 3)).astype("float32")
y = random.integers(0, 10, samples).astype("int32")
BLOCKS = [(filters, 2 if filters > 16 and i == 0 else 1) for filters in (16, 32, 64) for i in range(3)]


def with_keras():
    keras, name, version = common.load_keras(options)
    layers = keras.layers

    def convolved(x, filters, size, stride):
        return layers.BatchNormalization()(layers.Conv2D(filters, size, strides=stride, padding="same", use_bias=False)(x))

    image = keras.Input((32, 32, 3))
    z = layers.ReLU()(convolved(image, 16, 3, 1))
    for filters, stride in BLOCKS:
        shortcut = z if stride == 1 else convolved(z, filters, 1, stride)
        z = convolved(layers.ReLU()(convolved(z, filters, 3, stride)), filters, 3, 1)
        z = layers.ReLU()(layers.Add()([z, shortcut]))
    model = keras.Model(image, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(z)))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return name, version, common.keras_epoch(keras, model, x, y, batch)


def with_torch():
    torch, name, version = common.load_torch(options)
    nn = torch.nn

    def convolved(inputs, filters, size, stride):
        return nn.Sequential(nn.Conv2d(inputs, filters, size, stride, size // 2, bias=False), nn.BatchNorm2d(filters))

    class Block(nn.Module):
        def __init__(self, inputs, filters, stride):
            super().__init__()
            self.first, self.second = convolved(inputs, filters, 3, stride), convolved(filters, filters, 3, 1)
            self.shortcut = nn.Identity() if stride == 1 else convolved(inputs, filters, 1, stride)

        def forward(self, z):
            return torch.relu(self.second(torch.relu(self.first(z))) + self.shortcut(z))

    inputs = [16] + [filters for filters, _ in BLOCKS]
    blocks = [Block(inputs[i], *BLOCKS[i]) for i in range(len(BLOCKS))]
    model = nn.Sequential(convolved(3, 16, 3, 1), nn.ReLU(), *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                          nn.Linear(64, 10)).to(memory_format=torch.channels_last)
    images = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()).to(memory_format=torch.channels_last)
    return name, version, common.torch_epoch(
        torch, model, common.torch_optimizer(torch, "adam", model.parameters()), nn.CrossEntropyLoss(), common.torch_classes_right,
        [images], torch.from_numpy(y).long(), batch)


name, version, run = with_torch() if options.framework == "torch" else with_keras()
common.measure(options, name, version, common.seconds_each(run, -(-samples // batch)))

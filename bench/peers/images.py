#!/usr/bin/env python3
"""Networks for images: images.py FRAMEWORK NETWORK train [BATCH], seconds a training step on random images; latency, one image per
call; throughput, 1,000 images per call in batches of 32. NETWORK: resnet, mobilenet, unet, as in ../images.c. PyTorch in the layout
that is faster on CPUs, channels_last."""
import common

options = common.arguments(__doc__, ["keras-jax", "keras-tensorflow", "torch"])

import numpy

network, what = options.words[0], options.words[1]
SIDE, BATCH = {"resnet": (32, 128), "mobilenet": (96, 32), "unet": (64, 16)}[network]
IMAGES, CALLS = 1000, 20
batch = int(options.words[2]) if len(options.words) > 2 else BATCH
samples = batch * 4 if what == "train" else IMAGES
random = numpy.random.default_rng(0)
x = random.uniform(-1, 1, (samples, SIDE, SIDE, 3)).astype("float32")
masks = network == "unet"
y = random.integers(0, 2, (samples, SIDE, SIDE, 1)).astype("float32") if masks else random.integers(0, 10, samples).astype("int32")

RESIDUALS = [(filters, 2 if filters > 16 and i == 0 else 1) for filters in (16, 32, 64) for i in range(3)]
INVERTED = [(wider, filters, stride if i == 0 else 1)
            for wider, filters, count, stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
                                                  (6, 160, 3, 2), (6, 320, 1, 1)) for i in range(count)]
LEVELS = (16, 32, 64)


def keras_network(keras):
    layers = keras.layers
    image = keras.Input((SIDE, SIDE, 3))

    def convolved(x, filters, size, stride):
        return layers.BatchNormalization()(layers.Conv2D(filters, size, strides=stride, padding="same", use_bias=False)(x))

    def classifier(x):
        return keras.Model(image, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x)))

    def resnet():
        z = layers.ReLU()(convolved(image, 16, 3, 1))
        for filters, stride in RESIDUALS:
            shortcut = z if stride == 1 else convolved(z, filters, 1, stride)
            z = convolved(layers.ReLU()(convolved(z, filters, 3, stride)), filters, 3, 1)
            z = layers.ReLU()(layers.Add()([z, shortcut]))
        return classifier(z)

    def mobilenet():
        z = layers.ReLU(6)(convolved(image, 32, 3, 2))
        for wider, filters, stride in INVERTED:
            start = z
            z = z if wider == 1 else layers.ReLU(6)(convolved(z, wider * z.shape[-1], 1, 1))
            z = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(z)
            z = convolved(layers.ReLU(6)(layers.BatchNormalization()(z)), filters, 1, 1)
            z = layers.Add()([start, z]) if stride == 1 and start.shape[-1] == filters else z
        return classifier(layers.ReLU(6)(convolved(z, 1280, 1, 1)))

    def unet():
        def two(z, filters):
            for _ in range(2):
                z = layers.Conv2D(filters, 3, padding="same", activation="relu")(z)
            return z
        z, kept = image, []
        for filters in LEVELS:
            kept.append(two(z, filters))
            z = layers.MaxPooling2D()(kept[-1])
        z = two(z, 128)
        for filters in reversed(LEVELS):
            z = two(layers.Concatenate()([kept.pop(), layers.Conv2DTranspose(filters, 2, strides=2)(z)]), filters)
        return keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid")(z))
    return {"resnet": resnet, "mobilenet": mobilenet, "unet": unet}[network]()


def with_keras():
    keras, name, version = common.load_keras(options)
    model = keras_network(keras)
    model.compile(optimizer="adam", loss="binary_crossentropy" if masks else "sparse_categorical_crossentropy", metrics=["accuracy"])
    if what == "train":
        return name, version, common.keras_epoch(keras, model, x, y, batch)

    def latency():
        for i in range(CALLS):
            model.predict_on_batch(x[i:i + 1])
    return name, version, common.clocked(latency if what == "latency" else lambda: model.predict(x, batch_size=32, verbose=0))


def torch_network(torch):
    nn = torch.nn

    def convolved(inputs, filters, size, stride, groups=1):
        return nn.Sequential(nn.Conv2d(inputs, filters, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(filters))

    def classifier(last, *parts):
        return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(last, 10))

    class Residual(nn.Module):
        def __init__(self, inputs, filters, stride):
            super().__init__()
            self.first, self.second = convolved(inputs, filters, 3, stride), convolved(filters, filters, 3, 1)
            self.shortcut = nn.Identity() if stride == 1 else convolved(inputs, filters, 1, stride)

        def forward(self, z):
            return torch.relu(self.second(torch.relu(self.first(z))) + self.shortcut(z))

    class Inverted(nn.Module):
        def __init__(self, inputs, wider, filters, stride):
            super().__init__()
            parts = [] if wider == 1 else [convolved(inputs, wider * inputs, 1, 1), nn.ReLU6()]
            self.parts = nn.Sequential(*parts, convolved(wider * inputs, wider * inputs, 3, stride, wider * inputs), nn.ReLU6(),
                                       convolved(wider * inputs, filters, 1, 1))
            self.adds = stride == 1 and inputs == filters

        def forward(self, z):
            return z + self.parts(z) if self.adds else self.parts(z)

    class UNet(nn.Module):
        def __init__(self):
            super().__init__()

            def two(inputs, filters):
                return nn.Sequential(nn.Conv2d(inputs, filters, 3, padding=1), nn.ReLU(), nn.Conv2d(filters, filters, 3, padding=1), nn.ReLU())
            self.down = nn.ModuleList(two(a, b) for a, b in zip((3, *LEVELS), (*LEVELS, 128)))
            self.wider = nn.ModuleList(nn.ConvTranspose2d(2 * filters, filters, 2, 2) for filters in LEVELS)
            self.up = nn.ModuleList(two(2 * filters, filters) for filters in LEVELS)
            self.last = nn.Conv2d(LEVELS[0], 1, 1)

        def forward(self, z):
            kept = []
            for part in self.down[:-1]:
                kept.append(part(z))
                z = nn.functional.max_pool2d(kept[-1], 2)
            z = self.down[-1](z)
            for wider, up in zip(reversed(self.wider), reversed(self.up)):
                z = up(torch.cat([kept.pop(), wider(z)], 1))
            return self.last(z)

    def resnet():
        inputs = [16] + [filters for filters, _ in RESIDUALS]
        return classifier(64, convolved(3, 16, 3, 1), nn.ReLU(), *(Residual(n, *block) for n, block in zip(inputs, RESIDUALS)))

    def mobilenet():
        inputs = [32] + [filters for _, filters, _ in INVERTED]
        return classifier(1280, convolved(3, 32, 3, 2), nn.ReLU6(), *(Inverted(n, *block) for n, block in zip(inputs, INVERTED)),
                          convolved(320, 1280, 1, 1), nn.ReLU6())
    return {"resnet": resnet, "mobilenet": mobilenet, "unet": UNet}[network]().to(memory_format=torch.channels_last)


def with_torch():
    torch, name, version = common.load_torch(options)
    model = torch_network(torch)
    images = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()).to(memory_format=torch.channels_last)
    if what == "train":
        target = torch.from_numpy(y.transpose(0, 3, 1, 2).copy()) if masks else torch.from_numpy(y).long()
        loss = torch.nn.BCEWithLogitsLoss() if masks else torch.nn.CrossEntropyLoss()
        right = (lambda answer, target: ((answer > 0) == (target > 0.5)).float().mean() * len(target)) if masks else common.torch_classes_right
        return name, version, common.torch_epoch(torch, model, common.torch_optimizer(torch, "adam", model.parameters()), loss, right,
                                                 [images], target, batch)
    model.eval()

    @torch.inference_mode()
    def latency():
        for i in range(CALLS):
            model(images[i:i + 1])

    @torch.inference_mode()
    def throughput():
        torch.cat([model(part) for part in images.split(32)])
    return name, version, common.clocked(latency if what == "latency" else throughput)


name, version, run = with_torch() if options.framework == "torch" else with_keras()
common.measure(options, name, version, common.seconds_each(run, {"train": -(-samples // batch), "latency": CALLS, "throughput": IMAGES}[what]))

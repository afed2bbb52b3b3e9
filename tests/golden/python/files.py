"""files/: small models saved by Keras, and what they compute and learn. The binary files are made once (they hold the date);
--check verifies that Keras still reads them and computes what stands beside them."""
import os
import sys

import keras
import numpy

from common import FOLDER, generator, normal, number, tensor, uniform
from trainings import numbers, one

layers, O, S = keras.layers, keras.optimizers, keras.optimizers.schedules
SPARSE = "sparse_categorical_crossentropy"
SAMPLES, BATCH, STEPS = 20, 8, 5


def chapter():
    model = keras.Sequential([
        layers.Input((4, 4)), layers.Flatten(), layers.Dense(12, activation="relu", kernel_initializer="he_normal"),
        layers.BatchNormalization(), layers.Dense(6, activation="relu", kernel_initializer="he_normal"),
        layers.Dropout(0.5), layers.Dense(3, activation="softmax")])
    model.compile(optimizer="adam", loss=SPARSE, metrics=["accuracy"])
    return model


def chapter_without_dropout():
    model = keras.Sequential([
        layers.Input((4, 4)), layers.Flatten(), layers.Dense(12, activation="tanh"), layers.BatchNormalization(),
        layers.Dense(6, activation="sigmoid"), layers.Dense(3, activation="softmax")])
    model.compile(optimizer="adam", loss=SPARSE, metrics=["accuracy"])
    return model


def every_layer_of_the_foundation():
    model = keras.Sequential([
        layers.Input((3, 2), name="image"), layers.Flatten(name="flat"),
        layers.Dense(5, use_bias=False, kernel_initializer=keras.initializers.RandomNormal(0.0, 0.3, seed=7),
                     kernel_regularizer="l2", name="first"),
        layers.BatchNormalization(momentum=0.9, epsilon=0.01, center=False, name="norm"), layers.Activation("tanh"),
        layers.Dropout(0.0, seed=3),
        layers.Dense(4, activation="sigmoid", kernel_initializer="glorot_normal",
                     bias_initializer=keras.initializers.Constant(0.1),
                     kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02), bias_regularizer=keras.regularizers.L1(0.01)),
        layers.Dense(2, kernel_initializer=keras.initializers.VarianceScaling(2.0, "fan_avg", "uniform"))])
    model.compile(optimizer=O.Adam(0.01, clipnorm=0.5), loss="mse", metrics=["mae"])
    return model


def sgd_momentum():
    model = keras.Sequential([layers.Input((5,)), layers.Dense(6, activation="tanh"), layers.Dense(1)])
    model.compile(optimizer=O.SGD(0.05, momentum=0.9, nesterov=True, weight_decay=0.01, clipvalue=0.5),
                  loss=keras.losses.MeanSquaredError(), metrics=[keras.metrics.MeanAbsoluteError(name="error")])
    return model


def binary_logits():
    model = keras.Sequential([layers.Input((5,)), layers.Dense(6, activation="swish"), layers.Dense(1)])
    model.compile(optimizer=O.RMSprop(0.01, momentum=0.5, centered=True, epsilon=1e-3),
                  loss=keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1),
                  metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
    return model


def functional():
    left, right = layers.Input((3,), name="left"), layers.Input((3,), name="right")
    tower = layers.Dense(4, activation="tanh", name="tower")
    inner = keras.Sequential([layers.Input((4,)), layers.Dense(4, activation="gelu"), layers.LayerNormalization()],
                             name="inner")
    a, b = inner(tower(left)), tower(right)
    joined = layers.Concatenate()([a, b, left])
    both = layers.Average()([a, b])
    model = keras.Model([left, right], [layers.Dense(1, name="price")(joined),
                                        layers.Dense(3, activation="softmax", name="kind")(both)], name="two_towers")
    model.compile(optimizer=O.Adam(0.01), loss={"price": "mse", "kind": SPARSE},
                  loss_weights={"price": 0.3, "kind": 2.0}, metrics={"price": ["mae"], "kind": ["accuracy"]})
    return model


def schedule():
    model = keras.Sequential([layers.Input((5,)), layers.Dense(6, activation="tanh"), layers.Dense(3, activation="softmax")])
    model.compile(optimizer=O.Nadam(S.ExponentialDecay(0.02, 4, 0.5)), loss=SPARSE, metrics=["accuracy"])
    return model


def ema():
    model = keras.Sequential([layers.Input((5,)), layers.Dense(6, activation="tanh"), layers.Dense(1)])
    model.compile(optimizer=O.Adam(0.01, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=4), loss="mse")
    return model


def accumulation():
    model = keras.Sequential([layers.Input((5,)), layers.Dense(6, activation="tanh"), layers.Dense(1)])
    model.compile(optimizer=O.Adam(0.02, amsgrad=True, gradient_accumulation_steps=2, global_clipnorm=0.3), loss="mse")
    return model


def frozen():
    model = keras.Sequential([layers.Input((5,)), layers.Dense(6, activation="tanh", name="kept", trainable=False),
                              layers.BatchNormalization(trainable=False), layers.Dense(4, activation="tanh"),
                              layers.Dense(1)])
    model.compile(optimizer=O.SGD(0.1, momentum=0.5), loss="mse")
    return model


def many_layers():
    words = layers.Input((4,), dtype="int32", name="words")
    x = layers.Embedding(7, 4, mask_zero=True)(words)
    x = layers.GroupNormalization(groups=2)(x)
    x = layers.Dense(4, activation="selu", kernel_constraint="max_norm", activity_regularizer="l2")(x)
    x = layers.PReLU(shared_axes=[1])(x)
    y = layers.Permute((2, 1))(layers.RMSNormalization()(x))
    x = layers.Reshape((16,))(y)
    x = layers.AlphaDropout(0.0)(layers.GaussianNoise(0.0)(x))
    x = layers.LeakyReLU(0.1)(layers.Dense(6)(x))
    x = layers.UnitNormalization()(layers.ELU(0.5)(x))
    x = layers.Softmax()(layers.Dense(3)(x))
    model = keras.Model(words, x)
    model.compile(optimizer=O.AdamW(0.01), loss=SPARSE, metrics=["accuracy"])
    return model


def not_compiled():
    return keras.Sequential([layers.Input((5,)), layers.Dense(4, activation="elu"), layers.Dense(2)])


def unbuilt():
    return keras.Sequential([layers.Dense(4, activation="relu"), layers.Dense(2)])


def data(name, model):
    random = generator("files", name)
    inputs, targets = [], []
    for value in model.inputs if model.built else [None]:
        shape = value.shape[1:] if value is not None else (5,)
        if value is not None and value.dtype == "int32":
            ids = random.integers(1, 7, (SAMPLES, *shape)).astype("int32")
            ids[::3, -1] = 0
            inputs.append(ids)
        else:
            inputs.append(normal(random, SAMPLES, *shape))
    for value in model.outputs if model.built else []:
        if value.shape[-1] == 3:
            targets.append(random.integers(0, 3, SAMPLES).astype("int32"))
        elif "logits" in name:
            targets.append(random.integers(0, 2, (SAMPLES, 1)).astype("float32"))
        else:
            targets.append(uniform(random, -1, 1, SAMPLES, value.shape[-1]))
    return inputs, targets


# name: (model, steps before it is saved)
FILES = {
    "chapter": (chapter, 3), "chapter_without_dropout": (chapter_without_dropout, 3),
    "foundation_layers": (every_layer_of_the_foundation, 3), "sgd_momentum": (sgd_momentum, 3),
    "binary_logits": (binary_logits, 3), "functional": (functional, 3), "schedule": (schedule, 3), "ema": (ema, 3),
    "accumulation": (accumulation, 3), "frozen": (frozen, 3), "many_layers": (many_layers, 3),
    "compiled_never_trained": (sgd_momentum, 0), "not_compiled": (not_compiled, 0), "unbuilt": (unbuilt, 0),
}


def batches(values, steps):
    for step in range(steps):
        begin = step * BATCH % SAMPLES
        yield one([value[begin:begin + BATCH] for value in values])


def train(model, x, y, steps):
    return [number(model.train_on_batch(a, b, return_dict=True)["loss"])
            for a, b in zip(batches(x, steps), batches(y, steps))]


def path_of(name):
    return os.path.join(FOLDER, "files", name)


def create(name):
    build, steps = FILES[name]
    keras.utils.clear_session()
    keras.utils.set_random_seed(11)
    model = build()
    x, y = data(name, model)
    if steps:
        train(model, x, y, steps)
    model.save(path_of(name + ".keras"))
    if name == "chapter":
        model.save_weights(path_of("chapter.weights.h5"))


def facts(name):
    """What Keras computes from the file."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(11)
    model = keras.saving.load_model(path_of(name + ".keras"))
    x, y = data(name, model)
    row = {"inputs": [tensor(value) for value in x], "targets": [tensor(value) for value in y]}
    if name == "unbuilt":
        return row
    row["input_names"] = [value.name for value in model.inputs]
    row["output_names"] = list(getattr(model, "output_names", [model.layers[-1].name]))
    row["weights"] = [{"path": weight.path, **tensor(weight.numpy())} for weight in model.weights]
    predictions = model.predict(one(x), batch_size=BATCH, verbose=0)
    row["predictions"] = [tensor(value) for value in (predictions if isinstance(predictions, list) else [predictions])]
    if model.compiled:
        evaluation = model.evaluate(one(x), one(y), batch_size=BATCH, return_dict=True, verbose=0)
        row["evaluation"] = {key: one(numbers([value])) for key, value in sorted(evaluation.items())}
        row["iterations"] = int(model.optimizer.iterations)
        if name != "chapter":  # dropout
            row.update({"steps": STEPS, "batch_size": BATCH, "losses": train(model, x, y, STEPS)})
            row["weights_after"] = [tensor(value) for value in model.get_weights()]
    return row


def fashion():
    """The first 3,200 training images, from Debian's package."""
    sys.path.insert(0, os.path.join(FOLDER, "..", "..", "bench"))
    import data as bench_data

    images, labels = bench_data.fashion_mnist()
    return images[:3200].astype("float32") / 255, labels[:3200].astype("int32")


def hundred_steps():
    """A reduced chapter's network without dropout, 100 steps on real images: chapter_100_steps.keras is its start."""
    path = path_of("chapter_100_steps.keras")
    keras.utils.clear_session()
    if not os.path.exists(path):
        keras.utils.set_random_seed(12)
        model = keras.Sequential([
            layers.Input((28, 28)), layers.Flatten(),
            layers.Dense(24, activation="relu", kernel_initializer="he_normal"), layers.BatchNormalization(),
            layers.Dense(16, activation="relu", kernel_initializer="he_normal"), layers.Dense(10, activation="softmax")])
        model.compile(optimizer="adam", loss=SPARSE, metrics=["accuracy"])
        model.save(path)
    model = keras.saving.load_model(path)
    x, y = fashion()
    losses = [number(model.train_on_batch(x[begin:begin + 32], y[begin:begin + 32], return_dict=True)["loss"])
              for begin in range(0, 3200, 32)]
    return {"data": "the first 3200 training images of fashion-mnist, times 1/255", "batch_size": 32, "steps": 100,
            "losses": losses}


def make(book):
    os.makedirs(path_of(""), exist_ok=True)
    for name in FILES:
        if not os.path.exists(path_of(name + ".keras")):
            create(name)
        book.add("files", name, {"tolerance": 1e-4, **facts(name)})
    book.add("files", "chapter_100_steps", {"tolerance": 1e-4, **hundred_steps()})

"""trainings/: whole short trainings of smooth networks, step by step."""
import json

import jax
import keras
import numpy

from common import from_spec, generator, normal, number, tensor, without_addresses

layers, Model = keras.layers, keras.Model
SAMPLES, BATCH, EPOCHS = 44, 10, 10  # 50 steps; the last batch of an epoch has 4 samples


def dense(units, activation=None, **options):
    for key in list(options):
        family = key.rsplit("_", 1)[-1]
        if family in ("regularizer", "constraint", "initializer"):
            options[key] = from_spec(family, options[key])
    return layers.Dense(units, activation=activation, **options)


def mlp(*middle, inputs=5, last=None):
    return keras.Sequential([layers.Input((inputs,)), *middle, last or dense(1)])


def regression(random, inputs=5, outputs=1):
    x = normal(random, SAMPLES, inputs)
    y = numpy.round(numpy.tanh(x[:, :outputs]) - 0.5 * x[:, 1:2] * x[:, 2:3], 3).astype("float32")
    return [x], [y]


def classification(random, inputs=5, classes=3):
    x = normal(random, SAMPLES, inputs)
    return [x], [numpy.argmax(x[:, :classes] + 0.3 * random.normal(size=(SAMPLES, classes)), 1).astype("int32")]


def bits(random, outputs=1):
    x = normal(random, SAMPLES, 5)
    return [x], [(x[:, :outputs] + 0.5 * random.normal(size=(SAMPLES, outputs)) > 0).astype("float32")]


def tanh_net():
    return mlp(dense(8, "tanh"), dense(4, "sigmoid"))


def softmax_net():
    return mlp(dense(8, "tanh"), last=dense(3, "softmax"))


def batch_norm_net():
    return mlp(dense(8, use_bias=False), layers.BatchNormalization(momentum=0.9), layers.Activation("tanh"),
               dense(6, "swish", use_bias=False), layers.BatchNormalization(), last=dense(3, "softmax"))


def frozen_net():
    model = mlp(dense(6, "tanh", name="frozen", kernel_regularizer="l2(0.1)"),
                layers.BatchNormalization(name="frozen_normalization"), dense(4, "tanh"))
    model.layers[0].trainable = False
    model.layers[1].trainable = False
    return model


def sequence_net():
    return keras.Sequential([layers.Input((4,), dtype="int32"), layers.Embedding(7, 3, mask_zero=True),
                             dense(5, "tanh"), dense(3, "softmax")])


def sequences(random):
    ids = random.integers(1, 7, (SAMPLES, 4)).astype("int32")
    lengths = random.integers(1, 5, SAMPLES)
    ids[numpy.arange(4)[None, :] >= lengths[:, None]] = 0
    return [ids], [(ids % 3).astype("int32")]


def one_hot_classes(random):
    x, y = classification(random)
    return x, [numpy.eye(3, dtype="float32")[y[0]]]


def two_by_two():
    wide, deep = layers.Input((2,), name="wide"), layers.Input((3,), name="deep")
    hidden = dense(6, "tanh", name="hidden")(deep)
    joined = layers.Concatenate(name="joined")([wide, hidden])
    return Model([wide, deep], [dense(1, name="price")(joined), dense(3, "softmax", name="kind")(hidden)])


def two_by_two_data(random):
    wide, deep = normal(random, SAMPLES, 2), normal(random, SAMPLES, 3)
    price = numpy.round(wide[:, :1] - 0.5 * numpy.tanh(deep[:, :1]), 3).astype("float32")
    return [wide, deep], [price, numpy.argmax(deep, 1).astype("int32")]


def shared_net():
    left, right = layers.Input((3,), name="left"), layers.Input((3,), name="right")
    tower = dense(5, "tanh", name="tower")
    a, b = tower(left), tower(right)
    merged = layers.Multiply(name="product")([a, b])
    return Model([left, right], dense(1, "sigmoid", name="same")(merged))


def shared_data(random):
    left, right = normal(random, SAMPLES, 3), normal(random, SAMPLES, 3)
    return [left, right], [(left[:, :1] * right[:, :1] > 0).astype("float32")]


def nested_net():
    inner = keras.Sequential([layers.Input((5,)), dense(6, "tanh"), layers.LayerNormalization()], name="inner")
    x = layers.Input((5,), name="x")
    y = inner(x)
    y = layers.Add(name="skip")([y, dense(6, name="projection")(x)])
    return Model(x, dense(1, name="out")(y))


def deep_net():
    stack = []
    for _ in range(6):
        stack += [dense(6, "selu", kernel_initializer="lecun_normal")]
    return mlp(*stack, last=dense(3, "softmax"))


def regularized_net():
    return mlp(dense(6, "tanh", kernel_regularizer="l2(0.02)", bias_regularizer="l2(0.01)", kernel_constraint="max_norm(0.8)"),
               dense(4, "softplus", activity_regularizer="l2(0.05)"), dense(4, "tanh", kernel_constraint="unit_norm"))


O, S = keras.optimizers, keras.optimizers.schedules
SPARSE = "sparse_categorical_crossentropy"
FUNCTIONAL = {"loss": {"price": "mse", "kind": SPARSE}, "loss_weights": {"price": 0.7, "kind": 1.5},
              "metrics": {"price": ["mae"], "kind": ["accuracy"]}}
WEIGHT = [0.5, 1.0, 2.0, 0.0, 1.5]
PLAIN = {"loss": "mse", "metrics": ["mae"]}
CLASSES = {"loss": SPARSE, "metrics": ["accuracy"]}

# title: model, data, optimizer, compile options, fit options
TRAININGS = {
    "regression_sgd": (tanh_net, regression, lambda: O.SGD(0.1), PLAIN, {}),
    "regression_sgd_momentum": (tanh_net, regression, lambda: O.SGD(0.05, momentum=0.9), PLAIN, {}),
    "regression_sgd_nesterov": (tanh_net, regression, lambda: O.SGD(0.05, momentum=0.8, nesterov=True), PLAIN, {}),
    "regression_adam": (tanh_net, regression, lambda: O.Adam(0.01), PLAIN, {}),
    "regression_adam_amsgrad": (tanh_net, regression, lambda: O.Adam(0.01, amsgrad=True), PLAIN, {}),
    "regression_adamw": (tanh_net, regression, lambda: O.AdamW(0.01, weight_decay=0.05), PLAIN, {}),
    "regression_adamax": (tanh_net, regression, lambda: O.Adamax(0.01), PLAIN, {}),
    "regression_nadam": (tanh_net, regression, lambda: O.Nadam(0.01), PLAIN, {}),
    "regression_rmsprop": (tanh_net, regression, lambda: O.RMSprop(0.005, momentum=0.5, centered=True, epsilon=1e-3),
                           PLAIN, {}),
    "regression_adagrad": (tanh_net, regression, lambda: O.Adagrad(0.05), PLAIN, {}),
    "regression_adadelta": (tanh_net, regression, lambda: O.Adadelta(1.0, epsilon=1e-4), PLAIN, {}),
    "regression_ftrl": (tanh_net, regression, lambda: O.Ftrl(0.05, l2_regularization_strength=0.01), PLAIN, {}),
    "regression_lamb": (tanh_net, regression, lambda: O.Lamb(0.01), PLAIN, {}),
    "regression_adafactor": (tanh_net, regression, lambda: O.Adafactor(0.05), PLAIN, {}),
    "regression_clipnorm": (tanh_net, regression, lambda: O.SGD(0.2, clipnorm=0.1), PLAIN, {}),
    "regression_clipvalue": (tanh_net, regression, lambda: O.SGD(0.2, clipvalue=0.05), PLAIN, {}),
    "regression_global_clipnorm": (tanh_net, regression, lambda: O.Adam(0.01, global_clipnorm=0.1), PLAIN, {}),
    "regression_ema": (tanh_net, regression, lambda: O.Adam(0.02, use_ema=True, ema_momentum=0.9), PLAIN, {}),
    "regression_ema_overwrite": (tanh_net, regression, lambda: O.SGD(0.1, use_ema=True, ema_momentum=0.8,
                                                                     ema_overwrite_frequency=4), PLAIN, {}),
    "regression_accumulation": (tanh_net, regression, lambda: O.Adam(0.02, gradient_accumulation_steps=3), PLAIN, {}),
    "regression_loss_scale": (tanh_net, regression, lambda: O.SGD(0.1, loss_scale_factor=16.0), PLAIN, {}),
    "regression_cosine_decay": (tanh_net, regression, lambda: O.Adam(
        S.CosineDecay(0.001, 30, warmup_target=0.02, warmup_steps=10)), PLAIN, {}),
    "regression_exponential_decay": (tanh_net, regression, lambda: O.SGD(
        S.ExponentialDecay(0.2, 10, 0.7, staircase=True), momentum=0.5), PLAIN, {}),
    "regression_losses_and_penalties": (regularized_net, regression, lambda: O.SGD(0.05), PLAIN, {}),
    "regression_huber_many_metrics": (tanh_net, regression, lambda: O.Adam(0.01), {
        "loss": keras.losses.Huber(delta=0.5),
        "metrics": ["mse", "mae", keras.metrics.RootMeanSquaredError(), keras.metrics.R2Score()]}, {}),
    "regression_sample_weight": (tanh_net, regression, lambda: O.SGD(0.1), {
        "loss": "mse", "metrics": ["mae"], "weighted_metrics": ["mse"]}, {"sample_weight": True}),
    "classification_sgd": (softmax_net, classification, lambda: O.SGD(0.2), CLASSES, {}),
    "classification_adam": (softmax_net, classification, lambda: O.Adam(0.01), CLASSES, {}),
    "classification_class_weight": (softmax_net, classification, lambda: O.Adam(0.01), {
        **CLASSES, "weighted_metrics": [keras.metrics.SparseCategoricalAccuracy(name="weighted_accuracy")]},
        {"class_weight": {0: 0.5, 2: 3.0}}),
    "classification_logits": (lambda: mlp(dense(8, "gelu"), last=dense(3)), classification, lambda: O.Adam(0.01), {
        "loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True), "metrics": ["accuracy"]}, {}),
    "classification_batch_normalization": (batch_norm_net, classification, lambda: O.SGD(0.1), CLASSES, {}),
    "classification_batch_normalization_adam": (batch_norm_net, classification, lambda: O.Adam(0.01), CLASSES, {}),
    "classification_deep_selu": (deep_net, classification, lambda: O.Nadam(0.003), CLASSES, {}),
    "binary": (lambda: mlp(dense(6, "tanh"), last=dense(1, "sigmoid")), bits, lambda: O.Adam(0.02), {
        "loss": "binary_crossentropy",
        "metrics": ["accuracy", keras.metrics.Precision(), keras.metrics.Recall(), keras.metrics.AUC(name="auc")]}, {}),
    "multi_label": (lambda: mlp(dense(6, "tanh"), last=dense(3, "sigmoid")), lambda r: bits(r, 3), lambda: O.Adam(0.02),
                    {"loss": "binary_crossentropy", "metrics": ["binary_accuracy"]}, {}),
    "values_by_class": (lambda: mlp(dense(6, "tanh"), last=dense(3, "softmax")), one_hot_classes, lambda: O.Adam(0.02), {
        "loss": "categorical_crossentropy",
        "metrics": [keras.metrics.F1Score(), keras.metrics.Precision(thresholds=[0.2, 0.6]), "accuracy",
                    keras.metrics.R2Score(class_aggregation=None)],
        "weighted_metrics": [keras.metrics.FBetaScore(beta=2.0)]}, {"sample_weight": True}),
    "frozen_layers": (frozen_net, regression, lambda: O.SGD(0.1), PLAIN, {}),
    "sequences_with_masks": (sequence_net, sequences, lambda: O.SGD(0.3), {"loss": SPARSE}, {}),
    "two_inputs_two_outputs": (two_by_two, two_by_two_data, lambda: O.Adam(0.01), FUNCTIONAL, {}),
    "two_outputs_weights_by_sorted_names": (two_by_two, two_by_two_data, lambda: O.SGD(0.1), {
        "loss": ["mse", SPARSE], "loss_weights": {"price": 0.3, "kind": 2.0}}, {}),
    "two_outputs_sample_weight": (two_by_two, two_by_two_data, lambda: O.SGD(0.1), {**FUNCTIONAL, "metrics": None},
                                  {"sample_weight": True}),
    "shared_layer": (shared_net, shared_data, lambda: O.RMSprop(0.01, epsilon=1e-4), {"loss": "binary_crossentropy"}, {}),
    "nested_model": (nested_net, regression, lambda: O.Adam(0.01), PLAIN, {}),
}


def set_start(model, random):
    values = []
    for weight in model.weights:
        if weight.name in ("gamma", "moving_variance"):
            values.append(numpy.round(random.uniform(0.8, 1.2, weight.shape), 3))
        elif weight.name in ("beta", "moving_mean"):
            values.append(numpy.round(random.normal(0, 0.1, weight.shape), 3))
        else:
            fan = weight.shape[0] if len(weight.shape) > 1 else 10
            values.append(numpy.round(random.normal(0, fan ** -0.5, weight.shape), 3))
    model.set_weights([value.astype("float32") for value in values])
    return model.get_weights()


def one(items):
    return items[0] if len(items) == 1 else items


def by_step(model, x, y, options, weights):
    """The loss of each batch, and the weights at the end."""
    losses = []
    for _ in range(EPOCHS):
        for begin in range(0, SAMPLES, BATCH):
            rows = slice(begin, begin + BATCH)
            more = dict(options)
            if weights is not None:
                more["sample_weight"] = one([w[rows] for w in weights])
            logs = model.train_on_batch(one([v[rows] for v in x]), one([v[rows] for v in y]), return_dict=True, **more)
            losses.append(number(logs["loss"]))
    return losses


def training(title):
    build, data, optimizer, compile_options, fit_options = TRAININGS[title]
    random = generator("trainings", title)
    x, y = data(random)
    options = {key: value for key, value in fit_options.items() if key != "sample_weight"}
    weights = None
    if fit_options.get("sample_weight"):
        weights = [numpy.resize(numpy.roll(WEIGHT, index), SAMPLES).astype("float32") for index in range(len(y))]

    def fresh(start=None):
        keras.utils.clear_session()
        keras.utils.set_random_seed(1)
        model = build()
        model.compile(optimizer=optimizer(), **compile_options)
        if start is not None:
            model.set_weights(start)
        return model

    model = fresh()
    config = without_addresses(json.loads(model.to_json()))
    if isinstance(compile_options["loss"], keras.losses.Huber):
        config["compile_config"]["loss"]["config"]["delta"] = 0.5  # which Keras does not save
    start = set_start(model, random)
    model = fresh(start)
    losses = by_step(model, x, y, options, weights)
    stepped = model.get_weights()
    if "ema" in title:
        model.optimizer.finalize_variable_values(model.trainable_variables)
        stepped = model.get_weights()
    model = fresh(start)
    fit = {"batch_size": BATCH, "verbose": 0, **({} if weights is None else {"sample_weight": one(weights)})}
    history = model.fit(one(x), one(y), epochs=EPOCHS, shuffle=False, **fit, **options).history
    for a, b in zip(stepped, model.get_weights()):
        assert numpy.abs(a - b).max() < 1e-5, title
    evaluation = model.evaluate(one(x), one(y), return_dict=True, **fit)
    predictions = model.predict(one(x), batch_size=BATCH, verbose=0)
    row = {"tolerance": 1e-4, "config": config, "weights": [tensor(value) for value in start],
           "inputs": [tensor(value) for value in x], "targets": [tensor(value) for value in y],
           "batch_size": BATCH, "epochs": EPOCHS}
    if weights is not None:
        row["sample_weight"] = [tensor(value) for value in weights]
    if options.get("class_weight"):
        row["class_weight"] = {str(key): value for key, value in options["class_weight"].items()}
    predictions = predictions if isinstance(predictions, (list, tuple)) else [predictions]
    return {**row, "losses": losses, "history": {key: numbers(value) for key, value in sorted(history.items())},
            "weights_after": [tensor(value) for value in model.get_weights()],
            "predictions": [tensor(value) for value in predictions],
            "evaluation": {key: one(numbers([value])) for key, value in sorted(evaluation.items())}}


def numbers(values):
    """A metric with several values gives a list for each."""
    return [[number(one) for one in value] if numpy.ndim(value) else number(numpy.asarray(value)) for value in values]


def make(book):
    for title in TRAININGS:
        book.add("trainings", title, training(title))
        jax.clear_caches()  # each has its own compiled steps

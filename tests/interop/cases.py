"""Models of every kind that files can hold, for any release of Keras 3 and for tf.keras 2.13 to 2.15. A case is a function that gives a
model; what a release lacks it leaves out by raising Missing. `lists of inputs` and targets are made to fit the model by `data`."""
import os

import numpy

if os.environ.get("KERAS_MODULE") == "tensorflow":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow
    from tensorflow import keras

    RELEASE = tensorflow.__version__
    tensorflow.config.run_functions_eagerly(True)  # small models: tracing and compiling takes longer than running
else:
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import keras

    RELEASE = keras.__version__

layers, losses, metrics, optimizers = keras.layers, keras.losses, keras.metrics, keras.optimizers
initializers, regularizers, constraints = keras.initializers, keras.regularizers, keras.constraints
TRAINS = os.environ.get("TRAINS", "1") == "1"  # else models have what an optimizer could have after training
VERSION = tuple(int(part) for part in RELEASE.split(".")[:2])
CASES = {}


class Missing(Exception):
    """This release lacks what a case needs."""


def case(function):
    CASES[function.__name__] = function
    return function


def need(module, name):
    found = getattr(module, name, None)
    if found is None:
        raise Missing(name)
    return found


def since(*version):
    if VERSION < version:
        raise Missing(f"Keras {version}")


def stack(*items, name=None, shape=(6,)):
    return keras.Sequential([keras.Input(shape), *items], name=name)


def compiled(model, optimizer="sgd", loss="mse", **settings):
    model.compile(optimizer=optimizer, loss=loss, **settings)
    return model


# ---- plain stacks ----

@case
def dense():
    return compiled(stack(layers.Dense(5, "relu"), layers.Dense(2)), "adam")


@case
def chapter():
    return compiled(keras.Sequential([keras.Input((4, 4)), layers.Flatten(), layers.Dense(8, "relu", kernel_initializer="he_normal"),
                                      layers.BatchNormalization(), layers.Dense(6, "relu"), layers.Dropout(0.0),
                                      layers.Dense(3, "softmax")]),
                    "adam", "sparse_categorical_crossentropy", metrics=["accuracy"])


@case
def not_compiled():
    return stack(layers.Dense(5, "tanh"), layers.Dense(2))


@case
def names_contradict_order():
    return compiled(stack(layers.Dense(6, "tanh", name="dense_1"), layers.Dense(6, "tanh", name="dense"),
                          layers.Dense(6, name="dense_2")))


@case
def twelve_layers():
    return compiled(stack(*[layers.Dense(6, "tanh") for _ in range(12)], layers.Dense(1)), "adam")


@case
def built_by_data():
    model = keras.Sequential([layers.Dense(4, "relu"), layers.Dense(2)])
    model.build((None, 6))
    return compiled(model, "rmsprop")


@case
def input_shape_argument():
    return compiled(keras.Sequential([layers.Dense(4, "relu", input_shape=(6,)), layers.Dense(2)]))


@case
def fixed_batch():
    return compiled(keras.Sequential([keras.Input(batch_shape=(4, 6)), layers.Dense(3)]))


@case
def unknown_sizes():
    return compiled(keras.Sequential([keras.Input((None, 6)), layers.Dense(3), layers.Dense(1)]))


@case
def initializer_objects():
    kinds = [initializers.Zeros(), initializers.Ones(), initializers.Constant(0.1), initializers.RandomNormal(0.1, 0.2, seed=1),
             initializers.RandomUniform(-0.2, 0.3), initializers.TruncatedNormal(0.0, 0.3), initializers.VarianceScaling(
                 2.0, "fan_avg", "untruncated_normal"), initializers.GlorotNormal(3), initializers.GlorotUniform(),
             initializers.HeNormal(), initializers.HeUniform(), initializers.LecunNormal(), initializers.LecunUniform(),
             initializers.Orthogonal(1.5), initializers.Identity(0.5), "he_normal", "HeNormal", "glorot_uniform", "orthogonal", "zeros",
             "ones", "random_normal", "lecun_uniform", "variance_scaling", "truncated_normal", "identity"]
    return compiled(stack(*[layers.Dense(6, "tanh", kernel_initializer=kind, bias_initializer="random_normal") for kind in kinds]))


@case
def seed_generator():
    generator = need(keras.random, "SeedGenerator") if hasattr(keras, "random") else None
    if generator is None:
        raise Missing("SeedGenerator")
    return compiled(stack(layers.Dense(4, kernel_initializer=initializers.HeNormal(seed=generator(7))), layers.Dense(1)))


@case
def regularizers_and_constraints():
    return compiled(stack(
        layers.Dense(6, "relu", kernel_regularizer="l2", bias_regularizer=regularizers.L1(0.02), kernel_constraint="non_neg"),
        layers.Dense(6, kernel_regularizer=regularizers.L1L2(0.01, 0.02), activity_regularizer=regularizers.L2(0.03),
                     kernel_constraint=constraints.MaxNorm(1.5, axis=[0]), bias_constraint=constraints.UnitNorm()),
        layers.Dense(6, kernel_regularizer=regularizers.OrthogonalRegularizer(0.1, "columns"),
                     kernel_constraint=constraints.MinMaxNorm(0.2, 1.1, 0.7, 1), activity_regularizer="l1"),
        layers.BatchNormalization(beta_regularizer="l2", gamma_regularizer=regularizers.L1(0.01), gamma_constraint="non_neg"),
        layers.ActivityRegularization(0.01, 0.02), layers.Dense(1)), optimizers.Adam(0.01))


@case
def activation_names():
    names = ["relu", "sigmoid", "softmax", "gelu", "elu", "selu", "tanh", "hard_sigmoid", "softplus", "softsign", "exponential", "linear",
             "swish"]
    names += [name for name in ("silu", "relu6", "leaky_relu", "log_softmax", "mish", "hard_silu", "celu", "hard_tanh", "log_sigmoid",
                                "squareplus", "sparse_plus", "sparsemax", "tanh_shrink", "hard_shrink", "soft_shrink", "sparse_sigmoid") if VERSION >= (3, 0) and hasattr(keras.activations, name)]
    return compiled(stack(*[layers.Dense(6, name) for name in names], layers.Dense(1)))


@case
def activation_functions_and_layers():
    return compiled(stack(layers.Dense(6, keras.activations.relu), layers.Dense(6, keras.activations.gelu), layers.Activation("tanh"),
                          layers.Activation(keras.activations.softplus), layers.Dense(6), layers.LeakyReLU(), layers.Dense(6),
                          layers.ReLU(max_value=4.0, threshold=0.1), layers.ReLU(), layers.Dense(6), layers.ELU(0.7), layers.PReLU(),
                          layers.Softmax(), layers.Dense(1)))


@case
def leaky_relu_as_activation():
    since(3, 0)
    return compiled(stack(layers.Dense(6, layers.LeakyReLU(negative_slope=0.15)), layers.Dense(6, layers.ReLU(max_value=3.0)),
                          layers.Dense(1)))


@case
def prelu_shared_axes():
    return compiled(keras.Sequential([keras.Input((3, 4)), layers.PReLU(alpha_initializer="random_normal", shared_axes=[1]),
                                      layers.Flatten(), layers.Dense(2)]))


@case
def normalizations():
    items = [layers.Dense(8), layers.LayerNormalization(), layers.Dense(8), layers.BatchNormalization(momentum=0.8, epsilon=0.01),
             layers.Dense(8), layers.BatchNormalization(center=False), layers.Dense(8), layers.BatchNormalization(scale=False),
             layers.GroupNormalization(2), layers.UnitNormalization(), layers.LayerNormalization(center=False, epsilon=0.01)]
    if hasattr(layers, "RMSNormalization"):
        items += [layers.RMSNormalization()]
    return compiled(stack(*items, layers.Dense(1)), "adam")


@case
def batch_normalization_axis():
    return compiled(keras.Sequential([keras.Input((3, 4)), layers.BatchNormalization(axis=1), layers.BatchNormalization(axis=[2])
                                      if VERSION < (3, 0) else layers.BatchNormalization(axis=2),
                                      layers.LayerNormalization(axis=[1, 2]), layers.Flatten(), layers.Dense(1)]))


@case
def shapes():
    return compiled(keras.Sequential([keras.Input((2, 6)), layers.Reshape((3, 4)), layers.Permute((2, 1)), layers.Flatten(),
                                      layers.Dense(4), layers.RepeatVector(3), layers.Reshape((-1,)), layers.Dense(2)]))


@case
def noise_that_is_off():
    return compiled(stack(layers.Dropout(0.0, seed=3), layers.GaussianNoise(0.0), layers.AlphaDropout(0.0), layers.Dense(3),
                          layers.GaussianDropout(0.0), layers.Dense(1)))


@case
def spatial_dropout():
    return compiled(keras.Sequential([keras.Input((3, 4)), layers.SpatialDropout1D(0.0), layers.Flatten(), layers.Dense(1)]))


@case
def dropout_noise_shape():
    return compiled(keras.Sequential([keras.Input((3, 4)), layers.Dropout(0.0, noise_shape=(None, 1, 4)), layers.Flatten(), layers.Dense(1)]))


@case
def rescaling_and_normalization():
    adapted = layers.Normalization()
    adapted.adapt(numpy.random.default_rng(0).normal(2, 3, (40, 6)).astype("float32"))
    return compiled(stack(layers.Rescaling(0.5, 0.1), adapted, layers.Normalization(mean=0.5, variance=2.0), layers.Dense(2)))


@case
def embedding():
    return compiled(keras.Sequential([keras.Input((5,), dtype="int32"), layers.Embedding(9, 4, embeddings_regularizer="l2"), layers.Flatten(),
                                      layers.Dense(2)]), "adam")


@case
def embedding_mask():
    return compiled(keras.Sequential([keras.Input((5,)), layers.Embedding(9, 4, mask_zero=True, embeddings_constraint="max_norm"),
                                      layers.Dense(2)]), "adam")


@case
def spectral():
    return compiled(stack(need(layers, "SpectralNormalization")(layers.Dense(4, "relu"), power_iterations=2), layers.Dense(2)))


@case
def string_dtype_policies():
    since(3, 0)
    return compiled(stack(layers.Dense(4, dtype="float32"), layers.Dense(4, dtype=keras.DTypePolicy("float32")
                                                                         if hasattr(keras, "DTypePolicy") else "float32"), layers.Dense(1)))


# ---- frozen ----

@case
def frozen_layers():
    model = stack(layers.Dense(5, "relu", trainable=False), layers.BatchNormalization(trainable=False), layers.Dense(4, "tanh"),
                  layers.Dense(2))
    model.layers[2].trainable = False
    return compiled(model, "adam")


@case
def frozen_nested():
    inner = keras.Sequential([keras.Input((6,)), layers.Dense(5, "relu"), layers.BatchNormalization()], name="base")
    inner.trainable = False
    return compiled(stack(inner, layers.Dense(2)), "adam")


@case
def partly_frozen_nested():
    inner = keras.Sequential([keras.Input((6,)), layers.Dense(5, "relu"), layers.BatchNormalization(), layers.Dense(4)], name="base")
    inner.layers[0].trainable = False
    return compiled(stack(inner, layers.Dense(2)), "adam")


@case
def frozen_functional_base():
    x = keras.Input((6,))
    base = keras.Model(x, layers.BatchNormalization()(layers.Dense(5, "relu")(x)), name="base")
    base.trainable = False
    y = keras.Input((6,))
    return compiled(keras.Model(y, layers.Dense(2)(base(y, training=False))), "adam")


# ---- graphs ----

@case
def wide_and_deep():
    wide, deep = keras.Input((3,), name="wide"), keras.Input((4,), name="deep")
    hidden = layers.Dense(6, "relu")(layers.Dense(6, "relu")(deep))
    both = layers.concatenate([wide, hidden])
    return compiled(keras.Model([wide, deep], [layers.Dense(1, name="price")(both), layers.Dense(1, name="aux")(hidden)]), "adam",
                    {"price": "mse", "aux": "mae"}, loss_weights={"price": 0.9, "aux": 0.1}, metrics={"price": ["mae"], "aux": ["mse"]})


@case
def lists_for_outputs():
    x = keras.Input((6,))
    hidden = layers.Dense(5, "relu")(x)
    return compiled(keras.Model(x, [layers.Dense(2, name="a")(hidden), layers.Dense(1, "sigmoid", name="b")(hidden)]), "adam",
                    ["mse", losses.BinaryCrossentropy(label_smoothing=0.1)], loss_weights=[1.0, 0.5],
                    metrics=[["mae"], ["accuracy", metrics.AUC()]])


@case
def dict_outputs():
    since(3, 0)
    x = keras.Input((6,), name="x")
    hidden = layers.Dense(5, "relu")(x)
    return compiled(keras.Model(x, {"zeta": layers.Dense(2, name="a")(hidden), "beta": layers.Dense(1, name="b")(hidden)}), "adam",
                    {"zeta": "mse", "beta": "mae"})


@case
def dict_inputs():
    since(3, 0)
    one, two = keras.Input((3,), name="one"), keras.Input((4,), name="two")
    return compiled(keras.Model({"one": one, "two": two}, layers.Dense(2)(layers.Concatenate()([one, two]))), "adam")


@case
def one_output_has_no_loss():
    x = keras.Input((6,))
    hidden = layers.Dense(5, "relu", name="features")(x)
    model = keras.Model(x, [layers.Dense(1, name="y")(hidden), hidden])
    return compiled(model, "sgd", ["mse", None]) if VERSION >= (3, 0) else compiled(model, "sgd", {"y": "mse"})


@case
def branches_in_either_order():
    x = keras.Input((6,))
    short = layers.Dense(6, name="short")(x)
    chain = layers.Dense(6, name="a3")(layers.Dense(6, name="a2")(layers.Dense(6, name="a1")(x)))
    return compiled(keras.Model(x, layers.Dense(2)(layers.Add()([layers.Add()([chain, short]), layers.Add()([short, chain])]))), "adam")


@case
def shared_layer():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = layers.Dense(5, "relu", name="tower")
    return compiled(keras.Model([a, b], layers.Dense(1)(layers.Subtract()([shared(a), shared(b)]))), "adam")


@case
def shared_in_sequential_of_graph():
    x = keras.Input((6,))
    same = layers.Dense(6, "tanh")
    return compiled(keras.Model(x, layers.Dense(1)(same(same(same(x))))), "rmsprop")


@case
def nested_functional_twice():
    x = keras.Input((4,), name="inner_input")
    tower = keras.Model(x, layers.Dense(3)(layers.Dense(5, "relu")(x)), name="tower")
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    return compiled(keras.Model([a, b], [layers.Dense(1, name="y")(layers.Concatenate()([tower(a), tower(b)])), tower(a)]), "adam",
                    ["mse", "mse"])


@case
def nested_end_is_output():
    x = keras.Input((4,))
    inner = keras.Model(x, layers.Dense(3)(x), name="inner")
    y = keras.Input((4,))
    return compiled(keras.Model(y, inner(layers.Dense(4, "relu")(y))), "adam")


@case
def nested_deep():
    def block(inside):
        return keras.Sequential([keras.Input((4,)), layers.Dense(4, "tanh"), inside, layers.BatchNormalization()])
    return compiled(stack(layers.Dense(4), block(block(block(layers.Dense(4)))), layers.Dense(1)), "adam")


@case
def nested_with_two_ends():
    a, b = keras.Input((4,)), keras.Input((3,))
    both = layers.Concatenate()([a, b])
    inner = keras.Model([a, b], [layers.Dense(3)(both), layers.Dense(2)(both)], name="inner")
    x = keras.Input((4,), name="x")
    first, second = inner([x, layers.Dense(3)(x)])
    return compiled(keras.Model(x, layers.Dense(1)(layers.Concatenate()([second, first]))), "adam")


@case
def sequential_nested_in_graph():
    x = keras.Input((4,))
    inner = keras.Sequential([layers.Dense(3, "relu"), layers.Dense(3)], name="inner")
    return compiled(keras.Model(x, [layers.Dense(1, name="p")(inner(x)), inner(x)]), "adam", ["mse", "mse"])


@case
def merges():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    merged = [kind()([a, b]) for kind in (layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum, layers.Minimum)]
    merged += [layers.Dot(axes=1)([a, b]), layers.Dot(axes=-1, normalize=True)([a, b]), layers.Concatenate(axis=-1)([a, b])]
    return compiled(keras.Model([a, b], layers.Dense(1)(layers.Concatenate()(merged))), "adam")


@case
def training_argument():
    x = keras.Input((6,))
    hidden = layers.BatchNormalization()(layers.Dense(4)(x), training=False)
    return compiled(keras.Model(x, layers.Dense(1)(hidden)), "adam")


@case
def mask_argument():
    since(3, 0)
    x = keras.Input((5,))
    embedded = layers.Embedding(9, 4, mask_zero=True)(x)
    return compiled(keras.Model(x, layers.Dense(2)(layers.BatchNormalization()(embedded))), "adam")


# ---- sequences ----

def sequence(*items, shape=(5, 3)):
    return keras.Sequential([keras.Input(shape), *items])


@case
def recurrent_stack():
    return compiled(sequence(layers.LSTM(4, return_sequences=True), layers.GRU(3, return_sequences=True, go_backwards=True),
                             layers.SimpleRNN(4, activation="relu"), layers.Dense(2)), "adam")


@case
def recurrent_options():
    return compiled(sequence(layers.LSTM(4, recurrent_activation="hard_sigmoid", unit_forget_bias=False, use_bias=False,
                                         kernel_regularizer="l2", return_sequences=True),
                             layers.GRU(3, reset_after=False, recurrent_constraint="max_norm", return_sequences=True),
                             layers.GRU(3, activation="softmax", recurrent_initializer="glorot_normal", unroll=True), layers.Dense(2)))


@case
def recurrent_mask():
    ids = keras.Input((5,))
    embedded = layers.Embedding(9, 4, mask_zero=True)(ids)
    return compiled(keras.Model(ids, layers.Dense(2)(layers.Concatenate()([
        layers.LSTM(3)(embedded), layers.GRU(3, reset_after=False, go_backwards=True)(embedded), layers.SimpleRNN(2)(embedded)]))))


@case
def recurrent_masking():
    return compiled(sequence(layers.Masking(0.0), layers.LSTM(3), layers.Dense(2)), "adam")


@case
def encoder_decoder():
    source, target = keras.Input((5, 3), name="source"), keras.Input((4, 2), name="target")
    _, h, c = layers.LSTM(3, return_state=True)(source)
    decoded = layers.LSTM(3, return_sequences=True)(target, initial_state=[h, c])
    _, state = layers.GRU(2, return_state=True)(source)
    return compiled(keras.Model([source, target], layers.Dense(1)(layers.Concatenate()([
        decoded, layers.GRU(2, return_sequences=True)(target, initial_state=state)]))), "adam")


@case
def both_directions():
    return compiled(sequence(layers.Bidirectional(layers.LSTM(3, return_sequences=True)), layers.Bidirectional(layers.GRU(2), "sum"),
                             layers.Dense(2)), "adam")


@case
def both_directions_states():
    x = keras.Input((4, 2))
    y, *states = layers.Bidirectional(layers.LSTM(2, return_state=True, return_sequences=True),
                                      backward_layer=layers.LSTM(3, go_backwards=True, return_state=True, return_sequences=True))(x)
    return keras.Model(x, [y, *states])


@case
def at_each_step():
    return compiled(sequence(layers.TimeDistributed(layers.Conv2D(2, 2)), layers.TimeDistributed(layers.Flatten()),
                             layers.TimeDistributed(layers.Dense(3, "relu")), layers.RNN(layers.LSTMCell(3), return_sequences=True),
                             layers.RNN(layers.GRUCell(2)), layers.Dense(1), shape=(3, 3, 3, 2)))


@case
def states_as_outputs():
    x = keras.Input((4, 2))
    return keras.Model(x, layers.LSTM(3, return_state=True, return_sequences=True)(x))


@case
def masks_through_steps():
    """Until Keras 3.15 a mask goes on behind layers over steps, then it ends at the first; a file is used as its release did."""
    return compiled(sequence(layers.Masking(0.0), layers.LSTM(3, return_sequences=True), layers.Bidirectional(layers.GRU(2, return_sequences=True)),
                             layers.TimeDistributed(layers.Dense(3)), layers.SimpleRNN(2), layers.Dense(2)), "adam")


@case
def stacked_cells():
    return compiled(sequence(layers.RNN([layers.LSTMCell(3), layers.GRUCell(2), layers.LSTMCell(2)], return_sequences=True),
                             layers.RNN(layers.StackedRNNCells([layers.SimpleRNNCell(3), layers.GRUCell(2)])), layers.Dense(2)), "adam")


@case
def convolutional_lstm():
    return compiled(sequence(layers.ConvLSTM2D(2, 2, padding="same", return_sequences=True),
                             layers.ConvLSTM2D(2, 2, strides=2, use_bias=False), layers.Flatten(), layers.Dense(2), shape=(3, 4, 4, 1)), "adam")


@case
def convolutional_lstm_of_sequences():
    return compiled(sequence(layers.ConvLSTM1D(2, 2, return_sequences=True, go_backwards=True), layers.Flatten(), layers.Dense(1), shape=(3, 4, 2)))


@case
def pipelines():
    need(layers, "ContrastLimitedAdaptiveHistogramEqualization")
    return compiled(sequence(layers.Pipeline([layers.Rescaling(4.0), layers.RandomElasticTransform(scale=0.0), layers.MaxNumBoundingBoxes(3)]),
                             layers.ContrastLimitedAdaptiveHistogramEqualization((-9, 9), tile_grid_size=(2, 1)), layers.Flatten(),
                             layers.Pipeline([layers.Dense(3), layers.Dense(4), layers.BatchNormalization()], name="inside"), layers.Dense(2),
                             shape=(5, 4, 1)))


@case
def decoder_with_states():
    """The decoder of Keras's sequence-to-sequence example, as it is used: a step with the states that came before."""
    target, h, c = keras.Input((None, 2), name="target"), keras.Input((3,), name="h"), keras.Input((3,), name="c")
    y, *states = layers.LSTM(3, return_sequences=True, return_state=True)(target, initial_state=[h, c])
    return keras.Model([target, h, c], [layers.Dense(4, "softmax")(y), *states])


@case
def variable_length():
    return compiled(sequence(layers.GRU(4), layers.Dense(2), shape=(None, 3)), "adam")


@case
def unused_input():
    a, b = keras.Input((4,), name="a"), keras.Input((3,), name="b")
    since(3, 0)
    return compiled(keras.Model([a, b], layers.Dense(1)(a)))


@case
def input_is_output():
    x = keras.Input((4,), name="x")
    since(3, 0)
    return compiled(keras.Model(x, [layers.Dense(2, name="y")(x), layers.Identity(name="same")(x)]), "adam", ["mse", "mse"])


@case
def sub_model():
    x = keras.Input((6,))
    hidden = layers.Dense(5, "relu", name="hidden")(x)
    whole = keras.Model(x, layers.Dense(1)(hidden))
    return compiled(keras.Model(whole.input, whole.get_layer("hidden").output), "adam")


@case
def graph_from_inner_tensor():
    x = keras.Input((6,))
    first = layers.Dense(5, "relu")
    hidden = first(x)
    layers.Dense(4)(hidden)  # applied, but outside the model
    return compiled(keras.Model(x, layers.Dense(1)(hidden)), "adam")


# ---- optimizers ----

def with_optimizer(optimizer, loss="mse", **settings):
    return compiled(stack(layers.Dense(5, "tanh"), layers.BatchNormalization(), layers.Dense(2)), optimizer, loss, **settings)


for label, arguments in {
        "sgd_momentum": ("SGD", dict(learning_rate=0.05, momentum=0.9)),
        "sgd_nesterov": ("SGD", dict(learning_rate=0.05, momentum=0.9, nesterov=True, weight_decay=0.01)),
        "rmsprop_centered": ("RMSprop", dict(momentum=0.5, centered=True, rho=0.8)),
        "adam_amsgrad": ("Adam", dict(amsgrad=True, epsilon=1e-5)),
        "adamw": ("AdamW", dict(learning_rate=0.01, weight_decay=0.1)),
        "adamax": ("Adamax", {}), "nadam": ("Nadam", dict(learning_rate=0.01)), "adagrad": ("Adagrad", dict(initial_accumulator_value=0.2)),
        "adadelta": ("Adadelta", dict(learning_rate=0.5)), "ftrl": ("Ftrl", dict(l1_regularization_strength=0.01)),
        "lion": ("Lion", {}), "lamb": ("Lamb", {}), "adafactor": ("Adafactor", {}), "muon": ("Muon", {}),
        "clipnorm": ("Adam", dict(clipnorm=0.01)), "clipvalue": ("SGD", dict(clipvalue=0.02)),
        "global_clipnorm": ("Adam", dict(global_clipnorm=0.05)),
        "ema": ("Adam", dict(use_ema=True, ema_momentum=0.8)),
        "ema_overwrite": ("SGD", dict(use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=2, momentum=0.5)),
        "named": ("SGD", dict(name="my_optimizer"))}.items():
    def build(arguments=arguments):
        if arguments[0] == "Muon":
            since(3, 13)  # before, it had neither adam_weight_decay nor rms_rate, and cannot be written for that
        return with_optimizer(need(optimizers, arguments[0])(**arguments[1]))
    CASES["optimizer_" + label] = build


@case
def optimizer_accumulation():
    since(3, 3)
    return with_optimizer(optimizers.Adam(0.01, gradient_accumulation_steps=2))


@case
def optimizer_accumulation_and_ema():
    since(3, 3)
    return with_optimizer(optimizers.SGD(0.01, momentum=0.9, gradient_accumulation_steps=2, use_ema=True))


@case
def optimizer_loss_scale():
    since(3, 2)
    return with_optimizer(optimizers.Adam(0.01, loss_scale_factor=8.0))


@case
def optimizer_excludes_decay():
    optimizer = optimizers.AdamW(0.01, weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return with_optimizer(optimizer)


for label, arguments in {
        "exponential": ("ExponentialDecay", (0.05, 3, 0.5)), "exponential_stairs": ("ExponentialDecay", (0.05, 3, 0.5, True)),
        "inverse_time": ("InverseTimeDecay", (0.05, 3, 0.5)), "polynomial": ("PolynomialDecay", (0.05, 5, 0.001, 2.0, True)),
        "piecewise": ("PiecewiseConstantDecay", ([2, 4], [0.05, 0.02, 0.01])), "cosine": ("CosineDecay", (0.05, 10, 0.1)),
        "cosine_restarts": ("CosineDecayRestarts", (0.05, 3, 1.5, 0.9, 0.1))}.items():
    def build(arguments=arguments):
        schedule = need(optimizers.schedules, arguments[0])(*arguments[1])
        return with_optimizer(optimizers.Adam(schedule))
    CASES["schedule_" + label] = build


@case
def schedule_warmup():
    return with_optimizer(optimizers.SGD(optimizers.schedules.CosineDecay(0.0, 6, warmup_target=0.05, warmup_steps=3), momentum=0.9))


# ---- losses and metrics ----

def with_loss(loss, units=2, activation=None, **settings):
    return compiled(stack(layers.Dense(5, "tanh"), layers.Dense(units, activation)), optimizers.SGD(0.05), loss, **settings)


for label, arguments in {
        "mse": ("mse", 2, None), "mean_squared_error": ("mean_squared_error", 2, None), "MSE": ("MSE", 2, None), "mae": ("mae", 2, None),
        "mape": ("mape", 2, None), "msle": ("msle", 2, "sigmoid"), "huber_object": (lambda: losses.Huber(0.7), 2, None),
        "huber_text": ("huber", 2, None), "log_cosh": (lambda: losses.LogCosh(), 2, None), "cosine": (lambda: losses.CosineSimilarity(axis=-1), 2, None),
        "poisson": ("poisson", 2, "softplus"), "kld": ("kl_divergence", 3, "softmax"), "hinge": ("hinge", 1, "tanh"),
        "squared_hinge": (lambda: losses.SquaredHinge(), 1, "tanh"),
        "sum": (lambda: losses.MeanSquaredError(reduction="sum"), 2, None),
        "binary_logits": (lambda: losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1), 1, None),
        "binary": ("binary_crossentropy", 1, "sigmoid"), "bce": ("bce", 1, "sigmoid"),
        "categorical": (lambda: losses.CategoricalCrossentropy(label_smoothing=0.2), 3, "softmax"),
        "categorical_logits": (lambda: losses.CategoricalCrossentropy(from_logits=True), 3, None),
        "sparse_logits": (lambda: losses.SparseCategoricalCrossentropy(from_logits=True), 3, None),
        "sparse_ignore": (lambda: losses.SparseCategoricalCrossentropy(ignore_class=1), 3, "softmax"),
        "focal": (lambda: need(losses, "BinaryFocalCrossentropy")(apply_class_balancing=True, alpha=0.3, gamma=1.5), 1, "sigmoid"),
        "categorical_focal": (lambda: need(losses, "CategoricalFocalCrossentropy")(0.3, 1.5), 3, "softmax"),
        "dice": (lambda: need(losses, "Dice")(), 2, "sigmoid"), "tversky": (lambda: need(losses, "Tversky")(0.3, 0.6), 2, "sigmoid"),
        "function": (lambda: losses.mean_squared_error, 2, None)}.items():
    def build(arguments=arguments):
        loss, units, activation = arguments
        return with_loss(loss if isinstance(loss, str) else loss(), units, activation)
    CASES["loss_" + label] = build


@case
def metrics_of_regression():
    return with_loss("mse", 2, metrics=["mae", "mse", "RootMeanSquaredError", metrics.MeanAbsolutePercentageError(name="percent"),
                                        metrics.CosineSimilarity(), metrics.LogCoshError(), metrics.mean_squared_error
                                        if hasattr(metrics, "mean_squared_error") else "mse"],
                     weighted_metrics=["mae", metrics.MeanSquaredError(name="weighted")])


@case
def metrics_of_two_classes():
    return with_loss("binary_crossentropy", 1, "sigmoid", metrics=[
        "accuracy", metrics.Precision(), metrics.Recall(thresholds=0.3), metrics.AUC(curve="PR", num_thresholds=50),
        metrics.BinaryAccuracy(threshold=0.4), metrics.TruePositives(), metrics.FalseNegatives(thresholds=0.3),
        metrics.SpecificityAtSensitivity(0.5), metrics.BinaryIoU(target_class_ids=[0, 1], threshold=0.4)])


@case
def metrics_of_classes():
    extra = [metrics.F1Score(average="macro")] if hasattr(metrics, "F1Score") else []
    return with_loss("categorical_crossentropy", 3, "softmax", metrics=[
        "acc", "accuracy", metrics.CategoricalAccuracy(), metrics.TopKCategoricalAccuracy(2), metrics.CategoricalCrossentropy(),
        metrics.KLDivergence(), metrics.Precision(class_id=1), metrics.Recall(top_k=1), *extra])


@case
def metrics_of_class_numbers():
    return with_loss("sparse_categorical_crossentropy", 3, "softmax", metrics=[
        "accuracy", metrics.SparseCategoricalAccuracy(), metrics.SparseTopKCategoricalAccuracy(k=2), "sparse_categorical_crossentropy"],
        weighted_metrics=["acc"])


@case
def metrics_by_output():
    x = keras.Input((6,))
    model = keras.Model(x, [layers.Dense(1, "sigmoid", name="p")(x), layers.Dense(3, "softmax", name="k")(x)])
    return compiled(model, "adam", {"p": "bce", "k": losses.CategoricalCrossentropy(from_logits=False)},
                    metrics={"p": ["accuracy", metrics.AUC(name="area")], "k": "accuracy"}, weighted_metrics={"p": ["mae"]})


@case
def compile_settings():
    return compiled(stack(layers.Dense(3), layers.Dense(1)), "adam", "mse", steps_per_execution=2, run_eagerly=False,
                    **({"jit_compile": False} if VERSION >= (3, 0) else {}))


@case
def compiled_without_loss():
    model = stack(layers.Dense(3), layers.Dense(1))
    model.compile(optimizer="adam", loss="mse")
    model.compile(optimizer=optimizers.Adam(0.01), loss="mae", metrics=[])
    return model


# ---- data that fit a model ----

def is_classes(model):
    settings = str(getattr(model, "loss", None) if isinstance(getattr(model, "loss", None), str) else
                   type(getattr(model, "loss", None)).__name__).lower()
    return "sparse" in settings


def input_arrays(model, random, samples):
    inside = any(isinstance(layer, layers.Embedding) for layer in model.layers)
    result = []
    for tensor in model.inputs:
        shape = [samples, *[3 if size is None else size for size in tensor.shape[1:]]]
        result.append(random.integers(0, 9, shape).astype("int32" if "int" in str(tensor.dtype) else "float32") if inside
                      else random.normal(size=shape).astype("float32"))
    return result


def target_arrays(model, random, outputs):
    """Class numbers for sparse losses; rows that sum to 1 for softmax; 0 and 1 for one sigmoid; else normal numbers."""
    result = []
    for output in outputs:
        if is_classes(model):
            result.append(random.integers(0, output.shape[-1], output.shape[:-1]).astype("int32"))
        elif output.ndim > 1 and output.shape[-1] == 3 and numpy.allclose(output.sum(-1), 1, atol=1e-4):
            result.append(numpy.eye(3, dtype="float32")[random.integers(0, 3, output.shape[:-1])])
        elif output.shape[-1] <= 2 and output.min() >= 0 and output.max() <= 1:
            result.append(random.integers(0, 2, output.shape).astype("float32"))
        else:
            result.append(random.normal(size=output.shape).astype("float32"))
    return result

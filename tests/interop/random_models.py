"""Functional models at random, of the layers that Hone has: shared layers, nested models of every kind of inputs and outputs, masks by hand
and by layers, frozen parts, operations. `make(seed)` gives the same model for the same seed; `inputs(model, seed)` what it predicts on."""
import numpy

from common import keras

L = keras.layers
SAMPLES = 6


class Maker:
    def __init__(self, seed):
        self.random = numpy.random.default_rng(seed)
        self.shared = {}  # layers that were made, by what they can be called on
        self.models = []  # nested ones, with what they were called on

    def chance(self, probability):
        return self.random.random() < probability

    def one_of(self, *choices):
        return choices[self.random.integers(len(choices))]

    # ---- layers on one tensor ----

    def layer(self, x):
        """A layer for the shape of x, now and then one that was there before."""
        key = tuple(x.shape[1:])
        if self.chance(0.25) and key in self.shared:
            return self.shared[key]
        layer = self.new_layer(x)
        layer.trainable = not self.chance(0.1)
        self.shared[key] = layer
        return layer

    def new_layer(self, x):
        rank, width = len(x.shape), x.shape[-1]
        kinds = [
            lambda: L.Dense(int(self.random.integers(1, 6)), self.one_of(None, "relu", "tanh", "sigmoid")),
            lambda: L.Dense(width, use_bias=self.chance(0.5)),
            lambda: L.Activation(self.one_of("gelu", "softplus", "elu", "selu", "swish", "softsign")),
            lambda: L.BatchNormalization(scale=self.chance(0.7), center=self.chance(0.7)),
            lambda: L.LayerNormalization(),
            lambda: L.UnitNormalization(),
            lambda: L.Dropout(0.5),
            lambda: L.GaussianNoise(0.5),
            lambda: L.Rescaling(float(self.random.uniform(0.5, 2)), float(self.random.uniform(-1, 1))),
            lambda: L.LeakyReLU(0.1),
            lambda: L.PReLU(alpha_initializer="glorot_uniform"),
            lambda: L.ELU(0.5),
            lambda: L.Identity(),
            lambda: L.ActivityRegularization(l2=0.01),
            lambda: L.RMSNormalization(),
            lambda: L.GroupNormalization(1),
            lambda: L.AlphaDropout(0.2),
            lambda: L.SpectralNormalization(L.Dense(2)),
        ]
        if rank == 3:
            kinds += [lambda: L.Flatten(), lambda: L.Permute((2, 1)), lambda: L.SpatialDropout1D(0.2), lambda: L.Masking(0.0)]
        if rank == 2:
            kinds += [lambda: L.RepeatVector(3), lambda: L.Reshape((-1, 1)), lambda: L.Softmax()]
        if rank > 2 and self.chance(0.6):
            kinds = self.on_steps(x.shape[1]) if rank == 3 else self.on_images(width)
        return self.one_of(*kinds)()

    def on_steps(self, steps):
        """Layers on sequences."""
        units, every = int(self.random.integers(1, 4)), self.chance(0.6)
        cell = self.one_of(L.SimpleRNNCell, L.GRUCell, L.LSTMCell)
        return [
            lambda: L.SimpleRNN(units, return_sequences=every, go_backwards=self.chance(0.3)),
            lambda: L.GRU(units, return_sequences=every, reset_after=self.chance(0.5)),
            lambda: L.LSTM(units, return_sequences=every, unit_forget_bias=self.chance(0.5)),
            lambda: L.RNN([cell(units), L.GRUCell(2)] if self.chance(0.3) else cell(units), return_sequences=every),
            lambda: L.Bidirectional(L.GRU(units, return_sequences=every), merge_mode=self.one_of("concat", "sum", "ave", "mul")),
            lambda: L.TimeDistributed(L.Dense(units, "tanh")),
            lambda: L.Conv1D(units, 2, padding=self.one_of("same", "valid", "causal"), dilation_rate=self.one_of(1, 2)),
            lambda: L.SeparableConv1D(units, 2, padding="same", depth_multiplier=2),
            lambda: L.DepthwiseConv1D(2, padding="same"),
            lambda: L.Conv1DTranspose(units, 3, strides=self.one_of(1, 2), padding=self.one_of("same", "valid")),
            lambda: self.one_of(L.MaxPooling1D, L.AveragePooling1D)(2, padding=self.one_of("same", "valid")),
            lambda: self.one_of(L.GlobalMaxPooling1D, L.GlobalAveragePooling1D)(keepdims=self.chance(0.3)),
            lambda: L.ZeroPadding1D((1, 2)),
            lambda: L.UpSampling1D(2),
            lambda: L.EinsumDense("abc,cd->abd", (steps, units), bias_axes="d"),
            lambda: L.Cropping1D((0, 1)),
        ]

    def on_images(self, width):
        """Layers on images of channels at the end."""
        filters = 2 * int(self.random.integers(1, 3))
        same, pair = self.one_of("same", "valid"), self.one_of(2, (1, 2), (3, 1))
        return [
            lambda: L.Conv2D(filters, pair, padding=same, strides=self.one_of(1, (2, 1)), groups=2 if width % 2 == 0 else 1),
            lambda: L.Conv2D(filters, 2, padding=same, dilation_rate=self.one_of(1, (1, 2)), activation="relu"),
            lambda: L.DepthwiseConv2D(2, padding=same, depth_multiplier=self.one_of(1, 2)),
            lambda: L.SeparableConv2D(filters, 2, padding="same"),
            lambda: L.Conv2DTranspose(filters, pair, strides=self.one_of(1, 2), padding=same),
            lambda: self.one_of(L.MaxPooling2D, L.AveragePooling2D)(pair, strides=self.one_of(None, 1), padding=same),
            lambda: self.one_of(L.GlobalMaxPooling2D, L.GlobalAveragePooling2D)(keepdims=self.chance(0.3)),
            lambda: L.ZeroPadding2D(((0, 1), (2, 1))),
            lambda: L.Cropping2D(((0, 1), (1, 0))),
            lambda: L.UpSampling2D((1, 2), interpolation=self.one_of("nearest", "bilinear")),
            lambda: L.Resizing(3, 4, interpolation=self.one_of("bilinear", "nearest", "bicubic")),
            lambda: L.BatchNormalization(axis=self.one_of(-1, 1)),
            lambda: L.LayerNormalization(axis=self.one_of(-1, (1, 2))),
            lambda: L.GroupNormalization(self.one_of(1, -1)),
            lambda: L.SpatialDropout2D(0.3),
            lambda: L.Permute((2, 1, 3)),
            lambda: L.Reshape((-1, width)),
            lambda: L.TimeDistributed(L.GRU(2)),
            lambda: L.ConvLSTM1D(2, 2, padding="same", return_sequences=self.chance(0.5)),
            lambda: L.Flatten(),
        ]

    def attended(self, tensors):
        """Attention of one sequence to another, or to itself."""
        sequences = [t for t in tensors if len(t.shape) == 3]
        if not sequences:
            return self.merge(tensors)
        query, value = self.one_of(*sequences), self.one_of(*sequences)
        heads = self.one_of(
            lambda: L.MultiHeadAttention(2, 3, value_dim=self.one_of(None, 2))(query, value, use_causal_mask=self.chance(0.3)),
            lambda: L.MultiHeadAttention(1, 2)(query, value, return_attention_scores=True)[int(self.random.integers(2))])
        if query.shape[-1] == value.shape[-1] and self.chance(0.5):
            kind = self.one_of(L.Attention, L.AdditiveAttention)
            return kind()([query, value], use_causal_mask=self.chance(0.3))
        return heads()

    def with_states(self, x):
        """A recurrent layer whose states are outputs and the start of another."""
        kind = self.one_of(L.GRU, L.LSTM, L.SimpleRNN)
        output, *states = kind(3, return_state=True, return_sequences=self.chance(0.5))(x)
        if self.chance(0.5):
            return kind(3)(x, initial_state=states)
        return self.one_of(output, *states)

    # ---- whole steps ----

    def merge(self, tensors):
        x = self.one_of(*tensors)
        same = [t for t in tensors if tuple(t.shape) == tuple(x.shape)]
        count = min(len(same), int(self.random.integers(2, 5)))
        chosen = [same[i] for i in self.random.permutation(len(same))[:count]]
        if count < 2:
            chosen = [x, x]
        kinds = [L.Add, L.Multiply, L.Average, L.Maximum, L.Minimum, L.Concatenate, lambda: L.Concatenate(axis=1)]
        if len(chosen) == 2:
            kinds += [L.Subtract, lambda: L.Dot(axes=1), lambda: L.Dot(axes=-1, normalize=True)]
        return self.one_of(*kinds)()(chosen)

    def operation(self, x):
        number = float(self.random.integers(-3, 4)) / self.one_of(1.0, 2.0)
        O, axis = keras.ops, int(self.random.integers(1, len(x.shape)))
        return self.one_of(lambda: x + number, lambda: number - x, lambda: x * number, lambda: x / 2.0,
                           lambda: O.maximum(x, number), lambda: O.tanh(x), lambda: O.abs(x), lambda: x ** 2,
                           lambda: O.mean(x, axis=axis, keepdims=True), lambda: O.max(x, axis=axis, keepdims=self.chance(0.5)),
                           lambda: O.softmax(x, axis=axis), lambda: O.concatenate([x, -x], axis=axis), lambda: O.flip(x, axis=axis),
                           lambda: x[:, :1], lambda: O.expand_dims(x, axis), lambda: O.clip(x, -1.0, 1.0), lambda: O.cumsum(x, axis=axis),
                           lambda: O.where(x > 0.0, x, 0.1 * x), lambda: x * numpy.full((1, x.shape[-1]), 0.5, "float32"))()

    def masked(self, x):
        """A layer with a mask given by hand."""
        shape = x.shape[1:] if self.chance(0.5) or len(x.shape) == 2 else x.shape[1:-1]
        if tuple(shape) == tuple(x.shape[1:]):
            return L.Softmax()(x, mask=keras.ops.not_equal(x, 0.5) if self.chance(0.5) else keras.ops.greater(x, 0.0))
        return L.BatchNormalization()(x, mask=keras.ops.any(keras.ops.not_equal(x, 0.0), axis=-1))

    def nested(self, tensors, deep):
        """A model of its own, or one that was there, called on what is there."""
        if self.models and self.chance(0.3):
            model, shapes = self.one_of(*self.models)
            fitting = [[t for t in tensors if tuple(t.shape) == shape] for shape in shapes]
            if all(fitting):
                chosen = [self.one_of(*options) for options in fitting]
                return self.one_of(*keras.tree.flatten(model(chosen if len(chosen) > 1 else chosen[0])))
        count = int(self.random.integers(1, 4))
        chosen = [self.one_of(*tensors) for _ in range(count)]
        names = [self.one_of("a", "m", "z") + str(i) for i in range(count)]
        ends = [keras.Input(t.shape[1:], name=name) for t, name in zip(chosen, names)]
        inside = Maker(int(self.random.integers(1 << 30)))
        last = list(ends)
        for _ in range(int(self.random.integers(1, 5))):
            last.append(inside.step(last, deep - 1))
        outputs = last[-1] if self.chance(0.6) else [last[-1], self.one_of(*last)]
        if self.chance(0.2):
            outputs = {"second": outputs[1], "first": outputs[0]} if isinstance(outputs, list) else {"only": outputs}
        if count == 1 and self.chance(0.4):
            model = keras.Sequential([ends[0], *(inside.new_layer(ends[0]) for _ in range(1)), L.Dense(2)])
            result = model(chosen[0])
        elif self.chance(0.5):
            order = list(self.random.permutation(count))
            model = keras.Model({names[i]: ends[i] for i in sorted(range(count), key=lambda i: names[i])} if self.chance(0.6) else ends,
                                outputs)
            result = model({names[i]: chosen[i] for i in order})
        else:
            model = keras.Model(ends if count > 1 else ends[0], outputs)
            result = model(chosen if count > 1 else chosen[0])
            self.models.append((model, [tuple(t.shape) for t in chosen]))
        if self.chance(0.3):
            model.trainable = False
            if self.chance(0.5):
                self.one_of(*model.layers).trainable = True
        return self.one_of(*keras.tree.flatten(result))

    def step(self, tensors, deep=2):
        x = self.one_of(*tensors) if self.chance(0.5) else tensors[-1]
        draw = self.random.random()
        if draw < 0.2:
            return self.merge(tensors)
        if draw < 0.27:
            return self.operation(x)
        if draw < 0.32:
            return self.masked(x)
        if draw < 0.37:
            return self.attended(tensors)
        if draw < 0.4 and len(x.shape) == 3:
            return self.with_states(x)
        if deep > 0 and draw < 0.5:
            return self.nested(tensors, deep)
        return self.layer(x)(x)

    # ---- the model ----

    def start(self, name):
        kind = self.one_of("row", "row", "steps", "ids", "ids", "image", "image")
        if kind == "image":
            x = keras.Input((4, 5, 2), name=name)
            return x, x
        if kind == "row":
            x = keras.Input((int(self.random.integers(1, 5)),), name=name)
            return x, x
        if kind == "steps":
            x = keras.Input((4, 3), name=name)
            return x, L.Masking(0.0)(x) if self.chance(0.5) else x
        x = keras.Input((4,), name=name, dtype="int32")
        return x, L.Embedding(5, 3, mask_zero=self.chance(0.7))(x)

    def model(self):
        names = [self.one_of("b", "c", "x") + str(i) for i in range(int(self.random.integers(1, 4)))]
        starts = [self.start(name) for name in names]
        tensors = [tensor for _, tensor in starts]
        for _ in range(int(self.random.integers(2, 9))):
            tensors.append(self.step(tensors))
        outputs = [self.as_output(t, i) for i, t in enumerate([tensors[-1], *(self.one_of(*tensors) for _ in range(int(self.random.integers(0, 3))))])]
        ends = [end for end, _ in starts]
        if self.chance(0.3):
            ends = {name: end for name, end in zip(names, ends)}
        if self.chance(0.3):
            return keras.Model(ends, {name: output for name, output in zip(("q", "p", "o"), outputs)})
        return keras.Model(ends, outputs if len(outputs) > 1 or self.chance(0.3) else outputs[0])

    def as_output(self, tensor, index):
        return tensor if index == 0 and self.chance(0.3) else L.Dense(2, name=f"out{index}")(tensor)


def give_weights(model, seed):
    """Statistics and biases that are not 0 and 1, so that mistakes show."""
    random = numpy.random.default_rng(seed)
    for weight in model.weights:
        low, high = (0.5, 2) if "variance" in weight.path else (-1, 1)
        if weight.dtype == "float32":
            weight.assign(random.uniform(low, high, weight.shape).astype("float32"))


def make(seed):
    """What Keras refuses (shapes that cannot be combined) is drawn again."""
    for attempt in range(100):
        keras.utils.clear_session()
        try:
            model = Maker([seed, attempt]).model()
            predict(model, inputs(model, seed))
        except (ValueError, TypeError, KeyError, IndexError):
            continue
        give_weights(model, seed)
        return model
    raise AssertionError(f"seed {seed}: no model")


def predict(model, data):
    """The outputs as a list, in Keras's order."""
    struct = model._inputs_struct
    names = [tensor._keras_history.operation.name for tensor in model.inputs]
    given = [data[name] for name in names]
    if isinstance(struct, dict):
        given = {key: data[tensor._keras_history.operation.name] for key, tensor in struct.items()}
    result = model.predict_on_batch(given if isinstance(given, dict) or len(given) > 1 else given[0])
    return [numpy.asarray(x) for x in keras.tree.flatten(result)]


def inputs(model, seed):
    """By the names of the input layers; some steps all 0, some ids 0."""
    random = numpy.random.default_rng(seed + 1)
    data = {}
    for tensor in model.inputs:
        shape = (SAMPLES, *tensor.shape[1:])
        x = random.standard_normal(shape).astype("float32")
        if len(shape) == 3:
            x[random.random(shape[:2]) < 0.3] = 0
        if tensor.dtype == "int32":
            x = random.integers(0, 5, shape).astype("int32")
        data[tensor._keras_history.operation.name] = x
    return data

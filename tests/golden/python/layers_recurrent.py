"""Cases of the recurrent layers, for layers.py. Keras 3.15 passes a mask on where 3.16 and new models of Hone stop it: `stops_mask`."""
import numpy
from keras import layers

from common import away_from, generator, normal

MASK = numpy.array([[1, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 0]], bool)


def sequence(samples=3, steps=4, features=2):
    return away_from(normal(generator("inputs", "recurrent", samples, steps, features), samples, steps, features), (0,))


def masked():
    return {"masks": [MASK], "stops_mask": True}


def shared(base):
    """What the three layers have in common."""
    yield "last output", base, sequence()
    yield "all outputs", {**base, "return_sequences": True}, sequence()
    yield "backwards", {**base, "go_backwards": True}, sequence()
    yield "all outputs, backwards", {**base, "go_backwards": True, "return_sequences": True}, sequence()
    yield "no bias", {**base, "use_bias": False}, sequence()
    yield "relu", {**base, "activation": "relu"}, sequence()
    yield "gelu, all outputs", {**base, "activation": "gelu", "return_sequences": True}, sequence()
    yield "softmax", {**base, "activation": "softmax", "return_sequences": True}, sequence()
    yield "linear", {**base, "activation": "linear"}, sequence()
    yield "one step", base, sequence(steps=1)
    yield "one sample, one unit", {**base, "units": 1}, sequence(samples=1)
    yield "many samples", {**base, "units": 2, "return_sequences": True}, sequence(samples=19, steps=2)
    yield "many units", {**base, "units": 20}, sequence(samples=2, steps=3)
    yield "unrolled", {**base, "unroll": True, "return_sequences": True}, sequence()
    yield "mask", base, sequence(), masked()
    yield "mask, all outputs", {**base, "return_sequences": True}, sequence(), masked()
    yield "mask, backwards", {**base, "return_sequences": True, "go_backwards": True}, sequence(), masked()
    yield "mask, zeros", {**base, "return_sequences": True, "zero_output_for_mask": True}, sequence(), masked()
    yield "mask, zeros, last output", {**base, "zero_output_for_mask": True}, sequence(), masked()
    yield "mask, unrolled", {**base, "return_sequences": True, "unroll": True}, sequence(), masked()
    yield "mask, softmax", {**base, "return_sequences": True, "activation": "softmax"}, sequence(), masked()
    yield "penalties", {**base, "kernel_regularizer": "l2(0.1)", "recurrent_regularizer": "l1(0.1)",
                        "bias_regularizer": "l2(0.2)"}, sequence()
    yield "frozen", {**base, "trainable": False}, sequence()
    yield "training", base, sequence(), {"training": True}


def simple_rnn():
    yield from shared({"units": 3})


def gates(base):
    yield from shared(base)
    yield "hard_sigmoid", {**base, "recurrent_activation": "hard_sigmoid"}, sequence()
    yield "silu gates", {**base, "recurrent_activation": "silu", "return_sequences": True}, sequence()
    yield "activity penalty", {**base, "activity_regularizer": "l2(0.3)", "return_sequences": True}, sequence()


def lstm():
    yield from gates({"units": 3})


def gru():
    yield from gates({"units": 3})
    before = {"units": 3, "reset_after": False}
    yield "reset before", before, sequence()
    yield "reset before, all outputs", {**before, "return_sequences": True}, sequence()
    yield "reset before, no bias", {**before, "use_bias": False}, sequence()
    yield "reset before, gelu", {**before, "activation": "gelu"}, sequence()
    yield "reset before, softmax", {**before, "activation": "softmax"}, sequence()
    yield "reset before, mask", {**before, "return_sequences": True}, sequence(), masked()
    yield "reset before, backwards", {**before, "go_backwards": True}, sequence()


def time_distributed():
    yield "dense", {"layer": layers.Dense(3, activation="tanh", name="dense")}, sequence()
    yield "batch normalisation, training", {"layer": layers.BatchNormalization(name="bn")}, sequence(samples=5), {"training": True}
    yield "lstm of each step", {"layer": layers.LSTM(2, name="lstm")}, \
        away_from(normal(generator("inputs", "td", 1), 2, 3, 2, 2), (0,))


def bidirectional():
    yield "lstm", {"layer": layers.LSTM(2, name="lstm")}, sequence()
    yield "gru, all outputs", {"layer": layers.GRU(2, return_sequences=True, name="gru")}, sequence()
    yield "mask", {"layer": layers.GRU(2, return_sequences=True, name="gru")}, sequence(), masked()
    for mode in ("sum", "mul", "ave"):
        yield mode, {"layer": layers.SimpleRNN(2, name="simple_rnn"), "merge_mode": mode}, sequence()
    yield "backward layer", {"layer": layers.LSTM(2, name="lstm"),
                             "backward_layer": layers.GRU(3, go_backwards=True, name="gru")}, sequence()


def rnn():
    def cells():
        return layers.StackedRNNCells([layers.LSTMCell(3, name="a"), layers.GRUCell(2, name="b"), layers.SimpleRNNCell(2, name="c")], name="cells")
    yield "cell", {"cell": layers.LSTMCell(3, name="cell")}, sequence()
    yield "stack", {"cell": cells()}, sequence()
    yield "stack, all outputs", {"cell": cells(), "return_sequences": True}, sequence()
    yield "stack, backwards", {"cell": cells(), "go_backwards": True}, sequence()
    yield "stack, mask", {"cell": cells(), "return_sequences": True}, sequence(), masked()
    yield "stack, mask, zeros", {"cell": cells(), "return_sequences": True, "zero_output_for_mask": True}, sequence(), masked()


def pictures(*sizes, samples=2, steps=3):
    return away_from(normal(generator("inputs", "pictures", samples, steps, *sizes), samples, steps, *sizes), (0,))


def conv_lstm(*sizes):
    def case(title, arguments, *more):
        return (title, {"filters": 2, "kernel_size": 2, **arguments}, pictures(*sizes, 2), *more)
    yield case("last output", {})
    yield case("all outputs, same", {"padding": "same", "return_sequences": True})
    yield case("strides, backwards", {"strides": 2, "padding": "same", "go_backwards": True})
    yield case("dilated, no bias", {"dilation_rate": 2, "padding": "same", "use_bias": False})
    yield case("activations", {"activation": "relu", "recurrent_activation": "hard_sigmoid"})
    yield case("penalties", {"kernel_regularizer": "l2(0.1)", "recurrent_regularizer": "l1(0.1)", "bias_regularizer": "l2(0.2)"})


RECURRENT = {"RNN": rnn, "ConvLSTM1D": lambda: conv_lstm(4), "ConvLSTM2D": lambda: conv_lstm(3, 4),
             "ConvLSTM3D": lambda: conv_lstm(3, 2, 2), "SimpleRNN": simple_rnn, "LSTM": lstm, "GRU": gru, "TimeDistributed": time_distributed,
             "Bidirectional": bidirectional}

#!/usr/bin/env python3
"""Trains a small network from Python through ctypes, with no package beside the standard library.

    python3 examples/python/moons.py [LIBRARY]      libhone.so, or where it lies

docs/embedding.md says what to watch when another language calls Hone. The structures below are those of hone/array.h, data.h
and train.h. Argument structures begin with their size and are read by it, so that a program declares the members that it
needs, from the first on, and a later Hone, whose structures have grown, still takes them."""
import ctypes
import math
import os
import random
import sys
import tempfile
from ctypes import POINTER, Structure, c_bool, c_char_p, c_double, c_float, c_int, c_int64, c_size_t, c_void_p

hone = ctypes.CDLL(sys.argv[1] if len(sys.argv) > 1 else "libhone.so.0")
FLOAT32, UINT8 = 0, 2  # hone_dtype


class Base(Structure):
    _fields_ = [("size", c_size_t), ("site", c_char_p)]


class Array(Structure):
    _fields_ = [("type", c_int), ("rank", c_int), ("shape", c_int64 * 8), ("data", c_void_p)]


class DatasetArgs(Structure):
    _fields_ = [("base", Base), ("x", Array * 64), ("y", Array * 64), ("sample_weight", Array),
                ("x_names", c_char_p * 64), ("y_names", c_char_p * 64), ("scale", c_double)]


class CompileArgs(Structure):
    _fields_ = [("base", Base), ("optimizer", c_void_p), ("loss", c_char_p), ("losses", c_char_p * 16),
                ("losses_list", c_void_p), ("losses_count", c_size_t), ("loss_weights", c_double * 32),
                ("loss_weights_list", c_void_p), ("loss_weights_count", c_size_t), ("metrics", c_char_p * 16),
                ("metrics_list", c_void_p), ("metrics_count", c_size_t)]


class FitArgs(Structure):
    _fields_ = [("base", Base), ("epochs", c_int64), ("batch_size", c_int64)]


def declare(name, result, *arguments):
    function = getattr(hone, name)
    function.restype, function.argtypes = result, arguments
    return function


args_default = declare("hone_args_default", c_int, c_char_p, c_void_p, c_size_t)
message = declare("hone_error_message", c_char_p)
layer_from_text = declare("hone_layer_from_text", c_void_p, c_char_p)
optimizer_from_text = declare("hone_optimizer_from_text", c_void_p, c_char_p)
sequential = declare("hone_sequential_with", c_void_p, c_char_p, POINTER(c_void_p))
dataset_create = declare("hone_dataset_from_arrays_with", c_void_p, POINTER(DatasetArgs))
dataset_free = declare("hone_dataset_free", None, c_void_p)
compile_with = declare("hone_compile_with", c_int, c_void_p, POINTER(CompileArgs))
fit_with = declare("hone_fit_with", c_void_p, c_void_p, c_void_p, POINTER(FitArgs))
history_last = declare("hone_history_last", c_double, c_void_p, c_char_p)
predict = declare("hone_predict_with", c_int, c_void_p, c_void_p, POINTER(POINTER(Array)), c_void_p)
array_free = declare("hone_array_free", None, POINTER(Array))
save = declare("hone_save_with", c_int, c_void_p, c_char_p, c_void_p)
load = declare("hone_load_with", c_void_p, c_char_p, c_void_p)
model_free = declare("hone_model_free", None, c_void_p)


class HoneError(Exception):
    pass


def check(result):
    """A status below zero, or NULL, is a failure with a sentence."""
    if result is None or (isinstance(result, int) and result < 0 and result >= -100):
        raise HoneError(message().decode())
    return result


def defaults(name, structure):
    """The arguments of a function with their defaults."""
    args = structure()
    check(args_default(name, ctypes.byref(args), ctypes.sizeof(args)))
    return args


def moons(count, seed):
    """Two half circles that reach into each other, with noise: points and their classes."""
    numbers, points, classes = random.Random(seed), [], []
    for i in range(count):
        angle, upper = math.pi * numbers.random(), i % 2 == 0
        x, y = (math.cos(angle), math.sin(angle)) if upper else (1 - math.cos(angle), 0.5 - math.sin(angle))
        points += [x + numbers.gauss(0, 0.1), y + numbers.gauss(0, 0.1)]
        classes.append(0 if upper else 1)
    return (c_float * len(points))(*points), (ctypes.c_uint8 * count)(*classes)


def dataset(points, classes):
    """The memory is lent: the caller keeps both arrays while the data set lives."""
    args = DatasetArgs(base=Base(size=ctypes.sizeof(DatasetArgs)), scale=1)
    count = len(classes)
    args.x[0] = Array(FLOAT32, 2, (c_int64 * 8)(count, 2), ctypes.cast(points, c_void_p))
    args.y[0] = Array(UINT8, 1, (c_int64 * 8)(count), ctypes.cast(classes, c_void_p))
    return check(dataset_create(ctypes.byref(args)))


def build():
    specs = [b"input(shape=[2])", b"dense(16, activation=relu)", b"dense(16, activation=relu)",
             b"dense(2, activation=softmax)"]
    layers = [layer_from_text(spec) for spec in specs]  # a None among them is told of by the next call
    layers.append(c_void_p.in_dll(hone, "hone_layers_end").value)
    model = check(sequential(b"moons.py", (c_void_p * len(layers))(*layers)))
    args = defaults(b"compile", CompileArgs)
    args.loss = b"sparse_categorical_crossentropy"
    args.optimizer = check(optimizer_from_text(b"adam(learning_rate=0.01)"))
    args.metrics[0] = b"accuracy"
    check(compile_with(model, ctypes.byref(args)))
    return model


def fit(model, data, epochs):
    args = defaults(b"fit", FitArgs)
    args.epochs = epochs
    return check(fit_with(model, data, ctypes.byref(args)))


def probabilities(model, data):
    outputs = (POINTER(Array) * 8)()
    check(predict(model, data, outputs, None))  # None: all arguments have their defaults
    array = outputs[0].contents
    count = array.shape[0] * array.shape[1]
    numbers = list(ctypes.cast(array.data, POINTER(c_float))[:count])
    array_free(outputs[0])
    return [numbers[i:i + 2] for i in range(0, count, 2)]


def main():
    points, classes = moons(500, seed=1)
    data = dataset(points, classes)
    model = build()
    history = fit(model, data, epochs=30)
    print(f"training: loss {history_last(history, b'loss'):.4f}, accuracy {history_last(history, b'accuracy'):.4f}")

    unseen, answers = moons(200, seed=2)
    test = dataset(unseen, answers)
    before = probabilities(model, test)
    right = sum((row[1] > row[0]) == bool(answer) for row, answer in zip(before, answers))
    print(f"unseen: {right} of {len(answers)} right")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "moons.keras").encode()
        check(save(model, path, None))
        again = check(load(path, None))
        assert probabilities(again, test) == before, "a saved model predicts the same, to the bit"
        model_free(again)
    try:
        check(layer_from_text(b"dense(16, activation=rellu)"))
    except HoneError as error:
        print("a mistake:", error)
    model_free(model)
    dataset_free(test)
    dataset_free(data)
    return 0 if right >= 0.9 * len(answers) else 1


if __name__ == "__main__":
    sys.exit(main())

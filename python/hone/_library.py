"""The library through ctypes: its functions under their names in C, failures as exceptions, argument structs by their schema.

schema.json is what `hone schema --json` printed when the package was made: the offset and kind of every member of every argument
struct. Structs begin with their size, so that a newer library still takes them."""
import ctypes
import json
import os
from ctypes import POINTER, Structure, c_bool, c_char_p, c_double, c_int, c_int64, c_size_t, c_void_p

import numpy

_folder = os.path.dirname(os.path.abspath(__file__))


def _load():
    own = os.path.join(_folder, "libhone.so.0")
    for name in [os.environ.get("HONE_LIBRARY"), own if os.path.exists(own) else None, "libhone.so.0"]:
        if name:
            return ctypes.CDLL(name)


library = _load()
with open(os.path.join(_folder, "schema.json")) as _file:
    schema = json.load(_file)

SINK = ctypes.CFUNCTYPE(None, c_void_p, POINTER(ctypes.c_char), c_size_t)


class HoneError(Exception):
    """A failure of the library, with its sentence; `status` is that of hone/error.h."""

    def __init__(self, message, status):
        super().__init__(message)
        self.status = status


class Array(Structure):
    """hone_array."""
    _fields_ = [("type", c_int), ("rank", c_int), ("shape", c_int64 * 8), ("data", c_void_p)]


class Base(Structure):
    _fields_ = [("size", c_size_t), ("site", c_char_p)]


class DatasetArgs(Structure):
    """hone_dataset_from_arrays_args, up to the scale."""
    _fields_ = [("base", Base), ("x", Array * 64), ("y", Array * 64), ("sample_weight", Array), ("x_names", c_char_p * 64),
                ("y_names", c_char_p * 64), ("scale", c_double)]


class Shape(Structure):
    _fields_ = [("rank", c_int), ("size", c_int64 * 8)]


def _declare(name, result, *arguments):
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments


for _row in [("hone_error_message", c_char_p), ("hone_error_status", c_int), ("hone_error_clear", None),
             ("hone_args_default", c_int, c_char_p, c_void_p, c_size_t), ("hone_free", None, c_void_p),
             ("hone_recipe_parse", c_void_p, c_char_p, c_char_p), ("hone_recipe_load", c_void_p, c_char_p),
             ("hone_recipe_set", c_int, c_void_p, c_char_p, c_char_p), ("hone_recipe_model", c_void_p, c_void_p),
             ("hone_recipe_free", None, c_void_p), ("hone_load_with", c_void_p, c_char_p, c_void_p),
             ("hone_save_with", c_int, c_void_p, c_char_p, c_void_p), ("hone_model_free", None, c_void_p),
             ("hone_dataset_from_arrays_with", c_void_p, POINTER(DatasetArgs)), ("hone_dataset_free", None, c_void_p),
             ("hone_compile_with", c_int, c_void_p, c_void_p), ("hone_fit_with", c_void_p, c_void_p, c_void_p, c_void_p),
             ("hone_evaluate_with", c_int, c_void_p, c_void_p, c_void_p, c_void_p),
             ("hone_predict_with", c_int, c_void_p, c_void_p, POINTER(POINTER(Array)), c_void_p),
             ("hone_array_free", None, c_void_p), ("hone_optimizer_from_text", c_void_p, c_char_p),
             ("hone_summary_with", c_void_p, c_void_p, c_void_p), ("hone_model_weight_count", c_int, c_void_p),
             ("hone_model_weight", c_void_p, c_void_p, c_int), ("hone_variable_path", c_char_p, c_void_p),
             ("hone_variable_shape", Shape, c_void_p), ("hone_variable_data", c_void_p, c_void_p),
             ("hone_model_output_count", c_int, c_void_p), ("hone_model_input_count", c_int, c_void_p),
             ("hone_model_history", c_void_p, c_void_p), ("hone_history_epoch_count", c_int64, c_void_p),
             ("hone_history_metric_count", c_int, c_void_p), ("hone_history_name", c_char_p, c_void_p, c_int),
             ("hone_history_epoch", c_int64, c_void_p, c_int64), ("hone_model_stop", None, c_void_p),
             ("hone_history_value", c_double, c_void_p, c_char_p, c_int64), ("hone_set_threads", c_int, c_int)]:
    _declare(*_row)


def fail():
    raise HoneError(library.hone_error_message().decode("utf-8", "replace"), library.hone_error_status())


def check(result):
    """Raises after NULL, or a status below zero."""
    if result is None or (isinstance(result, int) and -100 <= result < 0):
        fail()
    return result


def call(name, *arguments):
    """A function of the library by its name in C, checked: call("hone_save_with", model, path, None)."""
    return check(getattr(library, name)(*arguments))


_FORMS = {"boolean": c_bool, "integer": c_int64, "number": c_double}
_TEXTS = ("text", "activation", "initializer", "regularizer", "constraint")


class Arguments:
    """The argument struct of a function or type, with its defaults; members are set by their names."""

    def __init__(self, family, name, **members):
        self.type = schema[family][name]
        self.fields = {field["name"]: field for field in self.type["fields"]}
        self.memory = ctypes.create_string_buffer(self.type["size"])
        self.kept = []
        call("hone_args_default", name.encode(), ctypes.addressof(self.memory), self.type["size"])
        for member, value in members.items():
            self.set(member, value)

    def set(self, name, value):
        if name not in self.fields:
            raise TypeError("unknown argument %r; expected one of %s" % (name, ", ".join(self.fields)))
        field = self.fields[name]
        kind, place = field["kind"], ctypes.addressof(self.memory) + field["offset"]
        if kind in _FORMS:
            _FORMS[kind].from_address(place).value = value
        elif kind in _TEXTS:
            self.kept.append(None if value is None else str(value).encode())
            c_char_p.from_address(place).value = self.kept[-1]
        elif kind == "texts":
            texts = [text.encode() for text in value]
            if 8 * (len(texts) + 1) > field["room"] - 16:
                raise ValueError("%s: too many texts" % name)
            self.kept.append(texts)
            for i, text in enumerate(texts):
                c_char_p.from_address(place + 8 * i).value = text
        elif kind == "sink":
            self.kept.append(value)
            c_void_p.from_address(place).value = ctypes.cast(value, c_void_p).value
        else:  # objects: their address
            c_void_p.from_address(place).value = value

    @property
    def address(self):
        return ctypes.addressof(self.memory)


# ---- arrays ----

_DTYPES = {name: number for number, name in enumerate(
    ["float32", "float64", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "bool"])}


def array_of(numbers):
    """A NumPy array as the library takes it: itself if it is row-major and of a type that the library has, else a copy."""
    array = numpy.ascontiguousarray(numbers)
    if array.dtype.kind == "c":
        raise TypeError("expected real numbers, received an array of %s" % array.dtype.name)
    if array.dtype.name not in _DTYPES or not array.dtype.isnative:
        array = numpy.ascontiguousarray(array, "int64" if array.dtype.kind in "ui" else "float32")
    if array.ndim > 8:
        raise ValueError("an array has at most 8 axes, not %d" % array.ndim)
    shape = (c_int64 * 8)(*array.shape)
    return array, Array(_DTYPES[array.dtype.name], array.ndim, shape, array.ctypes.data_as(c_void_p))


def view_of(pointer, shape, owner):
    """The floats at an address as a NumPy array, without a copy; `owner` lives as long as the array."""
    count = int(numpy.prod(shape, dtype="int64"))
    if count == 0:
        return numpy.zeros(shape, "float32")
    buffer = (ctypes.c_float * count).from_address(pointer)
    buffer.owner = owner
    return numpy.frombuffer(buffer, "float32").reshape(shape)

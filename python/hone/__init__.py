"""Hone from Python: models of recipes, of .keras files and of Keras itself, trained by the library on NumPy arrays.

    import hone
    history = hone.fit(keras_model, x, y, epochs=5)         # trains a Keras model, and gives its weights back

    model = hone.Model.load("m.keras")
    model.fit(x, y, epochs=3, validation_split=0.1)
    outputs = model.predict(x)
    model.save("m.keras")

`hone.call("hone_...", ...)` reaches every other function of the library. Failures raise hone.HoneError with the library's sentence."""
import ctypes
import os
import sys
import tempfile

import numpy

from ._library import SINK, Arguments, Array, Base, DatasetArgs, HoneError, array_of, call, fail, library, schema, view_of

__all__ = ["Model", "Dataset", "History", "HoneError", "fit", "call", "schema", "set_threads"]
__version__ = schema["version"]


def set_threads(count):
    """How many threads; results do not depend on it."""
    call("hone_set_threads", int(count))


def _listed(value):
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


class Dataset:
    """Arrays as a data set of the library, which borrows their memory; named ones for models of several inputs or outputs."""

    def __init__(self, x, y=None, sample_weight=None, scale=1.0):
        args = DatasetArgs(base=Base(size=ctypes.sizeof(DatasetArgs)), scale=scale)
        self._kept = []
        for place, names, values in [(args.x, args.x_names, x), (args.y, args.y_names, y)]:
            named = values if isinstance(values, dict) else None
            for i, value in enumerate(named.values() if named else _listed(values)):
                place[i] = self._keep(value)
                if named:
                    self._kept.append(list(named)[i].encode())
                    names[i] = self._kept[-1]
        if sample_weight is not None:
            args.sample_weight = self._keep(numpy.asarray(sample_weight, "float32"))
        self.handle = call("hone_dataset_from_arrays_with", ctypes.byref(args))

    def _keep(self, value):
        array, view = array_of(value)
        self._kept.append(array)
        return view

    def __del__(self):
        if getattr(self, "handle", None):
            library.hone_dataset_free(self.handle)


class History:
    """What a fit did: `history` is a dictionary of lists, as Keras's, and `epoch` the numbers of the epochs."""

    def __init__(self, handle):
        rows = range(library.hone_history_epoch_count(handle))
        names = [library.hone_history_name(handle, i) for i in range(library.hone_history_metric_count(handle))]
        self.epoch = [library.hone_history_epoch(handle, row) for row in rows]
        self.history = {}
        for name in names:
            values = [library.hone_history_value(handle, name, row) for row in rows]
            self.history[name.decode()] = [value for value in values if value == value]


class _Output:
    """Progress on sys.stdout; lines are drawn over on a terminal and in notebooks. Nothing can be raised through the library: what is
    raised here, such as KeyboardInterrupt, ends the fit after its step, and is raised after it."""

    def __init__(self, model):
        self.sink, self.model, self.raised = SINK(self._write), model, None

    def _write(self, _, text, length):
        try:
            sys.stdout.write(ctypes.string_at(text, length).decode("utf-8", "replace"))
            sys.stdout.flush()
        except BaseException as raised:
            self.raised = raised
            library.hone_model_stop(self.model)

    @staticmethod
    def draws_over():
        return bool(getattr(sys.stdout, "isatty", bool)()) or type(sys.stdout).__module__.startswith("ipykernel")


class Model:
    """A model of the library."""

    def __init__(self, handle):
        self.handle = handle

    def __del__(self):
        if getattr(self, "handle", None):
            library.hone_model_free(self.handle)

    @classmethod
    def load(cls, path):
        """A .keras, .h5 or .onnx file."""
        return cls(call("hone_load_with", os.fsencode(path), None))

    @classmethod
    def recipe(cls, text, **settings):
        """The model of a recipe: its path, or its text; `settings` by paths: {"model.1.units": "64"}."""
        path = text.endswith((".yaml", ".yml"))
        recipe = call("hone_recipe_load", os.fsencode(text)) if path else call("hone_recipe_parse", text.encode(), b"recipe")
        try:
            for key, value in settings.items():
                call("hone_recipe_set", recipe, key.encode(), str(value).encode())
            return cls(call("hone_recipe_model", recipe))
        finally:
            library.hone_recipe_free(recipe)

    def save(self, path):
        call("hone_save_with", self.handle, os.fsencode(path), None)

    def compile(self, optimizer="rmsprop", loss=None, metrics=()):
        """By specs: "adam(0.01)", "sparse_categorical_crossentropy", ["accuracy"]."""
        args = Arguments("function", "compile", loss=loss, metrics=list(metrics))
        args.set("optimizer", call("hone_optimizer_from_text", optimizer.encode()))
        call("hone_compile_with", self.handle, args.address)

    def fit(self, x, y=None, sample_weight=None, validation_data=None, verbose=1, **arguments):
        """Trains on arrays, or a Dataset; other arguments are those of hone_fit: epochs, batch_size, shuffle, validation_split, ..."""
        data = x if isinstance(x, Dataset) else Dataset(x, y, sample_weight)
        args, output = Arguments("function", "fit", verbose=int(verbose), **arguments), _Output(self.handle)
        valid = validation_data if validation_data is None or isinstance(validation_data, Dataset) else Dataset(*validation_data)
        if valid is not None:
            args.set("validation_data", valid.handle)
        args.set("output", output.sink)
        args.set("output_terminal", output.draws_over())
        done = library.hone_fit_with(self.handle, data.handle, args.address)
        if output.raised is not None:
            raise output.raised
        if not done:
            fail()
        return History(library.hone_model_history(self.handle))

    def predict(self, x, batch_size=32):
        """The outputs: an array, or a list of them; their memory is the library's, freed with the arrays."""
        data = x if isinstance(x, Dataset) else Dataset(x)
        count = max(1, library.hone_model_output_count(self.handle))
        outputs = (ctypes.POINTER(Array) * count)()
        args = Arguments("function", "predict", batch_size=batch_size)
        call("hone_predict_with", self.handle, data.handle, outputs, args.address)
        arrays = [view_of(one.contents.data, tuple(one.contents.shape[:one.contents.rank]), _Owner(one)) for one in outputs]
        return arrays[0] if len(arrays) == 1 else arrays

    @property
    def weights(self):
        """The weights by their paths, in Keras's order: arrays that are the model's own memory, to read and to write."""
        found = []
        for i in range(library.hone_model_weight_count(self.handle)):
            variable = library.hone_model_weight(self.handle, i)
            shape = library.hone_variable_shape(variable)
            found.append((library.hone_variable_path(variable).decode(),
                          view_of(library.hone_variable_data(variable), tuple(shape.size[:shape.rank]), self)))
        return found

    def summary(self):
        text = call("hone_summary_with", self.handle, None)
        try:
            print(ctypes.string_at(text).decode())
        finally:
            library.hone_free(text)


class _Owner:
    """Memory of an array that the library made."""

    def __init__(self, pointer):
        self.address = ctypes.cast(pointer, ctypes.c_void_p)

    def __del__(self):
        library.hone_array_free(self.address)


# ---- models of Keras ----


def _quietly_saved(model, path):
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)


def _give_weights(model, trained):
    """Straight from memory to memory when all of them agree, which they do unless layers are nested in some other order."""
    given = trained.weights
    if len(given) == len(model.weights) and all(tuple(theirs.shape) == ours.shape for theirs, (_, ours) in zip(model.weights, given)):
        for theirs, (_, ours) in zip(model.weights, given):
            theirs.assign(ours)
        return True
    return False


def _give_optimizer(model, path):
    import keras
    loaded = keras.saving.load_model(path)
    if model.optimizer is None or loaded.optimizer is None:
        return
    model.optimizer.build(model.trainable_variables)
    for theirs, ours in zip(model.optimizer.variables, loaded.optimizer.variables):
        theirs.assign(ours)


def fit(keras_model, x, y=None, epochs=1, batch_size=32, **arguments):
    """Trains a compiled Keras model through Hone, and gives it the trained weights and the optimizer's state back. The result is
    Keras's History, with the keys that model.fit would give. Arguments are those of Model.fit."""
    import keras
    if getattr(keras_model, "optimizer", None) is None:
        raise ValueError("the model is not compiled: model.compile(optimizer=..., loss=...)")
    if not keras_model.built:
        keras_model(numpy.asarray(x)[:1])
    with tempfile.TemporaryDirectory(prefix="hone-") as folder:
        path = os.path.join(folder, "model.keras")
        _quietly_saved(keras_model, path)
        model = Model.load(path)
        done = model.fit(x, y, epochs=epochs, batch_size=batch_size, **arguments)
        model.save(path)
        if not _give_weights(keras_model, model):
            keras_model.load_weights(path)
        _give_optimizer(keras_model, path)
    history = keras.callbacks.History()
    history.set_model(keras_model)
    history.epoch, history.history = done.epoch, done.history
    keras_model.history = history
    return history

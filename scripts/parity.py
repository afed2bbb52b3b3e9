#!/usr/bin/env python3
"""Makes docs/parity.md: each name and argument of Keras beside Hone's, with the test that shows it.

    build/venv/bin/python scripts/parity.py [--hone build/release/hone]            writes docs/parity.md
    build/venv/bin/python scripts/parity.py [--hone build/release/hone] --check    compares with what is there

Keras is asked by introspection, Hone by `hone help NAME`. A name or argument of Keras that neither Hone has nor the tables below
explain, another default, or a string of Keras that Hone does not know, is a defect: it is printed, and the exit status is 1.
"""
import argparse
import difflib
import functools
import glob
import importlib
import inspect
import json
import os
import pkgutil
import re
import subprocess
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, "docs", "parity.md")

# ---- what is different, and what is not there: the only part that is kept by hand ----

FAMILIES = {  # title: module of Keras, one of them in `hone help`, folder of the tests
    "Initializers": ("initializers", "initializer"),
    "Activations": ("activations", "activation"),
    "Layers": ("layers", "layer"),
    "Regularizers": ("regularizers", "regularizer"),
    "Constraints": ("constraints", "constraint"),
    "Losses": ("losses", "loss"),
    "Metrics": ("metrics", "metric"),
    "Optimizers": ("optimizers", "optimizer"),
    "Schedules": ("optimizers.schedules", "schedule"),
    "Callbacks": ("callbacks", "callback"),
}

# Of Keras's classes: the bases, from which Python programs derive, and what is done in another way.
ELSEWHERE = {
    "Initializer": "own ones: `hone_register_initializer`", "Regularizer": "own ones: `hone_register_regularizer`",
    "Constraint": "own ones: `hone_register_constraint`", "Layer": "own ones: `hone_register_layer`",
    "Loss": "own ones: `hone_register_loss`", "Metric": "own ones: `hone_register_metric`",
    "Optimizer": "own ones: `hone_register_optimizer`", "LearningRateSchedule": "own ones: `hone_register_schedule`",
    "Callback": "own ones: `hone_register_callback`, or `lambda_callback`",
    "MeanMetricWrapper": "every loss is a metric by its name, and own ones are registered",
    "InputSpec": "a layer's `build` sees the shapes and refuses them with a sentence",
    "Wrapper": "own layers may hold layers", "Lambda": "own layers in C, which files can name: `hone_register_layer`",
    "CallbackList": "`hone_callbacks(...)`", "History": "every fit gives its `hone_history`",
    "ProgbarLogger": "`verbose` of `hone_fit`",
    "MultiOptimizer": "own loops: one model for each part, each with an optimizer (`hone_gradients_apply`)",
    "OptimizerMap": "as MultiOptimizer", "LossScaleOptimizer": "kept around the optimizer of a file: gradients are floats, which its powers of 2 leave as they are",
}
CONVOLUTION, POOLING = "convolution and its kin", "pooling"
RECURRENT, ATTENTION = "recurrent", "attention"
TEXT, IMAGE, SIGNAL = "text and lookup tables", "images and their augmentation", "audio"
FOREIGN, MACHINERY = "of other frameworks", "other machinery"
NOT_YET = [  # (pattern of the class name, group); the first that fits
    (r"ConvLSTM.*|.*RNN.*|LSTM.*|GRU.*|Bidirectional|TimeDistributed", RECURRENT),
    (r".*Conv\d.*|Cropping\d.*|UpSampling\d.*|ZeroPadding\d.*|SpatialDropout3D", CONVOLUTION),
    (r".*Pooling\d.*", POOLING),
    (r".*Attention|EinsumDense|ReversibleEmbedding", ATTENTION),
    (r"TextVectorization|StringLookup|IntegerLookup|Hashing|HashedCrossing", TEXT),
    (r"Random.*|RandAugment|AugMix|CutMix|MixUp|AutoContrast|Equalization|Solarization|CenterCrop|Resizing|MaxNumBoundingBoxes|"
     r"ContrastLimitedAdaptiveHistogramEqualization|Pipeline", IMAGE),
    (r"MelSpectrogram|STFTSpectrogram|STFT", SIGNAL),
    (r"FlaxLayer|JaxLayer|TFSMLayer|TorchModuleWrapper|OrbaxCheckpoint", FOREIGN),
    (r"LossScaleOptimizer|TensorBoard|RemoteMonitor", MACHINERY),
]
# Arguments that are not there: (class or *, argument): why.
ABSENT = {
    ("EinsumDense", "gptq_unpacked_column_size"): "quantised weights", ("*", "sparse"): "sparse tensors", ("*", "ragged"): "ragged tensors",
    ("BatchNormalization", "renorm"): "batch renormalisation",
    ("BatchNormalization", "renorm_clipping"): "batch renormalisation",
    ("BatchNormalization", "synchronized"): "statistics over several machines",
    ("InputLayer", "optional"): "inputs that may be left out",
    ("Discretization", "num_bins"): "bins learned from data: give `bin_boundaries`",
}
# Arguments that are there in another way: (class or *, argument): how.
OTHERWISE = {
    ("*", "dtype"): "all is computed in float32",
    ("*", "quantization_config"): "a name, `int8` or `int4/128`; objects in files",
    ("*", "use_cudnn"): "there is one way to run",
    ("InputLayer", "batch_size"): "the first of `batch_shape`",
    ("InputLayer", "input_tensor"): "`hone_input_tensor`",
    ("Bidirectional", "weights"): "written through `hone_variable_data`",
    ("Embedding", "weights"): "written through `hone_variable_data`",
    ("TensorBoard", "profile_batch"): "only the default: `hone train --profile` prints where the time goes",
    ("TensorBoard", "embeddings_freq"): "only the default: embeddings are not logged",
    ("TensorBoard", "embeddings_metadata"): "only the default: embeddings are not logged",
    ("BackupAndRestore", "double_checkpoint"): "only the default: a checkpoint replaces the last one when it is whole",
    ("Discretization", "epsilon"): "kept in files; it is of `num_bins` alone",
    ("BatchNormalization", "renorm_momentum"): "kept in files; it is of `renorm` alone",
    **dict.fromkeys(((name, "sparse") for name in ("CategoryEncoding", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup", "StringLookup", "TextVectorization")),
                    "kept in files; the output is dense, of the same numbers"),
    **{("LambdaCallback", event): "the C call alone takes functions" for event in (
        "on_epoch_begin", "on_epoch_end", "on_train_begin", "on_train_end", "on_train_batch_begin", "on_train_batch_end")},
}
OF = {("Discretization", "epsilon"): "num_bins", ("BatchNormalization", "renorm_momentum"): "renorm"}  # nothing once that is there
# Defaults that are written in another way and mean the same: (class, argument): how.
SAME_DEFAULT = {
    ("EinsumDense", "output_shape"): "in Keras required, also when empty",
    ("CategoryEncoding", "num_tokens"): "required; Keras's `None` fails",
    ("Embedding", "embeddings_initializer"): "\"uniform\" is `random_uniform`",
    ("*", "data_format"): "Keras's global setting, `channels_last` in general",
    ("Normalization", "axis"): "", ("PReLU", "alpha_initializer"): "", ("BinaryIoU", "target_class_ids"): "",
    **dict.fromkeys((("CosineDecay", "decay_steps"), ("PolynomialDecay", "decay_steps")), "in Keras required; all steps of the fit where it is left out"),
    ("LearningRateScheduler", "schedule"): "in C a `function` may stand in its place",
    ("squareplus", "b"): "", ("*", "flash_attention"): "", ("ReversibleEmbedding", "embeddings_initializer"): "\"uniform\" is `random_uniform`",
}
MASK_ENDS = "in new models a mask is not passed on, as since Keras 3.16; files of older releases keep their rule"
# Where what is computed differs: class or function: a sentence.
DIFFERS = {
    "sparsemax": "as the paper has it; Keras sums the cumulative sums, so that [2, 1.8, 0.5] gives zeros",
    "glu": "as a layer's activation its output shape is the true one, half as wide; Keras declares the whole width",
    "Embedding": "an id outside the table is refused with its row where it comes with the data, as TensorFlow and PyTorch do, and gives NaN "
                 "where the model computes it; on JAX Keras gives NaN without a word, and counts negative ids from the end: ids of -1 that "
                 "stand for nothing would train the last row; the gradient is the true, dense one; on TensorFlow ids that occur twice go astray in squared slots",
    "SpectralNormalization": "the kernel is overwritten in `fit` too, as on Keras's TensorFlow; on JAX Keras's `fit` forgets it",
    "SparseCategoricalCrossentropy": "labels outside the classes are refused, where Keras does not look; as a metric too ignored classes are "
                                     "left out, where Keras's metric (not its loss) counts them as 0",
    "SimpleRNN": "`activity_regularizer` counts, which Keras takes and forgets; " + MASK_ENDS,
    **dict.fromkeys(("LSTM", "GRU", "RNN", "TimeDistributed", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), MASK_ENDS),
    **dict.fromkeys(("Dense", "Embedding"), "`lora_alpha` counts where `lora_rank` is an argument; Keras 3.15 reads it and scales by 1"),
    "MultiHeadAttention": "`value_dim` may differ from `key_dim` everywhere, where Keras on JAX fails without dropout or scores; scores that are an output carry no mask: in Keras the one of the layer's own softmax goes along, and is multiplied into the loss along the wrong axes; `quantization_config` quantises the projections, as `quantize` of Keras does, whose own files with them it cannot load",
    "ReversibleEmbedding": "`lora_rank` and `lora_alpha` are arguments as of Embedding; an id outside the table is refused, as for Embedding; `reverse_dtype` is kept, and the way back has the layer's dtype",
    "AutoContrast": "the gradient of a channel of equal numbers is that of the input, where Keras's is NaN",
    "Equalization": "works in a functional model, where Keras says that the layer is part of a cycle",
    "RandAugment": "each of the `num_ops` transformations draws its own numbers; in Keras two of the same kind have the same ones",
    "AugMix": "the transformations are drawn for each batch, where Keras draws them when the call is compiled",
    "RandomErasing": "`fill_value` may be three numbers, which fails in Keras on JAX",
    "RandomShear": "the factors that Keras saves for one number are read, where Keras refuses its own files",
    "MixUp": "the labels are a second input and a second output, not entries of a dict",
    "MaxNumBoundingBoxes": "boxes and labels are a second and a third input and output, not entries of a dict; `fill_value` is saved, which Keras forgets",
    "RandomElasticTransform": "pixels move in all directions, by two draws; Keras draws one number for both directions, and works outside of compiled "
                              "models only",
    "CutMix": "the labels are a second input and a second output, not entries of a dict",
    "Softmax": "a mask of steps on an input with more axes hides whole steps; Keras refuses it",
    "TextVectorization": "without `output_sequence_length` ids are as many as the longest text of the data has, not of the batch; the output of "
                         "`(batch, 1)` in other modes is `(batch, n)` in its shape too; functions as `standardize` or `split` are not files' business",
    "StringLookup": "`vocabulary` is a list; that of a text file is read by the program", "IntegerLookup": "`vocabulary` is a list; that of a text file "
                    "is read by the program",
    "CategoryEncoding": "`count_weights` is a second input of the layer",
    "EarlyStopping": "a NaN is never the best; in Keras one in the first epoch is best for ever",
    "ReduceLROnPlateau": "a NaN is never the best",
    "ModelCheckpoint": "a NaN is never the best; an integer `save_freq` works with `save_best_only`, where Keras fails in the first epoch; "
                       "a metric with several values cannot be monitored, where Keras warns and saves every time",
    "BackupAndRestore": "goes on inside an epoch too, to the bit; Keras forgets the batch that it had reached",
    "CSVLogger": "`val_` columns only with validation; Keras invents them, full of NA",
    "SwapEMAWeights": "`predict` leaves the weights alone; Keras leaves the averages in the model",
}
TESTS = {  # of what no golden file shows
    "TensorBoard": "tests/integration/tensor_board_test.c",
    "RNN": "src/layers/rnn_test.c", "Pipeline": "src/layers/pipeline_test.c", "StackedRNNCells": "src/layers/stacked_rnn_cells_test.c", "LSTMCell": "src/layers/lstm_test.c", "GRUCell": "src/layers/gru_test.c",
    "SimpleRNNCell": "src/layers/simple_rnn_test.c",
    "InputLayer": "tests/integration/model_test.c", "LambdaCallback": "tests/integration/callbacks_test.c",
    "LearningRateScheduler": "tests/integration/callbacks_test.c", "BackupAndRestore": "tests/integration/callbacks_test.c",
    "SwapEMAWeights": "tests/integration/callbacks_test.c",
}
FILED_AS = {"GroupedQueryAttention": "GroupQueryAttention"}  # classes that files call otherwise
GIVEN_BY = {("InputLayer", "batch_shape"): "tests/golden/trainings/two_inputs_two_outputs.json"}
ADDED = {  # Hone's own
    "LayerScale": "of keras.applications (ConvNeXt)", "StochasticDepth": "of keras.applications (ConvNeXt)",
    "CustomScaleLayer": "of keras.applications (InceptionResNetV2)",
    **dict.fromkeys(("PositionEmbedding", "TokenAndPositionEmbedding", "SinePositionEncoding", "RotaryEmbedding", "TransformerEncoder",
                     "TransformerDecoder"), "of keras_hub"),
    "crossentropy": "a loss or metric: the cross-entropy that the shapes ask for", "OneCycle": "the schedule of Smith and Topin (2018)",
    "Sequential": "a model as a layer: below", "Functional": "a model as a layer: below",
    "scale_values": "of Rescaling: `scale` as a list", "offset_values": "of Rescaling: `offset` as a list",
    "learning_rate_schedule": "of every optimizer: a schedule may also be given as `learning_rate`",
}
# Methods: (of what, name): the call of Hone, {argument: what is different ("": nothing), or "not yet: ..."}.
EAGER = "no: there is one way to run, planned and compiled once"
DATA = "the arrays of a `hone_dataset`"
METHODS = {
    ("Model", "compile"): ("hone_compile", {
        "optimizer": "", "loss": "a spec, or `losses` for the outputs", "loss_weights": "", "metrics": "", "weighted_metrics": "",
        "run_eagerly": EAGER, "steps_per_execution": EAGER, "jit_compile": EAGER, "auto_scale_loss": "no: it is for float16"},
        "tests/integration/trainings_test.c"),
    ("Model", "fit"): ("hone_fit", {
        "x": DATA, "y": DATA, "sample_weight": "of the `hone_dataset`: one for each sample or for each of its steps, for all outputs",
        "batch_size": "", "epochs": "", "verbose": "0 where there is no `.output`, so that nothing is printed unasked", "callbacks": "",
        "validation_split": "", "validation_data": "",
        "shuffle": "the order follows the seed and is new in each fit; Keras's repeats whatever the seed", "class_weight": "",
        "initial_epoch": "", "steps_per_epoch": "", "validation_steps": "", "validation_batch_size": "", "validation_freq": ""},
        "tests/integration/model_test.c"),
    ("Model", "evaluate"): ("hone_evaluate", {
        "x": DATA, "y": DATA, "sample_weight": DATA, "batch_size": "", "verbose": "prints nothing", "steps": "",
        "callbacks": "not yet", "return_dict": "always by name; Keras's list has an order of its own"},
        "tests/integration/trainings_test.c"),
    ("Model", "predict"): ("hone_predict", {
        "x": DATA, "batch_size": "", "verbose": "prints nothing", "steps": "", "callbacks": "not yet"},
        "tests/integration/trainings_test.c"),
    ("Model", "train_on_batch"): ("hone_train_on_batch", {
        "x": "in a `hone_batch`", "y": "in a `hone_batch`", "sample_weight": "in a `hone_batch`",
        "class_weight": "as `sample_weight`", "return_dict": "always by name"}, "tests/integration/trainings_test.c"),
    ("Model", "test_on_batch"): ("hone_test_on_batch", {
        "x": "in a `hone_batch`", "y": "in a `hone_batch`", "sample_weight": "in a `hone_batch`",
        "return_dict": "always by name"}, "tests/integration/model_test.c"),
    ("Model", "predict_on_batch"): ("hone_predict_on_batch", {
        "x": "in a `hone_batch`; `training` may be asked for"}, "tests/integration/model_test.c"),
    ("Model", "save"): ("hone_save", {
        "filepath": "", "overwrite": "always, and only by a file that is whole", "zipped": "always"},
        "tests/interop/test_hone_to_keras.py"),
    ("Model", "save_weights"): ("hone_save", {
        "filepath": "", "overwrite": "always, and only by a file that is whole", "max_shard_size": "`.shard_bytes`, in bytes"},
        "tests/interop/test_hone_to_keras.py"),
    ("Model", "load_weights"): ("hone_load_weights", {
        "filepath": "", "skip_mismatch": ""}, "tests/interop/test_keras_to_hone.py"),
    ("Model", "summary"): ("hone_summary", {
        "line_length": "", "positions": "not yet", "print_fn": "gives the text", "expand_nested": "", "show_trainable": "",
        "layer_range": "not yet"}, "src/terminal/table_test.c"),
    ("Model", "get_layer"): ("hone_model_layer", {"name": "", "index": "`hone_model_layer_at`"}, "tests/integration/model_test.c"),
    ("Sequential", "__init__"): ("hone_sequential", {
        "layers": "", "trainable": "`hone_model_set_trainable`", "name": "`hone_model_set_name`"},
        "tests/integration/model_test.c"),
    ("Sequential", "add"): ("hone_model_add", {"layer": "", "rebuild": "always"}, "tests/integration/model_test.c"),
    ("Sequential", "pop"): ("hone_model_pop", {"rebuild": "always"}, "tests/integration/model_test.c"),
    ("Sequential", "build"): ("hone_model_build", {"input_shape": ""}, "tests/integration/model_test.c"),
    ("models", "load_model"): ("hone_load", {
        "filepath": "", "custom_objects": "registered beforehand: `hone_register_layer` and its kin", "compile": "always",
        "safe_mode": "always: files hold no code that runs"}, "tests/interop/test_keras_to_hone.py"),
    ("models", "clone_model"): ("hone_model_clone", {
        "model": "", "input_tensors": "not yet", "clone_function": "not yet", "call_function": "not yet",
        "recursive": "always"}, "tests/integration/model_test.c"),
    ("layers.Normalization", "adapt"): ("hone_normalization_adapt", {"data": "an array"}, "tests/golden/layers/normalization.json"),
    ("layers.Discretization", "adapt"): ("hone_discretization_adapt", {
        "data": "an array", "steps": "all of it"}, "src/layers/discretization_test.c"),
    ("optimizers.Optimizer", "apply_gradients"): ("hone_gradients_apply", {
        "grads_and_vars": "the model's `hone_gradients`"}, "tests/integration/model_test.c"),
    ("optimizers.Optimizer", "exclude_from_weight_decay"): ("hone_optimizer_exclude_from_weight_decay", {
        "var_list": "by name", "var_names": ""}, "tests/golden/optimizers/adamw.json"),
}
GENERAL = [
    "Weights of samples with one axis weigh samples, also where targets have more axes (Keras aligns them with the last axis).",
    "The `<output>_loss` of each output is weighted by the size of batches, as on Keras's JAX; a mask on the prediction masks the loss "
    "and the metrics, as on TensorFlow.",
    "Cross-entropies take the outputs as they are, clipped, as on JAX; TensorFlow goes back to the logits behind a sigmoid or softmax. So "
    "does the gradient: a probability beyond the clip, whose gradient is 0 on JAX, still moves its logits, as on TensorFlow.",
    "The slope of |x| at 0 is 0, as on TensorFlow and PyTorch; on JAX it is 1, which a penalty L1 on weights that are exactly 0 (Ftrl's) "
    "shows.",
    "Files with a NaN among settings, complex weights, negative node indices or doubled members are refused with a sentence.",
]

# ---- what Hone has ----


def ask(program, *arguments):
    return subprocess.run([program, "help", *arguments], capture_output=True, text=True).stdout


def read_help(program, family, one):
    """{class name: {"name", "aliases", "arguments": {name: default or None when required}}}"""
    things = {}
    plural = "schedules" if one == "schedule" else family
    names = re.findall(r"^  (\S+)", ask(program, plural), re.M)
    for block in ("\n" + ask(program, name) for name in names):
        for part in re.split(r"\n(?=\S+ is an? \w+: \S+ in model files)", block):
            head = re.match(r"(\S+) is an? (\w+): (\S+) in model files", part)
            if not head or head[2] != one:
                continue
            also = re.search(r"^Also named (.*)$", part, re.M)
            arguments = {}
            for name, told in re.findall(r"^  (\w+) \((.*?)\): ", part, re.M):
                default = re.search(r"default (\[.*?\]|.*?)(?:, (?:one of|at least|at most|above|below|between|not).*)?$", told)
                arguments[name] = None if "required" in told.split(", ") else default[1] if default else ""
            things[head[3]] = {"name": head[1], "aliases": also[1].split(", ") if also else [], "arguments": arguments}
    return things


# ---- what Keras has ----


def module_of(path):
    return functools.reduce(getattr, path.split("."), importlib.import_module("keras"))


def keras_things(family, module):
    """{name: its parameters}: classes, or functions where a family has only those."""
    things = {}
    for name in dir(module):
        thing = getattr(module, name)
        if family == "activations":
            if inspect.isfunction(thing) and name not in ("get", "serialize", "deserialize"):
                things[thing.__name__] = list(inspect.signature(thing).parameters.values())[1:]
        elif inspect.isclass(thing):
            things[FILED_AS.get(thing.__name__, thing.__name__)] = list(inspect.signature(thing).parameters.values())
    return {name: [p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
            for name, parameters in things.items()}


def plain(value):
    """A default of Keras as `hone help` writes it."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(plain(item) for item in value) + "]"
    return str(value)


def same(keras_default, hone_default):
    if keras_default is inspect.Parameter.empty or hone_default is None:
        return keras_default is inspect.Parameter.empty and hone_default is None
    text = plain(keras_default)
    if keras_default is None and hone_default == "":  # something stands for none: the help tells what
        return True
    if hone_default.startswith("["):  # sizes: one number for all is spread to all
        return set(re.findall(r"-?\d+", text)) == set(re.findall(r"-?\d+", hone_default))
    try:
        return float(text) == float(hone_default)
    except ValueError:
        return text == hone_default


# ---- both ----


def link(path):
    """From docs/; the defaults of a family are called so."""
    folder, name = os.path.split(path)
    return f"[{'defaults/' if folder.endswith('/defaults') else ''}{name}](../{path})"


def tell(kinds):
    """"`a`, `b`; **differs**: `c`, `d` (why)": a reason that several share is given once."""
    parts = []
    for kind in ("yes", "differs", "not yet"):
        reasons = {}
        for argument, note in kinds[kind]:
            reasons.setdefault(note, []).append(argument)
        texts = [", ".join(arguments) + (f" ({note})" if note else "") for note, arguments in reasons.items()]
        if texts:
            parts.append((f"**{kind}**: " if kind != "yes" else "") + ", ".join(texts))
    return "; ".join(parts)


# Of operations as nodes of models: what differs.
SIGNS = "in each vector the number of the greatest size is positive, where LAPACK leaves the sign open"
WITH_SIGN = "integers of 32 bits below 2^24 alone"
OPERATIONS_DIFFER = {
    "Eigh": SIGNS, "SVD": SIGNS, **dict.fromkeys(("BitwiseInvert", "BitwiseNot", "BitwiseLeftShift", "LeftShift"), WITH_SIGN),
    "Qr": "no gradient in mode complete or of more columns than rows, as on JAX", "LuFactor": "a gradient of square matrices alone",
    "Histogram": "as of a tensor; Keras 3.15 fails where a model calls it",
    "Det": "the gradient of a singular matrix is not a number", "STFT": "`window` is a name or None", "ISTFT": "`window` is a name or None",
}


class Parity:
    def __init__(self, program):
        self.program, self.defects, self.lines = program, [], []
        self.counts = {"yes": 0, "differs": 0, "not yet": 0}
        self.golden, self.set_by = {}, {}
        for path in glob.glob(os.path.join(ROOT, "tests/golden/*/*.json")):
            family = os.path.basename(os.path.dirname(path))
            family = "layers" if family == "text" else family
            with open(path, encoding="utf-8") as file:
                content = json.load(file)
            if family not in ("defaults", "trainings", "files"):
                key = family, content.get("class", os.path.basename(path)[:-5])
                self.golden[key] = os.path.relpath(path, ROOT)
                self.set_by[key] = {argument for case in content.get("cases", []) for argument in case.get("arguments") or {}}

    def test_of(self, family, name):
        path = TESTS.get(name) or self.golden.get((family, name))
        if path is None or not os.path.exists(os.path.join(ROOT, path)):
            self.defects.append(f"{name}: no test shows it")
            return "none"
        return link(path)

    def other_tests(self, family, one, name, hone, arguments):
        """The tests of arguments that no case of the golden file sets: {test: arguments}."""
        tests = {}
        for argument in arguments:
            if argument not in self.set_by.get((family, name), ()) and argument not in ("name", "seed"):
                tests.setdefault(self.find_test(family, one, (name, hone), argument), []).append(argument)
        tests.pop(TESTS.get(name), None)
        return tests

    def find_test(self, family, one, names, argument):
        """Its own test that gives the argument a value; else a line that has both; else the comparison of what is saved."""
        if GIVEN_BY.get((names[0], argument)) and f'"{argument}"' in self.text(GIVEN_BY[names[0], argument]):
            return GIVEN_BY[names[0], argument]
        given = rf"\b{argument} ?[=:]|\b{argument}\\?\""
        for path in sorted(self.sources, key=lambda path: (not path.endswith(f"/{names[1]}_test.c"), f"/{family}/" not in path)):
            text = self.text(path)
            own = os.path.basename(path) == f"{names[1]}_test.c"
            if any(re.search(given, line) and (own or any(re.search(rf"\b(hone_)?{name}\b", line) for name in names))
                   for line in text.splitlines()):
                return path
        path = f"tests/golden/defaults/{one}.json"
        if f'"case":"{names[0]}"' not in self.text(path).replace('": ', '":') and one != "activation":
            self.defects.append(f"{names[0]}: no test gives {argument}")
        return path

    @functools.cached_property
    def sources(self):
        patterns = ("src/*/*_test.c", "tests/integration/*_test.c", "tests/cli/*.py")
        return sorted(os.path.relpath(path, ROOT) for pattern in patterns for path in glob.glob(os.path.join(ROOT, pattern)))

    @functools.cache
    def text(self, path):
        path = os.path.join(ROOT, path)
        return open(path, encoding="utf-8").read() if os.path.exists(path) else ""

    def argument(self, name, parameter, arguments):
        """"yes", "differs" or "not yet", and a note."""
        for key in ((name, parameter.name), ("*", parameter.name)):
            if key in ABSENT and parameter.name not in arguments:
                return "not yet", ABSENT[key]
            if key in OTHERWISE and OF.get(key) not in arguments and (key[0] != "*" or parameter.name not in arguments):
                return "differs", OTHERWISE[key]
        if parameter.name not in arguments:
            self.defects.append(f"{name}: Hone lacks the argument {parameter.name}")
            return "not yet", "a defect"
        default = arguments[parameter.name]
        for key in ((name, parameter.name), ("*", parameter.name)):
            if key in SAME_DEFAULT:
                return "yes", SAME_DEFAULT[key]
        if parameter.name == "name" and parameter.default is None:
            return "yes", ""  # Keras derives it from the class's name; tests/golden/defaults compares it
        if not same(parameter.default, default):
            self.defects.append(f"{name}: the default of {parameter.name} is {default}, Keras has {parameter.default!r}")
        return "yes", ""

    def row(self, family, one, name, parameters, thing, shared):
        kinds = {"yes": [], "differs": [], "not yet": []}
        for parameter in parameters:
            if parameter.name in shared:
                continue
            kind, note = self.argument(name, parameter, thing["arguments"])
            self.counts[kind] += 1
            kinds[kind].append((f"`{parameter.name}`", note))
        told = tell(kinds)
        if name in DIFFERS:
            told += ("; " if told else "") + f"**differs**: {DIFFERS[name]}"
        verdict = "differs" if name in DIFFERS else "yes"
        self.counts[verdict] += 1
        hone = f"`{thing['name']}`"
        given = [argument.strip("`") for argument, _ in kinds["yes"] if thing["arguments"].get(argument.strip("`")) is not None]
        tests = [self.test_of(family, name)]
        for path, arguments in self.other_tests(family, one, name, thing["name"], given).items():
            tests.append(", ".join(f"`{argument}`" for argument in arguments) + f": {link(path)}")
        self.lines.append(f"| `{name}` | {hone} | {verdict} | {told} | {'; '.join(tests)} |")

    def strings(self, family, path, things):
        """Every text by which Keras finds a thing, Hone finds too."""
        known = {spelling.lower() for thing, hone in things.items() for spelling in (thing, hone["name"], *hone["aliases"])}
        module = importlib.import_module("keras.src." + path)
        texts = getattr(module, "ALL_OBJECTS_DICT", {})
        count = 0
        for text, thing in texts.items():
            if getattr(thing, "__name__", "") in things or getattr(thing, "__name__", "") in known:
                count += 1
                if text.lower() not in known:
                    self.defects.append(f"{family}: Keras's string \"{text}\" is unknown")
        return count

    def family(self, title, path, one):
        family = path.rsplit(".", 1)[-1]
        keras_module, things = module_of(path), read_help(self.program, family, one)
        theirs = keras_things(family, keras_module)
        by_name = things if family != "activations" else {hone["name"]: hone for hone in things.values()}
        shared = self.shared(family, theirs, by_name)
        self.lines += ["", f"## {title}", ""]
        texts = self.strings(family, path, by_name) if family != "schedules" else 0
        self.lines += [line + "\n" for line in (self.shared_line(family, shared, by_name),
                                         f"All {texts} strings by which Keras finds them are known too." if texts else "") if line]
        self.lines += ["| Keras | Hone | | Arguments | Test |", "|---|---|---|---|---|"]
        groups, elsewhere = {}, []
        for name, parameters in sorted(theirs.items(), key=lambda item: item[0].lower()):
            if name in by_name:
                self.row(family, one, name, parameters, by_name[name], shared)
            elif name in ELSEWHERE:
                elsewhere.append(f"`{name}`: {ELSEWHERE[name]}")
                self.counts["differs"] += 1
            else:
                group = next((group for pattern, group in NOT_YET if re.fullmatch(pattern, name)), None)
                if group is None:
                    self.defects.append(f"{family}: Hone lacks {name}")
                groups.setdefault(group or "a defect", []).append(f"`{name}`")
                self.counts["not yet"] += 1
        if elsewhere:
            self.lines += ["", "In another way: " + "; ".join(elsewhere) + "."]
        if groups:
            self.lines += ["", "Not yet:", ""] + [f"- {group}: {', '.join(names)}" for group, names in groups.items()]
        own = sorted(name for name in by_name if name not in theirs)
        for name in own:
            if name not in ADDED:
                self.defects.append(f"{family}: Keras has no {name}")
        if own:
            self.lines += ["", "Hone's own: " + "; ".join(f"`{by_name[name]['name']}`, {ADDED.get(name, '')}" for name in own) + "."]

    def shared(self, family, theirs, things):
        """Arguments that all of a family have: said once."""
        if family == "optimizers":
            return [parameter for parameter in ("weight_decay clipnorm clipvalue global_clipnorm use_ema ema_momentum "
                                                "ema_overwrite_frequency loss_scale_factor gradient_accumulation_steps name").split()
                    if self.all_have(parameter, theirs, things)]
        if family in ("losses", "metrics"):
            return [parameter for parameter in ("reduction", "name", "dtype")
                    if parameter == "dtype" or parameter == "name" or family == "losses" and self.all_have(parameter, theirs, things)]
        return ["name", "trainable", "dtype", "activity_regularizer"] if family == "layers" else []

    def all_have(self, argument, theirs, things):
        """True when each has it with Keras's default."""
        for name in things:
            parameter = next((p for p in theirs.get(name, []) if p.name == argument), None)
            if parameter is not None:
                self.argument(name, parameter, things[name]["arguments"])
        return True

    def shared_line(self, family, shared, things):
        texts = ", ".join(f"`{name}`" for name in shared)
        if family == "layers":
            having = " ".join(f"`{thing['name']}`" for thing in things.values() if "activity_regularizer" in thing["arguments"])
            return ("Every layer has Keras's `name`, `trainable` and `dtype` (float32, mixed_bfloat16 or mixed_float16; bfloat16 and float16 are computed as the mixed ones, weights of training in float32; float64 in float32, as on JAX; in files also integers and truth values, of layers that move or combine them); in place of `input_shape` and `batch_size` "
                    f"there is an `input` layer. `activity_regularizer`, which in Keras every layer takes, is there for {having.replace(' ', ', ')}; "
                    "behind the others comes an `activity_regularization`.")
        if family == "optimizers":
            return f"Every optimizer has {texts}, each with Keras's default; the golden files try each option with each optimizer."
        if family in ("losses", "metrics"):
            kind = "loss" if family == "losses" else "metric"
            return f"Every {kind} has {', '.join(f'`{name}`' for name in shared if name != 'dtype')}; `dtype` differs: all is computed in float32."
        return ""

    def methods(self):
        keras = importlib.import_module("keras")
        declared = "".join(open(path, encoding="utf-8").read() for path in glob.glob(os.path.join(ROOT, "include/hone/*.h")))
        self.lines += ["", "## Models", "", "| Keras | Hone | Arguments | Test |", "|---|---|---|---|"]
        for (owner, method), (call, told, test) in METHODS.items():
            thing = getattr(functools.reduce(getattr, owner.split("."), keras), method)
            parameters = [p for p in inspect.signature(thing).parameters.values()
                          if p.name != "self" and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
            kinds = {"yes": [], "differs": [], "not yet": []}
            for parameter in parameters:
                note = told.get(parameter.name)
                if note is None:
                    self.defects.append(f"{owner}.{method}: nothing is said of {parameter.name}")
                    continue
                kind = "yes" if note == "" else "not yet" if note == "not yet" else "differs"
                self.counts[kind] += 1
                kinds[kind].append((f"`{parameter.name}`", note if kind == "differs" else ""))
                if kind == "yes" and owner == "Model" and method in ("compile", "fit"):
                    fields = re.search(rf"#define HONE_{method.upper()}_FIELDS\(.*?[^\\]\n", declared, re.S)[0]
                    if not re.search(rf"\b{parameter.name}\b|_{parameter.name.upper()}_FIELDS", fields):
                        self.defects.append(f"{call}: no field is called {parameter.name}")
            for mentioned in (call, *re.findall(r"hone_\w+", " ".join(told.values()))):
                if not re.search(rf"\b{mentioned}\b", declared):
                    self.defects.append(f"{owner}.{method}: {mentioned} is not declared")
            if not os.path.exists(os.path.join(ROOT, test)):
                self.defects.append(f"{owner}.{method}: {test} is missing")
            text = tell(kinds)
            name = owner if method == "__init__" else f"{owner}.{method}"
            self.lines.append(f"| `{name}` | `{call}` | {text} | {link(test)} |")

    def operations(self):
        """keras.ops as nodes of models: read, or refused with the reason of src/operations/refused.c."""
        base = importlib.import_module("keras.src.ops.operation").Operation
        package = importlib.import_module("keras.src.ops")
        places = [path for _, path, _ in pkgutil.iter_modules(package.__path__) if not path.endswith("_test") and path != "operation"]
        modules = [importlib.import_module(f"keras.src.ops.{place}") for place in places]
        theirs = sorted({name for module in modules for name, thing in vars(module).items()
                         if inspect.isclass(thing) and issubclass(thing, base) and thing.__module__ == module.__name__})
        source = "".join(open(path, encoding="utf-8").read() for path in glob.glob(os.path.join(ROOT, "src/operations/*.c")))
        refused = dict(re.findall(r'\{"(\w+)",\s*("[^"]*"|\w+)\}', self.text("src/operations/refused.c")))
        reasons = dict(re.findall(r'(\w+)\[\] = ("[^"]*")', self.text("src/operations/refused.c")))
        groups, differ, count = {}, [], 0
        for name in theirs:
            if name in refused:
                groups.setdefault(reasons.get(refused[name], refused[name]).strip('"'), []).append(f"`{name}`")
                self.counts["not yet"] += 1
            elif f', "{name}"' in source:
                count += 1
                self.counts["differs" if name in OPERATIONS_DIFFER else "yes"] += 1
                differ += [f"`{name}`: {OPERATIONS_DIFFER[name]}"] if name in OPERATIONS_DIFFER else []
            elif name not in ("Function", "SegmentReduction"):  # bases of others
                self.defects.append(f"operations: {name} is neither read nor refused with a reason")
        self.lines += ["", "## Operations", "", f"Of `keras.ops` as nodes of functional models {count} are read, trained through where Keras does, and written back; "
                       "[test_operations.py](../tests/interop/test_operations.py) compares them with Keras. What would mix the samples of a batch of unknown size is "
                       "refused; whole numbers are kept as floats: of 8 and 16 bits they wrap around as in Keras, and a run that computes with integers of 2^24 and more, which floats do not tell apart, fails with the number and the operation.", "", "Different: " + "; ".join(differ) + ".", "", "Refused with the reason:", ""]
        self.lines += [f"- {reason}: {', '.join(names)}" for reason, names in groups.items()]

    def page(self):
        keras = importlib.import_module("keras")
        for title, (path, one) in FAMILIES.items():
            self.family(title, path, one)
        self.operations()
        self.methods()
        for text in (*ELSEWHERE.values(), *OTHERWISE.values()):
            for mentioned in re.findall(r"`(hone_\w+)", text):
                if not self.declared(mentioned):
                    self.defects.append(f"{mentioned} is not declared")
        head = [
            f"# Hone beside Keras {keras.__version__}", "",
            "Made by `scripts/parity.py`, which asks Keras and `hone help` and is run by `make test-full`; not to be edited by hand.",
            "Arguments that are only named are there under that name with Keras's default and meaning. A golden file holds numbers that",
            "real Keras computed ([how](../tests/golden/README.md)); where arguments stand before a test, that one sets them, and",
            "`defaults` compares what is saved of each thing.", "",
            f"Names and arguments: {self.counts['yes']} yes, {self.counts['differs']} differ, {self.counts['not yet']} not yet.", "",
            "For all of them:", "", *(f"- {sentence}" for sentence in GENERAL)]
        return "\n".join(head + self.lines) + "\n"

    @functools.cache
    def declared(self, name):
        return any(re.search(rf"\b{name}\b", open(path, encoding="utf-8").read())
                   for path in glob.glob(os.path.join(ROOT, "include/hone/*.h")))


def find_hone(given):
    for path in [given] if given else [os.path.join(ROOT, "build", folder, "hone") for folder in ("release", "lead")]:
        if os.access(path, os.X_OK):
            return path
    sys.exit("scripts/parity.py: no hone is built; make all, or --hone PATH")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hone", help="the command; build/release/hone")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when docs/parity.md is another")
    options = parser.parse_args()
    parity = Parity(find_hone(options.hone))
    page = parity.page()
    for defect in parity.defects:
        print(f"defect: {defect}")
    wrong = bool(parity.defects)
    if options.check:
        with open(PAGE, encoding="utf-8") as file:
            there = file.read()
        changes = list(difflib.unified_diff(there.splitlines(), page.splitlines(), "docs/parity.md", "now", "", "", 0, ""))
        print("\n".join(changes) if changes else "docs/parity.md is as it should be")
        wrong = wrong or bool(changes)
    else:
        os.makedirs(os.path.dirname(PAGE), exist_ok=True)
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(page)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

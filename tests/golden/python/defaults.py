"""defaults/: what Keras saves for each thing with its default (or the fewest possible) arguments."""
import keras

from common import find_class, plain, without_addresses
from constraints import CONSTRAINTS
from initializers import SCALED
from layers import LAYERS
from layers_attention import ATTENTION_NEEDED
from layers_images import IMAGES_NEEDED
from layers_space import SPACE_NEEDED
from losses import LOSSES
from metrics import METRICS
from optimizers import OPTIMIZERS
from regularizers import REGULARIZERS
from schedules import SCHEDULES

CELLS = ["SimpleRNNCell", "LSTMCell", "GRUCell"]
NEEDED = {
    "Dense": {"units": 3}, "Embedding": {"input_dim": 5, "output_dim": 2}, "Dropout": {"rate": 0.5},
    "AlphaDropout": {"rate": 0.5}, "GaussianDropout": {"rate": 0.5}, "GaussianNoise": {"stddev": 0.5},
    "SpatialDropout1D": {"rate": 0.5}, "SpatialDropout2D": {"rate": 0.5}, "SpatialDropout3D": {"rate": 0.5}, "Activation": {"activation": "relu"},
    "Reshape": {"target_shape": (2, 3)}, "Permute": {"dims": (2, 1)}, "RepeatVector": {"n": 2}, "Dot": {"axes": 1},
    "Rescaling": {"scale": 0.5}, "Discretization": {"bin_boundaries": [0.0, 1.0]}, "CategoryEncoding": {"num_tokens": 4},
    "MeanIoU": {"num_classes": 3}, "IoU": {"num_classes": 3, "target_class_ids": [0]},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [0]}, "OneHotMeanIoU": {"num_classes": 3},
    "SensitivityAtSpecificity": {"specificity": 0.5}, "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "PrecisionAtRecall": {"recall": 0.5}, "RecallAtPrecision": {"precision": 0.5},
    **SPACE_NEEDED, **IMAGES_NEEDED, **ATTENTION_NEEDED,
    **{f"ConvLSTM{axes}D": {"filters": 2, "kernel_size": 2} for axes in (1, 2, 3)},
    **{name: {"units": 2} for name in ("SimpleRNN", "LSTM", "GRU", *CELLS)},
}
WRAPPERS = {"SpectralNormalization": lambda: keras.layers.Dense(2), "TimeDistributed": lambda: keras.layers.Dense(2),
            "Bidirectional": lambda: keras.layers.LSTM(2), "RNN": lambda: keras.layers.GRUCell(2),
            "StackedRNNCells": lambda: [keras.layers.GRUCell(2)],
            "Pipeline": lambda: [keras.layers.RandomFlip(), keras.layers.Rescaling(2.0)]}
WRAPPED = {"RNN": "cell", "StackedRNNCells": "cells", "Pipeline": "layers"}
INITIALIZERS = ["Zeros", "Ones", "Constant", "Identity", "RandomNormal", "RandomUniform", "TruncatedNormal",
                "VarianceScaling", *SCALED, "Orthogonal"]


def config(family, class_name):
    keras.utils.clear_session()
    if class_name in WRAPPERS:
        arguments = {WRAPPED.get(class_name, "layer"): WRAPPERS[class_name]()}
    elif family == "schedule":
        arguments = SCHEDULES[class_name][0][1]
    else:
        arguments = NEEDED.get(class_name, {})
    instance = find_class(family, class_name)(**arguments)
    return {"arguments": plain(arguments) if class_name not in WRAPPERS else None,
            "serialized": without_addresses(plain(keras.saving.serialize_keras_object(instance)))}


def make(book):
    families = {"layer": [*LAYERS, *CELLS, "StackedRNNCells", "Pipeline"], "loss": [*LOSSES, "Circle"], "metric": METRICS, "optimizer": OPTIMIZERS,
                "schedule": SCHEDULES, "initializer": INITIALIZERS, "regularizer": REGULARIZERS,
                "constraint": CONSTRAINTS}
    for family, names in families.items():
        cases = [{"case": name, **config(family, name)} for name in names]
        book.add("defaults", family, {"cases": cases})

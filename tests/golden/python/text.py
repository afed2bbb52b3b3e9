"""Layers over texts and integers. Keras needs TensorFlow for them, beside its own backend."""
import os

import keras
import numpy
import tensorflow

from common import FOLDER, number

layers = keras.layers
TEXTS = ["The cat sat, on the mat.", "a cat; a dog!", "dog\tDÉJÀ vu", "", "...", "mat-cat  mat"]
MORE = ["A dog sat on the CAT", "vu vu déjà", "  ", "unheard words (here)"]
WORDS = [["a", "b"], ["b", "c"], ["c", "zebra"], ["", "b"]]
NUMBERS = [[5, 7], [-2, 5], [1 << 40, 9], [10, -7]]
LONG = ["x" * n + "é" for n in (0, 3, 7, 15, 16, 31, 33, 63, 64, 65, 127, 200)]


def values(array):
    """Of any of the three kinds."""
    array = numpy.asarray(array)
    result = {"shape": list(array.shape)}
    if array.dtype.kind in "OSU":
        result["texts"] = [item.decode() if isinstance(item, bytes) else str(item) for item in array.ravel()]
    elif array.dtype.kind in "iu":
        result["dtype"] = "int64"
        result["values"] = [int(item) for item in array.ravel()]
    else:
        result["values"] = [number(item) for item in array.ravel()]
    return result


def run(case, layer, inputs, adapt=None):
    if adapt is not None:
        layer.adapt(numpy.array(adapt, dtype=object) if isinstance(numpy.ravel(adapt)[0], str) else numpy.array(adapt))
        case["adapt"] = values(numpy.array(adapt))
    given = [tensorflow.constant(item) for item in inputs]
    output = layer(given if len(given) > 1 else given[0])
    case["inputs"] = [values(numpy.array(item)) for item in inputs]
    case["output"] = values(output.numpy() if hasattr(output, "numpy") else numpy.asarray(output))
    if hasattr(layer, "get_vocabulary"):
        case["vocabulary"] = [str(term) if term is not None else None for term in layer.get_vocabulary()]
    return case


def text_vectorization(make):
    for title, arguments in {
            "ids": {}, "ids of one length": {"output_sequence_length": 4}, "at most 6": {"max_tokens": 6},
            "lower": {"standardize": "lower"}, "punctuation": {"standardize": "strip_punctuation"},
            "as it is": {"standardize": None}, "characters": {"split": "character", "output_sequence_length": 9},
            "whole texts": {"split": None}, "pairs too": {"ngrams": 2}, "pairs and triples": {"ngrams": (2, 3)},
            "multi_hot": {"output_mode": "multi_hot"}, "count": {"output_mode": "count", "ngrams": 2},
            "tf_idf": {"output_mode": "tf_idf"},
            "padded": {"output_mode": "tf_idf", "max_tokens": 20, "pad_to_max_tokens": True},
            "padded multi_hot": {"output_mode": "multi_hot", "max_tokens": 6, "pad_to_max_tokens": True}}.items():
        inputs = [[text] for text in MORE + TEXTS]
        make(title, arguments, [inputs], adapt=TEXTS)
    make("given", {"vocabulary": ["cat", "dog"]}, [TEXTS])
    make("given with special ones", {"vocabulary": ["", "[UNK]", "cat", "dog"]}, [TEXTS])
    make("encoding", {"vocabulary": ["cat", "déjà"], "encoding": "utf-8"}, [TEXTS])
    make("given weights", {"vocabulary": ["cat", "dog"], "idf_weights": [0.5, 2.0], "output_mode": "tf_idf"}, [TEXTS])


def string_lookup(make):
    for title, arguments in {
            "ids": {}, "mask": {"mask_token": ""}, "three unknown": {"num_oov_indices": 3},
            "salt": {"num_oov_indices": 5, "salt": [1, 2]}, "one salt": {"num_oov_indices": 5, "salt": 7},
            "one_hot": {"output_mode": "one_hot"}, "multi_hot": {"output_mode": "multi_hot", "mask_token": ""},
            "count": {"output_mode": "count"}, "tf_idf": {"output_mode": "tf_idf"}, "at most 3": {"max_tokens": 3},
            "padded": {"max_tokens": 9, "pad_to_max_tokens": True, "output_mode": "count", "mask_token": "b"}}.items():
        make(title, arguments, [WORDS + [["q", "r"], ["zz", "é"]]], adapt=WORDS)
    make("one column", {"vocabulary": ["x", "y"], "output_mode": "one_hot"}, [[["x"], ["z"], ["y"]]])
    make("without unknown", {"vocabulary": ["x", "y"], "num_oov_indices": 0}, [["x", "y", "x"]])
    make("inverted", {"vocabulary": ["x", "y"], "invert": True, "mask_token": "-"}, [[[0, 1], [2, 3], [4, 1]]])
    make("inverted, another unknown", {"vocabulary": ["x", "y"], "invert": True, "oov_token": "?"}, [[[0, 1], [2, 3]]])
    make("encoding", {"vocabulary": ["x", "é"], "encoding": "utf-8"}, [["x", "é", "y"]])


def integer_lookup(make):
    for title, arguments in {
            "ids": {}, "mask": {"mask_token": 5}, "three unknown": {"num_oov_indices": 3},
            "hashed": {"num_oov_indices": 3, "oov_method": "farmhash"},
            "salt": {"num_oov_indices": 3, "oov_method": "farmhash", "salt": [3, 4]},
            "one_hot": {"output_mode": "one_hot"}, "multi_hot": {"output_mode": "multi_hot", "num_oov_indices": 2},
            "count": {"output_mode": "count", "mask_token": 5}, "tf_idf": {"output_mode": "tf_idf"},
            "at most 3": {"max_tokens": 3},
            "padded": {"max_tokens": 9, "pad_to_max_tokens": True, "output_mode": "multi_hot"}}.items():
        make(title, arguments, [NUMBERS + [[8, -8], [(1 << 40) + 1, 0]]], adapt=NUMBERS)
    make("given", {"vocabulary": [-1, 12, 1 << 53, (1 << 53) + 1]}, [[12, (1 << 53) + 1, 1 << 53, 3]])
    make("inverted", {"vocabulary": [12, 36, 1138], "invert": True}, [[[0, 1], [2, 3], [4, -1]]])
    make("inverted, another unknown", {"vocabulary": [12, 36], "invert": True, "oov_token": -5}, [[[0, 1], [2, 3]]])
    make("given weights", {"vocabulary": [12, 36], "idf_weights": [0.5, 2.0], "output_mode": "tf_idf"}, [[[12, 36], [3, 12]]])
    make("of a type", {"vocabulary": [12, 36], "vocabulary_dtype": "int64"}, [[12, 36, 3]])


def hashing(make):
    for title, arguments in {"texts": {"num_bins": 100}, "salt": {"num_bins": 100, "salt": [1, 2]},
                             "one salt": {"num_bins": 100, "salt": 133}, "mask": {"num_bins": 5, "mask_value": "a"},
                             "one bin": {"num_bins": 1, "mask_value": "a"}}.items():
        make(title, arguments, [[[text] for text in LONG + ["a", "b", "hello", ""]]])
    make("one_hot", {"num_bins": 4, "output_mode": "one_hot"}, [[["a"], ["b"], ["hello"]]])
    make("multi_hot", {"num_bins": 4, "output_mode": "multi_hot"}, [WORDS])
    make("count", {"num_bins": 3, "output_mode": "count"}, [WORDS])
    make("integers", {"num_bins": 1000}, [NUMBERS])
    make("integers with a salt", {"num_bins": 1000, "salt": [1, 2]}, [NUMBERS])


def hashed_crossing(make):
    a, b, c = [["a"], ["b"], ["c"], ["é"]], [["x"], ["y"], ["z"], [""]], [[1], [-5], [1 << 40], [0]]
    make("texts", {"num_bins": 10}, [a, b])
    make("integers", {"num_bins": 1000}, [c, [[4], [5], [6], [7]]])
    make("both", {"num_bins": 1000}, [a, c, b])
    make("one_hot", {"num_bins": 5, "output_mode": "one_hot"}, [a, c])


def every_layer():
    """A model of every such layer, its inputs and what it computes: a file beside the numbers."""
    keras.utils.set_random_seed(3)
    text = keras.Input((), dtype="string", name="text")
    word = keras.Input((1,), dtype="string", name="word")
    key = keras.Input((1,), dtype="int64", name="key")
    words = layers.TextVectorization(max_tokens=12, output_sequence_length=5)
    words.adapt(TEXTS)
    weighted = layers.TextVectorization(output_mode="tf_idf", ngrams=2)
    weighted.adapt(TEXTS)
    known = layers.StringLookup(vocabulary=["x", "y"], output_mode="one_hot")
    keys = layers.IntegerLookup(output_mode="multi_hot", num_oov_indices=2)
    keys.adapt(numpy.array([[5], [7], [5], [10 ** 12]]))
    parts = [layers.GlobalAveragePooling1D()(layers.Embedding(12, 3)(words(text))), weighted(text), known(word), keys(key),
             layers.Hashing(7, output_mode="one_hot")(word), layers.HashedCrossing(11, output_mode="one_hot")([word, key])]
    return keras.Model([text, word, key], layers.Dense(2)(layers.Concatenate()(parts)))


def make(book):
    for function, class_name in [(text_vectorization, "TextVectorization"), (string_lookup, "StringLookup"),
                                 (integer_lookup, "IntegerLookup"), (hashing, "Hashing"),
                                 (hashed_crossing, "HashedCrossing")]:
        cases = []

        def one(title, arguments, inputs, adapt=None):
            layer = getattr(layers, class_name)(**arguments)
            cases.append(run({"case": title, "arguments": arguments}, layer, inputs, adapt))

        function(one)
        book.add("text", function.__name__, {"class": class_name, "cases": cases})
    path = os.path.join(FOLDER, "text", "every_layer.keras")
    if not os.path.exists(path):
        every_layer().save(path)
    model = keras.models.load_model(path)
    given = [tensorflow.constant(TEXTS), tensorflow.constant([["x"], ["q"], ["y"], [""], ["x"], ["b"]]),
             tensorflow.constant([[5], [7], [8], [10 ** 12], [10 ** 12 + 1], [-3]], dtype="int64")]
    book.add("text", "every_layer", {"inputs": [values(item.numpy()) for item in given],
                                     "output": values(model.predict(given, verbose=0))})

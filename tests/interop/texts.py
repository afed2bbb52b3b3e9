"""Models with layers over texts beside Keras on TensorFlow, which these layers need: files of Keras predicted by the command, and read by Keras again
after `hone convert`; a vocabulary whose terms have ends of lines, learned by the command, read by Keras. A line per model, exit status 1 if one does not agree.

    HONE=build/release/hone PYTHON_WITH_TENSORFLOW tests/interop/texts.py
"""
import os
import subprocess
import sys
import tempfile

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy
import tensorflow
from keras import layers

HONE = os.path.abspath(os.environ["HONE"])
TEXTS = ["The cat sat on the mat.", "the CAT, the dog!", "", "   ", "\u00dcn\u00efcode stra\u00dfe \u0130stanbul \u01c5", "a-b_c d/e (f) [g] {h}",
         "don't can't won't", "\u0391\u03a3 \u1f48\u0394\u03a5\u03a3\u03a3\u0395\u038e\u03a3", "\u65e5\u672c\u8a9e \u306e \u30c6\u30ad\u30b9\u30c8", "emoji \U0001f600 ok \U0001f600",
         "1 2 3 4.5 6,7", "x" * 40, "the the the cat cat", "no\u00a0break \u2003space", "dog~`@#$%^&*()_+=|\\<>?:;'\""]
LEARNED = TEXTS * 2 + ["the dog sat on the log", "a cat and a dog"]
ASKED = numpy.array(TEXTS + ["tabs\tand\nlines\r\nhere", "never seen words", "cat"]).reshape(-1, 1)


def words(**settings):
    layer = layers.TextVectorization(**settings)
    layer.adapt(numpy.array(LEARNED))
    return layer


def lookup(**settings):
    layer = layers.StringLookup(**settings)
    layer.adapt(numpy.array(LEARNED).reshape(-1, 1))
    return layer


def embedded(layer, text, size=200):
    return layers.Flatten()(layers.Embedding(size, 3)(layer(text)))


MODELS = {
    "int": lambda x: embedded(words(output_sequence_length=9), x),
    "int, masked": lambda x: layers.LSTM(4)(layers.Embedding(200, 5, mask_zero=True)(words(output_sequence_length=9)(x))),
    "int, any length": lambda x: layers.GlobalAveragePooling1D()(layers.Embedding(200, 5)(words()(x))),
    "multi_hot": lambda x: words(output_mode="multi_hot", max_tokens=30)(x),
    "count, padded": lambda x: words(output_mode="count", pad_to_max_tokens=True, max_tokens=50)(x),
    "tf_idf": lambda x: words(output_mode="tf_idf")(x),
    "ngrams 2": lambda x: words(output_mode="tf_idf", ngrams=2, max_tokens=40)(x),
    "ngrams 1 and 3": lambda x: words(output_mode="count", ngrams=(1, 3))(x),
    "characters": lambda x: embedded(words(split="character", output_sequence_length=20), x),
    "lower": lambda x: words(standardize="lower", output_mode="count")(x),
    "strip_punctuation": lambda x: words(standardize="strip_punctuation", output_mode="count")(x),
    "as it is": lambda x: words(standardize=None, output_mode="count")(x),
    "not split": lambda x: words(split=None, output_mode="count")(x),
    "lookup": lambda x: embedded(lookup(), x),
    "lookup one_hot": lambda x: lookup(output_mode="one_hot")(x),
    "lookup, 3 unknown": lambda x: lookup(output_mode="multi_hot", num_oov_indices=3)(x),
    "hashing": lambda x: embedded(layers.Hashing(7), x, 7),
    "hashing, salted": lambda x: embedded(layers.Hashing(7, salt=(3, 4)), x, 7),
}
RECIPE = """\
model:
  - input: {{shape: [1], dtype: string}}
  - text_vectorization: {{split: character, standardize: null, {}}}
{}  - dense: {{units: 2, activation: softmax}}
compile: {{optimizer: adam, loss: sparse_categorical_crossentropy}}
data: {{train: "ends.npy,y.npy"}}
fit: {{epochs: 1}}
"""
LEARNING = {"ends of lines": RECIPE.format("output_sequence_length: 5", "  - embedding: {input_dim: 20, output_dim: 3}\n  - flatten\n"),
            "ends of lines, tf_idf": RECIPE.format("output_mode: tf_idf, pad_to_max_tokens: true, max_tokens: 9", "")}


def hone(*arguments):
    done = subprocess.run([HONE, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stderr.strip())


def predicted(model, texts):
    return numpy.asarray(model(tensorflow.constant(texts)))


def apart(model, texts_file, texts):
    """The command's prediction by a file and Keras's by a model."""
    hone("predict", model[0], "--data", texts_file, "--output", "out.npy")
    return float(numpy.abs(numpy.load("out.npy") - predicted(model[1], texts)).max())


def of_keras(body):
    keras.utils.set_random_seed(1)
    text = keras.Input((1,), dtype="string")
    model = keras.Model(text, layers.Dense(3, activation="softmax")(body(text)))
    model.save("keras.keras")
    first = apart(("keras.keras", model), "asked.npy", ASKED)
    hone("convert", "keras.keras", "hone.keras")
    return first, float(numpy.abs(predicted(keras.models.load_model("hone.keras"), ASKED) - predicted(model, ASKED)).max())


def of_hone(recipe):
    ends = numpy.array(["a\nb", "cc", "ab", "b\n\n", "c\u2028a"] * 8)
    numpy.save("ends.npy", ends)
    numpy.save("y.npy", numpy.array([0, 1, 1, 0, 1] * 8))
    with open("r.yaml", "w") as file:
        file.write(recipe)
    hone("train", "r.yaml", "--verbose", "0", "--output", "hone.keras")
    return (apart(("hone.keras", keras.models.load_model("hone.keras")), "ends.npy", ends.reshape(-1, 1)),)


def main():
    wrong = 0
    numpy.save("asked.npy", ASKED)
    for name, make, what in [(n, of_keras, m) for n, m in MODELS.items()] + [(n, of_hone, r) for n, r in LEARNING.items()]:
        try:
            found = make(what)
            good = max(found) < 1e-5
            words_of = ", ".join(f"{number:.2g}" for number in found)
        except Exception as error:
            good, words_of = False, str(error)[:300]
        wrong += not good
        print("agrees " if good else "DIFFERS", name, words_of, flush=True)
    print(wrong, "differ")
    return wrong > 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        status = main()
        os.chdir("/")
    sys.exit(status)

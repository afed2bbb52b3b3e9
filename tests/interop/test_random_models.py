"""Random functional models (random_models.py): `hone predict` of Keras's files, `hone convert` and what Keras makes of that, `hone summary`.
And .h5, where Keras reads what it wrote.
RANDOM_MODELS=N tries N of them (unless told 24 in `make test-full`, else 8), RANDOM_FIRST=S begins with seed S."""
import io
import os
import warnings

import random_models
from common import FULL, Case, hone, keras, numpy

FIRST = int(os.environ.get("RANDOM_FIRST", "0"))
COUNT = int(os.environ.get("RANDOM_MODELS", "24" if FULL else "4"))


def summary(model):
    os.environ["COLUMNS"] = "124"  # what the lines are not to exceed, and the frame around them
    text = io.StringIO()
    model.summary(line_length=120, print_fn=text.write)
    return text.getvalue().splitlines()


class RandomModels(Case):
    def hone_predictions(self, path, data):
        numpy.savez(self.path("x.npz"), **data)
        hone("predict", path, "--data", self.path("x.npz"), "--output", self.path("y.npz"))
        with numpy.load(self.path("y.npz")) as file:
            return [file[name] for name in file.files]

    def saved_as_hdf5(self, model, expected, data):
        """The model as .h5, or None when Keras does not get it back from there (operations, models called by keys)."""
        path = self.path("m.h5")
        try:
            model.save(path)
            read = random_models.predict(keras.saving.load_model(path), data)
        except Exception:
            return None
        same = len(read) == len(expected) and all(numpy.allclose(a, b, atol=1e-5) for a, b in zip(expected, read))
        return path if same else None

    def check(self, expected, received):
        self.assertEqual(len(expected), len(received))
        for a, b in zip(expected, received):
            self.assertEqual(a.shape, b.shape)
            numpy.testing.assert_allclose(b, a, rtol=1e-4, atol=1e-5)

    def test_models(self):
        warnings.simplefilter("ignore")
        for seed in range(FIRST, FIRST + COUNT):
            with self.subTest(seed=seed):
                model = random_models.make(seed)
                data = random_models.inputs(model, seed)
                expected = random_models.predict(model, data)
                path, again = self.path("m.keras"), self.path("again.keras")
                model.save(path)
                keys = sorted(model._inputs_struct) if isinstance(model._inputs_struct, dict) else None
                named = {key: data[model._inputs_struct[key]._keras_history.operation.name] for key in keys} if keys else data
                self.check(expected, self.hone_predictions(path, named))
                old = self.saved_as_hdf5(model, expected, data)
                if old:
                    self.check(expected, self.hone_predictions(old, named))
                hone("convert", path, again)
                reloaded = keras.saving.load_model(again)
                self.check(expected, random_models.predict(reloaded, data))
                self.assertEqual(summary(reloaded), hone("summary", again, "--line-length", "120")[0].splitlines())
                self.assertEqual([w.trainable for w in model.weights], [w.trainable for w in reloaded.weights])
                self.assertEqual(len(model.trainable_variables), len(reloaded.trainable_variables))

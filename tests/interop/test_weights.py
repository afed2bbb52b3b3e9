"""Weights alone: safetensors by the real package both ways, sharded and named HDF5, settings that Hone does not know."""
import json
import os
import struct
import unittest
import zipfile

from common import Case, hone, load, quiet

import keras
import ml_dtypes
import numpy
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file, save_file

layers = keras.layers


def stack(*items, shape=(5,), name=None):
    return keras.Sequential([keras.Input(shape), *items], name=name)


class Weights(Case):
    def save(self, model, name="m.keras"):
        model.set_weights([numpy.random.default_rng(i).uniform(0.2, 1, w.shape) for i, w in enumerate(model.get_weights())])
        with quiet():
            model.save(self.path(name))
        return self.path(name)

    def predicts(self, path, model, tolerance=1e-5):
        x = numpy.random.default_rng(9).normal(size=(4, *model.input_shape[1:])).astype("float32")
        output = self.predict_with_hone(path, self.write_data([x]), ["one"])[0]
        self.assert_close(output, model.predict(x, verbose=0), tolerance, os.path.basename(path))

    def refused(self, *arguments, status=1, words=()):
        error = hone("convert", *arguments, status=status)[1]
        self.assertEqual(len(error.strip().splitlines()), 1, error)
        for word in words:
            self.assertIn(word, error)


class Safetensors(Weights):
    def model(self):
        inner = stack(layers.Dense(4, "tanh", name="dense"), layers.BatchNormalization(name="norm"), name="tower")
        return stack(layers.Dense(5, "relu", name="dense"), inner, layers.Dense(2, name="head"))

    def test_what_hone_writes(self):
        model = self.model()
        path = self.save(model)
        for dtype, tolerance in (("float32", 0), ("float64", 0), ("float16", 1e-3), ("bfloat16", 1e-2)):
            with self.subTest(dtype):
                result = self.path(dtype + ".safetensors")
                hone("convert", path, result, "--dtype", dtype)
                with safe_open(result, "numpy") as file:
                    self.assertEqual(file.metadata(), {"format": "keras", "library": "hone", "model": model.name})
                    names = file.keys()
                tensors = load_file(result)
                self.assertEqual(sorted(names), ["dense/bias", "dense/kernel", "head/bias", "head/kernel", "tower/dense/bias",
                                                 "tower/dense/kernel", *(f"tower/norm/{n}" for n in (
                                                     "beta", "gamma", "moving_mean", "moving_variance"))])
                self.assertEqual({tensor.dtype.name for tensor in tensors.values()}, {dtype})
                self.assert_close(tensors["head/kernel"], model.layers[2].kernel.numpy(), tolerance, "kernel")
                save_file(tensors, self.path("again.safetensors"), metadata={"format": "keras", "library": "hone", "model": model.name})
                with open(result, "rb") as ours, open(self.path("again.safetensors"), "rb") as theirs:
                    self.assertEqual(self.parts(ours.read())[1:], self.parts(theirs.read())[1:])
                hone("convert", result, self.path("back.keras"), "--model", path)
                self.predicts(self.path("back.keras"), model, tolerance * 10 + 1e-5)

    @staticmethod
    def parts(data):
        """The header, how its tensors follow each other, and the numbers."""
        length = struct.unpack("<Q", data[:8])[0]
        header = json.loads(data[8:8 + length])
        return length % 8, header, list(header), data[8 + length:]

    def test_what_the_package_writes(self):
        model = self.model()
        path = self.save(model)
        hone("convert", path, self.path("w.safetensors"))
        tensors = load_file(self.path("w.safetensors"))
        fresh = self.path("fresh.keras")
        self.model().save(fresh)
        for dtype, tolerance in (("float32", 1e-5), ("float64", 1e-5), ("float16", 2e-2), (ml_dtypes.bfloat16, 0.2)):
            save_file({name: tensor.astype(dtype) for name, tensor in tensors.items()}, self.path("p.safetensors"))
            hone("convert", self.path("p.safetensors"), self.path("o.keras"), "--model", fresh)
            self.predicts(self.path("o.keras"), model, tolerance)

    def test_integers_and_empty(self):
        model = stack(layers.Dense(3, name="d"))
        path = self.save(model)
        kernel, bias = numpy.arange(15).reshape(5, 3), numpy.array([True, False, True])
        for dtype in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"):
            save_file({"d/kernel": kernel.astype(dtype), "d/bias": bias}, self.path("i.safetensors"))
            hone("convert", self.path("i.safetensors"), self.path("o.keras"), "--model", path)
            model.set_weights([kernel, bias])
            self.predicts(self.path("o.keras"), model)
        save_file({}, self.path("none.safetensors"))
        self.refused(self.path("none.safetensors"), self.path("o.keras"), "--model", path, words=["d/kernel"])
        hone("convert", self.path("none.safetensors"), self.path("o.keras"), "--model", path, "--partial")

    def test_part_of_a_file_by_names(self):
        """As PyTorch names things, with matrices transposed; what the new model has beside keeps its weights."""
        model = stack(layers.Dense(4, "relu", name="one"), layers.Dense(3, name="two"), layers.Dense(2, name="head"))
        path = self.save(model)
        random = numpy.random.default_rng(3)
        tensors = {"encoder.0.weight": random.normal(size=(4, 5)), "encoder.0.bias": random.normal(size=4),
                   "encoder.1.weight": random.normal(size=(3, 4)), "encoder.1.bias": random.normal(size=3), "classifier.weight": numpy.ones((9, 3))}
        save_file({name: numpy.ascontiguousarray(t.astype("float32")) for name, t in tensors.items()}, self.path("t.safetensors"))
        maps = ["encoder.0.weight=one/kernel.T", "encoder.1.weight=two/kernel.T", "encoder.0.*=one/*", "encoder.1.*=two/*"]
        options = [word for text in maps for word in ("--map", text)]
        hone("convert", self.path("t.safetensors"), self.path("o.keras"), "--model", path, "--partial", *options)
        head = model.layers[2].get_weights()
        model.set_weights([tensors["encoder.0.weight"].T, tensors["encoder.0.bias"], tensors["encoder.1.weight"].T, tensors["encoder.1.bias"], *head])
        self.predicts(self.path("o.keras"), model)
        base = (self.path("t.safetensors"), self.path("x.keras"), "--model", path)
        self.refused(*base, *options, words=["classifier.weight"])
        self.refused(*base, *options, "--map", "classifier.weight=", words=["head/"])
        self.refused(*base, "--partial", "--map", "encoder.0.weight=one/kernel", words=["encoder.0.weight", "(4, 5)", "(5, 4)"])
        self.refused(*base, "--partial", "--map", "encoder.0.bias=one/bia", words=["one/bia"])
        self.refused(*base, "--partial", "--map", "encoder.*.bias=one/bias", words=["two tensors"])
        hone("convert", *base, "--partial", "--skip-mismatch", "--map", "encoder.0.weight=one/kernel")
        self.refused(*base, "--map", "nothing", status=2, words=["THEIRS=OURS"])
        self.refused(self.path("t.safetensors"), self.path("x.keras"), status=2, words=["--model"])

    def header(self, header, data=b"", length=None):
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return struct.pack("<Q", len(text) if length is None else length) + text + data

    def test_files_that_the_package_refuses(self):
        """Each file: the package and the command agree on whether it may be read."""
        path = self.save(stack(layers.Dense(3, name="d")))
        one = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
        huge = 2 ** 63
        files = {
            "empty file": b"", "seven bytes": b"1234567", "no header": self.header({}), "long header": self.header({}, length=2 ** 40),
            "above the limit": self.header({}, length=100_000_001), "cut header": self.header({"a": one}, length=500),
            "good": self.header({"a": one}, bytes(8)), "padded": self.header(json.dumps({"a": one}).encode() + b"   ", bytes(8)),
            "spaces before": self.header(b"  " + json.dumps({"a": one}).encode(), bytes(8)),
            "cut data": self.header({"a": one}, bytes(7)), "trailing data": self.header({"a": one}, bytes(9)),
            "hole": self.header({"a": {**one, "data_offsets": [4, 12]}}, bytes(12)),
            "overlap": self.header({"a": one, "b": {**one, "data_offsets": [4, 12]}}, bytes(12)),
            "same place": self.header({"a": one, "b": one}, bytes(8)),
            "backwards": self.header({"a": {**one, "data_offsets": [8, 0]}}, bytes(8)),
            "wrong size": self.header({"a": {**one, "shape": [3]}}, bytes(8)),
            "overflow": self.header({"a": {**one, "shape": [huge, 4]}}, bytes(8)),
            "overflow to zero": self.header({"a": {**one, "shape": [2 ** 62, 4], "data_offsets": [0, 0]}}),
            "zero size": self.header({"a": {**one, "shape": [0, 7], "data_offsets": [0, 0]}}),
            "negative": self.header({"a": {**one, "shape": [-2]}}, bytes(8)),
            "fraction": self.header({"a": {**one, "shape": [2.0]}}, bytes(8)),
            "unknown type": self.header({"a": {**one, "dtype": "F31"}}, bytes(8)),
            "is not a NumPy type": self.header({"a": {"shape": [2], "data_offsets": [0, 8]}}, bytes(8)),
            "three offsets": self.header({"a": {**one, "data_offsets": [0, 8, 8]}}, bytes(8)),
            "list": self.header([1]), "text": self.header("x"), "no JSON": self.header(b"{\"a\": "), "two maps": self.header(b"{}{}"),
            "bad UTF-8": self.header(b'{"\xff": 1}'), "mark": self.header(b"\xef\xbb\xbf{}"), "NaN": self.header(b'{"a": NaN}'),
            "metadata": self.header({"__metadata__": {"a": "b"}, "a": one}, bytes(8)),
            "metadata number": self.header({"__metadata__": {"a": 1}, "a": one}, bytes(8)),
            "metadata list": self.header({"__metadata__": ["a"], "a": one}, bytes(8)),
            "scalar": self.header({"a": {"dtype": "F64", "shape": [], "data_offsets": [0, 8]}}, bytes(8)),
            "half a byte": self.header({"a": {"dtype": "F4", "shape": [3], "data_offsets": [0, 1]}}, bytes(1)),
            "complex": self.header({"a": {"dtype": "C64", "shape": [1], "data_offsets": [0, 8]}}, bytes(8)),
            "duplicate field": self.header(b'{"a": {"dtype": "F32", "dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}', bytes(8)),
        }
        for label, data in files.items():
            with self.subTest(label):
                name = self.path("f.safetensors")
                with open(name, "wb") as file:
                    file.write(data)
                try:
                    with safe_open(name, "numpy") as file:
                        list(file.keys())
                    good = True
                except (SafetensorError, OSError):
                    good = False
                arguments = (name, self.path("o.keras"), "--model", path, "--partial")
                if good:
                    hone("convert", *arguments)
                else:
                    self.refused(*arguments, words=["f.safetensors"])

    def test_name_twice(self):
        """The package keeps the last of two equal names; the format forbids them, and so does Hone."""
        path = self.save(stack(layers.Dense(3, name="d")))
        entry = b'{"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}'
        with open(self.path("f.safetensors"), "wb") as file:
            file.write(self.header(b'{"a": ' + entry + b', "a": ' + entry + b"}"))
        self.refused(self.path("f.safetensors"), self.path("o.keras"), "--model", path, "--partial", words=["twice"])


class Hdf5(Weights):
    def test_shards_both_ways(self):
        model = stack(layers.Dense(40, "relu"), layers.BatchNormalization(), layers.Dense(30), layers.Dense(1))
        model.compile("adam", "mse")
        path = self.save(model)
        model.save_weights(self.path("k.weights.json"), max_shard_size=5000 / 1024 ** 3)
        self.assertGreater(len([name for name in os.listdir(self.folder) if name.startswith("k_")]), 1)
        other = self.save(stack(layers.Dense(40, "relu"), layers.BatchNormalization(), layers.Dense(30), layers.Dense(1)), "other.keras")
        model = load(path)
        model.load_weights(self.path("k.weights.json"))
        hone("convert", self.path("k.weights.json"), self.path("o.keras"), "--model", other)
        self.predicts(self.path("o.keras"), model)
        hone("convert", path, self.path("h.weights.json"), "--shard-bytes", 5000)
        self.assertGreater(len([name for name in os.listdir(self.folder) if name.startswith("h_")]), 1)
        fresh = load(other)
        fresh.load_weights(self.path("h.weights.json"))
        self.predicts(path, fresh)
        with open(self.path("k.weights.json")) as file:
            index = json.load(file)
        for name in ("../x.weights.h5", "/etc/passwd", "a/b.weights.h5", "", 3):
            key = next(iter(index["weight_map"]))
            with open(self.path("bad.weights.json"), "w") as file:
                json.dump({**index, "weight_map": {**index["weight_map"], key: name}}, file)
            self.refused(self.path("bad.weights.json"), self.path("o.keras"), "--model", other, words=["weight_map"])
        os.remove(self.path("k_00001.weights.h5"))
        self.refused(self.path("k.weights.json"), self.path("o.keras"), "--model", other, words=["k_00001.weights.h5"])

    def test_by_name_and_skip_mismatch(self):
        model = stack(layers.Dense(4, "relu", name="one"), layers.Dense(4, name="two"), layers.Dense(3, name="old_head"))
        source = self.save(model)
        model.save_weights(self.path("w.weights.h5"))
        with quiet():
            model.save(self.path("w.h5"))
        target = stack(layers.Dense(4, "relu", name="new"), layers.Dense(4, name="two"), layers.Dense(2, name="head"))
        arch = self.save(target, "arch.keras")
        # Layer "new" has other sizes than "one": its inputs are the same here, so that only names decide.
        target.layers[1].set_weights(model.layers[1].get_weights())
        for weights in ("w.weights.h5", "w.h5", source):
            with self.subTest(weights):
                hone("convert", self.path(weights), self.path("o.keras"), "--model", arch, "--by-name")
                self.predicts(self.path("o.keras"), target)
                self.refused(self.path(weights), self.path("o.keras"), "--model", arch, words=["head" if weights == "w.h5" else "dense_2"])
        expected = stack(layers.Dense(4, "relu"), layers.Dense(4), layers.Dense(2))
        expected.set_weights([*model.get_weights()[:4], *target.get_weights()[4:]])
        for weights in ("w.weights.h5", "w.h5"):
            error = hone("convert", self.path(weights), self.path("o.keras"), "--model", arch, "--skip-mismatch")[1]
            self.assertIn("warning", error)
            self.predicts(self.path("o.keras"), expected)


class UnknownSettings(Weights):
    def changed(self, change):
        model = stack(layers.Dense(3, "relu", name="first", kernel_initializer="he_normal"), layers.Dense(1, name="last"))
        model.compile("adam", keras.losses.MeanSquaredError())
        path = self.save(model)
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        config = json.loads(members["config.json"])
        change(config)
        with zipfile.ZipFile(self.path("changed.keras"), "w") as archive:
            for name, data in {**members, "config.json": json.dumps(config)}.items():
                archive.writestr(name, data)
        return self.path("changed.keras")

    CHANGES = {
        "layer": (lambda config, value: config["config"]["layers"][1]["config"].update(sparkle=value), ["first", "sparkle"]),
        "initializer": (lambda config, value: config["config"]["layers"][1]["config"]["kernel_initializer"]["config"].update(sparkle=value),
                        ["first", "sparkle"]),
        "optimizer": (lambda config, value: config["compile_config"]["optimizer"]["config"].update(sparkle=value), ["optimizer", "sparkle"]),
        "loss": (lambda config, value: config["compile_config"]["loss"]["config"].update(sparkle=value), ["loss", "sparkle"]),
        "compile": (lambda config, value: config["compile_config"].update(sparkle=value), ["compile", "sparkle"]),
    }

    def test_null_and_false_say_nothing(self):
        for label, (change, _) in self.CHANGES.items():
            for value in (None, False):
                with self.subTest(label, value=value):
                    hone("summary", self.changed(lambda config: change(config, value)))

    def test_others_are_errors_that_name_them(self):
        for label, (change, words) in self.CHANGES.items():
            for value in (True, 3, "x", [1], {"a": 1}):
                with self.subTest(label, value=value):
                    path = self.changed(lambda config: change(config, value))
                    error = hone("summary", path, status=1)[1]
                    for word in words:
                        self.assertIn(word, error)

    def test_ignored_they_are_kept(self):
        for label, (change, words) in self.CHANGES.items():
            with self.subTest(label):
                path = self.changed(lambda config: change(config, 3))
                error = hone("convert", path, self.path("o.keras"), "--ignore-unknown")[1]
                self.assertIn("warning", error)
                for word in words:
                    self.assertIn(word, error)
                with zipfile.ZipFile(self.path("o.keras")) as archive:
                    self.assertIn('"sparkle": 3', archive.read("config.json").decode())

    def test_documented_defaults(self):
        def change(config):
            config["config"]["layers"][1]["config"]["data_format"] = "channels_last"
        hone("summary", self.changed(change))


if __name__ == "__main__":
    unittest.main()

"""Files that are cut, lie, or want what must not be given: exit 1, one sentence, nothing written."""
import io
import json
import os
import unittest
import zipfile

import h5py
import numpy

from common import FILES, Case, hone

MEMBERS = ("metadata.json", "config.json", "model.weights.h5")


class BrokenFiles(Case):
    def setUp(self):
        super().setUp()
        with open(os.path.join(FILES, "chapter_without_dropout.keras"), "rb") as file:
            self.good = file.read()
        with zipfile.ZipFile(io.BytesIO(self.good)) as archive:
            self.members = {name: archive.read(name) for name in archive.namelist()}
        self.data = self.write_data([numpy.zeros((4, 4, 4), "float32")], [numpy.zeros(4, "int32")])

    def archive(self, members):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in members if isinstance(members, list) else members.items():
                archive.writestr(name, data)
        return buffer.getvalue()

    def refused(self, data, *words):
        """predict, evaluate, summary and train all refuse the file in one line that holds the words."""
        path = self.path("broken.keras")
        with open(path, "wb") as file:
            file.write(data)
        commands = [("predict", path, "--data", self.data, "--output", self.path("p.npy")),
                    ("evaluate", path, "--data", self.data),
                    ("train", path, "--data", self.data, "--output", self.path("o.keras"), "--verbose", "0")]
        for command in commands:
            output, error = hone(*command, status=1)
            lines = [line for line in error.splitlines() if line.strip()]
            self.assertEqual(len(lines), 1, f"{command[0]}: {error}")
            for word in words:
                self.assertIn(word.lower(), lines[0].lower(), command[0])
            self.assertEqual(output, "")
        for name in ("p.npy", "o.keras"):
            self.assertFalse(os.path.exists(self.path(name)), name)
        with open(path, "rb") as file:
            self.assertEqual(file.read(), data)

    def changed_config(self, change):
        config = json.loads(self.members["config.json"])
        change(config)
        return self.archive({**self.members, "config.json": json.dumps(config)})

    def changed_weights(self, change):
        buffer = io.BytesIO(self.members["model.weights.h5"])
        with h5py.File(buffer, "r+") as file:
            change(file)
        return self.archive({**self.members, "model.weights.h5": buffer.getvalue()})

    def test_empty(self):
        self.refused(b"", "broken.keras")

    def test_text(self):
        self.refused(b"this is no archive\n" * 50, "broken.keras")

    def test_cut_anywhere(self):
        for part in (0.02, 0.3, 0.5, 0.9, 0.999):
            with self.subTest(part):
                self.refused(self.good[:int(len(self.good) * part)], "broken.keras")

    def test_flipped_bytes(self):
        """A byte of the stored weights changed: the archive's checksum tells."""
        data = bytearray(self.good)
        data[len(data) * 2 // 3] ^= 0x55
        self.refused(bytes(data), "broken.keras")

    def test_no_config(self):
        self.refused(self.archive({name: self.members[name] for name in MEMBERS if name != "config.json"}), "config.json")

    def test_no_weights(self):
        self.refused(self.archive({name: self.members[name] for name in MEMBERS if "weights" not in name}),
                     "model.weights.h5")

    def test_doubled_member(self):
        self.refused(self.archive([*self.members.items(), ("config.json", self.members["config.json"])]), "config.json")

    def test_config_is_no_json(self):
        self.refused(self.archive({**self.members, "config.json": self.members["config.json"][:-40]}), "config.json")

    def test_config_is_a_list(self):
        self.refused(self.archive({**self.members, "config.json": b"[1, 2]"}), "config.json")

    def test_config_too_deep(self):
        self.refused(self.archive({**self.members, "config.json": b"[" * 100000 + b"]" * 100000}), "config.json")

    def test_unknown_layer(self):
        def change(config):
            config["config"]["layers"][2]["class_name"] = "Densest"
        self.refused(self.changed_config(change), "Densest")

    def test_lambda(self):
        def change(config):
            config["config"]["layers"][1] = {"module": "keras.layers", "class_name": "Lambda", "config": {
                "name": "lambda", "function": {"class_name": "__lambda__", "config": {"value": "4wAAAA=="}}},
                "registered_name": None}
        self.refused(self.changed_config(change), "lambda")

    def test_custom_object(self):
        def change(config):
            config["config"]["layers"][2]["registered_name"] = "shop>Dense"
        self.refused(self.changed_config(change), "shop>Dense")

    def test_not_a_number_as_setting(self):
        def change(config):
            config["config"]["layers"][3]["config"]["epsilon"] = float("nan")
        self.refused(self.changed_config(change), "epsilon")

    def test_negative_units(self):
        def change(config):
            config["config"]["layers"][2]["config"]["units"] = -3
        self.refused(self.changed_config(change), "units")

    def test_huge_units(self):
        def change(config):
            config["config"]["layers"][2]["config"]["units"] = 2 ** 62
        self.refused(self.changed_config(change))

    def test_weights_of_another_shape(self):
        def change(file):
            group = file["layers/dense/vars"]
            del group["0"]
            group["0"] = numpy.zeros((16, 11), "float32")
        self.refused(self.changed_weights(change), "16", "11", "12")

    def test_weights_missing(self):
        def change(file):
            del file["layers/dense_1/vars/1"]
        self.refused(self.changed_weights(change), "dense_1")

    def test_group_missing(self):
        def change(file):
            del file["layers/batch_normalization"]
        self.refused(self.changed_weights(change), "batch_normalization")

    def test_weights_of_complex_numbers(self):
        def change(file):
            group = file["layers/dense/vars"]
            del group["1"]
            group["1"] = numpy.zeros(12, "complex64")
        self.refused(self.changed_weights(change), "dense")

    def test_external_link(self):
        def change(file):
            del file["layers/dense/vars/0"]
            file["layers/dense/vars/0"] = h5py.ExternalLink("/etc/passwd", "/x")
        self.refused(self.changed_weights(change))

    def test_weights_are_no_hdf5(self):
        self.refused(self.archive({**self.members, "model.weights.h5": b"\x89HDF\r\n\x1a\n" + bytes(200)}),
                     "model.weights.h5")

    def test_missing_file(self):
        error = hone("summary", self.path("nowhere.keras"), status=1)[1]
        self.assertIn("nowhere.keras", error)
        self.assertEqual(len(error.strip().splitlines()), 1)

    def test_unbuilt_model_has_no_input_shape(self):
        """Keras saves a Sequential that was never built; there is nothing to predict with until it is given data's shape."""
        path = os.path.join(FILES, "unbuilt.keras")
        data = self.write_data([numpy.zeros((4, 5), "float32")], prefix="five")
        error = hone("predict", path, "--data", data, "--output", self.path("p.npy"), status=1)[1]
        self.assertEqual(len(error.strip().splitlines()), 1)


if __name__ == "__main__":
    unittest.main()

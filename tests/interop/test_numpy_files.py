"""NPY and NPZ: what NumPy writes Hone reads, from memory and from the file, and vice versa."""
import itertools
import struct
import unittest

import numpy

from common import Case, hone

TYPES = ["|b1", "|i1", "|u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]


class NumpyFiles(Case):
    @classmethod
    def setUpClass(cls):
        import keras
        cls.keras = keras

    def setUp(self):
        super().setUp()
        inputs = self.keras.Input((3, 2), name="x")
        model = self.keras.Model(inputs, self.keras.layers.Activation("linear")(inputs))
        self.model = self.path("identity.keras")
        model.save(self.model)

    def read(self, data, *options):
        """The numbers as Hone reads them: the output of a model that changes nothing."""
        output = self.path("read.npy")
        hone("predict", self.model, "--data", data, "--output", output, *options)
        return numpy.load(output)

    def check(self, data, array):
        expected = array.astype("float32")
        for options in ((), ("--memory-limit", "1")):
            numpy.testing.assert_array_equal(self.read(data, *options), expected, f"{array.dtype} {options}")

    def arrays(self):
        random = numpy.random.default_rng(1)
        for name in TYPES:
            for order in ("<", ">") if len(name) == 2 else ("",):
                dtype = numpy.dtype(order + name)
                numbers = random.integers(0, 2 if dtype.kind == "b" else 100, (37, 3, 2))
                if dtype.kind in "if" and dtype.kind != "b":
                    numbers = numbers - 50
                if dtype.kind == "f":
                    numbers = numbers / 8
                yield numbers.astype(dtype)

    def test_every_type_order_and_layout(self):
        for array in self.arrays():
            for layout in (numpy.ascontiguousarray, numpy.asfortranarray):
                path = self.path("a.npy")
                numpy.save(path, layout(array))
                self.check(path, array)

    def test_archives(self):
        arrays = list(self.arrays())
        for save, array, layout in itertools.product(
                (numpy.savez, numpy.savez_compressed), (arrays[0], arrays[6], arrays[-4], arrays[-1]),
                (numpy.ascontiguousarray, numpy.asfortranarray)):
            path = self.path("a.npz")
            save(path, x=layout(array), y=numpy.arange(len(array)))
            self.check(path, array)

    def test_versions(self):
        array = numpy.arange(12, dtype="<f4").reshape(2, 3, 2)
        for version in ((1, 0), (2, 0), (3, 0)):
            path = self.path("v.npy")
            with open(path, "wb") as file:
                numpy.lib.format.write_array(file, array, version=version)
            self.check(path, array)

    def test_special_halves(self):
        """Every float16 there is."""
        halves = numpy.arange(65536, dtype="<u2").view("<f2").reshape(-1, 4)
        halves = numpy.concatenate([halves, halves[:, :2]], 1).reshape(-1, 3, 2)
        path = self.path("h.npy")
        numpy.save(path, halves)
        for options in ((), ("--memory-limit", "1")):
            numpy.testing.assert_array_equal(self.read(path, *options), halves.astype("float32"))

    def test_written_files(self):
        """What Hone writes NumPy reads, with NumPy's own bytes."""
        array = numpy.arange(12, dtype="<f4").reshape(2, 3, 2)
        source, again = self.path("s.npy"), self.path("t.npy")
        numpy.save(source, array)
        hone("predict", self.model, "--data", source, "--output", again)
        with open(source, "rb") as first, open(again, "rb") as second:
            self.assertEqual(first.read(), second.read())
        archive = self.path("t.npz")
        hone("predict", self.model, "--data", source, "--output", archive)
        with numpy.load(archive) as opened:
            numpy.testing.assert_array_equal(opened[opened.files[0]], array)

    def test_64_bit_archive(self):
        """A member written with 64-bit sizes in all its headers, as for arrays over 4 GiB."""
        import zipfile
        array = numpy.arange(12, dtype="<f4").reshape(2, 3, 2)
        npy, path = self.path("x.npy"), self.path("big.npz")
        numpy.save(npy, array)
        limit, zipfile.ZIP64_LIMIT = zipfile.ZIP64_LIMIT, 100
        try:
            with zipfile.ZipFile(path, "w") as archive:
                archive.write(npy, "x.npy")
        finally:
            zipfile.ZIP64_LIMIT = limit
        with open(path, "rb") as file:
            self.assertIn(struct.pack("<HH", 1, 16), file.read())
        self.check(path, array)

    def test_refused(self):
        for array, word in ((numpy.zeros((2, 3, 2), "c8"), "complex"), (numpy.asfortranarray(numpy.full((2, 3), "a")), "texts"),
                            (numpy.zeros((2, 3, 2), object), "Python objects")):
            for name, save in (("r.npy", numpy.save), ("r.npz", lambda path, data: numpy.savez(path, x=data))):
                path = self.path(name)
                save(path, array)
                for options in ((), ("--memory-limit", "1")):
                    error = hone("predict", self.model, "--data", path, "--output", self.path("p.npy"), *options,
                                 status=1)[1]
                    self.assertIn(word, error)

    def test_an_output_twice_and_an_input_as_output(self):
        """Names that come twice are numbered, in NPZ and in ONNX."""
        import onnxruntime
        inputs = self.keras.Input((3,), name="x")
        dense = self.keras.layers.Dense(2, name="dense")
        same = dense(inputs)
        model = self.keras.Model(inputs, [same, same, dense(inputs), inputs])
        model.save(self.path("twice.keras"))
        x = numpy.arange(12, dtype="float32").reshape(4, 3)
        numpy.save(self.path("x.npy"), x)
        expected = [numpy.asarray(output) for output in model(x)]
        hone("predict", self.path("twice.keras"), "--data", self.path("x.npy"), "--output", self.path("twice.npz"))
        archive = numpy.load(self.path("twice.npz"))
        self.assertEqual(archive.files, ["dense", "dense_1", "dense_2", "x"])
        hone("export", self.path("twice.keras"), "--output", self.path("twice.onnx"))
        session = onnxruntime.InferenceSession(self.path("twice.onnx"), providers=["CPUExecutionProvider"])
        self.assertEqual([output.name for output in session.get_outputs()], ["dense", "dense_1", "dense_2", "x_1"])
        for key, run, wanted in zip(archive.files, session.run(None, {"x": x}), expected):
            numpy.testing.assert_allclose(archive[key], wanted, rtol=1e-5)
            numpy.testing.assert_allclose(run, wanted, rtol=1e-5)


if __name__ == "__main__":
    unittest.main()

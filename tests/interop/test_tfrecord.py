"""TFRecord files of tf.train.Example that TensorFlow writes: the numbers that it reads, plain and in gzip, in one file and in several."""
import os
import unittest

import numpy

from common import Case, hone, keras

try:
    import tensorflow
except ImportError:
    tensorflow = None


def feature(value):
    train = tensorflow.train
    if isinstance(value, bytes):
        return train.Feature(bytes_list=train.BytesList(value=[value]))
    value = numpy.asarray(value).reshape(-1)
    if value.dtype.kind == "f":
        return train.Feature(float_list=train.FloatList(value=value))
    return train.Feature(int64_list=train.Int64List(value=value))


@unittest.skipIf(tensorflow is None, "TensorFlow is not installed")
class Records(Case):
    def write(self, name, rows, compression=""):
        with tensorflow.io.TFRecordWriter(self.path(name), compression) as file:
            for row in rows:
                example = tensorflow.train.Example(features=tensorflow.train.Features(feature={key: feature(value) for key, value in row.items()}))
                file.write(example.SerializeToString())
        return self.path(name)

    def identity(self, shape, dtype="float32"):
        inputs = keras.Input(shape, name="x", dtype=dtype)
        model = keras.Model(inputs, keras.layers.Activation("linear")(inputs))
        model.save(self.path("identity.keras"))
        return self.path("identity.keras")

    def read(self, data, shape, *options):
        output = self.path("read.npy")
        hone("predict", self.identity(shape), "--data", data, "--output", output, *options)
        return numpy.load(output)

    def test_numbers_of_every_kind(self):
        random = numpy.random.default_rng(3)
        vectors = random.normal(size=(20, 6)).astype("float32")
        vectors[0, :3] = [numpy.inf, -0.0, 1e-40]
        whole = random.integers(-2**20, 2**20, (20, 6))
        for compression in ("", "GZIP"):
            path = self.write("v.tfrecord", [{"v": v, "w": w, "y": [i]} for i, (v, w) in enumerate(zip(vectors, whole))], compression)
            for limit in ((), ("--memory-limit", "1")):
                numpy.testing.assert_array_equal(self.read(path + "#inputs=[v],target=y", (6,), *limit)[1:], vectors[1:])
                numpy.testing.assert_array_equal(self.read(path + "#inputs=[w],shape=[w(2, 3)],target=y", (2, 3), *limit), whole.reshape(20, 2, 3))

    def test_raw_bytes_and_pictures(self):
        images = numpy.random.default_rng(4).integers(0, 256, (8, 5, 4, 3)).astype("uint8")
        path = self.write("raw.tfrecord", [{"image": image.tobytes(), "y": [1]} for image in images])
        numpy.testing.assert_array_equal(self.read(path + "#target=y,raw=[image],shape=[image(5, 4, 3)]", (5, 4, 3)), images)
        path = self.write("png.tfrecord", [{"image": tensorflow.io.encode_png(image).numpy(), "y": [1]} for image in images])
        numpy.testing.assert_array_equal(self.read(path + "#target=y", (5, 4, 3)), images)
        path = self.write("jpeg.tfrecord", [{"image": tensorflow.io.encode_jpeg(image).numpy(), "y": [1]} for image in images])
        expected = [tensorflow.io.decode_jpeg(tensorflow.io.encode_jpeg(image)).numpy() for image in images]
        numpy.testing.assert_array_equal(self.read(path + "#target=y", (5, 4, 3)), expected)

    def test_lists_that_vary_and_several_files(self):
        rows = [{"words": list(range(1, 1 + i % 4)), "y": [i]} for i in range(12)]
        for part in range(3):
            self.write("part-%d.tfrecord" % (part * 7), rows[part * 4:part * 4 + 4])
        expected = numpy.zeros((12, 3))
        for i, row in enumerate(rows):
            expected[i, :len(row["words"])] = row["words"]
        numpy.testing.assert_array_equal(self.read(self.path("part-*.tfrecord") + "#target=y,pad=[words]", (3,)), expected)
        manifest = self.path("set.manifest")
        hone("manifest", self.path("part-*.tfrecord"), "--output", manifest)
        numpy.testing.assert_array_equal(self.read(manifest + "#target=y,pad=[words]", (3,)), expected)
        os.truncate(self.path("part-7.tfrecord"), 20)
        self.assertIn("part-7.tfrecord: the file has 20 bytes", hone("predict", self.path("identity.keras"), "--data", manifest + "#target=y,pad=[words]", status=1)[1])


if __name__ == "__main__":
    unittest.main()

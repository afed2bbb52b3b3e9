"""Fashion-MNIST from Debian's package dataset-fashion-mnist, for the scripts of this folder."""
import gzip
import os

import numpy

FOLDER = os.environ.get("HONE_FASHION_MNIST", "/usr/share/datasets/fashion-mnist")


def read_idx(path):
    """The array of a gzipped IDX file of bytes."""
    with gzip.open(path, "rb") as file:
        data = file.read()
    if data[:3] != b"\0\0\x08":
        raise ValueError(f"{path}: not an IDX file of bytes")
    rank = data[3]
    shape = numpy.frombuffer(data, ">u4", rank, 4)
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * rank).reshape(shape)


def fashion_mnist(part="train"):
    """Images (n, 28, 28) and labels (n,), as bytes. `part` is "train" or "t10k"."""
    images = read_idx(os.path.join(FOLDER, f"{part}-images-idx3-ubyte.gz"))
    labels = read_idx(os.path.join(FOLDER, f"{part}-labels-idx1-ubyte.gz"))
    return images, labels


def chapter_data():
    """(x_train, y_train), (x_valid, y_valid): floats in 0..1, the last 5,000 images held out."""
    images, labels = fashion_mnist()
    x = images.astype("float32") / 255
    y = labels.astype("int32")
    return (x[:-5000], y[:-5000]), (x[-5000:], y[-5000:])

#!/usr/bin/env python3
"""Writes 10,000 images of Fashion-MNIST as images.csv and as the folder images/CLASS/NUMBER.png: make_files.py FOLDER."""
import gzip
import os
import struct
import sys
import zlib

COUNT, SIDE = 10000, 28
SOURCE = os.environ.get("HONE_FASHION_MNIST", "/usr/share/datasets/fashion-mnist")


def read_bytes(name, head):
    with gzip.open(os.path.join(SOURCE, name), "rb") as file:
        return file.read()[head:]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels):
    """A grey PNG of SIDE x SIDE bytes."""
    lines = b"".join(b"\0" + pixels[row * SIDE:(row + 1) * SIDE] for row in range(SIDE))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def write(folder):
    pixels, labels = read_bytes("train-images-idx3-ubyte.gz", 16), read_bytes("train-labels-idx1-ubyte.gz", 8)
    size = SIDE * SIDE
    for label in range(10):
        os.makedirs(os.path.join(folder, "images", str(label)), exist_ok=True)
    for i in range(COUNT):
        with open(os.path.join(folder, "images", str(labels[i]), f"{i:05}.png"), "wb") as file:
            file.write(png(pixels[i * size:(i + 1) * size]))
    with open(os.path.join(folder, "images.csv.part"), "w", encoding="ascii") as file:
        file.write("label," + ",".join(f"p{i}" for i in range(size)) + "\n")
        for i in range(COUNT):
            file.write(f"{labels[i]}," + ",".join(map(str, pixels[i * size:(i + 1) * size])) + "\n")
    os.replace(os.path.join(folder, "images.csv.part"), os.path.join(folder, "images.csv"))  # last: everything is there


if __name__ == "__main__":
    write(sys.argv[1])

#!/usr/bin/env python3
"""Writes Fashion-MNIST as a folder of PNG files, FOLDER/train/CLASS/0000.png and FOLDER/test/CLASS/0000.png.

    python3 fashion_folder.py FOLDER [COUNT]       COUNT pictures for training (default 4000), a quarter as many for testing

Needs nothing but Python and the Debian package dataset-fashion-mnist.
"""
import gzip
import os
import struct
import sys
import zlib

SOURCE = os.environ.get("HONE_FASHION_MNIST", "/usr/share/datasets/fashion-mnist")
CLASSES = ("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot")
SIDE = 28


def read(name, head):
    with gzip.open(os.path.join(SOURCE, name)) as file:
        return file.read()[head:]


def png(pixels):
    """A grey picture: its rows, each with a filter byte in front, deflated."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + pixels[i:i + SIDE] for i in range(0, SIDE * SIDE, SIDE))
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write(folder, part, count):
    images, labels = read(f"{part}-images-idx3-ubyte.gz", 16), read(f"{part}-labels-idx1-ubyte.gz", 8)
    for name in CLASSES:
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    for i in range(min(count, len(labels))):
        with open(os.path.join(folder, CLASSES[labels[i]], f"{i:04}.png"), "wb") as file:
            file.write(png(images[i * SIDE * SIDE:(i + 1) * SIDE * SIDE]))


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    count = int(sys.argv[2]) if len(sys.argv) == 3 else 4000
    write(os.path.join(sys.argv[1], "train"), "train", count)
    write(os.path.join(sys.argv[1], "test"), "t10k", count // 4)


if __name__ == "__main__":
    main()

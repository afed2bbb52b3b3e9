"""Reading data files, beside pandas and Keras: a CSV of a million rows, and 60,000 pictures in folders by class.

    build/venv/bin/python bench/data_files.py csv [ROWS]            beside pandas.read_csv
    VENV_WITH_TENSORFLOW/bin/python bench/data_files.py images      beside keras.utils.image_dataset_from_directory

HONE names the command (default build/release/hone). Each reader runs in a process of its own; the time is of the process's
reading alone, without its start and imports; the memory is the largest that the process held. One run each. Rows for docs/data.md
are printed.
"""
import json
import os
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HONE = os.environ.get("HONE", os.path.join(ROOT, "build", "release", "hone"))


def write_table(path, rows):
    """Eight numbers, a category, and a class."""
    import numpy
    random = numpy.random.default_rng(1)
    numbers = random.normal(size=(rows, 8))
    cities = numpy.array(["Oslo", "Rome", "Bonn", "Lima"])[random.integers(0, 4, rows)]
    with open(path, "w") as file:
        file.write(",".join(f"x{i}" for i in range(8)) + ",city,y\n")
        for row, city in zip(numbers, cities):
            file.write(",".join(f"{number:.6g}" for number in row) + f",{city},{int(row[0] > 0)}\n")


def png(image):
    """A grey PNG, each row with the filter Sub."""
    import numpy
    height, width = image.shape
    rows = numpy.empty((height, width + 1), "uint8")
    rows[:, 0] = 1
    rows[:, 1] = image[:, 0]
    rows[:, 2:] = image[:, 1:] - image[:, :-1]

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows.tobytes())) + chunk(b"IEND", b""))


def write_pictures(folder):
    from data import fashion_mnist
    images, labels = fashion_mnist()
    for label in range(10):
        os.makedirs(os.path.join(folder, str(label)))
    for i, (image, label) in enumerate(zip(images, labels)):
        with open(os.path.join(folder, str(label), f"{i:05}.png"), "wb") as file:
            file.write(png(image))


def read_pandas(path):
    import numpy
    import pandas
    start = time.perf_counter()
    table = pandas.read_csv(path)
    table["city"] = table["city"].astype("category").cat.codes
    x = table.drop(columns="y").to_numpy("float32")
    y = table["y"].to_numpy()
    return time.perf_counter() - start, list(x.shape), float(numpy.mean(y))


def read_keras(path):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import numpy
    start = time.perf_counter()
    data = keras.utils.image_dataset_from_directory(path, color_mode="grayscale", image_size=(28, 28), batch_size=256,
                                                    shuffle=False, verbose=False)
    x = numpy.empty((60000, 28, 28, 1), "float32")
    y = numpy.empty(60000, "int32")
    at = 0
    for images, labels in data:
        x[at:at + len(images)] = images
        y[at:at + len(images)] = labels
        at += len(images)
    return time.perf_counter() - start, list(x.shape), float(numpy.mean(y))


def child(reader, path):
    seconds, shape, mean = {"pandas": read_pandas, "keras": read_keras}[reader](path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "megabytes": peak / 1024, "shape": shape, "mean": mean}))


def run_peer(reader, path):
    result = subprocess.run([sys.executable, __file__, "--child", reader, path], stdout=subprocess.PIPE, check=True)
    return json.loads(result.stdout.splitlines()[-1])


def run_hone(program, source):
    result = subprocess.run([program, source], stdout=subprocess.PIPE, check=True)
    return json.loads(result.stdout)


def program():
    path = os.environ.get("READ_DATA", os.path.join(os.path.dirname(HONE), "bench", "bench_read_data"))
    if not os.path.exists(path):
        sys.exit(f"bench/data_files.py: there is no {path}: build with -DHONE_BENCH=ON")
    return path


def report(what, hone, peer, name):
    print(f"| {what} | {hone['seconds']:.2f} s, {hone['megabytes']:.0f} MB | {name}: {peer['seconds']:.2f} s, "
          f"{peer['megabytes']:.0f} MB | {peer['seconds'] / hone['seconds']:.1f} | "
          f"{peer['megabytes'] / hone['megabytes']:.1f} |")


def main():
    if sys.argv[1:2] == ["--child"]:
        return child(*sys.argv[2:])
    folder = tempfile.mkdtemp(prefix="hone-bench-")
    try:
        if sys.argv[1:2] == ["csv"]:
            path = os.path.join(folder, "table.csv")
            rows = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
            write_table(path, rows)
            megabytes = os.path.getsize(path) / 1e6
            report(f"CSV, {rows:,} rows, 10 columns, {megabytes:.0f} MB", run_hone(program(), path + "#target=y"),
                   run_peer("pandas", path), "pandas.read_csv")
        elif sys.argv[1:2] == ["images"]:
            write_pictures(folder)
            report("60,000 PNG of 28 x 28, grey", run_hone(program(), folder + "#color=grayscale,size=28x28"),
                   run_peer("keras", folder), "image_dataset_from_directory")
        else:
            sys.exit(__doc__)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

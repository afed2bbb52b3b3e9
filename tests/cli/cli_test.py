#!/usr/bin/env python3
"""The command as a stranger uses it: every command and option, exit statuses, outputs, and bad input.

Runs the program that HONE_COMMAND names in folders of its own, on small arrays made here, without any package."""
import csv
import io
import gzip
import json
import os
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HONE = os.path.abspath(os.environ.get("HONE_COMMAND", os.path.join(ROOT, "build/release/hone")))
SANITIZED = b"__asan_init" in open(HONE, "rb").read() if os.path.exists(HONE) else False

RECIPE = """\
model:
  - input: [4]
  - dense: {units: 16, activation: relu}
  - dense: {units: 3, activation: softmax}
compile: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
data: {train: "x.npy,y.npy", validation: last 40}
fit: {epochs: 3, verbose: 0}
"""


def npy_bytes(shape, values, code="<f4"):
    head = ("{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (code, str(tuple(shape)))).encode()
    head += b" " * (63 - (10 + len(head)) % 64) + b"\n"
    letter = {"<f4": "f", "<i8": "q", "|u1": "B"}[code]
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + struct.pack("<%d%s" % (len(values), letter), *values)


def read_npy(data):
    size = struct.unpack("<H", data[8:10])[0]
    head = eval(data[10:10 + size].decode())  # our own file
    count = 1
    for axis in head["shape"]:
        count *= axis
    return head["shape"], struct.unpack("<%df" % count, data[10 + size:10 + size + 4 * count])


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="hone-cli-")
        numbers = random.Random(1)
        self.x = [numbers.gauss(0, 1) for _ in range(200 * 4)]
        self.y = [int(self.x[4 * i] + self.x[4 * i + 1] > 0) + int(self.x[4 * i + 2] > 0) for i in range(200)]
        self.write("x.npy", npy_bytes((200, 4), self.x))
        self.write("y.npy", npy_bytes((200,), self.y, "<i8"))
        self.write("r.yaml", RECIPE)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def start(self, *words, **options):
        return subprocess.Popen([HONE, *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def run_hone(self, *words, status=0, **options):
        """The output, after checking the exit status and that a failure says one line."""
        done = subprocess.run([HONE, *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, **options)
        self.out, self.err = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, status, "hone %s: %s%s" % (" ".join(words), self.out, self.err))
        self.assertNotIn("Sanitizer", self.err)
        self.assertNotIn("runtime error", self.err)
        return self.out

    def fails(self, status, *words, says=(), **options):
        """Exit status, one message that begins with "hone: " and holds the given pieces."""
        self.run_hone(*words, status=status, **options)
        lines = [line for line in self.err.split("\n") if line.startswith("hone: ") and "there is no --output" not in line]
        self.assertEqual(len(lines), 1, self.err)
        for piece in [says] if isinstance(says, str) else says:
            self.assertIn(piece, lines[0])
        return lines[0]

    def leftovers(self):
        return [name for name in os.listdir(self.folder) if name.endswith(".part")]

    def trained(self, name="m.keras"):
        self.run_hone("train", "r.yaml", "--output", name)


class ManyEnds(Case):
    """A model with 200 inputs and 100 outputs, from a recipe and an archive to all that the command makes of it."""

    INPUTS, OUTPUTS, ROWS = 200, 100, 24

    def archive(self, name, targets=True):
        numbers = random.Random(2)
        x = [[numbers.random() for _ in range(2 * self.ROWS)] for _ in range(self.INPUTS)]
        with zipfile.ZipFile(self.path(name), "w") as file:
            for i in range(self.INPUTS):
                file.writestr("in%d.npy" % i, npy_bytes((self.ROWS, 2), x[i]))
            for i in range(self.OUTPUTS if targets else 0):
                y = [x[2 * i][2 * row] - x[2 * i + 1][2 * row + 1] for row in range(self.ROWS)]
                file.writestr("out%d.npy" % i, npy_bytes((self.ROWS, 1), y))

    def test_many_inputs_and_outputs(self):
        nodes = ["  - input: {shape: [2], name: in%d}" % i for i in range(self.INPUTS)]
        for i in range(self.OUTPUTS):
            nodes.append("  - concatenate: {inputs: [in%d, in%d]}" % (2 * i, 2 * i + 1))
            nodes.append("  - dense: {units: 1, name: out%d}" % i)
        ends = "outputs: [%s]\n" % ", ".join("out%d" % i for i in range(self.OUTPUTS))
        self.write("wide.yaml", "model:\n%s\n%scompile: {optimizer: adam, loss: mse}\n"
                   "data: {train: all.npz, validation: last 8}\nfit: {epochs: 2, batch_size: 8, verbose: 2}\n" % ("\n".join(nodes), ends))
        self.archive("all.npz")
        self.archive("x.npz", targets=False)
        self.run_hone("train", "wide.yaml", "--metrics", "mae", "--output", "wide.keras", "--history", "h.csv")
        self.assertIn("out99_loss", self.err)
        with open(self.path("h.csv")) as file:
            rows = list(csv.reader(file))
        self.assertEqual(len(rows), 3)
        self.assertEqual(len(rows[0]), 1 + 2 * (1 + 2 * self.OUTPUTS))
        found = json.loads(self.run_hone("evaluate", "wide.keras", "--data", "all.npz", "--json"))
        self.assertEqual(len(found), 1 + 2 * self.OUTPUTS)
        self.assertAlmostEqual(found["loss"], sum(found["out%d_loss" % i] for i in range(self.OUTPUTS)), places=3)
        self.run_hone("predict", "wide.keras", "--data", "x.npz", "--output", "p.npz")
        with zipfile.ZipFile(self.path("p.npz")) as file:
            self.assertEqual(len(file.namelist()), self.OUTPUTS)
            self.assertEqual(read_npy(file.read("out99.npy"))[0], (self.ROWS, 1))
        self.assertIn("out99 (Dense)", self.run_hone("summary", "wide.keras"))
        self.run_hone("report", "wide.keras", "--data", "all.npz", "--output", "wide.html")
        self.run_hone("export", "wide.keras", "--output", "wide.onnx")
        self.assertEqual(json.loads(self.run_hone("evaluate", "wide.onnx", "--loss", "mse", "--metrics", "mae", "--data", "all.npz", "--json")).keys(), found.keys())


class Overview(Case):
    def test_version_and_overview(self):
        self.assertRegex(self.run_hone("--version"), r"^hone \d+\.\d+\.\d+\n$")
        overview = self.run_hone("--help")
        self.assertEqual(overview, self.run_hone("help"))
        for name in ("train", "evaluate", "predict", "summary", "plan", "convert", "datasets", "help"):
            self.assertIn("\n  " + name, overview)
            usage = self.run_hone(name, "--help")
            self.assertTrue(usage.startswith("Usage: hone " + name), usage)
            self.assertEqual(usage, self.run_hone("help", name))
            self.assertEqual(usage, self.run_hone(name, "nothing.keras", "--help", "--nonsense"))

    def test_topics(self):
        dense = self.run_hone("help", "dense")
        for piece in ("units (integer, required, at least 1)", "kernel_initializer", "glorot_uniform", "Dense"):
            self.assertIn(piece, dense)
        self.assertIn("optimizer", self.run_hone("help", "Adam"))
        self.assertIn("beta_1", self.out)
        orthogonal = self.run_hone("help", "l2")
        self.assertIn("regularizer", orthogonal)
        for family in ("layers", "activations", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers",
                       "schedules", "callbacks"):
            self.assertIn("The " + family + ":", self.run_hone("help", family))
        self.assertIn("batch_size", self.run_hone("help", "recipe"))
        self.assertIn("#test", self.run_hone("help", "data"))
        for command in ("train", "evaluate", "predict"):
            self.assertIn("--batch-size N", self.run_hone("help", command))
        self.fails(2, "help", "flattn", says='did you mean "flatten"?')
        self.fails(2, "help", "zzzzzzzz", says="zzzzzzzz")
        self.assertRegex(self.run_hone("help", "standardize"), r"hone help data +standardize \(true or false")
        self.assertRegex(self.run_hone("help", "adapt"), r"hone help normalization ")
        self.assertRegex(self.run_hone("help", "top_k"), r"hone help generate +choose among") # options too, with "-"
        self.assertRegex(self.run_hone("help", "HONE_THREADS"), r"hone help environment +number of threads")
        self.assertIn("TMPDIR", self.run_hone("help", "environment"))
        self.assertRegex(self.run_hone("help", "LossScaleOptimizer"), r"hone help recipe ")
        self.fails(2, "help", "a", "b", says='unexpected "b"')

    def test_every_option_is_in_the_manual(self):
        manual = self.run_hone("help", "--man", "hone.1").replace("\\-", "-")
        for command in ("train", "evaluate", "predict", "summary", "plan", "convert", "export", "datasets", "find-lr"):
            self.assertRegex(manual, r"\n\.SS " + command)
            for option in re.findall(r"^  (--[a-z-]+)", self.run_hone(command, "--help"), re.M):
                self.assertTrue(option in manual, command + " " + option)

    def test_datasets(self):
        self.assertIn("fashion-mnist", self.run_hone("datasets"))
        for line in self.run_hone("datasets", "--json").splitlines():
            self.assertEqual(set(json.loads(line)), {"name", "title", "train", "test", "package", "where", "files"})


class Export(Case):
    """hone export: what the source says of itself when it runs stands in tests/integration/c_source_test.c."""

    def setUp(self):
        super().setUp()
        self.run_hone("train", "r.yaml", "--data", "x.npy,y.npy", "--epochs", "1", "--output", "m.keras", "--verbose", "0")

    def compile(self, name, *options):
        command = ["cc", "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", *options, name + ".c", "-o", name, "-lm"]
        subprocess.run(command, cwd=self.folder, check=True)

    @unittest.skipUnless(shutil.which("cc"), "no C compiler")
    def test_source(self):
        self.assertIn("my_model_predict()", self.run_hone("export", "m.keras", "--output", "my-model.c"))
        first = self.read("my-model.c")
        self.run_hone("export", "m.keras", "--output", "my-model.c")
        self.assertEqual(first, self.read("my-model.c"))
        self.compile("my-model", "-DSELF_TEST")
        said = subprocess.run(["./my-model"], cwd=self.folder, check=True, stdout=subprocess.PIPE).stdout.decode()
        self.assertIn("3 samples, 0 numbers wrong", said)
        self.write("broken.c", first.replace(b"_op_softmax(output, output", b"_op_softmax(output, work"))
        self.compile("broken", "-DSELF_TEST")
        self.assertEqual(subprocess.run(["./broken"], cwd=self.folder, stdout=subprocess.DEVNULL).returncode, 1)

    @unittest.skipUnless(shutil.which("cc"), "no C compiler")
    def test_the_same_numbers_as_predict(self):
        self.run_hone("export", "m.keras", "--output", "net.c", "--prefix", "iris", "--data", "x.npy", "--samples", "7")
        self.compile("net", "-DSELF_TEST")
        subprocess.run(["./net"], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
        self.write("use.c", '#include "net.h"\n#include <stdio.h>\nint main(void)\n{\n    float x[IRIS_INPUT_SIZE], y[IRIS_OUTPUT_SIZE];\n'
                   '    int i;\n    while (scanf("%f %f %f %f", x, x + 1, x + 2, x + 3) == 4) {\n        iris_predict(x, y);\n'
                   '        for (i = 0; i < IRIS_OUTPUT_SIZE; i++)\n            printf("%.9g ", (double)y[i]);\n    }\n    return 0;\n}\n')
        self.compile("use", "net.c")
        numbers = " ".join(repr(number) for number in self.x).encode()
        said = subprocess.run(["./use"], cwd=self.folder, check=True, input=numbers, stdout=subprocess.PIPE).stdout.split()
        predicted = self.run_hone("predict", "m.keras", "--data", "x.npy").replace(",", " ").split()
        self.assertEqual(len(said), len(predicted))
        for one, other in zip(said, predicted):
            self.assertAlmostEqual(float(one), float(other), delta=1e-5)

    @unittest.skipUnless(shutil.which("cc"), "no C compiler")
    def test_int8(self):
        said = self.run_hone("export", "m.keras", "--output", "net.c", "--calibrate", "x.npy", "--data", "x.npy,y.npy")
        self.assertRegex(said, r"(?s)numbers between layers as int8 by the ranges over \d+ samples; \d+ steps give floats.*accuracy 0?1?\.\d+")
        said = self.run_hone("export", "m.keras", "--output", "net.c", "--weights", "int8", "--data", "x.npy,y.npy")
        self.assertRegex(said, r"int8 beside float32 on 200 samples: outputs differ by at most 0\.\d+; accuracy [01]\.\d+, with float32 [01]\.\d+")
        self.assertIn(b"int8_t", self.read("net.c"))
        self.compile("net", "-DSELF_TEST")
        subprocess.run(["./net"], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    @unittest.skipUnless(shutil.which("cc"), "no C compiler")
    def test_the_embedded_example(self):
        where = [json.loads(line).get("where") for line in self.run_hone("datasets", "--json").splitlines()
                 if json.loads(line)["name"] == "fashion-mnist"][0]
        images = os.path.join(where or "/nowhere", "t10k-images-idx3-ubyte.gz")
        if not os.path.exists(images):
            self.skipTest("no Fashion-MNIST here")
        self.write("small.yaml", "model: [{input: [28, 28]}, flatten, {dense: {units: 10, activation: softmax}}]\n"
                   "compile: {optimizer: adam, loss: sparse_categorical_crossentropy}\n")
        self.run_hone("train", "small.yaml", "--data", "fashion-mnist#test", "--scale", "1/255", "--epochs", "1", "--verbose", "0",
                      "--output", "small.keras")
        self.run_hone("export", "small.keras", "--output", "classifier.c")
        self.compile("classifier", "-I.", os.path.join(ROOT, "examples/embedded/classify.c"))
        with gzip.open(images) as file:
            said = subprocess.run(["./classifier"], cwd=self.folder, check=True, input=file.read(16 + 100 * 784), stdout=subprocess.PIPE)
        chances = [float(line.split()[-1]) for line in said.stdout.decode().splitlines()]
        predicted = self.run_hone("predict", "small.keras", "--data", "fashion-mnist#test", "--scale", "1/255").splitlines()
        self.assertEqual(len(chances), 100)
        for chance, row in zip(chances, predicted):
            self.assertAlmostEqual(chance, max(float(number) for number in row.split(",")), delta=1e-4)

    def test_what_is_wrong(self):
        self.fails(2, "export", "m.keras", says="--output is missing")
        self.fails(2, "export", "r.yaml", "--output", "m.c", says="is a recipe")
        self.fails(2, "export", "m.keras", "--output", "m.tflite", says="expected a file that ends in")
        self.fails(2, "export", "m.keras", "--output", "m.c", "--weights", "int4", says='--weights must be "float32" or "int8"')
        self.fails(2, "export", "m.keras", "--output", "m.c", "--prefix", "2nd", says="expected a C name")
        self.fails(2, "export", "m.keras", "--output", "m.c", "--scale", "1/255", says="--scale needs --data")
        self.fails(2, "export", "m.keras", "--output", "m.c", "--samples", "0", says="between 1 and 1000")
        self.fails(2, "export", "m.keras", "--output", "m.c", "--weights", "float32", "--calibrate", "x.npy", says="--calibrate is for --weights int8")
        self.fails(2, "export", "m.keras", "--output", "m.onnx", "--calibrate", "x.npy", says="need --output FILE.c")
        self.fails(1, "export", "m.keras", "--output", "m.c", "--calibrate", "none.npy", says="none.npy")
        self.fails(1, "export", "none.keras", "--output", "m.c", says="cannot open")
        self.fails(1, "export", "m.keras", "--output", "none/m.c", says="none")
        self.write("wide.npy", npy_bytes((20, 10), self.x[:200]))
        self.fails(1, "export", "m.keras", "--output", "m.c", "--data", "wide.npy", says="4 numbers")
        self.fails(1, "export", "m.keras", "--output", "m.c", "--calibrate", "wide.npy", says="4")
        self.assertFalse(os.path.exists(self.path("m.c")) or os.path.exists(self.path("m.h")))


class CommandLine(Case):
    """What the command line alone shows exits 2, before any file is opened."""

    def test_commands_and_options(self):
        self.fails(2)
        self.fails(2, "trian", says='unknown command "trian"; did you mean "train"?')
        self.fails(2, "--versoin", says='did you mean "--version"?')
        self.fails(2, "train", says="MODEL is missing")
        self.fails(2, "train", "a.yaml", "b.yaml", says='unexpected "b.yaml"')
        self.fails(2, "train", "a.yaml", "--epoch", says="needs a value")
        self.fails(2, "train", "a.yaml", "--outptu", "m.keras", says='did you mean "--output"?')
        self.fails(2, "train", "a.yaml", "-x", says="unknown option")
        self.fails(2, "train", "a.yaml", "--json=1", says="takes no value")
        self.fails(2, "train", "a.yaml", "--data", "", says="empty")
        self.fails(2, "evaluate", "m.keras", says="--data is missing")
        self.fails(2, "predict", "m.keras", says="--data is missing")
        self.fails(2, "train", "m.keras", says="--data is missing")
        self.fails(2, "convert", "m.keras", says="is missing")
        self.fails(2, "summary", says="is missing")

    def test_extensions(self):
        self.fails(2, "train", "model.txt", says="model.txt")
        self.fails(1, "evaluate", "r.yaml", "--data", "x.npy", says="without its trained weights")
        self.fails(2, "predict", "r.yml", "--data", "x.npy", says="is a recipe")
        self.fails(2, "convert", "r.yaml", "m.keras", says="is a recipe")
        self.fails(2, "evaluate", "m.weights.h5", "--data", "x.npy", says="only weights")
        self.fails(2, "convert", "m.keras", "m.onnx", says="m.onnx")
        self.fails(2, "convert", "m.weights.h5", "m.keras", says=("only weights", "--model"))
        self.fails(2, "convert", "m.safetensors", "m.keras", says=("only weights", "--model"))
        self.fails(2, "convert", "m.safetensors", "m.keras", "--model", "r.yaml", says="is a recipe")
        self.fails(2, "convert", "m.keras", "b.keras", "--map", "a=b", says="--model")
        self.fails(2, "convert", "m.h5", "b.keras", "--model", "m.keras", "--map", "a=b", says="safetensors")
        self.fails(2, "convert", "m.keras", "b.keras", "--dtype", "float16", says="--dtype")
        self.fails(2, "convert", "m.keras", "b.safetensors", "--dtype", "int8", says="--dtype")
        self.fails(2, "convert", "m.keras", "b.keras", "--shard-bytes", "5", says="--shard-bytes")
        self.fails(2, "convert", "m.keras", "b.keras", "--keras-version", "2.15", says="--keras-version")
        for option, file in (("output", "m.h5"), ("history", "h.txt"), ("plot", "p.gif"), ("sample-weight", "w.csv")):
            self.fails(2, "train", "r.yaml", "--" + option, file, says=("--" + option, file))
        self.fails(2, "predict", "m.keras", "--data", "x.npy", "--output", "p.txt", says=".npy, .npz, .csv or .jsonl")

    def test_values(self):
        for option, value in (("epochs", "0"), ("epochs", "-1"), ("epochs", "1.5"), ("epochs", "x"), ("batch-size", "0"), ("seed", "-1"),
                              ("threads", "0"), ("threads", "257"), ("verbose", "3"), ("scale", "0"), ("scale", "1/0"), ("scale", "nan"),
                              ("validation-split", "0"), ("validation-split", "1"), ("learning-rate", "0"), ("learning-rate", "-1"),
                              ("class-weight", "0=1"), ("class-weight", "0:-1"), ("class-weight", "0:1,0:2"), ("class-weight", "9999999:1")):
            self.fails(2, "train", "none.yaml", "--" + option, value, says="--" + option)
            self.fails(2, "train", "none.yaml", "--%s=%s" % (option, value), says="--" + option)

    def test_specs(self):
        for option, value, says in (("optimizer", "adam(learning_rat=1)", 'did you mean "learning_rate"?'), ("optimizer", "adma", '"adam"'),
                                    ("optimizer", "sgd(momentum=2)", "momentum"), ("optimizer", "adam(", "expected"),
                                    ("loss", "nosuch", "nosuch"), ("loss", "huber(delta=x)", "delta"), ("metrics", "acuracy", "accuracy"),
                                    ("metrics", "mse,,mae", "empty"), ("callback", "early_stoping", "early_stopping"),
                                    ("callback", "early_stopping(patience=-1)", "patience")):
            self.fails(2, "train", "none.yaml", "--" + option, value, says=("--" + option, says))

    def test_conflicts(self):
        self.fails(2, "train", "none.yaml", "--validation", "x.npy,y.npy", "--validation-split", "0.1", says="cannot both")
        self.fails(2, "train", "none.yaml", "--sample-weight", "w.npy", "--class-weight", "0:1", says="cannot both")
        self.fails(2, "evaluate", "m.keras", "--data", "d", "--sample-weight", "w.npy", "--class-weight", "0:1", says="cannot both")
        self.fails(2, "train", "none.yaml", "--resume", says="--checkpoint")
        self.fails(2, "train", "none.yaml", "--checkpoint-every", "5", says="--checkpoint")
        self.fails(2, "train", "none.yaml", "--optimizer", "sgd(learning_rate=cosine_decay(0.1, 100))", "--learning-rate", "0.1",
                   says="--learning-rate")

    def test_files_come_after(self):
        self.fails(1, "train", "none.yaml", says="none.yaml")
        self.fails(1, "evaluate", "none.keras", "--data", "x.npy,y.npy", says="none.keras")
        self.fails(1, "predict", "none.keras", "--data", "x.npy", says="none.keras")
        self.fails(1, "summary", "none.keras", says="none.keras")
        self.fails(1, "plan", "none.yaml", says="none.yaml")

    def test_abbreviations_and_equals(self):
        self.run_hone("train", "--epo=1", "r.yaml", "--verb", "2", "--output=m.keras")
        self.assertIn("loss:", self.err)
        self.assertTrue(os.path.exists(self.path("m.keras")))


class Train(Case):
    def events(self, *words):
        lines = [json.loads(line) for line in self.run_hone("train", *words, "--json").splitlines()]
        self.assertEqual([line["event"] for line in lines], ["epoch"] * (len(lines) - 1) + ["end"])
        return lines

    def test_outputs(self):
        lines = self.events("r.yaml", "--output", "m.keras", "--history", "h.csv", "--plot", "p.png")
        self.assertEqual(len(lines), 4)
        for number, line in enumerate(lines[:3]):
            self.assertEqual(list(line), ["event", "epoch", "seconds", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"])
            self.assertEqual(line["epoch"], number)
            self.assertAlmostEqual(line["learning_rate"], 0.001, 6)
            self.assertGreaterEqual(line["seconds"], 0)
        self.assertEqual(list(lines[3]), ["event", "epochs", "seconds", "best_epoch", "stopped_by", "output"])
        self.assertEqual((lines[3]["epochs"], lines[3]["stopped_by"], lines[3]["output"]), (3, None, "m.keras"))
        self.assertEqual(lines[3]["best_epoch"], min(range(3), key=lambda row: lines[row]["val_loss"]))
        self.assertEqual(self.err, "")
        rows = list(csv.reader(io.StringIO(self.read("h.csv").decode(), newline="")))
        self.assertEqual(rows[0], ["epoch", "accuracy", "loss", "val_accuracy", "val_loss"])
        self.assertEqual([row[0] for row in rows[1:]], ["0", "1", "2"])
        for row, line in zip(rows[1:], lines):
            self.assertEqual([float(value) for value in row[1:]], [line[name] for name in rows[0][1:]])
        self.assertTrue(self.read("p.png").startswith(b"\x89PNG"))
        self.assertTrue(zipfile.is_zipfile(self.path("m.keras")))
        self.assertEqual(self.leftovers(), [])

    def test_normalization_takes_the_statistics_of_the_training_data(self):
        self.write("n.yaml", "model: [{input: [4]}, normalization, {dense: {units: 3, activation: softmax}}]\n"
                             "compile: {loss: sparse_categorical_crossentropy}\ndata: {train: \"x.npy,y.npy\", validation: last 40}\n"
                             "fit: {epochs: 2}\n")
        plain = [line["val_loss"] for line in self.events("n.yaml", "--output", "m.keras")[:2]]
        self.write("x.npy", npy_bytes((200, 4), [1000 * x + 7 for x in self.x]))
        for scaled, loss in zip(self.events("n.yaml"), plain):
            self.assertAlmostEqual(scaled["val_loss"], loss, 4)
        self.write("w.yaml", self.read("n.yaml").decode().replace("{input: [4]}, ", ""))  # built from the data
        for scaled, loss in zip(self.events("w.yaml"), plain):
            self.assertAlmostEqual(scaled["val_loss"], loss, 4)
        again = self.events("m.keras", "--data", "x.npy,y.npy", "--epochs", "1")  # trained: its statistics stay
        self.assertGreater(again[0]["loss"], 5)

    def test_sets_any_key(self):
        self.run_hone("train", "r.yaml", "--epochs", "9", "--set", "fit.epochs=2", "--set", "model.1.dense.units=5",
                      "--set", "compile.optimizer.learning_rate=0.5", "--output", "s.keras", "--history", "s.csv")
        self.assertEqual(self.read("s.csv").decode().count("\n"), 3)
        self.assertIn("(None, 5)", self.run_hone("summary", "s.keras"))
        for setting, says in [("dense.units=5", "did you mean \"model.1.dense.units\"?"), ("fit.epoch=5", "did you mean \"fit.epochs\"?"),
                              ("model.1.dense.unit=5", "did you mean \"units\"?"), ("fit.epochs=x", "epochs must be an integer")]:
            self.fails(1, "train", "r.yaml", "--set", setting, says=says)
        self.fails(2, "train", "r.yaml", "--set", "fit.epochs", says="expected PATH=VALUE")

    def test_saves_the_best(self):
        self.run_hone("train", "r.yaml", "--set", "fit.epochs=6", "--set", "compile.optimizer.learning_rate=0.3", "--save-best", "b.keras",
                      "--monitor", "val_accuracy", "--history", "b.csv")
        best = max(float(row["val_accuracy"]) for row in csv.DictReader(io.StringIO(self.read("b.csv").decode())))
        with zipfile.ZipFile(self.path("b.keras")) as file:
            self.assertIn("model.weights.h5", file.namelist())
        self.write("vx.npy", npy_bytes((40, 4), self.x[640:]))
        self.write("vy.npy", npy_bytes((40,), self.y[160:], "<i8"))
        self.assertAlmostEqual(json.loads(self.run_hone("evaluate", "b.keras", "--data", "vx.npy,vy.npy", "--json"))["accuracy"], best)
        self.fails(2, "train", "r.yaml", "--monitor", "loss", says="--monitor needs --save-best")

    def test_profile(self):
        long = ("--epochs", "20")  # training is what takes longest, and so is what the table shows
        self.run_hone("train", "r.yaml", *long, "--output", "m.keras")
        plain = self.read("m.keras")
        table = self.run_hone("train", "r.yaml", *long, "--output", "p.keras", "--profile")
        for word in ("Profile of", "us/step", "matmul", "+ step_", "GFLOP/s", "limit"):
            self.assertIn(word, table)
        self.assertEqual(self.read("p.keras"), plain)
        self.events("r.yaml", "--profile")  # the table is on stderr then
        self.assertIn("Profile of", self.err)

    def test_trace(self):
        os.environ["HONE_TRACE"] = self.path("trace.json")
        try:
            self.run_hone("train", "r.yaml")
        finally:
            del os.environ["HONE_TRACE"]
        events = json.loads(self.read("trace.json"))["traceEvents"]
        self.assertTrue({"matmul", "gather", "step"} <= {event["name"] for event in events})
        self.assertTrue(all(event["ts"] >= 0 and event["dur"] >= 0 for event in events))

    def test_no_validation_gives_no_columns(self):
        self.write("n.yaml", RECIPE.replace(", validation: last 40", ""))
        lines = self.events("n.yaml", "--history", "h.csv", "--plot", "p.svg")
        self.assertEqual(self.read("h.csv").split(b"\r\n")[0], b"epoch,accuracy,loss")
        self.assertNotIn("val_loss", lines[0])
        self.assertIn(b"<svg", self.read("p.svg"))
        self.assertIn("there is no --output", self.err)
        self.assertIsNone(lines[-1]["output"])
        self.assertFalse(os.path.exists(self.path("n.keras")))

    def test_validation_now_and_then(self):
        self.write("n.yaml", RECIPE.replace("epochs: 3", "epochs: 3, validation_freq: 2"))
        lines = self.events("n.yaml", "--history", "h.csv")
        self.assertEqual(["val_loss" in line for line in lines[:3]], [False, True, False])
        rows = list(csv.reader(io.StringIO(self.read("h.csv").decode(), newline="")))
        self.assertEqual(rows[1][3:], ["NA", "NA"])

    def test_memory_limit(self):
        def train(name, *words):
            self.run_hone("train", "r.yaml", "--epochs", "2", "--verbose", "0", "--output", name, *words)
            return self.read(name)
        plain = train("a.keras")
        self.assertEqual(train("b.keras", "--memory-limit", "1K"), plain)
        self.assertEqual(train("c.keras", "--memory-limit", "1G"), plain)
        recipe = self.read("r.yaml").decode().replace("data: {", "data: {memory_limit: 100, prefetch: 3, cache: s.cache, ")
        self.write("r.yaml", recipe.encode())
        for name in ("d.keras", "e.keras"):  # the second finds the cache
            self.assertEqual(train(name), plain)
            self.assertTrue(os.path.exists(self.path("s.cache")))
        for words in (("evaluate", "a.keras", "--data", "x.npy,y.npy"), ("predict", "a.keras", "--data", "x.npy")):
            self.assertEqual(self.run_hone(*words, "--memory-limit", "1"), self.run_hone(*words))
        self.run_hone("train", "r.yaml", "--epochs", "1", "--checkpoint", "kept", "--verbose", "0", "--output", "f.keras")
        self.run_hone("train", "r.yaml", "--epochs", "2", "--checkpoint", "kept", "--resume", "--verbose", "0", "--output", "f.keras")
        self.assertEqual(self.read("f.keras"), plain)
        for wrong in ("0", "-1", "2X", "K", "many"):
            self.fails(2, "evaluate", "a.keras", "--data", "x.npy,y.npy", "--memory-limit", wrong, says="such as 500M or 2G")
        self.write("x.npy", self.read("x.npy")[:-8])
        self.fails(1, "evaluate", "a.keras", "--data", "x.npy,y.npy", "--memory-limit", "1", says="x.npy: the NPY header declares")

    def test_same_seed_same_bits(self):
        def losses(*words):
            return [line["loss"] for line in self.events("r.yaml", *words)[:-1]]
        first = losses("--seed", "7")
        self.assertEqual(first, losses("--seed", "7", "--threads", "1"))
        self.assertEqual(first, losses("--seed", "7", "--threads", "3"))
        self.assertNotEqual(first, losses("--seed", "8"))
        self.assertNotEqual(losses("--no-shuffle"), losses())

    def test_options_replace_keys(self):
        lines = self.events("r.yaml", "--epochs", "2", "--batch-size", "50", "--optimizer", "sgd(learning_rate=0.5)", "--metrics",
                            "sparse_top_k_categorical_accuracy(k=2),accuracy", "--learning-rate", "0.25")
        self.assertEqual(len(lines), 3)
        self.assertEqual(lines[0]["learning_rate"], 0.25)
        self.assertIn("sparse_top_k_categorical_accuracy", lines[0])
        self.assertIn("val_accuracy", lines[0])
        lines = self.events("r.yaml", "--metrics", "none")
        self.assertNotIn("accuracy", lines[0])
        plain = self.events("r.yaml", "--epochs", "1", "--batch-size", "200")
        own = self.events("r.yaml", "--epochs", "1", "--batch-size", "200", "--validation", "x.npy,y.npy")
        self.assertNotEqual(plain[0]["loss"], own[0]["loss"])  # 160 samples, then all 200
        share = self.events("r.yaml", "--epochs", "1", "--batch-size", "200", "--validation-split", "0.2")
        self.assertEqual([plain[0]["loss"], plain[0]["val_loss"]], [share[0]["loss"], share[0]["val_loss"]])
        scaled = self.events("r.yaml", "--epochs", "1", "--scale", "1/255")
        self.assertNotEqual(scaled[0]["loss"], plain[0]["loss"])
        self.write("z.npz", b"")
        with zipfile.ZipFile(self.path("z.npz"), "w") as archive:
            archive.writestr("x.npy", self.read("x.npy"))
            archive.writestr("y.npy", self.read("y.npy"))
        same = self.events("r.yaml", "--data", "z.npz", "--epochs", "1", "--batch-size", "200")
        self.assertEqual(same[0]["loss"], plain[0]["loss"])

    def test_loss_of_the_option_alone(self):
        self.write("bare.yaml", RECIPE.split("compile")[0])
        self.fails(1, "train", "bare.yaml", "--data", "x.npy,y.npy", says="--loss")
        self.fails(1, "train", "bare.yaml", "--loss", "sparse_categorical_crossentropy", says="--data")
        self.run_hone("train", "bare.yaml", "--data", "x.npy,y.npy", "--loss", "sparse_categorical_crossentropy", "--verbose", "0")

    def test_weights(self):
        self.write("w.npy", npy_bytes((200,), [2.0] * 200))
        self.write("short.npy", npy_bytes((7,), [2.0] * 7))
        plain = self.events("r.yaml", "--epochs", "1")
        double = self.events("r.yaml", "--epochs", "1", "--sample-weight", "w.npy")
        by_class = self.events("r.yaml", "--epochs", "1", "--class-weight", "0:2,1:2.0,2:2")
        self.assertEqual(double[0]["loss"], by_class[0]["loss"])
        self.assertNotEqual(double[0]["loss"], plain[0]["loss"])
        self.fails(1, "train", "r.yaml", "--sample-weight", "short.npy", says="short.npy")

    def test_callbacks(self):
        stop = "early_stopping(monitor=loss, patience=0, min_delta=100)"
        lines = self.events("r.yaml", "--epochs", "50", "--callback", stop)
        self.assertEqual((lines[-1]["stopped_by"], lines[-1]["epochs"]), ("early_stopping", 2))
        self.write("c.yaml", RECIPE.replace("epochs: 3", 'epochs: 9, callbacks: ["%s"]' % stop))
        self.assertEqual(len(self.events("c.yaml")), 3)
        self.assertEqual(len(self.events("c.yaml", "--callback", "none")), 10)
        self.write("d.yaml", RECIPE.replace("epochs: 3", "epochs: 9, callbacks: [{early_stopping: {monitor: loss, min_delta: 100}}]"))
        self.assertEqual(len(self.events("d.yaml")), 3)

    def test_trains_on(self):
        self.trained()
        before = self.read("m.keras")
        lines = self.events("m.keras", "--data", "x.npy,y.npy", "--verbose", "0")
        self.assertEqual(len(lines), 2)  # one epoch
        self.assertIn("there is no --output", self.err)
        self.assertEqual(self.read("m.keras"), before)
        self.events("m.keras", "--data", "x.npy,y.npy", "--output", "m.keras", "--epochs", "2", "--verbose", "0", "--learning-rate", "1e-4")
        self.assertNotEqual(self.read("m.keras"), before)
        again = self.events("m.keras", "--data", "x.npy,y.npy", "--verbose", "0")
        self.assertAlmostEqual(again[0]["learning_rate"], 1e-4, 9)  # kept in the file
        fresh = self.events("m.keras", "--data", "x.npy,y.npy", "--verbose", "0", "--optimizer", "sgd(learning_rate=0.5)", "--metrics", "none",
                            "--validation-split", "0.1")
        self.assertEqual(list(fresh[0]), ["event", "epoch", "seconds", "loss", "val_loss", "learning_rate"])

    def test_two_runs_equal_one(self):
        """Optimizer state and iteration go through the file."""
        self.write("one.yaml", RECIPE.replace("epochs: 3", "epochs: 2, shuffle: false"))
        whole = self.events("one.yaml", "--output", "whole.keras", "--validation", "x.npy,y.npy")
        self.events("one.yaml", "--epochs", "1", "--output", "half.keras", "--validation", "x.npy,y.npy")
        rest = self.events("half.keras", "--data", "x.npy,y.npy", "--no-shuffle", "--verbose", "0")
        self.assertAlmostEqual(rest[0]["loss"], whole[1]["loss"], 6)

    def test_schedule_refuses_a_rate(self):
        self.write("s.yaml", RECIPE.replace("optimizer: adam", "optimizer: {sgd: {learning_rate: {cosine_decay: {initial_learning_rate: 0.1, decay_steps: 15}}}}"))
        lines = self.events("s.yaml")
        self.assertGreater(lines[0]["learning_rate"], lines[1]["learning_rate"])
        self.fails(1, "train", "s.yaml", "--learning-rate", "0.1", says="schedule")

    def test_not_a_number(self):
        self.write("xn.npy", npy_bytes((200, 4), [float("nan") if i == 50 else v for i, v in enumerate(self.x)]))
        printed = self.run_hone("train", "r.yaml", "--data", "xn.npy,y.npy", "--output", "n.keras", "--json", status=1)
        self.assertIsNone(json.loads(printed.splitlines()[0])["loss"])
        self.assertIn("row 12 of xn.npy", self.err)
        self.assertIn("the training has diverged: the weights", self.err)
        self.run_hone("train", "r.yaml", "--data", "xn.npy,y.npy", "--history", "h.csv", status=1)
        self.assertIn(b",nan", self.read("h.csv"))

    def test_terminate_on_nan(self):
        if "terminate_on_nan" not in self.run_hone("help", "callbacks"):
            self.skipTest("no terminate_on_nan yet")
        self.write("xn.npy", npy_bytes((200, 4), [float("nan")] * 800))
        self.trained()
        before = self.read("m.keras")
        self.fails(1, "train", "r.yaml", "--data", "xn.npy,y.npy", "--callback", "terminate_on_nan", "--output", "m.keras", "--json",
                   says=("terminate_on_nan", "m.keras"))
        end = json.loads(self.out.splitlines()[-1])
        self.assertEqual((end["stopped_by"], end["output"]), ("terminate_on_nan", None))
        self.assertEqual(self.read("m.keras"), before)

    def test_checkpoint_and_resume(self):
        try:
            self.run_hone("train", "r.yaml", "--checkpoint", "ckpt", "--epochs", "2", "--output", "a.keras")
        except AssertionError:
            if "not" in self.err and "yet" in self.err:
                self.skipTest("no checkpoints yet")
            raise
        self.fails(1, "train", "r.yaml", "--checkpoint", "ckpt", says="ckpt")
        lines = self.events("r.yaml", "--checkpoint", "ckpt", "--resume", "--epochs", "4", "--output", "b.keras", "--history", "h.csv")
        self.assertEqual([line["epoch"] for line in lines[:-1]], [2, 3])
        self.assertEqual(len(self.read("h.csv").split()), 5)
        whole = self.events("r.yaml", "--epochs", "4", "--output", "c.keras")
        self.assertEqual([line["loss"] for line in whole[2:-1]], [line["loss"] for line in lines[:-1]])
        for name in ("model.weights.h5",):
            self.assertEqual(zipfile.ZipFile(self.path("b.keras")).read(name), zipfile.ZipFile(self.path("c.keras")).read(name))
        self.assertEqual(len(self.events("r.yaml", "--checkpoint", "ckpt", "--resume", "--epochs", "4")), 1)  # finished: nothing to do
        self.fails(1, "train", "r.yaml", "--checkpoint", "ckpt", "--resume", "--seed", "9", says="seed")
        self.fails(2, "train", "r.yaml", "--checkpoint", "ckpt", "--resume", "--learning-rate", "0.5", says="leave out --learning-rate")
        self.write("other.yaml", RECIPE.replace("units: 16", "units: 17"))
        self.fails(1, "train", "other.yaml", "--checkpoint", "ckpt", "--resume")
        self.write("y2.npy", npy_bytes((200,), [0] * 200, "<i8"))
        self.fails(1, "train", "r.yaml", "--checkpoint", "ckpt", "--resume", "--data", "x.npy,y2.npy", says="data")
        self.events("r.yaml", "--checkpoint", "empty", "--resume")

    def test_stop_after(self):
        """The beginning of a whole training, whose schedule it has, and then the rest."""
        words = ["r.yaml", "--epochs", "6", "--set", "compile.optimizer=adam(cosine_decay(0.05))"]
        whole = self.events(*words, "--output", "c.keras")
        first = self.events(*words, "--stop-after", "2", "--checkpoint", "ckpt", "--output", "a.keras")
        self.assertEqual((first[-1]["epochs"], first[-1]["stopped_by"]), (2, "interrupt"))
        rest = self.events(*words, "--checkpoint", "ckpt", "--resume", "--output", "b.keras")
        self.assertEqual([line["loss"] for line in whole[:-1]], [line["loss"] for line in first[:-1] + rest[:-1]])
        self.assertEqual(zipfile.ZipFile(self.path("b.keras")).read("model.weights.h5"), zipfile.ZipFile(self.path("c.keras")).read("model.weights.h5"))
        self.assertIsNone(self.events(*words, "--stop-after", "9")[-1]["stopped_by"])
        self.fails(2, "train", "r.yaml", "--stop-after", "0", says="--stop-after")
        self.fails(2, "train", "r.yaml", "--stop-after", "1", "--folds", "3", says="--folds and --stop-after")


class FindRate(Case):
    def test_finds(self):
        out = self.run_hone("find-lr", "r.yaml", "--plot", "lr.png")
        self.assertRegex(out, r"^learning rate: [0-9.e-]+\nreason: the loss.*\n$")
        self.assertTrue(self.read("lr.png").startswith(b"\x89PNG"))
        found = json.loads(self.run_hone("find-lr", "r.yaml", "--json", "--steps", "150", "--optimizer", "sgd"))
        self.assertEqual(list(found), ["learning_rate", "reason", "lowest", "points"])
        self.assertAlmostEqual(found["learning_rate"] * 10, found["lowest"]["learning_rate"])
        self.assertAlmostEqual(found["points"][0]["learning_rate"], 1e-6, 12)
        self.assertLessEqual(len(found["points"]), 150)
        self.assertEqual(found, json.loads(self.run_hone("find-lr", "r.yaml", "--json", "--steps", "150", "--optimizer", "sgd", "--threads", "1")))
        self.trained()
        self.fails(2, "find-lr", "m.keras", says="--data is missing")
        self.run_hone("find-lr", "m.keras", "--data", "x.npy,y.npy")

    def test_refuses(self):
        self.fails(2, "find-lr", "r.yaml", "--lowest", "1", "--highest", "0.1", says="below --highest")
        self.fails(2, "find-lr", "r.yaml", "--plot", "lr.gif", says="--plot")
        self.fails(1, "find-lr", "r.yaml", "--plot", "no/lr.png", says="does not exist")
        self.fails(1, "find-lr", "r.yaml", "--optimizer", "sgd(learning_rate=cosine_decay(0.1, 100))", says="schedule")


class Interruption(Case):
    def begin(self, *words):
        self.write("long.yaml", RECIPE.replace("epochs: 3", "epochs: 100000000"))
        process = self.start("train", "long.yaml", "--json", "--output", "m.keras", "--history", "h.csv", *words)
        self.assertIn(b'"epoch": 0', process.stdout.readline())
        return process

    def end(self, process):
        out, err = process.communicate(timeout=60)
        self.assertNotIn(b"Sanitizer", err)
        return out.decode().splitlines(), err.decode()

    def test_ctrl_c_saves(self):
        process = self.begin("--plot", "p.png")
        process.send_signal(signal.SIGINT)
        lines, err = self.end(process)
        self.assertEqual(process.returncode, 130, err)
        last = json.loads(lines[-1])
        self.assertEqual((last["event"], last["stopped_by"], last["output"]), ("end", "interrupt", "m.keras"))
        self.assertTrue(zipfile.is_zipfile(self.path("m.keras")))
        self.assertTrue(os.path.exists(self.path("p.png")))
        self.assertEqual(len(self.read("h.csv").split(b"\r\n")), last["epochs"] + 2)
        self.run_hone("evaluate", "m.keras", "--data", "x.npy,y.npy")
        self.assertEqual(self.leftovers(), [])

    def test_sigterm_saves(self):
        process = self.begin()
        process.send_signal(signal.SIGTERM)
        lines, err = self.end(process)
        self.assertEqual(process.returncode, 143, err)
        self.assertEqual(json.loads(lines[-1])["stopped_by"], "terminate")
        self.assertTrue(zipfile.is_zipfile(self.path("m.keras")))

    def test_a_closed_terminal_saves(self):
        process = self.begin()
        process.send_signal(signal.SIGHUP)
        lines, err = self.end(process)
        self.assertEqual(process.returncode, 129, err)
        self.assertEqual(json.loads(lines[-1])["stopped_by"], "terminate")
        self.assertTrue(zipfile.is_zipfile(self.path("m.keras")))

    def test_best_weights_come_back(self):
        process = self.begin("--callback", "early_stopping(monitor=loss, mode=max, patience=100000000, restore_best_weights=true)")
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        lines, err = self.end(process)
        self.assertEqual(process.returncode, 130, err)
        best = json.loads(lines[-1])["best_epoch"]
        self.assertIsNotNone(best)
        self.run_hone("evaluate", "m.keras", "--data", "x.npy,y.npy")

    def test_before_training(self):
        """An interruption while files are read ends the command at once."""
        os.mkfifo(self.path("never.yaml"))
        process = self.start("predict", "m.keras", "--data", "x.npy")
        process.communicate()
        self.assertEqual(process.returncode, 1)

    def test_twice_at_once(self):
        for _ in range(3):
            process = self.begin()
            for _ in range(200):
                process.send_signal(signal.SIGINT)
                if process.poll() is not None:
                    break
            self.end(process)
            self.assertEqual(process.returncode, 130)


class Recipes(Case):
    def check(self, text, *says, status=1):
        self.write("bad.yaml", text)
        return self.fails(status, "summary", "bad.yaml", says=("bad.yaml: ",) + says)

    def model(self, *items, rest=""):
        return "model:\n" + "".join("  - %s\n" % item for item in items) + rest

    def test_bad_recipes(self):
        place = "line 3, column "
        self.check(self.model("input: [4]", "dense: {unit: 3}"), place + "13: ", 'dense: unknown argument "unit"; did you mean "units"?')
        self.check(self.model("input: [4]", "dnse: 3"), place + "5: ", 'unknown layer "dnse"; did you mean "dense"?')
        self.check(self.model("input: [4]", "dense: {units: 0}"), place + "20: ", "units")
        self.check(self.model("input: [4]", "dense: {units: many}"), place + "20: ", "units")
        self.check(self.model("input: [4]", "dense: {units: 3, activation: rellu}"), place, 'did you mean "relu"?')
        line = self.check(self.model("input: [4]", "dense: {units: 3, kernel_initializer: {he_normal: {sed: 3}}}"), place + "56: ", '"seed"')
        self.assertEqual(line.count("line 3"), 1)
        self.check(self.model("input: [4]", "dropout: 1.5"), place, "rate")
        self.check(self.model("input: [4]", '"dense(3, activaton=relu)"'), place + "5: ", 'did you mean "activation"?')
        self.check(self.model("input: [4]", '"dense(3"'), place + "5: ", "expected")
        self.check(self.model("input: [4]", "7"), place + "5: ", "a layer must be a name")
        self.check(self.model("input: [4]", "[dense, 7]"), place + "5: ", "a layer must be a name")
        self.check(self.model("input: [4]", "{dense: 3, dropout: 0.5}"), place, "is next to")
        self.check(self.model("input: [0]", "dense: 3"), "line 2, column ")
        self.check(self.model("input: [4]", "dense: 3", rest="fitt: {epochs: 1}\n"), "line 4, column 1: ", 'did you mean "fit"?')
        self.check(self.model("input: [4]", "dense: 3", rest="fit: {epoch: 1}\n"), "line 4, column 7: ", 'did you mean "epochs"?')
        self.check(self.model("input: [4]", "dense: 3", rest="fit: {epochs: many}\n"), "line 4, column 15: ", "epochs")
        self.check(self.model("input: [4]", "dense: 3", rest="fit: {epochs: 0}\n"), "line 4, column 15: ", "epochs")
        self.check(self.model("input: [4]", "dense: 3", rest="fit: 5\n"), "line 4, column 6: ", "must be a map")
        self.check(self.model("input: [4]", "dense: 3", rest="data: {trian: x.npy}\n"), "line 4, column 8: ", 'did you mean "train"?')
        self.check(self.model("input: [4]", "dense: 3", rest="data: {validation: last x}\n"), "line 4, column 20: ", "last x")
        self.check(self.model("input: [4]", "dense: 3", rest="data: {validation: 1.5}\n"), "line 4, column 20: ", "validation")
        self.check(self.model("input: [4]", "dense: 3", rest="data: {scale: big}\n"), "line 4, column 15: ", "scale")
        self.check(self.model("input: [4]", "dense: 3", rest="fit: {callbacks: [early_stoping]}\n"), "line 4, column 19: ", "early_stopping")
        self.check(self.model("input: [4]", "dense: 3", rest="fit: {class_weight: {a: -1}}\n"), "line 4, column ", "class")
        self.check(self.model("input: [4]", "dense: 3", rest="compile: {optimizer: adma}\n"), "line 4, column 22: ", '"adam"')
        self.check(self.model("input: [4]", "dense: 3", rest="compile: {optimizer: {adam: {learning_rat: 1}}}\n"), "line 4, column ", "learning_rate")
        self.check(self.model("input: [4]", "dense: 3", rest="compile: {loss: msee}\n"), "line 4, column 17: ", "msee")
        self.check(self.model("input: [4]", "dense: 3", rest="compile: {loss: mse, metrics: [maee]}\n"), "line 4, column 32: ", "maee")
        self.check(self.model("input: [4]", "dense: 3", rest="compile: {los: mse}\n"), "line 4, column 11: ", '"loss"')
        self.check("models: []\n", "line 1", '"model"')
        self.check("model: []\n", "line 1, column 8: ", "empty")
        self.check("model: dense\n", "line 1, column 8: ", "must be a list")
        self.check("- 1\n", "a recipe must be a map")
        self.check("model:\n  - dense: {units: 3\n", "line ")
        self.check("model:\n\t- dense\n", "line 2", "tab")
        self.check("", "file is empty")
        self.check(self.model("input: [4]", "dense: 3", rest="model: []\n"), "twice")
        self.check(self.model("input: [4]", "reshape: [3]"), "line 3, column ", "reshape")

    def test_impossible_sizes(self):
        self.check(self.model("input: [4]", "dense: 1000000000000000"), "line 3, column ", 'the weight "kernel" would need 16000000000000000 bytes; the limit is ')
        self.check(self.model("input: [4]", "embedding: {input_dim: 1000000000000000, output_dim: 2}"), "line 3, column ", "would need 8000000000000000 bytes")
        self.check(self.model("input: [4]", "dense: 9223372036854775807"), "would need more than 18446744073709551615 bytes")
        self.write("r.yaml", self.model("input: [4]", "repeat_vector: 1000000000000", "global_average_pooling1d", "dense: 1",
                                        rest='compile: {loss: mse}\ndata: {train: "x.npy,y.npy"}\n'))
        self.fails(1, "train", "r.yaml", says=["repeat_vector: the numbers of a batch would need 512000000000000 bytes; the limit is ", "the memory of this machine"])

    def test_bad_graphs(self):
        head = ["input: {shape: [5], name: wide}", "input: {shape: [6], name: deep}", "dense: {units: 3, name: hidden}"]
        self.check(self.model(*head, "concatenate: {inputs: [wide, hiden]}"), "line 5, column 34: ", 'did you mean "hidden"?')
        self.check(self.model(*head, "concatenate: {inputs: [wide, out]}", "dense: {units: 1, name: out}"), "line 5, column ", "later")
        self.check(self.model(*head), 'the node "wide" is unused')
        self.check(self.model(*head, "dense: {units: 1, name: wide}"), "line 5, column ", "two nodes")
        self.check(self.model(*head, "concatenate: {inputs: []}"), "line 5, column ", "list of names")
        self.check(self.model(*head, "concatenate: {inputs: [wide, hidden]}", rest="outputs: [nope]\n"), "line 6, column ", "nope")
        self.check(self.model(*head, "add: {inputs: [wide, hidden]}"), "line 5, column ", "add")
        self.check(self.model("dense: {units: 3, name: a}", "dense: {units: 3, inputs: a}"), "line 2, column ", "input")

    def test_graph(self):
        self.write("g.yaml", self.model("input: {shape: [5], name: wide}", "input: {shape: [6], name: deep}", "dense: {units: 30, activation: relu}",
                                        "dense: {units: 30, activation: relu, name: hidden}", "concatenate: {inputs: [wide, hidden]}",
                                        "dense: {units: 1, name: price}", "dense: {units: 1, name: aux, inputs: hidden}",
                                        rest="outputs: [price, aux]\ncompile:\n  optimizer: sgd(learning_rate=0.01, momentum=0.9)\n"
                                             "  loss: {price: mse, aux: mse}\n  loss_weights: {price: 0.9, aux: 0.1}\n"
                                             "data: {train: \"in.npz,out.npz\"}\nfit: {epochs: 2, verbose: 0}\n"))
        numbers = random.Random(2)
        for name, arrays in (("in.npz", {"wide": (50, 5), "deep": (50, 6)}), ("out.npz", {"price": (50, 1), "aux": (50, 1)})):
            with zipfile.ZipFile(self.path(name), "w") as archive:
                for key, shape in arrays.items():
                    archive.writestr(key + ".npy", npy_bytes(shape, [numbers.random() for _ in range(shape[0] * shape[1])]))
        lines = [json.loads(line) for line in self.run_hone("train", "g.yaml", "--json", "--output", "g.keras", "--metrics", "mae").splitlines()]
        self.assertEqual(list(lines[0]), ["event", "epoch", "seconds", "loss", "aux_loss", "aux_mae", "price_loss", "price_mae", "learning_rate"])
        self.assertAlmostEqual(lines[1]["loss"], 0.9 * lines[1]["price_loss"] + 0.1 * lines[1]["aux_loss"], 5)
        self.assertIn("concatenate", self.run_hone("summary", "g.keras"))
        self.fails(1, "predict", "g.keras", "--data", "in.npz", says=".npz")
        self.fails(1, "predict", "g.keras", "--data", "in.npz", "--output", "p.npy", says=".npz")
        self.run_hone("predict", "g.keras", "--data", "in.npz", "--output", "p.npz")
        archive = zipfile.ZipFile(self.path("p.npz"))
        self.assertEqual(sorted(archive.namelist()), ["aux.npy", "price.npy"])
        self.assertEqual(read_npy(archive.read("price.npy"))[0], (50, 1))
        evaluated = json.loads(self.run_hone("evaluate", "g.keras", "--data", "in.npz,out.npz", "--json"))
        self.assertEqual(list(evaluated), ["loss", "aux_loss", "aux_mae", "price_loss", "price_mae"])
        evaluated = json.loads(self.run_hone("evaluate", "g.keras", "--data", "in.npz,out.npz", "--json", "--metrics", "price:mae,aux: mse,mape"))
        self.assertEqual(list(evaluated), ["loss", "aux_loss", "aux_mape", "aux_mse", "price_loss", "price_mae", "price_mape"])
        self.fails(1, "evaluate", "g.keras", "--data", "in.npz,out.npz", "--metrics", "prize:mae", says="prize")
        self.fails(2, "evaluate", "g.keras", "--data", "in.npz,out.npz", "--metrics", "price:maee", says="maee")

    def test_shared_and_nested(self):
        self.write("s.yaml", self.model("input: {shape: [4], name: a}", "input: {shape: [4], name: b}", "dense: {units: 3, name: twin, inputs: a}",
                                        "share: {layer: twin, name: other, inputs: b}", "subtract: {inputs: [twin, other]}", "dense: 1"))
        summary = self.run_hone("summary", "s.yaml")
        self.assertIn("Total params: 19 ", summary)  # 4 * 3 + 3 once, 3 + 1
        self.write("s2.yaml", self.model("input: {shape: [4], name: a}", "dense: {units: 4, name: twin}", "share: twin", "share: twin"))
        self.assertIn("Total params: 20 ", self.run_hone("summary", "s2.yaml"))
        self.write("n.yaml", self.model("input: [4]", "model: {name: encoder, layers: [dense: 3, dense: 2]}", "dense: 1"))
        self.assertIn("encoder", self.run_hone("summary", "n.yaml"))
        self.assertIn("Total params: 26 ", self.out)
        self.check(self.model("input: [4]", "share: nobody"), "line 3, column ", "nobody")

    def test_forms(self):
        forms = [["input: [4]", "dense: {units: 3}"], ["input: 4", "dense: 3"], ["input: {shape: [4]}", '"dense(3)"'], ['"input(4)"', "dense(units=3)"],
                 ["input: [4]", "Dense: {units: 3, name: dense}"], ["{input: [4]}", "{dense: 3, name: dense}"]]
        tables = set()
        for number, form in enumerate(forms):
            self.write("f%d.yaml" % number, self.model(*form))
            tables.add(self.run_hone("summary", "f%d.yaml" % number))
        self.assertEqual(len(tables), 1)
        self.write("o.yaml", self.model("input: [4]", "dense: 1", rest="compile: {optimizer: {adam: {learning_rate: 0.1}}, loss: {huber: {delta: 2}}, "
                                                                       "metrics: [mae, {mean_squared_error: {}}]}\nname: own\n"))
        self.assertIn('Model: "own"', self.run_hone("summary", "o.yaml"))
        self.assertIn("training", self.run_hone("plan", "o.yaml"))

    def test_without_input(self):
        self.write("l.yaml", RECIPE.replace("  - input: [4]\n", ""))
        self.run_hone("train", "l.yaml", "--output", "l.keras")
        self.assertIn("(None, 16)", self.run_hone("summary", "l.keras"))
        self.fails(1, "plan", "l.yaml", says="input")


class FineTuning(Case):
    """A model file is a recipe, and recipes go on from model files."""

    BASE = """\
model:
  - input: [4]
  - dense: {units: 6, activation: relu, name: one}
  - batch_normalization
  - dense: {units: 5, activation: relu, name: two}
  - dense: {units: 3, activation: softmax, name: top}
compile: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
data: {train: "x.npy,y.npy"}
fit: {epochs: 2, verbose: 0}
"""
    REST = """\
compile: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
data: {train: "x.npy,y.npy", validation: 0.2}
fit: {epochs: 2, verbose: 0}
"""

    def setUp(self):
        super().setUp()
        self.write("base.yaml", self.BASE)
        self.run_hone("train", "base.yaml", "--output", "base.keras")

    def weights(self, name):
        """Names and bytes of all weights, by way of a .safetensors file."""
        self.run_hone("convert", name, name + ".safetensors")
        data = self.read(name + ".safetensors")
        size = struct.unpack("<Q", data[:8])[0]
        head = json.loads(data[8:8 + size])
        return {key: data[8 + size + value["data_offsets"][0]:8 + size + value["data_offsets"][1]]
                for key, value in head.items() if key != "__metadata__"}

    def test_a_frozen_base_keeps_its_bits_and_the_new_layer_learns(self):
        self.write("tune.yaml", 'model:\n  - {file: base.keras, until: two, freeze: "*"}\n  - dropout: 0.1\n  - dense: {units: 3, activation: softmax}\n' + self.REST)
        table = self.run_hone("summary", "tune.yaml", "--show-trainable")
        self.assertRegex(table, r"one \(Dense\).* N ")
        self.assertNotIn("top", table)
        self.run_hone("train", "tune.yaml", "--epochs", "1", "--output", "a.keras")
        self.run_hone("train", "tune.yaml", "--epochs", "5", "--output", "b.keras")
        base, few, more = self.weights("base.keras"), self.weights("a.keras"), self.weights("b.keras")
        self.assertEqual({key for key in few if key not in base}, {"dense/kernel", "dense/bias"})
        for key in few:
            if key in base:
                self.assertEqual(base[key], few[key], key)
                self.assertEqual(base[key], more[key], key)
        self.assertNotEqual(few["dense/kernel"], more["dense/kernel"])

    def test_the_second_step_thaws(self):
        self.write("tune.yaml", 'model:\n  - {file: base.keras, until: two, freeze: "*"}\n  - dense: {units: 3, activation: softmax}\n' + self.REST)
        self.run_hone("train", "tune.yaml", "--output", "a.keras")
        self.write("all.yaml", 'model: {file: a.keras, unfreeze: [one, "tw?"]}\ncompile: {learning_rate: 1e-5}\ndata: {train: "x.npy,y.npy"}\nfit: {verbose: 0}\n')
        lines = self.run_hone("train", "all.yaml", "--output", "b.keras", "--json").splitlines()
        self.assertAlmostEqual(json.loads(lines[0])["learning_rate"], 1e-5, 9)
        self.assertIn("accuracy", lines[0])  # loss and metrics are the file's
        before, after = self.weights("a.keras"), self.weights("b.keras")
        for key in before:
            moved = key.startswith(("one/", "two/", "dense/"))
            self.assertEqual(before[key] != after[key], moved, key)

    def test_stages_of_one_recipe(self):
        fit = 'fit:\n  - {epochs: 2, batch_size: 8, verbose: 0}\n  - {unfreeze: "tw?", learning_rate: 1e-5, epochs: 3}\n  - {freeze: "*", unfreeze: dense, epochs: 1}\n'
        model = 'model:\n  - {file: base.keras, until: two, freeze: "*"}\n  - dense: {units: 3, activation: softmax}\n' + self.REST.split("fit:")[0]
        self.write("stages.yaml", model + fit)
        lines = [json.loads(line) for line in self.run_hone("train", "stages.yaml", "--output", "s.keras", "--json", "--history", "h.csv").splitlines()]
        epochs = [line for line in lines if line["event"] == "epoch"]
        self.assertEqual([line["epoch"] for line in epochs], list(range(6)))
        self.assertAlmostEqual(epochs[2]["learning_rate"], 1e-5, 9)
        self.assertAlmostEqual(epochs[5]["learning_rate"], 1e-5, 9)
        self.assertEqual(len(self.read("h.csv").splitlines()), 7)
        base, after = self.weights("base.keras"), self.weights("s.keras")
        self.assertEqual(base["one/kernel"], after["one/kernel"])
        self.assertNotEqual(base["two/kernel"], after["two/kernel"])
        # two recipes, one after the other, do the same as the first two stages
        self.write("first.yaml", model + "fit: {epochs: 2, batch_size: 8, verbose: 0}\n")
        self.write("second.yaml", 'model: {file: f.keras, unfreeze: two}\ncompile: {learning_rate: 1e-5}\ndata: {train: "x.npy,y.npy", validation: 0.2}\nfit: {epochs: 3, batch_size: 8, shuffle: false, verbose: 0}\n')
        self.write("both.yaml", model + 'fit:\n  - {epochs: 2, batch_size: 8, verbose: 0}\n  - {unfreeze: two, learning_rate: 1e-5, epochs: 3, shuffle: false}\n')
        self.run_hone("train", "first.yaml", "--output", "f.keras")
        self.run_hone("train", "second.yaml", "--output", "g.keras")
        self.run_hone("train", "both.yaml", "--output", "h.keras")
        self.assertEqual(self.weights("g.keras"), self.weights("h.keras"))
        # an option of the command is for every stage
        lines = self.run_hone("train", "stages.yaml", "--epochs", "1", "--json").splitlines()
        self.assertEqual(sum('"event": "epoch"' in line or '"event":"epoch"' in line for line in lines), 3)

        def check(fit, *says):
            self.write("bad.yaml", model + "fit:" + fit + "\n")
            self.fails(1, "train", "bad.yaml", says=("bad.yaml: ",) + says)
        check(" []", "fit is an empty list")
        check("\n  - {epochs: 1}\n  - 3", "a stage of fit must be a map")
        check("\n  - {epochs: 1}\n  - {epoch: 3}", 'did you mean "epochs"?')
        check("\n  - {epochs: 1}\n  - {epochs: 0}", "epochs must be at least 1")
        check("\n  - {epochs: 1, verbose: 0}\n  - {unfreeze: \"tree*\"}", 'the pattern "tree*" matches no layer')
        check("\n  - {epochs: 1, verbose: 0}\n  - {learning_rate: -1}", "learning_rate must be above 0")
        self.stages_are_resumed(model + fit)

    def stages_are_resumed(self, recipe):
        """Stopped in the second stage and resumed, the run is the same; its data are read once."""
        self.write("stopped.yaml", recipe.replace("epochs: 3", "epochs: 1").split("\n  - {freeze")[0] + "\n")
        self.write("on.yaml", recipe)
        self.run_hone("train", "stopped.yaml", "--checkpoint", "marks", "--output", "r.keras")
        self.fails(1, "train", "on.yaml", "--checkpoint", "marks", says=("marks/stage-1/latest.keras: a checkpoint already exists",))
        lines = self.run_hone("train", "on.yaml", "--checkpoint", "marks", "--resume", "--output", "r.keras", "--json", "--history", "r.csv").splitlines()
        self.assertEqual([line["epoch"] for line in map(json.loads, lines) if line["event"] == "epoch"], [3, 4, 5])
        self.assertEqual(self.weights("s.keras"), self.weights("r.keras"))
        columns = lambda name: [line.split(b",")[:2] for line in self.read(name).splitlines()]
        self.assertEqual(columns("r.csv"), columns("h.csv"))
        self.write("other.yaml", recipe.replace('unfreeze: "tw?"', "unfreeze: one"))
        self.fails(1, "train", "other.yaml", "--checkpoint", "marks", "--resume", says=("marks/stage-2/latest.keras: belongs to a different run",))

    def test_a_model_file_and_the_recipe_that_names_it_are_the_same(self):
        self.write("same.yaml", 'model: base.keras\ndata: {train: "x.npy,y.npy"}\nfit: {verbose: 0}\n')
        self.run_hone("train", "base.keras", "--data", "x.npy,y.npy", "--verbose", "0", "--output", "a.keras")
        self.run_hone("train", "same.yaml", "--output", "b.keras")
        self.assertEqual(self.weights("a.keras"), self.weights("b.keras"))
        self.run_hone("train", "same.yaml", "--loss", "categorical_crossentropy", status=1)

    def test_a_file_in_a_graph(self):
        self.write("graph.yaml", "model:\n  - {file: base.keras, until: two, name: base, freeze: one}\n"
                   "  - dense: {units: 2, name: left, inputs: one}\n  - concatenate: {inputs: [left, base]}\n"
                   "  - dense: {units: 3, activation: softmax, name: out}\n" + self.REST)
        table = self.run_hone("summary", "graph.yaml")
        self.assertRegex(table, r"concatenate.*7\)")
        self.run_hone("train", "graph.yaml", "--output", "g.keras")
        self.assertEqual(self.weights("g.keras")["one/kernel"], self.weights("base.keras")["one/kernel"])

    def test_a_file_as_one_layer(self):
        self.write("nest.yaml", "model:\n  - input: [4]\n  - model: {file: base.keras, until: two, name: inner, trainable: false}\n"
                   "  - dense: {units: 3, activation: softmax}\n" + self.REST)
        self.run_hone("train", "nest.yaml", "--output", "n.keras")
        after = self.weights("n.keras")
        for key, value in self.weights("base.keras").items():
            if not key.startswith("top/"):
                self.assertEqual(after["inner/" + key], value)
        self.write("again.yaml", 'model: {file: n.keras, unfreeze: "inner/two"}\ndata: {train: "x.npy,y.npy"}\nfit: {verbose: 0}\n')
        self.run_hone("train", "again.yaml", "--output", "o.keras")
        thawed = self.weights("o.keras")
        self.assertNotEqual(thawed["inner/two/kernel"], after["inner/two/kernel"])
        self.assertEqual(thawed["inner/one/kernel"], after["inner/one/kernel"])

    def test_what_is_wrong(self):
        def check(model, *says):
            self.write("bad.yaml", "model: " + model + "\n" + self.REST)
            self.fails(1, "train", "bad.yaml", says=("bad.yaml: ",) + says)
        check("none.keras", "none.keras: cannot open")
        check("{file: base.keras, until: tow}", "line 1, column 34: ", 'did you mean "two"?')
        check("{file: base.keras, freeze: tow}", "line 1, column 35: ", 'unknown layer "tow"; did you mean "two"?')
        check('{file: base.keras, freeze: ["x*"]}', "line 1, column 36: ", 'the pattern "x*" matches no layer; there is, for example, "top"')
        check("{file: base.keras, freez: two}", "line 1, column 27: ", 'did you mean "freeze"?')
        check("{file: base.keras, freeze: 3}", "line 1, column 35: ", "freeze")
        check("[{file: base.keras, inputs: one}, dense: 3]", "its own inputs")
        check("[{file: [base.keras]}, dense: 3]", "file must be a string")
        check("[{file: base.keras}]\noutputs: nothing", 'unknown node "nothing"')
        check("base.keras\noutputs: top", "outputs need a list of layers")
        self.write("cut.keras", self.read("base.keras")[:2000])
        check("[{file: cut.keras, until: two}, dense: 3]", "line 1, column 16: ", "cut.keras: ")
        self.write("bad.yaml", "model: base.keras\ncompile: {learning_rate: -1}\ndata: {train: 'x.npy,y.npy'}\n")
        self.fails(1, "train", "bad.yaml", says="learning_rate must be above 0")


class Use(Case):
    def setUp(self):
        super().setUp()
        self.trained()

    def test_evaluate(self):
        result = json.loads(self.run_hone("evaluate", "m.keras", "--data", "x.npy,y.npy", "--json"))
        self.assertEqual(list(result), ["loss", "accuracy"])
        self.assertEqual(self.run_hone("evaluate", "m.keras", "--data", "x.npy,y.npy"),
                         "loss: %.4f\naccuracy: %.4f\n" % (result["loss"], result["accuracy"]))
        small = json.loads(self.run_hone("evaluate", "m.keras", "--data", "x.npy,y.npy", "--json", "--batch-size", "7", "--threads", "1"))
        self.assertAlmostEqual(small["loss"], result["loss"], 5)
        other = json.loads(self.run_hone("evaluate", "m.keras", "--data", "x.npy,y.npy", "--json", "--metrics",
                                         "accuracy,sparse_top_k_categorical_accuracy(k=3)"))
        self.assertEqual(other["sparse_top_k_categorical_accuracy"], 1)
        self.write("w.npy", npy_bytes((200,), [3.0] * 200))
        weighted = json.loads(self.run_hone("evaluate", "m.keras", "--data", "x.npy,y.npy", "--json", "--sample-weight", "w.npy"))
        by_class = json.loads(self.run_hone("evaluate", "m.keras", "--data", "x.npy,y.npy", "--json", "--class-weight", "0:3,1:3,2:3"))
        self.assertAlmostEqual(weighted["loss"], 3 * result["loss"], 4)
        self.assertAlmostEqual(weighted["loss"], by_class["loss"], 6)
        self.assertEqual(weighted["accuracy"], result["accuracy"])
        scaled = json.loads(self.run_hone("evaluate", "m.keras", "--data", "x.npy,y.npy", "--json", "--scale", "1/255"))
        self.assertNotEqual(scaled["loss"], result["loss"])
        self.assertIn("multiplied by 0.00392157, but those of the training were multiplied by 1", self.err)

    def test_from_a_table_to_predictions(self):
        rows = ["%d,%d.5,%s" % (100 + i, i * 7 % 13, "yes" if i * 7 % 13 > 6 else "no") for i in range(60)]
        self.write("t.csv", "\n".join(["id,a,ill"] + rows))
        self.assertIn("column \"id\": all its values are different", self.run_hone("describe", "t.csv#target=ill"))
        self.assertEqual(json.loads(self.run_hone("describe", "t.csv#target=ill", "--json"))["rows"], 60)
        self.fails(1, "init", "t.csv", says="#target=ill")
        self.assertEqual(self.run_hone("init", "t.csv#target=ill"), "t.yaml is written; hone train t.yaml --output t.keras\n")
        self.fails(1, "init", "t.csv#target=ill", says="t.yaml exists already")
        self.fails(2, "init", "t.csv#target=ill", "--output", "t.txt", says="--output")
        self.run_hone("train", "t.yaml", "--epochs", "100", "--output", "t.keras")
        self.assertEqual(self.run_hone("predict", "t.keras", "--data", "t.csv", "--classes").splitlines()[0].split(",")[0], "no")
        self.assertIn("classes: no, yes", self.run_hone("summary", "t.keras", "--data"))

    def test_folds(self):
        told = self.run_hone("train", "r.yaml", "--folds", "4").splitlines()
        self.assertEqual(told[0].split(), ["fold", "loss", "accuracy"])
        self.assertEqual([line.split()[0] for line in told[1:]], ["1", "2", "3", "4", "mean", "deviation"])
        losses = [float(line.split()[1]) for line in told[1:5]]
        self.assertAlmostEqual(float(told[5].split()[1]), sum(losses) / 4, 4)
        events = [json.loads(line) for line in self.run_hone("train", "r.yaml", "--folds", "4", "--json").splitlines()]
        self.assertEqual([event["event"] for event in events], ["fold"] * 4 + ["end"])
        self.assertAlmostEqual(events[0]["loss"], losses[0], 4)
        self.fails(2, "train", "r.yaml", "--folds", "1", says="--folds")
        self.fails(2, "train", "r.yaml", "--folds", "4", "--output", "f.keras", says="leave out --output")
        self.fails(2, "train", "r.yaml", "--folds", "4", "--adapters", "a.safetensors", says="leave out --adapters")
        self.fails(2, "train", "m.keras", "--data", "x.npy,y.npy", "--folds", "4", says="--folds needs a recipe")
        self.fails(1, "train", "r.yaml", "--folds", "300", says="cannot make 300 folds")
        self.run_hone("train", "r.yaml", "--folds", "3", "--folds-in-order", "--plot", "folds.svg")
        self.assertIn(b"<svg", self.read("folds.svg"))
        self.fails(2, "train", "r.yaml", "--folds-in-order", says="--folds-in-order needs --folds N")
        self.fails(1, "train", "r.yaml", "--folds", "300", "--folds-in-order", says="folds in order: at least 301 are needed")

    def test_sorted_tables(self):
        """Parts with a share of each class, or of whole groups; weights by name; what looks wrong is said."""
        numbers = random.Random(3)
        rows = ["%.3f,%d,%s,p%d" % (numbers.gauss(i >= 64, 1), 3000 + i, "fraud" if i >= 64 else "ok", i // 4) for i in range(80)]
        self.write("t.csv", "\n".join(["a,b,kind,patient"] + rows))
        recipe = """model: [{input: %d}, {dense: {units: 2, activation: softmax}}]
compile: {loss: sparse_categorical_crossentropy, metrics: [accuracy]}
data: {train: "t.csv#target=kind%s", validation: %s}
fit: {epochs: 1, verbose: 0}
"""
        self.write("t.yaml", recipe % (2, ",drop=[patient]", "0.2"))
        self.run_hone("train", "t.yaml")
        self.assertIn('have 1 class that the training data lack, such as "fraud"', self.err)
        self.assertIn("the inputs are large", self.err)
        self.write("t.yaml", recipe % (2, ",drop=[patient]", "{share: 0.2, stratify: true}"))
        self.run_hone("train", "t.yaml", "--class-weight", "balanced", "--output", "t.keras")
        self.assertNotIn("lack", self.err)
        self.run_hone("train", "t.yaml", "--class-weight", "fraud:30")
        self.fails(1, "train", "t.yaml", "--class-weight", "fruad:30", says='did you mean "fraud"')
        self.run_hone("evaluate", "t.keras", "--data", "t.csv", "--class-weight", "fraud:30,ok:1")
        self.write("t.yaml", recipe % (2, "", "{share: 0.2, group: patient}"))
        self.run_hone("train", "t.yaml")
        self.write("t.yaml", recipe % (2, "", "{share: 0.2, group: patients}"))
        self.fails(1, "train", "t.yaml", says='did you mean "patient"')
        self.write("t.yaml", (recipe % (2, ",drop=[patient]", "random 20")).replace("sparse_categorical", "binary").replace("units: 2", "units: 1"))
        self.run_hone("train", "t.yaml")
        self.assertIn("a softmax over one number, which is always 1", self.err)
        self.write("t.yaml", self.read("t.yaml").decode().replace("softmax", "sigmoid"))
        self.run_hone("train", "t.yaml")
        self.assertNotIn("softmax", self.err)
        self.write("t.csv", "\n".join(["a,b,kind,patient"] + [row.replace("ok", "1").replace("fraud", "2") for row in rows]))
        self.fails(1, "train", "t.yaml", says="the target 2 in row")

    def test_the_preparation_of_training_is_kept(self):
        recipe = RECIPE.replace("validation: last 40", "test: \"x.npy,y.npy\", scale: 1/4")
        self.write("s.yaml", recipe)
        told = self.run_hone("train", "s.yaml", "--output", "s.keras")
        found = self.run_hone("evaluate", "s.keras", "--data", "x.npy,y.npy")
        self.assertEqual(self.err, "")
        self.assertEqual(told, "".join("test %s\n" % line for line in found.splitlines()))
        self.assertEqual(found, self.run_hone("evaluate", "s.keras", "--data", "x.npy,y.npy", "--scale", "1/4"))
        self.assertEqual(found, self.run_hone("evaluate", "s.yaml", "--model", "s.keras"))
        self.assertIn("scale: 0.25\n", self.run_hone("summary", "s.keras", "--data"))
        events = [json.loads(line) for line in self.run_hone("train", "s.yaml", "--json").splitlines()]
        self.assertEqual([event["event"] for event in events], ["epoch"] * 3 + ["test", "end"])
        self.fails(1, "evaluate", "s.yaml", says="give the trained model: hone evaluate s.yaml --model FILE.keras")
        self.fails(2, "evaluate", "s.yaml", "--model", "r.yaml", says="r.yaml")
        self.write("s.yaml", recipe.replace("test: \"x.npy,", "test: \"none.npy,"))
        self.fails(1, "train", "s.yaml", "--output", "s.keras", says="none.npy")
        self.assertEqual(found, self.run_hone("evaluate", "s.keras", "--data", "x.npy,y.npy"))

    def test_predict(self):
        self.run_hone("predict", "m.keras", "--data", "x.npy", "--output", "p.npy")
        shape, numbers = read_npy(self.read("p.npy"))
        self.assertEqual(shape, (200, 3))
        rows = [[float(value) for value in line.split(",")] for line in self.run_hone("predict", "m.keras", "--data", "x.npy,y.npy").splitlines()]
        self.assertEqual((len(rows), len(rows[0])), (200, 3))
        for row, numbers_of in zip(rows, zip(numbers[0::3], numbers[1::3], numbers[2::3])):
            self.assertAlmostEqual(sum(row), 1, 5)
            for a, b in zip(row, numbers_of):
                self.assertEqual(struct.pack("<f", a), struct.pack("<f", b))
        self.run_hone("predict", "m.keras", "--data", "x.npy", "--output", "p.csv", "--batch-size", "200")
        self.assertEqual(len(self.read("p.csv").splitlines()), 200)
        self.run_hone("predict", "m.keras", "--data", "x.npy", "--output", "p.npz")
        self.assertEqual(zipfile.ZipFile(self.path("p.npz")).namelist(), ["dense_1.npy"])

    def test_convert(self):
        self.run_hone("convert", "m.keras", "copy.keras")
        self.run_hone("convert", "m.keras", "m.weights.h5")
        self.assertTrue(self.read("m.weights.h5").startswith(b"\x89HDF"))
        for weights in ("m.weights.h5", "m.weights.json", "m.safetensors"):
            self.run_hone("convert", "m.keras", weights)
            self.run_hone("convert", weights, "back.keras", "--model", "m.keras")
            self.assertEqual(self.run_hone("evaluate", "m.keras", "--data", "x.npy,y.npy"),
                             self.run_hone("evaluate", "back.keras", "--data", "x.npy,y.npy"))
        self.run_hone("convert", "m.keras", "old.keras", "--keras-version", "3.0")
        self.assertIn(b'"keras_version": "3.0.0"', self.read("old.keras"))
        self.assertEqual(self.run_hone("evaluate", "m.keras", "--data", "x.npy,y.npy"), self.run_hone("evaluate", "copy.keras", "--data", "x.npy,y.npy"))
        self.fails(1, "convert", "m.keras", "nowhere/m.keras", says="nowhere")

    def test_legacy_file(self):
        """An .h5 file of Keras is a model for every command; it is never written."""
        old = [name for name in sorted(os.listdir(os.path.join(ROOT, "tests/golden/files"))) if name.endswith(".h5") and "weights" not in name]
        if not old:
            self.skipTest("no .h5 file of Keras among the golden files")
        shutil.copy(os.path.join(ROOT, "tests/golden/files", old[0]), self.path("old.h5"))
        table = self.run_hone("summary", "old.h5")
        self.run_hone("convert", "old.h5", "new.keras")
        self.assertEqual(self.run_hone("summary", "new.keras"), table)

    def test_summary_and_plan(self):
        self.assertIn("Total params", self.run_hone("summary", "m.keras"))
        self.assertIn("batch of 32, training", self.run_hone("plan", "m.keras"))
        self.assertIn("batch of 7, training", self.run_hone("plan", "m.keras", "--batch-size", "7"))

    def test_advice(self):
        text = self.run_hone("plan", "m.keras", "--advice", "--batch-size", "4", "--threads", "1")
        for word in ("Batch: ", "in batches of 4", "Threads: ", "the one thread there is", "Dtype: ", "Width: "):
            self.assertIn(word, text)
        items = json.loads(self.run_hone("plan", "m.keras", "--advice", "--json"))["advice"]
        self.assertEqual([item["subject"] for item in items][:3], ["batch", "threads", "dtype"])
        self.assertEqual(set(items[0]), {"subject", "now", "instead", "worth", "gain", "sentence"})
        for item in items:
            self.assertIs(item["worth"], item["instead"] is not None)
        self.assertEqual(items[0]["now"], "32")
        self.fails(2, "plan", "m.keras", "--json", says="--json goes with --advice")
        self.fails(2, "plan", "m.keras", "--advice", "--ranks", "2", says="give one of them")

    def test_uncompiled(self):
        archive = zipfile.ZipFile(self.path("m.keras"))
        config = json.loads(archive.read("config.json"))
        config["compile_config"] = None
        with zipfile.ZipFile(self.path("u.keras"), "w") as bare:
            for name in archive.namelist():
                bare.writestr(name, json.dumps(config) if name == "config.json" else archive.read(name))
        self.fails(1, "evaluate", "u.keras", "--data", "x.npy,y.npy", says="--loss")
        self.fails(1, "train", "u.keras", "--data", "x.npy,y.npy", says="--loss")
        result = json.loads(self.run_hone("evaluate", "u.keras", "--data", "x.npy,y.npy", "--loss", "sparse_categorical_crossentropy", "--json"))
        self.assertEqual(list(result), ["loss"])
        lines = self.run_hone("train", "u.keras", "--data", "x.npy,y.npy", "--loss", "sparse_categorical_crossentropy", "--json", "--verbose", "0")
        self.assertAlmostEqual(json.loads(lines.splitlines()[0])["learning_rate"], 0.001, 6)  # rmsprop

    def test_bad_data(self):
        self.write("ybad.npy", npy_bytes((200,), [7 if i == 150 else v for i, v in enumerate(self.y)], "<i8"))
        self.write("wide.npy", npy_bytes((200, 5), self.x + [0.0] * 200))
        self.write("cut.npy", self.read("x.npy")[:500])
        self.write("junk.npy", b"not an array")
        self.write("few.npy", npy_bytes((10,), self.y[:10], "<i8"))
        self.fails(1, "evaluate", "m.keras", "--data", "x.npy,ybad.npy", says=("ybad.npy", "7", "150"))
        self.fails(1, "train", "r.yaml", "--data", "x.npy,ybad.npy", "--output", "b.keras", says=("ybad.npy", "7", "150"))
        self.assertFalse(os.path.exists(self.path("b.keras")))
        self.fails(1, "predict", "m.keras", "--data", "wide.npy", says="5")
        self.fails(1, "predict", "m.keras", "--data", "cut.npy", says="cut.npy")
        self.fails(1, "predict", "m.keras", "--data", "junk.npy", says="junk.npy")
        self.fails(1, "predict", "m.keras", "--data", "nothing.npy", says="nothing.npy")
        self.fails(1, "evaluate", "m.keras", "--data", "x.npy", says="x.npy")
        self.fails(1, "evaluate", "m.keras", "--data", "x.npy,few.npy", says="few.npy")
        self.fails(1, "predict", "m.keras", "--data", "fashion-mnits", says="fashion-mnist")
        self.fails(1, "predict", "m.keras", "--data", "x.npy#tset", says="test")

    def test_a_fifo_is_no_model(self):
        os.mkfifo(self.path("fifo.keras"))
        self.fails(1, "summary", "fifo.keras", says="fifo.keras")

    def test_errors_about_data_name_the_file(self):
        self.trained()
        self.write("wide.csv", "a,b,c,d,e,f,g,y\n1,2,3,4,5,6,7,0\n")
        self.fails(1, "evaluate", "m.keras", "--data", "wide.csv#target=y", says=("wide.csv: ", "takes data of shape"))

    def test_bad_models(self):
        whole = self.read("m.keras")
        self.write("cut.keras", whole[:len(whole) // 2])
        self.write("junk.keras", b"junk" * 100)
        self.write("empty.keras", b"")
        for name in ("cut.keras", "junk.keras", "empty.keras"):
            self.fails(1, "evaluate", name, "--data", "x.npy,y.npy", says=name)
            self.fails(1, "summary", name, says=name)
        self.write("old.h5", b"\x89HDF\r\n\x1a\n")
        self.fails(1, "summary", "old.h5", says="old.h5")
        self.fails(1, "summary", "none.h5", says="none.h5")
        os.mkdir(self.path("folder.keras"))
        self.fails(1, "summary", "folder.keras", says="folder.keras")

    def test_unwritable(self):
        for option, name in (("--output", "no/m.keras"), ("--history", "no/h.csv"), ("--plot", "no/p.png")):
            self.fails(1, "train", "r.yaml", option, name, says=(name, "does not exist"))
            self.assertNotIn("Epoch", self.err)
        os.mkdir(self.path("dir.keras"))
        self.fails(1, "train", "r.yaml", "--output", "dir.keras", says="dir.keras")
        self.fails(1, "predict", "m.keras", "--data", "x.npy", "--output", "no/p.npy", says="no/p.npy")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([HONE, "predict", "m.keras", "--data", "x.npy"], cwd=self.folder, stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output", done.stderr)

    def test_full_disk(self):
        """A limit on the size of files stands in for a full disk, where none can be mounted."""
        self.write("big.yaml", RECIPE.replace("units: 16", "units: 40000"))
        before = self.read("m.keras")

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (200000, 200000))
        if SANITIZED:
            self.skipTest("the sanitizer's own files would be limited too")
        self.fails(1, "train", "big.yaml", "--epochs", "1", "--output", "m.keras", says="m.keras", preexec_fn=limit)
        self.assertEqual(self.read("m.keras"), before)
        self.assertEqual(self.leftovers(), [])

    def test_really_full_disk(self):
        disk = self.path("disk")
        os.mkdir(disk)
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("no file system of 1 MB can be mounted here")
        try:
            self.write("big.yaml", RECIPE.replace("units: 16", "units: 40000"))
            self.fails(1, "train", "big.yaml", "--epochs", "1", "--output", "disk/m.keras", says="disk/m.keras")
            self.assertEqual(os.listdir(disk), [])
        finally:
            subprocess.run(["umount", disk])


class Tables(Case):
    """CSV as DATA: the model keeps how its data were read."""

    RECIPE = """\
model: [{input: [4]}, {dense: {units: 3, activation: softmax}}]
compile: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
data: {train: "train.csv#target=kind,drop=id,encoding=one_hot", validation: valid.csv}
fit: {epochs: 2}
"""

    def setUp(self):
        super().setUp()
        kinds, cities = ["rose", "tulip", "iris"], ["Oslo", "Rome", "Bonn"]
        rows = [f"{i},{i % 3 + 0.5},{cities[i // 3 % 3]},{kinds[i % 3]}" for i in range(60)]
        self.write("train.csv", "id,size,city,kind\n" + "\n".join(rows) + "\n")
        self.write("valid.csv", "kind,city,size\nrose,Rome,0.5\niris,Oslo,2.5\n")
        self.write("r.yaml", self.RECIPE)
        self.run_hone("train", "r.yaml", "--output", "m.keras", "--verbose", "0")

    def test_manifest(self):
        for part in "01":
            self.write("p-%s.csv" % part, "a,y\n1,0\n2,1\n")
        for words, name, keys in (([], "sums.manifest", ["bytes", "name", "sha256"]), (["--no-checksums"], "sizes.manifest", ["bytes", "name"])):
            self.assertIn(name + " is written", self.run_hone("manifest", "p-*.csv", *words, "--output", name))
            self.assertEqual([(one["name"], sorted(one)) for one in json.loads(self.read(name))["files"]], [("p-0.csv", keys), ("p-1.csv", keys)])
            self.assertIn("4 rows", self.run_hone("describe", name))
        self.write("p-1.csv", "a,y\n1,0\n3,1\n")
        self.fails(1, "describe", "sums.manifest", says="p-1.csv: the file is not the one that sums.manifest lists")
        self.assertIn("4 rows", self.run_hone("describe", "sizes.manifest"))
        self.write("p-1.csv", "a,y\n1,0\n")
        self.fails(1, "describe", "sizes.manifest", says="p-1.csv: the file has 8 bytes; sizes.manifest says 12")
        self.fails(2, "manifest", "p-*.csv", says="manifest: --output is missing")

    def test_later_data_are_read_alike(self):
        self.run_hone("evaluate", "m.keras", "--data", "valid.csv")
        self.write("new.csv", "city,size\nBonn,1.5\nRome,0.5\n")
        plain = self.run_hone("predict", "m.keras", "--data", "new.csv").splitlines()
        named = self.run_hone("predict", "m.keras", "--data", "new.csv", "--classes").splitlines()
        for row, name in zip(plain, named):
            numbers = [float(number) for number in row.split(",")]
            best = max(range(3), key=numbers.__getitem__)
            self.assertEqual(name.split(",")[0], ["iris", "rose", "tulip"][best])
        self.write("bad.csv", "kind,city,size\nrose,Paris,0.5\n")
        self.fails(1, "evaluate", "m.keras", "--data", "bad.csv", says='line 2, column "city": "Paris" is not one of the 3')
        self.fails(2, "predict", "m.keras", "--data", "new.csv", "--classes", "--output", "p.npy", says="--classes")

    def test_help_lists_the_options(self):
        text = self.run_hone("help", "data")
        for word in ("target", "delimiter", "most_categories", "corrupt", "features"):
            self.assertIn(word, text)

    def test_help_of_a_word(self):
        self.assertIn("hone help environment", self.run_hone("help", "hone_threads"))
        self.assertIn("loss_scale_factor", self.run_hone("help", "loss_scale"))
        self.fails(2, "help", "docter", says="did you mean")

    def test_help_of_a_name_that_two_things_have_tells_both(self):
        text = self.run_hone("help", "threshold")
        self.assertIn("Usage: hone threshold", text)
        self.assertIn("\n\nthreshold is an activation", text)


if __name__ == "__main__":
    if not os.path.exists(HONE):
        print("the command is not built:", HONE)
        sys.exit(77)
    unittest.main()

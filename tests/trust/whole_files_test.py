#!/usr/bin/env python3
"""Whatever happens while a file is written, the old file or the new one is there, whole.

Each writer of the command replaces a file that was there before, with a disk that is full after any number of bytes, that takes
little at a time, whose fsync or rename fails, with interrupted calls, and with a kill before each call that changes files (through
trouble.c, preloaded), and with a kill at random moments (HONE_TEST_FULL=1: 200, or KILLS, for each writer). A failure that the command
sees also leaves no temporary file, and is told in one line."""
import glob
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HONE = os.path.abspath(os.environ.get("HONE_COMMAND", os.path.join(ROOT, "build/release/hone")))
SANITIZED = os.path.exists(HONE) and b"__asan_init" in open(HONE, "rb").read()
FULL = os.environ.get("HONE_TEST_FULL") == "1"
KILLS = int(os.environ.get("KILLS", 200)) if FULL else 3  # at random moments, for each writer
POINTS = 1000 if FULL else 8       # numbers of bytes, and of calls, that are tried for each writer
NOTHING = "nothing"

RECIPE = """\
model:
  - input: [4]
  - dense: {units: 8, activation: relu}
  - dense: {units: 3, activation: softmax}
compile: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
data: {train: "x.npy,y.npy", validation: last 4}
fit: {epochs: %d, verbose: 0}
"""


def npy(shape, code, data):
    head = ("{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (code, shape)).encode()
    head += b" " * (63 - (10 + len(head)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + data


class Folder:
    """A folder with data, a recipe, a trained model."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="hone-whole-")
        numbers = random.Random(1)
        x = [numbers.gauss(0, 1) for _ in range(80)]
        self.write("x.npy", npy((20, 4), "<f4", struct.pack("<80f", *x)))
        self.write("y.npy", npy((20,), "|u1", bytes(int(x[4 * i] > 0) for i in range(20))))
        self.write("r.yaml", (RECIPE % 3).encode())
        self.run("train", "r.yaml", "--output", "m.keras")
        self.run("train", "r.yaml", "--seed", "5", "--output", "old.keras")

    def at(self, name):
        return os.path.join(self.path, name)

    def write(self, name, data):
        with open(self.at(name), "wb") as file:
            file.write(data)

    def read(self, name):
        if not os.path.exists(self.at(name)):
            return NOTHING
        with open(self.at(name), "rb") as file:
            return file.read()

    def run(self, *words, trouble=None, **more):
        environment = dict(os.environ)
        if trouble is not None:
            environment.update(LD_PRELOAD=self.at("trouble.so"), TROUBLE=trouble)
        done = subprocess.run([HONE, *words], cwd=self.path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              timeout=120, **more)
        return done.returncode, done.stderr.decode()

    def temporaries(self):
        return [path for path in glob.glob(self.at("**/.*"), recursive=True) if path.endswith(".part")]

    def sweep(self):
        for path in self.temporaries():
            os.unlink(path)


# name: the words of the command that writes, the words of the one that writes what was there before, the files.
WRITERS = {
    "keras": (["convert", "m.keras", "o.keras"], ["convert", "old.keras", "o.keras"], ["o.keras"]),
    "weights": (["convert", "m.keras", "o.weights.h5"], ["convert", "old.keras", "o.weights.h5"], ["o.weights.h5"]),
    "safetensors": (["convert", "m.keras", "o.safetensors"], ["convert", "old.keras", "o.safetensors"], ["o.safetensors"]),
    "npy": (["predict", "m.keras", "--data", "x.npy", "--output", "o.npy"],
            ["predict", "old.keras", "--data", "x.npy", "--output", "o.npy"], ["o.npy"]),
    "npz": (["predict", "m.keras", "--data", "x.npy", "--output", "o.npz"],
            ["predict", "old.keras", "--data", "x.npy", "--output", "o.npz"], ["o.npz"]),
    "csv": (["predict", "m.keras", "--data", "x.npy", "--output", "o.csv"],
            ["predict", "old.keras", "--data", "x.npy", "--output", "o.csv"], ["o.csv"]),
    "onnx": (["export", "m.keras", "--output", "o.onnx"], ["export", "old.keras", "--output", "o.onnx"], ["o.onnx"]),
    "c": (["export", "m.keras", "--output", "o.c"], ["export", "old.keras", "--output", "o.c"], ["o.c", "o.h"]),
    "html": (["report", "m.keras", "--title", "new", "--output", "o.html"],
             ["report", "m.keras", "--title", "old", "--output", "o.html"], ["o.html"]),
    "graph": (["summary", "m.keras", "--graph", "g.svg"], ["summary", "r.yaml", "--graph", "g.svg"], ["g.svg"]),
    "history": (["train", "r.yaml", "--history", "h.csv"], ["train", "r.yaml", "--seed", "5", "--history", "h.csv"], ["h.csv"]),
    "png": (["train", "r.yaml", "--plot", "p.png"], ["train", "r.yaml", "--seed", "5", "--plot", "p.png"], ["p.png"]),
    "svg": (["train", "r.yaml", "--plot", "p.svg"], ["train", "r.yaml", "--seed", "5", "--plot", "p.svg"], ["p.svg"]),
    "trained": (["train", "r.yaml", "--output", "t.keras"], ["train", "r.yaml", "--seed", "5", "--output", "t.keras"], ["t.keras"]),
}


def spread(highest):
    """Some numbers of 1..highest, the small ones and the last among them."""
    every = list(range(1, highest + 1))
    if len(every) <= POINTS:
        return every
    return sorted(set(every[:POINTS // 3] + every[-2:] + [every[len(every) * i // POINTS] for i in range(POINTS)]))


class WholeFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Folder()
        if not SANITIZED:
            subprocess.run(["cc", "-shared", "-fPIC", "-o", cls.folder.at("trouble.so"),
                            os.path.join(ROOT, "tests/trust/trouble.c"), "-ldl"], check=True)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder.path)

    def prepare(self, name):
        """The contents before and after; None when the command cannot write this."""
        words, before, files = WRITERS[name]
        status, message = self.folder.run(*words)
        if status == 2:
            self.skipTest(message.strip())
        self.assertEqual(status, 0, message)
        new = [self.folder.read(file) for file in files]
        self.assertEqual(self.folder.run(*before)[0], 0)
        old = [self.folder.read(file) for file in files]
        if name not in ("png", "svg", "graph"):  # these may look the same
            self.assertTrue(old[0] != new[0], name)
        return words, files, old, new

    def restore(self, files, old):
        for file, content in zip(files, old):
            self.folder.write(file, content)
        self.folder.sweep()

    def check(self, what, files, old, new):
        for file, one, other in zip(files, old, new):
            self.assertIn(self.folder.read(file), (one, other), "%s: %s is neither the old file nor the new one" % (what, file))

    def check_failure(self, what, done, files, old, new):
        status, message = done
        self.assertEqual(status, 1, "%s: %s" % (what, message))
        self.assertEqual(len([line for line in message.splitlines() if line.startswith("hone: ") and "no --output" not in line]), 1,
                         what + ": " + message)
        self.check(what, files, old, new)
        self.assertEqual(self.folder.temporaries(), [], what)

    def writer(self, name):
        words, files, old, new = self.prepare(name)
        if not SANITIZED:
            self.disk(words, files, old, new)
            self.kill_at_calls(words, files, old, new)
        self.kill_at_moments(words, files, old, new)
        self.restore(files, old)
        self.assertEqual(self.folder.run(*words)[0], 0)
        self.assertEqual([self.folder.read(file) for file in files], new)

    def disk(self, words, files, old, new):
        for trouble in ("short", "eintr"):
            self.restore(files, old)
            status, message = self.folder.run(*words, trouble=trouble)
            self.assertEqual(status, 0, message)
            self.assertEqual([self.folder.read(file) for file in files], new, trouble)
        for trouble in ["sync", "rename"] + ["full:%d" % (size - 1) for size in spread(len(new[0]))]:
            self.restore(files, old)
            self.check_failure(trouble, self.folder.run(*words, trouble=trouble), files, old, new)

    def kill_at_calls(self, words, files, old, new):
        calls = 1
        self.restore(files, old)
        while self.folder.run(*words, trouble="kill:%d" % calls)[0] != 0 and calls < 2000:
            calls = calls * 2
        for call in spread(calls):
            self.restore(files, old)
            self.folder.run(*words, trouble="kill:%d" % call)
            self.check("kill at call %d" % call, files, old, new)

    def kill_at_moments(self, words, files, old, new):
        began = time.time()
        self.folder.run(*words)
        seconds = time.time() - began
        moments = random.Random(3)
        for i in range(KILLS):
            self.restore(files, old)
            process = subprocess.Popen([HONE, *words], cwd=self.folder.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(moments.uniform(0, 1.1 * seconds))
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.check("kill %d" % i, files, old, new)

    def test_checkpoints(self):
        """A killed run goes on from its checkpoint to what it would have been."""
        self.folder.write("long.yaml", (RECIPE % 40).encode())
        words = ["train", "long.yaml", "--checkpoint", "c", "--checkpoint-every", "1", "--output", "l.keras"]
        self.assertEqual(self.folder.run(*words)[0], 0)
        expected = self.folder.read("l.keras")
        began = time.time()
        shutil.rmtree(self.folder.at("c"))
        self.folder.run(*words)
        seconds, moments = time.time() - began, random.Random(4)
        runs = KILLS if FULL else 3
        while runs > 0:
            shutil.rmtree(self.folder.at("c"), ignore_errors=True)
            for _ in range(3):  # killed again and again
                process = subprocess.Popen([HONE, *words, "--resume"], cwd=self.folder.path, stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL)
                time.sleep(moments.uniform(0, seconds))
                process.send_signal(signal.SIGKILL)
                process.wait()
                runs -= 1
            status, message = self.folder.run(*words, "--resume")
            self.assertEqual(status, 0, message)
            self.assertEqual(self.folder.read("l.keras"), expected)
            self.assertEqual([path for path in self.folder.temporaries() if "/c/" in path], [], "swept by the next run")
            self.folder.sweep()
        if not SANITIZED:
            for trouble in ["sync", "rename"] + ["full:%d" % size for size in (0, 100, 3000, 20000)]:
                shutil.rmtree(self.folder.at("c"), ignore_errors=True)
                status, message = self.folder.run(*words, trouble=trouble)
                self.assertEqual(status, 1, message)
                status, message = self.folder.run(*words, "--resume")
                self.assertEqual(status, 0, message)
                self.assertEqual(self.folder.read("l.keras"), expected)

    @unittest.skipIf(SANITIZED or shutil.which("openssl") is None, "no preloading, or no openssl")
    def test_fetched(self):
        """A file that is fetched is there whole, or not at all; killed at any call, the next time it goes on."""
        sys.path.insert(0, os.path.join(ROOT, "tests/cli"))
        import tls_server
        server = tls_server.Server(os.path.join(ROOT, "tests/cli"))
        words = ["datasets", "fetch", "iris", "--mirror", server.url("good"), "--ca-file", server.ca, "--output", "d"]
        with open(os.path.join(ROOT, "tests/cli/iris.csv"), "rb") as file:
            whole = file.read()
        try:
            for trouble in ["sync", "rename"] + ["kill:%d" % call for call in range(1, 25)]:
                shutil.rmtree(self.folder.at("d"), ignore_errors=True)
                self.folder.run(*words, trouble=trouble)
                self.assertIn(self.folder.read("d/iris.csv"), (NOTHING, whole), trouble)
                self.assertEqual(self.folder.run(*words)[0], 0, trouble)
                self.assertEqual(self.folder.read("d/iris.csv"), whole)
        finally:
            server.close()

    def test_interrupted_twice(self):
        """A second Ctrl-C ends at once, and leaves no temporary file."""
        words, files, old, new = self.prepare("trained")
        moments = random.Random(5)
        for _ in range(KILLS):
            self.restore(files, old)
            process = subprocess.Popen([HONE, *words, "--epochs", "100000"], cwd=self.folder.path, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            time.sleep(0.15 if not SANITIZED else 0.6)
            process.send_signal(signal.SIGINT)
            time.sleep(moments.uniform(0, 0.01))
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(), 130)
            self.assertEqual(self.folder.temporaries(), [])


for writer_name in WRITERS:
    setattr(WholeFiles, "test_" + writer_name, lambda self, name=writer_name: self.writer(name))

if __name__ == "__main__":
    unittest.main(verbosity=1)

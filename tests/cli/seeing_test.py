#!/usr/bin/env python3
"""What the command shows of models and trainings: reports, logs for TensorBoard, pictures of networks, live progress."""
import fcntl
import os
import pty
import re
import struct
import sys
import termios
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli_test import HONE, RECIPE, Case, npy_bytes  # noqa: E402


class Report(Case):
    def report(self, *words, **options):
        self.run_hone("report", *words, "--output", "r.html", **options)
        return self.read("r.html").decode()

    def test_classes(self):
        self.run_hone("train", "r.yaml", "--output", "m.keras", "--history", "h.csv")
        page = self.report("m.keras", "--data", "x.npy,y.npy", "--history", "h.csv", "--class-names", "low,<i>,high",
                           "--title", "T & <b>")
        for piece in ("<title>T &amp; &lt;b&gt;</title>", "&lt;i&gt;", "Confusion matrix", "Calibration", "Worst mistakes",
                      "support", "Training", "prefers-color-scheme", 'name="viewport"'):
            self.assertIn(piece, page)
        for piece in ("<script", "http:", "https:", "<i>", "<b>T", "src=\"h"):
            self.assertNotIn(piece, page)
        self.assertEqual(page, self.report("m.keras", "--data", "x.npy,y.npy", "--history", "h.csv", "--class-names",
                                           "low,<i>,high", "--title", "T & <b>"))
        self.write("names.txt", "eins\r\nzwei\ndrei\n")
        page = self.report("m.keras", "--data", "x.npy,y.npy", "--class-names", "names.txt")
        self.assertIn("zwei", page)
        self.assertEqual(len(re.findall("<tr><td class=\"name\">eins<", page)), 1)

    def test_parts(self):
        self.run_hone("train", "r.yaml", "--output", "m.keras", "--history", "h.csv")
        self.assertNotIn("Results", self.report("m.keras"))
        self.assertNotIn("Model", self.report("--history", "h.csv"))

    def test_wrong(self):
        self.trained()
        self.fails(2, "report", says="MODEL, --history or --doctor")
        self.fails(2, "report", "m.keras", says="--output")
        self.fails(2, "report", "r.yaml", "--output", "r.html", says="recipe")
        self.fails(2, "report", "m.keras", "--output", "r.txt", says=".html")
        self.fails(2, "report", "--history", "h.csv", "--data", "x.npy,y.npy", "--output", "r.html", says="needs a MODEL")
        self.fails(1, "report", "--history", "h.csv", "--output", "r.html", says="h.csv")
        self.fails(1, "report", "m.keras", "--data", "x.npy", "--output", "r.html", says="target")
        self.fails(1, "report", "m.keras", "--output", "none/r.html", says="none")
        self.write("h.csv", "epoch,loss\n0,1,2\n")
        self.fails(1, "report", "--history", "h.csv", "--output", "r.html", says="more fields")
        self.assertFalse(os.path.exists(self.path("r.html")))
        self.assertEqual(self.leftovers(), [])


class Explain(Case):
    MODEL = """model:
  - input: [4, 4, 1]
  - conv2d: {filters: 2, kernel_size: 3, padding: same, name: maps}
  - flatten
  - dense: {units: 3, activation: softmax}
compile: {loss: sparse_categorical_crossentropy}
fit: {epochs: 1, batch_size: 2, verbose: 0}
"""

    def setUp(self):
        super().setUp()
        self.write("e.yaml", self.MODEL)
        self.write("images.npy", npy_bytes((3, 4, 4), [i % 7 for i in range(48)]))
        self.write("labels.npy", npy_bytes((3,), [0, 1, 2]))
        self.run_hone("train", "e.yaml", "--data", "images.npy,labels.npy", "--output", "e.keras")

    def explain(self, *words):
        return self.run_hone("explain", "e.keras", *words)

    def test_pictures(self):
        out = self.explain("images.npy", "--sample", "2", "--class", "1", "--method", "grad_cam", "--output", "heat.png")
        self.assertRegex(out, r"class 1: output 0\.\d+; maps of maps\n")
        self.assertEqual(self.read("heat.png")[:4], b"\x89PNG")
        self.assertRegex(self.explain("heat.png", "--output", "again.svg"), r"class [012]: output")
        self.assertIn(b"<svg", self.read("again.svg"))
        self.explain("images.npy", "--output", "heat.npy")
        self.assertIn(b"(1, 4, 4)", self.read("heat.npy"))

    def test_layers(self):
        self.explain("--filters", "--output", "filters.png")
        self.explain("images.npy", "--maps", "--layer", "maps", "--output", "maps.svg")
        self.assertEqual(self.read("filters.png")[:4], b"\x89PNG")
        self.assertIn(b"<svg", self.read("maps.svg"))
        self.run_hone("report", "e.keras", "--data", "images.npy,labels.npy", "--output", "r.html")
        page = self.read("r.html").decode()
        self.assertIn("Filters of maps", page)
        self.assertIn("Feature maps of maps", page)
        self.fails(1, "explain", "e.keras", "--filters", "--layer", "flatten", "--output", "a.png", says="has no filters")
        self.fails(2, "explain", "e.keras", "--maps", "--output", "a.png", says="the image is missing")
        self.fails(2, "explain", "e.keras", "images.npy", "--maps", "--class", "1", "--output", "a.png", says="--maps draws all")

    def test_wrong(self):
        for words, status, part in ((("images.npy",), 2, "--output is missing"),
                                    (("images.npy", "--output", "a.gif"), 2, ".png, .svg, .npy or .csv"),
                                    (("images.npy", "--output", "a.png", "--method", "lime"), 2, "saliency"),
                                    (("images.npy", "--output", "a.png", "--class", "3"), 1, "class must be from 0 to 2"),
                                    (("images.npy", "--output", "a.png", "--sample", "3"), 1, "--sample must be from 0 to 2"),
                                    (("none.png", "--output", "a.png"), 1, "none.png: cannot open")):
            with self.subTest(words):
                self.fails(status, "explain", "e.keras", *words, says=part)


class Logs(Case):
    def test_folders(self):
        self.run_hone("train", "r.yaml", "--log-dir", "logs/a", "--update-freq", "2")
        self.assertEqual(sorted(name.split(".")[0] for name in os.listdir(self.path("logs/a"))),
                         ["events", "train", "validation"])
        for part in ("train", "validation"):
            names = os.listdir(self.path("logs/a/" + part))
            self.assertEqual(len(names), 1)
            self.assertRegex(names[0], r"^events\.out\.tfevents\.\d{10}\.[^/]+\.v2$")

    def test_wrong(self):
        self.fails(2, "train", "r.yaml", "--update-freq", "batch", says="--log-dir")
        self.fails(2, "train", "r.yaml", "--log-dir", "logs", "--update-freq", "0", says="update_freq")
        self.write("file", "")
        self.fails(1, "train", "r.yaml", "--log-dir", "file", says="file")


class Progress(Case):
    """`hone train` on a pseudo terminal, a dumb one, and none."""

    def on_terminal(self, columns, **environment):
        """What was written to a terminal of so many columns."""
        pid, descriptor = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            known = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR", "TERM")}
            time.sleep(0.2)  # until the size is set
            os.execve(HONE, [HONE, "train", "long.yaml", "--verbose", "1"], {**known, "TERM": "xterm", **environment})
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        output = b""
        while True:
            try:
                piece = os.read(descriptor, 65536)
            except OSError:
                break
            if not piece:
                break
            output += piece
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0, output)
        return output.decode()

    def setUp(self):
        super().setUp()
        self.write("long.yaml", RECIPE.replace("epochs: 3, verbose: 0", "epochs: 2, batch_size: 1")
                   .replace("accuracy]", "accuracy, mse, mae, cosine_similarity]")
                   .replace("loss: sparse_categorical_crossentropy", "loss: mse").replace("y.npy", "t.npy"))
        self.write("t.npy", npy_bytes((200, 3), [0.25] * 600))

    def lines(self, text):
        """Each redrawing, without its escapes."""
        text = re.sub(r"\x1b\[[0-9;]*m", "", text)
        return [line for line in re.split("[\b\r\n]+", text) if line]

    def test_fits(self):
        for columns in (120, 80, 50, 30):
            text = self.on_terminal(columns)
            self.assertIn("\x1b[", text)
            redrawn = [line for line in self.lines(text) if re.match(r" *\d+/160", line)]
            self.assertTrue(redrawn)
            for line in redrawn[:-1]:
                if "val_loss" not in line:  # the last of an epoch is whole
                    self.assertLess(len(line.rstrip()), columns, line)
            self.assertIn("val_loss", redrawn[-1])

    def test_colours(self):
        text = self.on_terminal(80, NO_COLOR="1")
        self.assertNotIn("\x1b", text)
        self.assertIn("\b", text)
        self.assertIn("\x1b", self.on_terminal(80, NO_COLOR=""))

    def test_dumb(self):
        for environment in ({"TERM": "dumb"}, {"TERM": ""}):
            text = self.on_terminal(80, **environment).replace("\r\n", "\n")
            for mark in ("\b", "\r", "\x1b"):
                self.assertNotIn(mark, text)
            self.assertEqual(len([line for line in text.split("\n") if "160/160" in line]), 2)

    def test_log_file(self):
        self.run_hone("train", "long.yaml", "--verbose", "1")
        for mark in ("\b", "\r", "\x1b"):
            self.assertNotIn(mark, self.err)
        self.assertEqual(self.err.count("\n"), 5)  # that nothing is kept; of each epoch a heading and a line


class Summary(Case):
    def test_graph(self):
        for name, start in (("g.svg", b"<?xml"), ("g.png", b"\x89PNG"), ("g.dot", b"digraph")):
            self.run_hone("summary", "r.yaml", "--graph", name, "--show-shapes", "--show-layer-names")
            self.assertTrue(self.read(name).startswith(start), name)

    def test_width(self):
        wide = self.run_hone("summary", "r.yaml", env={**os.environ, "COLUMNS": "200"})
        self.assertEqual(max(map(len, wide.splitlines())), 88)
        narrow = self.run_hone("summary", "r.yaml", env={**os.environ, "COLUMNS": "50"})
        self.assertEqual(max(map(len, narrow.splitlines())), 46)
        self.run_hone("summary", "r.yaml", "--line-length", "60", "--show-trainable", "--expand-nested")
        self.assertEqual(max(map(len, self.out.splitlines())), 60)
        self.assertIn("Trainable"[:4], self.out)

    def test_wrong(self):
        self.fails(2, "summary", "r.yaml", "--graph", "g.pdf", says=".svg")
        self.fails(2, "summary", "r.yaml", "--graph", "g.svg", "--rankdir", "UP", says="TB")
        self.fails(2, "summary", "r.yaml", "--show-shapes", says="--graph")
        self.fails(1, "summary", "r.yaml", "--graph", "none/g.svg", says="none")


if __name__ == "__main__":
    unittest.main()

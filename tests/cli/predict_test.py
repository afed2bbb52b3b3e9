#!/usr/bin/env python3
"""hone predict in scripts: kept columns, JSON lines, the likeliest classes, draws, standard input and pipes; the bits of the plain command."""
import csv
import io
import json
import os
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli_test import HONE, Case, npy_bytes, read_npy  # noqa: E402

TABLE = 'id,name,a,b,kind\n7,"Smith, J",5.1,0.2,no\n8,Bob,1.2,1.3,yes\n9,"A ""x""\ny",1.3,1.8,yes\n10,Zed,6.5,0.5,maybe\n'
NET = """model:
  - input: [2]
  - dense: {units: 8, activation: relu}
  - dropout: 0.4
  - dense: {units: 3, activation: softmax}
compile: {loss: sparse_categorical_crossentropy, metrics: [accuracy]}
data: {train: "t.csv#target=kind,drop=[id,name]"}
fit: {epochs: 3, verbose: 0}
"""


class Predict(Case):
    def setUp(self):
        super().setUp()
        self.write("t.csv", TABLE)
        self.write("t.yaml", NET)
        self.run_hone("train", "t.yaml", "--output", "t.keras")
        self.run_hone("predict", "t.keras", "--data", "t.csv", "--output", "p.npy")
        self.outputs = [read_npy(self.read("p.npy"))[1][3 * i:3 * i + 3] for i in range(4)]

    def predict(self, *words, source="t.csv", **options):
        return self.run_hone("predict", "t.keras", "--data", source, *words, **options)

    def rows(self, *words, **options):
        return list(csv.DictReader(io.StringIO(self.predict("--header", *words, **options), newline="")))

    def lines(self, *words, **options):
        return [json.loads(line) for line in self.predict("--json", *words, **options).splitlines()]

    def test_keeps_columns(self):
        rows = self.rows("--keep", "id,name,row")
        self.assertEqual([row["name"] for row in rows], ["Smith, J", "Bob", 'A "x"\ny', "Zed"])
        self.assertEqual([row["row"] for row in rows], ["0", "1", "2", "3"])
        for row, outputs in zip(rows, self.outputs):
            for name, number in zip(["maybe", "no", "yes"], outputs):
                self.assertAlmostEqual(float(row[name]), number, 6)
        lines = self.lines("--keep", "id,row")
        self.assertEqual([(line["id"], line["row"]) for line in lines], [("7", 0), ("8", 1), ("9", 2), ("10", 3)])
        self.fails(1, "predict", "t.keras", "--data", "t.csv", "--keep", "idd", says=['no column "idd"', "id,name,a,b,kind"])
        self.fails(1, "predict", "t.keras", "--data", "x.npy", "--keep", "id", says="is no CSV file")
        self.fails(1, "predict", "t.keras", "--data", "none.csv", "--keep", "id", says="none.csv")

    def test_json_is_utf8(self):
        self.write("latin.csv", b"id,name,a,b\n7,caf\xe9\t\x01,5.1,0.2\n")
        self.assertEqual(self.lines("--keep", "name", source="latin.csv")[0]["name"], "caf\ufffd\t\x01")

    def test_names_the_files_of_pictures(self):
        import zlib
        chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))  # noqa: E731
        for i, name in enumerate(["cat/a.png", "cat/b.png", "dog/c.png", "dog/d.png"]):
            os.makedirs(os.path.dirname(self.path("p/" + name)), exist_ok=True)
            rows = b"".join(b"\0" + bytes((60 * i + k) % 256 for k in range(4)) for _ in range(4))
            self.write("p/" + name, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0)) +
                       chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
        self.write("p.yaml", "model: [{input: [4, 4, 1]}, flatten, {dense: {units: 2, activation: softmax}}]\n"
                   "compile: {loss: sparse_categorical_crossentropy}\ndata: {train: \"p#color=grayscale\", scale: 1/255}\nfit: {epochs: 1, verbose: 0}\n")
        self.run_hone("train", "p.yaml", "--output", "p.keras")
        rows = list(csv.DictReader(io.StringIO(self.run_hone("predict", "p.keras", "--data", "p", "--keep", "row,file", "--classes", "--header"))))
        self.assertEqual([(row["row"], row["file"]) for row in rows],
                         [("0", "p/cat/a.png"), ("1", "p/cat/b.png"), ("2", "p/dog/c.png"), ("3", "p/dog/d.png")])
        self.assertEqual(json.loads(self.run_hone("predict", "p.keras", "--data", "p/dog/c.png", "--keep", "file", "--json"))["file"], "p/dog/c.png")

    def test_top(self):
        rows, lines = self.rows("--top", "2"), self.lines("--top", "9")
        for row, line, outputs in zip(rows, lines, self.outputs):
            best = sorted(zip(outputs, ["maybe", "no", "yes"]), reverse=True)
            self.assertEqual([row["class_1"], row["class_2"]], [name for _, name in best[:2]])
            self.assertEqual([one["class"] for one in line["top"]], [name for _, name in best])
            self.assertAlmostEqual(line["top"][1]["probability"], best[1][0], 6)
        self.assertEqual(self.predict("--classes"), "".join("%s,%s\n" % (row["class_1"], row["probability_1"]) for row in rows))

    def test_semicolons_and_decimal_commas_are_those_of_training(self):
        self.write("s.csv", "id;a;b;y\n" + "".join("%d;%d,5;%d;%d\n" % (i, i % 7, i % 3, i % 2) for i in range(40)))
        self.run_hone("train", "t.yaml", "--data", 's.csv#target=y,drop=[id],delimiter=semicolon,decimal=","', "--output", "s.keras")
        plain = self.run_hone("predict", "s.keras", "--data", "s.csv", "--keep", "id", "--header")
        self.assertEqual(plain.splitlines()[1].split(",")[0], "0")
        self.run_hone("evaluate", "s.keras", "--data", "s.csv")
        with open(self.path("s.csv")) as table:
            self.assertEqual(self.run_hone("predict", "s.keras", "--data", "-", "--keep", "id", "--header", stdin=table), plain)
        self.write("c.csv", self.read("s.csv").decode().replace(",", ".").replace(";", ","))
        self.assertEqual(self.run_hone("predict", "s.keras", "--data", "c.csv", "--keep", "id", "--header"), plain)
        self.write("t.tsv", self.read("s.csv").decode().replace(";", "\t"))
        self.assertEqual(self.run_hone("predict", "s.keras", "--data", "t.tsv", "--keep", "id", "--header"), plain)
        self.assertIn("delimiter: ;", self.run_hone("summary", "s.keras", "--data"))

    def test_standard_input_and_pipes(self):
        plain = self.predict("--keep", "id")
        with open(self.path("t.csv")) as table:
            self.assertEqual(self.predict("--keep", "id", source="-", stdin=table), plain)
        shell = [HONE, "predict", "t.keras", "--data"]
        for command in ["%s <(cat t.csv) --keep id", "cat t.csv | %s /dev/stdin --keep id", "%s /dev/stdin --keep id < t.csv", "cat t.csv | %s '-#decimal=.' --keep id"]:
            done = subprocess.run(["bash", "-c", command % " ".join(shell)], cwd=self.folder, stdout=subprocess.PIPE)
            self.assertEqual(done.stdout.decode(), plain, command)
        self.write("a.npy", npy_bytes((2, 2), [5.1, 0.2, 1.2, 1.3]))
        with open(self.path("a.npy"), "rb") as array:
            self.assertEqual(self.predict(source="-", stdin=array), self.predict(source="a.npy"))
        with open(self.path("t.csv")) as table:
            self.predict("--output", "q.npy", source="-", stdin=table)
        self.assertEqual(self.read("q.npy"), self.read("p.npy"))
        with open(self.path("t.csv")) as table:
            self.assertIn("loss: ", self.run_hone("evaluate", "t.keras", "--data", "-", stdin=table))
        self.assertEqual(self.predict(source="-", stdin=subprocess.DEVNULL), "")

    def test_rows_are_answered_as_they_come(self):
        running = self.start("predict", "t.keras", "--data", "-", "--keep", "id", "--classes", stdin=subprocess.PIPE)
        for line, answered in zip(TABLE.splitlines(True)[:3], [None, b"7,", b"8,"]):
            running.stdin.write(line.encode())
            running.stdin.flush()
            if answered is not None:
                self.assertTrue(running.stdout.readline().startswith(answered))
        running.stdin.write(b"11,zz,1,x\n")
        running.stdin.close()
        self.assertIn(b"hone: standard input, line 4", running.stderr.read())
        self.assertEqual(running.wait(), 1)
        running.stdout.close()
        running.stderr.close()

    def test_a_bad_row_fails_only_itself(self):
        lines = TABLE.replace("1.2,1.3", "1.2,oops").replace("6.5,0.5", "6.5").encode()
        with open(self.path("bad.csv"), "wb") as file:
            file.write(lines)
        good = self.predict("--keep", "id").splitlines()
        for words in (["--keep", "id"], ["--keep", "id", "--json"]):
            with open(self.path("bad.csv")) as table:
                done = subprocess.run([HONE, "predict", "t.keras", "--data", "-", *words], cwd=self.folder, stdin=table, capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("standard input, line 3, column \"b\": expected a number, received \"oops\"; the row is left out", done.stderr)
            self.assertIn("standard input, line 6: 4 fields; expected 5", done.stderr)
            if "--json" not in words:
                self.assertEqual(done.stdout.splitlines(), [good[0], good[2]])
            else:
                rows = [json.loads(line) for line in done.stdout.splitlines()]
                self.assertEqual([row.get("id", row.get("row")) for row in rows], ["7", 1, "9", 3])
                self.assertIn("oops", rows[1]["error"])

    def test_draws(self):
        rows = self.rows("--draws", "30")
        self.assertTrue(any(float(row["yes_deviation"]) > 0 for row in rows))
        for row in rows:
            self.assertAlmostEqual(sum(float(row[name]) for name in ["maybe", "no", "yes"]), 1, 5)
        with open(self.path("t.csv")) as table:
            self.assertEqual(self.rows("--draws", "30", source="-", stdin=table), rows)
        line = self.lines("--draws", "5", "--classes")[0]
        self.assertEqual(sorted(line), ["class", "deviation", "probability"])

    def test_folds_batch_normalization(self):
        self.write("b.yaml", NET.replace("  - dropout: 0.4\n", "  - batch_normalization\n  - dense: 4\n  - batch_normalization\n"))
        self.run_hone("train", "b.yaml", "--output", "b.keras")
        lists = []
        for words in ([], ["--fold"]):
            self.run_hone("predict", "b.keras", "--data", "t.csv", "--output", "b.npy", *words)
            lists.append(read_npy(self.read("b.npy"))[1])
        for number, other in zip(*lists):
            self.assertAlmostEqual(number, other, 6)
        self.run_hone("convert", "b.keras", "folded.keras", "--fold")
        self.run_hone("export", "b.keras", "--output", "b.onnx", "--fold")
        summary = self.run_hone("summary", "folded.keras")
        self.assertEqual([name in summary for name in ("(BatchNormalizatio", "(Identity)")], [True, True])
        said = self.fails(2, "export", "b.keras", "--output", "b.xyz", "--fold", says="b.xyz")
        self.assertNotIn("folded", said or "")
        result = subprocess.run([HONE, "evaluate", "b.keras", "--data", "t.csv", "--fold"], cwd=self.path(""), capture_output=True, text=True)
        self.assertIn("1 of 2 batch normalizations folded\nbatch_normalization: not folded: the activation relu", result.stderr)

    def test_bad_input(self):
        for words, says in [(["--keep", "id", "--output", "p.npy"], "--keep writes text"), (["--top", "0"], "between 1 and 1000"),
                            (["--draws", "1"], "between 2"), (["--json", "--output", "p.npz"], "--json writes text")]:
            self.fails(2, "predict", "t.keras", "--data", "t.csv", *words, says=says)
        self.trained()
        self.fails(1, "predict", "m.keras", "--data", "x.npy", "--top", "2", says="the model has no class names")
        self.predict("--output", "p.jsonl", "--keep", "id")
        self.assertEqual(self.read("p.jsonl").count(b'{"id": '), 4)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""What commands say of a model's answers: confusions, classes, calibration, importance of columns, weights; as text and JSON."""
import csv
import io
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli_test import Case  # noqa: E402


class Judge(Case):
    def setUp(self):
        super().setUp()
        self.run_hone("train", "r.yaml", "--epochs", "6", "--output", "m.keras")
        self.words = ["evaluate", "m.keras", "--data", "x.npy,y.npy"]

    def test_evaluate(self):
        plain = json.loads(self.run_hone(*self.words, "--json"))
        more = json.loads(self.run_hone(*self.words, "--json", "--confusion", "--per-class", "--calibration"))
        output = more.pop("outputs")["dense_1"]
        self.assertEqual(more, plain)
        self.assertAlmostEqual(output["share_right"], plain["accuracy"], 6)
        confusion = output["confusion"]
        self.assertEqual(sum(sum(row) for row in confusion), 200)
        for i, one in enumerate(output["classes"]):
            self.assertEqual(one["support"], sum(confusion[i]))
            self.assertEqual(one["predicted"], sum(row[i] for row in confusion))
            self.assertAlmostEqual(one["recall"], confusion[i][i] / max(1, sum(confusion[i])))
        self.assertEqual(sum(one["count"] for one in output["calibration"]), 200)
        text = self.run_hone(*self.words, "--confusion", "--per-class", "--calibration")
        for piece in ["loss: ", "precision", "actual (rows)", "calibration error: "]:
            self.assertIn(piece, text)

    def test_report(self):
        found = json.loads(self.run_hone("report", "m.keras", "--data", "x.npy,y.npy", "--json", "--output", "r.html"))
        self.assertIn("confusion", found["outputs"]["dense_1"])
        self.assertIn("accuracy", found["metrics"])
        self.assertIn(b"Confusion matrix", self.read("r.html"))
        self.fails(2, "report", "m.keras", "--json", says="--json needs a MODEL and --data")

    def test_importance(self):
        table = "".join("%r,%r,%r,%r,%d\n" % (*self.x[4 * i:4 * i + 4], self.y[i]) for i in range(200))
        self.write("t.csv", "a,b,c,d,kind\n" + table)
        self.write("t.yaml", self.read("r.yaml").decode().replace('"x.npy,y.npy"', '"t.csv#target=kind"'))
        self.run_hone("train", "t.yaml", "--epochs", "30", "--output", "t.keras")
        found = json.loads(self.run_hone("explain", "t.keras", "t.csv", "--importance", "--json", "--output", "i.csv"))
        self.assertEqual(found["columns"][-1]["column"], "d")  # it says nothing of the class
        rows = list(csv.DictReader(io.StringIO(self.read("i.csv").decode())))
        self.assertEqual([row["column"] for row in rows], [one["column"] for one in found["columns"]])
        self.assertIn("importance", self.run_hone("explain", "t.keras", "t.csv", "--importance", "--repeats", "2", "--output", "i.png"))
        self.assertTrue(self.read("i.png").startswith(b"\x89PNG"))
        self.fails(2, "explain", "t.keras", "--importance", says="the table is missing")
        self.fails(2, "explain", "t.keras", "t.csv", "--importance", "--method", "saliency", says="--importance goes with")
        self.fails(2, "explain", "t.keras", "t.csv", "--row", "--method", "saliency", says="--row goes with")
        self.fails(2, "explain", "t.keras", "t.csv", says="of a table: --importance or --row")
        self.fails(1, "explain", "t.keras", "x.npy", "--importance", says="no targets")
        self.assertIn("class", json.loads(self.run_hone("explain", "t.keras", "t.csv", "--row", "--json")))

    def test_row(self):
        rows = "".join("%d,%s,%g\n" % (i % 5, ["Aachen", "Bonn"][i % 3 == 0], 10 * (i % 5) + (i % 3 == 0) + i / 100) for i in range(60))
        self.write("p.csv", "rooms,city,price\n" + rows)
        self.run_hone("init", "p.csv#target=price", "--output", "p.yaml")
        self.run_hone("train", "p.yaml", "--epochs", "3", "--output", "p.keras")
        found = json.loads(self.run_hone("explain", "p.keras", "p.csv", "--row", "--sample", "3", "--json"))
        self.assertNotIn("class", found)  # a price is none
        columns = {one["column"]: one for one in found["columns"]}
        self.assertEqual((columns["city"]["category"], columns["rooms"]["value"]), ("Bonn", 3))
        self.assertNotIn("category", columns["rooms"])
        self.assertRegex(self.run_hone("explain", "p.keras", "p.csv", "--row", "--sample", "4"), r"city +Aachen ")

    def test_schema(self):
        schema = json.loads(self.run_hone("schema", "--json"))
        units = [field for field in schema["layer"]["dense"]["fields"] if field["name"] == "units"][0]
        self.assertEqual((units["kind"], units["at_least"], units["required"]), ("integer", 1, "yes"))
        self.assertEqual([field["default"] for field in schema["function"]["fit"]["fields"] if field["name"] == "batch_size"], ["32"])
        known, name = {}, ""
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../headers/abi.txt")) as abi:
            for line in abi:
                words = line.split()
                if line.startswith("  ") and len(words) == 3:
                    known[name, words[0]] = int(words[1])
                elif words:
                    name = words[0]
        for name in ["dense", "conv_2d", "lstm"]:
            for field in schema["layer"].get(name, {"fields": []})["fields"]:
                self.assertEqual(known.get(("hone_%s_args" % name, field["name"]), field["offset"]), field["offset"])
        self.assertEqual(known["hone_dense_args", "units"], units["offset"])
        for family in schema:
            for name, one in schema[family].items() if family != "version" else []:
                places = [field["offset"] for field in one["fields"]]
                self.assertEqual(len(set(places)), len(places), name)
                self.assertTrue(all(0 < field["room"] and field["offset"] + field["room"] <= one["size"] for field in one["fields"]), name)
        self.fails(2, "schema", says="--json is missing")

    def test_weights(self):
        found = json.loads(self.run_hone("summary", "m.keras", "--weights", "--json"))["weights"]
        self.assertEqual([one["path"] for one in found], ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"])
        self.assertTrue(all(one["least"] <= one["mean"] <= one["most"] for one in found))
        self.assertIn("dense_1/kernel", self.run_hone("summary", "m.keras", "--weights"))
        self.fails(2, "summary", "m.keras", "--json", says="--json goes with --weights")


if __name__ == "__main__":
    unittest.main()

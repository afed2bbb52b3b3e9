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

        self.fails(1, "explain", "p.keras", "p.csv", "--row", "--class", "1", says="predicts a number and has no classes")

    def test_importance_of_texts(self):
        rows = "".join("%s %s,%d,%s\n" % (["good", "bad"][i % 2], ["day", "night", "soup"][i % 3], i % 5, ["yes", "no"][i % 2]) for i in range(60))
        self.write("t.csv", "review,stars,liked\n" + rows)
        self.write("t.yaml", "model:\n  - input: {shape: [1], dtype: string, name: review}\n  - text_vectorization: {max_tokens: 12, output_mode: multi_hot, pad_to_max_tokens: true}\n"
                   "  - dense: {units: 1, activation: sigmoid}\ncompile: {optimizer: adam(0.1), loss: binary_crossentropy}\n"
                   "data: {train: 't.csv#target=liked,text=review,drop=[stars]'}\nfit: {epochs: 20, verbose: 0}\n")
        self.run_hone("train", "t.yaml", "--output", "t.keras")
        found = json.loads(self.run_hone("explain", "t.keras", "t.csv", "--importance", "--json"))
        self.assertEqual([one["column"] for one in found["columns"]], ["review"])
        self.assertGreater(found["columns"][0]["importance"], 0.1)

    def labels(self):
        rows = "".join("%g,%g,%d,%d\n" % (i % 7, i % 11, i % 7 > 3, i % 11 > 8) for i in range(154))
        self.write("l.csv", "a,b,rain,wind\n" + rows)
        return "compile: {optimizer: adam(0.05), loss: binary_crossentropy}\nfit: {epochs: 30, verbose: 0}\n"

    def test_thresholds_of_labels(self):
        self.write("l.yaml", "model: [{input: [2]}, normalization, {dense: {units: 2, activation: sigmoid}}]\n" + self.labels())
        self.run_hone("train", "l.yaml", "--data", "l.csv#target=[rain,wind]", "--output", "l.keras")
        found = json.loads(self.run_hone("threshold", "l.keras", "--data", "l.csv", "--json", "--output", "l.keras"))["thresholds"]
        self.assertEqual(list(found), ["rain", "wind"])
        kept = json.loads(self.run_hone("threshold", "l.keras", "--json"))["thresholds"]
        for name, one in found.items():
            self.assertGreaterEqual(one["best"]["f1"], one["before"]["f1"])
            self.assertAlmostEqual(kept[name], one["best"]["threshold"])
        output = json.loads(self.run_hone("evaluate", "l.keras", "--data", "l.csv", "--per-class", "--json"))["outputs"]["dense"]
        for one in output["classes"]:
            self.assertAlmostEqual(one["f1"], found[one["class"]]["best"]["f1"])
        self.run_hone("threshold", "l.keras", "rain=0.001,wind=0.999", "--output", "all.keras")
        self.assertEqual(set(self.run_hone("predict", "all.keras", "--data", "l.csv", "--classes", "--header").split()), {"labels", "rain"})
        self.assertEqual(json.loads(self.run_hone("predict", "all.keras", "--data", "l.csv", "--classes", "--json").splitlines()[0]),
                         {"labels": ["rain"]})
        self.assertRegex(self.run_hone("threshold", "l.keras", "--data", "l.csv"), r"(?m)^wind +best")
        self.fails(1, "threshold", "l.keras", "0.3", "--output", "l.keras", says="they are rain, wind")
        self.fails(1, "threshold", "l.keras", "snow=0.3", "--output", "l.keras", says='no output or label "snow"; it has rain, wind')
        self.fails(2, "threshold", "l.keras", "rain=2", "--output", "l.keras", says='or NAME=NUMBER,..., received "rain=2"')
        self.fails(2, "threshold", "l.keras", "rain=0.2,0.3", "--output", "l.keras", says="each needs its name")
        self.fails(1, "predict", "l.keras", "--data", "l.csv", "--top", "1", says="no class names")

    def test_calibrate(self):
        """Labels of which one in five is wrong: a network that has learned them by heart is too sure of others."""
        rows = ["%d,%d,%s" % (i % 7, i % 11, ["no", "yes"][(i % 7 > 3) ^ (i * 7 % 5 == 0)]) for i in range(308)]
        self.write("c.csv", "a,b,ill\n" + "\n".join(rows[:154]) + "\n")
        self.write("v.csv", "a,b,ill\n" + "\n".join(rows[154:]) + "\n")
        self.write("c.yaml", "model: [{input: [2]}, normalization, {dense: {units: 64, activation: relu}}, {dense: {units: 1, activation: sigmoid, name: ill}}]\n"
                   "compile: {optimizer: adam(0.03), loss: binary_crossentropy}\nfit: {epochs: 200, verbose: 0}\n")
        self.run_hone("train", "c.yaml", "--data", "c.csv#target=ill", "--output", "c.keras")
        before = self.read("c.keras")
        loss = json.loads(self.run_hone("evaluate", "c.keras", "--data", "v.csv", "--json"))["loss"]
        found = json.loads(self.run_hone("calibrate", "c.keras", "--data", "v.csv", "--json"))["outputs"]["ill"]
        self.assertEqual(self.read("c.keras"), before)  # without --output it only says so
        self.assertEqual(found["samples"], 154)
        self.assertGreater(found["temperature"], 1.05)
        self.assertAlmostEqual(found["before"]["loss"], loss, 4)
        self.assertRegex(self.run_hone("calibrate", "c.keras", "--data", "v.csv", "--output", "d.keras"), r"(?m)^ill +[0-9.]+ +before ")
        after = json.loads(self.run_hone("evaluate", "d.keras", "--data", "v.csv", "--calibration", "--json"))
        self.assertAlmostEqual(after["loss"], found["after"]["loss"], 4)
        self.assertLess(after["loss"], loss)
        self.assertAlmostEqual(after["outputs"]["ill"]["calibration_error"], found["after"]["calibration_error"], 4)
        self.assertEqual(self.run_hone("predict", "c.keras", "--data", "v.csv", "--classes").replace(".", ",").split(",")[0],
                         self.run_hone("predict", "d.keras", "--data", "v.csv", "--classes").replace(".", ",").split(",")[0])
        self.fails(2, "calibrate", "c.keras", says="--data DATA is missing: data that the model was not trained on")
        self.fails(2, "calibrate", "c.yaml", "--data", "v.csv", says="recipe")
        self.fails(2, "calibrate", "c.keras", "--data", "v.csv", "--output", "d.txt", says=".keras")

    def test_many_labels(self):
        """Those that are answered stand in a row of CSV all of them, however long they are together."""
        names = ["%03d, %s" % (i, "long " * 15) for i in range(180)]
        self.write("l.csv", ",".join(["a"] + ['"%s"' % name for name in names]) + "\n" + "".join("%d%s\n" % (i, ",%d" % (i % 2) * 180) for i in range(8)))
        self.write("l.yaml", "model: [{input: [1]}, {dense: {units: 180, activation: sigmoid}}]\n"
                   "compile: {optimizer: adam, loss: binary_crossentropy}\nfit: {epochs: 1, verbose: 0}\n")
        self.run_hone("train", "l.yaml", "--data", "l.csv#target=[%s]" % ",".join('"%s"' % name for name in names), "--output", "l.keras")
        self.write("x.csv", "a\n0\n1\n")
        rows = list(csv.reader(io.StringIO(self.run_hone("predict", "l.keras", "--data", "x.csv", "--classes"))))
        lists = [json.loads(line)["labels"] for line in self.run_hone("predict", "l.keras", "--data", "x.csv", "--classes", "--json").splitlines()]
        self.assertEqual([row[0].split(";") if row[0] else [] for row in rows], lists)
        self.assertGreater(max(len(row[0]) for row in rows), 5000)

    def test_thresholds_of_outputs(self):
        self.write("o.yaml", "model:\n  - input: {shape: [2], name: x}\n  - normalization\n  - dense: {units: 4, activation: relu, name: h}\n"
                   "  - dense: {units: 1, activation: sigmoid, name: rain}\n  - dense: {units: 1, activation: sigmoid, name: wind, inputs: h}\n"
                   "outputs: [rain, wind]\n" + self.labels())
        rows = [line.split(",") for line in self.read("l.csv").decode().splitlines()[1:]]
        self.write("w.csv", "a,b,rain,wind\n" + "".join("%s,%s,%s,%s\n" % (a, b, ["dry", "wet"][int(r)], ["calm", "strong"][int(w)]) for a, b, r, w in rows))
        self.run_hone("train", "o.yaml", "--data", "w.csv#target=[rain(rain),wind(wind)]", "--output", "o.keras")
        found = json.loads(self.run_hone("threshold", "o.keras", "--data", "w.csv", "--json", "--output", "o.keras"))["thresholds"]
        self.assertEqual(list(found), ["rain", "wind"])
        self.assertIn("threshold: {", self.run_hone("summary", "o.keras", "--data"))
        self.run_hone("threshold", "o.keras", "wind=0.999999", "--output", "calm.keras")
        self.assertEqual(json.loads(self.run_hone("threshold", "calm.keras", "--json"))["thresholds"]["rain"], found["rain"]["best"]["threshold"])
        rows = list(csv.reader(io.StringIO(self.run_hone("predict", "calm.keras", "--data", "w.csv", "--classes", "--header"))))
        self.assertEqual(rows[0], ["rain_class", "rain_probability", "wind_class", "wind_probability"])
        self.assertEqual({row[2] for row in rows[1:]}, {"calm"})
        self.assertEqual({row[0] for row in rows[1:]}, {"wet", "dry"})
        line = json.loads(self.run_hone("predict", "calm.keras", "--data", "w.csv", "--classes", "--json").splitlines()[0])
        self.assertEqual(line["outputs"]["wind"]["class"], "calm")

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

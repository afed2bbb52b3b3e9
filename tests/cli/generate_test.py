#!/usr/bin/env python3
"""hone generate: models that keep what they need from symbol to symbol and those that do not, ways to choose, bad input."""
import base64
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli_test import Case  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))

RECIPE = """\
model:
  - input: [16]
  - embedding: {input_dim: 4, output_dim: 16}
  - %s
  - dense: {units: 4, activation: softmax}
compile: {optimizer: {adam: {learning_rate: 0.02}}, loss: sparse_categorical_crossentropy}
data: {train: abc.txt#window=16}
fit: {epochs: 30, batch_size: 8, verbose: 0}
"""
KINDS = {"decoder": "transformer_decoder: {intermediate_dim: 16, num_heads: 2}",
         "gru": "gru: {units: 16, return_sequences: true}",
         "conv": "conv1d: {filters: 16, kernel_size: 3, padding: causal, name: along}"}


class Writing(Case):
    def setUp(self):
        super().setUp()
        self.write("abc.txt", "abc " * 200)

    def trained_on_text(self, kind):
        self.write("t.yaml", RECIPE % KINDS[kind])
        self.run_hone("train", "t.yaml", "--output", "t.keras")

    def test_likeliest_text_beams_and_json(self):
        for kind in KINDS:
            self.trained_on_text(kind)
            likeliest = ["generate", "t.keras", "--prompt", "abc ab", "--length", "14"]
            self.assertEqual(self.run_hone(*likeliest, "--temperature", "0"), "abc abc abc abc abc \n")
            self.assertEqual(self.run_hone(*likeliest, "--beams", "3"), "abc abc abc abc abc \n")
            notes = {"conv": "hone: note: each symbol costs a run over the text so far: the layer \"along\" (Conv1D) looks at several symbols at once",
                     "decoder": "hone: note: the network takes 16 symbols: of a longer text each symbol costs a run over the last 16"}
            self.assertEqual(self.err.strip(), notes.get(kind, ""))
            found = json.loads(self.run_hone(*likeliest, "--temperature", "0", "--json"))
            self.assertEqual((found["text"], found["tokens"]), ("abc abc abc abc abc ", 14))
            self.assertGreater(found["seconds"], 0)

    def test_json_of_bytes_that_are_no_text(self):
        with open(os.path.join(HERE, "..", "golden", "tokenizers", "pairs_bytes.json")) as golden:
            model = base64.b64decode(json.load(golden)["model"])
        self.write("bytes.model", model)
        self.write("t.yaml", (RECIPE % KINDS["gru"]).replace("abc.txt#window=16", '"abc.txt#window=16,tokenizer=bytes.model"')
                   .replace("dim: 4,", "dim: 380,").replace("units: 4,", "units: 380,").replace("epochs: 30", "epochs: 1"))
        self.run_hone("train", "t.yaml", "--output", "t.keras")
        found = json.loads(self.run_hone("generate", "t.keras", "--prompt", "abc", "--length", "60", "--temperature", "9", "--json"))
        self.assertIn("\ufffd", found["text"])

    def test_report_counts_what_is_unknown(self):
        self.trained_on_text("gru")
        self.write("other.txt", "abc abd " * 40)
        self.run_hone("report", "t.keras", "--data", "other.txt#unknown=drop", "--output", "r.html")
        with open(os.path.join(self.folder, "r.html")) as page:
            self.assertIn("40 of 320 characters (12 %) are not known to the model, and were left out", page.read())

    def test_seeds_repeat(self):
        self.trained_on_text("decoder")
        bold = ["generate", "t.keras", "--prompt", "abc", "--length", "30", "--temperature", "9"]
        first = self.run_hone(*bold, "--seed", "1")
        self.assertEqual(self.run_hone(*bold, "--seed", "1"), first)
        self.assertNotEqual(self.run_hone(*bold, "--seed", "2"), first)
        self.assertEqual(len(first), 34)
        self.assertEqual(self.run_hone(*bold, "--top-k", "1"), "abc abc abc abc abc abc abc abc a\n")
        self.assertEqual(self.run_hone(*bold, "--top-p", "0.01"), "abc abc abc abc abc abc abc abc a\n")

    def test_bad_prompts(self):
        self.trained_on_text("conv")
        self.fails(2, "generate", "t.keras", says="--prompt is missing")
        self.fails(2, "generate", "t.keras", "--prompt", "", says="expected TEXT, received an empty string")
        self.fails(1, "generate", "t.keras", "--prompt", "abd", says='character 3 of the text, "d", is not among the 4 that the model knows')
        self.fails(2, "generate", "t.keras", "--prompt", "a", "--length", "16777217", says="--length must be between 0 and 16777216, not 16777217")
        self.fails(1, "generate", "t.keras", "--prompt", "a", "--beams", "2", "--top-k", "2", says="top_k and top_p do not go with it")
        self.trained()
        self.fails(1, "generate", "m.keras", "--prompt", "a", says="the model has no vocabulary")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""hone train --folds over several processes: the table of one process, folds that are taken up, stopped, failed and found again."""
import json
import os
import shutil
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from sweep_test import Shared  # noqa: E402

FOLDS = ["train", "r.yaml", "--folds", "5", "--threads", "1"]


class Folds(Shared):
    def test_the_table_of_one_process(self):
        for words in ([], ["--folds-in-order", "--set", "data.validation=last 5"], ["--json", "--epochs", "2"]):
            alone = self.run_hone(*FOLDS, *words)
            for count in (1, 2, 7):
                self.assertEqual(self.run_hone(*FOLDS, *words, "--processes", str(count)), alone, count)
                self.assertEqual(self.err.count("hone: fold "), 5, self.err)
                self.assertEqual(self.leftovers(), [])
                self.assertFalse(os.path.exists(self.path("r.folds/001/checkpoint")))
                shutil.rmtree(self.path("r.folds"))
            ranks = [self.launched(rank, 3, *FOLDS, *words, *(["--verbose", "0"])) for rank in range(3)]
            outs = [self.ends(rank) for rank in ranks]
            self.assertEqual(outs, [(alone, ""), ("", ""), ("", "")])
            shutil.rmtree(self.path("r.folds"))

    def test_a_fit_in_stages(self):
        recipe = self.read("r.yaml").decode().replace("fit: {epochs: 3, verbose: 0}", "fit:\n  - {epochs: 1, verbose: 0}\n  - {epochs: 2, verbose: 0}")
        self.write("r.yaml", recipe)
        self.assertEqual(self.run_hone(*FOLDS), self.run_hone(*FOLDS, "--processes", "2"))

    def test_the_fold_of_a_process_that_is_killed_is_taken_up(self):
        words = [*FOLDS, "--epochs", "60", "--verbose", "0"]
        alone = self.run_hone(*words)
        lost, left = self.launched(1, 2, *words), self.launched(0, 2, *words)
        self.lose(lost)
        self.assertEqual(self.ends(left), (alone, ""))

    def test_a_fold_that_is_killed_goes_on_from_its_checkpoint(self):
        words = [*FOLDS, "--epochs", "100"]
        alone = self.run_hone(*words)
        running = self.start(*words, "--processes", "2")
        self.wait_for(lambda: os.path.exists(self.path("r.folds/001/checkpoint/latest.keras")) or running.poll() is not None)
        for process in self.children(running):
            os.kill(process, signal.SIGKILL)
        out, err = self.ends(running)
        self.assertEqual(out, alone)
        self.assertIn("ended by signal 9; it continues from its checkpoint", err)

    def test_stopped_and_continued(self):
        words = [*FOLDS, "--epochs", "40"]
        alone = self.run_hone(*words)
        running = self.start(*words, "--processes", "2")
        while not os.path.exists(self.path("r.folds/002/checkpoint/latest.keras")) and running.poll() is None:
            time.sleep(0.01)
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate()
        if running.returncode != 0:  # it may have been faster
            self.assertEqual((running.returncode, out), (143, b""))
            self.assertIn(b"the same command continues", err)
        self.assertEqual(self.run_hone(*words, "--processes", "3"), alone)
        self.assertEqual(self.run_hone(*words, "--processes", "3"), alone)
        self.assertIn("5 of 5 folds are in r.folds from before: remove it to train them again", self.err)

    def test_bad_input(self):
        self.run_hone("train", "r.yaml", "--folds", "300", "--processes", "2", status=1)
        self.assertIn("fold 1 of 300 failed: ", self.err)
        self.assertIn("cannot make 300 folds", self.err)
        self.assertLess(self.err.count("failed"), 5)
        shutil.rmtree(self.path("r.folds"))
        self.run_hone(*FOLDS, "--processes", "2")
        self.assertEqual(json.loads(self.run_hone(*FOLDS, "--processes", "2", "--json").splitlines()[-1])["folds"], 5)
        self.fails(1, *FOLDS, "--processes", "2", "--epochs", "4", says="r.folds is the folder of other folds (another recipe, other options")


if __name__ == "__main__":
    unittest.main()

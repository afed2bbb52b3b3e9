#!/usr/bin/env python3
"""hone sweep: grids, random choices and halving; the same results however it runs, stopped and continued; bad input."""
import csv
import io
import json
import os
import shutil
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli_test import HONE, Case  # noqa: E402
import subprocess  # noqa: E402

UNITS, RATE = "model.1.dense.units=4|8", "compile.optimizer.learning_rate=log(1e-3, 1e-1)"


class Shared(Case):
    """What several processes train together."""

    def launched(self, rank, count, *words):
        """As one of the processes that a launcher of Open MPI starts."""
        environment = dict(os.environ, OMPI_COMM_WORLD_SIZE=str(count), OMPI_COMM_WORLD_RANK=str(rank), OMPI_COMM_WORLD_LOCAL_SIZE=str(count))
        return subprocess.Popen([HONE, *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def ends(self, process, status=0):
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, status, err.decode())
        return out.decode(), err.decode()

    def children(self, process):
        with open("/proc/%d/task/%d/children" % (process.pid, process.pid)) as file:
            return [int(word) for word in file.read().split()]

    def wait_for(self, condition):
        for _ in range(3000):
            if condition():
                return
            time.sleep(0.01)
        self.fail("it did not happen")

    def lose(self, process):
        """As a machine that is gone, which takes all with it."""
        self.wait_for(lambda: self.children(process) or process.poll() is not None)
        for number in [*self.children(process), process.pid]:
            os.kill(number, signal.SIGKILL)
        process.communicate()


class Sweep(Shared):
    def sweep(self, *words, **options):
        return json.loads(self.run_hone("sweep", "r.yaml", "--verbose", "0", "--json", *words, **options))

    def test_grid(self):
        table = self.run_hone("sweep", "r.yaml", "--set", UNITS, "--set", "compile.optimizer=adam|sgd(0.1, momentum=0.9)", "--epochs", "2",
                              "--output", "best.keras", "--plot", "s.svg", "--page", "s.html")
        rows = [line for line in table.splitlines()[1:] if line and not line.startswith(("To", " " * 4 + "1: "))][:4]
        losses = [float(row.split()[1]) for row in rows]
        self.assertEqual(losses, sorted(losses))
        self.assertEqual(sorted(int(row.split()[0]) for row in rows), [1, 2, 3, 4])
        self.assertEqual(self.err.count(": val_loss "), 4)
        self.assertIn(b"units", self.read("s.html"))
        self.assertIn(b"hone train r.yaml --epochs 2 --set model.1.dense.units=", self.read("s.html"))
        self.assertTrue(self.read("s.svg").startswith(b"<?xml"))
        command = [line for line in table.splitlines() if ": hone train" in line][0].split(": ", 1)[1]
        subprocess.run(command.replace("hone", HONE, 1), shell=True, cwd=self.folder, check=True, stderr=subprocess.DEVNULL)
        self.assertEqual(self.read("best.keras"), self.read("r.sweep/%03d/best.keras" % int(rows[0].split()[0])))
        self.assertFalse(os.path.exists(self.path("r.sweep/001/checkpoint")))
        self.assertEqual(self.leftovers(), [])

    def test_random_is_the_same_for_any_number_of_jobs(self):
        words = ["--set", UNITS, "--set", RATE, "--trials", "4", "--monitor", "val_accuracy"]
        one, two = self.sweep(*words, "--folder", "one"), self.sweep(*words, "--folder", "two", "--jobs", "3")
        self.assertEqual(one, two)
        self.assertEqual(one["mode"], "max")
        results = [trial["result"] for trial in one["trials"]]
        self.assertEqual(results, sorted(results, reverse=True))
        self.assertEqual(len({json.dumps(trial["set"]) for trial in one["trials"]}), 4)
        for trial in one["trials"]:
            self.assertTrue(1e-3 <= trial["set"]["compile.optimizer.learning_rate"] <= 1e-1)
            self.assertAlmostEqual(trial["metrics"]["val_accuracy"], trial["result"])
        more = self.sweep(*words[:-4], "--trials", "5", "--monitor", "val_accuracy", "--folder", "one")  # one is added
        self.assertEqual(sorted(trial["trial"] for trial in more["trials"]), [1, 2, 3, 4, 5])
        self.assertIn(one["trials"][0], more["trials"])
        other = self.sweep(*words, "--folder", "three", "--seed", "7")
        self.assertNotEqual([trial["set"] for trial in one["trials"]], [trial["set"] for trial in other["trials"]])

    def halved(self, folder, count, budgets, factor):
        """How many epochs each trial gets, from the histories alone: a result counts when all before it in its rung have ended."""
        curves, epochs, entered = {}, {}, list(range(1, count + 1))
        for number in entered:
            rows = list(csv.DictReader(io.StringIO(self.read("%s/%03d/history.csv" % (folder, number)).decode())))
            curves[number] = [float(row["val_loss"]) for row in rows]
        for budget in budgets:
            result, gone = {}, []
            for m, number in enumerate(entered, 1):
                result[number], epochs[number] = min(curves[number][:budget]), budget
                best = sorted(entered[:m], key=lambda n: result[n])[:m // factor]
                gone += [n for n in best if n not in gone]
            entered = gone
        return epochs

    def test_halving(self):
        # a rate that falls over the whole fit: a trial that is stopped early is the beginning of a whole one
        words = ["--set", UNITS, "--set", "compile.optimizer=adam(cosine_decay(0.0003))|adam(cosine_decay(0.003))|adam(cosine_decay(0.03))|adam(0.3)",
                 "--trials", "7", "--epochs", "8", "--method", "halving", "--factor", "2"]
        found = self.sweep(*words)
        epochs = {trial["trial"]: trial["epochs"] for trial in found["trials"]}
        self.assertEqual(epochs, self.halved("r.sweep", 7, [2, 4, 8], 2))
        self.assertEqual(sorted(set(epochs.values())), [2, 4, 8])
        self.assertEqual(self.sweep(*words, "--jobs", "3", "--folder", "jobs"), found)
        for trial in found["trials"]:
            command = trial["command"].replace("--save-best best.keras --monitor val_loss", "--history h.csv")
            self.assertEqual("--stop-after" in command, trial["epochs"] < 8)
            subprocess.run(command.replace("hone", HONE, 1), shell=True, cwd=self.folder, check=True, stderr=subprocess.DEVNULL)
            self.assertEqual(self.read("h.csv"), self.read("r.sweep/%03d/history.csv" % trial["trial"]))

    def test_what_was_trained_so_far_is_not_trained_on(self):
        """A trial may be stopped when its last epoch has ended: the same command then adds none."""
        for _ in range(2):
            subprocess.run([HONE, "train", "r.yaml", "--epochs", "9", "--stop-after", "3", "--checkpoint", "c", "--resume", "--verbose", "0", "--history", "h.csv",
                            "--output", "m.keras"], cwd=self.folder, check=True, capture_output=True)
            self.assertEqual(len(self.read("h.csv").splitlines()), 4)
        subprocess.run([HONE, "train", "r.yaml", "--epochs", "9", "--checkpoint", "c", "--resume", "--verbose", "0", "--history", "h.csv", "--output", "m.keras"],
                       cwd=self.folder, check=True, capture_output=True)
        subprocess.run([HONE, "train", "r.yaml", "--epochs", "9", "--verbose", "0", "--history", "whole.csv", "--output", "whole.keras"],
                       cwd=self.folder, check=True, capture_output=True)
        self.assertEqual(self.read("h.csv"), self.read("whole.csv"))

    def test_halving_stopped_and_continued(self):
        words = ["--set", UNITS, "--set", RATE, "--trials", "5", "--epochs", "27", "--method", "halving"]
        whole = self.sweep(*words, "--folder", "whole")
        running = self.start("sweep", "r.yaml", *words, "--verbose", "0", "--jobs", "2")
        while not os.path.exists(self.path("r.sweep/003/history.csv")) and running.poll() is None:
            time.sleep(0.01)
        running.send_signal(signal.SIGTERM)
        running.communicate()
        self.assertEqual(self.sweep(*words), whole)
        more = self.sweep(*words[:4], "--trials", "8", *words[6:])  # trials are added, those before them stay
        self.assertEqual(self.sweep(*words[:4], "--trials", "8", *words[6:], "--folder", "eight"), more)

    def test_halving_continued_in_a_higher_rung(self):
        """Two jobs: what trains in a higher rung is not begun once more in the one below it."""
        words = ["--set", UNITS, "--set", RATE, "--trials", "8", "--epochs", "16", "--method", "halving", "--factor", "2", "--jobs", "2"]
        whole = self.sweep(*words)
        for trial in whole["trials"]:  # as after an interruption when the first rung had ended
            with open(self.path("r.sweep/%03d/done" % trial["trial"]), "w") as file:
                file.write("2\n")
        self.assertEqual(self.sweep(*words), whole)

    def test_stopped_and_continued(self):
        words = ["--set", UNITS, "--set", RATE, "--trials", "3", "--epochs", "20"]
        whole = self.sweep(*words, "--folder", "whole")
        running = self.start("sweep", "r.yaml", *words, "--verbose", "0")
        while not os.path.exists(self.path("r.sweep/002/history.csv")) and running.poll() is None:
            time.sleep(0.01)
        running.send_signal(signal.SIGTERM)
        _, err = running.communicate()
        if running.returncode != 0:  # it may have been faster
            self.assertEqual(running.returncode, 143)
            self.assertIn(b"the same command continues", err)
        self.assertEqual(self.sweep(*words), whole)

    def joins(self, rank, count, *words):
        return self.launched(rank, count, "sweep", "r.yaml", "--verbose", "0", "--json", *words)

    def test_processes_share_the_trials(self):
        drawn = ["--set", UNITS, "--set", RATE, "--epochs", "4"]
        for words in (["--set", "model.2.dense.units=3|0|4", "--epochs", "1"], [*drawn, "--trials", "5"],
                      [*drawn, "--trials", "6", "--method", "halving", "--factor", "2"]):
            alone = self.sweep(*words, "--folder", "alone")
            ranks = [self.joins(rank, 3, *words, "--folder", "shared") for rank in range(3)]
            outs = [self.ends(rank) for rank in ranks]
            self.assertEqual(outs[1:], [("", "")] * 2)
            self.assertEqual(json.loads(outs[0][0]), alone)
            for trial in alone["trials"]:
                if trial["state"] == "done":
                    best = "/%03d/best.keras" % trial["trial"]
                    self.assertEqual(self.read("shared" + best), self.read("alone" + best))
            shutil.rmtree(self.path("alone"))
            shutil.rmtree(self.path("shared"))

    def test_the_trials_of_a_process_that_is_killed_are_taken_up(self):
        words = ["--set", UNITS, "--set", RATE, "--trials", "4", "--epochs", "150", "--folder", "shared"]
        alone = self.sweep(*words[:-1], "alone")
        lost, left = self.joins(1, 2, *words), self.joins(0, 2, *words)
        self.lose(lost)
        self.assertEqual(json.loads(self.ends(left)[0]), alone)

    def test_a_trial_that_is_killed_goes_on_from_its_checkpoint(self):
        words = ["--set", UNITS, "--epochs", "300"]
        alone = self.sweep(*words, "--folder", "alone")
        running = self.start("sweep", "r.yaml", *words, "--verbose", "0", "--json")
        self.wait_for(lambda: os.path.exists(self.path("r.sweep/001/checkpoint/latest.keras")) or running.poll() is not None)
        for process in self.children(running):
            os.kill(process, signal.SIGKILL)
        out, err = self.ends(running)
        self.assertEqual(json.loads(out), alone)
        self.assertIn("ended by signal 9; it continues from its checkpoint", err)

    def test_failed_trials_are_told(self):
        found = self.sweep("--set", "model.2.dense.units=3|0|2", "--set", "fit.epochs=1")
        states = {trial["set"]["model.2.dense.units"]: trial["state"] for trial in found["trials"]}
        self.assertEqual((states[3], states[0], states[2]), ("done", "failed", "failed"))
        self.assertEqual(self.err.count("failed: "), 2)
        self.assertIn("units must be at least 1", self.err)
        self.assertIsNone(found["trials"][-1]["result"])
        self.run_hone("sweep", "r.yaml", "--set", "model.2.dense.units=1|2", "--folder", "none", status=1)
        self.assertIn("no trial has a val_loss", self.err)

    def test_short_names_of_ranges(self):
        found = [json.loads(self.run_hone("sweep", "r.yaml", "--epochs", "1", "--set", "model.2.dense.units=%s(1, 40)" % whole, "--set",
                                          "compile.optimizer.learning_rate=%s(0.001, 0.1)" % number, "--trials", "3", "--folder", whole, "--json"))
                 for whole, number in (("integers", "uniform"), ("int", "lin"))]
        self.assertEqual(*[[(trial["set"], trial["result"]) for trial in one["trials"]] for one in found])

    def test_bad_input(self):
        two = ["--set", UNITS]
        for words, says in [([], "nothing varies"), (["--set", "fit.epochs=1"], "nothing varies"), (["--set", "fit.epochs=1|"], "empty value"),
                            (["--set", "a.b=log(0, 1)"], "above 0"), (["--set", "a.b=log(2, 1)"], "below the upper"),
                            (["--set", "a.b=uniform(1)"], "expected uniform(LOW, HIGH)"), (["--set", "a.b=integers(0.5, 3)"], "must be integers"),
                            (["--set", RATE, "--method", "grid"], "a grid has no end"), (two + ["--method", "grids"], "expected grid|random|halving"),
                            (two + ["--method", "grid", "--trials", "1"], "the grid has 2 trials"), (two + ["--jobs", "0"], "between 1 and 256"),
                            (["--set", "model.1.dense.units=3", "--set", "model.1=dense(3)|dense(4)"], "would replace")]:
            self.fails(2, "sweep", "r.yaml", *words, says=says)
        self.fails(2, "sweep", "m.keras", *two, says="expected a recipe")
        self.fails(1, "sweep", "r.yaml", "--set", "model.1.dense.unit=3|4", says="did you mean \"units\"?")
        self.fails(1, "sweep", "r.yaml", *two, "--monitor", "val_speed", says="give --mode max or --mode min")
        self.fails(1, "sweep", "none.yaml", *two, says="none.yaml")
        self.run_hone("sweep", "r.yaml", *two, "--epochs", "1")
        self.fails(1, "sweep", "r.yaml", "--set", "model.1.dense.units=4|9", "--epochs", "1", says="is the folder of another sweep")


if __name__ == "__main__":
    unittest.main()

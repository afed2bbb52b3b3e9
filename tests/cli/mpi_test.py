#!/usr/bin/env python3
"""hone train under mpirun, of Open MPI and of MPICH: the files of one process, stops, a killed rank, the wrong launcher, a program
that is an MPI program itself. Runs with those that are installed."""
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli_test import HONE, ROOT, SANITIZED, Case  # noqa: E402

FULL = os.environ.get("HONE_TEST_FULL") == "1"
BUILD = os.environ.get("HONE_BUILD_DIR", os.path.join(ROOT, "build/release"))
OPTIONS = {"openmpi": ["--oversubscribe", "--allow-run-as-root"], "mpich": []}
KINDS = [kind for kind in OPTIONS if shutil.which("mpirun." + kind) and os.path.exists(os.path.join(os.path.dirname(HONE), "hone-mpi-%s.so" % kind))]
SHARED = ["train", "r.yaml", "--batch-size", "40", "--shards", "8", "--threads", "1"]
ENVIRONMENT = dict(os.environ, OMPI_MCA_btl_vader_single_copy_mechanism="none", OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                   ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")  # MPI keeps what it has until the end


class Mpi(Case):
    def launch(self, kind, count, *words, program=HONE, **options):
        return subprocess.Popen(["mpirun." + kind, *OPTIONS[kind], "-n", str(count), program, *words], cwd=self.folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(ENVIRONMENT, **options))

    def mpirun(self, kind, count, *words, status=0, **options):
        process = self.launch(kind, count, *words, **options)
        out, err = process.communicate(timeout=120)
        self.out, self.err = out.decode(), re.sub(r"hone: (\d+ processes (of|with) .*|without --checkpoint .*)\n", "", err.decode())
        self.assertEqual(process.returncode == 0, status == 0, self.out + self.err)

    def test_the_same_files_as_one_process(self):
        self.run_hone(*SHARED, "--output", "one.keras")
        for kind in KINDS:
            for count in (1, 2, 3, 4, 8) if FULL else (2, 3):
                self.mpirun(kind, count, *SHARED, "--output", "m.keras", "--set", "fit.verbose=2")
                self.assertEqual(self.read("m.keras"), self.read("one.keras"), (kind, count))
                self.assertEqual(self.err.count("Epoch 1/3"), 1, self.err)

    def ranks_of(self, process, count):
        """The processes of the command that descend from mpirun."""
        for _ in range(1000):
            found = []
            for name in os.listdir("/proc"):
                try:
                    with open("/proc/%s/environ" % name, "rb") as file:
                        if name.isdigit() and os.readlink("/proc/%s/exe" % name) == HONE and self.folder.encode() in file.read():
                            found.append(int(name))
                except OSError:
                    continue
            if len(found) == count:
                return sorted(found)
            time.sleep(0.01)
        self.fail("%d processes did not start" % count)

    def begin(self, kind, *words):
        process = self.launch(kind, 2, *SHARED, "--checkpoint", "run", "--checkpoint-every", "5", "--resume", *words, HONE_TEST=self.folder)
        ranks = self.ranks_of(process, 2)
        for _ in range(1000):
            if os.path.exists(self.path("run/latest.keras")):
                return process, ranks
            time.sleep(0.01)
        self.fail("no checkpoint")

    @unittest.skipUnless(FULL, "make test-full")
    def test_a_signal_to_one_rank_ends_all(self):
        for kind in KINDS:
            process, ranks = self.begin(kind, "--epochs", "100000", "--output", "m.keras")
            os.kill(ranks[-1], signal.SIGTERM)
            process.communicate(timeout=60)
            self.assertTrue(os.path.exists(self.path("m.keras")), kind)
            shutil.rmtree(self.path("run"))

    @unittest.skipUnless(FULL, "make test-full")
    def test_a_killed_rank_loses_nothing(self):
        words = ["--epochs", "300"]
        self.run_hone(*SHARED, *words, "--output", "whole.keras")
        for kind in KINDS:
            process, ranks = self.begin(kind, *words)
            os.kill(ranks[-1], signal.SIGKILL)
            process.communicate(timeout=60)
            self.assertNotEqual(process.returncode, 0)
            self.mpirun(kind, 3 if FULL else 2, *SHARED, *words, "--checkpoint", "run", "--resume", "--output", "m.keras")
            self.assertEqual(self.read("m.keras"), self.read("whole.keras"), kind)
            shutil.rmtree(self.path("run"))

    def test_the_wrong_launcher_and_what_is_missing(self):
        for kind in KINDS:
            self.mpirun(kind, 2, *SHARED, HONE_MPI="/nowhere/plugin.so", status=1)
            self.assertIn("HONE_MPI=/nowhere/plugin.so", self.err)
            self.mpirun(kind, 2, *SHARED, HONE_MPI="lam", status=1)
            self.assertIn('HONE_MPI: expected openmpi, mpich, none or the path of a plugin, received "lam"', self.err)
        if "mpich" in KINDS and "openmpi" in KINDS:
            self.mpirun("mpich", 2, *SHARED, HONE_MPI="openmpi", status=1)
            self.assertIn("MPICH says 2 processes, MPI says 1: mpirun and library are of different MPIs", self.err)
        mixed = ["-n", "1", HONE, *SHARED, ":", "-n", "1", "env", "HONE_KERNELS=generic", HONE, *SHARED]
        done = subprocess.run(["mpirun." + KINDS[0], *OPTIONS[KINDS[0]], *mixed], cwd=self.folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr.decode(), r"hone: rank 1 \(\S+\) computes by Hone .* the kernels generic .*, rank 0 by ")
        os.remove(self.path("y.npy"))
        self.mpirun(KINDS[0], 3, *SHARED, status=1)
        self.assertEqual(self.err.count("hone: "), 1, self.err)
        self.assertIn("y.npy", self.err)

    @unittest.skipIf(SANITIZED or not os.path.exists(os.path.join(BUILD, "libhone.so")), "needs the shared library")
    def test_a_program_of_ones_own(self):
        for kind in KINDS:
            subprocess.run(["mpicc." + kind, "-O1", "-o", self.path("example"), os.path.join(ROOT, "mpi/example.c"), "-I" + os.path.join(ROOT, "include"),
                            "-L" + BUILD, "-Wl,-rpath," + BUILD, "-lhone", "-lm"], check=True)
            losses = set()
            for count, words in ((1, []), (3, []), (4, ["halves"])):
                self.mpirun(kind, count, *words, program="./example")
                found = re.findall(r"(\d+) processes: loss (\S+)", self.out)
                self.assertEqual([int(ranks) for ranks, _ in found], [count] if not words else [2, 2], self.out)
                losses.update(loss for _, loss in found)
            self.assertEqual(len(losses), 1, losses)


if __name__ == "__main__":
    if not KINDS:
        print("neither mpirun.openmpi nor mpirun.mpich with a plugin of the command is here")
        sys.exit(77)
    unittest.main()

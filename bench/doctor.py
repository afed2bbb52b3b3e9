#!/usr/bin/env python3
"""What the doctor costs: trainings of a recipe with and without --doctor, one after the other, and the static part alone.

    bench/doctor.py [RECIPE] [--epochs 3] [--pairs 9] [--threads 1] [--prefix "chrt -f 10"] [--cpu]

Prints the median of the pairs' ratios, whether the weights are the same, and the seconds of `hone doctor --steps 0`."""
import argparse
import hashlib
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
HONE = os.environ.get("HONE_COMMAND") or str(ROOT / "build/release/hone")


def seconds_of(command, cpu):
    """Of the clock, or of the processor, which depends less on what else the machine does."""
    begun, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime if cpu else time.monotonic() - begun


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("recipe", nargs="?", default=str(ROOT / "examples/chapter.yaml"))
    options.add_argument("--epochs", type=int, default=3)
    options.add_argument("--pairs", type=int, default=9)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--prefix", default="")
    options.add_argument("--cpu", action="store_true", help="seconds of the processor instead of the clock")
    given = options.parse_args()
    prefix, ratios, plain, sums = given.prefix.split(), [], [], set()
    with tempfile.TemporaryDirectory() as folder:
        weights = folder + "/m.keras"
        train = [*prefix, HONE, "train", given.recipe, "--epochs", str(given.epochs), "--threads", str(given.threads), "--verbose", "0",
                 "--output", weights]
        for pair in range(given.pairs):
            taken = {}
            for watched in ((False, True) if pair % 2 == 0 else (True, False)):
                taken[watched] = seconds_of(train + (["--doctor"] if watched else []), given.cpu)
                sums.add(hashlib.sha256(zipfile.ZipFile(weights).read("model.weights.h5")).hexdigest())
            plain.append(taken[False])
            ratios.append(taken[True] / taken[False])
            print("pair %d: %.3f s, with the doctor %.3f s, ratio %.4f" % (pair + 1, taken[False], taken[True], ratios[-1]), flush=True)
        static = [seconds_of([*prefix, HONE, "doctor", given.recipe, "--steps", "0", "--threads", str(given.threads)], given.cpu) for _ in range(3)]
    print("median %.3f s; with the doctor %+.2f %% (pairs from %+.2f to %+.2f %%); weights %s; static part %.2f s" % (
        statistics.median(plain), 100 * (statistics.median(ratios) - 1), 100 * (min(ratios) - 1), 100 * (max(ratios) - 1),
        "the same" if len(sums) == 1 else "DIFFERENT", statistics.median(static)))


if __name__ == "__main__":
    main()

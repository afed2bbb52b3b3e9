#!/usr/bin/env python3
"""What the doctor costs beside a training, and the static part alone.

    bench/doctor.py [RECIPE] [--epochs 3] [--pairs 15] [--threads 1] [--prefix "chrt -f 10"] [--clock] [--instructions] [--calls]

Trainings of a recipe with and without --doctor follow each other in pairs, in turns of order. Of each the seconds of the processor in
the program itself (user time) are taken, which depend less than the clock on what else the machine does; printed are the median of the
pairs' ratios with its interval of 95 % (from ranks: no distribution is assumed), whether the weights are the same to the bit, and the
seconds of `hone doctor --steps 0`.
--instructions counts instead: `perf stat -e instructions:u` where the processor tells, else valgrind's cachegrind. A count is the same
each time, so one pair is enough.
--calls counts system calls (strace) of trainings of two lengths: what a further step costs with the doctor and without."""
import argparse
import hashlib
import math
import os
import pathlib
import re
import resource
import statistics
import subprocess
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
HONE = os.environ.get("HONE_COMMAND") or str(ROOT / "build/release/hone")


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return done


def user_seconds(command):
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    run(command)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - used


def clock_seconds(command):
    begun = time.monotonic()
    run(command)
    return time.monotonic() - begun


def instructions(command):
    counted = subprocess.run(["perf", "stat", "-x", ",", "-e", "instructions:u", *command], capture_output=True, text=True)
    found = re.search(r"^(\d+),", counted.stderr, re.M)
    if counted.returncode == 0 and found:
        return int(found[1])
    with tempfile.NamedTemporaryFile() as file:
        done = run(["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=" + file.name, *command])
    return int(re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)[1].replace(",", ""))


def system_calls(command):
    with tempfile.NamedTemporaryFile(mode="r") as file:
        run(["strace", "-f", "-c", "-o", file.name, *command])
        return sum(int(line.split()[3]) for line in file if re.match(r"\s*\d+\.\d+\s", line) and not line.rstrip().endswith("total"))


def interval(ratios):
    """The median's interval of 95 %: ranks between which it lies by the binomial distribution."""
    ordered, n = sorted(ratios), len(ratios)
    below, rank = 0.0, 0
    while rank < n // 2 and below + math.comb(n, rank) / 2 ** n <= 0.025:
        below += math.comb(n, rank) / 2 ** n
        rank += 1
    return ordered[max(rank - 1, 0)], ordered[min(n - rank, n - 1)]


def weights_of(path):
    return hashlib.sha256(zipfile.ZipFile(path).read("model.weights.h5")).hexdigest()


def count_calls(train):
    """System calls a step: of twice as many steps in as many epochs, so that what is once or once an epoch cancels out."""
    numbers = {}
    for watched in (False, True):
        for steps in (200, 400):
            numbers[watched, steps] = system_calls(train + ["--set", "fit.steps_per_epoch=%d" % steps] + (["--doctor"] if watched else []))
        print("%s: %d system calls with 200 steps an epoch, %d with 400" % ("with the doctor" if watched else "without", numbers[watched, 200],
                                                                           numbers[watched, 400]))
    more = numbers[True, 400] - numbers[True, 200] - (numbers[False, 400] - numbers[False, 200])
    print("more system calls with the doctor for 200 more steps an epoch: %d" % more)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("recipe", nargs="?", default=str(ROOT / "examples/chapter.yaml"))
    options.add_argument("--epochs", type=int, default=3)
    options.add_argument("--pairs", type=int, default=15)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--prefix", default="")
    options.add_argument("--clock", action="store_true", help="seconds of the clock instead of the processor's")
    options.add_argument("--instructions", action="store_true", help="count instructions: one pair")
    options.add_argument("--calls", action="store_true", help="count system calls")
    given = options.parse_args()
    prefix, ratios, plain, sums = given.prefix.split(), [], [], set()
    measure = instructions if given.instructions else clock_seconds if given.clock else user_seconds
    with tempfile.TemporaryDirectory() as folder:
        weights = folder + "/m.keras"
        train = [*prefix, HONE, "train", given.recipe, "--epochs", str(given.epochs), "--threads", str(given.threads), "--verbose", "0",
                 "--output", weights]
        if given.calls:
            return count_calls(train)
        for pair in range(1 if given.instructions else given.pairs):
            taken = {}
            for watched in ((False, True) if pair % 2 == 0 else (True, False)):
                taken[watched] = measure(train + (["--doctor"] if watched else []))
                sums.add(weights_of(weights))
            plain.append(taken[False])
            ratios.append(taken[True] / taken[False])
            print("pair %d: %.6g, with the doctor %.6g, ratio %.4f" % (pair + 1, taken[False], taken[True], ratios[-1]), flush=True)
        static = [clock_seconds([*prefix, HONE, "doctor", given.recipe, "--steps", "0", "--threads", str(given.threads)]) for _ in range(3)]
    low, high = interval(ratios)
    print("median %.6g %s; with the doctor %+.2f %% (95 %% interval %+.2f to %+.2f %%, %d pairs); weights %s; static part %.2f s" % (
        statistics.median(plain), "instructions" if given.instructions else "s", 100 * (statistics.median(ratios) - 1), 100 * (low - 1), 100 * (high - 1),
        len(ratios), "the same" if len(sums) == 1 else "DIFFERENT", statistics.median(static)))
    return None


if __name__ == "__main__":
    main()

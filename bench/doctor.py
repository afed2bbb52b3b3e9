#!/usr/bin/env python3
"""What the doctor costs beside a training, and the static part alone.

    bench/doctor.py [RECIPE] [--epochs 10] [--pairs 6] [--threads 1] [--instructions] [--calls]

A training of a recipe with --doctor and one without run side by side on the same processors and take turns of a tenth of a second there
(SCHED_RR, where that is permitted; else turns of the ordinary scheduler, which are shorter and cost both more). Whatever slows the
machine for a while slows both. Of each the seconds of the processor in the program itself (user time) are taken; printed are the median
of the pairs' ratios with its interval of 95 % (from ranks: no distribution is assumed; six pairs at least), whether the weights are the
same to the bit, and the seconds of `hone doctor --steps 0`.
--instructions counts instead: `perf stat -e instructions:u` where the processor tells, else valgrind's cachegrind. A count is the same
each time, so one pair is enough.
--calls counts system calls (strace) of trainings of two lengths: what a further step costs with the doctor and without."""
import argparse
import hashlib
import math
import os
import pathlib
import re
import shlex
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


def take_turns(threads):
    """What a process of a pair does before it begins: as many processors as it has threads, the last ones, in turns with its twin."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(10))
    except PermissionError:
        pass


def user_seconds(commands, threads):
    """Of processes that run side by side, in the order of `commands`."""
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=lambda: take_turns(threads))
               for command in commands]
    seconds = []
    for process in running:
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            raise SystemExit("failed: " + shlex.join(process.args))
        seconds.append(usage.ru_utime)
    return seconds


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
    options.add_argument("--epochs", type=int, default=10)
    options.add_argument("--pairs", type=int, default=6)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--instructions", action="store_true", help="count instructions: one pair")
    options.add_argument("--calls", action="store_true", help="count system calls")
    given = options.parse_args()
    ratios, plain, sums = [], [], set()
    with tempfile.TemporaryDirectory() as folder:
        weights = [folder + "/without.keras", folder + "/with.keras"]
        train = [HONE, "train", given.recipe, "--epochs", str(given.epochs), "--threads", str(given.threads), "--verbose", "0"]
        if given.calls:
            return count_calls(train + ["--output", weights[0]])
        pair = [train + ["--output", weights[0]], train + ["--output", weights[1], "--doctor"]]
        for number in range(1 if given.instructions else given.pairs):
            order = (0, 1) if number % 2 == 0 else (1, 0)
            commands = [pair[which] for which in order]
            taken = [instructions(command) for command in commands] if given.instructions else user_seconds(commands, given.threads)
            without, watched = (taken[order.index(which)] for which in (0, 1))
            sums.update(weights_of(path) for path in weights)
            plain.append(without)
            ratios.append(watched / without)
            print("pair %d: %.6g, with the doctor %.6g, ratio %.4f" % (number + 1, without, watched, ratios[-1]), flush=True)
        static = [clock_seconds([HONE, "doctor", given.recipe, "--steps", "0", "--threads", str(given.threads)]) for _ in range(3)]
    low, high = interval(ratios)
    print("median %.6g %s; with the doctor %+.2f %% (95 %% interval %+.2f to %+.2f %%, %d pairs); weights %s; static part %.2f s" % (
        statistics.median(plain), "instructions" if given.instructions else "s", 100 * (statistics.median(ratios) - 1), 100 * (low - 1), 100 * (high - 1),
        len(ratios), "the same" if len(sums) == 1 else "DIFFERENT", statistics.median(static)))
    return None


if __name__ == "__main__":
    main()

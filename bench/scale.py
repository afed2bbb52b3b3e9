#!/usr/bin/env python3
"""A network on two processors in every way that Hone has, beside one of them and beside two independent trainings (the ceiling).

    bench/scale.py [--sizes 784-300-100-10] [--batch 2048] [--shards 16] [--turns 10] [--only NAME,NAME]

Each contestant has a core for each thread. All of them train without end and take turns of a second or so, in which the others are
stopped: whatever slows the machine for a while slows all. Of a turn the median of the epochs counts that lie wholly in it. Printed are the
least epoch and the median turn as milliseconds a step, and how many times one thread they are: the median of the turns' own ratios, and
its least and greatest. PyTorch takes part where PYTHON has it (default build/venv/bin/python); mpirun where it is."""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
HONE = os.path.abspath(os.environ.get("HONE_COMMAND") or ROOT / "build/release/hone")
PYTHON = os.environ.get("PYTHON") or str(ROOT / "build/venv/bin/python")
STEPS, TURN = 4, 0.9  # of an epoch; seconds

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--sizes", default="784-300-100-10")
parser.add_argument("--batch", type=int, default=2048)
parser.add_argument("--shards", type=int, default=16)
parser.add_argument("--turns", type=int, default=10)
parser.add_argument("--only", default="")
options = parser.parse_args()
sizes = [int(size) for size in options.sizes.split("-")]
rows = STEPS * options.batch
cores = sorted(os.sched_getaffinity(0))[:2]
if len(cores) < 2:
    raise SystemExit("two processors are needed")


def write_npy(path, code, shape, data):
    head = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (code, shape)
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + data)


def make(folder):
    numbers = random.Random(0)
    write_npy(folder / "x.npy", "|u1", (rows, sizes[0]), numbers.randbytes(rows * sizes[0]))
    write_npy(folder / "y.npy", "<i4", (rows,), struct.pack("<%di" % rows, *(numbers.randrange(sizes[-1]) for _ in range(rows))))
    layers = ["  - dense: {units: %d, activation: relu, kernel_initializer: he_normal}\n" % size for size in sizes[1:-1]]
    (folder / "r.yaml").write_text(
        "model:\n  - input: [%d]\n%s  - dense: {units: %d, activation: softmax}\n" % (sizes[0], "".join(layers), sizes[-1]) +
        "compile: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}\n"
        "data: {train: 'x.npy,y.npy', scale: 1/255}\nfit: {epochs: 1000000, batch_size: %d, verbose: 0}\n" % options.batch)


def train(*words, shards=options.shards, threads=1):
    return [HONE, "train", "r.yaml", "--json", "--threads", str(threads), "--shards", str(shards), *words]


def torch(rank, ranks, port):
    return [PYTHON, str(ROOT / "bench/peers/scale.py"), options.sizes, str(rows), str(options.batch), str(rank), str(ranks), port]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


def has_torch():
    return shutil.which(PYTHON) and subprocess.run([PYTHON, "-c", "import torch"], capture_output=True).returncode == 0


def contestants():
    """Of each: its name, the processes to be started side by side, each with its cores. The time is that of the first."""
    one, both = cores[:1], cores
    yield "one thread, no shards", lambda: [(train(shards=1), one)]
    yield "one thread", lambda: [(train(), one)]
    yield "two threads", lambda: [(train(threads=2), both)]
    yield "two processes", lambda: [(train("--processes", "2"), both)]
    yield "two processes, shard_optimizer", lambda: [(train("--processes", "2", "--shard-optimizer"), both)]
    for kind, words in (("openmpi", ["--bind-to", "core", "--allow-run-as-root"]), ("mpich", ["-bind-to", "core"])):
        if shutil.which("mpirun." + kind) and os.path.exists(os.path.join(os.path.dirname(HONE), "hone-mpi-%s.so" % kind)):
            yield "mpirun." + kind, lambda kind=kind, words=words: [(["mpirun." + kind, *words, "-n", "2", *train()], both)]
    yield "two independent trainings", lambda: [(train(), cores[:1]), (train(), cores[1:])]
    if has_torch():
        yield "PyTorch, one thread", lambda: [(torch(0, 1, "0"), one)]
        yield "PyTorch DDP on gloo, two", lambda: (lambda port: [(torch(r, 2, port), cores[r:r + 1]) for r in range(2)])(free_port())


class Contestant:
    """Processes that are stopped but for their turns."""

    def __init__(self, folder, title, processes):
        self.title, self.epochs, self.turns = title, [], []
        self.running = [subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                         preexec_fn=lambda own=own: os.sched_setaffinity(0, own)) for command, own in processes]
        self.readers = [threading.Thread(target=self.read, args=(process, i == 0), daemon=True) for i, process in enumerate(self.running)]
        for reader in self.readers:
            reader.start()
        while len(self.epochs) < 3:  # the first makes plans
            if self.running[0].poll() is not None:
                raise SystemExit("%s: failed" % title)
            time.sleep(0.05)
        self.signal(signal.SIGSTOP)

    def read(self, process, counts):
        for line in process.stdout:
            event = json.loads(line) if line.startswith("{") else {}
            if counts and event.get("event") == "epoch":
                self.epochs.append(event["seconds"] / STEPS)

    def descendants(self, process):
        found = [process]
        try:
            for task in os.listdir("/proc/%d/task" % process):
                with open("/proc/%d/task/%s/children" % (process, task)) as file:
                    for child in file.read().split():
                        found += self.descendants(int(child))
        except OSError:
            pass
        return found

    def signal(self, which):
        for process in [one for running in self.running for one in self.descendants(running.pid)]:
            try:
                os.kill(process, which)
            except ProcessLookupError:
                pass

    def turn(self):
        before = len(self.epochs)
        self.signal(signal.SIGCONT)
        time.sleep(TURN)
        while len(self.epochs) < before + 3:  # the first began in the turn before
            time.sleep(0.01)
        self.signal(signal.SIGSTOP)
        self.turns.append(statistics.median(self.epochs[before + 1:]))
        self.least = min([*self.epochs[before + 1:], getattr(self, "least", self.turns[-1])])


def tell(all_of):
    print("%-32s %9s %9s %7s %7s" % ("ms a step", "least", "median", "times", "from - to"))
    for one in all_of:
        base = next((other for other in all_of if other.title == ("PyTorch, one thread" if one.title.startswith("PyTorch") else "one thread")), one)
        ratios = sorted(b / a for a, b in zip(one.turns, base.turns))
        print("%-32s %9.3f %9.3f %7.2f %.2f - %.2f" % (one.title, 1e3 * one.least, 1e3 * statistics.median(one.turns), statistics.median(ratios), ratios[0],
                                                     ratios[-1]))


with tempfile.TemporaryDirectory() as name:
    folder, all_of = pathlib.Path(name), []
    make(folder)
    only = [word for word in options.only.split(",") if word]
    try:
        for title, begin in contestants():
            if not only or title in only:
                all_of.append(Contestant(folder, title, begin()))
        for _ in range(options.turns):
            for one in all_of:
                one.turn()
        tell(all_of)
    finally:
        for one in all_of:
            one.signal(signal.SIGKILL)

#!/usr/bin/env python3
"""Measures Hone beside its peers and prints one table.

    bench/run.py [--build DIR] [--only a,b] [--rounds N] [--no-peers] [--quick] [--publish FILE.md]

Each workload's contestants (the floor, Hone, the peers that are installed, on one thread and on two) are started, and then measured in
turn, round after round, so that a change of the machine's speed meets all of them. Printed is the median and the spread of the rounds.
Also written: results.csv, results.md and results.svg in DIR/bench. The machine should be idle.

A peer that is not there or fails has a blank row with the reason.
"""
import argparse
import datetime
import os
import platform
import sys
import time

import report
import workloads
from contestants import Server

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
BETWEEN = 0.3  # seconds in which the threads of the one before go to sleep


def parse_arguments():
    letters = ",".join(workloads.WORKLOADS)
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0],
                                     epilog="workloads: " + "; ".join(f"{k} {w.__name__.replace('_', ' ')}"
                                                                      for k, w in workloads.WORKLOADS.items()))
    parser.add_argument("--build", default="build/release", help="build folder, made with -DHONE_BENCH=ON (default: %(default)s)")
    parser.add_argument("--only", default=letters, help=f"workloads to run, of {letters}")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each (default: %(default)s)")
    parser.add_argument("--no-peers", action="store_true", help="Hone and the floor alone")
    parser.add_argument("--quick", action="store_true", help="one round on one thread: whether everything works")
    parser.add_argument("--publish", metavar="FILE.md",
                        help=f"put the tables between {BEGIN} and {END} of this file, the picture beside it")
    options = parser.parse_args()
    options.only = [letter.strip() for letter in options.only.split(",")]
    for letter in options.only:
        if letter not in workloads.WORKLOADS:
            parser.error(f"no workload {letter}; there are {letters}")
    if options.rounds < 1:
        parser.error("--rounds: at least one")
    return options


def first_line(path, prefix):
    with open(path, encoding="utf-8") as file:
        return next((line.split(":", 1)[1].strip() for line in file if line.startswith(prefix)), "")


def describe(machine):
    """The processor, what a core of it can do, the date."""
    server = Server("peak", "", [machine.program("floor"), "NN:2048x2048x2048"], 1, machine.cores)
    server.start(), server.round(), server.finish()
    speed = f"{2 * 2048 ** 3 / server.seconds[0] * 1e-9:.0f} GFLOP/s per core in dnnl_sgemm at 2048^3" if server.seconds else server.failure
    processor = first_line("/proc/cpuinfo", "model name") or platform.machine()
    load = os.getloadavg()[0]
    return (f"{processor}, {len(machine.cores)} cores, {speed}; {platform.system()} {platform.release()}; "
            f"{datetime.date.today()}, load at the start {load:.1f}")


def measure(part, rounds):
    """All contestants of a part, those of one thread count together: in turn, round after round."""
    for threads in sorted({contestant.threads for contestant in part.contestants}):
        members = [contestant for contestant in part.contestants if contestant.threads == threads]
        measure_in_turn(members, rounds, part.name)


def measure_in_turn(members, rounds, name):
    for contestant in members:
        progress(f"{name}: starting {contestant.label}")
        contestant.start()
    for turn in range(rounds):
        for contestant in members:
            if contestant.failure:
                continue
            progress(f"{name}: round {turn + 1} of {rounds}, {contestant.label}")
            time.sleep(BETWEEN)
            contestant.round()
    for contestant in members:
        contestant.finish()
    progress("")


def progress(words):
    if sys.stderr.isatty():
        print("\r\033[K" + words[:110], end="", file=sys.stderr, flush=True)


def run_workload(letter, machine, rounds, done):
    """Rows of a workload; `done` keeps parts by title for the workload that looks at their memory."""
    rows = []
    for part in workloads.WORKLOADS[letter](machine):
        source = part.title.removeprefix("peak memory of ")
        if letter == "i" and source in done:
            part.contestants = [c for c in done[source].contestants if c.threads == 1 and c.key != "floor"]
        elif letter == "k":
            measure_in_turn(part.contestants, rounds, part.name)
        else:
            measure(part, 1 if letter in "il" else rounds)
        done[part.name] = part
        found = report.memory_rows(part) if letter == "i" else report.rows_of(part)
        print(report.text(found), flush=True)
        rows += found
    return rows


def publish(path, table, rows):
    with open(path, encoding="utf-8") as file:
        before, rest = file.read().split(BEGIN, 1)
        after = rest.split(END, 1)[1]
    picture = os.path.splitext(path)[0] + ".svg"
    report.write_svg(rows, picture)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}{BEGIN}\n{table}\n![Bars: shorter is better]({os.path.basename(picture)})\n{END}{after}")


def main():
    options = parse_arguments()
    os.chdir(workloads.ROOT)
    machine = workloads.Machine(os.path.abspath(options.build), sorted(os.sched_getaffinity(0)), not options.no_peers, options.quick)
    if not os.access(machine.program("floor"), os.X_OK):
        sys.exit(f"{machine.program('floor')} is not there: make bench")
    words = describe(machine)
    print(words)
    rows, done = [], {}
    for letter in options.only:
        rows += run_workload(letter, machine, 1 if options.quick else options.rounds, done)
    table = report.markdown(rows, words)
    folder = os.path.join(options.build, "bench")
    report.write_csv(rows, os.path.join(folder, "results.csv"))
    report.write_svg(rows, os.path.join(folder, "results.svg"))
    with open(os.path.join(folder, "results.md"), "w", encoding="utf-8") as file:
        file.write(table)
    if options.publish:
        publish(options.publish, table, rows)
    print(f"\nwritten: {folder}/results.csv, results.md, results.svg" + (f", {options.publish}" if options.publish else ""))


if __name__ == "__main__":
    main()

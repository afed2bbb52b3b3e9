#!/usr/bin/env python3
"""How many instructions the kernels of two tables take on another machine, counted by QEMU: a line for each kernel, with their ratio.

    tests/ports/instructions.py PORT [--tables generic,neon,sve] [--least RATIO]

PORT is built before by scripts/ports.sh; its vectors of SVE have 256 bits. With --least it fails when a product takes more than the first
table's instructions / RATIO. The ratio is that of the last table."""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / "build/ports/tools/root/usr"  # where scripts/ports.sh unpacks compilers
COMPILERS = {"arm64": (TOOLS / "bin/aarch64-linux-gnu-gcc", "qemu-aarch64")}


def compile_parts(port, folder):
    """The plugin for this machine; the counted program for that one, of the objects of base and kernels."""
    compiler = COMPILERS[port][0]
    build = ROOT / "build/ports" / port / "build"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", folder / "count.so", ROOT / "tests/ports/count_plugin.c"], check=True)
    objects = [path for path in build.rglob("*.o") if re.search(r"/(hone_objects\.dir/src/(base|kernels|tensor)/|hone_loops_)", str(path))]
    subprocess.run([compiler, f"--sysroot={build.parent}/root", "-O2", "-I", ROOT / "include", "-I", ROOT / "src", "-o", folder / "count",
                    ROOT / "tests/ports/count_kernels.c", *objects, "-lm", "-lpthread"], check=True,
                   env={**os.environ, "LD_LIBRARY_PATH": str(TOOLS / "lib" / f"{os.uname().machine}-linux-gnu")})


def count(port, folder, tables):
    """{what: {table: instructions}}"""
    root = ROOT / "build/ports" / port / "root"
    ran = subprocess.run([COMPILERS[port][1], "-cpu", "max,sve-default-vector-length=32", "-L", root, "-plugin", folder / "count.so",
                          "-d", "plugin", "-D", folder / "counts", folder / "count", *tables], check=True, capture_output=True, text=True)
    between = (folder / "counts").read_text().split()[1::2]  # every other pair of marks has a kernel between it
    counts = {}
    for line, number in zip(ran.stdout.splitlines(), between, strict=True):
        table, what = line.split(" ", 1)
        counts.setdefault(what, {})[table] = int(number)
    return counts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", choices=COMPILERS)
    parser.add_argument("--tables", default="generic,neon,sve")
    parser.add_argument("--least", type=float, default=0)
    words = parser.parse_args()
    tables = words.tables.split(",")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        compile_parts(words.port, folder)
        counts = count(words.port, folder, tables)
    print(f"{'instructions':40} " + " ".join(f"{table:>11}" for table in tables) + "   ratio")
    worst = None
    for what, of in counts.items():
        ratio = of[tables[0]] / of[tables[-1]]
        print(f"{what:40} " + " ".join(f"{of[table]:11,}" for table in tables) + f" {ratio:7.2f}")
        if what.startswith("matmul") and not what.startswith("matmul 1 "):
            worst = min(worst or ratio, ratio)
    if worst < words.least:
        print(f"a product takes 1/{worst:.2f} of the instructions of {tables[0]}, expected at most 1/{words.least}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""What clang says about our C and C++, warnings as errors, without making any object: scripts/check-warnings.py [BUILD_FOLDER] [--tests].
BUILD_FOLDER (default build/release) has been built: it has the headers that are generated. Sources, benchmarks and examples are looked at;
tests, which are half of all files, with --tests."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main():
    options = argparse.ArgumentParser(description=__doc__.split(":")[0])
    options.add_argument("folder", nargs="?", default="build/release")
    options.add_argument("--tests", action="store_true", help="look at tests too")
    given = options.parse_args()
    built = pathlib.Path(given.folder).resolve()
    folder = ROOT / "build" / "clang"
    subprocess.run(["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "--log-level=WARNING", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_COMPILER=clang",
                    "-DHONE_WERROR=ON", "-DHONE_BENCH=ON", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"], check=True)
    entries = json.loads((folder / "compile_commands.json").read_text(encoding="utf-8"))
    ours = [entry for entry in entries if not pathlib.Path(entry["file"]).is_relative_to(folder)
            and (given.tests or not entry["file"].endswith("_test.c"))]

    def check(entry):
        command = shlex.split(entry["command"].replace(f"{folder}/generated", f"{built}/generated"))
        at = command.index("clang") if "clang" in command else next(i for i, word in enumerate(command) if word.endswith("/clang"))
        output = command.index("-o")
        command = command[at:output] + command[output + 2 :] + ["-fsyntax-only"]
        return subprocess.run(command, cwd=entry["directory"], stderr=subprocess.PIPE, text=True, check=False)

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for result in pool.map(check, ours):
            if result.returncode != 0:
                failed += 1
                print(result.stderr, file=sys.stderr)
    print(f"{len(ours)} files looked at by clang, {failed} with warnings")
    return 1 if failed or not ours else 0


if __name__ == "__main__":
    sys.exit(main())

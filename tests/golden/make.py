#!/usr/bin/env python3
"""Makes the golden files with real Keras, or checks that they still are what Keras computes.

    scripts/venv.sh build/venv
    build/venv/bin/python tests/golden/make.py [FAMILY...]           writes
    build/venv/bin/python tests/golden/make.py --check [FAMILY...]   compares, writes nothing

The schema is in README.md beside this file.
"""
import argparse
import importlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "python"))

FAMILIES = ["activations", "losses", "optimizers", "layers", "trainings", "metrics", "schedules", "callbacks",
            "initializers", "regularizers", "constraints", "defaults", "files", "text", "tokenizers"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=", ".join(FAMILIES))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    unknown = set(options.families) - set(FAMILIES)
    if unknown:
        parser.error(f"no family is called {sorted(unknown)[0]}")
    import common

    failed = passed = 0
    for family in options.families or FAMILIES:
        if family == "text" and common.keras.backend.backend() != "tensorflow":
            print("text: left out; it needs TensorFlow: KERAS_BACKEND=tensorflow make.py text")
            continue
        book = common.Book()
        importlib.import_module(family).make(book)
        problems = book.check() if options.check else book.write() or []
        for problem in problems:
            print(problem)
        wrong = len({problem.split(":")[0].split(".json")[0] for problem in problems})
        failed += wrong
        passed += len(book.files) - wrong
        print(f"{family}: {len(book.files)} files" + (f", {wrong} differ" if wrong else ""), flush=True)
        common.jax.clear_caches()
    if options.check:
        print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

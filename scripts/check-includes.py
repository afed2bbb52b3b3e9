#!/usr/bin/env python3
"""Checks who includes whom: a folder may include what stands below it in ORDER, never what is above or beside it."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Top to bottom; folders of one row do not include each other.
ORDER = [
    ["cli", "examples", "bench"],
    ["recipe", "report", "diagram", "csource"],
    ["charts"],
    ["train"],
    ["files"],
    ["onnx"],
    ["keras"],
    ["model"],
    ["registry"],  # src/registry.c: the table of all registered things
    ["callbacks"],
    ["readers"],
    ["data"],
    ["formats"],
    ["operations"],
    ["layers", "losses", "metrics", "optimizers", "schedules"],
    ["activations", "initializers", "regularizers", "constraints"],
    ["ops"],
    ["plan"],
    ["graph"],
    ["kernels"],
    ["tensor"],
    ["fields", "terminal"],
    ["base"],
]
HEIGHT = {name: len(ORDER) - row for row, names in enumerate(ORDER) for name in names}
# src/registry.h is only a way to ask for a type by name, and may be seen from wherever types are looked up.
OPEN = {"registry.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')


def folder_of(path):
    """The name in ORDER of a source file, or None for what may include anything (tests and their harness)."""
    parts = path.relative_to(ROOT).parts
    if path.stem.endswith("_test") or parts[:2] == ("src", "testing") or parts[0] == "tests":
        return None
    if parts[0] == "src":
        return parts[1] if len(parts) > 2 else "registry"
    return parts[0]


def target_of(path, name):
    """The name in ORDER of what an include line names, or None when it is in the file's own folder."""
    if (path.parent / name).exists() and "/" not in name:
        return None
    first = name.split("/")[0]
    if "/" not in name:
        return "registry" if (ROOT / "src" / name).exists() and name not in OPEN else None
    return first


def main():
    mistakes = []
    checked = 0
    for top in ("src", "cli", "examples", "bench"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix not in (".c", ".h", ".def", ".inc") or (folder := folder_of(path)) is None:
                continue
            checked += 1
            where = path.relative_to(ROOT)
            if folder not in HEIGHT:
                mistakes.append(f"{where}: the folder {folder} has no place in scripts/check-includes.py")
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                target = match and target_of(path, match[1])
                if not target or target == folder:
                    continue
                if target not in HEIGHT:
                    mistakes.append(f"{where}:{number}: \"{match[1]}\" is in no folder of the tree")
                elif HEIGHT[target] >= HEIGHT[folder]:
                    mistakes.append(f"{where}:{number}: {folder} may not include \"{match[1]}\": it is not below")
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    print(f"{checked} files checked, {len(mistakes)} includes in a wrong direction")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Checks who includes whom: a folder may include what stands below it in ORDER, never what is above or beside it. Public headers
belong to the folders that keep their promises (HEADERS). A source file declares no function of another file by hand."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Top to bottom; folders of one row do not include each other.
ORDER = [
    ["cli", "examples", "bench"],
    ["recipe", "report", "diagram", "csource"],
    ["doctor"],
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
    ["distributed"],  # shards, their tree, processes: bytes and floats, no model
    ["formats"],
    ["operations"],
    ["layers", "losses", "metrics", "optimizers"],
    ["schedules"],
    ["activations", "initializers", "regularizers", "constraints"],
    ["ops"],
    ["plan"],
    ["graph"],
    ["kernels"],
    ["tensor"],
    ["fields", "terminal"],
    ["base"],
]
# The lowest folder that keeps a public header's promises (compile stands in model, fit in train). A file that defines one of its
# functions includes it from anywhere.
HEADERS = {
    "error": "base", "memory": "base", "args": "base", "runtime": "base", "limits": "base", "output": "base", "version": "base", "fields": "fields", "array": "tensor", "graph": "graph",
    "ops": "ops", "extend": "ops", "schedules": "schedules", "optimizers": "optimizers", "data": "data", "pipeline": "data",
    "data_files": "readers", "callbacks": "callbacks", "model": "model", "train": "model", "files": "model", "export": "files",
    "distribution": "distributed", "look": "train", "generate": "train", "advice": "train", "doctor": "doctor", "charts": "charts", "catalog": "registry", "recipe": "recipe", "check": "recipe", "hone": "recipe",
}
HEIGHT = {name: len(ORDER) - row for row, names in enumerate(ORDER) for name in names}
# src/registry.h is only a way to ask for a type by name, and may be seen from wherever types are looked up.
OPEN = {"registry.h", "verbs.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
PUBLIC = re.compile(r'^\s*#\s*include\s*<hone/([a-z_]+)\.h(?:pp)?>')
# hone_value hone_op_add(hone_graph *graph, hone_value a, hone_value b);
PROTOTYPE = re.compile(r"^(?!static|typedef|return|else)(?:extern\s+)?[A-Za-z_][\w ]*[ *]+(hone_\w+)\s*\([^;{}]*\)[^;{}()]*;", re.M)
DEFINITION = re.compile(r"^\w[\w ]*[ *]+(hone_\w+)\([^;{}]*\)\n\{", re.M)


def folder_of(path):
    """The name in ORDER of a source file, or None for what may include anything (tests and their harness)."""
    parts = path.relative_to(ROOT).parts
    if path.stem.endswith("_test") or parts[:2] == ("src", "testing") or parts[0] == "tests":
        return None
    if parts == ("src", "verbs.c"):  # the argument structs of all public functions, as tables
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


def header_folder(name):
    return "layers" if name.startswith("layers") else HEADERS.get(name)


def defines_part(text, header):
    declared = set(re.findall(r"\b(hone_\w+)\(", (ROOT / "include" / "hone" / f"{header}.h").read_text(encoding="utf-8")))
    return any(name in declared for name in DEFINITION.findall(text))


def check_public(where, folder, text):
    """Public headers of folders above."""
    for number, line in enumerate(text.splitlines(), 1):
        if not (match := PUBLIC.match(line)):
            continue
        target = header_folder(match[1])
        if target is None:
            yield f"{where}:{number}: <hone/{match[1]}.h> has no folder in scripts/check-includes.py"
        elif target != folder and HEIGHT[target] >= HEIGHT[folder] and not defines_part(text, match[1]):
            yield f"{where}:{number}: {folder} may not include <hone/{match[1]}.h>, which is about {target}: it is not below"


def check_prototypes(where, text):
    for match in PROTOTYPE.finditer(text):
        number = text.count("\n", 0, match.start()) + 1
        yield f"{where}:{number}: {match[1]} is declared by hand; include the header that has it"


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
            text = path.read_text(encoding="utf-8")
            mistakes += check_public(where, folder, text)
            if path.suffix == ".c" and top != "examples":
                mistakes += check_prototypes(where, text)
            for number, line in enumerate(text.splitlines(), 1):
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

#!/usr/bin/env python3
"""Holds the size of each public structure, and where its members stand, against the list in abi.txt: a program that was compiled
with an older header runs with a newer library only when nothing moves. Then the structures that the examples in other languages
declare themselves.

    tests/headers/abi_test.py            compares
    tests/headers/abi_test.py --write    writes the list anew, after a change that is meant
"""
import ast
import ctypes
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LIST = pathlib.Path(__file__).with_name("abi.txt")
COMPILER = os.environ.get("CC", "cc")
WRITE = "tests/headers/abi_test.py --write"
ROOM = "layer_room"


# ---- what the headers say ----

def structures():
    """{structure: [members]}, from the preprocessed headers."""
    source = "#include <hone/hone.h>\n#include <hone/extend.h>\n"
    text = subprocess.run([COMPILER, "-std=c11", "-E", "-P", f"-I{ROOT}/include", "-x", "c", "-"], input=source, text=True,
                          capture_output=True, check=True).stdout
    found = {}
    for match in re.finditer(r"typedef struct (hone_\w+)\s*\{(.*?)\}\s*\1;", text, re.S):
        found[match[1]] = members(match[2])
    return found


def members(body):
    names = []
    for declaration in filter(None, (part.strip() for part in body.split(";"))):
        function = re.search(r"\(\s*\*\s*(\w+)\s*\)", declaration)
        if function:
            names.append(function[1])
            continue
        for declarator in re.sub(r"\[[^\]]*\]", "", declaration).split(","):
            names.append(re.search(r"(\w+)\s*$", declarator)[1])
    return names


def measured():
    """{structure: (size, {member: (offset, size)})}, by the compiler."""
    found = structures()
    lines = ["#include <hone/hone.h>", "#include <hone/extend.h>", "#include <stdio.h>", "int main(void)", "{"]
    for name, parts in found.items():
        lines.append(f'    printf("{name} %zu\\n", sizeof({name}));')
        for part in parts:
            lines.append(f'    printf("  {part} %zu %zu\\n", offsetof({name}, {part}), sizeof((({name} *)0)->{part}));')
    lines += ["    return 0;", "}"]
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder, "abi")
        subprocess.run([COMPILER, "-std=c11", f"-I{ROOT}/include", "-x", "c", "-", "-o", str(program)],
                       input="\n".join(lines), text=True, check=True)
        return parse(subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout)


def parse(text):
    found = {}
    for line in text.splitlines():
        words = line.split()
        if line.startswith("#") or not words:
            continue
        if line.startswith("  "):
            found[name][1][words[0]] = (int(words[1]), int(words[2]))
        else:
            name = words[0]
            found[name] = (int(words[1]), {})
    return found


def write(found):
    lines = ["# Sizes of public structures, offsets and sizes of their members, on 64-bit machines; by " + WRITE]
    for name, (size, parts) in sorted(found.items()):
        lines.append(f"{name} {size}")
        lines += [f"  {part} {offset} {bytes_}" for part, (offset, bytes_) in parts.items()]
    LIST.write_text("\n".join(lines) + "\n", encoding="utf-8")


# ---- comparing ----

def grows(name, parts):
    """Begins with its size and is read by it, so that it may grow at its end."""
    return name != "hone_args" and next(iter(parts)) in ("base", "size")


def differences(old, new):
    for name, (size, parts) in old.items():
        if name not in new:
            yield f"{name} is gone: programs that use it no longer compile. If that is meant, say so: {WRITE}"
            continue
        new_size, new_parts = new[name]
        for part, place in parts.items():
            if part not in new_parts:
                yield (f"{name}.{part} is gone, and old programs still write it: leave a member of {place[1]} bytes in its place, "
                       f"or, before a release that breaks with old programs, {WRITE}")
            elif part == ROOM and sum(new_parts[part]) == sum(place):
                continue
            elif new_parts[part] != place:
                yield (f"{name}.{part} was at {place[0]} with {place[1]} bytes and is at {new_parts[part][0]} with "
                       f"{new_parts[part][1]}: old programs would write another member. Put what is new at the end of the list (a common "
                       f"argument of layers into the room for it, hone/layers.h)")
        for part in new_parts.keys() - parts.keys():
            yield added(name, part, new_parts, parts, size)
        if size != new_size and not new_parts.keys() - parts.keys():
            yield f"{name} has {new_size} bytes, and had {size}: {WRITE} if that is meant"
    for name in new.keys() - old.keys():
        yield f"{name} is new: {WRITE}"


def added(name, part, parts, before, size):
    if not grows(name, parts):
        return (f"{name}.{part} is new, but {name} does not begin with its size, so that old programs hold a smaller one: make another "
                f"structure or function for it")
    start, bytes_ = parts[part]
    room, room_bytes = before.get(ROOM, (0, 0))
    if room <= start and start + bytes_ <= room + room_bytes:
        return f"{name}.{part} takes room where old programs have zeros, so 0, false or NULL must be its default: {WRITE}"
    if start < size:
        return (f"{name}.{part} is new and stands within the {size} bytes of old programs, which leave it undefined: put it behind a "
                f"member that begins at {size}, or beyond")
    return f"{name}.{part} is new, at the end, as it should be: {WRITE}"


# ---- examples in other languages ----

C_OF_CTYPES = {"c_size_t": 8, "c_char_p": 8, "c_void_p": 8, "c_int64": 8, "c_double": 8, "c_int": 4, "c_bool": 1, "c_float": 4}
C_OF_RUST = {"usize": 8, "i64": 8, "c_double": 8, "f64": 8, "c_int": 4, "i32": 4, "bool": 1}
STRUCTURES = {"Array": "hone_array", "DatasetArgs": "hone_dataset_from_arrays_args", "CompileArgs": "hone_compile_args", "FitArgs": "hone_fit_args",
              "Base": "hone_args"}


def python_structures(path):
    """{class: [(member, bytes of an item, count)]} of the ctypes structures of a program."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id == "Structure" for base in node.bases):
            pairs = node.body[0].value.elts
            found[node.name] = [(pair.elts[0].value, ast.unparse(pair.elts[1])) for pair in pairs]
    return {name: [(member, *python_type(kind)) for member, kind in pairs] for name, pairs in found.items()}


def python_type(kind):
    item, _, count = kind.partition(" * ")
    return item, int(count or 1)


def rust_structures(path):
    text = path.read_text(encoding="utf-8")
    found = {}
    for match in re.finditer(r"#\[repr\(C\)\](?:\s*#\[[^\]]*\])*\s*struct (\w+) \{(.*?)\n\}", text, re.S):
        rows = re.findall(r"(\w+): ([^\n]+),", match[2])
        found[match[1]] = [(member, *rust_type(kind)) for member, kind in rows]
    return found


def rust_type(kind):
    array = re.fullmatch(r"\[(.*); (\d+)\]", kind)
    return (array[1], int(array[2])) if array else (kind, 1)


def check_example(path, found, sizes, list_):
    """Lays each structure out as C does and compares; one may end early when it begins with its size."""
    layouts = {}
    for name, rows in found.items():
        offset = 0
        places = {}
        widest = 1
        for member, kind, count in rows:
            bytes_, align = layouts.get(kind) or (8 if kind.startswith("*") else sizes[kind],) * 2
            offset = -(-offset // align) * align
            places[member] = (offset, bytes_ * count)
            offset += bytes_ * count
            widest = max(widest, align)
        layouts[name] = (-(-offset // widest) * widest, widest)
        size, parts = list_[STRUCTURES[name]]
        renamed = {"kind": "type"}
        for member, place in places.items():
            if parts.get(renamed.get(member, member)) != place:
                yield f"{path.relative_to(ROOT)}: {name}.{member} is at {place}, in the header at {parts.get(member)}"
        if layouts[name][0] > size or (layouts[name][0] < size and not grows(STRUCTURES[name], parts)):
            yield f"{path.relative_to(ROOT)}: {name} has {layouts[name][0]} bytes, {STRUCTURES[name]} has {size}"


def check_cpp():
    """Every layer, optimizer, schedule and callback has its type in hone.hpp; models are made by hone::model."""
    text = (ROOT / "include/hone/hone.hpp").read_text(encoding="utf-8")
    there = set(re.findall(r"HONE_CPP_(?:LAYER\(|OBJECT\(\w+, )(\w+)\)", text)) | set(re.findall(r"struct (\w+) : hone_", text))
    wanted = re.findall(r"HONE_ONE\((?:layer|optimizer|schedule|callback), (\w+)\)", (ROOT / "src/registry.def").read_text(encoding="utf-8"))
    for name in sorted(set(wanted) - there - {"sequential", "functional", "lambda"}):  # lambda is a word of C++: lambda_callback
        yield f"include/hone/hone.hpp: {name} has no type"


def main():
    if ctypes.sizeof(ctypes.c_void_p) != 8:
        print("the list is that of 64-bit machines")
        return 77
    new = measured()
    if "--write" in sys.argv[1:]:
        write(new)
        return 0
    old = parse(LIST.read_text(encoding="utf-8"))
    mistakes = list(differences(old, new))
    python, rust = ROOT / "examples/python/moons.py", ROOT / "examples/rust/moons.rs"
    mistakes += check_example(python, python_structures(python), C_OF_CTYPES, new)
    mistakes += check_example(rust, rust_structures(rust), C_OF_RUST, new)
    mistakes += check_cpp()
    print("\n".join(mistakes) if mistakes else f"{len(new)} structures are where they were")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())

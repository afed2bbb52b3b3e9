#!/usr/bin/env python3
"""Checks the symbols of a build: no variable of a file can be written but those that stand here with their reason, and what one file
alone uses is static, what the shared library exports is public. Argument, or HONE_BUILD_DIR: the build folder. 77: its objects have symbols of a
tool's own, or it is the core alone."""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Variables that outlast a call, with the reason. A value that a function needs is an argument, or in a struct that is one.
WRITABLE = {
    "base/cpu": {"this_cpu found": "what the machine can do, asked once"},
    "base/error": {"last message contexts context_count": "the failure of each thread: what hone_error_message tells"},
    "base/file": {
        "temporaries": "files under way, which a signal's handler removes",
        "serial": "numbers of temporary names",
    },
    "base/late": {"loading": "libraries are loaded one after the other"},
    "base/memory": {
        "host": "the user's allocator, set before all else",
        "blocks_in_use": "counted for hone_memory_blocks and the tests of leaks",
        "allocations_left allocations_asked": "where tests let an allocation fail",
        "limit": "the memory of the machine, asked once",
    },
    "base/placement": {"number threads": "the number of each thread"},
    "base/team": {
        "the_team life wanted_threads prepared on_start": "the threads are the process's: one team",
        "in_tile is_owner is_worker": "who a thread is",
    },
    "base/text": {"c_locale c_locale_once": "the \"C\" locale, made once"},
    "base/trace": {"path events added others other_room begun": "HONE_TRACE: one file for the process"},
    "charts/cairo": {"hone_internal_cairo": "cairo's functions, found once for the process"},
    "fields/field_kinds": {"hone_nothing": "only its address counts"},
    "formats/events_file": {"number": "numbers of event files' names"},
    "kernels/select": {"tables names built chosen wanted": "the tables of this machine, chosen once"},
    "kernels/onednn/product_onednn": {
        "own takes get_threads set_threads": "what is below in the table, and oneDNN's one setting of threads",
    },
    "kernels/arm/product_neon": {"parts": "completed when the table is made"},
    "kernels/arm/product_sve": {"parts": "completed when the table is made"},
    "kernels/x86/axis_avx512": {"below": "the kernel below in the table, noted when it is made"},
    "kernels/x86/crossentropy_avx512": {"crossentropy_below gradient_below": "the kernels below in the table"},
    "kernels/x86/normalization_avx512": {"other_shapes other_shapes_gradient": "the kernels below in the table"},
    "kernels/x86/product_amx": {"rounded floats": "what is below in the table, noted when it is made"},
    "kernels/x86/product_avx512": {"hone_internal_product_avx512": "completed when the table is made"},
    "kernels/x86/softmax_avx512": {"below": "the kernel below in the table"},
    "layers/layer": {"policy": "hone_set_dtype_policy, which Keras has as a setting too"},
    "readers/curl": {"hone_internal_curl": "libcurl's functions, found once for the process"},
    "registry": {"own": "types that users register"},
}


def objects(build):
    for path in sorted((build / "CMakeFiles").rglob("*.o")):
        parts = path.parts
        place = next((i for i, part in enumerate(parts) if part.endswith(".dir")), None)
        if place is not None:
            yield path, parts[place][:-4], "/".join(parts[place + 1 :])


def symbols(paths):
    """Of each object: (name, letter, section)."""
    found = {path: [] for path in paths}
    for start in range(0, len(paths), 200):
        text = subprocess.run(["nm", "-A", "-f", "sysv", *map(str, paths[start : start + 200])], capture_output=True, text=True, check=True).stdout
        for line in text.splitlines():
            columns = [column.strip() for column in line.split("|")]
            if len(columns) < 7:
                continue
            where, _, name = columns[0].rpartition(":")
            found[pathlib.Path(where)].append((name, columns[2], columns[6]))
    return found


def plain(name):
    """`number` of gcc's "number.1" and of clang's "function.number", "function.number.2"."""
    words = [word for word in name.split(".") if word and not word.isdigit()]
    return words[-1] if words else name


def is_writable(section):
    return re.match(r"\.(data|bss|tdata|tbss)(\.|$)", section) and not section.startswith(".data.rel.ro")


def check_writable(library):
    allowed = {(stem, name): False for stem, names in WRITABLE.items() for words in names for name in words.split()}
    for stem, found in library.items():
        for name, letter, section in found:
            if letter not in "bBdD" or not is_writable(section) or name.startswith("."):
                continue
            if (stem, plain(name)) in allowed:
                allowed[stem, plain(name)] = True
            else:
                yield (f"src/{stem}.c: {plain(name)} can be written and outlasts a call: hand it to who needs it, or say in "
                       "scripts/check-symbols.py why not")
    for (stem, name), seen in allowed.items():
        if not seen and stem in library:
            yield f"scripts/check-symbols.py: src/{stem}.c has no {name} any more"


def check_shared(library, others):
    users = {}
    for stem, found in [*library.items(), *others]:
        for name, letter, _ in found:
            if letter == "U":
                users.setdefault(name, set()).add(stem)
    for stem, found in library.items():
        for name, letter, _ in found:
            if letter in "TDBR" and name.startswith("hone_internal_") and not users.get(name, set()) - {stem}:
                yield f"src/{stem}.c: {name} is used by no other file: make it static"


def check_exported(build):
    """What the shared library shows: public names alone."""
    for path in sorted(build.glob("libhone.so"))[:1]:
        shown = subprocess.run(["nm", "-D", "--defined-only", str(path)], capture_output=True, text=True, check=True).stdout
        for name in (line.split()[-1] for line in shown.splitlines()):
            if not name.startswith("hone_") or name.startswith("hone_internal_"):
                yield f"{path.name} exports {name}, which is not public"


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("HONE_BUILD_DIR", "build/release"))
    all_objects = list(objects(build))
    found = symbols([path for path, _, _ in all_objects])
    if any(name.startswith(("__asan_", "__tsan_", "__ubsan_", "__gcov")) for rows in found.values() for name, _, _ in rows):
        print("symbols: this build has a sanitizer's or the coverage's own")
        return 77
    library, others = {}, []
    for path, target, place in all_objects:
        if target == "hone_objects" and place.startswith("src/") and (ROOT / place[:-2]).exists():  # else: of a file that is gone
            library[place[4:-4]] = found[path]  # src/base/cpu.c.o
        else:
            others.append((f"{target}/{place}", found[path]))
    if library and not any(stem.startswith("recipe/") for stem in library):
        print("symbols: the core alone lacks those who use the others' symbols")
        return 77
    if not library:
        print(f"{build} has no objects", file=sys.stderr)
        return 1
    mistakes = [*check_writable(library), *check_shared(library, others), *check_exported(build)]
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    print(f"{len(library)} objects checked, {len(mistakes)} symbols that must not be so")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())

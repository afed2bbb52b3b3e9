#!/usr/bin/env python3
"""Line coverage of what reads files, by what has run in a build with the preset `coverage`: a row for each folder, the files with the
most lines that never ran, and all together.

    cmake --preset coverage && cmake --build build/coverage && ctest --preset coverage -R "$(scripts/coverage.py --tests)"
    scripts/coverage.py [--build FOLDER] [--least PERCENT] [--worst N] [--lines FILE]

--tests prints the tests that readers have; --lines lists the lines of a file that never ran. Fails below PERCENT."""
import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Folders and files that read what others wrote.
READERS = ("formats", "readers", "recipe", "keras", "onnx", "files", "fields/config.c", "fields/config_json.c", "fields/spec.c", "fields/spec_config.c",
           "train/checkpoint.c", "train/identity.c", "train/state.c", "train/state_carried.c")
TESTS = r"^(fuzz|formats|readers|recipe|keras|onnx|files|fields|trust|data|train/(checkpoint|identity|state)|integration/(resume|recipe|files))"


def place_of(path):
    """formats for src/formats/npy.c, fields/spec.c for itself; None for what is no reader."""
    name = path.removeprefix("src/")
    return next((place for place in READERS if name == place or name.startswith(place + "/")), None)


def objects_of(build):
    """The records of the library's readers, of sources that are still there; tests have other objects."""
    folder = build / "CMakeFiles/hone_objects.dir"
    for path in sorted((folder / "src").rglob("*.gcno")):
        source = str(path.relative_to(folder)).removesuffix(".gcno")
        if place_of(source) and (ROOT / source).exists():
            yield path


def lines_of(build):
    """file: {line: times} of the readers."""
    lines = {}
    objects = [str(path.resolve()) for path in objects_of(build)]
    if not objects:
        sys.exit("%s: no records of coverage; cmake --preset coverage && cmake --build %s" % (build, build))
    for path in objects:
        done = subprocess.run(["gcov", "--json-format", "--stdout", path], check=False, capture_output=True, text=True, cwd=build)
        if done.returncode != 0:
            print("%s: left out: %s" % (pathlib.Path(path).name, done.stderr.strip().splitlines()[-1]), file=sys.stderr)
            continue
        for record in done.stdout.splitlines():
            for file in json.loads(record)["files"] if record.startswith("{") else []:
                path = (build / file["file"]).resolve()
                name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else ""
                if not place_of(name):
                    continue
                counts = lines.setdefault(name, {})
                for line in file["lines"]:
                    counts[line["line_number"]] = max(counts.get(line["line_number"], 0), line["count"])
    return lines


def shares(lines):
    """place: [lines, that ran] and path: (lines, that never ran)."""
    places, files = {}, {}
    for name, counts in lines.items():
        ran = sum(1 for count in counts.values() if count)
        place = places.setdefault(place_of(name), [0, 0])
        place[0] += len(counts)
        place[1] += ran
        files[name] = (len(counts), len(counts) - ran)
    return places, files


def print_missing(lines, name):
    source = (ROOT / name).read_text(encoding="utf-8").splitlines()
    for number, count in sorted(lines[name].items()):
        if count == 0:
            print("%5d %s" % (number, source[number - 1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/coverage")
    parser.add_argument("--least", type=float, default=0)
    parser.add_argument("--worst", type=int, default=15)
    parser.add_argument("--lines", metavar="FILE")
    parser.add_argument("--tests", action="store_true")
    words = parser.parse_args()
    if words.tests:
        print(TESTS)
        return 0
    lines = lines_of(words.build.resolve())
    if words.lines:
        print_missing(lines, words.lines)
        return 0
    places, files = shares(lines)
    for place, (count, ran) in sorted(places.items(), key=lambda row: row[1][1] / row[1][0]):
        print("%5.1f %%  %6d lines  %s" % (100 * ran / count, count, place))
    print("Lines that never ran:")
    for name, (count, never) in sorted(files.items(), key=lambda row: -row[1][1])[:words.worst]:
        print("%5d of %5d  %s" % (never, count, name))
    count, ran = (sum(place[i] for place in places.values()) for i in (0, 1))
    share = 100 * ran / count
    print("all readers: %.1f %% of %d lines" % (share, count))
    return 0 if share >= words.least else 1


if __name__ == "__main__":
    sys.exit(main())

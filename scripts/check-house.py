#!/usr/bin/env python3
"""House rules that a compiler does not check: the length of functions and files, a test for each file, one name for one type."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LONGEST_FUNCTION = 80  # lines, from the brace to the brace
LONGEST_FILE = 500

# Files without a test beside them, whose test is another one: a file, or all of a folder, and why there. A file that decides
# next to nothing needs none, and X_test.c serves X.c with its parts X_*.c.
FEWEST_DECISIONS = 3
TESTED_ELSEWHERE = {
    "src/model/whole.c": ("src/keras/integers_test.c", "casts of integers wrap, of floats saturate"),
    "src/onnx/texts.c": ("src/onnx/export_test.c", "they are ends of a graph"),
    "src/train/hidden_rows.c": ("src/train/epochs_test.c", "a fit tells such rows"),
    "src/model/whole_numbers.c": ("src/keras/integers_test.c", "integers wrap and are checked in models of files"),
    "src/train/beam.c": ("tests/integration/generate_test.c", "the likeliest text of a trained model"),
    "src/formats/release.c": ("src/formats/keras_test.c", "files of Keras name their release"),
    "src/formats/tfrecord.c": ("src/readers/tfrecord_test.c", "records are read to be data there"),
    "src/formats/example.c": ("src/readers/tfrecord_test.c", "likewise"),
    "src/formats/manifest.c": ("src/formats/file_set_test.c", "manifests are sets of files"),
    "src/distributed/agree.c": ("tests/cli/ranks_test.py", "clocks that agree are seen in the trace of all ranks"),
    "src/train/traces.c": ("tests/cli/ranks_test.py", "likewise"),
    "src/distributed/sockets.c": ("src/distributed/group_test.c", "groups talk over sockets there"),
    "src/formats/pieces.c": ("src/data/tokenizer_test.c", "files are read to be tokenizers"),
    "src/readers/profile.c": ("src/readers/describe_test.c", "what is found in tables is what is described"),
    "src/readers/profile_describe.c": ("src/readers/describe_test.c", "likewise"),
    "src/doctor": ("src/doctor/diagnose_test.c", "parts of an examination are tested in whole ones"),
    "src/doctor/rules": ("src/doctor/rules_test.c", "rules are tested in one table, and by the zoo in tests/doctor"),
    "src/testing": ("src/testing/test.h", "the harness: all tests are its test"),
    "src/kernels/onednn": ("src/kernels/product_test.c", "every table is compared with the reference"),
    "src/kernels/arm": ("src/testing/kernel_trials.h", "likewise: scripts/ports.sh runs them on arm64"),
    "src/kernels/x86": ("src/testing/kernel_trials.h", "the tests of generic/ and of products run every table"),
}

# The line of a function: a name and parentheses, without a ';'; its brace follows in the first column.
FUNCTION = re.compile(r"^(?![#/ }\s]).*?(\w+)\s*\([^;]*$")
TYPE = re.compile(r"^(?:typedef\s+(?:struct|enum|union)\s+\w*\s*\{.*?^\}\s*(\w+);|typedef[^;{]*?(\w+)(?:\([^;]*\))?;)", re.M | re.S)


def check_functions(where, lines):
    begin, name = None, "?"
    for number, line in enumerate(lines, 1):
        if begin is None and (match := FUNCTION.match(line)):
            name = match[1]
        if line.startswith("{"):
            begin = number
        elif line.startswith("}") and begin is not None:
            if number - begin - 1 > LONGEST_FUNCTION:
                yield f"{where}:{begin}: {name} has {number - begin - 1} lines, more than {LONGEST_FUNCTION}: cut it where a part has a name"
            begin = None


def check_length(where, lines):
    if len(lines) > LONGEST_FILE:
        yield f"{where}: {len(lines)} lines, more than {LONGEST_FILE}: cut it by subject"


def has_test(where):
    """Beside it: X_test.c, or that of the thing that X is a part of, read_test.c for read_chunks.c."""
    words = where.stem.split("_")
    return any((ROOT / where.parent / ("_".join(words[:count]) + "_test.c")).exists() for count in range(1, len(words) + 1))


def check_tested(where, text):
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    decisions = len(re.findall(r"\b(?:if|for|while|switch)\s*\(|\?|&&|\|\|", code))
    if where.parts[0] != "src" or where.suffix != ".c" or decisions < FEWEST_DECISIONS or has_test(where):
        return
    if not any(str(place) in TESTED_ELSEWHERE for place in (where, where.parent)):
        yield f"{where}: there is no {where.stem}_test.c beside it, and scripts/check-house.py names no other test"


def check_lists():
    """What the list above names is there, and is needed."""
    for name, (test, _) in TESTED_ELSEWHERE.items():
        for path in (name, test):
            if not (ROOT / path).exists():
                yield f"scripts/check-house.py: there is no {path} any more"
        if name.endswith(".c") and has_test(pathlib.Path(name)):
            yield f"scripts/check-house.py: {name} has its own test now"


def types_of(text):
    """The names of types whose members or values stand in a text; a struct that is only announced is none."""
    for match in TYPE.finditer(text):
        name = match[1] or match[2]
        if match[1] or not re.match(r"typedef\s+(struct|union|enum)\s+\w+\s+\w+;", match[0]):
            yield name, text.count("\n", 0, match.start()) + 1
    for match in re.finditer(r"^(?:struct|union|enum)\s+(\w+)\s*\{", text, re.M):
        yield match[1], text.count("\n", 0, match.start()) + 1


def main():
    mistakes, types, checked = [], {}, 0
    for top in ("src", "cli", "include", "examples", "bench", "tests"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix not in (".c", ".h", ".def", ".inc") or not path.is_file():
                continue
            checked += 1
            where = path.relative_to(ROOT)
            text = path.read_text(encoding="utf-8")
            lines = text.splitlines()
            mistakes += check_functions(where, lines)
            mistakes += check_length(where, lines)
            if not path.stem.endswith("_test"):
                mistakes += check_tested(where, text)
            if path.stem.endswith("_test") or where.parts[:2] == ("src", "testing"):  # may stand in for what they do not link
                continue
            shared = path.suffix == ".h"
            for name, number in types_of(text):
                if shared or name.startswith("hone_"):  # a file's own types have plain names
                    types.setdefault(name, []).append((where, number))
    for name, places in sorted(types.items()):
        if len({where for where, _ in places}) > 1 and any(where.suffix == ".h" for where, _ in places):
            mistakes.append(f"{places[1][0]}:{places[1][1]}: the type {name} has its name twice, also in {places[0][0]}:{places[0][1]}")
    mistakes += check_lists()
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    print(f"{checked} files checked, {len(mistakes)} against the house rules")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())

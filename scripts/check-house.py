#!/usr/bin/env python3
"""House rules that a compiler does not check: the length of functions and files, and one name for one type."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LONGEST_FUNCTION = 80  # lines, from the brace to the brace
LONGEST_FILE = 500
# Files that are longer, with the reason why they are one thing.
LONG_FILES = {
    "tests/integration/c_source_test.c": "one harness for all exported models",
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
    if len(lines) > LONGEST_FILE and str(where) not in LONG_FILES:
        yield f"{where}: {len(lines)} lines, more than {LONGEST_FILE}: cut it by subject, or say in scripts/check-house.py why it is one"
    if str(where) in LONG_FILES and len(lines) <= LONGEST_FILE:
        yield f"scripts/check-house.py: {where} is not long any more"


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
            if path.stem.endswith("_test") or where.parts[:2] == ("src", "testing"):  # may stand in for what they do not link
                continue
            shared = path.suffix == ".h"
            for name, number in types_of(text):
                if shared or name.startswith("hone_"):  # a file's own types have plain names
                    types.setdefault(name, []).append((where, number))
    for name, places in sorted(types.items()):
        if len({where for where, _ in places}) > 1 and any(where.suffix == ".h" for where, _ in places):
            mistakes.append(f"{places[1][0]}:{places[1][1]}: the type {name} has its name twice, also in {places[0][0]}:{places[0][1]}")
    for name in LONG_FILES:
        if not (ROOT / name).exists():
            mistakes.append(f"scripts/check-house.py: there is no {name} any more")
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    print(f"{checked} files checked, {len(mistakes)} against the house rules")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())

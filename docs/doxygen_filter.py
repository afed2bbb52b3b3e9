#!/usr/bin/env python3
"""Prints a header as Doxygen wants it: a comment above a declaration becomes /** */, one beside it /**< */, the first one of a file
describes the file. Rules between sections (/* ---- */) and what stands in preprocessor lines remain.

    doxygen_filter.py HEADER        as INPUT_FILTER of docs/Doxyfile"""
import re
import sys

SPECIAL = re.compile(r"([\\@<>#&%])")


def prose(text):
    """A line of a comment: no letter of it is a command, a tag or a link, but in examples, which are indented."""
    return text if re.match(r"\s*\*?\s{4,}\S", text) else SPECIAL.sub(r"\\\1", text)


def comment(text, opening):
    lines = text[2:-2].split("\n")
    return opening + "\n".join([SPECIAL.sub(r"\\\1", lines[0])] + [prose(line) for line in lines[1:]]) + "*/"


def convert(source):
    result, at, first = [], 0, True
    for found in re.finditer(r"/\*.*?\*/", source, re.S):
        start, end = found.span()
        line = source[source.rfind("\n", 0, start) + 1:start]
        above = source[:start - len(line)].rstrip("\n").rsplit("\n", 1)[-1]
        text = found.group()
        result.append(source[at:start])
        at = end
        in_macro = line.lstrip().startswith("#") or above.endswith("\\")
        if text.startswith("/* ----") or in_macro:
            result.append(text)
        elif first:
            result.append(comment(text, "/** @file\n *"))
        elif not line.strip():
            result.append(comment(text, "/**"))
        elif re.search(r"[;,{}\w)]\s*$", line) and source[end:end + 1] in "\n":
            result.append(comment(text, "/**<"))
        else:
            result.append(text)
        first = False
    return "".join(result) + source[at:]


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.stdout.write(convert(file.read()))

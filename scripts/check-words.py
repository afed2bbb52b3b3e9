#!/usr/bin/env python3
"""Finds phrases that make readers stumble, in what users read: documents, messages, help and public headers.

    scripts/check-words.py [FILE...]    default: all of the repository; prints FILE:LINE: phrase -> better

Strings of C and Python sources, comments of public headers and whole Markdown files are read. A phrase that is
right where it stands is written otherwise, or its rule is made narrower here.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COUNTED = r"(?:rows?|lines?|numbers?|bytes|values?|seconds|images?|panels?|samples?|pixels|times|JSON|figures?|rounds?|s|us|ms)"
UNIT = r"(?:epoch|sample|row|step|call|batch|class|core|image|round|set|side|machine|second|trial|layer)"
RULES = [  # phrase, better
    (r"(?<![Tt]here )\bis no (?!longer|such|more\b|matter|need|better)[a-z]\w*", "is not a ..."),
    (r"(?<![Tt]here )\bare no (?!longer|more\b)[a-z]\w*", "are not ..."),
    (r"\b(?:is|are) none of the\b", "is not one of the"),
    (r"\b(?:is|are) wanted\b", "expected ..."),
    (r"\ban own\b|\bof one's own\b|\bof your own\b", "custom, its own, your own ..."),
    (r"\bnone is no\b", "is not allowed"),
    (r"\beach [Nn]th\b", "every N"),
    (r"\bevery so many\b|\bafter so many\b", "every N"),
    (r"\b" + COUNTED + r" an? " + UNIT + r"\b", "per"),
    (r"; default\b|\bdefault of\b", "(default X)"),
    (r"\bis there (?:already|twice)\b", "already exists, appears twice"),
    (r"\bbehind (?:the (?:batch|colon|others?)|a '#')", "after"),
    (r"\b(?:go|goes|going|went) on (?:from|with)\b", "continue"),
    (r"\bpass(?:es|ed)? over\b(?! the data)", "skip"),
    (r"\banew\b", "again, from scratch"),
    (r"\bin the midst\b|\bin its midst\b", "in the middle"),
    (r"\bthe present (?:batch|rate|epoch|step)\b", "the current"),
    (r"\bwhoever\b|\bwhat ails\b|\bwithout a word\b", "plain words"),
    (r"\b[Ll]ent\b", "borrowed"),
    (r"\b(?:a|one|its|the|their|Hone's|with) sentences?\b", "message"),
    (r"\bspeaks? of\b", "mentions, declares"),
    (r"\bis told by\b|\bare told by\b", "is detected by, depends on"),
    (r"\bhas no form in\b", "cannot be written as"),
    (r"\bwhat (?:is|are) \w+ (?:is|are)\b(?! not)", "name the thing"),
]
RULES = [(re.compile(phrase), better) for phrase, better in RULES]
HELP = re.compile(r'\bF\(A, \w+, \w+, [^"\n]*(?:"[^"\n]*", )?(?:\\\n\s*)?"(of [^"]*)"')
SKIPPED = ("docs/guide/01-vanishing-gradients.fa.md", "docs/first-hour.fa.md", "docs/parity.md")


def strings(source):
    """(offset, content) of each string literal of C."""
    plain = re.sub(r"/\*.*?\*/|//[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group()), source, flags=re.S)
    return [(m.start(1), m.group(1)) for m in re.finditer(r'"((?:[^"\\\n]|\\.)*)"', plain)]


def comments(source):
    return [(m.start(), m.group()) for m in re.finditer(r"/\*.*?\*/", source, flags=re.S)]


def pieces(path, source):
    if path.endswith(".md"):
        plain = re.sub(r"^```.*?^```", lambda m: re.sub(r"[^\n]", " ", m.group()), source, flags=re.S | re.M)
        return [(0, re.sub(r"`[^`\n]*`", lambda m: "`" + "." * (len(m.group()) - 2) + "`", plain))]
    return strings(source) + (comments(source) if path.startswith("include/") else [])


def flat(text):
    """The text with each run of white space, and the star that begins a line of a comment, as one space; and where each
    character stood."""
    found = [(" ", m.start()) if m.group()[0].isspace() else (m.group(), m.start())
             for m in re.finditer(r"\s+(?:\*(?!/)\s+)?|[^\s]", text)]
    return "".join(c for c, _ in found), [at for _, at in found]


def check(path, source):
    for start, text in pieces(path, source):
        line, places = flat(text)
        for phrase, better in RULES:
            for found in phrase.finditer(line):
                yield start + places[found.start()], found.group(), better
    for found in HELP.finditer(source) if not path.endswith(".md") else ():
        yield found.start(1), found.group(1), 'help begins with a noun or a verb'


def files():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.split("\n")
    for path in listed:
        if path.endswith(".md") and path not in SKIPPED and not path.startswith("tests/golden"):
            yield path
        elif path.startswith(("src/", "cli/", "include/")) and path.endswith((".c", ".h", ".hpp", ".def")) and not path.endswith("_test.c"):
            yield path


def main():
    wrong = 0
    for path in sys.argv[1:] or files():
        source = (ROOT / path).read_text(encoding="utf-8")
        for at, phrase, better in check(path, source):
            wrong += 1
            print(f'{path}:{source.count(chr(10), 0, at) + 1}: "{phrase}": {better}')
    print(f"{wrong} phrases to mend")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())

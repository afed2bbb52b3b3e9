#!/usr/bin/env python3
"""docs/trust.md says what is there: the limits, the advisories with their tests, the data sets."""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HONE = os.path.abspath(os.environ.get("HONE_COMMAND", os.path.join(ROOT, "build/release/hone")))


def read(path):
    with open(os.path.join(ROOT, path)) as file:
        return file.read()


def limits():
    return subprocess.run([HONE, "help", "limits"], check=True, stdout=subprocess.PIPE).stdout.decode().split("\n\n", 1)[1].rstrip("\n")


def datasets():
    """A row a set, from the table in src/readers/named.c."""
    source = read("src/readers/named.c")
    source = source.replace("TENSORFLOW_DATASETS", '"TensorFlow Datasets"')
    rows = re.findall(r'\{\.name = "([^"]+)".*?\.origin =\s*((?:"[^"]*"\s*)+),.*?\.checksums = "([^"]+)"', source, re.S)
    return "\n".join("| `%s` | %s | %s |" % (name, "".join(re.findall(r'"([^"]*)"', origin)), checksums) for name, origin, checksums in rows)


def expand(text):
    text = re.sub(r"(?s)(<!-- limits[^\n]*\n```\n).*?(\n```)", lambda m: m.group(1) + limits() + m.group(2), text)
    text = re.sub(r"(?s)(checksums from \|\n\| --- \| --- \| --- \|\n).*?(\n\nThe tests do not use)", lambda m: m.group(1) + datasets() + m.group(2), text)
    return text


def main():
    text = read("docs/trust.md")
    if sys.argv[1:] == ["--write"]:
        with open(os.path.join(ROOT, "docs/trust.md"), "w") as file:
            file.write(expand(text))
        return 0
    failures = []
    for line, expected in zip(text.splitlines(), expand(text).splitlines()):
        if line != expected:
            failures.append("docs/trust.md has\n  %s\nexpected\n  %s\n(tests/trust/trust_doc_test.py --write mends it)" % (line, expected))
            break
    tests = "".join(read("tests/trust/%s_test.c" % name) for name in ("advisories", "advisories_data", "advisories_onnx"))
    ran = set(re.findall(r"^TEST\((\w+)", tests, re.M))
    named = {part.replace("_", "-") for name in ran for part in name.split("_and_") if re.match(r"CVE|GHSA", part)}
    told = set(re.findall(r"(?:CVE-\d+-\d+|GHSA-[\w-]+)", text.split("## Advisories")[1].split("## Fuzzing")[0]))
    for name in sorted(named ^ told):
        failures.append("%s is %s" % (name, "tested, but not in docs/trust.md" if name in named else "in docs/trust.md, but has no test"))
    pixels = re.search(r"most_pixels, (\d+)", read("include/hone/data_files.h"))
    if pixels and "%s pixels" % pixels.group(1) not in text:
        failures.append("the limit of pixels is not the default of most_pixels")
    found = subprocess.run([HONE, "datasets", "--json"], check=True, stdout=subprocess.PIPE).stdout.decode().splitlines()
    for line in found:
        if "`%s`" % json.loads(line)["name"] not in text:
            failures.append("docs/trust.md lacks the data set " + json.loads(line)["name"])
    print("\n".join(failures) or "docs/trust.md: %d advisories, %d data sets" % (len(told), len(found)))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

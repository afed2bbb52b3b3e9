#!/usr/bin/env python3
"""A bill of materials (CycloneDX 1.5, JSON) of what a built library or command links, directly and through other libraries: names, versions
and package URLs as Debian's packages say them, and the SHA-256 of the file itself.

    scripts/sbom.py FILE... [--output FILE]

The same files and packages give the same bytes; the time is SOURCE_DATE_EPOCH when that is set, else it is left out."""
import argparse
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def linked(path):
    """soname to path, of all that the loader brings; and the sonames that the file itself asks for."""
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "--dynamic", "--wide", str(path))))
    found = dict(re.findall(r"^\s*(\S+) => (/\S+)", run("ldd", str(path)), re.M))
    return {name: place for name, place in found.items() if not name.startswith("libhone.so")}, needed


def owner(place):
    """Package, version and architecture of a file; None when Debian knows nothing of it."""
    for name in (place, os.path.realpath(place), "/usr" + place):
        package = run("dpkg-query", "--search", name).split(": ")[0].split(", ")[0].strip()
        if package:
            version, architecture, source = run("dpkg-query", "--show", "--showformat=${Version}\t${Architecture}\t${source:Package}",
                                                package).split("\t")
            return package.split(":")[0], version, architecture, source
    return None


def component(soname, place, direct):
    known = owner(place)
    made = {"type": "library", "name": known[0] if known else soname}
    if known:
        package, version, architecture, source = known
        made["version"] = version
        made["purl"] = "pkg:deb/debian/%s@%s?arch=%s" % (package, urllib.parse.quote(version, safe=""), architecture)
        made["properties"] = [{"name": "debian:source", "value": source}]
    made["bom-ref"] = made.get("purl", soname)
    made.setdefault("properties", []).append({"name": "soname", "value": soname})
    made["scope"] = "required"
    made["properties"].append({"name": "hone:linked", "value": "directly" if direct else "through others"})
    return made


def bill(files):
    version = re.search(r"^project\(hone VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"), re.M)[1]
    libraries, direct, hashes = {}, set(), []
    for path in files:
        more, needed = linked(path)
        libraries.update(more)
        direct |= needed
        hashes.append({"type": "file", "name": path.name, "bom-ref": "file:" + path.name,
                       "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}]})
    components = {made["bom-ref"]: made for made in (component(name, place, name in direct) for name, place in
                                                  sorted(libraries.items(), key=lambda row: (row[0] in direct, row[0])))}
    hone = {"type": "library", "name": "hone", "version": version, "bom-ref": "pkg:generic/hone@" + version, "purl": "pkg:generic/hone@" + version}
    metadata = {"component": hone}
    if os.environ.get("SOURCE_DATE_EPOCH"):
        time = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
        metadata["timestamp"] = time.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": metadata,
            "components": hashes + list(components.values()),
            "dependencies": [{"ref": hone["bom-ref"], "dependsOn": [name for name, made in components.items()
                                                                     if made["properties"][-1]["value"] == "directly"]}]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--output", type=pathlib.Path)
    words = parser.parse_args()
    text = json.dumps(bill(words.files), indent=1) + "\n"
    if words.output:
        words.output.parent.mkdir(parents=True, exist_ok=True)
        words.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()

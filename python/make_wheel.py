#!/usr/bin/env python3
"""Makes the wheel of the Python package, from the library and the command that were built: python/make_wheel.py BUILD FOLDER

    BUILD/libhone.so.0 and the output of `BUILD/hone schema --json` go into it. Prints its path. The same input gives the same bytes."""
import base64
import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
METADATA = """Metadata-Version: 2.1
Name: hone
Version: {version}
Summary: Neural networks of Keras's kind, trained by a C library
License: Apache-2.0
Requires-Python: >=3.9
Requires-Dist: numpy
"""
WHEEL = "Wheel-Version: 1.0\nGenerator: make_wheel\nRoot-Is-Purelib: false\nTag: {tag}\n"


def main(build, folder):
    schema = subprocess.run([os.path.join(build, "hone"), "schema", "--json"], stdout=subprocess.PIPE, check=True).stdout
    version = json.loads(schema)["version"]
    tag = "py3-none-" + sysconfig.get_platform().replace("-", "_").replace(".", "_")
    with open(os.path.realpath(os.path.join(build, "libhone.so.0")), "rb") as file:
        members = {"hone/libhone.so.0": file.read(), "hone/schema.json": schema}
    for name in ["__init__.py", "_library.py", "layers.py"]:
        with open(os.path.join(HERE, "hone", name), "rb") as file:
            members["hone/" + name] = file.read()
    info = "hone-%s.dist-info/" % version
    members[info + "METADATA"] = METADATA.format(version=version).encode()
    members[info + "WHEEL"] = WHEEL.format(tag=tag).encode()
    digests = {name: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode() for name, data in members.items()}
    record = "".join("%s,sha256=%s,%d\n" % (name, digests[name], len(data)) for name, data in members.items())
    members[info + "RECORD"] = (record + info + "RECORD,,\n").encode()
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "hone-%s-%s.whl" % (version, tag))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as wheel:
        for name, data in sorted(members.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, data)
    print(path)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])

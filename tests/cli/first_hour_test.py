#!/usr/bin/env python3
"""Every command of the page "Your first hour", by its text, in an empty folder; also of its translation."""
import os
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli_test import HONE, Case  # noqa: E402

DOCS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "docs")


def commands(name):
    with open(os.path.join(DOCS, name), encoding="utf-8") as page:
        return [line for block in re.findall(r"```sh\n(.*?)```", page.read(), re.S) for line in block.splitlines()]


@unittest.skipIf(shutil.which("cc") is None or shutil.which("awk") is None, "there is no C compiler, or no awk")
class FirstHour(Case):
    def test_every_command_works(self):
        os.mkdir(self.path("hour"))
        os.mkdir(self.path("bin"))
        os.symlink(HONE, self.path("bin/hone"))
        environment = dict(os.environ, PATH=self.path("bin") + os.pathsep + os.environ["PATH"])
        for line in commands("first-hour.md"):
            if line.startswith("hone train"):
                line += " --set fit.epochs=3"
            done = subprocess.run(["bash", "-c", line], cwd=self.path("hour"), env=environment, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 0, "%s\n%s%s" % (line, done.stdout, done.stderr))
            if line == "./price":
                self.assertGreater(float(done.stdout), 0)

    def test_translations_have_the_same_commands(self):
        for name in os.listdir(DOCS):
            if name.startswith("first-hour.") and name != "first-hour.md":
                self.assertEqual(commands(name), commands("first-hour.md"))


if __name__ == "__main__":
    unittest.main()

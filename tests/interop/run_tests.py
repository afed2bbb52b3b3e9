"""Runs test_*.py of this folder (or those named), a process per processor, and ends with a line "N passed, N failed"."""
import os
import re
import subprocess
import sys
import tempfile
import unittest
import warnings

FOLDER = os.path.dirname(os.path.abspath(__file__))
SHARE = "INTEROP_SHARE"  # in the environment of a process: "1/2", the tests whose number divided by 2 leaves 1
SLOWEST = 10  # tests named with their processor time at the end
sys.path.insert(0, FOLDER)


class Result(unittest.TextTestResult):
    """Counts failed tests once each, also when several of their subtests fail; and the processor time of each test, with its commands."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.seconds = []

    def startTest(self, test):
        self.started = processor_seconds()
        super().startTest(test)

    def stopTest(self, test):
        super().stopTest(test)
        self.seconds.append((processor_seconds() - self.started, test.id()))

    def failed_tests(self):
        return {getattr(test, "test_case", test).id() for test, _ in self.failures + self.errors}


def processor_seconds():
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def tests_of(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_of(test)
        else:
            yield test


def load(names):
    loader = unittest.TestLoader()
    if names:
        return loader.loadTestsFromNames(name.removesuffix(".py") for name in names)
    return loader.discover(FOLDER, "test_*.py")


def run_share(names, share):
    warnings.simplefilter("ignore")
    number, shares = (int(part) for part in share.split("/"))
    suite = unittest.TestSuite(list(tests_of(load(names)))[number::shares])
    result = unittest.TextTestRunner(verbosity=2, resultclass=Result, warnings="ignore").run(suite)
    for seconds, test in sorted(result.seconds, reverse=True)[:SLOWEST]:
        print(f"{seconds:8.1f} s  {test}")
    failed = len(result.failed_tests())
    print(f"{result.testsRun - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def run_all(names):
    """What each process prints, one after the other; a process without its last line counts as one failed test."""
    shares = os.cpu_count() or 1
    running = []
    for number in range(shares):
        output = tempfile.TemporaryFile(mode="w+", encoding="utf-8")  # closed at the end of the program
        environment = {**os.environ, SHARE: f"{number}/{shares}"}
        command = [sys.executable, os.path.abspath(__file__), *names]
        running.append((subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT), output))
    passed = failed = 0
    for process, output in running:
        process.wait()
        output.seek(0)
        text = output.read()
        print(text, flush=True)
        totals = re.findall(r"^(\d+) passed, (\d+) failed$", text, re.MULTILINE)
        passed += int(totals[-1][0]) if totals else 0
        failed += int(totals[-1][1]) if totals else 1
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    share_of_this = os.environ.get(SHARE)
    sys.exit(run_share(sys.argv[1:], share_of_this) if share_of_this else run_all(sys.argv[1:]))

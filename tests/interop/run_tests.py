"""Runs test_*.py of this folder (or those named) and ends with a line "N passed, N failed"."""
import os
import sys
import unittest
import warnings

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, FOLDER)


class Result(unittest.TextTestResult):
    """Counts failed tests once each, also when several of their subtests fail."""

    def failed_tests(self):
        return {getattr(test, "test_case", test).id() for test, _ in self.failures + self.errors}


def main():
    warnings.simplefilter("ignore")
    loader = unittest.TestLoader()
    suite = unittest.TestSuite()
    names = [name.removesuffix(".py") for name in sys.argv[1:]]
    if names:
        suite.addTests(loader.loadTestsFromNames(names))
    else:
        suite.addTests(loader.discover(FOLDER, "test_*.py"))
    result = unittest.TextTestRunner(verbosity=2, resultclass=Result, warnings="ignore").run(suite)
    failed = len(result.failed_tests())
    print(f"{result.testsRun - failed} passed, {failed} failed", flush=True)
    return 1 if failed or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())

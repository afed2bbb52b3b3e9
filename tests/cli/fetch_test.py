#!/usr/bin/env python3
"""hone datasets fetch, against a local HTTPS server that is good, slow, broken, lying or redirecting. The set is iris, whose file is
small; what other sets have beside that (several files, archives) is tested in src/readers/fetch_test.c."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tls_server

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HONE = os.path.abspath(os.environ.get("HONE_COMMAND", os.path.join(ROOT, "build/release/hone")))
IRIS = os.path.join(ROOT, "tests/cli/iris.csv")


class Fetch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = tls_server.Server(os.path.dirname(IRIS))

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="hone-fetch-")
        self.environment = {"PATH": os.environ["PATH"], "HOME": self.folder,
                            **{key: value for key, value in os.environ.items() if key.endswith("SAN_OPTIONS")}}
        self.server.requests.clear()
        self.server.changed = 0

    def tearDown(self):
        shutil.rmtree(self.folder)

    def hone(self, *words, status=0, **more):
        done = subprocess.run([HONE, *words], cwd=self.folder, env={**self.environment, **more}, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120)
        self.out, self.err = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, status, self.out + self.err)
        self.assertNotIn("Sanitizer", self.err)
        return self.out

    def fetch(self, manner, *words, status=0, says=None):
        self.hone("datasets", "fetch", "iris", "--mirror", self.server.url(manner), "--ca-file", self.server.ca, "--output", "d",
                  *words, status=status)
        for piece in [says] if isinstance(says, str) else says or []:
            self.assertIn(piece, self.err)
        there = sorted(os.listdir(os.path.join(self.folder, "d")))
        if status == 0:
            self.assertEqual(there, ["iris.csv"])
            with open(IRIS, "rb") as one, open(os.path.join(self.folder, "d/iris.csv"), "rb") as other:
                self.assertEqual(one.read(), other.read())
        else:
            self.assertNotIn("iris.csv", there)
        return there

    def ranges(self):
        return [asked for _, _, asked in self.server.requests]

    def test_good(self):
        self.fetch("good")
        self.assertIn("fetching iris (2.7 kB) from https://localhost", self.err)
        self.assertIn("HONE_DATA_DIR=d finds it", self.out)
        self.fetch("good")  # is there: nothing is asked for again
        self.assertEqual(len(self.server.requests), 1)
        found = [json.loads(line) for line in self.hone("datasets", "--json", HONE_DATA_DIR="d").splitlines()]
        self.assertEqual([one["where"] for one in found if one["name"] == "iris"], ["d"])

    def test_usual_folder_and_use(self):
        self.hone("datasets", "fetch", "iris", "--mirror", self.server.url("redirect") + "/", "--verbose", "0",
                  CURL_CA_BUNDLE=self.server.ca)
        self.assertEqual(self.err, "")
        self.assertTrue(os.path.exists(os.path.join(self.folder, ".cache/hone/datasets/iris.csv")))
        with open(os.path.join(self.folder, "r.yaml"), "w") as file:
            file.write("model:\n  - input: [4]\n  - dense: {units: 3, activation: softmax}\n"
                       "compile: {optimizer: adam(0.1), loss: sparse_categorical_crossentropy, metrics: [accuracy]}\n")
        lines = self.hone("train", "r.yaml", "--data", "iris", "--epochs", "30", "--json", "--seed", "1").splitlines()
        self.assertGreater(json.loads(lines[-2])["accuracy"], 0.9)
        self.hone("train", "r.yaml", "--data", "iris#test", status=1)
        self.assertIn("iris has no parts", self.err)

    def test_redirects(self):
        self.fetch("redirect")
        shutil.rmtree(os.path.join(self.folder, "d"))
        self.fetch("loop", status=1, says="redirects too many times")
        self.assertLessEqual(len(self.server.requests), 8)
        self.fetch("tohttp", status=1, says="away from HTTPS")
        self.assertEqual(self.server.plain.requests, [])
        self.fetch("tofile", status=1, says="away from HTTPS")

    def test_resumes(self):
        self.assertEqual(self.fetch("cut", status=1, says=["continues from here"]), ["iris.csv.incomplete"])
        self.assertEqual(os.path.getsize(os.path.join(self.folder, "d/iris.csv.incomplete")), tls_server.CUT)
        self.fetch("cut")
        self.assertEqual(self.ranges(), [None, "bytes=1000-"])

    def test_resumes_without_ranges(self):
        self.fetch("norange", status=1)
        self.fetch("norange")

    def test_another_range(self):
        self.fetch("otherrange", status=1)
        self.fetch("otherrange", status=1, says="another range")

    def test_range_not_there(self):
        self.fetch("gone", status=1)
        self.fetch("gone")
        self.assertEqual(self.ranges(), [None, "bytes=1000-", None])

    def test_file_that_changed_between(self):
        self.fetch("turned", status=1)
        self.fetch("turned")  # the pieces do not fit: once more from the beginning
        self.assertEqual(self.ranges(), [None, "bytes=1000-", None])

    def test_lies(self):
        self.assertEqual(self.fetch("wrong", status=1, says=["expected SHA-256 f13ffa8f", "received"]), [])
        self.fetch("longer", status=1, says="has 2738 bytes; expected 2734")
        self.fetch("lying", status=1, says="has 1000000000000000 bytes; expected 2734")
        self.fetch("endless", status=1, says="sends more than the expected 2734 bytes")
        self.assertLessEqual(os.path.getsize(os.path.join(self.folder, "d/iris.csv.incomplete")), 2734)
        self.fetch("good")

    def test_short_and_missing(self):
        self.fetch("short", status=1, says="received 1000 of 2734 bytes")
        self.fetch("nothing", status=1, says="404")
        self.fetch("good")

    def test_slow(self):
        began = time.time()
        self.fetch("slow", "--timeout", "2", status=1, says="too slow")
        self.fetch("silent", "--timeout", "1", status=1, says="too slow")
        self.assertLess(time.time() - began, 30)
        self.fetch("good")

    def test_killed(self):
        process = subprocess.Popen([HONE, "datasets", "fetch", "iris", "--mirror", self.server.url("slow"), "--ca-file",
                                    self.server.ca, "--output", "d"], cwd=self.folder, env=self.environment,
                                   stderr=subprocess.DEVNULL)
        for _ in range(300):
            path = os.path.join(self.folder, "d/iris.csv.incomplete")
            if os.path.exists(path) and os.path.getsize(path) > 0:
                break
            time.sleep(0.05)
        self.fetch("good", status=1, says="another process is fetching")
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.fetch("good")
        self.assertRegex(self.ranges()[-1], r"bytes=\d+-")

    def test_certificates(self):
        words = ["datasets", "fetch", "iris", "--mirror", self.server.url("good"), "--output", "d"]
        self.hone(*words, status=1)
        self.assertIn("certificate cannot be trusted", self.err)
        self.hone(*words, "--ca-file", "nothing.pem", status=1)
        self.assertIn("certificates cannot be read", self.err)
        other = self.server.url("good").replace("localhost", "localhost.localdomain")  # not the certificate's name
        self.hone("datasets", "fetch", "iris", "--mirror", other, "--ca-file", self.server.ca, "--output", "d", status=1)
        self.assertEqual(self.server.requests, [])

    def test_what_is_there_is_not_replaced(self):
        os.mkdir(os.path.join(self.folder, "d"))
        for content in ("mine", "x" * 2734):
            with open(os.path.join(self.folder, "d/iris.csv"), "w") as file:
                file.write(content)
            self.hone("datasets", "fetch", "iris", "--mirror", self.server.url("good"), "--output", "d", status=1)
            self.assertIn("another file with this name", self.err)
            with open(os.path.join(self.folder, "d/iris.csv")) as file:
                self.assertEqual(file.read(), content)
        os.unlink(os.path.join(self.folder, "d/iris.csv"))
        os.symlink("/etc/passwd", os.path.join(self.folder, "d/iris.csv.incomplete"))
        self.hone("datasets", "fetch", "iris", "--mirror", self.server.url("good"), "--output", "d", status=1)
        self.assertEqual(self.server.requests, [])

    def test_command_line(self):
        for words, piece in ((["fetch"], "needs a name"), (["fetch", "irsi"], 'did you mean "iris"'),
                             (["get", "iris"], "expected fetch NAME"), (["--mirror", "https://x"], "needs fetch"),
                             (["fetch", "iris", "--mirror", "http://x"], "begins with https://"),
                             (["fetch", "iris", "--mirror", "file:///etc"], "begins with https://"),
                             (["fetch", "iris", "--timeout", "0"], "--timeout"),
                             (["fetch", "iris", "more"], "unexpected")):
            self.hone("datasets", *words, status=2)
            self.assertIn(piece, self.err)
        self.hone("datasets", "fetch", "iris", "--mirror", "https://a b", status=1)


if __name__ == "__main__":
    if shutil.which("openssl") is None:
        print("openssl is not here: no throw-away certificate")
        sys.exit(77)
    unittest.main(verbosity=1)

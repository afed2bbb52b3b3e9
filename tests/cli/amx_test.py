#!/usr/bin/env python3
"""AMX: named and forbidden by HONE_KERNELS, refused by the system, the same bits on one thread and on several."""
import ctypes
import errno
import os
import platform
import re
import struct
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli_test import Case  # noqa: E402

RECIPE = """dtype_policy: mixed_bfloat16
model:
  - input: [4]
  - dense: {units: 160, activation: relu}
  - dense: {units: 160, activation: relu}
  - dense: {units: 4, activation: softmax}
compile: {optimizer: adam, loss: sparse_categorical_crossentropy}
data: {train: "x.npy,y.npy"}
fit: {epochs: 2, batch_size: 50, verbose: 0}
"""
X86 = platform.machine() == "x86_64"


def refuse_tiles():
    """As a system does that does not know AMX: arch_prctl(ARCH_REQ_XCOMP_PERM) fails (seccomp)."""
    load, equal, give = 0x20, 0x15, 0x06
    arch_prctl, request, allow, refusal = 158, 0x1023, 0x7FFF0000, 0x00050000 | errno.EINVAL
    rows = [(load, 0, 0, 0), (equal, 0, 3, arch_prctl), (load, 0, 0, 16), (equal, 0, 1, request), (give, 0, 0, refusal), (give, 0, 0, allow)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(rows), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):  # no new privileges; a filter
        os._exit(77)


class Amx(Case):
    def setUp(self):
        super().setUp()
        self.write("r.yaml", RECIPE)

    def kernels(self, **options):
        return re.search(r"Kernels: (\w+)\.", self.run_hone("plan", "r.yaml", **options))[1]

    def with_kernels(self, name):
        return dict(os.environ, HONE_KERNELS=name)

    def trained(self, name, threads="1", **options):
        self.run_hone("train", "r.yaml", "--threads", threads, "--output", name + ".keras", **options)
        self.run_hone("predict", name + ".keras", "--data", "x.npy", "--output", name + ".npy", env=self.with_kernels("generic"))
        return self.read(name + ".npy")

    @classmethod
    def setUpClass(cls):
        if not X86 or os.environ.get("HONE_KERNELS"):
            raise unittest.SkipTest("needs an x86 processor and the choice of kernels")

    def test_a_system_that_refuses(self):
        best = self.kernels(preexec_fn=refuse_tiles)
        self.assertNotIn("amx", best)
        message = self.fails(1, "plan", "r.yaml", preexec_fn=refuse_tiles, env=self.with_kernels("amx"))
        self.assertIn('the kernels "amx" cannot run on this machine', message)
        self.assertEqual(self.trained("refused", preexec_fn=refuse_tiles), self.trained("forbidden", env=self.with_kernels(best)))

    def test_is_the_default_where_it_is(self):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            has = "amx_bf16" in file.read()
        if has and self.kernels() != "amx_bfloat16":
            self.skipTest("the system of this machine refuses")
        self.assertEqual(self.kernels() == "amx_bfloat16", has)

    def test_threads(self):
        self.assertEqual(self.trained("one"), self.trained("three", threads="3"))

    def test_floats(self):
        if self.kernels() == "amx_bfloat16":
            self.assertEqual(self.kernels(env=self.with_kernels("amx")), "amx")


if __name__ == "__main__":
    unittest.main()

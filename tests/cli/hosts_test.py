#!/usr/bin/env python3
"""Two hosts: network namespaces joined by a cable (veth), with names of their own, under Open MPI over TCP. The files of one process over a
slow link, a cable that is out for a while, one that is cut. Skipped where namespaces are not permitted."""
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli_test import HONE, Case  # noqa: E402
from mpi_test import ENVIRONMENT, SHARED  # noqa: E402
from ranks_test import MOMENT  # noqa: E402

PLUGIN = os.path.join(os.path.dirname(HONE), "hone-mpi-openmpi.so")
HOSTS = ["hone%da" % (os.getpid() % 10000), "hone%db" % (os.getpid() % 10000)]
CABLES = [host + "v" for host in HOSTS]  # at most 15 letters
NETWORK = "10.213.%d." % (os.getpid() % 250)
AGENT = """#!/bin/sh
# mpirun's way to start a program on a host: HOST WORDS...
host=$1
shift
exec ip netns exec "$host" unshare --uts sh -c "hostname $host; $*"
"""


def run(*words):
    return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def why_not():
    missing = [tool for tool in ("ip", "tc", "unshare", "mpirun.openmpi") if shutil.which(tool) is None]
    if missing:
        return "there is no %s" % missing[0]
    if not os.path.exists(PLUGIN):
        return "the plugin for Open MPI was not built"
    steps = [("netns", "add", HOSTS[0]), ("netns", "add", HOSTS[1]),
             ("link", "add", CABLES[0], "netns", HOSTS[0], "type", "veth", "peer", "name", CABLES[1], "netns", HOSTS[1])]
    for i in (0, 1):
        steps += [("-n", HOSTS[i], "address", "add", NETWORK + "%d/24" % (i + 1), "dev", CABLES[i]),
                  ("-n", HOSTS[i], "link", "set", CABLES[i], "up"), ("-n", HOSTS[i], "link", "set", "lo", "up")]
    for step in steps:
        done = run("ip", *step)
        if done.returncode != 0:
            return "network namespaces are not permitted here: ip %s: %s" % (" ".join(step), done.stdout.decode().strip())
    named = run("ip", "netns", "exec", HOSTS[0], "unshare", "--uts", "hostname", HOSTS[0])
    return None if named.returncode == 0 else "a host's name is not permitted here: " + named.stdout.decode().strip()


def tearDownModule():
    for host in HOSTS:
        run("ip", "netns", "delete", host)


def setUpModule():
    reason = why_not()
    if reason is not None:
        tearDownModule()
        raise unittest.SkipTest(reason)


class Hosts(Case):
    def setUp(self):
        super().setUp()
        self.write("agent", AGENT)
        os.chmod(self.path("agent"), 0o755)
        self.write("hosts", "".join("%s slots=1\n" % host for host in HOSTS))
        self.set_cable("up")

    def set_cable(self, state):
        self.assertEqual(run("ip", "-n", HOSTS[0], "link", "set", CABLES[0], state).returncode, 0)

    def launch(self, *words):
        mpirun = ["mpirun.openmpi", "--allow-run-as-root", "--mca", "plm_rsh_agent", self.path("agent"), "--mca", "btl", "tcp,self", "--mca",
                  "btl_tcp_if_include", NETWORK + "0/24", "--mca", "oob_tcp_if_include", NETWORK + "0/24", "--hostfile", "hosts", "-n", "2"]
        with open(self.path("err"), "wb") as errors:
            return subprocess.Popen(["ip", "netns", "exec", HOSTS[0], "unshare", "--uts", "sh", "-c", 'hostname "$0"; exec "$@"', HOSTS[0], *mpirun, HONE,
                                     *SHARED, *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=ENVIRONMENT)

    def wait(self, process):
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, self.read("err"))

    def end_launcher(self, process):
        """mpirun waits for its daemon on the host that is gone, for longer than a test does."""
        for host in HOSTS:
            for pid in run("ip", "netns", "pids", host).stdout.decode().split():
                os.kill(int(pid), signal.SIGKILL)
        process.communicate(timeout=60)

    def wait_until(self, what, holds):
        for _ in range(6000):
            if holds():
                return
            time.sleep(0.01)
        self.fail("waited for " + what)

    def wait_for(self, name):
        self.wait_until(name, lambda: os.path.exists(self.path(name)))

    def ranks_left(self):
        """Of the command, not of the launcher, on both hosts."""
        pids = " ".join(run("ip", "netns", "pids", host).stdout.decode() for host in HOSTS).split()
        return [pid for pid in pids if os.path.exists("/proc/%s/exe" % pid) and os.readlink("/proc/%s/exe" % pid) == HONE]

    def test_the_same_files_over_a_slow_link(self):
        self.run_hone(*SHARED, "--output", "one.keras")
        run("ip", "netns", "exec", HOSTS[0], "tc", "qdisc", "add", "dev", CABLES[0], "root", "tbf", "rate", "20mbit", "burst", "16kbit", "latency", "400ms")
        self.wait(self.launch("--output", "m.keras"))
        run("ip", "netns", "exec", HOSTS[0], "tc", "qdisc", "delete", "dev", CABLES[0], "root")
        self.assertEqual(self.read("m.keras"), self.read("one.keras"))

    def test_a_cable_that_is_out_for_a_while_only_delays(self):
        words = ["--epochs", "60", "--checkpoint-every", "5"]
        self.run_hone(*SHARED, *words, "--checkpoint", "one", "--output", "one.keras")
        process = self.launch(*words, "--checkpoint", "run", "--output", "m.keras")
        self.wait_for("run/latest.keras")
        self.set_cable("down")
        time.sleep(1)
        self.assertIsNone(process.poll())
        self.set_cable("up")
        self.wait(process)
        self.assertEqual(self.read("m.keras"), self.read("one.keras"))

    def test_a_cable_that_is_cut_loses_nothing(self):
        words = ["--epochs", "60", "--checkpoint-every", "5"]
        self.run_hone(*SHARED, *words, "--checkpoint", "one", "--output", "one.keras")
        process = self.launch(*words, "--patience", "3", "--checkpoint", "run", "--output", "m.keras")
        self.wait_for("run/latest.keras")
        self.set_cable("down")
        self.wait_until("both ranks to end", lambda: not self.ranks_left())
        self.end_launcher(process)
        told = self.read("err").decode()
        self.assertRegex(told, r"rank 1 \(%s\) said nothing for [3-9][\d.]* s at %s and counts as lost: it hangs, or its machine or the cable to it "
                         "is gone; the steps before it are saved in the checkpoint: resume from it" % (HOSTS[1], MOMENT))
        self.run_hone(*SHARED, *words, "--checkpoint", "run", "--resume", "--output", "m.keras")
        self.assertEqual(self.read("m.keras"), self.read("one.keras"))


if __name__ == "__main__":
    unittest.main()

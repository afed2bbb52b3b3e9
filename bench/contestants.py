"""What run.py measures: programs that stay and measure once for each line they are sent, whole processes, and counts.

A contestant is started, measured in turn with the others, and finished. Whatever goes wrong ends in its `failure`, one line.
"""
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time

PATIENCE = 900  # seconds for one answer


class Failed(Exception):
    pass


def pinned(cores):
    """For a new process: on these cores alone."""
    return lambda: os.sched_setaffinity(0, cores)


def environment(threads):
    """Every framework's pools as large as is allowed; no accelerator."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "HONE_THREADS")
    return {**os.environ, **{name: str(threads) for name in names}, "CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}


class Contestant:
    """A command on the first `threads` of the cores. `key` names it among its workload's: "floor", "hone",
    "hone ..." for Hone in another situation, else a peer; `busy`: beside a process that keeps the first
    core busy."""

    def __init__(self, key, label, command, threads, cores, busy=False, missing=None):
        self.key, self.label, self.command, self.threads = key, label, [str(word) for word in command], threads
        self.cores, self.busy = cores[:threads], busy
        self.failure = missing
        self.version, self.seconds, self.peak_mb = "", [], None

    def start(self):
        self._guarded(self._start)

    def round(self):
        """One measurement, unless it has failed before."""
        spinner = self.busy and not self.failure and subprocess.Popen(
            [sys.executable, "-c", "while True: pass"], preexec_fn=pinned(self.cores[:1]))
        try:
            self._guarded(self._round)
        finally:
            if spinner:
                spinner.kill()
                spinner.wait()

    def finish(self):
        self._guarded(self._finish)

    def _guarded(self, action):
        if self.failure:
            return
        try:
            action()
        except (Failed, OSError, ValueError) as error:
            self.failure = " ".join(str(error).split())[:160] or type(error).__name__


class Server(Contestant):
    """Programs with --serve: see common.h and peers/common.py."""
    process = None

    def _start(self):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            self.command + ["--threads", str(self.threads), "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.errors, preexec_fn=pinned(self.cores), env=environment(self.threads))
        os.set_blocking(self.process.stdout.fileno(), False)
        self.unread = b""
        self.version = self._answer("name").get("version", "")

    def _round(self):
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        self.seconds.append(float(self._answer("seconds")["seconds"]))

    def _finish(self):
        self.process.stdin.close()
        self.peak_mb = self._answer("peak_mb")["peak_mb"]
        self.process.wait(timeout=60)

    def _guarded(self, action):
        super()._guarded(action)
        if self.failure and self.process:
            self.process.kill()
            self.process.wait()

    def _answer(self, key):
        """The next line of JSON with this key; other lines are a framework's chatter."""
        end = time.monotonic() + PATIENCE
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                while b"\n" in self.unread:
                    line, self.unread = self.unread.split(b"\n", 1)
                    if line.startswith(b"{"):
                        answer = json.loads(line)
                        if key in answer:
                            return answer
                if not selector.select(max(0, end - time.monotonic())):
                    raise Failed(f"no answer in {PATIENCE} seconds")
                more = self.process.stdout.read()
                if not more:
                    raise Failed(self._last_error())
                self.unread += more

    def _last_error(self):
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"ended with status {self.process.wait()}"


class Process(Contestant):
    """A whole process, from start to end."""

    def _start(self):
        self.version = self._run()  # files of programs and libraries are in memory afterwards

    def _run(self):
        done = subprocess.run(self.command, capture_output=True, text=True, timeout=PATIENCE, preexec_fn=pinned(self.cores),
                              env=environment(self.threads), stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise Failed((done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1])
        lines = done.stdout.strip().splitlines()
        return lines[0] if lines and lines[0].startswith(("keras ", "torch ")) else ""

    def _round(self):
        start = time.perf_counter()
        self._run()
        self.seconds.append(time.perf_counter() - start)

    def _finish(self):
        pass


class Count(Process):
    """A program that prints a line of JSON with a count, the same at each run."""

    def __init__(self, *words, field, **more):
        super().__init__(*words, **more)
        self.field = field

    def _round(self):
        done = subprocess.run(self.command + ["--threads", str(self.threads)], capture_output=True, text=True, timeout=PATIENCE,
                              preexec_fn=pinned(self.cores), env=environment(self.threads))
        if done.returncode != 0:
            raise Failed((done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1])
        self.seconds.append(float(json.loads(done.stdout)[self.field]))

    def _start(self):
        pass

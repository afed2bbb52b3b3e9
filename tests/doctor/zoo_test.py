#!/usr/bin/env python3
"""The zoo: trainings that are broken in a known way, and healthy ones. The first diagnosis must be the expected one, and the healthy
ones must have none. A part runs always; all of them, with the table by id, when HONE_TEST_FULL is set.

    zoo_test.py [--keep FILE] [NAME ...]

NAME: runs, in place of all. --keep: answers are kept in the file as lines of JSON, and those that are in it are not asked for again."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import baselines  # noqa: E402
import runs  # noqa: E402

HONE = os.environ.get("HONE_COMMAND") or str((pathlib.Path(os.environ.get("HONE_BUILD_DIR", "build/release")) / "hone").resolve())
SECONDS = "1000"  # the steps are the limit, so that results do not depend on the load of the machine


def examine(folder, run, seed=0):
    path = folder / (run.name + ".yaml")
    path.write_text(run.recipe)
    steps = ["--steps", str(run.steps)] if run.steps is not None else []
    done = subprocess.run([HONE, "doctor", str(path), "--json", "--time", SECONDS, "--threads", "1", "--seed", str(seed), *steps],
                          cwd=folder, capture_output=True, text=True)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {"diagnoses": [{"id": "failed: " + done.stderr.strip()[-200:], "layer": None}], "outcome": "?", "q": None}


class Answers:
    """What the doctor said: from a file, or asked for, and then kept in it."""

    def __init__(self, path):
        self.path, self.known = path, {}
        if path is not None and path.exists():
            for line in map(json.loads, path.read_text().splitlines()):
                self.known[line["run"], line["seed"]] = line["found"]

    def of(self, folder, run, seed):
        found = self.known.get((run.name, seed))
        if found is None:
            found = examine(folder, run, seed)
            if self.path is not None:
                with self.path.open("a") as file:
                    file.write(json.dumps({"run": run.name, "seed": seed, "found": found}) + "\n")
        return found


def is_right(run, found):
    if not run.expected:
        return not found["diagnoses"]
    first = found["diagnoses"][0] if found["diagnoses"] else {"id": "nothing", "layer": None}
    return first["id"] in run.expected and (run.layer is None or first["layer"] == run.layer)


def report(run, found, seed):
    ids = [d["id"] + ("" if d["layer"] is None else "@" + d["layer"]) + ("*" if d.get("verified") else "")
           for d in found["diagnoses"]]
    q = found["q"]
    print("%-4s %-26s %d  %-10s q %-7s %-34s wanted %s" % (
        "ok" if is_right(run, found) else "NOT", run.name, seed, found["outcome"], "-" if q is None else "%.3f" % q,
        ", ".join(ids) or "healthy", "/".join(run.expected) or "healthy"), flush=True)


def check_extras(folder):
    """A cure is written as a recipe that is healthy, a page, and --fail."""
    run = next(r for r in runs.all_runs() if r.name == "blobs_linear_output")
    path, mended, page = folder / "b.yaml", folder / "mended.yaml", folder / "b.html"
    path.write_text(run.recipe)
    found = examine(folder, run)
    assert found["overhead"] > 0 and found["measured"]["layers"][0]["name"] == "dense" and found["measured"]["checks"], found
    assert all(isinstance(d["suppressed"], list) for d in found["diagnoses"]), found
    done = subprocess.run([HONE, "train", str(path), "--doctor", "--json", "--doctor-page", str(page)], cwd=folder, capture_output=True, text=True)
    events = [e for e in map(json.loads, done.stdout.splitlines()) if e["event"] == "doctor"]
    assert [e["id"] for e in events] == ["softmax_missing"] and events[0]["layer"] == "dense_1" and events[0]["step"] == 0, done
    assert "softmax_missing" in page.read_text() and "Change of the weights" in page.read_text(), page
    done = subprocess.run([HONE, "doctor", str(path), "--apply", str(mended), "--html", str(page), "--fail", "--time", SECONDS],
                          cwd=folder, capture_output=True, text=True)
    assert done.returncode == 1 and "proved" in done.stdout, done
    assert page.read_text().rstrip().endswith("</html>") and "softmax_missing" in page.read_text()
    done = subprocess.run([HONE, "doctor", str(mended), "--fail", "--time", SECONDS], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("Nothing wrong found"), done


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--keep", type=pathlib.Path)
    options.add_argument("names", nargs="*")
    given = options.parse_args()
    full = os.environ.get("HONE_TEST_FULL", "0") not in ("", "0")
    chosen = [r for r in runs.all_runs() if (r.name in given.names if given.names else full or r.quick)]
    answers = Answers(given.keep)
    right, false_alarms, printed, broken, healthy = 0, {}, 0, 0, 0
    wrong, tally, by_id, noisy = [], baselines.Tally(), {}, 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        runs.write_data(folder, chosen)
        print("%d runs" % len(chosen), flush=True)
        if not given.names:
            check_extras(folder)
        for run in chosen:
            for seed in range(3 if full and not run.expected else 1):
                found = answers.of(folder, run, seed)
                report(run, found, seed)
                good = is_right(run, found)
                wrong += [] if good else [run.name]
                tally.add(run, found)
                row = by_id.setdefault(run.expected[0] if run.expected else "healthy", [0, 0])
                row[0], row[1] = row[0] + good, row[1] + 1
                if run.expected:
                    broken, right, printed = broken + 1, right + good, printed + len(found["diagnoses"])
                    continue
                healthy += 1
                noisy += bool(found["diagnoses"])
                for d in found["diagnoses"]:
                    false_alarms[d["id"]] = false_alarms.get(d["id"], 0) + 1
    if full:
        print("\n%-22s %s" % ("wanted", "right"))
        for name in sorted(by_id):
            print("%-22s %d of %d" % (name, *by_id[name]))
        tally.show(right, printed, noisy)
    print("named first: %d of %d; printed per run: %.2f; false alarms in %d healthy runs: %d %s" % (
        right, broken, printed / max(broken, 1), healthy, sum(false_alarms.values()), false_alarms or ""))
    return 1 if sum(false_alarms.values()) > 0 or right < 0.9 * broken else 0


if __name__ == "__main__":
    sys.exit(main())

"""The pages of `hone report`, `describe --html` and `sweep --page` in a real browser: tests/browser.py HONE [FOLDER]

Draws each with headless Chromium, wide and light, dark, and as wide as a phone, and looks at the pictures: paper of the right colour,
ink on it, nothing that sticks out at the right. At 1200 and 800 pixels no table and no picture is wider than its place. FOLDER keeps the pictures. Needs chromium, and Python with Pillow and numpy.
CHROMIUM names the browser."""
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile

import numpy
from PIL import Image

LIGHT, DARK = (255, 255, 255), (20, 23, 27)
WIDE, NARROW, PHONE, HEIGHT = 1200, 800, 390, 2400
RECIPE = """model:
  - input: {shape}
  - flatten
  - dense: {{units: 12, activation: relu}}
  - dense: {last}
compile: {{optimizer: adam, loss: {loss}}}
fit: {{epochs: 4}}
"""


def browser():
    for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        if name and shutil.which(name):
            return shutil.which(name)
    sys.exit("tests/browser.py: there is no chromium; install the Debian package chromium, or set CHROMIUM")


def draw(page, picture, width, dark=False, folder=None):
    """A narrower page than a window can be is drawn in a frame."""
    window = max(width, 500)
    if width < window:
        frame = os.path.join(folder, "frame.html")
        with open(frame, "w") as file:
            file.write(f'<body style="margin:0"><iframe src="{page}" style="border:0;width:{width}px;height:{HEIGHT}px">')
        page = frame
    scheme = ["--blink-settings=preferredColorScheme=0"] if dark else []
    subprocess.run([browser(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files",
                    f"--user-data-dir={folder}/profile", f"--window-size={window},{HEIGHT}", f"--screenshot={picture}", *scheme,
                    "file://" + page], check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return numpy.asarray(Image.open(picture).convert("RGB"))[:, :width]


def cut_at(page, width, folder):
    """What of the page is wider than its place there, as a list of "TAG.class"."""
    frame = os.path.join(folder, "measure.html")
    with open(frame, "w") as file:
        file.write(f"""<body><iframe id=f src="{page}" style="border:0;width:{width}px;height:{HEIGHT}px"></iframe><script>
f.onload = () => {{
    const all = [...f.contentDocument.querySelectorAll("html, .wide, section, pre, td, p")];
    document.title = "cut:" + all.filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display != "inline").map(e => e.tagName + "." + e.className).join(" ");
}}</script>""")
    done = subprocess.run([browser(), "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--virtual-time-budget=5000",
                           f"--user-data-dir={folder}/profile", f"--window-size={width + 100},{HEIGHT}", "--dump-dom", "file://" + frame],
                          check=True, timeout=120, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    found = re.search("<title>cut:(.*?)</title>", done.stdout)
    return ["not measured"] if found is None else found.group(1).split()


def look(name, pixels, paper):
    """The paper, its empty margins, and enough ink between them."""
    different = (numpy.abs(pixels.astype(int) - paper) > 24).any(axis=2)
    problems = []
    if different[2, 2]:
        problems.append(f"the paper is {tuple(pixels[2, 2])}, not {paper}")
    if different[:, -6:].any():
        problems.append("something sticks out at the right")
    if not 0.005 < different.mean() < 0.6:
        problems.append(f"{different.mean():.1%} of it is ink")
    for problem in problems:
        print(f"{name}: {problem}")
    return not problems


def make_pages(hone, folder):
    random = numpy.random.default_rng(0)
    x = random.normal(size=(120, 12, 12)).astype("float32")
    kinds = {"classes": ("[12, 12]", "{units: 4, activation: softmax}", "sparse_categorical_crossentropy", random.integers(0, 4, 120)),
             "binary": ("[12, 12]", "{units: 1, activation: sigmoid}", "binary_crossentropy", random.integers(0, 2, 120)),
             "numbers": ("[12, 12]", "1", "mse", random.normal(size=120).astype("float32"))}
    for name, (shape, last, loss, y) in kinds.items():
        path = os.path.join(folder, name)
        numpy.savez(path + ".npz", x=x, y=y)
        with open(path + ".yaml", "w") as file:
            file.write(RECIPE.format(shape=shape, last=last, loss=loss))
        subprocess.run([hone, "train", path + ".yaml", "--data", path + ".npz", "--validation-split", "0.2", "--output", path + ".keras",
                        "--history", path + ".csv", "--verbose", "0"], check=True)
        subprocess.run([hone, "report", path + ".keras", "--data", path + ".npz", "--history", path + ".csv", "--output",
                        path + ".html", "--title", f"A report of {name} <script>alert(1)</script> & more"], check=True)
        yield name, path + ".html"


LONG = {"a_rather_long_name_of_a_column_that_somebody_chose": lambda i: f"{i * 1e5 + 0.5}", "when": lambda i: f"2024-{i % 12 + 1:02}-{i % 28 + 1:02}",
        "city": lambda i: ["Oslo", "Rome", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"][i % 3],
        "url": lambda i: f"https://example.org/a/path/that/breaks/nowhere/and/goes/on/until/{i}", "id": lambda i: 1000000000 + i,
        "price": lambda i: i * 7919 % 1000003}


def make_tables(hone, folder):
    """Pages of a table with long names and values, and of a sweep with long commands."""
    table, recipe = os.path.join(folder, "long.csv"), os.path.join(folder, "long.yaml")
    with open(table, "w") as file:
        file.write(",".join(LONG) + "\n" + "".join(",".join(str(value(i)) for value in LONG.values()) + "\n" for i in range(60)))
    subprocess.run([hone, "describe", table + "#target=price", "--html", os.path.join(folder, "describe.html")], check=True)
    yield "describe", os.path.join(folder, "describe.html")
    subprocess.run([hone, "init", table + "#target=price,drop=[id,url]", "--output", recipe], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([hone, "sweep", recipe, "--set", "compile.optimizer.learning_rate=log(1e-4,1e-1)", "--set", "fit.batch_size=16|32", "--set",
                    "model.2.dense.units=8|16", "--trials", "4", "--epochs", "1", "--verbose", "0", "--page", os.path.join(folder, "sweep.html")],
                   check=True, stdout=subprocess.DEVNULL)
    yield "sweep", os.path.join(folder, "sweep.html")


def main():
    hone = os.path.abspath(sys.argv[1])
    keep = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="hone-browser-") as folder:
        for name, page in itertools.chain(make_pages(hone, folder), make_tables(hone, folder)):
            for look_of, width, dark in (("wide", WIDE, False), ("dark", WIDE, True), ("phone", PHONE, False)):
                picture = os.path.join(folder, f"{name}-{look_of}.png")
                good = look(f"{name}, {look_of}", draw(page, picture, width, dark, folder), DARK if dark else LIGHT)
                passed, failed = passed + good, failed + (not good)
                if keep:
                    os.makedirs(keep, exist_ok=True)
                    shutil.copy(picture, keep)
            for width in WIDE, NARROW:
                cut = cut_at(page, width, folder)
                if cut:
                    print(f"{name}, {width} pixels: {', '.join(cut)} is cut at the right")
                passed, failed = passed + (not cut), failed + bool(cut)
    print(f"{passed} pages looked at, {failed} wrong")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

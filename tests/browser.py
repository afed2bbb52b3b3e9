"""The pages of `hone report` in a real browser: tests/browser.py HONE [FOLDER]

Draws each with headless Chromium, wide and light, dark, and as wide as a phone, and looks at the pictures: paper of the right colour,
ink on it, nothing that sticks out at the right. FOLDER keeps the pictures. Needs chromium, and Python with Pillow and numpy.
CHROMIUM names the browser."""
import os
import shutil
import subprocess
import sys
import tempfile

import numpy
from PIL import Image

LIGHT, DARK = (255, 255, 255), (20, 23, 27)
WIDE, PHONE, HEIGHT = 1200, 390, 2400
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


def main():
    hone = os.path.abspath(sys.argv[1])
    keep = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="hone-browser-") as folder:
        for name, page in make_pages(hone, folder):
            for look_of, width, dark in (("wide", WIDE, False), ("dark", WIDE, True), ("phone", PHONE, False)):
                picture = os.path.join(folder, f"{name}-{look_of}.png")
                good = look(f"{name}, {look_of}", draw(page, picture, width, dark, folder), DARK if dark else LIGHT)
                passed, failed = passed + good, failed + (not good)
                if keep:
                    os.makedirs(keep, exist_ok=True)
                    shutil.copy(picture, keep)
    print(f"{passed} pages looked at, {failed} wrong")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

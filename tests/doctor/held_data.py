"""Data of the runs of held.py: tables with units, half moons, glyphs, coloured shapes, pulses, sums, symbols, reviews."""
import math
import random


def moons(seed=51, count=1000, noise=0.15):
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        k, t = draw.randrange(2), draw.uniform(0, math.pi)
        a, b = (math.cos(t), math.sin(t)) if k == 0 else (1 - math.cos(t), 0.5 - math.sin(t))
        x.append([a + draw.gauss(0, noise), b + draw.gauss(0, noise)])
        y.append(k)
    return x, y


def plant(seed=52, count=1200):
    """Degrees, pascal, flow, share of oxygen; the output in kilowatts."""
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        t, p, f, o = draw.uniform(5, 35), draw.gauss(101000, 1500), draw.uniform(0, 3), draw.uniform(0.18, 0.22)
        rows.append([t, p, f, o, 8 * math.sin(t / 8) + 6 * f * f / (1 + f) + 900 * (o - 0.2) ** 2 * 100 + (p - 101000) / 800 + draw.gauss(0, 0.4)])
    return rows


def churn(seed=53, count=1500, share=0.3):
    """Months, bills, calls, plan, region; whether somebody left."""
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        left = int(draw.random() < share)
        months = max(1, int(draw.gauss(14 if left else 40, 12)))
        calls = max(0, int(draw.gauss(4 if left else 1, 1.5)))
        rows.append([months, round(draw.uniform(10, 90) + 15 * left, 2), calls, draw.choice(["basic", "basic", "plus"] if left else ["basic", "plus", "gold"]),
                     draw.choice(["north", "south", "east", "west"]), left])
    return rows


def glyphs(seed=54, count=1500, side=8):
    """A ring, a cross, a bar, a corner, a dot: moved, noisy, grey."""
    draw = random.Random(seed)
    marks = ["ring", "cross", "bar", "corner", "dot"]
    x, y = [], []
    for _ in range(count):
        k, dr, dc = draw.randrange(5), draw.randrange(3), draw.randrange(3)
        cells = {"ring": [(0, 1), (0, 2), (0, 3), (4, 1), (4, 2), (4, 3), (1, 0), (2, 0), (3, 0), (1, 4), (2, 4), (3, 4)],
                 "cross": [(i, i) for i in range(5)] + [(i, 4 - i) for i in range(5)], "bar": [(2, i) for i in range(5)] + [(3, i) for i in range(5)],
                 "corner": [(i, 0) for i in range(5)] + [(4, i) for i in range(5)], "dot": [(1, 1), (1, 2), (2, 1), (2, 2)]}[marks[k]]
        picture = [[max(0.0, draw.gauss(0.08, 0.08)) for _ in range(side)] for _ in range(side)]
        for r, c in cells:
            if draw.random() < 0.92:
                picture[r + dr][c + dc] = draw.uniform(0.55, 1)
        x.append([[[v] for v in row] for row in picture])
        y.append(k)
    return x, y


def shapes(seed=55, count=1200, side=16):
    """Bytes: a filled circle, square or stripe of one colour on another; the class is the shape."""
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        k, r, cy, cx = draw.randrange(3), draw.uniform(3, 5), draw.uniform(5, 10), draw.uniform(5, 10)
        ink, paper = [draw.randrange(120, 256) for _ in range(3)], [draw.randrange(0, 110) for _ in range(3)]

        def inside(i, j):
            a, b = abs(i - cy), abs(j - cx)
            return a * a + b * b < r * r if k == 0 else max(a, b) < 0.8 * r if k == 1 else a < 1.2
        x.append([[[min(255, max(0, (ink if inside(i, j) else paper)[c] + draw.randrange(-12, 13))) for c in range(3)] for j in range(side)] for i in range(side)])
        y.append(k)
    return x, y


def pulses(seed=56, count=900, steps=48):
    """A curve with one pulse, two, or none: three classes."""
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        k = draw.randrange(3)
        curve = [0.3 * math.sin(0.2 * t + draw.uniform(0, 0.2)) + draw.gauss(0, 0.1) for t in range(steps)]
        for place in draw.sample(range(4, steps - 4, 8), k):
            for d, h in ((-1, 0.8), (0, 2.0), (1, 0.8)):
                curve[place + d] += h
        x.append([[v] for v in curve])
        y.append(k)
    return x, y


def sums(seed=57, count=1000, steps=20):
    """The mean of the first column where the second is 1."""
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        rows = [[draw.gauss(0, 1), float(draw.random() < 0.4)] for _ in range(steps)]
        x.append(rows)
        y.append(sum(a * b for a, b in rows) / 3)
    return x, y


def ballots(seed=58, count=1000, steps=18, known=9):
    """Symbols 1 .. known-1; which of 1, 2, 3 is the commonest."""
    draw = random.Random(seed)
    x, y = [], []
    while len(x) < count:
        k = draw.randrange(3)
        row = [draw.choice([k + 1, k + 1, draw.randrange(1, known), draw.randrange(4, known)]) for _ in range(steps)]
        seen = [row.count(c) for c in (1, 2, 3)]
        if seen[k] == max(seen) and seen.count(max(seen)) == 1:
            x.append(row)
            y.append(k)
    return x, y


def scales(seed=59, count=700, steps=14, known=10):
    """Runs up and down a scale that turns at its ends: the next symbol follows from the last two."""
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        at, up, row = draw.randrange(known), draw.choice((-1, 1)), []
        for _ in range(steps + 1):
            row.append(at)
            up = -up if not 0 <= at + up < known or draw.random() < 0.05 else up
            at = min(max(at + up, 0), known - 1)
        x.append(row[:-1])
        y.append(row[1:])
    return x, y


def reviews(seed=60, count=900):
    """Short texts with words of praise or blame among many others, and whether it was praise."""
    draw = random.Random(seed)
    good, bad = ["lovely", "great", "charming", "fresh", "clever"], ["dull", "broken", "stale", "awful", "tired"]
    others = ["%s%s" % (a, b) for a in ("ta", "mo", "ri", "lu", "ke", "so", "pa", "ni") for b in ("ble", "rd", "nt", "mp", "sk", "lo", "rin", "vex", "dal", "gu")]
    rows = []
    for _ in range(count):
        k = draw.randrange(2)
        words = [draw.choice(others) for _ in range(draw.randrange(6, 14))] + [draw.choice(good if k else bad) for _ in range(draw.randrange(1, 4))]
        draw.shuffle(words)
        rows.append((" ".join(words), k))
    return rows


def write_csv(path, names, rows):
    with open(path, "w") as file:
        file.write(",".join(names) + "\n")
        for row in rows:
            file.write(",".join("%.6g" % v if isinstance(v, float) else str(v) for v in row) + "\n")

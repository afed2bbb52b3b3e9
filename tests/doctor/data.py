"""Data of the zoo, made by programs: the same numbers each time, written as NPY and CSV files without any library."""
import math
import random
import struct


def write_npy(path, rows, kind="<f4"):
    """A list of numbers, or of equally long lists of lists of ..., as an NPY file."""
    shape, flat = (), rows
    while isinstance(flat[0], (list, tuple)):
        shape, flat = (*shape, len(flat)), [x for row in flat for x in row]
    sizes = [len(rows)]
    for count in shape[1:]:
        sizes.append(count // math.prod(sizes))
    if shape:
        sizes.append(len(flat) // math.prod(sizes))
    header = "{'descr': '%s', 'fortran_order': False, 'shape': (%s,), }" % (kind, ", ".join(map(str, sizes)))
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    letter = {"<f4": "f", "|u1": "B", "<i4": "i"}[kind]
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack("<%d%s" % (len(flat), letter), *flat))


def blobs(seed=1, count=1000, classes=3, deviation=2.0, columns=2, spread=10.0):
    draw = random.Random(seed)
    centres = [[draw.uniform(-spread, spread) for _ in range(columns)] for _ in range(classes)]
    y = [draw.randrange(classes) for _ in range(count)]
    return [[draw.gauss(c, deviation) for c in centres[k]] for k in y], y


def circles(seed=2, count=1000, noise=0.1):
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        k, angle = draw.randrange(2), draw.uniform(0, 2 * math.pi)
        radius = 0.5 if k else 1.0
        x.append([radius * math.cos(angle) + draw.gauss(0, noise), radius * math.sin(angle) + draw.gauss(0, noise)])
        y.append(k)
    return x, y


def waves(seed=3, count=2000, columns=8, noise=0.1):
    draw = random.Random(seed)
    x = [[draw.gauss(0, 1) for _ in range(columns)] for _ in range(count)]
    return x, [math.sin(r[0]) + r[1] * r[2] + draw.gauss(0, noise) for r in x]


def rare(seed=4, count=5000, columns=20, share=0.02, strength=1.0):
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        k = int(draw.random() < share)
        x.append([draw.gauss(strength if k and c < 4 else 0, 1) for c in range(columns)])
        y.append(k)
    return x, y


def pictures(seed=5, count=3000, classes=10, side=12):
    """Grey pictures of bars and blocks, bytes from 0 to 255: a place and a length for each class, moved and noisy."""
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        k = draw.randrange(classes)
        picture = [max(0, min(255, int(draw.gauss(20, 15)))) for _ in range(side * side)]
        along, place = k % 2, 1 + k // 2 * 2 + draw.choice((-1, 0, 0, 1))
        for i in range(2, side - 2):
            for thick in range(2):
                row, column = (place + thick, i) if along else (i, place + thick)
                if 0 <= row < side and 0 <= column < side and draw.random() < 0.85:
                    picture[row * side + column] = draw.randrange(120, 256)
        x.append(picture)
        y.append(k)
    return x, y


def first_step(seed=6, count=800, steps=80, columns=1):
    """Noise along time; the sign of the first number is the class."""
    draw = random.Random(seed)
    x = [[[draw.gauss(0, 1) for _ in range(columns)] for _ in range(steps)] for _ in range(count)]
    return x, [int(s[0][0] > 0) for s in x]


def last_steps(seed=7, count=800, steps=40, columns=1):
    """Noise along time; the sign of the sum of the last three is the class."""
    draw = random.Random(seed)
    x = [[[draw.gauss(0, 1) for _ in range(columns)] for _ in range(steps)] for _ in range(count)]
    return x, [int(sum(v[0] for v in s[-3:]) > 0) for s in x]


def words(seed=8, count=800, steps=120, length=6, known=30, front=False):
    """Ids 1 .. known-1 in short sentences, filled up with 0; the class is which half the first word is of."""
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        sentence = [draw.randrange(1, known) for _ in range(draw.randrange(3, length + 1))]
        fill = [0] * (steps - len(sentence))
        x.append(fill + sentence if front else sentence + fill)
        y.append(int(sentence[0] > known // 2))
    return x, y


def chain(seed=9, count=600, steps=16, known=12):
    """Ids, each of two that follow the one before; the targets are the inputs one step later."""
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        ids = [draw.randrange(known)]
        for _ in range(steps):
            ids.append((2 * ids[-1] + 1 + draw.randrange(2) * 3) % known)
        x.append(ids[:-1])
        y.append(ids[1:])
    return x, y


def key_among(seed=10, count=800, steps=24, columns=8):
    """A marked row among noise, anywhere; its second number is the class."""
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        rows = [[0.0] + [draw.gauss(0, 1) for _ in range(columns - 1)] for _ in range(steps)]
        at = draw.randrange(steps)
        rows[at][0] = 2.0
        x.append(rows)
        y.append(int(rows[at][1] > 0))
    return x, y


def years(seed=11, count=1500):
    """Prices by year: a column that goes from 1990 to 2026, and one of noise."""
    draw = random.Random(seed)
    x = [[float(draw.randrange(1990, 2027)), draw.gauss(0, 1)] for _ in range(count)]
    return x, [math.sin(r[0]) + 0.3 * r[1] for r in x]

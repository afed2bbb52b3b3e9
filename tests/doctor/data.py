"""Data of the zoo, made by programs: the same numbers each time, written as NPY and CSV files without any library."""
import math
import random
import struct


def write_npy(path, rows, kind="<f4"):
    """A list of equally long lists, or of numbers, as an NPY file."""
    flat = [x for row in rows for x in row] if rows and isinstance(rows[0], (list, tuple)) else list(rows)
    shape = (len(rows), len(rows[0])) if rows and isinstance(rows[0], (list, tuple)) else (len(rows),)
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape if len(shape) > 1 else "(%d,)" % shape)
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

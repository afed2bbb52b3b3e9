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


def mixed(draw, items):
    """The items in another order."""
    items = list(items)
    draw.shuffle(items)
    return items


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


def spirals(seed=21, count=900, arms=3, noise=0.15):
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        k, t = draw.randrange(arms), draw.uniform(0.2, 1)
        angle = 4 * t + 2 * math.pi * k / arms
        x.append([2 * t * math.cos(angle) + draw.gauss(0, noise), 2 * t * math.sin(angle) + draw.gauss(0, noise)])
        y.append(k)
    return x, y


def board(seed=22, count=1200, columns=2):
    """A checkerboard of 2 x 2 fields: no straight boundary tells anything."""
    draw = random.Random(seed)
    x = [[draw.uniform(-1, 1) for _ in range(columns)] for _ in range(count)]
    return x, [int((r[0] > 0) != (r[1] > 0)) for r in x]


def houses(seed=23, count=1500):
    """Area, rooms, year, distance, income: columns of very different size; the price in thousands."""
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        area, rooms, year = draw.uniform(300, 4000), draw.randrange(1, 9), draw.randrange(1900, 2021)
        far, income = draw.uniform(0.1, 40), draw.uniform(20000, 150000)
        x.append([area, rooms, year, far, income])
        y.append(0.1 * area + 8 * rooms + 0.6 * (year - 1950) - 2 * far + income / 1500 + draw.gauss(0, 15))
    return x, y


def signals(seed=24, count=900, steps=40, channels=2, classes=4):
    """Sine waves, a frequency for each class, in noise."""
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        k, phase = draw.randrange(classes), draw.uniform(0, 2 * math.pi)
        x.append([[math.sin((0.25 + 0.3 * k) * t + phase + c) + draw.gauss(0, 0.3) for c in range(channels)] for t in range(steps)])
        y.append(k)
    return x, y


def colours(seed=25, count=900, side=10, classes=4):
    """RGB pictures, bytes: a square whose colour and place give the class."""
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        k = draw.randrange(classes)
        picture = [[[draw.randrange(0, 120) for _ in range(3)] for _ in range(side)] for _ in range(side)]
        top, left = draw.randrange(0, side - 4), draw.randrange(0, side - 4)
        for i in range(4):
            for j in range(4):
                picture[top + i][left + j] = [220 if k % 2 == 0 else 60, 60, 220 if k // 2 == 0 else 60]
        x.append(picture)
        y.append(k)
    return x, y


def tags(seed=26, count=1200, columns=12, labels=5):
    """Several yes-or-no answers for each sample."""
    draw = random.Random(seed)
    x = [[draw.gauss(0, 1) for _ in range(columns)] for _ in range(count)]
    return x, [[float(r[k] + 0.7 * r[k + 1] + draw.gauss(0, 0.3) > 0) for k in range(labels)] for r in x]


def counts(seed=27, count=1200, columns=6):
    draw = random.Random(seed)
    x = [[draw.gauss(0, 1) for _ in range(columns)] for _ in range(count)]

    def poisson(mean):
        limit, product, k = math.exp(-mean), 1.0, 0
        while True:
            product *= draw.random()
            if product < limit:
                return k
            k += 1
    return x, [float(poisson(math.exp(0.6 + 0.5 * r[0] - 0.4 * r[1]))) for r in x]


def plane(seed=28, count=1500, columns=30, classes=6, strength=1.2):
    """Classes with a mean of their own in many columns."""
    draw = random.Random(seed)
    centres = [[draw.gauss(0, strength) for _ in range(columns)] for _ in range(classes)]
    y = [draw.randrange(classes) for _ in range(count)]
    return [[draw.gauss(c, 1.5) for c in centres[k]] for k in y], y

"""The workloads: what is measured, in which unit, and who takes part.

A workload has a letter (--only a,b), parts with a title each, and for each part the contestants. Parts of one workload are measured one
after the other; the contestants of a part in turn.
"""
import os
import random
import struct
import subprocess
from dataclasses import dataclass, field

from contestants import Count, Process, Server

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
UNITS = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9, "MB": 1, "": 1}  # of a second, or a plain number


@dataclass
class Part:
    letter: str
    title: str
    unit: str       # of UNITS
    per: str        # what one is: "per step"
    contestants: list = field(default_factory=list)

    @property
    def name(self):
        return f"({self.letter}) {self.title}"


@dataclass
class Machine:
    """Where things are: the build folder, the Python environments, the cores that may be used."""
    build: str
    cores: list
    peers: bool
    quick: bool = False

    def program(self, name):
        return os.path.join(self.build, "bench", f"bench_{name}")

    @property
    def thread_counts(self):
        return [1] if self.quick or len(self.cores) < 2 else [1, 2]

    def python(self, framework):
        """The interpreter that has a framework, and why there is none. JAX's own environment where there is one: where TensorFlow is
        installed Keras loads it too."""
        module = {"keras-jax": "jax", "jax": "jax", "keras-tensorflow": "tensorflow", "torch": "torch"}[framework]
        places = [os.environ.get("PEERS_VENV", "build/venv-peers")]
        if module == "jax":
            places.insert(0, os.environ.get("VENV", "build/venv"))
        for place in places:
            python = os.path.join(ROOT, place, "bin", "python")
            if os.access(python, os.X_OK) and _has_module(python, module):
                return python, None
        return "python3", f"{module} is not installed; make bench-peers"


_known = {}  # whether an interpreter has a module


def _has_module(python, module):
    if (python, module) not in _known:
        code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
        _known[python, module] = subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
    return _known[python, module]


NAMES = {"keras-jax": "Keras on JAX", "keras-tensorflow": "Keras on TensorFlow", "torch": "PyTorch, fused Adam",
         "jax": "JAX, scanned epoch"}
KERAS_AND_TORCH = ("keras-jax", "keras-tensorflow", "torch")


def python_peers(machine, threads, script, words=(), frameworks=KERAS_AND_TORCH, kind=Server, names=NAMES):
    for framework in frameworks if machine.peers else ():
        python, missing = machine.python(framework)
        yield kind(framework, names.get(framework, NAMES[framework]),
                   [python, os.path.join(HERE, "peers", f"{script}.py"), framework, *words], threads, machine.cores, missing=missing)


# In C: name of the program in build/peers, what it is, what it trains with in place of SGD and Adam.
C_PEERS = {"libnnc": ("libnnc, OpenBLAS", {"sgd": "SGD", "adam": "Adam"}),
           "kann": ("KANN, OpenBLAS", {"sgd": None, "adam": "RMSprop"}),
           "fann": ("FANN, one sample at a time", {"sgd": "SGD", "adam": None})}


def c_peers(machine, threads, sizes, batch, optimizer):
    for key, (label, optimizers) in C_PEERS.items() if machine.peers else ():
        program = os.path.join(ROOT, "build", "peers", key)
        instead = optimizers[optimizer]
        if instead is None or (key == "fann" and (threads > 1 or batch > 32)):
            continue
        missing = None if os.access(program, os.X_OK) else "is not built; make bench-peers"
        yield Server(key, f"{label}, {instead}", [program, sizes, batch, optimizer], threads, machine.cores, missing=missing)


def trained(machine, part, program, words, floor, peers):
    """The floor, Hone, and the peers on each count of threads."""
    for threads in machine.thread_counts:
        part.contestants.append(Server("floor", "floor: the matrix products alone", [machine.program("floor"), *floor], threads,
                                       machine.cores))
        part.contestants.append(Server("hone", "Hone", [machine.program(program), *words], threads, machine.cores))
        part.contestants.extend(peers(threads))
    return part


def chapter(machine):
    part = Part("a", "784-300-BN-100-dropout-10, Adam, batch 32, 55,000 images", "s", "per epoch")
    trained(machine, part, "epoch", [], ["32x784-300-100-10"],
            lambda threads: python_peers(machine, threads, "epoch", frameworks=(*KERAS_AND_TORCH, "jax")))
    part.contestants.extend(Server("hone bfloat16", "Hone, mixed_bfloat16", [machine.program("epoch"), "mixed_bfloat16"], threads,
                                   machine.cores) for threads in machine.thread_counts)
    for contestant in part.contestants:
        contestant.times = 55000 / 32 if contestant.key == "floor" else 1
    return [part]


def dense(machine, letter, sizes, batch, optimizer):
    part = Part(letter, f"{sizes}, {'SGD' if optimizer == 'sgd' else 'Adam'}, batch {batch:,}", "us", "per step")
    words = [sizes, str(batch), optimizer]

    def peers(threads):
        yield from python_peers(machine, threads, "dense", words)
        yield from c_peers(machine, threads, sizes, batch, optimizer)
    return trained(machine, part, "dense", words, [f"{batch}x{sizes}"], peers)


def middle(machine):
    return [dense(machine, "b", "784-300-100-10", 32, optimizer) for optimizer in ("sgd", "adam")]


def large_batches(machine):
    return [dense(machine, "c", "784-300-100-10", batch, optimizer) for batch in (256, 2048) for optimizer in ("sgd", "adam")]


def tiny(machine):
    return [dense(machine, "d", "64-32-16-10", batch, optimizer) for batch in (32, 1) for optimizer in ("sgd", "adam")]


def deep(machine):
    part = Part("e", "20 layers of 100, batch normalisation, swish, Nadam, 3,072 inputs, batch 32", "us", "per step")
    names = {**NAMES, "torch": "PyTorch"}
    return [trained(machine, part, "deep", [], ["32x3072" + "-100" * 20 + "-10"],
                    lambda threads: python_peers(machine, threads, "deep", names=names))]


def wide_deep(machine):
    part = Part("f", "wide and deep: 500 + 8 columns, embedding of 100,000 x 16, Adam, batch 256", "us", "per step")
    floor = ["256x24-64-32", "NT:256x16x64", "NN:256x1x532", "TN:532x1x256", "NT:256x32x1"]
    return [trained(machine, part, "wide_deep", [], floor, lambda threads: python_peers(machine, threads, "wide_deep"))]


def convolution_products(positions, filters, window, first=False):
    """A convolution as one product of all that its windows see, and its gradients: of the kernel, and (but in the first layer) of x."""
    products = [f"NN:{positions}x{filters}x{window}", f"TN:{window}x{filters}x{positions}"]
    return products if first else [*products, f"NT:{positions}x{window}x{filters}"]


CONVOLUTION_NAMES = {**NAMES, "torch": "PyTorch, channels_last, fused Adam"}


def convnet(machine):
    part = Part("m", "Keras's MNIST convnet, Adam, batch 128", "ms", "per step")
    floor = convolution_products(128 * 26 * 26, 32, 9, first=True) + convolution_products(128 * 11 * 11, 64, 288)
    floor += ["NN:128x10x1600", "TN:1600x10x128", "NT:128x1600x10"]
    return [trained(machine, part, "convnet", [], floor,
                    lambda threads: python_peers(machine, threads, "convnet", names=CONVOLUTION_NAMES))]


def resnet_shapes():
    """Convolutions as (positions of y of a sample, filters, what a window sees)."""
    yield 32 * 32, 16, 27
    channels = 16
    for filters, side in ((16, 32), (32, 16), (64, 8)):
        if filters != channels:
            yield side * side, filters, channels
        yield side * side, filters, 9 * channels
        yield from [(side * side, filters, 9 * filters)] * 5
        channels = filters


def mobilenet_shapes():
    """Without the depthwise convolutions, which are no products."""
    yield 48 * 48, 32, 27
    channels, side = 32, 48
    for wider, filters, count, stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
                                          (6, 320, 1, 1)):
        for i in range(count):
            if wider > 1:
                yield side * side, wider * channels, channels
            side //= stride if i == 0 else 1
            yield side * side, filters, wider * channels
            channels = filters
    yield side * side, 1280, channels


def unet_shapes():
    """A transposed convolution as the products of the convolution whose gradient it is: the same three."""
    channels = 3
    for filters, side in ((16, 64), (32, 32), (64, 16), (128, 8)):
        yield from [(side * side, filters, 9 * channels), (side * side, filters, 9 * filters)]
        channels = filters
    for filters, side in ((64, 16), (32, 32), (16, 64)):
        yield from [(side * side // 4, 2 * filters, 4 * filters), (side * side, filters, 18 * filters), (side * side, filters, 9 * filters)]
    yield 64 * 64, 1, 16


# Name of the network: what it is, its batch, the shapes of its products.
IMAGE_NETWORKS = {"resnet": ("ResNet-20 on images of 32 x 32", 128, resnet_shapes),
                  "mobilenet": ("MobileNetV2 on images of 96 x 96", 32, mobilenet_shapes),
                  "unet": ("U-Net of 16 to 128 filters on images of 64 x 64", 16, unet_shapes)}


def image_network(machine, letter, network):
    title, batch, shapes = IMAGE_NETWORKS[network]
    part, floor = Part(letter, f"{title}, Adam, batch {batch}", "ms", "per step"), []
    for positions, filters, window in shapes():
        floor += convolution_products(batch * positions, filters, window, first=not floor)
    return trained(machine, part, "images", [network, "train"], floor,
                   lambda threads: python_peers(machine, threads, "images", [network, "train"], names=CONVOLUTION_NAMES))


def resnet(machine):
    return [image_network(machine, "r", "resnet")]


def mobilenet(machine):
    return [image_network(machine, "n", "mobilenet")]


def unet(machine):
    return [image_network(machine, "u", "unet")]


def image_inference(machine):
    """Predicting one image per call, and 1,000 in batches of 32."""
    parts = []
    names = {**NAMES, "torch": "PyTorch, channels_last"}
    for network in ("resnet", "mobilenet"):
        for what, batch in (("latency", 1), ("throughput", 32)):
            title, _, shapes = IMAGE_NETWORKS[network]
            part = Part("q", f"predicting, {title}: " + ("one image per call" if batch == 1 else "1,000 images in batches of 32"), "us",
                        "per image")
            floor = [f"NN:{batch * positions}x{filters}x{window}" for positions, filters, window in shapes()]
            trained(machine, part, "images", [network, what], floor,
                    lambda threads, words=(network, what): python_peers(machine, threads, "images", words, names=names))
            for contestant in part.contestants:
                contestant.times = 1 / batch if contestant.key == "floor" else 1
            parts.append(part)
    return parts


def with_bfloat16(machine, part, program, words):
    part.contestants.extend(Server("hone bfloat16", "Hone, mixed_bfloat16", [machine.program(program), *words, "mixed_bfloat16"], threads,
                                   machine.cores) for threads in machine.thread_counts)
    return part


def transformers(machine):
    """The floor: all products, those of attention for each sample and head."""
    parts = []
    for network, title, n, c, wide, last, heads, steps, blocks in (
            ("text", "Keras's text classifier: embedding 32, a block of 2 heads, 200 words, Adam, batch 32", 6400, 32, 32, 2, 64, 200, 1),
            ("gpt", "small GPT: 4 blocks of 128, 4 heads, 128 of 256 symbols, Adam, batch 32", 4096, 128, 512, 256, 128, 128, 4)):
        size = 32 * (2 if network == "text" else 4)
        dense = [(n, size, c)] * 3 * blocks + [(n, c, size), (n, wide, c), (n, c, wide)] * blocks
        dense += [(n, last, c)] if network == "gpt" else []
        floor = [f"{kind}:{m}x{w}x{k}" for m, w, k in dense for kind in ("NN", "NT")] + [f"TN:{k}x{w}x{m}" for m, w, k in dense]
        floor += [f"{heads * blocks * 2}*{kind}:{steps}x{m}x{k}" for kind, m, k in (("NT", steps, 32), ("NN", 32, steps), ("TN", 32, steps))]
        part = Part("p", title, "ms", "per step")
        trained(machine, part, "transformer", [network], floor,
                lambda threads, network=network: python_peers(machine, threads, "transformer", [network]))
        parts.append(with_bfloat16(machine, part, "transformer", [network, "32"]))
    return parts


def recurrent_products(rows, steps, gates, units, inputs):
    """A recurrent layer: its inputs of all steps, the product of each step, and their gradients."""
    along = [f"{steps}*NN:{rows}x{gates * units}x{units}", f"{steps}*NT:{rows}x{units}x{gates * units}"]
    n, w = rows * steps, gates * units
    return [f"NN:{n}x{w}x{inputs}", f"TN:{inputs}x{w}x{n}", f"NT:{n}x{inputs}x{w}", f"TN:{units}x{w}x{n}", *along]


def recurrent(machine):
    """Of a step along time the floor has no states and gates; the stream has no floor."""
    parts = []
    lstm = recurrent_products(32, 200, 4, 64, 128)
    for network, title, floor in (
            ("imdb", "Keras's classifier of reviews: embedding 128, two bidirectional LSTM of 64, 200 words, Adam, batch 32", 4 * lstm),
            ("characters", "character model: embedding 256, GRU of 512, 100 of 66 symbols, Adam, batch 64",
             recurrent_products(64, 100, 3, 512, 256) + ["NN:6400x66x512", "TN:512x66x6400", "NT:6400x512x66"])):
        part = Part("s", title, "ms", "per step")
        trained(machine, part, "recurrent", [network], floor,
                lambda threads, network=network: python_peers(machine, threads, "recurrent", [network]))
        parts.append(with_bfloat16(machine, part, "recurrent", [network]))
    stream = Part("s", "a step along time of one sample, stateful LSTM of 64", "us", "per call")
    stream.contestants = [Server("hone", "Hone", [machine.program("recurrent"), "stream"], 1, machine.cores),
                          *python_peers(machine, 1, "recurrent", ["stream"], names={**NAMES, "torch": "PyTorch"})]
    return [*parts, stream]


def generation(machine):
    parts = []
    names = {**NAMES, "torch": "PyTorch"}
    for network, title in (("characters", "writing with the character model of (s)"), ("gpt", "writing with the small GPT of (p), up to its window")):
        part = Part("t", title, "us", "per symbol")
        for threads in machine.thread_counts:
            part.contestants.append(Server("hone", "Hone", [machine.program("generation"), network], threads, machine.cores))
            part.contestants.extend(python_peers(machine, threads, "generation", [network], names=names))
        parts.append(part)
    return parts


def inference(machine):
    parts = []
    names = {**NAMES, "torch": "PyTorch"}
    for what, batch in (("latency", 1), ("throughput", 32), ("throughput", 1000)):
        title = "predicting, 784-300-100-10: " + ("one sample per call" if batch == 1 else f"10,000 samples, batch {batch:,}")
        words = [what] if batch == 1 else [what, str(batch)]
        part = Part("g", title, "us", "per sample")
        trained(machine, part, "inference", words, ["--forward", f"{batch}x784-300-100-10"],
                lambda threads, words=words: python_peers(machine, threads, "inference", words, names=names))
        for contestant in part.contestants:
            contestant.times = 1 / batch if contestant.key == "floor" else 1
        parts.append(part)
    return parts


TINY_RECIPE = """\
model:
  - input: [8]
  - dense: {{units: 16, activation: relu}}
  - dense: {{units: 3, activation: softmax}}
compile: {{optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}}
data: {{train: "{folder}/x.npy,{folder}/y.npy"}}
fit: {{epochs: 1}}
"""


def write_npy(path, kind, shape, values):
    """An NPY file, format 1.0, of floats (kind f) or integers (i), four bytes each."""
    head = f"{{'descr': '<{kind}4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode())
        file.write(struct.pack(f"<{len(values)}{kind}", *values))


def tiny_training(machine):
    """The command that trains on a tiny set, whose files it writes."""
    folder = os.path.join(machine.build, "bench", "tiny")
    os.makedirs(folder, exist_ok=True)
    random.seed(1)
    write_npy(os.path.join(folder, "x.npy"), "f", (100, 8), [random.random() for _ in range(800)])
    write_npy(os.path.join(folder, "y.npy"), "i", (100,), [random.randrange(3) for _ in range(100)])
    recipe = os.path.join(folder, "recipe.yaml")
    with open(recipe, "w", encoding="utf-8") as file:
        file.write(TINY_RECIPE.format(folder=folder))
    return [os.path.join(machine.build, "hone"), "train", recipe, "--output", os.path.join(folder, "model.keras"), "--verbose", "0"]


def start(machine):
    first = Part("h", "from the start of a process to the end of its first training step, 784-300-100-10", "ms", "per process")
    names = {**NAMES, "torch": "PyTorch"}
    first.contestants = [Process("hone", "Hone", [machine.program("first_step")], 1, machine.cores)]
    first.contestants += python_peers(machine, 1, "first_step", kind=Process, names=names)
    whole = Part("h", "hone train on 100 samples, an epoch, model saved; others: the import alone", "ms", "per process")
    whole.contestants = [Process("hone", "hone train", tiny_training(machine), 1, machine.cores)]
    names = {"keras-jax": "import keras (JAX)", "keras-tensorflow": "import keras (TensorFlow)", "torch": "import torch"}
    whole.contestants += python_peers(machine, 1, "first_step", ["import"], kind=Process, names=names)
    return [first, whole]


def memory(machine):
    """Peaks of processes that (a), (e) and (f) measure; run.py takes them from there."""
    parts = []
    for source in (chapter, deep, wide_deep):
        part, = source(machine)
        one = Part("i", "peak memory of " + part.name, "MB", "per process")
        one.contestants = [contestant for contestant in part.contestants if contestant.threads == 1 and contestant.key != "floor"]
        parts.append(one)
    return parts


def files(machine):
    folder, parts = os.path.join(machine.build, "bench", "files"), []
    problem = None
    if not os.path.exists(os.path.join(folder, "images.csv")):
        made = subprocess.run(["python3", os.path.join(HERE, "make_files.py"), folder], capture_output=True, text=True, check=False)
        problem = made.stderr.strip().splitlines()[-1] if made.returncode else None
    for kind, title in (("csv", "a CSV file"), ("folder", "a folder of PNG files by class")):
        part = Part("j", f"reading 10,000 images from {title} and training (a) on them for an epoch", "s", "both")
        words = [kind, folder]
        part.contestants = [Server("hone", "Hone", [machine.program("files"), *words], threads, machine.cores)
                            for threads in machine.thread_counts]
        for contestant in part.contestants:
            contestant.failure = problem
        frameworks = ("keras-jax",) if kind == "csv" else ("keras-tensorflow",)
        for threads in machine.thread_counts:
            part.contestants += python_peers(machine, threads, "files", words, frameworks)
        parts.append(part)
    return parts


def busy(machine):
    part = Part("k", "(a) on two threads beside a process that keeps one core busy", "s", "per epoch")
    command = [machine.program("epoch")]
    part.contestants = [Server("hone alone", "Hone, one thread alone", command, 1, machine.cores[1:]),
                        Server("hone", "Hone, two threads, one core kept busy", command, 2, machine.cores, busy=True),
                        Server("hone two", "Hone, two threads alone", command, 2, machine.cores)]
    if len(machine.cores) < 2:
        for contestant in part.contestants:
            contestant.failure = "needs two cores"
    return [part]


def quiet(machine):
    counts = {"hone_allocations": "allocations by Hone", "other_allocations": "allocations by others (oneDNN, C library)",
              "system_calls": "system calls"}
    networks = {"chapter": "(a)", "tiny": "64-32-16-10, Adam", "deep": "(e)"}
    parts = []
    for network, title in networks.items():
        part = Part("l", f"what a running step asks of the system, {title}", "", "per step")
        part.contestants = [Count(f"hone {name}", label, [machine.program("quiet"), network], threads, machine.cores, field=name)
                            for threads in machine.thread_counts for name, label in counts.items()]
        parts.append(part)
    return parts


WORKLOADS = {"a": chapter, "b": middle, "c": large_batches, "d": tiny, "e": deep, "f": wide_deep, "g": inference, "h": start,
             "i": memory, "j": files, "k": busy, "l": quiet, "m": convnet, "n": mobilenet, "p": transformers, "q": image_inference,
             "r": resnet, "s": recurrent, "t": generation, "u": unet}

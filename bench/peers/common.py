"""What the peers share: the frameworks, the choices on the command line, rounds of measuring, and training loops.

Every peer is run as

    PEER.py FRAMEWORK [ARGUMENTS] [--threads N] [--rounds N] [--serve]

where FRAMEWORK is keras-jax, keras-tensorflow, torch or jax, and prints lines of JSON: its name, the seconds of each round, its peak
memory. With --serve it measures once for each line on standard input (../run.py does so).
"""
import argparse
import json
import os
import resource
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
SHORTEST_ROUND = 0.2  # seconds, as in ../common.c


def arguments(description, frameworks):
    """The command line. Must come before any framework is imported: thread pools are sized by what it sets."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("framework", choices=frameworks)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[:options.threads]
    os.sched_setaffinity(0, cores)
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    os.environ["KERAS_BACKEND"] = options.framework.removeprefix("keras-")
    os.environ.update(JAX_PLATFORMS="cpu", CUDA_VISIBLE_DEVICES="", TF_CPP_MIN_LOG_LEVEL="3")
    return options


def measure(options, name, version, one_round):
    """Warms up, then calls one_round(), which returns seconds, as often as the options say."""
    one_round()
    print(json.dumps({"name": name, "version": version, "threads": options.threads}), flush=True)
    seconds = []
    for _ in sys.stdin if options.serve else range(options.rounds):
        seconds.append(one_round())
        print(json.dumps({"seconds": seconds[-1]}), flush=True)
    if not options.serve:
        print(json.dumps({"median": statistics.median(seconds), "least": min(seconds), "most": max(seconds)}))
    print(json.dumps({"peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)}), flush=True)


def seconds_each(run, parts=1):
    """A round: run() as often as lasts a fifth of a second, each of `parts` equal parts. run() returns its seconds."""
    repeats = 0

    def one_round():
        nonlocal repeats
        if repeats == 0:
            run()
            repeats = 1 + int(SHORTEST_ROUND / run())
        return sum(run() for _ in range(repeats)) / repeats / parts
    return one_round


def clocked(function):
    """function() as a run of seconds_each."""
    def run():
        start = time.perf_counter()
        function()
        return time.perf_counter() - start
    return run


# ---- Keras ----

def load_keras(options):
    """The keras module, the name of the framework, and its versions."""
    import keras
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow
        tensorflow.config.threading.set_intra_op_parallelism_threads(options.threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(options.threads)
        label, version = "Keras on TensorFlow", tensorflow.__version__
    else:
        import jax
        label, version = "Keras on JAX", jax.__version__
    keras.utils.set_random_seed(0)
    return keras, label, f"keras {keras.__version__}, {backend} {version}"


def keras_epoch(keras, model, x, y, batch):
    """A run of seconds_each: one epoch of fit, without what stands around it."""
    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.start = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            self.seconds = time.perf_counter() - self.start

    clock = Clock()

    def run():
        model.fit(x, y, epochs=1, batch_size=batch, verbose=0, callbacks=[clock])
        return clock.seconds
    return run


# ---- PyTorch ----

def load_torch(options):
    """The torch module, the name of the framework, and its version."""
    import torch
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    torch.manual_seed(0)
    return torch, "PyTorch", f"torch {torch.__version__}"


def torch_dense(torch, inputs, outputs, bias=True):
    """A dense layer that starts as Keras's with he_normal."""
    layer = torch.nn.Linear(inputs, outputs, bias=bias)
    torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    if bias:
        torch.nn.init.zeros_(layer.bias)
    return layer


def torch_optimizer(torch, name, parameters):
    """Keras's defaults; fused where PyTorch has it."""
    if name == "sgd":
        return torch.optim.SGD(parameters, lr=0.01, fused=True)
    if name == "nadam":
        return torch.optim.NAdam(parameters, lr=1e-3, eps=1e-7)
    return torch.optim.Adam(parameters, lr=1e-3, eps=1e-7, fused=True)


def torch_epoch(torch, model, optimizer, loss_of, right_of, x, y, batch):
    """A run of seconds_each: one shuffled epoch; x is a list of tensors, all data in memory; loss and accuracy are summed as Keras does."""
    def epoch():
        order = torch.randperm(len(y))
        total, right = torch.zeros(()), torch.zeros(())
        for begin in range(0, len(y), batch):
            rows = order[begin:begin + batch]
            target = y[rows]
            optimizer.zero_grad(set_to_none=True)
            answer = model(*[part[rows] for part in x])
            loss = loss_of(answer, target)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                total += loss.detach() * len(rows)
                right += right_of(answer, target)
    model.train()
    return clocked(epoch)


def torch_classes_right(answer, target):
    return (answer.argmax(1) == target).sum()

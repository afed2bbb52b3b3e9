#!/usr/bin/env python3
"""Seconds an epoch of the chapter's example in PyTorch: eager, fused Adam, all data in one tensor, batches sliced from it.
Prints a JSON line."""
import os
import time

from keras_common import arguments, report, use_threads

options = arguments(__doc__)
threads = use_threads(options.threads)
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import torch
from torch import nn

import data

torch.set_num_threads(threads)
torch.set_num_interop_threads(1)
torch.manual_seed(0)


def dense(inputs, outputs):
    layer = nn.Linear(inputs, outputs)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    nn.init.zeros_(layer.bias)
    return layer


def main():
    (images, labels), _ = data.chapter_data()
    x, y = torch.from_numpy(images), torch.from_numpy(labels).long()
    # Keras's momentum 0.99 is the share of the old average, PyTorch's that of the new.
    model = nn.Sequential(
        nn.Flatten(), dense(784, 300), nn.ReLU(), nn.BatchNorm1d(300, eps=1e-3, momentum=0.01), dense(300, 100),
        nn.ReLU(), nn.Dropout(0.5), nn.Linear(100, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, fused=True)
    criterion = nn.CrossEntropyLoss()
    seconds = []
    for _ in range(options.epochs):
        start = time.perf_counter()
        order = torch.randperm(len(x))
        total, right = torch.zeros(()), torch.zeros(())
        for begin in range(0, len(x), 32):
            rows = order[begin:begin + 32]
            batch, target = x[rows], y[rows]
            optimizer.zero_grad(set_to_none=True)
            logits = model(batch)
            loss = criterion(logits, target)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                total += loss.detach() * len(rows)
                right += (logits.argmax(1) == target).sum()
        seconds.append(time.perf_counter() - start)
    report("PyTorch, fused Adam", f"torch {torch.__version__}", threads, seconds, float(right) / len(x))


main()

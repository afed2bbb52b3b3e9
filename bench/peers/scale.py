#!/usr/bin/env python3
"""Epochs of PyTorch on one thread, alone or as one of the processes of DDP on gloo that ../scale.py starts:
scale.py SIZES ROWS BATCH RANK RANKS PORT. Rank 0 prints the seconds of each epoch as JSON, until it is ended. The batch is that of all ranks."""
import itertools
import json
import os
import sys
import time

sizes = [int(size) for size in sys.argv[1].split("-")]
rows, batch, rank, ranks = map(int, sys.argv[2:6])
os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="")

import torch  # noqa: E402

torch.set_num_threads(1)
torch.manual_seed(0)
layers = []
for inputs, outputs in zip(sizes[:-2], sizes[1:-1]):
    layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
model = torch.nn.Sequential(*layers, torch.nn.Linear(sizes[-2], sizes[-1]))
if ranks > 1:
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=sys.argv[6])
    torch.distributed.init_process_group("gloo", rank=rank, world_size=ranks)
    model = torch.nn.parallel.DistributedDataParallel(model)
optimizer, loss_of = torch.optim.Adam(model.parameters()), torch.nn.CrossEntropyLoss()
x, y = torch.rand(rows, sizes[0]) * 2 - 1, torch.randint(0, sizes[-1], (rows,))
own = batch // ranks
for epoch in itertools.count():
    begun = time.perf_counter()
    order = torch.randperm(rows, generator=torch.Generator().manual_seed(epoch))
    for first in range(rank * own, rows, batch):
        part = order[first:first + own]
        optimizer.zero_grad(set_to_none=True)
        loss_of(model(x[part]), y[part]).backward()
        optimizer.step()
    if rank == 0:
        print(json.dumps({"event": "epoch", "seconds": time.perf_counter() - begun}), flush=True)

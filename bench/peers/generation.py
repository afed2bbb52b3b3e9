#!/usr/bin/env python3
"""Seconds a symbol that is written, in the usual loops: generation.py FRAMEWORK characters|gpt. The character model keeps its state from
symbol to symbol; the small GPT goes over its window of 128 for each. The networks of ../recurrent.c and ../transformer.c."""
import common

options = common.arguments(__doc__, ["keras-jax", "keras-tensorflow", "torch"])

import numpy

gpt = options.words[0] == "gpt"
WRITTEN = 50
symbols, window, width = (256, 128, 128) if gpt else (66, 1, 256)
random = numpy.random.default_rng(0)


def with_keras():
    keras, name, version = common.load_keras(options)
    layers = keras.layers
    ids = layers.Input(batch_shape=(1, window), dtype="int32")
    h = layers.Embedding(symbols, width)(ids)
    if gpt:
        h = h + layers.Embedding(window, width)(keras.ops.arange(0, window, 1))
        for _ in range(4):
            n = layers.LayerNormalization()(h)
            h = h + layers.MultiHeadAttention(4, 32)(n, n, use_causal_mask=True)
            h = h + layers.Dense(width)(layers.Dense(4 * width, activation="gelu")(layers.LayerNormalization()(h)))
        h = layers.LayerNormalization()(h)
    else:
        h = layers.GRU(512, return_sequences=True, stateful=True)(h)
    model = keras.Model(ids, layers.Dense(symbols, activation="softmax")(h))
    text = [1] * window

    def write():
        for _ in range(WRITTEN):
            p = numpy.asarray(model.predict_on_batch(numpy.array([text[-window:]], "int32")))[0, -1].astype("float64")
            text.append(int(random.choice(symbols, p=p / p.sum())))
    return name, version, write


def with_torch():
    torch, name, version = common.load_torch(options)
    nn, functional = torch.nn, torch.nn.functional

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.inputs, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
            self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)

        def forward(self, h):
            q, k, v = self.inputs(self.first(h)).view(1, window, 3, 4, -1).permute(2, 0, 3, 1, 4)
            read = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            h = h + self.output(read.transpose(1, 2).reshape(1, window, -1))
            return h + self.narrow(functional.gelu(self.wide(self.second(h))))

    tokens, last = nn.Embedding(symbols, width), nn.Linear(width if gpt else 512, symbols)
    along = nn.Sequential(*(Block() for _ in range(4)), nn.LayerNorm(width)) if gpt else nn.GRU(width, 512, batch_first=True)
    positions, text, state = torch.randn(window, width) * 0.05, [1] * window, None

    @torch.inference_mode()
    def write():
        nonlocal state
        for _ in range(WRITTEN):
            h = tokens(torch.tensor([text[-window:]]))
            if gpt:
                h = along(h + positions)
            else:
                h, state = along(h, state)
            text.append(int(torch.multinomial(torch.softmax(last(h[0, -1]), 0), 1)))
    return name, version, write


name, version, write = with_torch() if options.framework == "torch" else with_keras()
common.measure(options, name, version, common.seconds_each(common.clocked(write), WRITTEN))

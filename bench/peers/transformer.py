#!/usr/bin/env python3
"""Seconds a training step of two transformers on random ids: transformer.py FRAMEWORK text|gpt [BATCH]; the networks of ../transformer.c."""
import common

options = common.arguments(__doc__, ["keras-jax", "keras-tensorflow", "torch"])

import numpy

text = options.words[0] == "text"
batch = int(options.words[1]) if len(options.words) > 1 else 32
samples = batch * 8  # as ../transformer.c
words, steps, width = (20000, 200, 32) if text else (256, 128, 128)
random = numpy.random.default_rng(0)
x = random.integers(0, words, (samples, steps)).astype("int32")
y = random.integers(0, 2, samples).astype("int32") if text else random.integers(0, words, (samples, steps)).astype("int32")


def with_keras():
    keras, name, version = common.load_keras(options)
    layers, ops = keras.layers, keras.ops

    class Embeddings(layers.Layer):
        def __init__(self):
            super().__init__()
            self.tokens, self.positions = layers.Embedding(words, width), layers.Embedding(steps, width)

        def call(self, ids):
            return self.tokens(ids) + self.positions(ops.arange(0, steps, 1))

    ids = layers.Input((steps,), dtype="int32")
    h = Embeddings()(ids)
    if text:
        h = layers.LayerNormalization(epsilon=1e-6)(h + layers.Dropout(0.1)(layers.MultiHeadAttention(2, 32)(h, h)))
        f = layers.Dropout(0.1)(layers.Dense(32)(layers.Dense(32, activation="relu")(h)))
        h = layers.LayerNormalization(epsilon=1e-6)(h + f)
        h = layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(h))
        h = layers.Dropout(0.1)(layers.Dense(20, activation="relu")(h))
        output = layers.Dense(2, activation="softmax")(h)
    else:
        for _ in range(4):
            n = layers.LayerNormalization()(h)
            h = h + layers.MultiHeadAttention(4, 32)(n, n, use_causal_mask=True)
            h = h + layers.Dense(width)(layers.Dense(4 * width, activation="gelu")(layers.LayerNormalization()(h)))
        output = layers.Dense(words, activation="softmax")(layers.LayerNormalization()(h))
    model = keras.Model(ids, output)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return name, version, common.keras_epoch(keras, model, x, y, batch)


def with_torch():
    torch, name, version = common.load_torch(options)
    nn, functional = torch.nn, torch.nn.functional

    class Attention(nn.Module):
        def __init__(self, heads, size, causal):
            super().__init__()
            self.heads, self.causal = heads, causal
            self.inputs, self.output = nn.Linear(width, 3 * heads * size), nn.Linear(heads * size, width)

        def forward(self, h):
            n, t, _ = h.shape
            q, k, v = self.inputs(h).view(n, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
            read = functional.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
            return self.output(read.transpose(1, 2).reshape(n, t, -1))

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.tokens, self.positions = nn.Embedding(words, width), nn.Parameter(torch.randn(steps, width) * 0.05)
            blocks = 1 if text else 4
            self.attention = nn.ModuleList(Attention(2, 32, False) if text else Attention(4, 32, True) for _ in range(blocks))
            self.wide = nn.ModuleList(nn.Linear(width, width if text else 4 * width) for _ in range(blocks))
            self.narrow = nn.ModuleList(nn.Linear(width if text else 4 * width, width) for _ in range(blocks))
            self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2 * blocks + 1))
            self.dropout = nn.Dropout(0.1)
            self.last = nn.Sequential(nn.Linear(width, 20), nn.ReLU(), nn.Dropout(0.1), nn.Linear(20, 2)) if text \
                else nn.Linear(width, words)

        def forward(self, ids):
            h = self.tokens(ids) + self.positions
            for i, attention in enumerate(self.attention):
                if text:
                    h = self.norms[2 * i](h + self.dropout(attention(h)))
                    h = self.norms[2 * i + 1](h + self.dropout(self.narrow[i](functional.relu(self.wide[i](h)))))
                else:
                    h = h + attention(self.norms[2 * i](h))
                    h = h + self.narrow[i](functional.gelu(self.wide[i](self.norms[2 * i + 1](h))))
            if text:
                return self.last(self.dropout(h.mean(1)))
            return self.last(self.norms[-1](h)).flatten(0, 1)

    model = Network()
    loss = nn.CrossEntropyLoss()
    return name, version, common.torch_epoch(
        torch, model, common.torch_optimizer(torch, "adam", model.parameters()), lambda outputs, wanted: loss(outputs, wanted.flatten()),
        lambda outputs, wanted: (outputs.argmax(1) == wanted.flatten()).float().sum(), [torch.from_numpy(x).long()],
        torch.from_numpy(y).long(), batch)


name, version, run = with_torch() if options.framework == "torch" else with_keras()
common.measure(options, name, version, common.seconds_each(run, -(-samples // batch)))

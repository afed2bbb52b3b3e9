#!/usr/bin/env python3
"""Seconds an epoch of the example of the README: 784-300-BN-100-dropout-10, 55,000 images of Fashion-MNIST, batch 32, Adam.

Keras with fit; PyTorch eager with fused Adam; JAX with the whole epoch as one compiled scan."""
import common

options = common.arguments(__doc__, ["keras-jax", "keras-tensorflow", "torch", "jax"])

import chapter_model
import data

BATCH = 32


def with_keras(x, y):
    keras, name, version = common.load_keras(options)
    return name, version, common.keras_epoch(keras, chapter_model.make(keras), x, y, BATCH)


def with_torch(x, y):
    torch, name, version = common.load_torch(options)
    nn = torch.nn
    model = nn.Sequential(  # Keras's momentum 0.99 is the share of the old average, PyTorch's that of the new
        nn.Flatten(), common.torch_dense(torch, 784, 300), nn.ReLU(), nn.BatchNorm1d(300, eps=1e-3, momentum=0.01),
        common.torch_dense(torch, 300, 100), nn.ReLU(), nn.Dropout(0.5), nn.Linear(100, 10))
    optimizer = common.torch_optimizer(torch, "adam", model.parameters())
    return name, version, common.torch_epoch(
        torch, model, optimizer, nn.CrossEntropyLoss(), common.torch_classes_right,
        [torch.from_numpy(x)], torch.from_numpy(y).long(), BATCH)


def with_jax(x, y):
    import jax
    import jax.numpy as jnp

    def he_normal(key, inputs, outputs):
        return jax.random.truncated_normal(key, -2, 2, (inputs, outputs)) * (2 / inputs) ** 0.5 / 0.8796

    def logits(weights, batch, key):
        w1, b1, gamma, beta, w2, b2, w3, b3 = weights
        h = jax.nn.relu(batch @ w1 + b1)
        mean, variance = h.mean(0), h.var(0)
        h = (h - mean) * jax.lax.rsqrt(variance + 1e-3) * gamma + beta
        h = jax.nn.relu(h @ w2 + b2)
        h = jnp.where(jax.random.bernoulli(key, 0.5, h.shape), h * 2, 0)
        return h @ w3 + b3, (mean, variance)

    def loss(weights, batch, target, key):
        answer, statistics = logits(weights, batch, key)
        chosen = jnp.take_along_axis(jax.nn.log_softmax(answer), target[:, None], 1)
        return -chosen.mean(), ((answer.argmax(1) == target).sum(), statistics)

    def step(state, rows):
        weights, first, second, moving, t, key, images, labels = state
        key, used = jax.random.split(key)
        (value, (right, seen)), gradients = jax.value_and_grad(loss, has_aux=True)(weights, images[rows], labels[rows], used)
        t = t + 1
        rate = 1e-3 * jnp.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)
        tree = jax.tree_util.tree_map
        first = tree(lambda m, g: 0.9 * m + 0.1 * g, first, gradients)
        second = tree(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradients)
        weights = tree(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-7), weights, first, second)
        moving = tree(lambda old, new: 0.99 * old + 0.01 * new, moving, seen)
        return (weights, first, second, moving, t, key, images, labels), (value, right)

    @jax.jit
    def epoch(weights, first, second, moving, t, key, images, labels):
        key, used = jax.random.split(key)
        steps = len(labels) // BATCH  # one batch of 24 fewer than the others' epoch
        order = jax.random.permutation(used, len(labels))[:steps * BATCH].reshape(steps, BATCH)
        state, results = jax.lax.scan(step, (weights, first, second, moving, t, key, images, labels), order)
        return state[:6], results

    keys = jax.random.split(jax.random.PRNGKey(0), 4)
    weights = (he_normal(keys[0], 784, 300), jnp.zeros(300), jnp.ones(300), jnp.zeros(300), he_normal(keys[1], 300, 100),
               jnp.zeros(100), he_normal(keys[2], 100, 10), jnp.zeros(10))
    zeros = jax.tree_util.tree_map(jnp.zeros_like, weights)
    state = [weights, zeros, zeros, (jnp.zeros(300), jnp.ones(300)), jnp.zeros(()), keys[3]]
    images, labels = jnp.asarray(x.reshape(len(x), 784)), jnp.asarray(y)

    def one_epoch():
        nonlocal state
        state, results = epoch(*state, images, labels)
        jax.block_until_ready(results)
    return "JAX, scanned epoch", f"jax {jax.__version__}", common.clocked(one_epoch)


(images, labels), _ = data.chapter_data()
make = {"torch": with_torch, "jax": with_jax}.get(options.framework, with_keras)
common.measure(options, *make(images, labels))

"""A second set of runs whose expectations were written before any of them was run, after the rules had been mended by the first (held.py)."""
import math
import random

import held_data
from data import mixed
from runs import BINARY, MSE, SPARSE, Run
from unseen import CATEGORICAL, dense, net

SOFT = "softmax"


def spectra(seed=71, count=1100, channels=40):
    """Curves with a peak at one of four places; the class is the place."""
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        k, width = draw.randrange(4), draw.uniform(1.5, 3)
        place = 6 + 9 * k + draw.uniform(-2, 2)
        x.append([math.exp(-((c - place) / width) ** 2) + draw.gauss(0, 0.08) for c in range(channels)])
        y.append(k)
    return x, y


def orbits(seed=72, count=1200):
    """Two numbers of a planet's way, and its time around: a power law."""
    draw = random.Random(seed)
    x = [[draw.uniform(0.5, 2), draw.uniform(0.8, 1.2), draw.gauss(0, 1)] for _ in range(count)]
    return x, [a ** 1.5 / b ** 0.5 + draw.gauss(0, 0.03) for a, b, _ in x]


def bags(seed=73, count=1200, known=60):
    """Counts of words; three topics, each with words of its own."""
    draw = random.Random(seed)
    x, y = [], []
    for _ in range(count):
        k, row = draw.randrange(3), [0] * known
        for _ in range(30):
            row[draw.randrange(12) + 12 * k if draw.random() < 0.3 else draw.randrange(known)] += 1
        x.append(row)
        y.append(k)
    return x, y


def spectrum(layers=(dense(32),), last=dense(4, SOFT), loss=SPARSE, source="spc.npy,spcy.npy", epochs=15, **more):
    return net(source, "[40]", layers, last, loss, epochs=epochs, **more)


def orbit(layers=(dense(24), dense(24)), last="dense: 1", loss=MSE, source="or.npy,ory.npy", epochs=25, **more):
    return net(source, "[3]", layers, last, loss, epochs=epochs, **more)


def bag(layers=(dense(24),), last=dense(3, SOFT), loss=SPARSE, source="bg.npy,bgy.npy", epochs=15, **more):
    return net(source, "[60]", layers, last, loss, epochs=epochs, **more)


def lines(layers, last=dense(4, SOFT), source="spl.npy,spcy.npy", epochs=15, **more):
    return net(source, "[40, 1]", layers, last, SPARSE, epochs=epochs, **more)


def steps(layers, front="embedding: {input_dim: 8, output_dim: 12}", epochs=15, **more):
    return net("st.npy,sty.npy", "[20]", [front, *layers], dense(8, SOFT), SPARSE, epochs=epochs, **more)


def broken_runs():
    conv = "conv1d: {filters: 12, kernel_size: 5, activation: relu}"
    yield Run("later_spectrum_raw", spectrum(source="spk.npy,spcy.npy", optimizer="sgd(learning_rate=0.05)"), ["inputs_unscaled", "rate_too_high"])
    yield Run("later_spectrum_shuffled_labels", spectrum(source="spc.npy,spcp.npy", epochs=10), ["labels_unrelated"])
    yield Run("later_bag_shuffled_labels", bag(source="bg.npy,bgp.npy", validation="0.2", epochs=30), ["labels_unrelated"])
    yield Run("later_orbit_shuffled", orbit(source="or.npy,orp.npy"), ["labels_unrelated"])
    yield Run("later_orbit_days", orbit(source="or.npy,ord.npy"), ["target_scale", "rate_too_low"])
    yield Run("later_orbit_tanh", orbit(last=dense(1, "tanh")), ["output_range"])
    yield Run("later_bag_logits", bag(last="dense: 3"), ["softmax_missing"], "dense_1")
    yield Run("later_bag_one_hot", bag(source="bg.npy,bgh.npy"), ["target_form"])
    yield Run("later_bag_too_few_units", bag(last=dense(2, SOFT)), ["labels_offset"])
    yield Run("later_spectrum_twelve_sigmoids", spectrum([dense(24, "sigmoid")] * 8, optimizer="sgd(learning_rate=0.1)"), ["vanishing_gradients"], "dense")
    yield Run("later_spectrum_dead", spectrum([dense(32), dense(32, bias_initializer="constant(-40)")]), ["dead_relu", "init_scale"], "dense_1")
    yield Run("later_spectrum_same_weights", spectrum([dense(32, kernel_initializer="ones")]), ["symmetric_init", "init_scale"], "dense")
    yield Run("later_bag_adam_two", bag([dense(24), dense(24)], optimizer="adam(learning_rate=2)"), ["rate_too_high", "dead_relu"])
    yield Run("later_orbit_slow", orbit(optimizer="sgd(learning_rate=0.000001)"), ["rate_too_low", "momentum_missing"])
    yield Run("later_lines_drop", lines([conv, "flatten", dense(32), "dropout: 0.96"]), ["dropout_too_high"])
    yield Run("later_lines_decay", lines([conv, "flatten"], optimizer="adamw(weight_decay=80)"), ["decay_too_strong"])
    yield Run("later_lines_pools", lines(["conv1d: {filters: 8, kernel_size: 3, padding: same, activation: relu}", "max_pooling1d: 2"] * 6 + ["flatten"]),
              ["map_collapsed", "shape_mismatch"])
    yield Run("later_lines_lstm_rows", spectrum(["gru: 8"]), ["shape_mismatch"], "gru")
    yield Run("later_steps_leak", steps(["bidirectional: {layer: {gru: {units: 12, return_sequences: true}}}"]), ["future_leak"], "bidirectional")
    yield Run("later_steps_table", steps(["gru: {units: 12, return_sequences: true}"], front="embedding: {input_dim: 6, output_dim: 12}"), ["embedding_ids"], "embedding")
    yield Run("later_spectrum_clip", spectrum(optimizer="sgd(learning_rate=0.1, global_clipnorm=1e-6)"), ["clip_too_small"])
    yield Run("later_spectrum_frozen", spectrum([dense(3, trainable="false")] * 4, epochs=25), ["frozen_fresh"], "dense")
    yield Run("later_bag_softmaxes", bag([dense(24, SOFT), dense(24, SOFT)], optimizer="sgd(learning_rate=0.02)"), ["hidden_softmax"], "dense")
    yield Run("later_bag_copies", bag(validation="\"bgv.npy,bgvy.npy\""), ["rows_shared"])


def healthy():
    conv = "conv1d: {filters: 12, kernel_size: 5, activation: relu}"
    yield "spectrum", spectrum()
    yield "spectrum_sgd", spectrum(optimizer="sgd(learning_rate=0.1)", epochs=30)
    yield "spectrum_smooth", spectrum(source="spc.npy,spch.npy", loss="\"categorical_crossentropy(label_smoothing=0.1)\"")
    yield "orbit", orbit()
    yield "orbit_elu", orbit([dense(16, "elu")] * 3, loss="mae")
    yield "orbit_weak", orbit(source="or.npy,orw.npy", epochs=12)
    yield "bag", bag()
    yield "bag_counts_normalized", bag(["normalization", dense(24), "dropout: 0.5"])
    yield "bag_rows", bag(source="bg.npy,bgh.npy", loss=CATEGORICAL)
    yield "lines_conv", lines([conv, "max_pooling1d: 2", "flatten"])
    yield "lines_lstm", lines(["bidirectional: {layer: {lstm: 8}}"], epochs=30, optimizer="adam(learning_rate=0.01)")
    yield "steps_gru", steps(["gru: {units: 20, return_sequences: true}"], epochs=25)
    yield "steps_causal", steps(["conv1d: {filters: 24, kernel_size: 3, padding: causal, activation: relu}"], epochs=20)
    yield "one_of_two", net("bg.npy,bg2.npy", "[60]", [dense(16)], dense(1, "sigmoid"), BINARY, epochs=15)


def healthy_runs():
    for name, text in healthy():
        yield Run("later_healthy_" + name, text, [])


def write_data(put):
    draw = random.Random(74)
    x, y = spectra()
    put("spc.npy", x), put("spcy.npy", y, "<i4"), put("spcp.npy", mixed(draw, y), "<i4"), put("spk.npy", [[4000 * v for v in r] for r in x])
    put("spl.npy", [[[v] for v in r] for r in x]), put("spch.npy", [[float(k == j) for j in range(4)] for k in y])
    x, y = orbits()
    put("or.npy", x), put("ory.npy", [t - 1.2 for t in y]), put("orp.npy", mixed(draw, y)), put("ord.npy", [365000 * t for t in y])
    put("orw.npy", [0.3 * r[2] + draw.gauss(0, 1) for r in x])
    x, y = bags()
    put("bg.npy", x), put("bgy.npy", y, "<i4"), put("bgp.npy", mixed(draw, y), "<i4"), put("bgh.npy", [[float(k == j) for j in range(3)] for k in y])
    put("bg2.npy", [int(k == 1) for k in y]), put("bgv.npy", x[300:550]), put("bgvy.npy", y[300:550], "<i4")
    x, y = held_data.scales(seed=75, count=800, steps=20, known=8)
    put("st.npy", x, "<i4"), put("sty.npy", y, "<i4")

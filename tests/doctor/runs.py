"""The runs of the zoo: recipes over the data of data.py, what is wrong with them (nothing: healthy), and at which layer."""
import re

import data


class Run:
    def __init__(self, name, recipe, expected, layer=None, quick=False, steps=None):
        self.name, self.recipe, self.expected, self.layer, self.quick, self.steps = name, recipe, expected, layer, quick, steps


def recipe(layers, loss, source, optimizer="adam", epochs=3, batch=32, validation=None, scale=None, fit=""):
    lines = ["model:"] + ["  - " + layer for layer in layers]
    lines.append("compile: {optimizer: \"%s\", loss: %s}" % (optimizer, loss))
    more = (", validation: %s" % validation if validation else "") + (", scale: %s" % scale if scale else "")
    lines.append("data: {train: \"%s\"%s}" % (source, more))
    lines.append("fit: {epochs: %d, batch_size: %d%s}" % (epochs, batch, ", " + fit if fit else ""))
    return "\n".join(lines) + "\n"


SPARSE, BINARY, MSE = "sparse_categorical_crossentropy", "binary_crossentropy", "mse"


def pictures(hidden=("dense: {units: 100, activation: relu, kernel_initializer: he_normal}",),
             last="dense: {units: 10, activation: softmax}", loss=SPARSE, source="p.npy,py.npy", scale="1/255", epochs=12, **more):
    return recipe(["input: [144]", *hidden, last], loss, source, scale=scale, epochs=epochs, **more)


def deep(activation="relu", initializer="he_normal", units=64, layers=12, **more):
    return pictures(["dense: {units: %d, activation: %s, kernel_initializer: %s}" % (units, activation, initializer)] * layers, **more)


def blobs(last="dense: {units: 3, activation: softmax}", hidden=("dense: {units: 50, activation: relu}",), loss=SPARSE,
          source="b.npy,by.npy", epochs=30, **more):
    return recipe(["input: [2]", *hidden, last], loss, source, epochs=epochs, **more)


def circles(last="dense: {units: 1, activation: sigmoid}", hidden=("dense: {units: 16, activation: relu}",) * 2, loss=BINARY,
            source="c.npy,cy.npy", epochs=60, **more):
    return recipe(["input: [2]", *hidden, last], loss, source, epochs=epochs, **more)


def waves(last="dense: 1", hidden=("dense: {units: 32, activation: relu}",) * 2, loss=MSE, source="w.npy,wy.npy", epochs=30, **more):
    return recipe(["input: [8]", *hidden, last], loss, source, epochs=epochs, **more)


def rare(hidden=("dense: {units: 16, activation: relu}",), source="r.npy,ry.npy", epochs=10, **more):
    return recipe(["input: [20]", *hidden, "dense: {units: 1, activation: sigmoid}"], BINARY, source, epochs=epochs, **more)


def broken_runs():
    relu = "dense: {units: 100, activation: relu, kernel_initializer: he_normal}"
    yield Run("pictures_unscaled", pictures(scale="1", optimizer="sgd(learning_rate=0.1)"), ["inputs_unscaled", "rate_too_high"], quick=True)
    yield Run("waves_uneven", waves(source="wu.npy,wy.npy", optimizer="sgd(learning_rate=0.01)"), ["inputs_unscaled", "not_finite", "rate_too_high"])
    yield Run("waves_not_finite", waves(source="w.npy,winf.npy"), ["data_not_finite"], quick=True)
    yield Run("pictures_constant", pictures(source="pc.npy,py.npy"), ["inputs_constant"])
    yield Run("waves_target_column", waves(source="wt.npy,wy.npy").replace("[8]", "[9]"), ["target_in_inputs"])
    yield Run("rare_class_column", rare(source="rt.npy,ry.npy").replace("[20]", "[21]"), ["target_in_inputs"])
    yield Run("blobs_from_one", blobs(last="dense: {units: 4, activation: softmax}", source="b.npy,by1.npy"), ["labels_offset"])
    yield Run("blobs_from_one_refused", blobs(source="b.npy,by1.npy"), ["labels_offset"], quick=True)
    yield Run("blobs_rows", blobs(source="b.npy,byh.npy"), ["target_form"], quick=True)
    yield Run("blobs_ids", blobs(loss="categorical_crossentropy"), ["target_form"])
    yield Run("pictures_sorted_split", pictures(source="ps.npy,pys.npy", validation="last 600"), ["split_shift"])
    yield Run("waves_validation_scaled", waves(validation="\"wv.npy,wvy.npy\""), ["split_shift"])
    yield Run("pictures_permuted", pictures(source="p.npy,pyp.npy", validation="0.2", epochs=40), ["labels_unrelated"])
    yield Run("blobs_permuted", blobs(source="b.npy,byp.npy"), ["labels_unrelated"])
    yield Run("rare_weak", rare(hidden=(), source="r.npy,ryp.npy"), ["imbalance_collapse", "labels_unrelated", "rate_too_low", "too_few_steps"])
    yield Run("pictures_sorted_unshuffled", pictures(source="ps.npy,pys.npy", fit="shuffle: false"), ["sorted_unshuffled"])
    yield Run("waves_leak", waves(validation="\"wl.npy,wly.npy\""), ["rows_shared"])
    yield Run("pictures_linear_output", pictures(last="dense: 10"), ["softmax_missing"], "dense_1")
    yield Run("blobs_linear_output", blobs(last="dense: {units: 3}"), ["softmax_missing"], "dense_1", quick=True)
    yield Run("circles_linear_output", circles(last="dense: 1"), ["softmax_missing"], "dense_2")
    yield Run("pictures_softmax_twice", pictures(last="dense: {units: 10, activation: softmax}\n  - softmax"), ["softmax_twice"])
    yield Run("pictures_logits_of_softmax", pictures(loss="\"sparse_categorical_crossentropy(from_logits=true)\""), ["softmax_twice"])
    yield Run("circles_softmax_one", circles(last="dense: {units: 1, activation: softmax}"), ["softmax_one_unit"], quick=True)
    yield Run("waves_sigmoid_output", waves(last="dense: {units: 1, activation: sigmoid}", source="w.npy,wy50.npy"), ["output_range"])
    yield Run("waves_relu_output", waves(last="dense: {units: 1, activation: relu}"), ["output_range"])
    yield Run("pictures_relu_output", pictures(last="dense: {units: 10, activation: relu}"), ["output_range", "not_finite"])
    yield Run("blobs_binary_ids", blobs(loss=BINARY), ["loss_task"])
    yield Run("circles_minus_one", circles(source="c.npy,cym.npy"), ["loss_task"])
    yield Run("pictures_mse_ids", pictures(loss=MSE), ["loss_task"])
    yield Run("pictures_hidden_softmax", pictures(["dense: {units: 64, activation: softmax}"] * 2, optimizer="sgd(learning_rate=0.01)"),
              ["hidden_softmax"], "dense")
    yield Run("circles_affine", circles(hidden=("dense: 16",) * 2), ["no_nonlinearity", "underfit"])
    yield Run("pictures_frozen", pictures(["dense: {units: 100, activation: relu, trainable: false}"],
                                          "dense: {units: 10, activation: softmax, trainable: false}"), ["nothing_trains"])
    yield Run("waves_frozen_narrow", waves(hidden=("dense: {units: 2, activation: relu, trainable: false}",) * 4),
              ["frozen_fresh"], "dense")
    yield Run("blobs_norm_alone", blobs(hidden=("dense: 20", "batch_normalization", "relu"), batch=1, epochs=2), ["batch_norm_alone"])
    yield Run("pictures_dropout_output", pictures(last="dense: {units: 10, activation: softmax}\n  - dropout: 0.5"), ["dropout_at_output"])
    yield Run("pictures_dropout_high", pictures([relu, "dropout: 0.95", relu, "dropout: 0.95", relu, "dropout: 0.95"], epochs=4),
              ["dropout_too_high"])
    yield Run("deep_ones", deep(initializer="ones"), ["symmetric_init", "init_scale"])
    yield Run("deep_large_init", deep(initializer="\"random_normal(0, 1)\""), ["init_scale", "exploding_gradients", "not_finite"])
    yield Run("deep_small_init", deep(initializer="\"random_normal(0, 0.01)\""), ["init_scale", "vanishing_gradients"])
    yield Run("deep_tanh_large", deep("tanh", "\"random_normal(0, 1)\"", optimizer="sgd(learning_rate=0.01)"), ["saturated", "init_scale"])
    yield Run("six_sigmoids", deep("sigmoid", "glorot_uniform", layers=6, optimizer="sgd(learning_rate=0.01)"), ["vanishing_gradients"],
              "dense")
    yield Run("deep_sigmoid", deep("sigmoid", "glorot_uniform", optimizer="sgd(learning_rate=0.01)"), ["vanishing_gradients"], "dense")
    yield Run("pictures_dead_bias", pictures(["dense: {units: 100, activation: relu, bias_initializer: \"constant(-10)\"}"]),
              ["dead_relu"], "dense")
    yield Run("pictures_adam_high", pictures(optimizer="adam(learning_rate=0.5)"), ["rate_too_high", "dead_relu"], quick=True)
    yield Run("waves_sgd_high", waves(optimizer="sgd(learning_rate=0.8)"), ["rate_too_high", "not_finite", "exploding_gradients"])
    yield Run("pictures_adam_low", pictures(optimizer="adam(learning_rate=1e-8)"), ["rate_too_low"], quick=True)
    yield Run("blobs_sgd_low", blobs(optimizer="sgd(learning_rate=1e-6)"), ["rate_too_low"])
    yield Run("pictures_sgd_slow", pictures(optimizer="sgd(learning_rate=1e-4)", epochs=4), ["momentum_missing", "rate_too_low", "too_few_steps"])
    yield Run("pictures_clip", pictures(optimizer="sgd(learning_rate=0.01, clipnorm=1e-6)"), ["clip_too_small"])
    yield Run("pictures_l2", pictures(["dense: {units: 100, activation: relu, kernel_regularizer: \"l2(1)\"}"],
                                      "dense: {units: 10, activation: softmax, kernel_regularizer: \"l2(1)\"}"), ["decay_too_strong"])
    yield Run("pictures_decay", pictures(optimizer="adamw(weight_decay=100)"), ["decay_too_strong"])
    yield Run("pictures_overfit", pictures([relu.replace("100", "256")] * 2, source="p3.npy,py3.npy", validation="\"pv.npy,pvy.npy\"", epochs=100),
              ["overfit"])
    yield Run("pictures_one_unit", pictures(["dense: {units: 1, activation: relu}"], epochs=10), ["underfit", "dead_relu"])
    yield Run("pictures_monitor", pictures(validation="0.2", fit="callbacks: [\"early_stopping(monitor=val_accuracy, mode=min)\"]"),
              ["monitor_wrong"])
    yield Run("pictures_momentum", pictures(optimizer="sgd(learning_rate=0.1, momentum=0.9999)"), ["rate_too_high", "oscillation"])
    yield Run("waves_target_scale", waves(source="w.npy,wy1e5.npy"), ["target_scale", "rate_too_low"])
    yield Run("pictures_schedule", pictures(optimizer="sgd(learning_rate=\\\"exponential_decay(0.01, 5, 0.5)\\\")"), ["schedule_dead"])
    yield Run("blobs_few_steps", pictures(optimizer="sgd(learning_rate=0.01)", epochs=1, batch=256), ["too_few_steps", "rate_too_low", "momentum_missing"])


def healthy_runs():
    relu = "dense: {units: 64, activation: relu, kernel_initializer: he_normal}"
    yield Run("healthy_pictures", pictures(validation="0.2"), [], quick=True)
    for optimizer in ("sgd", "rmsprop", "nadam", "adagrad", "adamw", "lion", "sgd(learning_rate=0.1, momentum=0.9)"):
        yield Run("healthy_" + optimizer.split("(")[0] + str(len(optimizer)), pictures(optimizer=optimizer, epochs=15), [])
    yield Run("healthy_norm_dropout", pictures(["dense: 100", "batch_normalization", "relu", "dropout: 0.5", relu]), [])
    yield Run("healthy_deep", deep(layers=8), [])
    yield Run("healthy_blobs", blobs(), [], quick=True)
    yield Run("healthy_circles", circles(epochs=100), [])
    yield Run("healthy_waves", waves(validation="0.2"), [], quick=True)
    yield Run("healthy_rare", rare(source="r5.npy,ry5.npy", epochs=20), [])
    yield Run("healthy_noisy_labels", pictures(source="p.npy,pyn.npy", epochs=6), [])
    yield Run("healthy_weak_signal", waves(source="w.npy,wyweak.npy", epochs=10), [])
    yield Run("healthy_linear", waves(hidden=(), source="w.npy,wylin.npy", optimizer="adam(learning_rate=0.01)"), [])
    yield Run("healthy_low_rank", waves(hidden=("dense: 4",), source="w.npy,wylin.npy", optimizer="adam(learning_rate=0.01)"), [])
    yield Run("healthy_one_column", recipe(["input: [1]", "dense: 1"], MSE, "one.npy,oney.npy", "sgd(learning_rate=0.05)", epochs=20), [])
    yield Run("healthy_softened", pictures(loss="\"categorical_crossentropy(label_smoothing=0.2)\"", source="p.npy,pyh.npy"), [])
    yield Run("healthy_dropouts", pictures([relu, "dropout: 0.5"] * 3, epochs=20), [])
    yield Run("healthy_tanh", pictures(["dense: {units: 64, activation: tanh}"] * 2, optimizer="sgd(learning_rate=0.1)"), [])
    yield Run("healthy_autoencoder", pictures([relu], "dense: {units: 144, activation: sigmoid}", MSE, "pf.npy,pf.npy", scale=None), [])
    yield Run("healthy_cyclic", pictures(optimizer="sgd(learning_rate=\\\"cosine_decay_restarts(0.3, 100)\\\")"), [])
    yield Run("healthy_edge", pictures(optimizer="sgd(learning_rate=0.3)"), [])
    yield Run("healthy_small_net", circles(hidden=("dense: {units: 8, activation: tanh}",) * 2, epochs=150, optimizer="adam(learning_rate=0.01)"), [])
    yield Run("healthy_small_batch", waves(batch=4, epochs=6), [])
    yield Run("healthy_conv", pictures(["reshape: {target_shape: [12, 12, 1]}", "conv2d: {filters: 8, kernel_size: 3, activation: relu}",
                                        "max_pooling2d", "flatten"]), [])


def all_runs():
    import held
    import held_again
    import nets
    import strangers
    import unseen
    parts = (nets, unseen, strangers, held, held_again)
    return [*broken_runs(), *(run for part in parts for run in part.broken_runs()), *healthy_runs(), *(run for part in parts for run in part.healthy_runs())]


def write_data(folder, chosen):
    text = " ".join(run.recipe for run in chosen) + "b.npy,by.npy"

    def put(name, rows, kind="<f4"):
        if re.search(r"\b" + re.escape(name), text):
            data.write_npy(folder / name, rows() if callable(rows) else rows, kind)
    import held
    import held_again
    import nets
    import strangers
    import unseen
    nets.write_data(put), unseen.write_data(put), strangers.write_data(put), held.write_data(put), held.write_tables(folder)
    held_again.write_data(put)
    import random
    draw = random.Random(9)
    x, y = data.blobs()
    put("b.npy", x), put("by.npy", y, "<i4"), put("by1.npy", [k + 1 for k in y], "<i4"), put("byp.npy", data.mixed(draw, y), "<i4")
    put("byh.npy", [[float(k == j) for j in range(3)] for k in y])
    x, y = data.circles()
    put("c.npy", x), put("cy.npy", y), put("cym.npy", [2 * k - 1 for k in y])
    x, y = data.waves()
    put("w.npy", x), put("wy.npy", y), put("winf.npy", y[:-1] + [float("inf")])
    put("wu.npy", [[v * 10 ** (c * 5 / 7) for c, v in enumerate(r)] for r in x])
    put("wt.npy", [r + [3 * t + 1] for r, t in zip(x, y)]), put("wv.npy", [[100 * v for v in r] for r in x[:400]]), put("wvy.npy", y[:400])
    put("wl.npy", x[:200]), put("wly.npy", y[:200])
    put("wy50.npy", [25 + 12 * t for t in y]), put("wy1e5.npy", [200000 + 100000 * t for t in y])
    put("wyweak.npy", [0.23 * r[0] + draw.gauss(0, 1) for r in x]), put("wylin.npy", [r[0] - 2 * r[1] + 0.5 * r[2] + draw.gauss(0, 0.1) for r in x])
    put("one.npy", [[r[0]] for r in x]), put("oney.npy", [2 * r[0] + 1 for r in x])
    x, y = data.rare()
    put("r.npy", x), put("ry.npy", y), put("rt.npy", [r + [0.25 + 0.5 * k] for r, k in zip(x, y)]), put("ryp.npy", data.mixed(draw, y))
    x, y = data.rare(share=0.05, strength=1.5)
    put("r5.npy", x), put("ry5.npy", y)
    x, y = data.pictures()
    put("p.npy", x, "|u1"), put("py.npy", y, "<i4"), put("pyp.npy", data.mixed(draw, y), "<i4"), put("pc.npy", [[7] * 144] * len(x), "|u1")
    put("pf.npy", [[v / 255 for v in r] for r in x[:1500]]), put("pyh.npy", [[float(k == j) for j in range(10)] for k in y])
    put("pyn.npy", [draw.randrange(10) if draw.random() < 0.3 else k for k in y], "<i4")
    order = sorted(range(len(y)), key=lambda i: y[i])
    put("ps.npy", [x[i] for i in order], "|u1"), put("pys.npy", [y[i] for i in order], "<i4")
    noisy = [draw.randrange(10) if draw.random() < 0.3 else k for k in y]
    put("p3.npy", x[:300], "|u1"), put("py3.npy", noisy[:300], "<i4"), put("pv.npy", x[1000:2000], "|u1"), put("pvy.npy", noisy[1000:2000], "<i4")

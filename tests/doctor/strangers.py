"""Runs of the zoo as people send them in: shapes that do not fit, ids that were scaled, several classes at once, fits in stages."""
import random

import data
from runs import BINARY, MSE, SPARSE, Run, recipe
from unseen import CATEGORICAL, dense, net, plane, spirals, tags

CONV = "conv2d: {filters: 8, kernel_size: 3, activation: relu}"


def words(layers, last=dense(1, "sigmoid"), known=30, **more):
    return recipe(["input: [120]", "embedding: {input_dim: %d, output_dim: 8}" % known, *layers, last], BINARY, "t.npy,ty.npy", **more)


def pictures(layers, last=dense(10, "softmax"), **more):
    return recipe(["input: [12, 12, 1]", *layers, last], SPARSE, "p4.npy,py4.npy", scale="1/255", **more)


def staged(second, first="epochs: 8", base=plane):
    return base(epochs=1).replace("fit: {epochs: 1, batch_size: 32}", "fit:\n  - {%s, batch_size: 32}\n  - {%s}" % (first, second))


def shape_faults():
    yield Run("s_flat_rows", plane(["lstm: 8"]), ["shape_mismatch"], "lstm", quick=True)
    yield Run("s_flat_pictures", net("p.npy,py.npy", "[144]", [CONV, "flatten"], dense(10, "softmax"), SPARSE, scale="1/255"), ["shape_mismatch"],
              "conv2d")
    yield Run("s_map_to_classes", pictures([CONV]), ["shape_mismatch"], "dense")
    yield Run("s_stacked_lstm", words(["lstm: 6", "lstm: 6"]), ["shape_mismatch"], "lstm_1")
    yield Run("s_all_steps", words(["gru: {units: 6, return_sequences: true}"]), ["shape_mismatch"], "dense")
    yield Run("s_other_width", plane().replace("[30]", "[28]"), ["shape_mismatch"], "input_layer")
    yield Run("s_tags_one_unit", tags(last=dense(1, "sigmoid")), ["shape_mismatch"], "dense_1")
    yield Run("s_few_units", plane(last=dense(5, "softmax")), ["labels_offset"], "dense_1")
    yield Run("s_stride_past", pictures(["conv2d: {filters: 8, kernel_size: 1, strides: 4, activation: relu}", "flatten"]), ["map_collapsed"], "conv2d")


def data_faults():
    yield Run("s_ids_scaled", words(["global_average_pooling1d"], scale="1/30"), ["embedding_ids"], "embedding", quick=True)
    yield Run("s_ids_beyond", words(["global_average_pooling1d"], known=20), ["embedding_ids"], "embedding")
    yield Run("s_several_classes", tags(last=dense(5, "softmax"), loss=CATEGORICAL), ["loss_task"], "dense_1", quick=True)
    yield Run("s_one_target", plane(source="pl.npy,s_zeros.npy"), ["labels_unrelated"])
    yield Run("s_noise_by_heart", plane(source="pl.npy,plp.npy", validation="0.2", epochs=25), ["labels_unrelated"])
    yield Run("s_sorted_numbers", net("s_up.npy,s_upy.npy", "[8]", [dense(32)], "dense: 1", MSE, validation="0.2"), ["split_shift"], quick=True)
    yield Run("s_few_overfit", net("s_few.npy,s_fewy.npy", "[144]", [dense(256), dense(256)], dense(10, "softmax"), SPARSE, epochs=120,
                                   validation="\"s_more.npy,s_morey.npy\""), ["overfit"])
    yield Run("s_first_symbol", recipe(["input: [80, 2]", "simple_rnn: 12", dense(1, "sigmoid")], BINARY, "s_sym.npy,s_symy.npy", epochs=5),
              ["time_vanishing"], "simple_rnn")
    yield Run("s_unrelated_units", net("s_xor.npy,s_xory.npy", "[2]", [], dense(1, "sigmoid"), BINARY), ["underfit"])


def training_faults():
    yield Run("s_stage_too_fast", staged("epochs: 8, learning_rate: 3", "epochs: 30", spirals), ["rate_too_high", "dead_relu"])
    yield Run("s_stage_frozen", staged("epochs: 2, freeze: true"), ["nothing_trains"])
    yield Run("s_first_stage_slow", staged("epochs: 2", "epochs: 8, learning_rate: 1e-9"), ["rate_too_low"])
    yield Run("s_rate_spent", plane(optimizer="sgd(learning_rate=\\\"exponential_decay(0.05, 2, 0.3)\\\")"), ["schedule_dead"])
    yield Run("s_no_validation", plane(fit="callbacks: [\"early_stopping(monitor=val_loss)\"]"), ["monitor_wrong"])
    yield Run("s_bf16_offset", "dtype_policy: mixed_bfloat16\n" + plane([dense(64), "rescaling: {scale: 1, offset: 6000}", "layer_normalization"]),
              ["bf16_gradients"], "dense_1")


def broken_runs():
    yield from shape_faults()
    yield from data_faults()
    yield from training_faults()


def healthy_runs():
    yield Run("s_healthy_stages", staged("epochs: 4, learning_rate: 1e-4"), [], quick=True)
    yield Run("s_healthy_soft_rows", plane(source="pl.npy,s_soft.npy", loss=CATEGORICAL), [])
    yield Run("s_healthy_known_words", words(["global_max_pooling1d"], epochs=20), [])
    yield Run("s_healthy_two_numbers", net("w.npy,s_two.npy", "[8]", [dense(32), dense(32)], "dense: 2", MSE, epochs=30), [])


def write_data(put):
    draw = random.Random(41)
    x, y = data.plane()
    put("s_zeros.npy", [0] * len(y), "<i4")
    put("s_soft.npy", [[0.8 * (k == j) + 0.2 * (j == (k + 1) % 6) for j in range(6)] for k in y])
    x, y = data.waves()
    put("s_two.npy", [[t, r[0] - r[1]] for r, t in zip(x, y)])
    order = sorted(range(len(x)), key=lambda i: x[i][0] + 0.5 * x[i][1])
    put("s_up.npy", [x[i] for i in order]), put("s_upy.npy", [x[i][0] + 0.5 * x[i][1] for i in order])
    x, y = data.pictures()
    put("s_few.npy", [[v / 255 for v in r] for r in x[:90]])
    put("s_fewy.npy", [draw.randrange(10) if draw.random() < 0.2 else k for k in y[:90]], "<i4")
    put("s_more.npy", [[v / 255 for v in r] for r in x[1000:1500]])
    put("s_morey.npy", [draw.randrange(10) if draw.random() < 0.2 else k for k in y[1000:1500]], "<i4")
    labels = [draw.randrange(2) for _ in range(600)]
    put("s_sym.npy", [[[2 * k - 1, 3] if t == 0 else [draw.gauss(0, 1), draw.gauss(0, 1)] for t in range(80)] for k in labels])
    put("s_symy.npy", labels)
    points = [[draw.uniform(-1, 1), draw.uniform(-1, 1)] for _ in range(900)]
    put("s_xor.npy", points), put("s_xory.npy", [int((a > 0) != (b > 0)) for a, b in points])

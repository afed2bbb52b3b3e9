"""Runs whose expectations were written before any of them was run: tables, pictures, sequences, attention, texts, broken and healthy."""
import random

import held_data as data
from data import mixed
from runs import BINARY, MSE, SPARSE, Run, recipe
from unseen import CATEGORICAL, dense, net

SIG, SOFT = dense(1, "sigmoid"), "softmax"
STOP = "callbacks: [\"early_stopping(%s)\"]"


def moons(layers=(dense(24), dense(24)), last=SIG, loss=BINARY, source="mo.npy,moy.npy", epochs=30, **more):
    return net(source, "[2]", layers, last, loss, epochs=epochs, **more)


def plant(layers=("normalization", dense(32), dense(32)), last="dense: 1", loss=MSE, options="target=power", epochs=30, columns=4, **more):
    return net("plant.csv#" + options, "[%d]" % columns, layers, last, loss, epochs=epochs, **more)


def churn(layers=("normalization", dense(24)), last=SIG, loss=BINARY, options="target=left,encoding=one_hot", source="churn.csv", epochs=20, **more):
    return net("%s#%s" % (source, options), "[10]", layers, last, loss, epochs=epochs, **more)


GLYPH = ["conv2d: {filters: 8, kernel_size: 3, activation: relu}", "max_pooling2d", "flatten"]


def glyphs(layers=GLYPH, last=dense(5, SOFT), loss=SPARSE, source="gl.npy,gly.npy", epochs=12, **more):
    return net(source, "[8, 8, 1]", layers, last, loss, epochs=epochs, **more)


SHAPE = ["conv2d: {filters: 12, kernel_size: 5, activation: relu}", "max_pooling2d", "conv2d: {filters: 16, kernel_size: 3, activation: relu}", "global_max_pooling2d"]


def shapes(layers=SHAPE, last=dense(3, SOFT), source="sh.npy,shy.npy", scale="1/255", epochs=10, **more):
    return net(source, "[16, 16, 3]", layers, last, SPARSE, scale=scale, epochs=epochs, **more)


def pulses(layers, last=dense(3, SOFT), source="pu.npy,puy.npy", epochs=12, **more):
    return net(source, "[48, 1]", layers, last, SPARSE, epochs=epochs, **more)


def sums(layers=("gru: 16",), last="dense: 1", source="su.npy,suy.npy", epochs=15, **more):
    return net(source, "[20, 2]", layers, last, MSE, epochs=epochs, **more)


def ballots(layers, last=dense(3, SOFT), source="ba.npy,bay.npy", known=9, front=None, epochs=15, **more):
    return net(source, "[18]", [front or "embedding: {input_dim: %d, output_dim: 8}" % known, *layers], last, SPARSE, epochs=epochs, **more)


def notes(layers, last=dense(10, SOFT), front="embedding: {input_dim: 10, output_dim: 16}", epochs=12, **more):
    return net("no.npy,noy.npy", "[14]", [front, *layers], last, SPARSE, epochs=epochs, **more)


def reviews(layers, last=SIG, known=100, tokens=100, source="reviews.csv#target=liked,text=said", mode="output_sequence_length: 16", epochs=15, loss=BINARY, **more):
    front = ["text_vectorization: {max_tokens: %d, %s}" % (tokens, mode)] + (["embedding: {input_dim: %d, output_dim: 12}" % known] if known else [])
    return recipe(["input: {shape: [1], dtype: string, name: said}", *front, *layers, last], loss, source, epochs=epochs, **more)


PLACED = "token_and_position_embedding: {vocabulary_size: %d, sequence_length: %d, embedding_dim: 16}"
ENCODER = ["transformer_encoder: {intermediate_dim: 32, num_heads: 2}", "global_average_pooling1d"]


def joined(front, place, last, source, loss=SPARSE, optimizer="adam", epochs=12, bias="zeros"):
    """A way around a layer `place`, which is added."""
    return ("model:\n  - input: {shape: %s, name: x}\n  - %s\n  - %s\n  - add: {inputs: [h, b], name: s}\n  - flatten: {inputs: s, name: f}\n"
            "  - dense: {%s, inputs: f, name: y}\noutputs: y\ncompile: {optimizer: \"%s\", loss: %s}\ndata: {train: \"%s\"}\nfit: {epochs: %d, batch_size: 32}\n"
            % (front[0], front[1], place % bias if "%s" in place else place, last, optimizer, loss, source, epochs))


def attention(init="glorot_uniform", optimizer="adam(learning_rate=0.003)", epochs=15, scale=""):
    return joined(("[20, 2]", "dense: {units: 24, activation: relu, inputs: x, name: h}"),
                  "multi_head_attention: {num_heads: 2, key_dim: 12, kernel_initializer: \"%s\", inputs: [h, h], name: b}" % init, "units: 1", "su.npy,suy.npy", MSE,
                  optimizer, epochs)


def way_around(bias, epochs=10):
    return joined(("[8, 8, 1]", "conv2d: {filters: 8, kernel_size: 3, padding: same, activation: relu, inputs: x, name: h}"),
                  "conv2d: {filters: 8, kernel_size: 3, padding: same, activation: relu, bias_initializer: \"constant(%s)\", inputs: x, name: b}" % bias,
                  "units: 5, activation: softmax", "gl.npy,gly.npy", epochs=epochs)


def table_faults():
    yield Run("held_plant_raw", plant([dense(32), dense(32)], optimizer="sgd(learning_rate=0.01)"), ["inputs_unscaled"])
    yield Run("held_plant_raw_tanh", plant([dense(32, "tanh"), dense(32, "tanh")]), ["inputs_unscaled", "saturated"])
    yield Run("held_plant_leak", plant(columns=5, options="target=power", epochs=15).replace("plant.csv", "plant_leak.csv"), ["target_in_inputs"])
    yield Run("held_plant_gaps", plant(options="target=power,missing=nan").replace("plant.csv", "plant_gaps.csv"), ["data_not_finite"])
    yield Run("held_plant_watts", plant(optimizer="sgd(learning_rate=0.01)").replace("plant.csv", "plant_watts.csv"), ["target_scale", "not_finite"])
    yield Run("held_plant_watts_adam", plant().replace("plant.csv", "plant_watts.csv"), ["target_scale", "rate_too_low"])
    yield Run("held_plant_sigmoid", plant(last=SIG), ["output_range"], "dense_2")
    yield Run("held_plant_relu_last", plant(last=dense(1, "relu")).replace("plant.csv", "plant_centred.csv"), ["output_range"])
    yield Run("held_churn_two_units", churn(last=dense(2, SOFT)), ["loss_task", "shape_mismatch", "target_form"])
    yield Run("held_churn_one_unit", churn(loss=CATEGORICAL), ["loss_task"])
    yield Run("held_churn_one_two", churn(source="churn_12.csv"), ["loss_task", "labels_offset"])
    yield Run("held_churn_rare", churn(source="churn_rare.csv", layers=["normalization", dense(8)], optimizer="sgd(learning_rate=0.01)", epochs=3),
              ["imbalance_collapse", "too_few_steps", "momentum_missing", "rate_too_low"])
    yield Run("held_churn_same_rows", churn(source="churn_same.csv", options="target=left,drop=[plan, region]").replace("[10]", "[3]"), ["inputs_constant"])
    yield Run("held_churn_drop_last", churn(last=SIG + "\n  - dropout: 0.4"), ["dropout_at_output"])
    yield Run("held_churn_tiny_rate", churn(optimizer="rmsprop(learning_rate=1e-7)"), ["rate_too_low"])
    yield Run("held_churn_sorted", churn(source="churn_sorted.csv", fit="shuffle: false", optimizer="sgd(learning_rate=0.1)"), ["sorted_unshuffled"])
    yield Run("held_churn_half", "dtype_policy: mixed_bfloat16\n" + plant([dense(24)], options="target=power,inputs=[pressure]", columns=1), ["bf16_inputs"])


def dense_faults():
    yield Run("held_moons_linear", moons([dense(16, "linear"), dense(16, "linear")], epochs=60), ["no_nonlinearity", "underfit"])
    yield Run("held_moons_zeros", moons([dense(24, kernel_initializer="zeros"), dense(24, kernel_initializer="zeros")]), ["symmetric_init"], "dense")
    yield Run("held_moons_bias", moons([dense(24), dense(24, bias_initializer="constant(-15)")]), ["dead_relu", "init_scale"], "dense_1")
    yield Run("held_moons_fast", moons(optimizer="adam(learning_rate=3)"), ["rate_too_high", "dead_relu"])
    yield Run("held_moons_slow", moons(optimizer="sgd(learning_rate=0.00001)"), ["rate_too_low", "momentum_missing"])
    yield Run("held_moons_drop", moons([dense(24), "dropout: 0.97", dense(24), "dropout: 0.97"]), ["dropout_too_high"])
    yield Run("held_moons_softmax_one", moons(last=dense(1, SOFT)), ["softmax_one_unit"], "dense_2")
    yield Run("held_moons_tanh_last", moons(last=dense(1, "tanh")), ["softmax_missing", "output_range"], "dense_2")
    yield Run("held_moons_logits", moons(last="dense: 1"), ["softmax_missing"], "dense_2")
    yield Run("held_moons_sigmoids", moons([dense(20, "sigmoid")] * 9, epochs=12), ["vanishing_gradients", "saturated"], "dense")
    yield Run("held_moons_frozen", moons([dense(3, trainable="false")] * 3, epochs=40), ["frozen_fresh"], "dense")
    yield Run("held_moons_all_frozen", moons([dense(24, trainable="false")], last="dense: {units: 1, activation: sigmoid, trainable: false}"), ["nothing_trains"])
    yield Run("held_moons_l2", moons([dense(24, kernel_regularizer="l2(2)")] * 2), ["decay_too_strong"])
    yield Run("held_moons_clip", moons(optimizer="sgd(learning_rate=0.1, clipvalue=1e-8)"), ["clip_too_small"])
    yield Run("held_moons_schedule", moons(optimizer="sgd(learning_rate=\\\"exponential_decay(0.05, 3, 0.4)\\\")"), ["schedule_dead"])
    yield Run("held_moons_alone", moons([dense(16), "batch_normalization", dense(16)], batch=1, epochs=3), ["batch_norm_alone"])
    yield Run("held_moons_split", moons(source="moo.npy,mooy.npy", validation="0.2"), ["split_shift"])
    yield Run("held_moons_copies", moons(validation="\"mov.npy,movy.npy\""), ["rows_shared"])
    yield Run("held_moons_mixed", moons(source="mo.npy,mop.npy", epochs=40), ["labels_unrelated"])
    yield Run("held_moons_monitor", moons(fit=STOP % "monitor=loss, mode=max"), ["monitor_wrong"])
    yield Run("held_moons_bell", moons([dense(24, "tanh", kernel_initializer="random_normal(0, 30)")] * 3, optimizer="sgd(learning_rate=0.001)"), ["saturated", "init_scale"])
    yield Run("held_moons_two", moons([dense(1, "tanh")], epochs=60), ["underfit"], "dense")
    yield Run("held_moons_learnt_by_heart", moons([dense(300), dense(300)], source="mof.npy,mofy.npy", validation="\"mov2.npy,mov2y.npy\"", epochs=150), ["overfit"])


def picture_faults():
    deep = ["conv2d: {filters: 12, kernel_size: 3, padding: same, activation: relu, kernel_initializer: \"random_normal(0, 1)\"}"] * 6
    yield Run("held_glyphs_logits", glyphs(last="dense: 5"), ["softmax_missing"], "dense")
    yield Run("held_shapes_bytes", shapes(scale="1", optimizer="sgd(learning_rate=0.01)"), ["inputs_unscaled", "rate_too_high"])
    yield Run("held_shapes_pools", shapes(["conv2d: {filters: 8, kernel_size: 3, padding: same, activation: relu}", "max_pooling2d"] * 4 + [
        "conv2d: {filters: 8, kernel_size: 3, padding: same, activation: relu}", "flatten"]), ["map_collapsed"], "conv2d_4")
    yield Run("held_shapes_channels", shapes(source="shc.npy,shy.npy").replace("[16, 16, 3]", "[3, 16, 16]"), ["channels_first"])
    yield Run("held_glyphs_maps", glyphs(GLYPH[:2]), ["shape_mismatch"], "dense")
    yield Run("held_glyphs_from_one", glyphs(source="gl.npy,gly1.npy"), ["labels_offset"])
    yield Run("held_glyphs_from_one_six", glyphs(source="gl.npy,gly1.npy", last=dense(6, SOFT)), ["labels_offset"])
    yield Run("held_glyphs_rows", glyphs(source="gl.npy,glh.npy"), ["target_form"])
    yield Run("held_glyphs_twice", glyphs(loss="\"sparse_categorical_crossentropy(from_logits=true)\""), ["softmax_twice"])
    yield Run("held_glyphs_deep", glyphs([*deep, "flatten"]), ["init_scale", "exploding_gradients", "not_finite"])
    yield Run("held_glyphs_fast", glyphs(optimizer="adam(learning_rate=0.6)"), ["rate_too_high", "dead_relu"])
    yield Run("held_glyphs_slow", glyphs(optimizer="adam(learning_rate=1e-9)"), ["rate_too_low"])
    yield Run("held_glyphs_by_heart", glyphs(["conv2d: {filters: 24, kernel_size: 3, activation: relu}", "flatten", dense(128)], source="glf.npy,glfy.npy",
                                          validation="\"glv.npy,glvy.npy\"", epochs=80), ["overfit"])
    yield Run("held_glyphs_drop", glyphs([*GLYPH, dense(32), "dropout: 0.95"]), ["dropout_too_high"])
    yield Run("held_glyphs_one_label", glyphs(source="gl.npy,gls.npy"), ["labels_unrelated"])
    yield Run("held_shapes_lag", shapes(["conv2d: {filters: 8, kernel_size: 3}", "batch_normalization: {momentum: 0.999}", "relu", "global_max_pooling2d"], epochs=3, scale="1/25"),
              ["batch_norm_lag"])
    yield Run("held_glyphs_mse", glyphs(loss=MSE), ["loss_task"])
    yield Run("held_glyphs_narrow", glyphs([*GLYPH, dense(1)]), ["underfit", "dead_relu"], "dense")
    yield Run("held_glyphs_dead_way", way_around("-100"), ["dead_branch"], "b")


def sequence_faults():
    yield Run("held_pulses_stacked", pulses(["gru: 8", "gru: 8"]), ["shape_mismatch"], "gru_1")
    yield Run("held_first_of_many", net("fi.npy,fiy.npy", "[100, 1]", ["simple_rnn: 12"], SIG, BINARY, epochs=6), ["time_vanishing"], "simple_rnn")
    yield Run("held_ballots_padded", ballots(["gru: 12"], source="bap.npy,bay.npy", epochs=6).replace("[18]", "[120]"), ["padding_unmasked"], "gru")
    yield Run("held_sums_rnn_relu", sums(["simple_rnn: {units: 16, activation: relu, recurrent_initializer: \"random_normal(0, 0.8)\"}"], optimizer="sgd(learning_rate=0.1)"),
              ["time_exploding", "not_finite", "exploding_gradients", "rate_too_high"])
    yield Run("held_sums_large", sums(source="sul.npy,suy.npy", epochs=12), ["inputs_unscaled", "saturated"])
    yield Run("held_sums_target", sums(source="su.npy,suym.npy"), ["target_scale", "rate_too_low"])
    yield Run("held_plant_lstm", plant(["lstm: 8"]), ["shape_mismatch"], "lstm")
    yield Run("held_notes_both_ways", notes(["bidirectional: {layer: {lstm: {units: 16, return_sequences: true}}}"]), ["future_leak"], "bidirectional")
    yield Run("held_notes_attention", notes(["transformer_encoder: {intermediate_dim: 32, num_heads: 2}"], front=PLACED % (10, 14)), ["future_leak"])
    yield Run("held_pulses_fast", pulses(["lstm: 12"], optimizer="sgd(learning_rate=40)"), ["rate_too_high", "saturated"])
    yield Run("held_notes_conv", notes(["conv1d: {filters: 16, kernel_size: 3, padding: causal, activation: relu}", "conv1d: {filters: 16, kernel_size: 3, padding: same, activation: relu}"]),
              ["future_leak"], "conv1d_1")
    yield Run("held_ballots_unknown", ballots(["gru: 8"], known=7), ["embedding_ids"], "embedding")
    yield Run("held_ballots_scaled", ballots(["gru: 8"], scale="1/9"), ["embedding_ids"], "embedding")
    yield Run("held_attention_large", attention("random_normal(0, 15)", "sgd(learning_rate=0.0005)", 5), ["attention_collapse", "init_scale"])
    yield Run("held_ballots_encoder_fast", ballots(ENCODER, front=PLACED % (9, 18), optimizer="adam(learning_rate=1)"), ["rate_too_high", "attention_collapse", "dead_relu"])
    yield Run("held_ballots_encoder_logits", ballots(ENCODER, front=PLACED % (9, 18), last="dense: 3"), ["softmax_missing"], "dense")
    yield Run("held_ballots_mixed", ballots(["global_average_pooling1d"], source="ba.npy,bam.npy"), ["labels_unrelated"])


def text_faults():
    pooled = ["global_average_pooling1d", dense(16)]
    yield Run("held_reviews_small_table", reviews(pooled, known=50), ["embedding_ids"], "embedding")
    yield Run("held_reviews_slow", reviews(pooled, optimizer="adam(learning_rate=1e-8)"), ["rate_too_low"])
    yield Run("held_reviews_softmax_one", reviews(pooled, last=dense(1, SOFT)), ["softmax_one_unit"], "dense_1")
    yield Run("held_reviews_minus_one", reviews(pooled, source="reviews_pm.csv#target=liked,text=said,numeric=[liked]"), ["loss_task"])
    yield Run("held_reviews_fast", reviews([dense(16)], known=0, mode="output_mode: multi_hot, pad_to_max_tokens: true", optimizer="adam(learning_rate=5)"), ["rate_too_high", "dead_relu"])


def broken_runs():
    for group in (table_faults, dense_faults, picture_faults, sequence_faults, text_faults):
        yield from group()


def healthy_tables():
    yield "plant", plant()
    yield "plant_standardized", plant([dense(32), dense(32)], options="target=power,standardize=true")
    yield "plant_mae", plant(loss="mae")
    yield "plant_huber", plant(loss="huber", optimizer="rmsprop")
    yield "plant_linear", plant(["normalization"], optimizer="adam(learning_rate=0.1)", epochs=40)
    yield "plant_target_brought_back", plant(last="dense: 1\n  - normalization: {invert: true}")
    yield "plant_little", plant(validation="0.9", epochs=120)
    yield "churn", churn()
    yield "churn_rare_learned", churn(source="churn_rare.csv", epochs=40)
    yield "churn_two_units", churn(last=dense(2, SOFT), loss=SPARSE)
    yield "churn_weights", churn(source="churn_rare.csv", epochs=30, fit="class_weight: {0: 0.53, 1: 8}")
    yield "churn_logistic", churn(["normalization"], optimizer="adam(learning_rate=0.02)")


def healthy_dense():
    yield "moons", moons()
    yield "moons_nesterov", moons(optimizer="sgd(learning_rate=0.05, momentum=0.9, nesterov=true)")
    yield "moons_selu", moons([dense(20, "selu", kernel_initializer="lecun_normal")] * 4)
    yield "moons_norm_drop", moons([dense(32), "batch_normalization", "dropout: 0.3", dense(32)])
    yield "moons_cosine", moons(optimizer="adam(learning_rate=\\\"cosine_decay(0.01, 960)\\\")")
    yield "moons_plateau", moons(validation="0.2", fit="callbacks: [\"reduce_lr_on_plateau(patience=3)\"]")
    yield "moons_stopped", moons(validation="0.2", epochs=60, fit=STOP % "patience=8, restore_best_weights=true")
    yield "moons_whole_batch", moons(batch=1000, epochs=250, optimizer="adam(learning_rate=0.02)")
    yield "moons_wrong_labels", moons(source="mo.npy,mon.npy", validation="0.2", epochs=15)
    yield "moons_random_features", moons([dense(200, trainable="false")])
    yield "moons_zero_last", moons(last=dense(1, "sigmoid", kernel_initializer="zeros"))
    yield "moons_swish_deep", moons([dense(16, "swish")] * 6)
    yield "moons_sgd_long", moons([dense(12, "tanh")], optimizer="sgd(learning_rate=0.1)", epochs=60)


def healthy_pictures():
    yield "glyphs", glyphs()
    yield "glyphs_flat", glyphs(["flatten", dense(64)])
    yield "glyphs_norm", glyphs(["conv2d: {filters: 8, kernel_size: 3}", "batch_normalization", "relu", "max_pooling2d", "flatten"], epochs=15)
    yield "glyphs_half", "dtype_policy: mixed_bfloat16\n" + glyphs()
    yield "glyphs_augmented", glyphs(["random_translation: {height_factor: 0.1, width_factor: 0.1}", *GLYPH], epochs=25)
    yield "glyphs_way_around", way_around("0")
    yield "shapes", shapes(epochs=16)
    yield "shapes_strides", shapes(["conv2d: {filters: 12, kernel_size: 3, strides: 2, activation: relu}"] * 3 + ["flatten"], epochs=16)
    yield "shapes_separable", shapes(["separable_conv2d: {filters: 16, kernel_size: 5, activation: relu}", "max_pooling2d", "flatten", dense(32)], epochs=16)
    yield "shapes_rescaled", shapes(["rescaling: {scale: 0.00784, offset: -1}", *SHAPE], scale="1", epochs=16)


def healthy_sequences():
    yield "pulses_conv", pulses(["conv1d: {filters: 12, kernel_size: 5, activation: relu}", "max_pooling1d", "flatten"])
    yield "pulses_gru", pulses(["gru: 16"], epochs=25, optimizer="adam(learning_rate=0.01)")
    yield "sums", sums()
    yield "sums_lstm", sums(["lstm: 16"], epochs=25)
    yield "sums_attention", attention()
    yield "ballots_pooled", ballots(["global_average_pooling1d"], epochs=25)
    yield "ballots_masked", ballots(["gru: 12"], source="bap.npy,bay.npy", front="embedding: {input_dim: 9, output_dim: 8, mask_zero: true}", epochs=25).replace("[18]", "[120]")
    yield "ballots_encoder", ballots(ENCODER, front=PLACED % (9, 18))
    yield "notes_gru", notes(["gru: {units: 24, return_sequences: true}"], epochs=25)
    yield "notes_decoder", notes(["transformer_decoder: {intermediate_dim: 32, num_heads: 2}"], front=PLACED % (10, 14), epochs=25)
    yield "reviews_pooled", reviews(["global_average_pooling1d", dense(16)], epochs=30)
    yield "reviews_words", reviews([dense(16)], known=0, mode="output_mode: multi_hot, pad_to_max_tokens: true")
    yield "reviews_conv", reviews(["conv1d: {filters: 12, kernel_size: 3, activation: relu}", "global_max_pooling1d"], epochs=20)


def healthy_runs():
    for group in (healthy_tables, healthy_dense, healthy_pictures, healthy_sequences):
        for name, text in group():
            yield Run("held_healthy_" + name, text, [])


def write_tables(folder):
    plants, names = data.plant(), ["degrees", "pressure", "flow", "oxygen", "power"]
    draw = random.Random(61)
    data.write_csv(folder / "plant.csv", names, plants)
    data.write_csv(folder / "plant_leak.csv", ["watts", *names], [[1000.0 * r[4], *r] for r in plants])
    data.write_csv(folder / "plant_gaps.csv", names, [["", *r[1:]] if draw.random() < 0.02 else r for r in plants])
    data.write_csv(folder / "plant_watts.csv", names, [[*r[:4], 1e6 * (r[4] + 20)] for r in plants])
    data.write_csv(folder / "plant_centred.csv", names, [[*r[:4], r[4] - 10] for r in plants])
    people, titles = data.churn(), ["months", "bill", "calls", "plan", "region", "left"]
    data.write_csv(folder / "churn.csv", titles, people)
    data.write_csv(folder / "churn_12.csv", titles, [[*r[:5], r[5] + 1] for r in people])
    data.write_csv(folder / "churn_rare.csv", titles, data.churn(seed=62, count=3000, share=0.04))
    data.write_csv(folder / "churn_same.csv", titles, [[24, 50.5, 1, *people[i % 7][3:5], r[5]] if i < 7 else [24, 50.5, 1, "basic", "north", r[5]] for i, r in enumerate(people)])
    data.write_csv(folder / "churn_sorted.csv", titles, sorted(people, key=lambda r: r[5]))
    texts = data.reviews()
    data.write_csv(folder / "reviews.csv", ["said", "liked"], texts)
    data.write_csv(folder / "reviews_pm.csv", ["said", "liked"], [(t, 2 * k - 1) for t, k in texts])


def write_data(put):
    draw = random.Random(63)
    x, y = data.moons()
    order = sorted(range(len(y)), key=lambda i: y[i])
    put("mo.npy", x), put("moy.npy", y), put("mop.npy", mixed(draw, y)), put("mon.npy", [1 - k if draw.random() < 0.2 else k for k in y])
    put("moo.npy", [x[i] for i in order]), put("mooy.npy", [y[i] for i in order]), put("mov.npy", x[200:400]), put("movy.npy", y[200:400])
    noisy = [1 - k if draw.random() < 0.3 else k for k in y]
    put("mof.npy", x[:90]), put("mofy.npy", noisy[:90]), put("mov2.npy", x[90:700]), put("mov2y.npy", noisy[90:700])
    x, y = data.glyphs()
    noisy = [draw.randrange(5) if draw.random() < 0.3 else k for k in y]
    put("gl.npy", x), put("gly.npy", y, "<i4"), put("gly1.npy", [k + 1 for k in y], "<i4"), put("glh.npy", [[float(k == j) for j in range(5)] for k in y])
    put("gls.npy", [2] * len(y), "<i4"), put("glf.npy", x[:100]), put("glfy.npy", noisy[:100], "<i4"), put("glv.npy", x[100:700]), put("glvy.npy", noisy[100:700], "<i4")
    x, y = data.shapes()
    put("sh.npy", x, "|u1"), put("shy.npy", y, "<i4"), put("shc.npy", lambda: [[[[v[c] for v in row] for row in p] for c in range(3)] for p in x], "|u1")
    x, y = data.pulses()
    put("pu.npy", x), put("puy.npy", y, "<i4")
    x, y = data.sums()
    put("su.npy", x), put("suy.npy", y), put("sul.npy", [[[5e4 * a + 2e5, b] for a, b in r] for r in x]), put("suym.npy", [4e5 + 1e5 * t for t in y])
    x, y = data.ballots()
    put("ba.npy", x, "<i4"), put("bay.npy", y, "<i4"), put("bam.npy", mixed(draw, y), "<i4"), put("bap.npy", [r + [0] * 102 for r in x], "<i4")
    x, y = data.scales()
    put("no.npy", x, "<i4"), put("noy.npy", y, "<i4")
    signs = [draw.randrange(2) for _ in range(800)]
    put("fi.npy", [[[2.0 * k - 1 if t == 0 else draw.gauss(0, 1)] for t in range(100)] for k in signs]), put("fiy.npy", signs)

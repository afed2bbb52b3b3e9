"""More runs of the zoo, with data, networks, losses and severities of their own: several for each diagnosis."""
import random

import data
from runs import BINARY, MSE, SPARSE, Run, recipe

CATEGORICAL = "categorical_crossentropy"


def dense(units, activation="relu", **more):
    return "dense: {units: %d, activation: %s%s}" % (units, activation, "".join(", %s: %s" % (k, "\"%s\"" % v if "(" in str(v) else v)
                                                                                     for k, v in more.items()))


def net(source, columns, layers, last, loss, optimizer="adam", epochs=20, batch=32, **more):
    return recipe(["input: %s" % columns, *layers, last], loss, source, optimizer, epochs, batch, **more)


def spirals(layers=(dense(48), dense(48)), last=dense(3, "softmax"), loss=SPARSE, source="sp.npy,spy.npy", epochs=40, **more):
    return net(source, "[2]", layers, last, loss, epochs=epochs, **more)


def board(layers=(dense(24, "tanh"), dense(24, "tanh")), last=dense(1, "sigmoid"), loss=BINARY, source="bo.npy,boy.npy", epochs=40, **more):
    return net(source, "[2]", layers, last, loss, epochs=epochs, **more)


def houses(layers=("normalization", dense(32), dense(16)), last="dense: 1", loss=MSE, source="h.npy,hy.npy", epochs=30, **more):
    return net(source, "[5]", layers, last, loss, epochs=epochs, **more)


def signals(layers, last=dense(4, "softmax"), loss=SPARSE, source="s.npy,sy.npy", epochs=8, **more):
    return net(source, "[40, 2]", layers, last, loss, epochs=epochs, **more)


def colours(layers, last=dense(4, "softmax"), loss=SPARSE, source="rgb.npy,rgby.npy", epochs=8, scale="1/255", **more):
    return net(source, "[10, 10, 3]", layers, last, loss, epochs=epochs, scale=scale, **more)


def tags(layers=(dense(32),), last=dense(5, "sigmoid"), loss=BINARY, source="tg.npy,tgy.npy", epochs=20, **more):
    return net(source, "[12]", layers, last, loss, epochs=epochs, **more)


def counts(layers=(dense(24),), last=dense(1, "exponential"), loss="poisson", source="ct.npy,cty.npy", epochs=20, **more):
    return net(source, "[6]", layers, last, loss, epochs=epochs, **more)


def plane(layers=(dense(64),), last=dense(6, "softmax"), loss=SPARSE, source="pl.npy,ply.npy", epochs=12, **more):
    return net(source, "[30]", layers, last, loss, epochs=epochs, **more)


CONV = ["conv2d: {filters: 8, kernel_size: 3, activation: relu}", "max_pooling2d", "flatten"]
GRU = ["gru: 16"]


def data_faults():
    yield Run("u_houses_raw", houses([dense(32), dense(16)], optimizer="sgd(learning_rate=0.001)"), ["inputs_unscaled"])
    yield Run("u_colours_bytes", colours(CONV, scale="1", optimizer="sgd(learning_rate=0.05)"), ["inputs_unscaled", "rate_too_high"])
    yield Run("u_signals_large", signals(["simple_rnn: 16"], source="sk.npy,sy.npy", epochs=30), ["inputs_unscaled", "saturated"])
    yield Run("u_spirals_nan", spirals(source="spn.npy,spy.npy"), ["data_not_finite"])
    yield Run("u_counts_nan", counts(source="ct.npy,ctn.npy"), ["data_not_finite"])
    yield Run("u_plane_constant", plane(source="plc.npy,ply.npy"), ["inputs_constant"])
    yield Run("u_houses_leak", houses(source="hl.npy,hy.npy").replace("[5]", "[6]"), ["target_in_inputs"])
    yield Run("u_plane_leak", plane(source="pll.npy,ply.npy").replace("[30]", "[31]"), ["target_in_inputs"])
    yield Run("u_plane_shared", plane(validation="\"pls.npy,plsy.npy\""), ["rows_shared"])
    yield Run("u_spirals_from_one", spirals(source="sp.npy,spy1.npy"), ["labels_offset"])
    yield Run("u_colours_from_one", colours(CONV, last=dense(5, "softmax"), source="rgb.npy,rgby1.npy"), ["labels_offset"])
    yield Run("u_plane_one_hot", plane(source="pl.npy,plh.npy"), ["target_form"])
    yield Run("u_signals_ids", signals(GRU, loss=CATEGORICAL), ["target_form"])
    yield Run("u_plane_sorted", plane(source="plo.npy,ployo.npy", fit="shuffle: false", optimizer="sgd(learning_rate=0.1)"), ["sorted_unshuffled"])
    yield Run("u_spirals_sorted_split", spirals(source="spo.npy,spoy.npy", validation="0.25"), ["split_shift"])
    yield Run("u_houses_split_scaled", houses(validation="\"hv.npy,hvy.npy\""), ["split_shift"])
    yield Run("u_plane_permuted", plane(source="pl.npy,plp.npy", validation="0.2", epochs=40, layers=[dense(128)]), ["labels_unrelated"])
    yield Run("u_houses_permuted", houses(source="h.npy,hp.npy", last="dense: 1\n  - rescaling: {scale: 50, offset: 150}"), ["labels_unrelated"])
    yield Run("u_signals_permuted", signals(["conv1d: {filters: 16, kernel_size: 5, activation: relu}", "global_max_pooling1d"], source="s.npy,sp4.npy", epochs=6),
              ["labels_unrelated"])
    yield Run("u_houses_target", houses(source="h.npy,hbig.npy", optimizer="sgd(learning_rate=0.01)"), ["target_scale", "not_finite", "rate_too_high"])
    yield Run("u_houses_target_adam", houses(source="h.npy,hbig.npy"), ["target_scale", "rate_too_low"])
    yield Run("u_rare_collapse", net("ra.npy,ray.npy", "[10]", [dense(8)], dense(1, "sigmoid"), BINARY, epochs=4, optimizer="sgd(learning_rate=0.05)"),
              ["imbalance_collapse", "labels_unrelated", "rate_too_low", "too_few_steps", "momentum_missing"])


def wiring_faults():
    yield Run("u_plane_no_softmax", plane(last="dense: 6", loss=SPARSE), ["softmax_missing"], "dense_1")
    yield Run("u_colours_no_softmax", colours(CONV, last=dense(4, "linear")), ["softmax_missing"], "dense")
    yield Run("u_tags_no_sigmoid", tags(last="dense: 5"), ["softmax_missing"])
    yield Run("u_signals_tanh_output", signals(GRU, last=dense(4, "tanh")), ["softmax_missing", "output_range"])
    yield Run("u_plane_softmax_logits", plane(loss="\"categorical_crossentropy(from_logits=true)\"", source="pl.npy,plh.npy"), ["softmax_twice"])
    yield Run("u_colours_twice", colours(CONV, last=dense(4, "softmax") + "\n  - activation: softmax"), ["softmax_twice"])
    yield Run("u_board_softmax_one", board(last=dense(1, "softmax")), ["softmax_one_unit"])
    yield Run("u_houses_tanh", houses(last=dense(1, "tanh")), ["output_range"])
    yield Run("u_waves_softplus", net("w.npy,wy.npy", "[8]", [dense(32)], dense(1, "softplus"), MSE), ["output_range"])
    yield Run("u_spirals_binary", spirals(loss=BINARY, last=dense(3, "sigmoid")), ["loss_task"])
    yield Run("u_plane_mae", plane(loss="mae"), ["loss_task"])
    yield Run("u_houses_crossentropy", houses(loss=BINARY, last=dense(1, "sigmoid")), ["loss_task"])
    yield Run("u_plane_hidden_softmax", plane([dense(32, "softmax"), dense(32, "softmax")], optimizer="sgd(learning_rate=0.05)"), ["hidden_softmax"], "dense")
    yield Run("u_spirals_linear", spirals([dense(64, "linear"), dense(64, "linear"), dense(64, "linear")]), ["no_nonlinearity", "underfit"])
    yield Run("u_board_linear", board([dense(12, "linear")]), ["no_nonlinearity", "underfit"])
    yield Run("u_plane_frozen", plane([dense(64, trainable="false")], last="dense: {units: 6, activation: softmax, trainable: false}"), ["nothing_trains"])
    yield Run("u_spirals_frozen_hidden", spirals([dense(4, trainable="false")] * 5), ["frozen_fresh"], "dense")
    yield Run("u_plane_batch_one", plane([dense(32), "batch_normalization"], batch=1, epochs=1), ["batch_norm_alone"])
    yield Run("u_plane_dropout_last", plane(last=dense(6, "softmax") + "\n  - dropout: 0.3"), ["dropout_at_output"])
    yield Run("u_tags_dropout_last", tags(last=dense(5, "sigmoid") + "\n  - gaussian_noise: 0.5"), ["dropout_at_output"])
    yield Run("u_spirals_dropout", spirals([dense(48), "dropout: 0.9", dense(48), "dropout: 0.9"]), ["dropout_too_high"])
    yield Run("u_colours_small_map", colours(["conv2d: {filters: 8, kernel_size: 3, activation: relu}", "max_pooling2d", "max_pooling2d",
                                              "conv2d: {filters: 8, kernel_size: 3, activation: relu}", "flatten"]), ["map_collapsed"], "conv2d_1")


def start_faults():
    yield Run("u_spirals_zeros", spirals([dense(48, "relu", kernel_initializer="zeros"), dense(48)]), ["symmetric_init"], "dense")
    yield Run("u_plane_constant_init", plane([dense(64, "tanh", kernel_initializer="constant(0.05)")], last=dense(6, "softmax", kernel_initializer="zeros")), ["symmetric_init"], "dense")
    yield Run("u_plane_deep_large", plane([dense(48, "relu", kernel_initializer="random_normal(0, 0.8)")] * 8), ["init_scale", "exploding_gradients", "not_finite"])
    yield Run("u_plane_deep_small", plane([dense(48, "relu", kernel_initializer="random_uniform(-0.01, 0.01)")] * 6), ["init_scale", "vanishing_gradients"])
    yield Run("u_board_tanh_large", board([dense(32, "tanh", kernel_initializer="random_normal(0, 4)")] * 10, optimizer="sgd(learning_rate=0.01)", epochs=20),
              ["saturated", "init_scale"])
    yield Run("u_plane_ten_sigmoids", plane([dense(40, "sigmoid")] * 10, optimizer="sgd(learning_rate=0.05)"), ["vanishing_gradients"], "dense")
    yield Run("u_spirals_eight_sigmoids", spirals([dense(32, "sigmoid")] * 8, optimizer="adam(learning_rate=0.001)", epochs=20), ["vanishing_gradients", "saturated"])
    yield Run("u_tags_tanh_deep", tags([dense(32, "tanh", kernel_initializer="random_normal(0, 0.02)")] * 7, optimizer="sgd(learning_rate=0.1)"),
              ["init_scale", "vanishing_gradients"])
    yield Run("u_spirals_negative_bias", spirals([dense(48, "relu", bias_initializer="constant(-20)"), dense(48)]), ["dead_relu", "init_scale"], "dense")
    yield Run("u_tags_dead_second", tags([dense(32), dense(32, "relu", bias_initializer="constant(-30)")]), ["dead_relu", "init_scale"], "dense_1")
    yield Run("u_colours_dead_conv", colours(["conv2d: {filters: 8, kernel_size: 3, activation: relu, bias_initializer: \"constant(-30)\"}", "flatten"]), ["dead_relu"], "conv2d")


def rate_faults():
    yield Run("u_plane_adam_high", plane(optimizer="adam(learning_rate=1)", layers=[dense(64), dense(64)]), ["rate_too_high", "dead_relu"])
    yield Run("u_houses_rmsprop_high", houses(optimizer="rmsprop(learning_rate=5)", last="dense: 1\n  - rescaling: {scale: 50, offset: 150}"), ["rate_too_high", "dead_relu", "not_finite"])
    yield Run("u_signals_high", signals(["lstm: 16"], optimizer="adam(learning_rate=2)"), ["rate_too_high"])
    yield Run("u_board_sgd_high", board(optimizer="sgd(learning_rate=60)"), ["rate_too_high", "saturated"])
    yield Run("u_waves_momentum_high", net("w.npy,wy.npy", "[8]", [dense(32)], "dense: 1", MSE, "sgd(learning_rate=0.5, momentum=0.95)"), ["rate_too_high", "not_finite", "exploding_gradients"])
    yield Run("u_colours_sgd_low", colours(CONV, optimizer="sgd(learning_rate=1e-7)"), ["rate_too_low"])
    yield Run("u_signals_adam_low", signals(GRU, optimizer="adam(learning_rate=1e-7)"), ["rate_too_low"])
    yield Run("u_tags_rmsprop_low", tags(optimizer="rmsprop(learning_rate=3e-8)"), ["rate_too_low"])
    yield Run("u_houses_adagrad_low", houses(optimizer="adagrad(learning_rate=1e-6)", last="dense: 1\n  - rescaling: {scale: 50, offset: 150}"), ["rate_too_low"])
    yield Run("u_plane_clip", plane(optimizer="sgd(learning_rate=0.05, clipvalue=1e-7)"), ["clip_too_small"])
    yield Run("u_spirals_clip", spirals(optimizer="sgd(learning_rate=0.1, global_clipnorm=1e-5)"), ["clip_too_small"])
    yield Run("u_plane_l2", plane([dense(64, "relu", kernel_regularizer="l2(0.8)")], last=dense(6, "softmax", kernel_regularizer="l2(0.8)")), ["decay_too_strong"])
    yield Run("u_tags_l1", tags([dense(32, "relu", kernel_regularizer="l1(0.3)")], last=dense(5, "sigmoid", kernel_regularizer="l1(0.3)")), ["decay_too_strong"])
    yield Run("u_waves_adamw", net("w.npy,wy.npy", "[8]", [dense(32)], "dense: 1", MSE, "adamw(learning_rate=0.001, weight_decay=200)"), ["decay_too_strong"])
    yield Run("u_spirals_adamw", spirals(optimizer="adamw(weight_decay=50)"), ["decay_too_strong"])
    yield Run("u_plane_schedule", plane(optimizer="adam(learning_rate=\\\"exponential_decay(0.0005, 2, 0.5)\\\")"), ["schedule_dead"])
    yield Run("u_plane_one_epoch", plane(optimizer="sgd(learning_rate=0.005)", epochs=1, batch=128), ["too_few_steps", "rate_too_low", "momentum_missing"])
    yield Run("u_signals_few", signals(GRU, epochs=1, batch=128), ["too_few_steps", "rate_too_low"])
    yield Run("u_plane_momentum", plane(optimizer="sgd(learning_rate=0.5, momentum=0.9995)"), ["rate_too_high", "oscillation"])


def end_faults():
    yield Run("u_plane_overfit", plane([dense(256), dense(256)], source="pl2.npy,pl2y.npy", validation="\"plv.npy,plvy.npy\"", epochs=80), ["overfit"])
    yield Run("u_houses_overfit", net("w2.npy,w2y.npy", "[8]", [dense(256), dense(256)], "dense: 1", MSE, epochs=150, validation="\"wval.npy,wvaly.npy\""), ["overfit"])
    yield Run("u_spirals_one_unit", spirals([dense(1)]), ["underfit", "dead_relu"])
    yield Run("u_board_no_hidden", board([]), ["underfit", "no_nonlinearity"])
    yield Run("u_plane_monitor", plane(validation="0.2", fit="callbacks: [\"early_stopping(monitor=val_loss, mode=max)\"]"), ["monitor_wrong"])
    yield Run("u_plane_monitor_missing", plane(fit="callbacks: [\"early_stopping(monitor=val_accuracy)\"]"), ["monitor_wrong"])
    yield Run("u_waves_log", net("w.npy,wy.npy", "[8]", ["activation: exponential"] * 2 + [dense(16)], "dense: 1", MSE), ["not_finite", "inputs_unscaled", "rate_too_high"])


def broken_runs():
    for group in (data_faults, wiring_faults, start_faults, rate_faults, end_faults):
        yield from group()


def healthy_runs():
    for name, made in healthy_recipes():
        yield Run("h_" + name, made, [])


def healthy_recipes():
    scaled = "dense: 1\n  - rescaling: {scale: 50, offset: 150}"
    yield "spirals", spirals()
    yield "spirals_elu", spirals([dense(32, "elu")] * 3, optimizer="nadam")
    yield "spirals_selu_deep", spirals([dense(32, "selu", kernel_initializer="lecun_normal")] * 8)
    yield "spirals_gelu", spirals([dense(64, "gelu")] * 2, optimizer="adam(learning_rate=0.005)")
    yield "spirals_large_batch", spirals(batch=256, optimizer="adam(learning_rate=0.02)", epochs=200)
    yield "spirals_small_batch", spirals(batch=2, epochs=4)
    yield "spirals_validation", spirals(validation="0.2")
    yield "spirals_cosine", spirals(optimizer="adam(learning_rate=\\\"cosine_decay(0.02, 1100)\\\")")
    yield "spirals_swish_norm", spirals([dense(32, "silu"), "batch_normalization", dense(32, "silu"), "batch_normalization"])
    yield "spirals_layer_norm", spirals([dense(32), "layer_normalization", dense(32), "layer_normalization"])
    yield "spirals_leaky", spirals([dense(32, "leaky_relu")] * 3)
    yield "board", board()
    yield "board_wide", board([dense(200)], epochs=20)
    yield "board_sgd", board([dense(32)] * 2, optimizer="sgd(learning_rate=0.2, momentum=0.9)")
    yield "board_hinge", board(source="bo.npy,bom.npy", loss="hinge", last=dense(1, "tanh"))
    yield "board_two_units", board([dense(6), dense(6)], optimizer="adam(learning_rate=0.02)", epochs=80)
    yield "board_softmax_two", board(last=dense(2, "softmax"), loss=SPARSE)
    yield "board_mse", board(loss=MSE)
    yield "houses", houses(last=scaled, optimizer="adam(learning_rate=0.01)")
    yield "houses_long", houses(optimizer="adam(learning_rate=0.02)", epochs=80)
    yield "houses_mae", houses(last=scaled, loss="mae", optimizer="adam(learning_rate=0.01)")
    yield "houses_huber", houses(last=scaled, loss="\"huber(delta=10)\"", optimizer="adam(learning_rate=0.01)")
    yield "houses_linear", houses(["normalization"], last=scaled, optimizer="adam(learning_rate=0.05)")
    yield "houses_log_cosh", houses(last=scaled, loss="log_cosh", optimizer="adam(learning_rate=0.01)")
    yield "signals_conv", signals(["conv1d: {filters: 16, kernel_size: 5, activation: relu}", "global_average_pooling1d"], epochs=15)
    yield "signals_gru", signals(GRU, epochs=15)
    yield "signals_lstm", signals(["lstm: 16"], optimizer="adam(learning_rate=0.01)", epochs=15)
    yield "signals_both_ways", signals(["bidirectional: {layer: {gru: 8}}"], optimizer="adam(learning_rate=0.01)", epochs=12)
    yield "signals_stacked", signals(["gru: {units: 12, return_sequences: true}", "gru: 12"], optimizer="adam(learning_rate=0.01)", epochs=12)
    yield "signals_flat", signals(["flatten", dense(48)], epochs=20)
    yield "signals_dilated", signals(["conv1d: {filters: 12, kernel_size: 3, dilation_rate: 2, padding: causal, activation: relu}"] * 2 + ["global_max_pooling1d"], epochs=12)
    yield "signals_depthwise", signals(["separable_conv1d: {filters: 16, kernel_size: 5, activation: relu}", "global_average_pooling1d"], epochs=25)
    yield "signals_attention", signals([dense(24), "token_mixer"], epochs=40).replace("token_mixer", "transformer_encoder: {intermediate_dim: 32, num_heads: 2}\n  - global_average_pooling1d")
    yield "colours", colours(CONV)
    yield "colours_deep", colours(["conv2d: {filters: 8, kernel_size: 3, padding: same}", "batch_normalization", "relu"] * 3 + ["global_average_pooling2d"], epochs=20)
    yield "colours_strides", colours(["conv2d: {filters: 12, kernel_size: 3, strides: 2, activation: relu}"] * 2 + ["flatten"], epochs=15)
    yield "colours_dropout", colours(CONV + ["dropout: 0.5", dense(32)], epochs=15)
    yield "colours_average", colours(["conv2d: {filters: 12, kernel_size: 5, activation: tanh}", "average_pooling2d: 2", "flatten"], epochs=15)
    yield "colours_augmented", colours(["random_flip: horizontal", *CONV], epochs=12)
    yield "colours_rescaling", colours(["rescaling: {scale: 0.00784, offset: -1}", *CONV], scale="1")
    yield "colours_global_max", colours(["conv2d: {filters: 8, kernel_size: 3, activation: relu}", "global_max_pooling2d"], epochs=20)
    yield "colours_group_norm", colours(["conv2d: {filters: 8, kernel_size: 3}", "group_normalization: {groups: 4}", "relu", "flatten"])
    yield "tags", tags()
    yield "tags_rare_drop", tags([dense(64), "dropout: 0.4", dense(64), "dropout: 0.4"])
    yield "tags_focal", tags(loss="binary_focal_crossentropy")
    yield "tags_adagrad", tags(optimizer="adagrad(learning_rate=0.1)")
    yield "tags_logits", tags(last="dense: 5", loss="\"binary_crossentropy(from_logits=true)\"")
    yield "counts", counts()
    yield "counts_softplus", counts(last=dense(1, "softplus"))
    yield "counts_mse", counts(last="dense: 1", loss=MSE)
    yield "plane", plane()
    yield "plane_logits", plane(last="dense: 6", loss="\"sparse_categorical_crossentropy(from_logits=true)\"")
    yield "plane_one_hot", plane(source="pl.npy,plh.npy", loss=CATEGORICAL)
    yield "plane_smooth", plane(source="pl.npy,plh.npy", loss="\"categorical_crossentropy(label_smoothing=0.3)\"")
    yield "plane_kl", plane(source="pl.npy,plh.npy", loss="kl_divergence")
    yield "plane_noisy", plane(source="pl.npy,pln.npy", validation="0.2", epochs=8)
    yield "plane_l2", plane([dense(64, "relu", kernel_regularizer="l2(0.001)")], last=dense(6, "softmax", kernel_regularizer="l2(0.001)"))
    yield "plane_max_norm", plane([dense(64, "relu", kernel_constraint="max_norm(3)")])
    yield "plane_clip", plane(optimizer="adam(global_clipnorm=1)")
    yield "plane_ema", plane(optimizer="adam(use_ema=true)")
    yield "plane_adamax", plane(optimizer="adamax(learning_rate=0.01)")
    yield "plane_ftrl", plane(optimizer="ftrl(learning_rate=0.3)")
    yield "plane_adafactor", plane(optimizer="adafactor(learning_rate=0.01)")
    yield "plane_residual_free", plane([dense(64), dense(32), dense(16), dense(8)])
    yield "plane_tanh_sgd", plane([dense(40, "tanh")], optimizer="sgd(learning_rate=0.05)")
    yield "plane_sigmoid", plane([dense(64, "sigmoid")], optimizer="adam(learning_rate=0.01)")
    yield "plane_high_rate_sgd", plane(optimizer="sgd(learning_rate=0.3)")
    yield "plane_tiny_data", plane(source="pl2.npy,pl2y.npy", epochs=60)
    yield "plane_overfit_fine", plane([dense(128)], validation="0.2", epochs=25)
    yield "plane_weights", plane(fit="class_weight: {0: 1, 1: 1, 2: 2, 3: 1, 4: 1, 5: 1}")
    yield "plane_random_features", plane([dense(256, "relu", trainable="false")])
    yield "plane_sorted_shuffled", plane(source="plo.npy,ployo.npy")
    yield "plane_zero_last", plane(last=dense(6, "softmax", kernel_initializer="zeros"))
    yield "plane_bf16", "dtype_policy: mixed_bfloat16\n" + plane()
    yield "rare_learned", net("r2.npy,r2y.npy", "[10]", [dense(16)], dense(1, "sigmoid"), BINARY, epochs=25)
    yield "autoencoder", net("pl.npy,pl.npy", "[30]", [dense(24, "tanh")], "dense: 30", MSE, epochs=40)
    yield "denoise", net("pl.npy,pl.npy", "[30]", ["gaussian_noise: 0.5", dense(40)], "dense: 30", MSE, epochs=40)


def write_data(put):
    draw = random.Random(31)

    def ordered(made):
        x, y = made
        order = sorted(range(len(y)), key=lambda i: y[i])
        return [x[i] for i in order], [y[i] for i in order]
    x, y = data.spirals()
    put("sp.npy", x), put("spy.npy", y, "<i4"), put("spy1.npy", [k + 1 for k in y], "<i4")
    put("spn.npy", x[:100] + [[float("nan"), 0.5]] + x[101:])
    put("spo.npy", ordered((x, y))[0]), put("spoy.npy", ordered((x, y))[1], "<i4")
    x, y = data.board()
    put("bo.npy", x), put("boy.npy", y), put("bom.npy", [2 * k - 1 for k in y])
    x, y = data.houses()
    put("h.npy", x), put("hy.npy", y), put("hl.npy", [[*r, 0.5 * t - 3] for r, t in zip(x, y)]), put("hbig.npy", [t * 1000 + 300000 for t in y])
    put("hp.npy", data.mixed(draw, y)), put("hv.npy", [[50 * v for v in r] for r in x[:300]]), put("hvy.npy", y[:300])
    x, y = data.waves(seed=33, count=900)
    put("w2.npy", x[:120]), put("w2y.npy", [t + draw.gauss(0, 1) for t in y[:120]]), put("wval.npy", x[120:]), put("wvaly.npy", [t + draw.gauss(0, 1) for t in y[120:]])
    x, y = data.signals()
    put("s.npy", x), put("sy.npy", y, "<i4"), put("sp4.npy", data.mixed(draw, y), "<i4")
    put("sk.npy", lambda: [[[300 * v + 500 for v in t] for t in r] for r in x])
    a, b = data.colours()
    put("rgb.npy", a, "|u1"), put("rgby.npy", b, "<i4"), put("rgby1.npy", [k + 1 for k in b], "<i4")
    c, d = data.tags()
    put("tg.npy", c), put("tgy.npy", d)
    e, f = data.counts()
    put("ct.npy", e), put("cty.npy", f), put("ctn.npy", f[:7] + [float("nan")] + f[8:])
    x, y = data.plane()
    put("pl.npy", x), put("ply.npy", y, "<i4"), put("plh.npy", [[float(k == j) for j in range(6)] for k in y]), put("plp.npy", data.mixed(draw, y), "<i4")
    put("plk.npy", [[1000 * v for v in r] for r in x]), put("plc.npy", [[1.5] * 29 + r[:1] for r in x])
    put("pll.npy", [[*r, 7.0 - k] for r, k in zip(x, y)]), put("pls.npy", x[100:400]), put("plsy.npy", y[100:400], "<i4")
    put("plo.npy", ordered((x, y))[0]), put("ployo.npy", ordered((x, y))[1], "<i4")
    noisy = [draw.randrange(6) if draw.random() < 0.35 else k for k in y]
    put("pln.npy", noisy, "<i4"), put("pl2.npy", x[:150]), put("pl2y.npy", noisy[:150], "<i4"), put("plv.npy", x[150:900]), put("plvy.npy", noisy[150:900], "<i4")
    x, y = data.rare(seed=35, count=3000, columns=10, share=0.015, strength=0.8)
    put("ra.npy", x), put("ray.npy", y)
    x, y = data.rare(seed=36, count=3000, columns=10, share=0.1, strength=1.5)
    put("r2.npy", x), put("r2y.npy", y)

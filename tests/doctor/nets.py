"""More runs of the zoo: convolutions, recurrence, attention, branches, numbers of two bytes."""
import data
from runs import BINARY, MSE, SPARSE, Run, recipe


def recurrent(layer, source="f.npy,fy.npy", shape="[80, 1]", epochs=6, optimizer="adam", front=(), **more):
    return recipe(["input: " + shape, *front, layer, "dense: {units: 1, activation: sigmoid}"], BINARY, source, optimizer, epochs, **more)


def pictures(layers, shape="[12, 12, 1]", source="p4.npy,py4.npy", epochs=6, scale="1/255", **more):
    return recipe(["input: " + shape, *layers, "dense: {units: 10, activation: softmax}"], SPARSE, source, scale=scale, epochs=epochs, **more)


def text(layers, front=False, epochs=8, **more):
    return recipe(["input: [120]", "embedding: {input_dim: 30, output_dim: 8%s}" % more.pop("mask", ""), *layers,
                   "dense: {units: 1, activation: sigmoid}"], BINARY, "tf.npy,tfy.npy" if front else "t.npy,ty.npy", epochs=epochs, **more)


def next_word(layers, epochs=8, front=("embedding: {input_dim: 12, output_dim: 16}",), **more):
    return recipe(["input: [16]", *front, *layers, "dense: {units: 12, activation: softmax}"], SPARSE,
                  "ch.npy,chy.npy", epochs=epochs, **more)


def reading(init="glorot_uniform", epochs=15, optimizer="adam(learning_rate=0.003)", more="", heads=2):
    attention = "multi_head_attention: {num_heads: %d, key_dim: 16, kernel_initializer: \"%s\", inputs: [h, h], name: reads%s}" % (heads, init, more)
    return ("model:\n  - input: {shape: [24, 8], name: x}\n  - dense: {units: 32, activation: relu, inputs: x, name: h}\n  - %s\n"
            "  - add: {inputs: [h, reads], name: s}\n  - layer_normalization: {inputs: s, name: n}\n"
            "  - global_average_pooling1d: {inputs: n, name: g}\n  - dense: {units: 1, activation: sigmoid, inputs: g, name: y}\n"
            "outputs: y\ncompile: {optimizer: \"%s\", loss: %s}\ndata: {train: \"k.npy,ky.npy\"}\nfit: {epochs: %d, batch_size: 32}\n"
            % (attention, optimizer, BINARY, epochs))


def branches(bias, zero=False, optimizer="adam", epochs=12):
    last = ", kernel_initializer: zeros" if zero else ""
    return ("model:\n  - input: {shape: [8], name: x}\n  - dense: {units: 32, activation: relu, inputs: x, name: a}\n"
            "  - dense: {units: 32, activation: relu, bias_initializer: \"constant(%s)\", inputs: x, name: b}\n"
            "  - dense: {units: 32, inputs: b, name: c%s}\n  - add: {inputs: [a, c], name: s}\n  - relu: {inputs: s, name: r}\n"
            "  - dense: {units: 1, inputs: r, name: y}\noutputs: y\ncompile: {optimizer: \"%s\", loss: mse}\n"
            "data: {train: \"w.npy,wy.npy\"}\nfit: {epochs: %d, batch_size: 32}\n" % (bias, last, optimizer, epochs))


def half(source, layers, policy="mixed_bfloat16", epochs=30, **more):
    return "dtype_policy: %s\n" % policy + recipe(["input: [2]", *layers, "dense: 1"], MSE, source, epochs=epochs, **more)


def broken_runs():
    placed = "token_and_position_embedding: {vocabulary_size: 12, sequence_length: 16, embedding_dim: 16}"
    conv = "conv2d: {filters: 8, kernel_size: 3, activation: relu%s}"
    same = conv % ", padding: same"
    pools = ["max_pooling2d: {pool_size: 2, padding: same}"]
    yield Run("map_single", pictures([same, *pools * 4, same, "flatten"]), ["map_collapsed"], "conv2d_1", quick=True)
    yield Run("map_refused", pictures([conv % "", *pools, conv % "", *pools, conv % "", "flatten"]), ["map_collapsed"], "conv2d_2", quick=True)
    yield Run("map_passed_by", pictures(["conv2d: {filters: 8, kernel_size: 2, strides: 4, activation: relu}", "flatten"]), ["map_collapsed"], "conv2d")
    yield Run("channels_refused", pictures([conv % "", "flatten"], "[1, 12, 12]", "pcf.npy,py4.npy"), ["channels_first"], quick=True)
    yield Run("branch_dead", branches("-50"), ["dead_branch"], "c", quick=True)
    yield Run("branch_dead_bad", branches("-1000", optimizer="sgd(learning_rate=0.001)", epochs=3), ["dead_branch"], "c")
    yield Run("years_bf16", half("yr.npy,yry.npy", ["dense: {units: 32, activation: relu}"]), ["bf16_inputs"], quick=True)
    yield Run("first_step_simple", recurrent("simple_rnn: 16"), ["time_vanishing"], "simple_rnn", quick=True)
    yield Run("first_step_relu", recurrent("simple_rnn: {units: 16, recurrent_initializer: \"random_normal(0, 0.6)\", activation: relu}",
                                           optimizer="sgd(learning_rate=0.1)"), ["time_exploding", "not_finite"], "simple_rnn")
    yield Run("text_unmasked", text(["lstm: 16"]), ["padding_unmasked"], "lstm", quick=True)
    yield Run("text_unmasked_gru", text(["gru: 12"], epochs=6), ["padding_unmasked"], "gru")
    yield Run("attention_large", reading("random_normal(0, 20)", optimizer="sgd(learning_rate=0.001)", epochs=4), ["attention_collapse", "init_scale"], quick=True)
    yield Run("leak_attention", next_word(["transformer_encoder: {intermediate_dim: 32, num_heads: 2}"], front=[placed]), ["future_leak"])
    yield Run("leak_both_ways", next_word(["bidirectional: {layer: {gru: {units: 16, return_sequences: true}}}"]), ["future_leak"], "bidirectional",
              quick=True)
    yield Run("leak_conv", next_word(["conv1d: {filters: 16, kernel_size: 3, padding: same, activation: relu}"]), ["future_leak"], "conv1d")


def healthy_runs():
    placed = "token_and_position_embedding: {vocabulary_size: 12, sequence_length: 16, embedding_dim: 16}"
    conv = "conv2d: {filters: 8, kernel_size: 3, activation: relu, padding: same}"
    yield Run("healthy_short_way", pictures([conv, "conv2d: {filters: 8, kernel_size: 1, strides: 2}", conv, "global_average_pooling2d"], epochs=10), [])
    yield Run("healthy_channels_said", pictures(["permute: {dims: [2, 3, 1]}", conv, "max_pooling2d", "flatten"], "[1, 12, 12]", "pcf.npy,py4.npy"), [])
    yield Run("healthy_channels_learned", pictures([conv, "max_pooling2d: {pool_size: [1, 4]}", conv, "global_max_pooling2d"], "[1, 12, 12]",
                                                   "pcf.npy,py4.npy", epochs=14), [])
    yield Run("healthy_branch_zero", branches("0", zero=True), [], quick=True)
    yield Run("healthy_bf16", half("yc.npy,yry.npy", ["dense: {units: 32, activation: relu}"] * 2), [], quick=True)
    yield Run("healthy_bf16_centred", half("yr.npy,yry.npy", ["normalization: {dtype: float32}", "dense: {units: 32, activation: relu}"]), [])
    yield Run("healthy_last_steps", recurrent("simple_rnn: 16", "l.npy,ly.npy", "[40, 1]", epochs=10), [], quick=True)
    yield Run("healthy_lstm", recurrent("lstm: 16", "l.npy,ly.npy", "[40, 1]", epochs=10), [])
    yield Run("healthy_padded_front", text(["gru: 16"], front=True, epochs=30), [])
    yield Run("healthy_masked", text(["lstm: 16"], mask=", mask_zero: true", epochs=15), [], quick=True)
    yield Run("healthy_pooled_text", text(["global_max_pooling1d"], epochs=20), [])
    yield Run("healthy_reading", reading(), [])
    yield Run("healthy_causal", next_word(["transformer_decoder: {intermediate_dim: 32, num_heads: 2}"], epochs=16, front=[placed]), [])
    yield Run("healthy_next_gru", next_word(["gru: {units: 24, return_sequences: true}"]), [], quick=True)
    yield Run("healthy_causal_conv", next_word(["conv1d: {filters: 24, kernel_size: 2, padding: causal, activation: relu}"]), [])


def write_data(put):
    x, y = data.pictures(count=1500)
    put("p4.npy", lambda: [[[[v] for v in r[i * 12:i * 12 + 12]] for i in range(12)] for r in x], "|u1"), put("py4.npy", lambda: y, "<i4")
    put("pcf.npy", lambda: [[[r[i * 12:i * 12 + 12] for i in range(12)]] for r in x], "|u1")
    for name, made in (("f", data.first_step), ("l", data.last_steps), ("k", data.key_among)):
        put(name + ".npy", lambda: made()[0]), put(name + "y.npy", lambda: made()[1])
    put("t.npy", lambda: data.words()[0]), put("ty.npy", lambda: data.words()[1])
    put("tf.npy", lambda: data.words(front=True)[0]), put("tfy.npy", lambda: data.words(front=True)[1])
    put("ch.npy", lambda: data.chain()[0]), put("chy.npy", lambda: data.chain()[1], "<i4")
    put("yr.npy", lambda: data.years()[0]), put("yry.npy", lambda: data.years()[1])
    put("yc.npy", lambda: [[(r[0] - 2008) / 10, r[1]] for r in data.years()[0]])

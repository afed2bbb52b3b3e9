"""Networks with attention as Keras's examples build them, small: text classifier, miniature GPT, vision transformer, TabTransformer. Each is
read (.keras and .h5), predicts as Keras does, trains a step as Keras does, and comes back; so do calls with masks and scores."""
import numpy

from common import Case, keras, load, one, quiet

layers, O = keras.layers, keras.ops
ROWS = 8


def with_positions(ids, tokens, steps, width):
    positions = O.cumsum(O.ones_like(ids), axis=1) - 1
    return layers.Embedding(tokens, width)(ids) + layers.Embedding(steps, width)(positions)


def block(x, heads, size, wide, rate=0.0, **call):
    attended = layers.Dropout(rate)(layers.MultiHeadAttention(heads, size, dropout=rate)(x, x, **call))
    x = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([x, attended]))
    width = x.shape[-1]
    fed = layers.Dropout(rate)(layers.Dense(width)(layers.Dense(wide, activation="relu")(x)))
    return layers.LayerNormalization(epsilon=1e-6)(layers.Add()([x, fed]))


def text_classifier(random):
    ids = layers.Input((10,), dtype="int32")
    x = layers.GlobalAveragePooling1D()(block(with_positions(ids, 30, 10, 8), 2, 8, 12))
    x = layers.Dense(6, activation="relu")(layers.Dropout(0.0)(x))
    return keras.Model(ids, layers.Dense(2, activation="softmax")(x)), [random.integers(0, 30, (ROWS, 10)).astype("int32")]


def miniature_gpt(random):
    ids = layers.Input((9,), dtype="int32")
    x = with_positions(ids, 20, 9, 8)
    for _ in range(2):
        x = block(x, 2, 4, 16, use_causal_mask=True)
    return keras.Model(ids, layers.Dense(20)(x)), [random.integers(0, 20, (ROWS, 9)).astype("int32")]


def vision_transformer(random):
    image = layers.Input((8, 8, 3))
    patches = layers.Reshape((4, 12))(layers.Conv2D(12, 4, strides=4)(image))
    places = O.cumsum(O.ones_like(patches[:, :, 0]), axis=1) - 1
    x = patches + layers.Embedding(4, 12)(places)
    n = layers.LayerNormalization(epsilon=1e-6)(x)
    x = layers.Add()([layers.MultiHeadAttention(num_heads=2, key_dim=12)(n, n), x])
    n = layers.LayerNormalization(epsilon=1e-6)(x)
    x = layers.Add()([layers.Dense(12, activation="gelu")(layers.Dense(24, activation="gelu")(n)), x])
    x = layers.Flatten()(layers.LayerNormalization(epsilon=1e-6)(x))
    return keras.Model(image, layers.Dense(3)(x)), [random.normal(size=(ROWS, 8, 8, 3)).astype("float32")]


def tab_transformer(random):
    kinds = [layers.Input((1,), dtype="int32", name=f"kind{i}") for i in range(3)]
    numbers = layers.Input((4,), name="numbers")
    columns = layers.Concatenate(axis=1)([layers.Embedding(5, 8)(kind) for kind in kinds])
    x = block(columns, 2, 8, 8)
    x = layers.Concatenate()([layers.Flatten()(x), layers.LayerNormalization(epsilon=1e-6)(numbers)])
    x = layers.Dense(6, activation="selu")(layers.BatchNormalization()(x))
    data = [random.integers(0, 5, (ROWS, 1)).astype("int32") for _ in kinds] + [random.normal(size=(ROWS, 4)).astype("float32")]
    return keras.Model([*kinds, numbers], layers.Dense(1, activation="sigmoid")(x)), data


def calls(random):
    """Masks and scores, arguments by name and by place, arrays in place of tensors, groups, other attentions."""
    x, y, mask = layers.Input((6, 8), name="x"), layers.Input((5, 8), name="y"), layers.Input((6, 5), name="mask")
    z = layers.MultiHeadAttention(2, 3, output_shape=8)(query=x, value=y, key=y, attention_mask=mask)
    z, scores = layers.MultiHeadAttention(2, 3, use_bias=False)(z, y, y, return_attention_scores=True)
    z = layers.GroupQueryAttention(3, 4, 2)(z, z, use_causal_mask=True)
    z = layers.AdditiveAttention()([layers.Attention(use_scale=True)([z, x], use_causal_mask=True), y])
    z = layers.Add()([z, numpy.full((1, 6, 8), 0.25, "float32")])
    z = layers.MultiHeadAttention(2, 3)(z, z, attention_mask=numpy.tril(numpy.ones((1, 6, 6), bool)))
    z = layers.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de")(z)
    z = layers.Flatten()(O.dot_product_attention(z, z, z, is_causal=True))
    data = [random.normal(size=(ROWS, *shape)).astype("float32") for shape in ((6, 8), (5, 8))]
    model = keras.Model([x, y, mask], layers.Concatenate()([z, layers.Flatten()(scores)]))
    return model, data + [(random.random((ROWS, 6, 5)) < 0.8).astype("float32")]


def lists_of_masks(random):
    """A mask for one of two, and none for either, of inputs that have their own."""
    x, y = layers.Input((6, 8), name="x"), layers.Input((5, 8), name="y")
    mask = layers.Input((6,), name="mask", dtype="bool")
    own = layers.Masking(0.0)(layers.Activation("relu")(x))
    z = layers.Attention()([x, y], mask=[mask, None])
    z = layers.Add()([z, layers.Attention(use_scale=True)([own, y], mask=[None, None])])
    z = layers.Add()([z, layers.AdditiveAttention()([own, own], mask=[None, mask])])
    data = [random.normal(size=(ROWS, *shape)).astype("float32") for shape in ((6, 8), (5, 8))]
    data[0][:2, 3:] = -1
    return keras.Model([x, y, mask], layers.Dense(2)(layers.Flatten()(z))), data + [random.random((ROWS, 6)) < 0.6]


class Attention(Case):
    def follow(self, build):
        """Predicts from both kinds of files, trains one step, comes back."""
        random = numpy.random.default_rng(5)
        keras.utils.set_random_seed(7)
        model, inputs = build(random)
        model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mean_squared_error")
        given = one(inputs)
        expected = model.predict(given, verbose=0)
        targets = random.normal(size=expected.shape).astype("float32")
        outputs = model.output_names
        data = self.write_data(inputs, [targets], [tensor.name for tensor in model.inputs], outputs)
        before, after = self.path("m.keras"), self.path("after.keras")
        with quiet():
            model.save(before)
            model.save(self.path("m.h5"))
        for file in (before, self.path("m.h5")):
            self.assert_close(self.predict_with_hone(file, data, outputs)[0], expected, 1e-5, file)
        self.train_with_hone(before, data, after, batch_size=ROWS)
        model.fit(given, targets, batch_size=ROWS, epochs=1, shuffle=False, verbose=0)
        trained = load(after)
        self.compare_models(trained, model, 2e-5)
        self.assert_close(trained.predict(given, verbose=0),
                          model.predict(given, verbose=0), 2e-5, "after a step")

    def test_text_classifier(self):
        self.follow(text_classifier)

    def test_miniature_gpt(self):
        self.follow(miniature_gpt)

    def test_vision_transformer(self):
        self.follow(vision_transformer)

    def test_tab_transformer(self):
        self.follow(tab_transformer)

    def test_calls(self):
        self.follow(calls)

    def test_lists_of_masks(self):
        self.follow(lists_of_masks)

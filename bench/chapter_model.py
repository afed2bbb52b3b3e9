"""The chapter's network in Keras."""


def make(keras, dropout=True):
    """784-300-BN-100-dropout-10, compiled with Adam. A module of Keras is given, since what is measured loads it in its own way."""
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((28, 28)), layers.Flatten(),
        layers.Dense(300, activation="relu", kernel_initializer="he_normal"), layers.BatchNormalization(),
        layers.Dense(100, activation="relu", kernel_initializer="he_normal"), *([layers.Dropout(0.5)] if dropout else []),
        layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

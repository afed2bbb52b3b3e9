"""losses/: value and gradient with respect to the prediction of every loss, with every option."""
import jax
import jax.numpy as jnp
import keras
import numpy

from common import away_from, from_spec, generator, normal, probabilities, tensor, uniform

REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none"]
EXACT_MASK = numpy.array([1, 1, 0, 1, 0, 1], bool)


def regression(random, shape):
    return normal(random, *shape), normal(random, *shape)


def positive(random, shape):
    return uniform(random, 0.1, 3, *shape), uniform(random, 0.1, 3, *shape)


def counts(random, shape):
    return random.integers(0, 5, shape).astype("float32"), uniform(random, 0.1, 3, *shape)


def signs(random, shape):
    truth = numpy.where(random.random(shape) < 0.5, -1, 1).astype("float32")
    return truth, away_from(normal(random, *shape), [1, -1])


def bits_for_hinge(random, shape):
    return (random.random(shape) < 0.5).astype("float32"), away_from(normal(random, *shape), [1, -1])


def bits(random, shape):
    return (random.random(shape) < 0.4).astype("float32"), uniform(random, 0.02, 0.98, *shape)


def bit_logits(random, shape):
    return (random.random(shape) < 0.4).astype("float32"), normal(random, *shape, scale=2)


def one_hot(random, shape):
    classes = random.integers(0, shape[-1], shape[:-1])
    return numpy.eye(shape[-1], dtype="float32")[classes], probabilities(random, *shape)


def one_hot_logits(random, shape):
    return one_hot(random, shape)[0], normal(random, *shape, scale=2)


def soft_labels(random, shape):
    return probabilities(random, *shape), probabilities(random, *shape)


def classes(random, shape):
    return random.integers(0, shape[-1], shape[:-1]).astype("int32"), probabilities(random, *shape)


def class_logits(random, shape):
    return classes(random, shape)[0], normal(random, *shape, scale=2)


# Loss: rows of (case, arguments, data). All get the reductions, weights and masks of `standard`.
LOSSES = {
    "MeanSquaredError": [("default", {}, regression)],
    "MeanAbsoluteError": [("default", {}, regression)],
    "MeanAbsolutePercentageError": [("default", {}, positive)],
    "MeanSquaredLogarithmicError": [("default", {}, positive)],
    "Huber": [("default", {}, regression), ("small delta", {"delta": 0.3}, regression)],
    "LogCosh": [("default", {}, regression)],
    "CosineSimilarity": [("default", {}, regression), ("axis 1", {"axis": 1}, regression)],
    "Hinge": [("signs", {}, signs), ("bits become signs", {}, bits_for_hinge)],
    "SquaredHinge": [("signs", {}, signs), ("bits become signs", {}, bits_for_hinge)],
    "CategoricalHinge": [("default", {}, one_hot)],
    "KLDivergence": [("default", {}, soft_labels)],
    "Poisson": [("default", {}, counts)],
    "BinaryCrossentropy": [
        ("default", {}, bits), ("from logits", {"from_logits": True}, bit_logits),
        ("label smoothing", {"label_smoothing": 0.2}, bits),
        ("label smoothing, logits", {"label_smoothing": 0.1, "from_logits": True}, bit_logits),
        ("axis 1", {"axis": 1}, bits)],
    "BinaryFocalCrossentropy": [
        ("default", {}, bits), ("from logits", {"from_logits": True}, bit_logits),
        ("gamma", {"gamma": 3.0}, bits), ("balanced", {"apply_class_balancing": True, "alpha": 0.3}, bits),
        ("everything", {"apply_class_balancing": True, "alpha": 0.6, "gamma": 1.0, "from_logits": True,
                        "label_smoothing": 0.1}, bit_logits),
        ("axis 1", {"axis": 1}, bits)],
    "CategoricalCrossentropy": [
        ("default", {}, one_hot), ("soft labels", {}, soft_labels),
        ("from logits", {"from_logits": True}, one_hot_logits),
        ("label smoothing", {"label_smoothing": 0.1}, one_hot),
        ("label smoothing, logits", {"label_smoothing": 0.1, "from_logits": True}, one_hot_logits),
        ("axis 1", {"axis": 1}, one_hot), ("axis 1, logits", {"axis": 1, "from_logits": True}, one_hot_logits)],
    "CategoricalFocalCrossentropy": [
        ("default", {}, one_hot), ("from logits", {"from_logits": True}, one_hot_logits),
        ("alpha, gamma", {"alpha": 0.7, "gamma": 1.5}, one_hot),
        ("label smoothing", {"label_smoothing": 0.1}, one_hot)],
    "SparseCategoricalCrossentropy": [
        ("default", {}, classes), ("from logits", {"from_logits": True}, class_logits),
        ("ignore class", {"ignore_class": 1}, classes),
        ("ignore class, logits", {"ignore_class": 2, "from_logits": True}, class_logits)],
    "CategoricalGeneralizedCrossEntropy": [("default", {}, classes), ("q", {"q": 0.8}, classes)],
    "Dice": [("default", {}, bits), ("axis", {"axis": [1]}, bits)],
    "Tversky": [("default", {}, bits), ("alpha, beta", {"alpha": 0.3, "beta": 0.8}, bits),
                ("axis", {"axis": [1]}, bits)],
}
WHOLE_BATCH = ("Dice", "Tversky")


def extremes():
    """Certain and wrong: where clipping decides."""
    one = numpy.eye(3, dtype="float32")
    saturated = numpy.array([[1, 0, 0], [1, 0, 0], [0.2, 0.3, 1.5]], "float32")
    large = numpy.array([[80, -80, 0], [80, -80, 0], [3, 200, -200]], "float32")
    bit = numpy.array([[1, 0], [1, 0], [0, 1]], "float32")
    return {
        "BinaryCrossentropy": [("clipped", {}, bit, numpy.array([[0, 1], [1, 0], [1e-9, 0.5]], "float32")),
                               ("large logits", {"from_logits": True}, bit,
                                numpy.array([[-90, 90], [90, -90], [0, 200]], "float32"))],
        "CategoricalCrossentropy": [("clipped, not normalised", {}, one, saturated),
                                    ("large logits", {"from_logits": True}, one, large)],
        "SparseCategoricalCrossentropy": [
            ("clipped, not normalised", {}, numpy.arange(3, dtype="int32"), saturated),
            ("large logits", {"from_logits": True}, numpy.arange(3, dtype="int32"), large),
            ("ignored class below zero", {"ignore_class": -1}, numpy.array([-1, 0, 2], "int32"),
             numpy.array([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1], [0.5, 0.3, 0.2]], "float32")),
            ("labels of shape (n, 1)", {}, numpy.array([[2], [0]], "int32"),
             numpy.array([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]], "float32"))],
        "MeanSquaredError": [("labels (n,) and predictions (n, 1)", {}, numpy.array([1, 2, -1], "float32"),
                              numpy.array([[0.5], [2.5], [0]], "float32"))],
        "MeanAbsoluteError": [("equal entries", {}, numpy.array([[1, 2], [3, -1]], "float32"),
                               numpy.array([[1, 2.5], [3, 0]], "float32"))],
        "MeanAbsolutePercentageError": [("a zero label", {}, numpy.array([[1, 0.5], [0, 4]], "float32"),
                                         numpy.array([[2, 0.25], [0.75, 1]], "float32"))],
        "KLDivergence": [("zeros", {}, numpy.array([[0, 1], [0.5, 0.5]], "float32"),
                          numpy.array([[0.3, 0.7], [0.75, 0.25]], "float32"))],
        "CosineSimilarity": [("a row of zeros", {}, numpy.array([[0, 0], [1, 2]], "float32"),
                              numpy.array([[0.3, 0.7], [0.75, 0.25]], "float32"))],
        "LogCosh": [("far apart", {}, numpy.array([[0, 0], [0, 0]], "float32"),
                     numpy.array([[50, -50], [200, 1e-3]], "float32"))],
    }


def case(class_name, title, arguments, truth, prediction, weight=None, mask=None):
    loss = getattr(keras.losses, class_name)(**arguments)

    def value(p):
        if mask is not None:
            keras.src.backend.set_keras_mask(p, jnp.asarray(mask))
        result = loss(jnp.asarray(truth), p, sample_weight=None if weight is None else jnp.asarray(weight))
        return jnp.sum(result), result

    (_, result), gradient = jax.value_and_grad(value, has_aux=True)(jnp.asarray(prediction))
    row = {"case": title, "arguments": arguments, "y_true": tensor(truth), "y_pred": tensor(prediction)}
    if weight is not None:
        row["sample_weight"] = tensor(weight)
    if mask is not None:
        row["mask"] = tensor(mask)
    assert numpy.isfinite(numpy.asarray(result)).all() and numpy.isfinite(numpy.asarray(gradient)).all(), title
    return {**row, "value": tensor(result), "y_pred_gradient": tensor(gradient)}


def cases(class_name):
    random = generator("losses", class_name)
    rows = []
    for title, arguments, data in LOSSES[class_name]:
        shape = (6, 3, 2) if "axis" in arguments else (6, 3)
        truth, prediction = data(random, shape)
        rows.append(case(class_name, title, arguments, truth, prediction))
    title, arguments, data = LOSSES[class_name][0]
    truth, prediction = data(random, (6, 3))
    weight = numpy.array([0.5, 2, 1, 0, 0.25, 1.5], "float32")
    if class_name in WHOLE_BATCH:
        weight = None
    for reduction in REDUCTIONS:
        options = {**arguments, "reduction": reduction}
        rows.append(case(class_name, f"{title}, {reduction}", options, truth, prediction))
        if weight is not None:
            rows.append(case(class_name, f"{title}, {reduction}, weights", options, truth, prediction, weight))
    if weight is not None:
        for reduction in ("sum_over_batch_size", "sum", "mean_with_sample_weight"):
            options = {**arguments, "reduction": reduction}
            rows.append(case(class_name, f"{title}, {reduction}, mask", options, truth, prediction, None, EXACT_MASK))
            rows.append(case(class_name, f"{title}, {reduction}, mask and weights", options, truth, prediction, weight,
                             EXACT_MASK))
        rows.append(case(class_name, "a mask that hides everything", arguments, truth, prediction, None,
                         numpy.zeros(6, bool)))
        if class_name not in ("CategoricalGeneralizedCrossEntropy",):
            truth, prediction = data(random, (2, 3, 4))
            rows.append(case(class_name, "sequence", arguments, truth, prediction))
            rows.append(case(class_name, "sequence, weights (n, 1)", arguments, truth, prediction,
                             numpy.array([[0.5], [2]], "float32")))
            rows.append(case(class_name, "sequence, weights by step, mask", arguments, truth, prediction,
                             uniform(random, 0, 2, 2, 3), numpy.array([[1, 0, 1], [1, 1, 0]], bool)))
    for title, arguments, truth, prediction in extremes().get(class_name, []):
        row = case(class_name, title, arguments, truth, prediction)
        if title == "equal entries":
            gradient = numpy.sign(prediction - truth) / truth.size
            row["y_pred_gradient"] = tensor(gradient.astype("float32"))
            row["note"] = "0 at equal entries, as TensorFlow and PyTorch have it; JAX gives one side's slope"
        rows.append(row)
    return rows


def circle():
    """Metric learning: integer labels, embeddings; the value depends on the pairs of the batch."""
    random = generator("losses", "Circle")
    labels = numpy.array([0, 1, 0, 2, 1, 0], "int32")
    embeddings = normal(random, 6, 4)
    embeddings = embeddings / numpy.linalg.norm(embeddings, axis=1, keepdims=True)
    return [case("Circle", "default", {}, labels, embeddings.astype("float32")),
            case("Circle", "gamma, margin", {"gamma": 4.0, "margin": 0.25}, labels, embeddings.astype("float32"))]


def ctc():
    """Labels padded with 0, the blank; logits (batch, steps, classes)."""
    random = generator("losses", "CTC")
    labels = numpy.array([[1, 2, 3], [4, 4, 0], [2, 0, 0], [3, 1, 3]], "int32")
    rows = [case("CTC", "default", {}, labels, normal(random, 4, 7, 5)),
            case("CTC", "sum", {"reduction": "sum"}, labels, normal(random, 4, 7, 5, scale=3)),
            case("CTC", "none, weights", {"reduction": "none"}, labels, normal(random, 4, 7, 5),
                 numpy.array([0.5, 2, 1, 0], "float32")),
            case("CTC", "just long enough", {}, labels[:2], normal(random, 2, 3, 5)),
            case("CTC", "an empty label", {}, numpy.zeros((2, 2), "int32"), normal(random, 2, 4, 3)),
            case("CTC", "the blank inside a label", {},
                 numpy.array([[3, 0, 2, 0], [0, 1, 0, 2], [0, 0, 1, 1], [2, 2, 0, 1]], "int32"), normal(random, 4, 6, 5))]
    return rows


def snake(name):
    return keras.src.utils.naming.to_snake_case(name)


def make(book):
    for class_name in LOSSES:
        book.add("losses", snake(class_name), {"class": class_name, "cases": cases(class_name)})
    book.add("losses", "ctc", {"class": "CTC", "cases": ctc()})
    book.add("losses", "circle", {"class": "Circle", "cases": circle()})

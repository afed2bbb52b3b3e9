"""metrics/: every metric fed with a sequence of updates, with and without weights; the result after each."""
import jax.numpy as jnp
import keras
import numpy

from common import generator, normal, tensor, uniform
from losses import (bit_logits, bits, class_logits, classes, counts, one_hot, one_hot_logits, positive, regression, signs,
                    soft_labels)

WEIGHTS = numpy.array([0.5, 2, 1, 0, 0.25, 1.5, 1, 3], "float32")
ROWS = (8, 5, 3)  # rows of each update: batches need not have one size
MASK = numpy.array([1, 0, 1, 1, 0, 1, 1, 0], bool)


def equal_ids(random, shape):
    return random.integers(0, 3, shape).astype("float32"), random.integers(0, 3, shape).astype("float32")


def labels(random, shape):
    return random.integers(0, 4, shape[:1]).astype("int32"), random.integers(0, 4, shape[:1]).astype("int32")


def twelve_labels(random, shape):
    return tuple(random.integers(0, 12, shape[:1]).astype("int32") for _ in range(2))


def one_column(data):
    def columns(random, shape):
        return data(random, (shape[0], 1))
    return columns


def wide(data, size):
    def columns(random, shape):
        return data(random, (*shape[:-1], size))
    return columns


def coarse_bits(random, shape):
    """Scores with many ties, some exactly on a threshold."""
    truth, _ = bits(random, shape)
    return truth, numpy.round(random.random(shape) * 8).astype("float32") / 8


def tied_classes(random, shape):
    truth, _ = classes(random, shape)
    return truth, numpy.round(random.random(shape) * 4).astype("float32") / 4


def tied_one_hot(random, shape):
    truth, prediction = tied_classes(random, shape)
    return numpy.eye(shape[-1], dtype="float32")[truth], prediction


ALWAYS = "weights and masks too"
BINARY = one_column(bits)
METRICS = {
    "Mean": None, "Sum": None,
    "Accuracy": [("default", {}, equal_ids, ALWAYS)],
    "BinaryAccuracy": [("default", {}, bits, ALWAYS), ("threshold", {"threshold": 0.25}, bits),
                       ("on the threshold", {}, coarse_bits), ("one column", {}, BINARY)],
    "CategoricalAccuracy": [("default", {}, one_hot, ALWAYS), ("ties", {}, tied_one_hot)],
    "SparseCategoricalAccuracy": [("default", {}, classes, ALWAYS), ("ties", {}, tied_classes)],
    "TopKCategoricalAccuracy": [("two of six", {"k": 2}, wide(one_hot, 6), ALWAYS), ("default", {}, wide(one_hot, 8)),
                                ("ties", {"k": 2}, wide(tied_one_hot, 6))],
    "SparseTopKCategoricalAccuracy": [("two of six", {"k": 2}, wide(classes, 6), ALWAYS),
                                      ("default", {}, wide(classes, 8)), ("ties", {"k": 2}, wide(tied_classes, 6))],
    "MeanSquaredError": [("default", {}, regression, ALWAYS)],
    "RootMeanSquaredError": [("default", {}, regression, ALWAYS)],
    "MeanAbsoluteError": [("default", {}, regression, ALWAYS)],
    "MeanAbsolutePercentageError": [("default", {}, positive, ALWAYS)],
    "MeanSquaredLogarithmicError": [("default", {}, positive, ALWAYS)],
    "LogCoshError": [("default", {}, regression, ALWAYS)],
    "CosineSimilarity": [("default", {}, regression, ALWAYS), ("axis", {"axis": 1}, regression)],
    "R2Score": [("default", {}, regression, ALWAYS), ("none", {"class_aggregation": None}, regression),
                ("variance weighted", {"class_aggregation": "variance_weighted_average"}, regression, ALWAYS),
                ("regressors", {"num_regressors": 2}, regression), ("one column", {}, one_column(regression))],
    "Hinge": [("default", {}, signs, ALWAYS)], "SquaredHinge": [("default", {}, signs, ALWAYS)],
    "CategoricalHinge": [("default", {}, one_hot, ALWAYS)],
    "KLDivergence": [("default", {}, soft_labels, ALWAYS)],
    "Poisson": [("default", {}, counts, ALWAYS)],
    "BinaryCrossentropy": [("default", {}, bits, ALWAYS), ("logits", {"from_logits": True}, bit_logits),
                           ("smoothing", {"label_smoothing": 0.2}, bits)],
    "CategoricalCrossentropy": [("default", {}, one_hot, ALWAYS), ("logits", {"from_logits": True}, one_hot_logits),
                                ("smoothing", {"label_smoothing": 0.2}, one_hot),
                                ("axis", {"axis": 0}, one_hot)],
    "SparseCategoricalCrossentropy": [("default", {}, classes, ALWAYS),
                                      ("logits", {"from_logits": True}, class_logits)],
    "Precision": [("default", {}, BINARY, ALWAYS), ("threshold", {"thresholds": 0.3}, BINARY),
                  ("thresholds", {"thresholds": [0.2, 0.5, 0.8]}, BINARY), ("three columns", {}, bits),
                  ("49 thresholds", {"thresholds": [round(step / 50 + 0.0005, 4) for step in range(1, 50)]}, BINARY),
                  ("top_k", {"top_k": 2}, wide(bits, 5)), ("class_id", {"class_id": 1}, bits),
                  ("top_k and class_id", {"top_k": 2, "class_id": 1}, wide(bits, 5)),
                  ("on the threshold", {}, coarse_bits)],
    "Recall": [("default", {}, BINARY, ALWAYS), ("threshold", {"thresholds": 0.3}, BINARY),
               ("thresholds", {"thresholds": [0.2, 0.5, 0.8]}, BINARY), ("three columns", {}, bits),
               ("top_k", {"top_k": 2}, wide(bits, 5)), ("class_id", {"class_id": 1}, bits),
               ("top_k and class_id", {"top_k": 2, "class_id": 1}, wide(bits, 5))],
    "TruePositives": [("default", {}, BINARY, ALWAYS), ("thresholds", {"thresholds": [0.2, 0.7]}, bits)],
    "FalsePositives": [("default", {}, BINARY, ALWAYS), ("thresholds", {"thresholds": [0.2, 0.7]}, bits)],
    "TrueNegatives": [("default", {}, BINARY, ALWAYS), ("thresholds", {"thresholds": [0.2, 0.7]}, bits)],
    "FalseNegatives": [("default", {}, BINARY, ALWAYS), ("thresholds", {"thresholds": [0.2, 0.7]}, bits)],
    "AUC": [("default", {}, BINARY, ALWAYS), ("PR", {"curve": "PR"}, BINARY, ALWAYS),
            ("PRGAIN", {"curve": "PRGAIN"}, BINARY),
            ("minoring", {"summation_method": "minoring"}, BINARY),
            ("majoring", {"summation_method": "majoring"}, BINARY),
            ("PR, minoring", {"curve": "PR", "summation_method": "minoring"}, BINARY),
            ("PR, majoring", {"curve": "PR", "summation_method": "majoring"}, BINARY),
            ("few thresholds", {"num_thresholds": 5}, BINARY), ("ties", {"num_thresholds": 9}, one_column(coarse_bits)),
            ("own thresholds", {"thresholds": [0.1, 0.45, 0.7]}, BINARY),
            ("49 own thresholds", {"thresholds": [round(step / 50 + 0.0005, 4) for step in range(1, 50)]}, BINARY),
            ("logits", {"from_logits": True}, one_column(bit_logits)), ("three columns at once", {}, bits),
            ("multi_label", {"multi_label": True, "num_labels": 3}, bits),
            ("multi_label, weights of labels", {"multi_label": True, "num_labels": 3, "label_weights": [1.0, 0.5, 3.0]},
             bits)],
    "SensitivityAtSpecificity": [("half", {"specificity": 0.5}, BINARY, ALWAYS),
                                 ("few thresholds", {"specificity": 0.7, "num_thresholds": 6}, BINARY),
                                 ("class_id", {"specificity": 0.5, "class_id": 2}, bits),
                                 ("one threshold", {"specificity": 0.2, "num_thresholds": 1}, BINARY)],
    "SpecificityAtSensitivity": [("half", {"sensitivity": 0.5}, BINARY, ALWAYS),
                                 ("few thresholds", {"sensitivity": 0.7, "num_thresholds": 6}, BINARY),
                                 ("class_id", {"sensitivity": 0.5, "class_id": 2}, bits)],
    "PrecisionAtRecall": [("half", {"recall": 0.5}, BINARY, ALWAYS),
                          ("few thresholds", {"recall": 0.7, "num_thresholds": 6}, BINARY),
                          ("class_id", {"recall": 0.5, "class_id": 0}, bits)],
    "RecallAtPrecision": [("half", {"precision": 0.5}, BINARY, ALWAYS),
                          ("impossible", {"precision": 1.0, "num_thresholds": 3}, BINARY),
                          ("class_id", {"precision": 0.5, "class_id": 1}, bits)],
    "F1Score": [("default", {}, one_hot), ("micro", {"average": "micro"}, one_hot),
                ("macro", {"average": "macro"}, one_hot, ALWAYS), ("weighted", {"average": "weighted"}, one_hot),
                ("threshold", {"average": "macro", "threshold": 0.4}, bits), ("ties", {}, tied_one_hot)],
    "FBetaScore": [("beta", {"beta": 2.0}, one_hot), ("beta, macro", {"beta": 0.5, "average": "macro"}, one_hot, ALWAYS),
                   ("beta, weighted, threshold", {"beta": 2.0, "average": "weighted", "threshold": 0.5}, bits)],
    "MeanIoU": [("default", {"num_classes": 4}, labels),
                ("ignored class", {"num_classes": 4, "ignore_class": 3}, labels),
                ("probabilities", {"num_classes": 3, "sparse_y_pred": False}, classes),
                ("rows of both", {"num_classes": 3, "sparse_y_true": False, "sparse_y_pred": False}, one_hot)],
    "IoU": [("two of four", {"num_classes": 4, "target_class_ids": [0, 2]}, labels),
            ("ten of twelve", {"num_classes": 12, "target_class_ids": [0, 1, 2, 3, 4, 5, 6, 7, 8, 10]}, twelve_labels),
            ("ignored class", {"num_classes": 4, "target_class_ids": [0, 2], "ignore_class": 3}, labels),
            ("probabilities", {"num_classes": 3, "target_class_ids": [1], "sparse_y_pred": False}, classes),
            ("rows of both", {"num_classes": 3, "target_class_ids": [0, 1], "sparse_y_true": False,
                              "sparse_y_pred": False}, one_hot)],
    "BinaryIoU": [("default", {}, BINARY), ("one class, threshold", {"target_class_ids": [1], "threshold": 0.3}, BINARY)],
    "OneHotIoU": [("two of three", {"num_classes": 3, "target_class_ids": [0, 2]}, one_hot),
                  ("ignored class", {"num_classes": 3, "target_class_ids": [0, 2], "ignore_class": 1}, one_hot)],
    "OneHotMeanIoU": [("default", {"num_classes": 3}, one_hot),
                      ("ignored class", {"num_classes": 3, "ignore_class": 1}, one_hot)],
    "PearsonCorrelation": [("default", {}, regression, ALWAYS), ("axis", {"axis": 0}, regression)],
    "ConcordanceCorrelation": [("default", {}, regression, ALWAYS), ("axis", {"axis": 0}, regression)],
}


def case(class_name, title, arguments, updates):
    metric = getattr(keras.metrics, class_name)(**{key: tuple(v) if isinstance(v, list) and key == "axis" else v
                                                   for key, v in arguments.items()})
    row = {"case": title, "arguments": arguments, "updates": [], "results": []}
    for update in updates:
        prediction = jnp.asarray(update["y_pred"])
        if "mask" in update:
            keras.src.backend.set_keras_mask(prediction, jnp.asarray(update["mask"]))
        weight = update.get("sample_weight")
        metric.update_state(jnp.asarray(update["y_true"]), prediction,
                            sample_weight=None if weight is None else jnp.asarray(weight))
        row["updates"].append({key: tensor(value) for key, value in update.items()})
        row["results"].append(tensor(numpy.asarray(metric.result(), "float32")))
    assert all(numpy.isfinite(result["values"]).all() for result in row["results"]), (class_name, title)
    return row


def takes_masks(class_name):
    return issubclass(getattr(keras.metrics, class_name), keras.metrics.MeanMetricWrapper)


def cases(class_name):
    for title, arguments, data, *more in METRICS[class_name]:
        random = generator("metrics", class_name, title)
        updates = [dict(zip(("y_true", "y_pred"), data(random, (rows, 3)))) for rows in ROWS]
        yield case(class_name, title, arguments, updates)
        if not more:
            continue
        weighted = [{**update, "sample_weight": WEIGHTS[:len(update["y_true"])]} for update in updates]
        yield case(class_name, f"{title}, weights", arguments, [*weighted[:2], updates[2]])
        if more[0] == ALWAYS and takes_masks(class_name):
            masked = [{**update, "mask": MASK[:len(update["y_true"])]} for update in updates]
            yield case(class_name, f"{title}, masks", arguments, masked)
            both = [{**update, "mask": MASK[:len(update["y_true"])]} for update in weighted]
            yield case(class_name, f"{title}, weights and masks", arguments, both)
            if class_name not in ("CosineSimilarity",):
                truth, prediction = data(random, (2, 4, 3))
                steps = {"y_true": truth, "y_pred": prediction}
                if class_name not in ("Accuracy",):
                    yield case(class_name, f"{title}, sequence, weights by step", arguments,
                               [{**steps, "sample_weight": uniform(random, 0, 2, 2, 4)}])
                yield case(class_name, f"{title}, sequence", arguments, [steps])


def simple(class_name):
    """Mean and Sum take values; they stand under y_pred."""
    random = generator("metrics", class_name)
    for title, weights in (("default", False), ("weights", True)):
        metric = getattr(keras.metrics, class_name)()
        row = {"case": title, "arguments": {}, "updates": [], "results": []}
        for rows in ROWS:
            update = {"y_pred": normal(random, rows)}
            if weights:
                update["sample_weight"] = WEIGHTS[:rows]
            metric.update_state(update["y_pred"], update.get("sample_weight"))
            row["updates"].append({key: tensor(value) for key, value in update.items()})
            row["results"].append(tensor(numpy.asarray(metric.result(), "float32")))
        yield row


def make(book):
    for class_name in METRICS:
        rows = list(simple(class_name) if METRICS[class_name] is None else cases(class_name))
        book.add("metrics", keras.src.utils.naming.to_snake_case(class_name), {"class": class_name, "cases": rows})

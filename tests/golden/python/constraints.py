"""constraints/: weights before and after."""
import jax.numpy as jnp
import keras

from common import find_class, generator, normal, tensor

CONSTRAINTS = {
    "MaxNorm": [("default", {}, (3, 4)), ("small", {"max_value": 0.5}, (3, 4)), ("axis 1", {"max_value": 1, "axis": 1}, (3, 4)),
                ("of a kernel of rank 4", {"max_value": 1, "axis": [0, 1, 2]}, (2, 2, 3, 2)), ("vector", {"max_value": 1}, (5,))],
    "MinMaxNorm": [("default", {}, (3, 4)), ("rate", {"min_value": 0.8, "max_value": 1.2, "rate": 0.5}, (3, 4)),
                   ("axis 1", {"min_value": 1.5, "max_value": 2.0, "axis": 1}, (3, 4))],
    "UnitNorm": [("default", {}, (3, 4)), ("axis 1", {"axis": 1}, (3, 4)), ("vector", {}, (5,))],
    "NonNeg": [("default", {}, (3, 4))],
}


def case(class_name, title, arguments, shape):
    weights = normal(generator("constraints", class_name, title), *shape)
    if len(shape) == 2:
        weights[:, 1] = 0
    after = find_class("constraint", class_name)(**arguments)(jnp.asarray(weights))
    return {"case": title, "arguments": arguments, "before": tensor(weights), "after": tensor(after)}


def make(book):
    for class_name, rows in CONSTRAINTS.items():
        book.add("constraints", keras.src.utils.naming.to_snake_case(class_name),
                 {"class": class_name, "cases": [case(class_name, *row) for row in rows]})

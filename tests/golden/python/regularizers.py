"""regularizers/: value and gradient."""
import jax
import jax.numpy as jnp
import keras

from common import away_from, find_class, generator, normal, tensor

REGULARIZERS = {
    "L1": [("default", {}, (3, 4)), ("factor", {"l1": 0.2}, (5,))],
    "L2": [("default", {}, (3, 4)), ("factor", {"l2": 0.2}, (2, 3, 2))],
    "L1L2": [("default", {}, (3, 4)), ("both", {"l1": 0.1, "l2": 0.2}, (3, 4))],
    "OrthogonalRegularizer": [("default", {}, (3, 4)), ("columns", {"factor": 0.3, "mode": "columns"}, (4, 3)),
                              ("rows", {"factor": 0.3, "mode": "rows"}, (4, 3))],
}


def case(class_name, title, arguments, shape):
    weights = away_from(normal(generator("regularizers", class_name, title), *shape), [0])
    regularizer = find_class("regularizer", class_name)(**arguments)
    value, gradient = jax.value_and_grad(lambda w: jnp.sum(regularizer(w)))(jnp.asarray(weights))
    return {"case": title, "arguments": arguments, "weights": tensor(weights), "value": tensor(value),
            "gradient": tensor(gradient)}


def make(book):
    for class_name, rows in REGULARIZERS.items():
        book.add("regularizers", keras.src.utils.naming.to_snake_case(class_name),
                 {"class": class_name, "cases": [case(class_name, *row) for row in rows]})

"""optimizers/: twenty steps of every optimizer, with every option in turn, on stored gradients."""
import jax.numpy as jnp
import keras
import numpy

from common import from_spec, generator, keras_arguments, named_tensor, tensor

STEPS = 20
REPORTED = (1, 2, 5, 20)

# Options that every optimizer has. The learning rates are large, so that twenty steps go somewhere.
COMMON = [
    ("clipnorm", {"clipnorm": 0.5}),
    ("clipvalue", {"clipvalue": 0.25}),
    ("global_clipnorm", {"global_clipnorm": 0.5}),
    ("global_clipnorm that never clips", {"global_clipnorm": 50.0}),
    ("weight_decay", {"weight_decay": 0.1}),
    ("ema", {"use_ema": True, "ema_momentum": 0.9}),
    ("ema, overwritten every 3 steps", {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 3}),
    ("accumulation over 3", {"gradient_accumulation_steps": 3}),
    ("accumulation over 2, weight_decay, clipnorm, ema",
     {"gradient_accumulation_steps": 2, "weight_decay": 0.05, "clipnorm": 0.5, "use_ema": True, "ema_momentum": 0.9}),
    ("loss_scale_factor", {"loss_scale_factor": 8.0}),
    ("loss_scale_factor, global_clipnorm", {"loss_scale_factor": 4.0, "global_clipnorm": 0.2}),
    ("exponential_decay", {"learning_rate": "exponential_decay(0.1, 5, 0.5)"}),
    ("cosine_decay with warm-up, weight_decay",
     {"learning_rate": "cosine_decay(0.01, 12, warmup_target=0.1, warmup_steps=4)", "weight_decay": 0.1}),
    ("schedule and accumulation",
     {"learning_rate": "piecewise_constant_decay([4, 9], [0.1, 0.05, 0.01])", "gradient_accumulation_steps": 2}),
]

OPTIMIZERS = {
    "SGD": (0.1, [("momentum", {"momentum": 0.9}), ("nesterov", {"momentum": 0.9, "nesterov": True}),
                  ("nesterov without momentum", {"nesterov": True}),
                  ("momentum, schedule", {"momentum": 0.5, "learning_rate": "inverse_time_decay(0.1, 4, 0.5)"}),
                  ("momentum, nesterov, weight_decay, clipvalue",
                   {"momentum": 0.8, "nesterov": True, "weight_decay": 0.05, "clipvalue": 0.3})]),
    "RMSprop": (0.01, [("rho", {"rho": 0.7}), ("momentum", {"momentum": 0.8}), ("centered", {"centered": True}),
                       ("momentum, centered, epsilon", {"momentum": 0.5, "centered": True, "epsilon": 1e-3})]),
    "Adam": (0.01, [("betas", {"beta_1": 0.7, "beta_2": 0.95}), ("epsilon", {"epsilon": 0.01}),
                    ("amsgrad", {"amsgrad": True}), ("amsgrad, low beta_2", {"amsgrad": True, "beta_2": 0.6}),
                    ("amsgrad, ema, accumulation", {"amsgrad": True, "use_ema": True, "gradient_accumulation_steps": 2})]),
    "AdamW": (0.01, [("no decay", {"weight_decay": 0.0}), ("decay, amsgrad", {"weight_decay": 0.2, "amsgrad": True}),
                     ("betas, epsilon", {"beta_1": 0.7, "beta_2": 0.95, "epsilon": 0.01})]),
    "Adamax": (0.01, [("betas, epsilon", {"beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-3})]),
    "Nadam": (0.01, [("betas, epsilon", {"beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-3})]),
    "Adagrad": (0.1, [("initial accumulator, epsilon", {"initial_accumulator_value": 0.5, "epsilon": 1e-2}),
                      ("initial accumulator of zero", {"initial_accumulator_value": 0.0})]),
    "Adadelta": (1.0, [("rho, epsilon", {"rho": 0.8, "epsilon": 1e-3})]),
    "Ftrl": (0.1, [("power", {"learning_rate_power": -0.3}), ("l1", {"l1_regularization_strength": 0.1}),
                   ("l2", {"l2_regularization_strength": 0.1}),
                   ("shrinkage", {"l2_shrinkage_regularization_strength": 0.1}), ("beta", {"beta": 0.2}),
                   ("everything", {"learning_rate_power": -0.6, "initial_accumulator_value": 0.3,
                                   "l1_regularization_strength": 0.05, "l2_regularization_strength": 0.02,
                                   "l2_shrinkage_regularization_strength": 0.03, "beta": 0.1})]),
    "Lion": (0.01, [("betas", {"beta_1": 0.7, "beta_2": 0.9})]),
    "Lamb": (0.01, [("betas, epsilon", {"beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-3})]),
    "Adafactor": (0.01, [("a rate above the relative step", {"learning_rate": 0.7}),
                         ("relative step off", {"learning_rate": 0.7, "relative_step": False}),
                         ("clip threshold", {"clip_threshold": 0.2}),
                         ("decay, epsilons", {"beta_2_decay": -0.5, "epsilon_1": 1e-4, "epsilon_2": 0.1})]),
    "Muon": (0.01, [("plain momentum", {"nesterov": False, "momentum": 0.8}),
                    ("more Newton-Schulz steps", {"ns_steps": 3, "rms_rate": 0.4}),
                    ("excluded kernel", {"exclude_layers": ["kernel"]}),
                    ("Adam's side", {"adam_beta_1": 0.7, "adam_beta_2": 0.95, "adam_lr_ratio": 0.5,
                                     "adam_weight_decay": 0.1, "epsilon": 1e-3}),
                    ("coefficients, embeddings too", {"muon_a": 3.0, "muon_b": -4.0, "muon_c": 1.5,
                                                      "exclude_embeddings": False})]),
    "ScheduleFreeAdamW": (0.01, [("warm-up", {"warmup_steps": 6}),
                                 ("betas, epsilon", {"beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-3})]),
}


def starting_point():
    random = generator("optimizers")
    kernel = numpy.round(random.normal(0, 1, (3, 4)), 3).astype("float32")
    bias = numpy.round(random.normal(0, 1, 4), 3).astype("float32")
    return [kernel, bias]


def gradients():
    """Of normal size, none below 1e-3 but a few exact zeros."""
    random = generator("gradients")
    result = []
    for _ in range(STEPS):
        step = []
        for shape in ((3, 4), (4,)):
            g = numpy.round(random.normal(0, 0.5, shape), 3)
            g[numpy.abs(g) < 2e-3] = 2e-3
            g[random.random(shape) < 0.05] = 0
            step.append(g.astype("float32"))
        result.append(step)
    return result


def variables():
    return [keras.Variable(value, name=name) for value, name in zip(starting_point(), ("kernel", "bias"))]


def slot_name(variable):
    name = variable.path.split("/", 1)[-1]
    return "variable" if name.startswith("variable_") else name  # Nadam's scalar is numbered across the process


def case(class_name, rate, title, arguments, excluded=None, constraint=None):
    arguments = {"learning_rate": rate, **arguments}
    options = keras_arguments(arguments)
    if "exclude_layers" in options:
        options["exclude_layers"] = list(options["exclude_layers"])
    optimizer = getattr(keras.optimizers, class_name)(**options)
    weights = variables()
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=excluded)
    if constraint:
        weights[0].constraint = from_spec("constraint", constraint)
    row = {"case": title, "arguments": arguments}
    if excluded:
        row["exclude_from_weight_decay"] = excluded
    if constraint:
        row["constraint"] = constraint
    row["checkpoints"] = []
    for step, gradient in enumerate(gradients(), 1):
        optimizer.apply([jnp.asarray(g) for g in gradient], weights)
        if step in REPORTED:
            row["checkpoints"].append({"step": step, "weights": [tensor(w.numpy()) for w in weights]})
    row["slots"] = [named_tensor(slot_name(variable), variable.numpy()) for variable in optimizer.variables]
    if arguments.get("use_ema"):
        optimizer.finalize_variable_values(weights)
        row["final_weights"] = [tensor(w.numpy()) for w in weights]
    return row


def cases(class_name):
    rate, own = OPTIMIZERS[class_name]
    # Keras's AdamW and Muon decay by default; weight decay is then one of the options like any other.
    rows = [case(class_name, rate, "default", {})]
    rows += [case(class_name, rate, title, arguments) for title, arguments in own]
    if class_name in ("SGD", "RMSprop", "Adam"):
        common = COMMON
    else:
        common = [row for row in COMMON if row[0] not in ("global_clipnorm that never clips", "clipnorm")]
    rows += [case(class_name, rate, title, arguments) for title, arguments in common]
    rows.append(case(class_name, rate, "weight_decay without the bias", {"weight_decay": 0.2}, excluded=["bias"]))
    rows.append(case(class_name, rate, "constraint after each step", {}, constraint="max_norm(1.0)"))
    if class_name in ("Adam", "SGD"):
        rows.append(case(class_name, rate, "constraint, ema and accumulation",
                         {"use_ema": True, "ema_momentum": 0.9, "gradient_accumulation_steps": 2},
                         constraint="unit_norm"))
    return rows


def check_margins():
    """Lion takes signs: its sums must not be near zero, or rounding would decide."""
    for beta_1, beta_2 in ((0.9, 0.99), (0.7, 0.9)):
        momentum = [numpy.zeros((3, 4)), numpy.zeros(4)]
        for step in gradients():
            for index, g in enumerate(step):
                total = beta_1 * momentum[index] + (1 - beta_1) * g.astype("float64")
                assert ((numpy.abs(total) > 1e-5) | (total == 0)).all()
                momentum[index] = beta_2 * momentum[index] + (1 - beta_2) * g


def make(book):
    check_margins()
    names = ("kernel", "bias")
    shared = {"variables": [named_tensor(name, value) for name, value in zip(names, starting_point())],
              "gradients": [[tensor(g) for g in step] for step in gradients()]}
    for class_name in OPTIMIZERS:
        book.add("optimizers", class_name.lower(),
                 {"class": class_name, "tolerance": 1e-4, **shared, "cases": cases(class_name)})

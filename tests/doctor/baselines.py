"""The published rules of three tools, as plain functions of the numbers that the doctor records ("measured" of its JSON): ids of what
they would say, in their order. Thresholds are the papers' own.

UMLAUT (CHI 2021): checks of the program and of each epoch, without a gate.
DeepDiagnosis (ICSE 2022): eight symptoms at each epoch, without a gate, then a tree that names a cause.
AutoTrainer (ICSE 2021): five problems; nothing is said where the accuracy passes 0.6."""
import math


def numbers(items):
    return [x for x in items if x is not None]


def loss_output(seen):
    return next((o for o in seen["outputs"] if o["loss"]), None)


def is_classes(output):
    return output is not None and "crossentropy" in output["loss"]


def hidden(seen):
    return [layer for layer in seen["layers"] if layer["weights"] and not layer["output"]]


def umlaut(seen):
    output, said = loss_output(seen), []
    bounds = [x for x in (seen["inputs_low"], seen["inputs_high"]) if x is not None]
    if any(abs(x) > 1 for x in bounds):
        said.append("inputs_unscaled")
    if seen["not_finite"]:
        said.append("not_finite")
    if is_classes(output) and output["activation"] not in ("softmax", "sigmoid") and not output["from_logits"]:
        said.append("softmax_missing")
    if any(layer["activation"] is None for layer in hidden(seen)):
        said.append("no_nonlinearity")
    if any((layer["drop_rate"] or 0) > 0.5 for layer in seen["layers"]):
        said.append("dropout_too_high")
    rate = seen["rate"]
    if rate is not None and rate > 0.01:
        said.append("rate_too_high")
    if rate is not None and rate < 1e-7:
        said.append("rate_too_low")
    train, held = seen["train_losses"], seen["validation_losses"]
    pairs = [(a, b, c, d) for a, b, c, d in zip(train, train[1:], held, held[1:]) if None not in (a, b, c, d)]
    if any(b < a and d > c for a, b, c, d in pairs):
        said.append("overfit")
    right, others = seen["train_accuracies"], seen["validation_accuracies"]
    if any(v is not None and (v > 0.95 or (t is not None and v > t + 0.05)) for t, v in zip(right, others)):
        said.append("rows_shared")
    return said


def deep_diagnosis(seen):
    output, said = loss_output(seen), []
    losses = numbers(seen["train_losses"])
    symptom = None
    if seen["not_finite"] or any(x == 0 for x in losses):
        symptom = "numeric"
    elif any((layer["update"] is not None and layer["update"] < 1e-9) for layer in seen["layers"] if layer["weights"] and layer["trainable"]):
        symptom = "unchanged"
    elif any((layer["end"]["saturated"] or 0) > 0.5 for layer in seen["layers"]):
        symptom = "saturated"
    elif any((layer["end"]["zeros"] or 0) >= 0.7 for layer in seen["layers"] if layer["activation"] == "relu"):
        symptom = "dead"
    elif output is not None and output["activation"] in ("sigmoid", "softmax", "tanh") and not is_classes(output) and (
            output["targets_high"] > 1 or output["targets_low"] < (-1 if output["activation"] == "tanh" else 0)):
        symptom = "range"
    elif any(len({round(x, 12) for x in losses[i:i + 5]}) == 1 for i in range(len(losses) - 4)):
        symptom = "same_loss"
    elif len(numbers(seen["train_accuracies"])) >= 20 and any(len(set(seen["train_accuracies"][i:i + 20])) == 1
                                                              for i in range(len(seen["train_accuracies"]) - 19)):
        symptom = "same_accuracy"
    elif any((layer["end"]["gradient"] or 1) / math.sqrt(max(layer["units"], 1)) < 1e-7 for layer in seen["layers"] if layer["weights"]):
        symptom = "vanishing"
    if symptom is None:
        return said
    if symptom == "range":
        return ["output_range"]
    spreads = [layer["start"]["weights"] for layer in seen["layers"] if layer["start"]["weights"] is not None and layer["units"] > 0]
    sizes = [w * w / layer["units"] for w, layer in zip(spreads, (layer for layer in seen["layers"] if layer["start"]["weights"] is not None))]
    if any(s < 1e-5 or s > 100 for s in sizes):
        return ["init_scale"]
    if any(abs(x) > 1 for x in numbers((seen["inputs_low"], seen["inputs_high"]))):
        return ["inputs_unscaled"]
    updates = numbers(layer["update"] for layer in seen["layers"] if layer["weights"])
    if updates and (max(updates) > 1e-1):
        return ["rate_too_high"]
    if updates and (min(updates) < 1e-5):
        return ["rate_too_low"]
    return [{"numeric": "not_finite", "unchanged": "rate_too_low", "saturated": "saturated", "dead": "dead_relu", "same_loss": "rate_too_low",
             "same_accuracy": "rate_too_low", "vanishing": "vanishing_gradients"}[symptom]]


def auto_trainer(seen):
    right, said = numbers(seen["train_accuracies"]), []
    if seen["not_finite"]:
        return ["exploding_gradients"]
    if right and max(right) > 0.6:
        return said
    layers = sorted((layer for layer in seen["layers"] if layer["weights"] and layer["end"]["gradient"] is not None), key=lambda layer: layer["depth"])
    if len(layers) > 1:
        first, last = layers[0]["end"]["gradient"], layers[-1]["end"]["gradient"]
        if last > 0 and first / last <= 1e-3 and first <= 1e-4:
            said.append("vanishing_gradients")
        if last > 0 and first / last >= 70:
            said.append("exploding_gradients")
    if any((layer["end"]["zeros"] or 0) >= 0.7 for layer in seen["layers"] if layer["activation"] == "relu"):
        said.append("dead_relu")
    changes = [b - a for a, b in zip(right, right[1:])]
    if changes and sum(c <= -0.03 for c in changes) >= 0.2 * len(changes):
        said.append("oscillation")
    if changes and all(abs(c) <= 0.01 for c in changes):
        said.append("too_few_steps")
    return said


TOOLS = (("UMLAUT", umlaut), ("DeepDiagnosis", deep_diagnosis), ("AutoTrainer", auto_trainer))

# What an answer of theirs also counts as: their words are fewer than the doctor's.
ALSO = {"too_few_steps": {"rate_too_low", "momentum_missing", "underfit"}, "rate_too_high": {"oscillation"}, "vanishing_gradients": {"time_vanishing"},
        "exploding_gradients": {"time_exploding", "not_finite", "rate_too_high"}, "not_finite": {"data_not_finite", "exploding_gradients"},
        "rows_shared": {"target_in_inputs", "future_leak"}, "dropout_too_high": {"dropout_at_output"},
        "softmax_missing": {"loss_task", "output_range"}, "init_scale": {"symmetric_init"}}


def matches(said, expected):
    return said in expected or bool(ALSO.get(said, set()) & set(expected))


class Tally:
    """Recall (first answer right; any right), answers a run, false alarms, for each tool."""

    def __init__(self):
        self.counts = {name: [0, 0, 0, 0] for name, _ in TOOLS}
        self.broken = self.healthy = 0

    def add(self, run, found):
        seen = found.get("measured")
        if run.expected:
            self.broken += 1
        else:
            self.healthy += 1
        for name, rule in TOOLS:
            said = rule(seen) if seen is not None else []
            count = self.counts[name]
            if run.expected:
                count[0] += bool(said) and matches(said[0], run.expected)
                count[1] += any(matches(s, run.expected) for s in said)
                count[2] += len(said)
            else:
                count[3] += bool(said)

    def show(self, right, printed, alarms):
        print("\n%-14s %12s %12s %10s %24s" % ("rules of", "right first", "right at all", "said/run", "healthy runs with alarm"))
        b, h = max(self.broken, 1), max(self.healthy, 1)
        print("%-14s %11.0f%% %12s %10.2f %15d of %d" % ("Hone", 100 * right / b, "", printed / b, alarms, self.healthy))
        for name, _ in TOOLS:
            first, any_right, said, false = self.counts[name]
            print("%-14s %11.0f%% %11.0f%% %10.2f %15d of %d (%.0f%%)" % (name, 100 * first / b, 100 * any_right / b, said / b, false,
                                                                          self.healthy, 100 * false / h))

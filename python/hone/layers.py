"""Layers by their names in Keras, with their arguments in order and by name, and graphs of them:

    from hone import layers
    model = layers.Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(300, activation="relu"), layers.Dense(10, "softmax")])

    wide, deep = layers.Input((5,), name="wide"), layers.Input((6,), name="deep")
    hidden = layers.Dense(30, activation="relu")(deep)
    model = layers.Model([wide, deep], layers.Dense(1)(layers.Concatenate()([wide, hidden])))

Every layer of the library is here: the classes are made from its schema, with its help as their text. Arguments of a call other than the
inputs follow as keywords: `layers.LSTM(8)(x, mask=m)`. A layer that is called again is shared."""
import inspect
import json

from . import Model as _Model
from ._library import schema

_types = schema["layer"]
_names = {one["class_name"]: name for name, one in _types.items()}
_names["GroupedQueryAttention"] = "group_query_attention"


class Tensor:
    """An output of a layer in a graph."""

    def __init__(self, node, index=0):
        self.node, self.index = node, index

    def __getitem__(self, index):
        """Another output of the same layer."""
        return Tensor(self.node, index)

    @property
    def name(self):
        return self.node.name if self.index == 0 else "%s:%d" % (self.node.name, self.index)


class _Node:
    """A call of a layer."""
    count = 0

    def __init__(self, layer, inputs, call):
        _Node.count += 1
        self.number, self.layer, self.inputs, self.call = _Node.count, layer, inputs, call
        self.given = layer.arguments.get("name") if not layer.nodes else None
        self.name = self.given or "%s_%d" % (layer.kind, self.number)
        layer.nodes.append(self)

    def recipe(self):
        first = self.layer.nodes[0]
        entry = dict(self.layer.arguments, name=self.name) if first is self else {"layer": first.name, "name": self.name}
        if self.inputs:
            entry["inputs"] = [one.name for one in self.inputs]
        if self.call:
            entry["call"] = {key: value.name if isinstance(value, Tensor) else value for key, value in self.call.items()}
        return {self.layer.kind if first is self else "share": entry}


class Layer:
    """A layer of the library."""
    kind = None

    def __init__(self, *positional, **named):
        fields = [field["name"] for field in _types[self.kind]["fields"] if "by_name" not in field]
        if len(positional) > len(fields):
            raise TypeError("%s takes %d arguments, not %d" % (type(self).__name__, len(fields), len(positional)))
        self.arguments = dict(zip(fields, positional))
        for key, value in named.items():
            if key in self.arguments:
                raise TypeError("%s: %s is given twice" % (type(self).__name__, key))
            self.arguments[key] = value
        self.arguments = {key: _plain(value) for key, value in self.arguments.items() if value is not None}
        self.nodes = []

    def __call__(self, *inputs, **call):
        if len(inputs) == 1 and isinstance(inputs[0], (list, tuple)):
            inputs = tuple(inputs[0])
        for one in inputs:
            if not isinstance(one, Tensor):
                raise TypeError("%s: expected tensors, received %s; Input(shape) begins a graph" % (type(self).__name__, _told(one)))
        return Tensor(_Node(self, inputs, call))

    def recipe(self):
        """The layer as a recipe has it."""
        return {self.kind: dict(self.arguments)}


def _told(value):
    """A value in a message: short ones as they are, others by their type."""
    return repr(value) if isinstance(value, (str, int, float, type(None))) else "an object of the type %s" % type(value).__name__


def _plain(value):
    """What JSON can say: layers within arguments, tuples, numbers and arrays of NumPy."""
    if isinstance(value, Layer):
        return value.recipe()
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if hasattr(value, "tolist"):
        return value.tolist()
    if value is not None and not isinstance(value, (str, int, float)):
        raise TypeError("expected a name, a number, a layer or a list of them, received %s" % _told(value))
    return value


def _make(class_name):
    kind = _names[class_name]
    fields = _types[kind]["fields"]
    text = [_types[kind]["summary"], ""] + ["%s: %s (%s)" % (one["name"], one.get("help", ""), "default %s" % one["default"]
            if one.get("default") is not None else one["kind"]) for one in fields]
    made = type(class_name, (Layer,), {"kind": kind, "__doc__": "\n".join(text), "__module__": __name__})
    made.__signature__ = inspect.Signature(
        [inspect.Parameter(one["name"], inspect.Parameter.KEYWORD_ONLY if "by_name" in one else inspect.Parameter.POSITIONAL_OR_KEYWORD,
                           default=one.get("default")) for one in sorted(fields, key=lambda one: "by_name" in one)])
    return made


def Input(shape=None, **named):
    """The input of a graph, a tensor; in Sequential its shape."""
    made = globals()["InputLayer"](**dict(named, shape=None if shape is None else list(shape)))
    return Tensor(_Node(made, (), {}))


def Sequential(layers):
    """A model of layers one after the other; the first may be Input(shape)."""
    layers = [one.node.layer if isinstance(one, Tensor) else one for one in layers]
    for one in layers:
        if not isinstance(one, Layer):
            raise TypeError("Sequential: expected layers, received %s" % _told(one))
    return _Model.recipe(json.dumps({"model": [one.recipe() for one in layers]}))


def _before(tensors):
    found, waiting = {}, list(tensors)
    while waiting:
        node = waiting.pop().node
        if node.number not in found:
            found[node.number] = node
            waiting += list(node.inputs) + [one for one in node.call.values() if isinstance(one, Tensor)]
            if node.layer.nodes[0] is not node:
                waiting.append(Tensor(node.layer.nodes[0]))
    return [found[number] for number in sorted(found)]


def _give_names(nodes):
    """As Keras: dense, dense_1, ... in the order of the calls, so that the same graph has the same names, and with them the same
    initial weights, whatever was made before."""
    taken = {node.given for node in nodes}
    for node in nodes:
        number = 0
        node.name = node.given
        while node.name is None or (node.given is None and node.name in taken):
            node.name = node.layer.kind if number == 0 else "%s_%d" % (node.layer.kind, number)
            number += 1
        taken.add(node.name)


def Model(inputs, outputs):
    """A model of a graph, from Input tensors to outputs."""
    inputs = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    for one in inputs + outputs:
        if not isinstance(one, Tensor):
            raise TypeError("Model: expected tensors, received %s; Input(shape) begins a graph" % _told(one))
    nodes = _before(outputs)
    given = {one.node.number for one in inputs}
    for node in nodes:
        if not node.inputs and node.number not in given:
            raise ValueError("the graph begins with %s, which is not among the inputs" % node.name)
    _give_names(nodes)
    for one in inputs:
        if one.node not in nodes:
            raise ValueError("no output depends on the input %s" % one.name)
    return _Model.recipe(json.dumps({"model": [node.recipe() for node in nodes], "outputs": [one.name for one in outputs]}))


for _class_name in _names:
    if _class_name not in ("Sequential", "Functional"):
        globals()[_class_name] = _make(_class_name)
__all__ = [one for one in _names if one not in ("Sequential", "Functional")] + ["Input", "Sequential", "Model", "Layer", "Tensor"]

#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets: small files of every form that the readers take, and of the forms that they refuse.

    corpus.py FOLDER            FOLDER/TARGET/..., from this script and tests/golden/files; needs no package"""
import base64
import gzip
import io
import json
import os
import struct
import sys
import tarfile
import zipfile
import zlib

from corpus_described import (seeds_arrays, seeds_audio, seeds_checkpoint, seeds_cifar, seeds_command, seeds_csv, seeds_data, seeds_fit,  # noqa: F401
                              seeds_h5, seeds_images, seeds_texts, seeds_weights)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GOLDEN = os.path.join(ROOT, "tests/golden/files")
SMALL = 40000  # larger golden files make a slow fuzzer


def npy(shape, data, descr="<f4", fortran=False, version=1):
    head = ("{'descr': %r, 'fortran_order': %s, 'shape': %s, }" % (descr, fortran, tuple(shape))).encode()
    size = 2 if version == 1 else 4
    head += b" " * (63 - (8 + size + len(head)) % 64) + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(head)) + head + data


def archive(members, compression=zipfile.ZIP_STORED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compression) as file:
        for name, content in members.items():
            file.writestr(zipfile.ZipInfo(name), content, compression)
    return data.getvalue()


def idx(kind, shape, data):
    return struct.pack(">HBB", 0, kind, len(shape)) + b"".join(struct.pack(">I", size) for size in shape) + data


def tar(members, kind=tarfile.USTAR_FORMAT):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=kind) as file:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
                file.addfile(info)
            else:
                info.size = len(content)
                file.addfile(info, io.BytesIO(content))
    return data.getvalue()


def golden(end):
    return {name: open(os.path.join(GOLDEN, name), "rb").read() for name in sorted(os.listdir(GOLDEN))
            if name.endswith(end) and os.path.getsize(os.path.join(GOLDEN, name)) < SMALL}


def member(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return file.read(name)


def seeds_json():
    seeds = {name: member(data, "config.json") for name, data in golden(".keras").items()}
    seeds["values"] = b'{"a": [1, -2.5e-3, 1e400, NaN, Infinity, -Infinity, true, false, null, "\\u00e9\\ud83d\\ude00"], "": {}}'
    seeds["deep"] = b"[" * 63 + b"]" * 63
    seeds["too-deep"] = b"[" * 65 + b"]" * 65
    seeds["twice"] = b'{"a": 1, "a": 2}'
    return seeds


def seeds_zip():
    seeds = golden(".keras")
    members = {"a.npy": npy([2], bytes(8)), "b/c": b"hello" * 100}
    seeds["stored"] = archive(members)
    seeds["deflated"] = archive(members, zipfile.ZIP_DEFLATED)
    seeds["bomb"] = archive({"config.json": bytes(1 << 20)}, zipfile.ZIP_DEFLATED)
    seeds["outside"] = archive({"../../evil": b"", "/etc/evil": b"", "a\\b": b""})
    return seeds


def seeds_keras():
    seeds = golden(".keras")
    seeds.update({name + ".h5": member(data, "model.weights.h5") for name, data in golden(".keras").items()})
    return seeds


def seeds_model():
    seeds = {name + ".json": member(data, "config.json") for name, data in golden(".keras").items()}
    seeds.update(golden(".keras"))
    seeds.update(golden(".h5"))
    return seeds


def tensor(history, shape):
    return {"class_name": "__keras_tensor__", "config": {"shape": [None] + shape[1:], "dtype": "float32", "keras_history": [history, 0, 0]}}


def layer_model(name, case, apart):
    """A functional model of one layer of a golden file, trained with SGD; of several inputs, as a list or `apart`."""
    shapes = [given["shape"] for given in case["inputs"]]
    layers = [{"class_name": "InputLayer", "name": "i%d" % i, "inbound_nodes": [],
               "config": {"name": "i%d" % i, "batch_shape": [None] + shape[1:], "dtype": "float32"}} for i, shape in enumerate(shapes)]
    given = [tensor("i%d" % i, shape) for i, shape in enumerate(shapes)]
    layers.append({"module": "keras.layers", "class_name": name, "name": "it", "config": {"name": "it", **case["arguments"]},
                   "inbound_nodes": [{"args": given if apart or len(given) == 1 else [given], "kwargs": {}}]})
    return {"class_name": "Functional", "config": {"name": "m", "layers": layers, "input_layers": [["i%d" % i, 0, 0] for i in range(len(shapes))],
                                                   "output_layers": [["it", 0, 0]]},
            "compile_config": {"optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.01}}, "loss": "mse"}}


def golden_layers():
    seeds = {}
    folder = os.path.join(ROOT, "tests/golden/layers")
    for file in sorted(os.listdir(folder)):
        with open(os.path.join(folder, file), encoding="utf-8") as text:
            layer = json.load(text)
        for number, case in enumerate(layer["cases"][:3]):
            if case.get("inputs"):
                model = layer_model(layer["class"], case, file in ("multi_head_attention.json", "group_query_attention.json"))
                seeds["%s-%d.json" % (layer["name"], number)] = json.dumps(model).encode()
    return seeds


def seeds_whole():
    """Models in every form that has a structure: configurations, of each layer too, recipes, graphs."""
    seeds = {name + ".json": member(data, "config.json") for name, data in golden(".keras").items()}
    seeds.update(golden_layers())
    seeds.update({name + ".yaml": text.encode() for name, text in RECIPES.items()})
    seeds.update({name + ".onnx": data for name, data in seeds_onnx().items()})
    return seeds


NUMBERS = struct.pack("<6f", 0, 1, -2, 0.5, float("inf"), float("nan"))


def seeds_npy():
    seeds = {"f4": npy([2, 3], NUMBERS), "fortran": npy([2, 3], NUMBERS, fortran=True), "v2": npy([6], NUMBERS, version=2),
             "scalar": npy([], NUMBERS[:4]), "empty": npy([0, 3], b""), "big-endian": npy([6], NUMBERS, ">f4"),
             "huge": npy([1 << 40, 1 << 40], b""), "objects": npy([1], b"\x80\x04N.", "|O"), "negative": npy([-1], b"")}
    for code, size in (("|b1", 1), ("|u1", 1), ("|i1", 1), ("<u2", 2), ("<i2", 2), ("<f2", 2), ("<i4", 4), ("<u4", 4), ("<i8", 8),
                       ("<u8", 8), ("<f8", 8)):
        seeds[code.strip("|<")] = npy([2], bytes(2 * size), code)
    return seeds


def seeds_npz():
    x, y = npy([3, 2], NUMBERS), npy([3], bytes(3), "|u1")
    return {"xy": archive({"x.npy": x, "y.npy": y}),
            "parts": archive({"x_train.npy": x, "y_train.npy": y, "x_test.npy": x, "y_test.npy": y}, zipfile.ZIP_DEFLATED),
            "weighted": archive({"x.npy": x, "y.npy": y, "sample_weight.npy": npy([3], NUMBERS[:12])}),
            "others": archive({"a.npy": x, "notes.txt": b"hello"}), "none": archive({})}


def seeds_idx():
    seeds = {"images": idx(8, [2, 2, 2], bytes(8)), "labels": idx(8, [3], b"\1\2\3"), "floats": idx(13, [2, 3], NUMBERS),
             "doubles": idx(14, [1], bytes(8)), "shorts": idx(11, [2], bytes(4)), "huge": idx(8, [0xffffffff] * 3, b"")}
    seeds["gzip"] = gzip.compress(seeds["images"], mtime=0)
    seeds["gzip-twice"] = gzip.compress(seeds["images"][:10], mtime=0) + gzip.compress(seeds["images"][10:], mtime=0)
    return seeds


def seeds_tar():
    members = {"set/a.bin": b"12345", "../evil": b"x", "/etc/evil": b"x", "set/link": None, "a" * 99: bytes(600)}
    return {"ustar": tar(members), "gnu": tar({**members, "b" * 150: b"long"}, tarfile.GNU_FORMAT),
            "pax": tar({**members, "c" * 150: b"long"}, tarfile.PAX_FORMAT), "empty": bytes(1024)}


RECIPES = {
    "sequential": """\
model:
  - input: [4]
  - flatten
  - "dense(8, activation=relu)"
  - dense: {units: 3, activation: softmax, kernel_initializer: he_normal, kernel_regularizer: l2(0.01)}
  - batch_normalization
  - dropout: 0.5
compile: {optimizer: adam(0.01), loss: sparse_categorical_crossentropy, metrics: [accuracy]}
data: {train: "x.npy,y.npy", validation: last 40, scale: 1/255}
fit: {epochs: 3, callbacks: ["early_stopping(patience=10)"], class_weight: {0: 1.0, 1: 2.0}}
""",
    "graph": """\
model:
  - input: {shape: [5], name: wide}
  - input: {shape: [6], name: deep}
  - dense: {units: 5, activation: relu, name: hidden}
  - concatenate: {inputs: [wide, hidden]}
  - dense: {units: 1, name: price}
  - dense: {units: 1, name: aux, inputs: hidden}
  - model: {layers: [{dense: 2}, dropout], name: inner, inputs: price}
outputs: [price, aux]
compile:
  optimizer: {sgd: {learning_rate: {cosine_decay: {initial_learning_rate: 0.1, decay_steps: 10}}, momentum: 0.9}}
  loss: {price: mse, aux: mse}
  loss_weights: {price: 0.9, aux: 0.1}
""",
    "images": """\
model:
  - input: [8, 9, 3]
  - random_flip: horizontal
  - resizing: {height: 6, width: 6, interpolation: bicubic, antialias: true}
  - conv2d: {filters: 4, kernel_size: [3, 2], strides: 2, padding: same, dilation_rate: 1, groups: 1}
  - depthwise_conv2d: {kernel_size: 2, depth_multiplier: 2}
  - separable_conv2d: {filters: 2, kernel_size: 2, padding: same}
  - up_sampling2d: {size: [2, 3], interpolation: nearest}
  - zero_padding2d: [[1, 0], [0, 2]]
  - cropping2d: 1
  - conv2d_transpose: {filters: 2, kernel_size: 3, strides: 2, output_padding: 1}
  - max_pooling2d: {pool_size: 2, padding: same}
  - adaptive_average_pooling2d: [2, 1]
  - spatial_dropout2d: 0.1
  - global_average_pooling2d: {keepdims: true}
  - flatten
  - dense: 2
data: {train: folder, scale: 1/255, augment: [random_rotation: 0.1, "random_brightness([0.1, 0.2])", {random_hue: {factor: 0.1}}]}
""",
    "yaml": "a: &b [*b, !!int '3', ~, .inf, 0x1f, 0o17, \"\\u00e9\", |\n  x\n]\n? {c: d}\n: - e\n",
    "deep": "model: " + "[" * 70 + "]" * 70,
}


def seeds_recipe():
    return {name: text.encode() for name, text in RECIPES.items()}


def seeds_spec():
    texts = ["activation leaky_relu(negative_slope=0.2)", "regularizer l1_l2(0.01, 0.02)", "initializer he_normal(seed=3)",
             "optimizer sgd(learning_rate=cosine_decay(0.1, 1000), momentum=0.9)", "layer dense(3, activation=relu)",
             "callback early_stopping(patience=10, restore_best_weights=true)", "constraint max_norm(2, axis=[0, 1])",
             "loss huber(delta=1.5)", "metric precision(thresholds=[0.1, 0.2])", 'layer dense(units=2, name="a\\"b")',
             "layer conv2d(3, [3, 3], strides=2, padding=same)", "layer random_zoom([-0.1, 0.2])",
             "layer resizing(4, 5, interpolation=lanczos3)", "layer rand_augment(value_range=[0, 1])",
             "schedule exponential_decay(0.1, 10, 0.9, staircase=True)", "layer reshape((2, -1))", "layer dense(" + "[" * 40]
    return {str(i): text.encode() for i, text in enumerate(texts)}


def png(width, height, depth, kind, rows, *chunks, interlaced=0):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunk(name, data) for name, data in chunks) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


# 5 x 4, by libjpeg: grey; colours, progressive.
JPEG_GREY = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6"
    "T/wAALCAAEAAUBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABf/EABkQAAIDAQAAAAAAAAAAAAAAAAEDAAIRBP/aAAgBAQAAPwAblQu69sNM/9k=")
JPEG_PROGRESSIVE = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6"
    "T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wgARCAAEAAUDASIAAhEBAxEB"
    "/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAVAQEBAAAAAAAAAAAAAAAAAAABA//aAAwDAQACEAMQAAABiCn/xAAWEAEBAQAAAAAAAAAAAAAAAAABAhL/2g"
    "AIAQEAAQUCJMf/xAAXEQADAQAAAAAAAAAAAAAAAAAAAQIh/9oACAEDAQE/AZWH/8QAFREBAQAAAAAAAAAAAAAAAAAAAAH/2gAIAQIBAT8Br//EABYQAQEB"
    "AAAAAAAAAAAAAAAAAAEAEf/aAAgBAQAGPwIcv//EABcQAQADAAAAAAAAAAAAAAAAAAEAEVH/2gAIAQEAAT8hLSq7P//aAAwDAQACAAMAAAAQD//EABYRAQ"
    "EBAAAAAAAAAAAAAAAAAAEAEf/aAAgBAwEBPxAk6X//xAAVEQEBAAAAAAAAAAAAAAAAAAAAMf/aAAgBAgEBPxCn/8QAGBAAAgMAAAAAAAAAAAAAAAAAAREA"
    "UdH/2gAIAQEAAT8QJhtZCls//9k=")


def seeds_pictures():
    return {"grey": png(3, 2, 8, 0, b"\0abc\0def"), "rgb": png(1, 2, 8, 2, b"\0abc\1def"), "rgba": png(1, 1, 8, 6, b"\0abcd"),
            "bits": png(8, 1, 1, 0, b"\0\x5a"), "deep": png(1, 1, 16, 2, b"\0abcdef"), "interlaced": png(1, 1, 8, 0, b"\0a", interlaced=1),
            "palette": png(2, 1, 8, 3, b"\0\0\1", (b"PLTE", b"abcdef"), (b"tRNS", b"\x80")),
            "huge": png(1 << 20, 1 << 20, 8, 0, b"\0"), "text": png(1, 1, 8, 0, b"\0a", (b"zTXt", b"k\0\0" + zlib.compress(bytes(9999)))),
            "jpeg-grey": JPEG_GREY, "jpeg-progressive": JPEG_PROGRESSIVE}


def seeds_tables():
    text = b'name,size,"colour",y\n"a ""b""",1.5,red,1\nc,,blue,0\n'
    seeds = {"csv-%d" % choice: bytes([choice]) + text for choice in (0, 1, 2, 4 + 8, 16 + 32, 5 + 16)}
    seeds["numbers"] = b"\x101,2,3\r\n4,5e-3,-6\r\n"
    seeds["quotes"] = b'\x08a,b\n"x\ny",1\n"z",2'
    seeds["libsvm"] = b"\x80" + b"1 1:0.5 3:-2 # comment\n-1 qid:3 2:1e3\n"
    seeds["libsvm-first-0"] = b"\x83" + b"0.5 0:1 999:2\n1.5\n"
    return seeds


def message(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def example(**features):
    """A tf.train.Example: bytes are a BytesList, lists of floats a FloatList, lists of ints an Int64List."""
    entries = b""
    for name, value in features.items():
        if isinstance(value, bytes):
            kind, content = 1, message(1, value)
        elif all(isinstance(number, float) for number in value):
            kind, content = 2, message(1, struct.pack("<%df" % len(value), *value))
        else:
            kind, content = 3, message(1, b"".join(varint(number % (1 << 64)) for number in value))
        entries += message(1, message(1, name.encode()) + message(2, message(kind, content)))
    return message(1, entries)


def seeds_tfrecord():
    """An even first byte: a message; an odd one: a file as it is."""
    unpacked = message(1, message(1, message(1, b"n") + message(2, message(3, b"\x08\x05\x08\x06"))))
    return {"numbers": b"\0" + example(a=[0.5], b=[7], y=[1]), "lists": b"\0" + example(v=[1.0, 2.0, 3.0], ids=[-1, 1 << 40], y=[0]),
            "bytes": b"\0" + example(image=b"\xff\0ab", word="\u4e16".encode(), y=[1]), "png": b"\0" + example(p=png(3, 2, 8, 0, b"\0abc\0def"), y=[1]),
            "unpacked": b"\0" + unpacked, "empty": b"\0" + example(v=[], y=[1]), "twice": b"\0" + example(a=[1]) + example(a=[2.0]),
            "no record": b"\1", "no checksum": b"\1" + struct.pack("<QI", 3, 0) + b"abc", "huge": b"\1" + struct.pack("<QI", 1 << 62, 0)}


def wav(tag, channels, bits, samples, *chunks, said=None):
    """A WAV file with further chunks before its samples."""
    form = struct.pack("<HHIIHH", tag, channels, 8000, 8000 * channels * bits // 8, channels * bits // 8, bits)
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form
    for name, content in chunks:
        body += name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
    body += b"data" + struct.pack("<I", len(samples) if said is None else said) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def seeds_wav():
    return {"bytes": wav(1, 1, 8, b"\0\x80\xff"), "stereo": wav(1, 2, 16, bytes(range(16))), "24": wav(1, 1, 24, bytes(9)),
            "32": wav(1, 1, 32, b"\0\0\0\x80" * 2), "floats": wav(3, 1, 32, struct.pack("<3f", 0, -1, 0.5)),
            "doubles": wav(3, 2, 64, struct.pack("<2d", 0, float("nan"))), "chunks": wav(1, 1, 16, b"ab", (b"LIST", b"abc"), (b"fact", b"")),
            "stream": wav(1, 1, 16, b"abcde", said=0xFFFFFFFF), "cut": wav(1, 1, 16, b"ab", said=200), "a-law": wav(6, 1, 8, b"ab")}


def seeds_characters():
    text = "Am Anfang schuf Gott\nHimmel und Erde, \u4e16\u754c.\r\n\nUnd\ttäglich".encode()
    seeds = {"text-%d" % choice: bytes([choice]) + text for choice in (0, 3, 3 + 8, 5 + 16, 2 + 32 + 64, 128 + 4)}
    return {**seeds, "broken": b"\x02abc\xff\xfe", "zero": b"\x02ab\0c", "short": b"\x02a", "overlong": b"\x02ab\xc0\x80"}


def seeds_tokenizer():
    text = "in the  Größe of <0x41> [x]\nday".encode()
    seeds, folder = {}, os.path.join(ROOT, "tests/golden/tokenizers")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name)) as file:
            model = base64.b64decode(json.load(file)["model"])
        if len(model) < 3000:
            seeds[name[:-5]] = bytes([len(text)]) + model + text
    return seeds


def varint(number):
    data = b""
    while number > 127:
        data, number = data + bytes([number & 127 | 128]), number >> 7
    return data + bytes([number])


def field(number, value):
    """A field of a protocol buffer: an integer, or bytes (text, a message)."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value & (1 << 64) - 1)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def onnx(nodes, tensors, opset=17, ends=("x", "y"), sizes=(2,)):
    def end(name):
        shape = field(2, field(1, field(2, "batch")) + b"".join(field(1, field(1, size)) for size in sizes))
        return field(1, name) + field(2, field(1, field(1, 1) + shape))
    graph = b"".join(field(1, node) for node in nodes) + field(2, "g") + b"".join(field(5, tensor) for tensor in tensors)
    graph += field(11, end(ends[0])) + field(12, end(ends[1]))
    return field(1, 8) + field(2, "test") + field(7, graph) + field(8, field(1, "") + field(2, opset))


def seeds_onnx():
    floats = struct.pack("<4f", 1, 2, 3, 4)
    def node(op, inputs, output, *attributes):
        return (b"".join(field(1, name) for name in inputs) + field(2, output) + field(3, op + "_1") + field(4, op) +
                b"".join(field(5, attribute) for attribute in attributes))
    weight = field(1, 2) + field(1, 2) + field(2, 1) + field(8, "w") + field(9, floats)
    bias = field(1, 2) + field(2, 1) + field(8, "b") + field(4, floats[:8])
    axes = field(1, 1) + field(2, 7) + field(8, "a") + field(7, varint(1))
    transposed = field(1, "transB") + field(3, 1) + field(20, 2)
    outside = field(1, 2) + field(2, 1) + field(8, "b") + field(13, field(1, "location") + field(2, "../w")) + field(14, 1)
    constant = field(1, "value") + field(5, weight) + field(20, 4)
    dense = [node("Gemm", ["x", "w", "b"], "h", transposed), node("Relu", ["h"], "y")]
    return {"dense": onnx(dense, [weight, bias]), "old": onnx(dense, [weight, bias], 7), "outside": onnx(dense, [weight, outside]),
            "constant": onnx([node("Constant", [], "w", constant), node("MatMul", ["x", "w"], "y")], []),
            "unsqueeze": onnx([node("Unsqueeze", ["x", "a"], "y")], [axes]), "circle": onnx([node("Relu", ["y"], "y")], []),
            **onnx_images(node)}


def onnx_images(node):
    """Windows, and what goes on around them, over [3, 4, 2] or [2, 3, 4]."""
    def integers(name, *values):
        return field(1, len(values)) + field(2, 7) + field(8, name) + field(7, b"".join(varint(value) for value in values))

    def attribute(name, *values):
        return field(1, name) + b"".join(field(8, value) for value in values) + field(20, 7)
    weight = field(1, 3) + field(1, 2) + field(1, 2) + field(1, 2) + field(2, 1) + field(8, "w") + field(9, struct.pack("<24f", *range(24)))
    around = {"image_pad": ([node("Pad", ["x", "p"], "y")], [integers("p", 0, 1, 0, 0, 0, 0, 2, 0)]),
              "image_slice": ([node("Slice", ["x", "s", "e", "a"], "y")], [integers("s", 1, 0), integers("e", 3, 2), integers("a", 1, 2)]),
              "image_mean": ([node("ReduceMean", ["x"], "y", attribute("axes", 1, 2))], [])}
    resized = {"image_resize": ([node("Resize", ["x", "", "", "s"], "y")], [integers("s", 1, 2, 6, 8)]),
               "image_upsample": ([node("Upsample", ["x", "f"], "y")],
                                  [field(1, 4) + field(2, 1) + field(8, "f") + field(9, struct.pack("<4f", 1, 1, 2, 2))])}
    windows = {"image_conv": ([node("Conv", ["x", "w"], "y", attribute("pads", 1, 0, 1, 0), attribute("strides", 1, 2))], [weight]),
               "image_pool": ([node("MaxPool", ["x"], "y", attribute("kernel_shape", 2, 2))], []),
               "image_turned": ([node("Transpose", ["w"], "t", attribute("perm", 1, 0, 3, 2)), node("ConvTranspose", ["x", "t"], "y")],
                                [weight])}
    return {name: onnx(nodes, tensors, 13, sizes=(3, 4, 2) if name in around else (2, 3, 4))
            for name, (nodes, tensors) in {**around, **windows, **resized}.items()}


def safetensors(tensors, metadata=None, header=None):
    data, head = b"", {"__metadata__": metadata} if metadata else {}
    for name, (kind, shape, content) in tensors.items():
        head[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = header if header is not None else json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def seeds_safetensors():
    seeds = {kind: safetensors({"w": (kind, [2, 2], bytes(4 * size))}) for kind, size in
             (("F64", 8), ("F32", 4), ("F16", 2), ("BF16", 2), ("I64", 8), ("I32", 4), ("I16", 2), ("I8", 1), ("U8", 1), ("BOOL", 1))}
    seeds["several"] = safetensors({"a/b": ("F32", [2], bytes(8)), "c": ("F32", [], bytes(4)), "d": ("F32", [0], b"")}, {"format": "pt"})
    seeds["huge"] = safetensors({"w": ("F32", [1 << 40, 1 << 40], b"")})
    seeds["long"] = struct.pack("<Q", 1 << 63) + b"{}"
    seeds["holes"] = safetensors({}, header=b'{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}') + bytes(12)
    seeds["negative"] = safetensors({}, header=b'{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,-8]}}')
    seeds["twice"] = safetensors({}, header=b'{"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"w":{}}')
    return seeds


def main(folder):
    makers = {name[len("seeds_"):]: make for name, make in globals().items() if name.startswith("seeds_")}
    for target, make in makers.items():
        place = os.path.join(folder, target)
        os.makedirs(place, exist_ok=True)
        for name, data in make().items():
            with open(os.path.join(place, name.replace("/", "_")), "wb") as file:
                file.write(data)
    print("%d targets" % len(makers))


if __name__ == "__main__":
    main(sys.argv[1])

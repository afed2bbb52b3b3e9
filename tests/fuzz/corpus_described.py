"""Seeds of the targets whose inputs are trees: files as described.h describes them, and what is done with them."""
import base64
import json
import struct
import zlib


def text_of(tree):
    return json.dumps(tree).encode()


def hexed(data):
    return {"hex": data.hex()}


def described(cases):
    """name: (files, DATA, options) to the inputs of data.h."""
    return {name: text_of({"files": files, "data": data, "options": options}) for name, (files, data, options) in cases.items()}


TABLE = 'id,size,city,day,y\n1,1.5,Rome,2024-01-02,a\n2,,"Paris, F",2024-02-29,b\n3,2e1,Rome,2023-12-31,a\n4,-3,Oslo,2024-03-01,b\n'
SERIES = "t,a,y\n" + "".join("%d,%d,%d\n" % (i, i * i, i % 3) for i in range(12))


def seeds_csv():
    options = [{"target": "y", "drop": ["id", "day"], "missing": "mean"}, {"target": ["-1"], "missing": "drop", "encoding": "one_hot"},
               {"target": "size", "missing": 0, "dates": ["day(year, month, weekday)"], "categorical": ["y"], "order": "seen"},
               {"inputs": ["wide(id, size)", "deep(city)"], "target": "price(y)", "missing": "nan", "drop": ["day"]},
               {"target": "y", "weight": "id", "group": "city", "missing": "mean", "standardize": True},
               {"target": "y", "text": ["city"], "drop": ["day"], "missing": "mean", "classes": ["b", "a"]},
               {"target": "y", "embed": True, "missing": "drop", "most_categories": 10, "strip": True, "header": "yes"}]
    cases = {"table-%d" % i: ({"a.csv": TABLE}, "a.csv", option) for i, option in enumerate(options)}
    for i, option in enumerate([{"window": 3}, {"window": 2, "stride": 2, "horizon": 0, "target_length": 2},
                                {"window": 3, "sampling_rate": 2, "start_index": 1, "end_index": 11}, {"window": 4, "forecast": True}]):
        cases["series-%d" % i] = ({"a.csv": SERIES}, "a.csv", {"target": "y", **option})
    cases["tabs"] = ({"a.tsv": "1\t2\t3\n4\t5\t6\n"}, "a.tsv", {"target": 2, "header": "no"})
    cases["semicolons"] = ({"a.csv": "x\n# a;b;'c;d'\n1,5;2,5;3\n"}, "a.csv", {"delimiter": ";", "decimal": "\",\"", "quote": "'", "skip": 1, "target": -1})
    cases["gzip"] = ({"a.csv.gz": {"gzip": ["a,b\r\n", {"times": 5, "of": "1,2\r\n"}]}}, "a.csv.gz", {"target": "b", "scale": 0.5})
    cases["marks"] = ({"a.csv": [{"hex": "efbbbf"}, "d,x,y\n03/04/2024,?,1\n13/04/2024,2,0\n"]}, "a.csv",
                      {"dates": ["d"], "date_order": "dmy", "missing_values": ["?"], "missing": "mean", "target": "y", "numeric": ["x"]})
    cases["libsvm"] = ({"a.libsvm": "1 1:0.5 3:-2 # note\n-1 qid:3 2:1e3\n1\n"}, "a.libsvm", {"features": 4, "labels": "class"})
    cases["libsvm-number"] = ({"a.svm": "0.5 0:1 9:2\n1.5\n"}, "a.svm", {"format": "libsvm", "first": 0, "labels": "number", "scale": 2})
    return described(cases)


def npy_of(descr, shape, content, fortran=False, version=1, **rest):
    return {"npy": {"descr": descr, "fortran_order": fortran, "shape": shape}, "version": version, "of": content, **rest}


def seeds_arrays():
    x, y = npy_of("<f4", [4, 2], [0.5, 1.5, -1.0, 0.0] * 2), npy_of("|u1", [4], [0, 1, 1, 0])
    cases = {"pair": ({"x.npy": x, "y.npy": y}, "x.npy,y.npy", {"scale": 0.5}),
             "alone": ({"x.npy": x}, "x.npy", {}),
             "npz": ({"a.npz": {"zip": {"x.npy": x, "y.npy": y, "sample_weight.npy": npy_of("<f8", [4], {"times": 32, "of": 0})}}}, "a.npz", {}),
             "parts": ({"a.npz": {"zip": {"x_train.npy": x, "y_train.npy": y, "x_test.npy": x, "y_test.npy": y}}}, "a.npz", {"test": None}),
             "named": ({"a.npz": {"zip": {"wide.npy": x, "deep.npy": x, "y.npy": y}}}, "a.npz", {}),
             "halves": ({"x.npz": {"zip": {"a.npy": x, "b.npy": x}}, "y.npz": {"zip": {"c.npy": y}}}, "x.npz,y.npz", {}),
             "idx": ({"x.idx": {"idx": 8, "shape": [3, 2, 2], "of": {"times": 12, "of": 7}}, "y.idx.gz":
                      {"gzip": {"idx": 9, "shape": [3], "of": [0, 1, 2]}}}, "x.idx,y.idx.gz", {}),
             "column-major": ({"x.npy": npy_of("<f4", [4, 2], [0.5] * 8, True), "y.npy": y}, "x.npy,y.npy", {}),
             "texts": ({"x.npy": npy_of("<U2", [4], {"times": 4, "of": [{"le4": 65}, {"le4": 228}]}), "y.npy": y}, "x.npy,y.npy", {}),
             "bytes": ({"x.npy": npy_of("|S3", [4], ["abcdefabc", 0, "de"]), "y.npy": y}, "x.npy,y.npy", {}),
             "windows": ({"x.npy": npy_of("<i2", [9, 1], {"times": 9, "of": {"le2": 3}})}, "x.npy", {"window": 3})}
    for code, size in ((">f4", 4), ("<f8", 8), ("<f2", 2), ("|b1", 1), ("|i1", 1), ("<i4", 4), ("<u8", 8), (">i8", 8), ("<u2", 2)):
        cases["type-" + code.strip("<>|")] = ({"x.npy": npy_of(code, [4, 1], {"times": 4 * size, "of": 1}, version=2), "y.npy": y}, "x.npy,y.npy", {})
    return described(cases)


def png_of(width, height, depth, kind, rows, *chunks, interlaced=0):
    head = [{"be4": width}, {"be4": height}, depth, kind, 0, 0, interlaced]
    parts = [("IHDR", head)] + list(chunks) + [("IDAT", {"zlib": rows}), ("IEND", None)]
    return [{"hex": "89504e470d0a1a0a"}] + [{"png": name, "of": content} for name, content in parts]


def jpeg_of(data):
    """Segments up to the scan; the scans as they are."""
    parts, at = [{"hex": "ffd8"}], 2
    while data[at + 1] != 0xda:
        length = struct.unpack(">H", data[at + 2:at + 4])[0]
        parts.append({"segment": data[at + 1], "of": hexed(data[at + 4:at + 2 + length])})
        at += 2 + length
    return parts + [hexed(data[at:])]


# 4 x 3, colours, by libjpeg.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6"
    "T/wAALCAAEAAUBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABf/EABkQAAIDAQAAAAAAAAAAAAAAAAEDAAIRBP/aAAgBAQAAPwAblQu69sNM/9k=")


def seeds_images():
    grey = png_of(4, 2, 8, 0, [0, "abcd", 0, "efgh"])
    rgb = png_of(2, 2, 8, 2, [0, "abcdef", 1, "ghijkl"])
    palette = png_of(2, 1, 8, 3, [0, 0, 1], ("PLTE", "abcdef"), ("tRNS", [128]))
    deep, bits = png_of(1, 2, 16, 6, {"times": 2, "of": [0, "abcdefgh"]}), png_of(8, 1, 1, 0, [0, 90])
    folder = {"f/cat/a.png": rgb, "f/cat/b.png": rgb, "f/dog/c.png": rgb, "f/dog/d.png": rgb}
    cases = {"folder": (folder, "f", {}), "one": ({"a.png": rgb}, "a.png", {}), "grey": ({"a.png": grey}, "a.png", {"color": "grayscale"}),
             "jpeg": ({"a.jpg": jpeg_of(JPEG)}, "a.jpg", {"color": "rgba", "size": "3x2"}),
             "mixed": ({"f/a/1.png": grey, "f/a/2.png": palette, "f/b/3.jpg": jpeg_of(JPEG), "f/b/4.PNG": deep, "f/b/5.png": bits}, "f",
                       {"size": "4x4", "crop": True, "dtype": "uint8"}),
             "skipped": ({**folder, "f/dog/broken.png": rgb[:-2]}, "f", {"corrupt": "skip", "labels": "categorical"}),
             "split": (folder, "f", {"validation_split": 0.25, "subset": "training", "shuffle": True, "seed": 3, "labels": "binary"}),
             "classes": (folder, "f", {"classes": ["dog", "cat"], "interpolation": "nearest", "size": 3}),
             "parts": ({"f/train/a/1.png": rgb, "f/train/b/2.png": rgb, "f/test/a/1.png": rgb, "f/test/b/2.png": rgb}, "f", {"test": None}),
             "flat": ({"f/1.png": rgb, "f/2.png": rgb}, "f", {"labels": "none", "most_pixels": 100}),
             "interlaced": ({"a.png": png_of(2, 2, 8, 0, {"times": 8, "of": 1}, ("gAMA", {"be4": 45455}), ("tEXt", ["k", 0, "v"]), interlaced=1)}, "a.png", {})}
    return described(cases)


def seeds_cifar():
    ten, hundred = [3, {"times": 3072, "of": 9}], [4, 60, {"times": 3072, "of": 9}]
    folder = {"f/data_batch_%d.bin" % i: ten for i in range(1, 6)}
    names = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n"
    fine = {"f/train.bin": [hundred, hundred], "f/test.bin": hundred, "f/fine_label_names.txt": {"times": 100, "of": "a\n"},
            "f/coarse_label_names.txt": {"times": 20, "of": "b\n"}}
    return described({"ten": ({**folder, "f/test_batch.bin": ten, "f/batches.meta.txt": names}, "f", {}),
                      "test": ({"f/test_batch.bin": [ten, ten], "f/batches.meta.txt": names}, "f", {"test": None}),
                      "fine": (fine, "f", {"scale": 0.5}), "coarse": (fine, "f", {"labels": "coarse"}),
                      "file": ({"test_batch.bin": ten}, "test_batch.bin", {"format": "cifar"}),
                      "label": ({"f/test_batch.bin": [11, {"times": 3072, "of": 9}]}, "f", {"test": None}),
                      "pickles": ({"f/data_batch_1": "x", "f/meta": "x", "f/train": "x"}, "f", {})})


def wav_of(tag, channels, rate, bits, samples, *chunks, **said):
    form = [{"le2": tag}, {"le2": channels}, {"le4": rate}, {"le4": rate * channels * bits // 8}, {"le2": channels * bits // 8}, {"le2": bits}]
    inside = [{"riff": "fmt ", "of": form}] + [{"riff": name, "of": content} for name, content in chunks]
    return {"riff": "RIFF", "of": ["WAVE"] + inside + [{"riff": "data", "of": samples, **said}]}


def seeds_audio():
    mono, stereo = wav_of(1, 1, 8000, 16, {"times": 4, "of": {"le2": 300}}), wav_of(1, 2, 8000, 8, {"times": 6, "of": 200})
    longer, floats = wav_of(1, 1, 8000, 24, {"times": 15, "of": 7}, ("LIST", "abc")), wav_of(3, 1, 8000, 32, [0.5, -0.5, 1.0])
    folder = {"f/a/1.wav": mono, "f/a/2.wav": longer, "f/b/3.wav": floats}
    return described({"one": ({"a.wav": mono}, "a.wav", {}), "stereo": ({"a.wav": stereo}, "a.wav", {"channels": 1, "scale": 2}),
                      "folder": (folder, "f", {}), "cut": (folder, "f", {"length": 3, "labels": "binary", "sampling_rate": 8000}),
                      "mean": ({**folder, "f/b/4.wav": stereo}, "f", {"channels": 1, "labels": "categorical"}),
                      "split": ({**folder, "f/b/4.wav": mono}, "f", {"validation_split": 0.5, "subset": "validation", "seed": 1, "shuffle": True}),
                      "classes": (folder, "f", {"classes": ["b", "a"], "labels": "none"}),
                      "extended": ({"a.wav": wav_of(65534, 1, 8000, 32, {"times": 8, "of": 1}, ("fact", {"le4": 2}), said=4294967295)}, "a.wav", {}),
                      "doubles": ({"a.wav": wav_of(3, 2, 44100, 64, {"times": 32, "of": 0})}, "a.wav", {})})


def seeds_texts():
    verse = "Am Anfang schuf Gott\nHimmel und Erde, \u4e16\u754c.\r\n\nUnd\tt\u00e4glich"
    folder = {"f/neg/1.txt": "bad film", "f/neg/2.txt": "", "f/pos/3.txt": verse, "f/pos/4.txt": ["good", 0]}
    return described({"characters": ({"a.txt": verse}, "a.txt", {"window": 5}),
                      "stride": ({"a.txt": verse}, "a.txt", {"window": 4, "stride": 2, "targets": "last", "lowercase": True}),
                      "none": ({"a.txt.gz": {"gzip": verse}}, "a.txt.gz", {"window": 3, "targets": "none", "most_characters": 99, "unknown": "drop"}),
                      "lines": ({"a.txt": verse}, "a.txt", {"format": "lines", "empty": True}),
                      "lines-alone": ({"a.txt": {"times": 9, "of": "x y\n"}}, "a.txt", {"format": "lines"}),
                      "folder": (folder, "f", {}), "binary": (folder, "f", {"labels": "binary", "classes": ["pos", "neg"]}),
                      "split": ({**folder, "f/pos/5.txt": "z"}, "f", {"validation_split": 0.4, "subset": "training", "seed": 1, "shuffle": True}),
                      "broken": ({"a.txt": ["abc", {"hex": "fffe"}]}, "a.txt", {"window": 2})})


def seeds_data():
    files = {"a.csv": TABLE, "x.npy": npy_of("<f4", [2, 2], [0.5] * 4), "y.npy": npy_of("<i8", [2], {"times": 16, "of": 0}),
             "t.txt": "some text of letters", "f/a/1.txt": "x", "f/b/2.txt": "y", "s p.csv": "a,b\n1,2\n"}
    texts = ["a.csv#target=y,missing=mean", "a.csv#target=[y],drop=[id, \"day\"],missing=drop", "x.npy,y.npy", "x.npy#scale=1/255",
             "t.txt#window=3,stride=1", "f#labels=binary", "a.csv#test", "x.npy,y.npy,y.npy", "", "#", "a.csv#target=", "a.csv#=y", "a.csv#target=y#drop=id",
             "'s p.csv'#target=b", "\"s p.csv\"#target=b", "a.csv#drop=[[id]", "a.csv#inputs=[wide(id, size), deep(city)],target=y,missing=0", "nothing.csv",
             "iris", "a.csv#train,target=y", "x.npy,a.csv#target=y", ".", "f/a", "a.csv#format=libsvm", "t.txt#format=lines", "a.csv#target=\u00e9"]
    return {"%d" % i: text_of({"files": files, "data": text, "options": {}}) for i, text in enumerate(texts)}


# ---- models ----

DENSE = {"class_name": "Sequential", "config": {"name": "s", "layers": [
    {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 3], "dtype": "float32", "sparse": False, "name": "i"}},
    {"class_name": "Dense", "config": {"name": "dense", "trainable": True, "dtype": "float32", "units": 2, "activation": "relu", "use_bias": True,
                                       "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}}}},
    {"class_name": "Dropout", "config": {"name": "drop", "rate": 0.5}}]}}
TRAINING = {"loss": "mse", "metrics": ["mae"], "optimizer_config": {"class_name": "SGD", "config": {"learning_rate": 0.01, "momentum": 0.9}}}
OLD_TRAINING = {"loss": {"class_name": "MeanSquaredError", "config": {"reduction": "auto", "name": "mean_squared_error"}}, "metrics": [[
    {"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "dtype": "float32", "fn": "sparse_categorical_accuracy"}}]],
    "optimizer_config": {"class_name": "Custom>Adam", "config": {"learning_rate": 0.01, "decay": 0.0, "jit_compile": False, "is_legacy_optimizer": False}}}


def floats(*shape, **rest):
    count = 1
    for size in shape:
        count *= size
    return {"type": "f4", "shape": list(shape), "of": {"times": count, "of": 0.25}, **rest}


def legacy(config, layers, training=None, version="2.10.0", optimizer=None):
    """layers: name to {weight name: data set}."""
    groups = {}
    for name, weights in layers.items():
        groups[name] = {"attributes": {"weight_names": list(weights)}}
        for path, data in weights.items():
            at = groups[name]
            for part in path.split("/")[:-1]:
                at = at.setdefault("groups", {}).setdefault(part, {})
            at.setdefault("datasets", {})[path.split("/")[-1]] = data
    top = {"attributes": {"keras_version": version, "backend": "tensorflow", "model_config": {"json": config}},
           "groups": {"model_weights": {"attributes": {"layer_names": list(layers), "keras_version": version, "backend": "tensorflow"}, "groups": groups}}}
    if training:
        top["attributes"]["training_config"] = {"json": training}
    if optimizer:
        top["groups"]["optimizer_weights"] = {"attributes": {"weight_names": list(optimizer)}, "datasets": optimizer}
    return text_of({"hdf5": top})


def seeds_h5():
    dense = {"i": {}, "dense": {"dense/kernel:0": floats(3, 2), "dense/bias:0": floats(2)}, "drop": {}}
    packed = {"dense": {"dense/kernel:0": floats(3, 2, chunks=[2, 2], filters=["shuffle", "deflate", "fletcher32"]),
                        "dense/bias:0": {"type": "f8", "shape": [2], "of": {"times": 16, "of": 0}}}}
    new = {"class_name": "Sequential", "module": "keras", "config": {"name": "s", "layers": [
        {"class_name": "InputLayer", "module": "keras.layers", "config": {"batch_shape": [None, 4, 4, 1], "dtype": "float32", "name": "i"}},
        {"class_name": "Conv2D", "module": "keras.layers", "config": {"name": "conv", "filters": 2, "kernel_size": [2, 2], "padding": "same"}},
        {"class_name": "BatchNormalization", "module": "keras.layers", "config": {"name": "norm", "axis": -1}},
        {"class_name": "GRU", "config": {"name": "gru", "units": 2}}]}}
    new["config"]["layers"][3] = {"class_name": "Flatten", "module": "keras.layers", "config": {"name": "flat"}}
    conv = {"conv": {"conv/kernel": floats(2, 2, 1, 2), "conv/bias": floats(2)},
            "norm": {"norm/%s" % name: floats(2) for name in ("gamma", "beta", "moving_mean", "moving_variance")}, "flat": {}}
    recurrent = {"class_name": "Sequential", "config": {"name": "r", "layers": [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 5], "name": "i", "dtype": "int32"}},
        {"class_name": "Embedding", "config": {"name": "e", "input_dim": 7, "output_dim": 3, "mask_zero": True, "input_length": 5}},
        {"class_name": "Bidirectional", "config": {"name": "b", "merge_mode": "concat", "layer": {"class_name": "LSTM", "config": {
            "name": "l", "units": 2, "implementation": 2, "time_major": False}}}}]}}
    lstm = {"e": {"e/embeddings:0": floats(7, 3)}, "b": {"b/%s_l/lstm_cell/%s:0" % (way, name): data for way in ("forward", "backward") for name, data in (
        ("kernel", floats(3, 8)), ("recurrent_kernel", floats(2, 8)), ("bias", floats(8)))}}
    functional = {"class_name": "Functional", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "name": "i", "inbound_nodes": [], "config": {"batch_input_shape": [None, 3], "name": "i", "dtype": "float32"}},
        {"class_name": "Dense", "name": "d", "inbound_nodes": [[["i", 0, 0, {}]]], "config": {"name": "d", "units": 3, "activation": "tanh"}},
        {"class_name": "Add", "name": "a", "inbound_nodes": [[["i", 0, 0, {}], ["d", 0, 0, {}]]], "config": {"name": "a"}}],
        "input_layers": [["i", 0, 0]], "output_layers": [["a", 0, 0]]}}
    moments = {"iteration:0": {"type": "i8", "shape": [], "of": {"le8": 5}}, "m0": floats(3, 2), "m1": floats(2)}
    return {"keras-2": legacy(DENSE, dense, TRAINING), "packed": legacy(DENSE, packed, OLD_TRAINING, optimizer=moments),
            "keras-3": legacy(new, conv, {"loss": "mse", "optimizer_config": {"class_name": "Adam", "config": {}}}, "3.4.1"),
            "recurrent": legacy(recurrent, lstm, TRAINING), "functional": legacy(functional, {"i": {}, "d": {"d/kernel:0": floats(3, 3), "d/bias:0": floats(3)}, "a": {}}),
            "weightless": legacy(DENSE, {}), "long-names": text_of({"hdf5": {"attributes": {"model_config": {"long": json.dumps(DENSE)}}, "groups": {
                "model_weights": {"attributes": {"layer_names0": ["i", "dense"], "layer_names1": [{"long": "drop"}]}}}}})}


def variables(*arrays):
    return {"groups": {"vars": {"datasets": {str(i): array for i, array in enumerate(arrays)}}}}


def seeds_weights():
    whole = {"dense": variables(floats(3, 2), floats(2)), "batch_normalization": variables(floats(2), floats(2), floats(2), floats(2)),
             "dense_1": variables(floats(2, 1), floats(1))}
    named = {"dense": variables(floats(3, 2), floats(2)), "norm": variables(floats(2), floats(2), floats(2), floats(2)), "dense_1": variables(floats(2, 1), floats(1))}
    first, second = {"hdf5": {"groups": {"layers": {"groups": {"dense": whole["dense"]}}}}}, {"hdf5": {"groups": {"layers": {"groups": {
        name: whole[name] for name in ("batch_normalization", "dense_1")}}}}}
    index = {"metadata": {"total_size": 88.0}, "weight_map": {"/layers/dense/vars": "m_00000.weights.h5", "/layers/batch_normalization/vars": ["m_00001.weights.h5"],
                                                              "/layers/dense_1/vars": "m_00001.weights.h5"}}
    tensors, at = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in (("dense/kernel", [3, 2]), ("dense/bias", [2]), ("norm/gamma", [2]), ("norm/beta", [2]), ("norm/moving_mean", [2]),
                        ("norm/moving_variance", [2]), ("dense_1/kernel", [2, 1]), ("dense_1/bias", [1])):
        size = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        tensors[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    legacy_file = {"hdf5": {"attributes": {"layer_names": ["dense", "norm", "dense_1"]}, "groups": {
        "dense": {"attributes": {"weight_names": ["dense/kernel:0", "dense/bias:0"]}, "groups": {"dense": {"datasets": {"kernel:0": floats(3, 2), "bias:0": floats(2)}}}},
        "norm": {"attributes": {"weight_names": ["g", "b", "m", "v"]}, "datasets": {name: floats(2) for name in "gbmv"}},
        "dense_1": {"attributes": {"weight_names": ["k", "b"]}, "datasets": {"k": floats(2, 1), "b": floats(1)}}}}}
    cases = {"h5": ({"m.weights.h5": {"hdf5": {"groups": {"layers": {"groups": whole}, "vars": {}}}}}, "m.weights.h5"),
             "named": ({"m.weights.h5": {"hdf5": {"groups": {"layers": {"groups": named}}}}}, "m.weights.h5"),
             "shards": ({"m.weights.json": {"json": index}, "m_00000.weights.h5": first, "m_00001.weights.h5": second}, "m.weights.json"),
             "outside": ({"m.weights.json": {"json": {"weight_map": {"/layers/dense/vars": "../m.h5"}}}}, "m.weights.json"),
             "safetensors": ({"m.safetensors": {"safetensors": tensors, "of": {"times": at // 4, "of": 0.5}}}, "m.safetensors"),
             "legacy": ({"m.h5": legacy_file}, "m.h5")}
    return {name: text_of({"files": files, "weights": weights}) for name, (files, weights) in cases.items()}


LAYERS = [{"input": [3]}, {"dense": {"units": 4, "activation": "relu"}}, {"dropout": 0.25}, {"batch_normalization": {}}, {"dense": 1}]


def seeds_fit():
    x, y = npy_of("<f4", [6, 3], [0.5, -0.5, 1.0] * 6), npy_of("<f4", [6, 1], [0.0, 1.0, 0.5] * 2)
    labels, weights = npy_of("|u1", [6], [0, 1, 2, 0, 1, 2]), npy_of("<f4", [6], [1.0, 0.5, 2.0] * 2)
    arrays = {"x.npy": x, "y.npy": y, "k.npy": labels, "w.npy": weights}
    plain = {"compile": {"optimizer": "sgd(0.01)", "loss": "mse"}, "data": {"train": "x.npy,y.npy"}, "fit": {"epochs": 2, "batch_size": 4}}
    picture = {"f/%s/%d.png" % (name, i): png_of(4, 3, 8, 0, {"times": 3, "of": [0, "ab%s%d" % (name, i)]}) for name in "ab" for i in range(2)}
    cases = {
        "plain": (arrays, {"model": LAYERS, **plain}),
        "adam": (arrays, {"model": LAYERS, **plain, "compile": {"optimizer": {"adam": {"learning_rate": 0.01, "clipnorm": 1.0, "use_ema": True, "weight_decay": 0.01}}, "loss": "huber", "metrics": ["mae"]}}),
        "classes": (arrays, {"model": LAYERS[:-1] + [{"dense": {"units": 3, "activation": "softmax"}}], "compile": {"optimizer": "rmsprop", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
                             "data": {"train": "x.npy,k.npy", "validation": "last 2", "scale": 0.5}, "fit": {"epochs": 2, "batch_size": 3, "class_weight": {"0": 1.0, "1": 2.0}, "shuffle": True, "seed": 3}}),
        "table": ({"a.csv": TABLE}, {"model": [{"input": [3]}, {"normalization": {}}, {"dense": {"units": 2, "activation": "softmax"}}], "compile": {"optimizer": "adagrad", "loss": "sparse_categorical_crossentropy"},
                                     "data": {"train": "a.csv#target=y,missing=mean,drop=[day],encoding=integer"}, "fit": {"epochs": 1, "batch_size": 2, "callbacks": ["early_stopping(monitor=loss)"]}}),
        "series": ({"a.csv": SERIES}, {"model": [{"input": [3, 3]}, {"lstm": {"units": 3, "return_sequences": True}}, {"gru": 2}, {"dense": 1}], **plain, "data": {"train": "a.csv#target=y,window=3"}}),
        "pictures": (picture, {"model": [{"input": [3, 4, 1]}, {"rescaling": 0.00392}, {"conv2d": {"filters": 2, "kernel_size": 2, "padding": "same"}}, {"max_pooling2d": 2}, {"flatten": {}}, {"dense": 1}],
                               "compile": {"optimizer": "nadam", "loss": "binary_crossentropy(from_logits=true)"}, "data": {"train": "f#color=grayscale,labels=binary", "augment": ["random_flip(horizontal)", {"random_rotation": 0.1}]}, "fit": {"epochs": 2, "batch_size": 2}}),
        "text": ({"a.txt": "the cat sat on the mat and the dog ran"}, {"model": [{"input": [5]}, {"embedding": {"input_dim": 20, "output_dim": 4}}, {"bidirectional": {"layer": {"lstm": {"units": 2, "return_sequences": True}}}}, {"dense": {"units": 20, "activation": "softmax"}}],
                                                                      "compile": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"}, "data": {"train": "a.txt#window=5"}, "fit": {"epochs": 1, "batch_size": 3}}),
        "attention": (arrays, {"model": [{"input": [3]}, {"reshape": [3, 1]}, {"dense": {"units": 4, "name": "d"}}, {"multi_head_attention": {"num_heads": 2, "key_dim": 2, "inputs": ["d", "d"]}}, {"layer_normalization": {}}, {"flatten": {}}, {"dense": 1}], **plain}),
    }
    return {name: text_of({"files": files, "recipe": recipe}) for name, (files, recipe) in cases.items()}


def seeds_command():
    recipe = {"model": LAYERS[:2] + [{"dense": 1}], "compile": {"optimizer": "sgd(0.01)", "loss": "mse"}, "data": {"train": "x.npy,y.npy", "test": "x.npy,y.npy"},
              "fit": {"epochs": 1, "batch_size": 3}}
    files = {"r.yaml": {"json": recipe}, "x.npy": npy_of("<f4", [6, 3], [0.5, -0.5, 1.0] * 6), "y.npy": npy_of("<f4", [6, 1], [0.0, 1.0, 0.5] * 2),
             "a.csv": TABLE, "m.keras": {"zip": {"metadata.json": {"json": {"keras_version": "3.4.0"}}, "config.json": {"json": {
                 "module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [
                     {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 3], "dtype": "float32", "name": "i"}},
                     {"module": "keras.layers", "class_name": "Dense", "config": {"name": "dense", "units": 1}}]}}},
                 "model.weights.h5": {"hdf5": {"groups": {"layers": {"groups": {"dense": variables(floats(3, 1), floats(1))}}, "vars": {}}}}}}}
    lines = ["", "--help", "--version", "help", "help dense", "help layers", "help data", "help limits", "train r.yaml --epochs 1 --output out.keras", "train r.yaml --epochs=1 --verbose=2 --threads=2",
             "train r.yaml --epochs 1 --history h.csv --plot p.png --set model.1.dense.units=2 --set fit.seed=3", "train r.yaml --epochs 1 --optimizer adam(0.01) --loss mae --metrics mae,mse --validation last_2",
             "train r.yaml --epochs 1 --callback early_stopping(patience=1) --class-weight 0:1,1:2", "train r.yaml --folds 2 --epochs 1", "train m.keras --data x.npy,y.npy --loss mse --optimizer sgd --epochs 1",
             "evaluate m.keras --data x.npy,y.npy --loss mse", "evaluate r.yaml --model m.keras --json", "predict m.keras --data x.npy --output p.csv", "predict m.keras --data x.npy --json --header", "predict m.keras --data x.npy --top 1 --draws 2", "summary m.keras --show-trainable --expand-nested",
             "summary r.yaml --graph g.svg", "summary m.keras --weights --json", "summary m.keras --weights", "plan r.yaml", "plan m.keras --batch-size 2", "convert m.keras m.h5", "export m.keras --output m.onnx", "convert m.keras out.safetensors", "convert m.keras n.keras --dtype float16",
             "convert m.keras n.keras --quantize int8", "convert m.keras n.keras --keras-version 3.2", "export m.keras --output m.c", "export m.keras --output m.c --prefix net --weights int8", "report r.yaml --output r.html", "report m.keras --data x.npy,y.npy --output r.html",
             "explain m.keras x.npy,y.npy --importance --repeats 1 --json", "generate m.keras --prompt abc --length 3", "sweep r.yaml --set fit.batch_size=[1,2] --trials 2", "describe a.csv", "describe a.csv#target=y --json", "describe x.npy", "init a.csv#target=y,missing=mean",
             "schema --json", "schema", "doctor r.yaml --time 1", "threshold m.keras --data x.npy,y.npy", "find_rate r.yaml", "datasets", "datasets list", "datasets fetch mnist --mirror http://x", "train", "trian r.yaml", "train --epoch 1 r.yaml", "--sandbox train r.yaml",
             "train r.yaml --checkpoint c --epochs 1", "train r.yaml --checkpoint c --resume --epochs 2", "train nothing.yaml", "predict m.keras --data a.csv#target=y", "help --man hone.1", "help --completion bash", "help --completion zsh", "help --completion fish", "help --man hone-train.1",
             "train r.yaml --epochs 1 --log-dir logs --save-best b.keras --monitor loss --mode min", "train r.yaml --epochs 1 --memory-limit 1K", "evaluate m.keras --data x.npy,y.npy --loss mse --confusion --per-class --calibration", "convert m.keras m.weights.json --shard-bytes 16"]
    return {"%02d" % i: text_of({"files": files, "words": [word.replace("_2", " 2") for word in line.split()]}) for i, line in enumerate(lines)}


def seeds_checkpoint():
    state = json.loads(STATE)
    state["run"] = "fresh"
    after = {**state, "batches": -1, "position": 8}
    return {"whole": text_of({"state": state, "members": {}, "gone": []}), "between": text_of({"state": after, "members": {}, "gone": ["hone/sums.bin"]}),
            "as-it-is": text_of({"gone": []}), "sums": text_of({"state": state, "members": {"hone/sums.bin": {"times": 32, "of": 1}}, "gone": []}),
            "history": text_of({"state": state, "members": {"hone/history.bin": {"times": 64, "of": 1}}, "gone": []}),
            "run": text_of({"state": json.loads(STATE), "members": {}, "gone": []}), "no-state": text_of({"gone": ["hone/state.json"]}),
            "config": text_of({"state": state, "members": {"config.json": {"json": DENSE}}, "gone": []}),
            "weights": text_of({"state": state, "members": {"model.weights.h5": {"hdf5": {"groups": {"layers": {"groups": {"dense": variables(floats(3, 4), floats(4))}}}}}}, "gone": []})}


# Of the checkpoint that fuzz_checkpoint.c makes (FUZZ_STATE=1 prints it).
STATE = ('{"run": {"recipe": null, "model": "e36dc9034038121b", "seed": "0000000000000000", "number of samples": 8, "data": "4fd93'
         '0abf61f8013", "batch_size": 2, "class_weight": "cbf29ce484222325", "callbacks": "lambda_callback"}, "version": 2, "epoch'
         '": 1, "batches": 2, "position": 4, "seconds": 0.5, "forward_passes": 6, "epochs_begun": 2, "iterations": 6, "learning_ra'
         'te": 0.001, "momentum": 0.9, "swapped": 0, "best_epoch": 0, "stopped_by": null, "targets": [[-1]], "carried": [], "callb'
         'acks": [{"best": 2.85, "best_epoch": 0.0, "direction": -1.0, "stopped_epoch": 0.0, "wait": 0.0}, {"best": 2.85, "cooldow'
         'n": 0.0, "direction": -1.0, "wait": 0.0}, {}], "names": ["learning_rate", "loss", "mae"]}')

"""Cases of the layers over spatial axes, for layers.py: convolutions, pools, padding, cropping, up-sampling."""
import numpy

from common import away_from, generator, normal
from layers_images import up_sampling_filters

SIZES = {1: (7,), 2: (6, 5), 3: (4, 5, 3)}


def image(name, axes, channels=3, batch=2, sizes=None, first=False):
    """An input with the channels last, or first; no two numbers of a pool alike."""
    sizes = sizes or SIZES[axes]
    shape = (batch, channels, *sizes) if first else (batch, *sizes, channels)
    return away_from(normal(generator("inputs", name, *shape), *shape), (0,))


def window_cases(name, axes, base, causal=False):
    """What all layers with a kernel have: the paddings, strides, dilations, formats, and what follows the product."""
    pick = list((2, 3, 2)[:axes])
    yield "valid", {**base, "kernel_size": 3 if axes < 3 else 2}, image(name, axes)
    yield "same", {**base, "kernel_size": 3, "padding": "same"}, image(name, axes)
    yield "kernel of unlike sides", {**base, "kernel_size": pick}, image(name, axes)
    yield "even kernel, same", {**base, "kernel_size": 2, "padding": "same"}, image(name, axes)
    yield "strides", {**base, "kernel_size": 2, "strides": 2}, image(name, axes)
    yield "strides, same", {**base, "kernel_size": 3, "strides": 2, "padding": "same"}, image(name, axes)
    yield "strides larger than the kernel", {**base, "kernel_size": 1, "strides": 2, "padding": "same"}, image(name, axes)
    yield "dilation", {**base, "kernel_size": 2, "dilation_rate": 2}, image(name, axes)
    yield "dilation, same", {**base, "kernel_size": 2, "dilation_rate": 2, "padding": "same"}, image(name, axes)
    yield "window of one", {**base, "kernel_size": 1}, image(name, axes)
    yield "no bias", {**base, "kernel_size": 2, "use_bias": False}, image(name, axes)
    yield "one channel", {**base, "kernel_size": 2, "padding": "same"}, image(name, axes, channels=1)
    yield "tanh", {**base, "kernel_size": 2, "activation": "tanh"}, image(name, axes)
    yield "softmax", {**base, "kernel_size": 2, "activation": "softmax"}, image(name, axes)
    yield "one sample", {**base, "kernel_size": 2}, image(name, axes, batch=1)
    yield "channels first", {**base, "kernel_size": 2, "padding": "same", "data_format": "channels_first"}, \
        image(name, axes, first=True)
    if axes == 1:
        yield "long", {**base, "kernel_size": 5, "padding": "same"}, image(name, 1, sizes=(300,), channels=2)
    if causal:
        yield "causal", {**base, "kernel_size": 3, "padding": "causal"}, image(name, axes)
        yield "causal, strides", {**base, "kernel_size": 3, "strides": 2, "padding": "causal"}, image(name, axes)
        yield "causal, dilation", {**base, "kernel_size": 2, "dilation_rate": 3, "padding": "causal"}, image(name, axes)


def convolution(axes):
    def rows():
        name = f"conv{axes}d"
        yield from window_cases(name, axes, {"filters": 4}, causal=axes == 1)
        yield "groups", {"filters": 4, "kernel_size": 2, "groups": 2}, image(name, axes, channels=6)
        yield "a group for each channel", {"filters": 3, "kernel_size": 2, "groups": 3, "padding": "same"}, \
            image(name, axes)
        yield "two filters for each channel", {"filters": 6, "kernel_size": 2, "groups": 3}, image(name, axes)
        yield "many filters", {"filters": 50, "kernel_size": 1}, image(name, axes, channels=4)
        yield "penalties", {"filters": 2, "kernel_size": 2, "kernel_regularizer": "l2(0.1)",
                            "bias_regularizer": "l1(0.2)", "activity_regularizer": "l2(0.05)"}, image(name, axes)
        yield "frozen", {"filters": 2, "kernel_size": 2, "trainable": False}, image(name, axes)
        yield "training", {"filters": 2, "kernel_size": 2, "activation": "relu"}, image(name, axes), {"training": True}
    return rows


def transposed(axes):
    def rows():
        name, base = f"conv{axes}d_transpose", {"filters": 2}
        sizes = {1: (4,), 2: (3, 4), 3: (2, 3, 2)}[axes]
        small = lambda **options: image(name, axes, sizes=sizes, **options)
        yield "valid", {**base, "kernel_size": 3}, small()
        yield "same", {**base, "kernel_size": 3, "padding": "same"}, small()
        for kernel in (1, 2, 3, 4):
            for padding in ("valid", "same"):
                yield f"kernel {kernel}, strides 2, {padding}", {**base, "kernel_size": kernel, "strides": 2,
                                                                 "padding": padding}, small()
        yield "strides 3, kernel 2", {**base, "kernel_size": 2, "strides": 3}, small()
        yield "output padding", {**base, "kernel_size": 3, "strides": 2, "output_padding": 1}, small()
        yield "output padding 0, same", {**base, "kernel_size": 3, "strides": 2, "output_padding": 0, "padding": "same"}, \
            small()
        yield "output padding 1, same", {**base, "kernel_size": 3, "strides": 2, "output_padding": 1, "padding": "same"}, \
            small()
        yield "output padding, even kernel, same", {**base, "kernel_size": 4, "strides": 3, "output_padding": 2,
                                                    "padding": "same"}, small()
        yield "dilation", {**base, "kernel_size": 2, "dilation_rate": 2}, small()
        yield "dilation, same", {**base, "kernel_size": 3, "dilation_rate": 2, "padding": "same"}, small()
        yield "no bias, relu", {**base, "kernel_size": 2, "use_bias": False, "activation": "relu"}, small()
        yield "channels first", {**base, "kernel_size": 3, "strides": 2, "padding": "same",
                                 "data_format": "channels_first"}, small(first=True)
        yield "penalties", {**base, "kernel_size": 2, "kernel_regularizer": "l2(0.1)"}, small()
    return rows


def depthwise(axes):
    def rows():
        name = f"depthwise_conv{axes}d"
        yield from window_cases(name, axes, {})
        yield "two filters for each channel", {"kernel_size": 2, "depth_multiplier": 2}, image(name, axes)
        yield "three filters, same", {"kernel_size": 3, "depth_multiplier": 3, "padding": "same"}, image(name, axes)
        yield "many channels", {"kernel_size": 2}, image(name, axes, channels=70)
        yield "penalties", {"kernel_size": 2, "depthwise_regularizer": "l2(0.1)"}, image(name, axes)
    return rows


def separable(axes):
    def rows():
        name = f"separable_conv{axes}d"
        yield from window_cases(name, axes, {"filters": 4})
        yield "two filters for each channel", {"filters": 3, "kernel_size": 2, "depth_multiplier": 2}, image(name, axes)
        yield "penalties", {"filters": 2, "kernel_size": 2, "depthwise_regularizer": "l2(0.1)",
                            "pointwise_regularizer": "l1(0.1)"}, image(name, axes)
    return rows


def pooling(axes, size_needed):
    def rows():
        name = f"pooling{axes}d"
        if not size_needed:
            yield "as it stands", {}, image(name, axes)
        yield "window of 2", {"pool_size": 2}, image(name, axes)
        yield "window of 3", {"pool_size": 3}, image(name, axes)
        yield "overlapping", {"pool_size": 3, "strides": 1}, image(name, axes)
        yield "overlapping, same", {"pool_size": 3, "strides": 2, "padding": "same"}, image(name, axes)
        yield "strides larger than the window", {"pool_size": 1, "strides": 2}, image(name, axes)
        yield "window of unlike sides", {"pool_size": [2, 1, 3][:axes], "strides": [1, 2, 2][:axes]}, image(name, axes)
        yield "same", {"pool_size": 2, "padding": "same"}, image(name, axes)
        yield "channels first", {"pool_size": 2, "padding": "same", "data_format": "channels_first"}, \
            image(name, axes, first=True)
        yield "many channels", {"pool_size": 2}, image(name, axes, channels=70)
        if not size_needed:
            shape = (2, *SIZES[axes], 2)
            ties = numpy.round(normal(generator("inputs", "ties", *shape), *shape)).astype("float32")
            yield "equal numbers", {"pool_size": 3, "strides": 1, "padding": "same"}, ties
    return rows


def global_pooling(axes, average):
    def rows():
        name = f"global_pooling{axes}d"
        yield "as it stands", {}, image(name, axes)
        yield "axes kept", {"keepdims": True}, image(name, axes)
        yield "channels first", {"data_format": "channels_first"}, image(name, axes, first=True)
        yield "channels first, axes kept", {"data_format": "channels_first", "keepdims": True}, \
            image(name, axes, first=True)
        if axes == 1 and average:
            mask = numpy.array([[1, 1, 0, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0, 1]], bool)
            yield "mask", {}, image(name, axes), {"masks": [mask]}
            yield "mask, axes kept", {"keepdims": True}, image(name, axes), {"masks": [mask]}
    return rows


def adaptive(axes):
    """Sizes at which Keras on JAX computes the ranges as defined: not those where float32 rounds them up."""
    def rows():
        name = f"adaptive_pooling{axes}d"
        sizes = {1: (10,), 2: (9, 7), 3: (5, 9, 4)}[axes]
        yield "one number for all", {"output_size": 2}, image(name, axes, sizes=sizes)
        yield "unlike sizes", {"output_size": [4, 5, 2][:axes] if axes > 1 else 3}, image(name, axes, sizes=sizes)
        yield "one", {"output_size": 1}, image(name, axes, sizes=sizes)
        yield "channels first", {"output_size": 2, "data_format": "channels_first"}, \
            image(name, axes, sizes=sizes, first=True)
        if axes == 1:
            yield "more than ten", {"output_size": 25}, image(name, axes, sizes=(50,))
    return rows


def zero_padding(axes):
    def rows():
        name = f"zero_padding{axes}d"
        yield "as it stands", {}, image(name, axes)
        yield "one number for all", {"padding": 2}, image(name, axes)
        if axes == 1:
            yield "before and after", {"padding": [1, 3]}, image(name, axes)
            yield "channels first", {"padding": [1, 3], "data_format": "channels_first"}, image(name, axes, first=True)
            return
        yield "a number for each axis", {"padding": [1, 2, 0][:axes]}, image(name, axes)
        yield "pairs", {"padding": [[1, 2], [0, 3], [2, 0]][:axes]}, image(name, axes)
        yield "channels first", {"padding": [[1, 2], [0, 3], [2, 0]][:axes], "data_format": "channels_first"}, \
            image(name, axes, first=True)
    return rows


def cropping(axes):
    def rows():
        name, sizes = f"cropping{axes}d", {1: (8,), 2: (7, 6), 3: (6, 5, 7)}[axes]
        yield "as it stands", {}, image(name, axes, sizes=sizes)
        yield "one number for all", {"cropping": 2}, image(name, axes, sizes=sizes)
        if axes == 1:
            yield "before and after", {"cropping": [1, 3]}, image(name, axes, sizes=sizes)
            return
        yield "a number for each axis", {"cropping": [1, 2, 0][:axes]}, image(name, axes, sizes=sizes)
        yield "pairs", {"cropping": [[1, 2], [0, 3], [2, 0]][:axes]}, image(name, axes, sizes=sizes)
        yield "channels first", {"cropping": [[1, 2], [0, 3], [2, 0]][:axes], "data_format": "channels_first"}, \
            image(name, axes, sizes=sizes, first=True)
    return rows


def up_sampling(axes):
    def rows():
        name = f"up_sampling{axes}d"
        yield "as it stands", {}, image(name, axes)
        yield "three times", {"size": 3}, image(name, axes)
        if axes == 1:
            return
        yield "unlike sizes", {"size": [2, 3, 1][:axes]}, image(name, axes)
        yield "channels first", {"size": 2, "data_format": "channels_first"}, image(name, axes, first=True)
        if axes == 2:
            yield from up_sampling_filters()
    return rows


SPACE = {}
for axes in (1, 2, 3):
    SPACE[f"Conv{axes}D"] = convolution(axes)
    SPACE[f"Conv{axes}DTranspose"] = transposed(axes)
    if axes < 3:
        SPACE[f"DepthwiseConv{axes}D"] = depthwise(axes)
        SPACE[f"SeparableConv{axes}D"] = separable(axes)
    SPACE[f"MaxPooling{axes}D"] = pooling(axes, False)
    SPACE[f"AveragePooling{axes}D"] = pooling(axes, True)
    for kind in ("Max", "Average"):
        SPACE[f"Global{kind}Pooling{axes}D"] = global_pooling(axes, kind == "Average")
        SPACE[f"Adaptive{kind}Pooling{axes}D"] = adaptive(axes)
    SPACE[f"ZeroPadding{axes}D"] = zero_padding(axes)
    SPACE[f"Cropping{axes}D"] = cropping(axes)
    SPACE[f"UpSampling{axes}D"] = up_sampling(axes)

# The fewest arguments that make one.
SPACE_NEEDED = {f"Conv{axes}D": {"filters": 3, "kernel_size": 2} for axes in (1, 2, 3)}
SPACE_NEEDED |= {f"Conv{axes}DTranspose": {"filters": 3, "kernel_size": 2} for axes in (1, 2, 3)}
SPACE_NEEDED |= {f"DepthwiseConv{axes}D": {"kernel_size": 2} for axes in (1, 2)}
SPACE_NEEDED |= {f"SeparableConv{axes}D": {"filters": 3, "kernel_size": 2} for axes in (1, 2)}
SPACE_NEEDED |= {f"AveragePooling{axes}D": {"pool_size": 2} for axes in (1, 2, 3)}
SPACE_NEEDED |= {f"Adaptive{kind}Pooling{axes}D": {"output_size": 2} for kind in ("Max", "Average") for axes in (1, 2, 3)}

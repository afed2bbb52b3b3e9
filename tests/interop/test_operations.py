"""Operations of keras.ops as nodes of models: each is predicted by the command as Keras does, trained through as Keras does (one step of
SGD, so that its gradient shows), written back so that Keras loads it again, and exported to ONNX as far as ONNX has it.
OPERATIONS=REGEX tries some of them."""
import contextlib
import json
import os
import re
import unittest
import zipfile

import numpy

from common import FULL, Case, hone, keras, load, quiet, some

try:
    import onnxruntime
except ImportError:
    onnxruntime = None

O = keras.ops
ROWS, SHAPE = 6, (4, 3)
CHOSEN = re.compile(os.environ.get("OPERATIONS", ""))
APART = 1 if os.environ.get("OPERATIONS") else 5  # each fifth has a test of its own; all have in `make test-full`, and of those that are chosen


def swap(x):
    return O.transpose(x, (0, 2, 1))


# name: the node, made on x (batch, 4, 3) from -1 to 1
SMOOTH = {
    "negative": lambda x: -x, "absolute": lambda x: abs(x), "square": O.square, "exp": O.exp, "exp2": O.exp2, "expm1": O.expm1,
    "sqrt": lambda x: O.sqrt(x + 2), "rsqrt": lambda x: O.rsqrt(x + 2), "reciprocal": lambda x: O.reciprocal(x + 2),
    "log": lambda x: O.log(x + 2), "log2": lambda x: O.log2(x + 2), "log10": lambda x: O.log10(x + 2), "log1p": lambda x: O.log1p(x + 1.5),
    "erf": O.erf, "sin": O.sin, "cos": O.cos, "tan": O.tan, "sinh": O.sinh, "cosh": O.cosh, "tanh": O.tanh,
    "relu": O.relu, "relu6": lambda x: O.relu6(x * 8), "sigmoid": O.sigmoid, "log_sigmoid": O.log_sigmoid, "softplus": O.softplus,
    "softsign": O.softsign, "silu": O.silu, "selu": O.selu, "hard_sigmoid": lambda x: O.hard_sigmoid(x * 4),
    "hard_silu": lambda x: O.hard_silu(x * 4), "hard_tanh": lambda x: O.hard_tanh(x * 2), "tanh_shrink": O.tanh_shrink,
    "sparse_plus": lambda x: O.sparse_plus(x * 2), "sparse_sigmoid": lambda x: O.sparse_sigmoid(x * 2),
    "gelu": O.gelu, "gelu_exact": lambda x: O.gelu(x, approximate=False), "leaky_relu": O.leaky_relu,
    "leaky_relu_slope": lambda x: O.leaky_relu(x, 0.3), "elu": O.elu, "elu_alpha": lambda x: O.elu(x, 0.7), "celu": lambda x: O.celu(x, 0.5),
    "soft_shrink": lambda x: O.soft_shrink(x, 0.2), "hard_shrink": lambda x: O.hard_shrink(x, 0.2),
    "threshold": lambda x: O.threshold(x, 0.1, 0.25), "squareplus": lambda x: O.squareplus(x, 3),
    "clip": lambda x: O.clip(x, -0.5, 0.5), "clip_below": lambda x: O.clip(x, -0.5, None), "cast": lambda x: O.cast(x, "float32"),
    "convert_to_tensor": lambda x: O.convert_to_tensor(x),
    "copy": O.copy, "sum": lambda x: O.sum(x, axis=1), "sum_last": lambda x: O.sum(x, axis=-1, keepdims=True),
    "mean": lambda x: O.mean(x, axis=(1, 2)), "mean_all": lambda x: x - O.mean(x), "max": lambda x: O.max(x, axis=1), "amax": lambda x: O.amax(x, axis=-1),
    "min": lambda x: O.min(x, axis=-1, keepdims=True), "amin": lambda x: O.amin(x, axis=1), "prod": lambda x: O.prod(x, axis=1),
    "var": lambda x: O.var(x, axis=-1), "std": lambda x: O.std(x, axis=(1, 2)), "logsumexp": lambda x: O.logsumexp(x, axis=-1),
    "logsumexp_keep": lambda x: O.logsumexp(x, axis=1, keepdims=True),
    "normalize": O.normalize, "normalize_axes": lambda x: O.normalize(x, axis=1), "normalize_one": lambda x: O.normalize(x, axis=-1, order=1),
    "softmax": O.softmax, "softmax_axis": lambda x: O.softmax(x, axis=1), "log_softmax": O.log_softmax, "cumsum": lambda x: O.cumsum(x, axis=1),
    "reshape": lambda x: O.reshape(x, (-1, 12)), "reshape_inner": lambda x: O.reshape(x, (-1, 2, 6)), "ravel_of_one": lambda x: O.reshape(x, (-1, 4, 3, 1)),
    "expand_dims": lambda x: O.expand_dims(x, 1), "expand_dims_several": lambda x: O.expand_dims(x, (1, -1)),
    "squeeze": lambda x: O.squeeze(O.expand_dims(x, 2), 2), "squeeze_all": lambda x: O.squeeze(O.expand_dims(x, 2)),
    "transpose": swap, "swapaxes": lambda x: O.swapaxes(x, 1, -1), "moveaxis": lambda x: O.moveaxis(x, 1, 2),
    "moveaxis_several": lambda x: O.moveaxis(O.expand_dims(x, 1), (1, 3), (3, 1)),
    "flip": lambda x: O.flip(x, axis=1), "flip_several": lambda x: O.flip(x, axis=(1, 2)), "roll": lambda x: O.roll(x, 1, axis=1),
    "roll_back": lambda x: O.roll(x, (-1, 2), axis=(1, 2)), "repeat": lambda x: O.repeat(x, 2, axis=1), "repeat_last": lambda x: O.repeat(x, 3, axis=-1),
    "tile": lambda x: O.tile(x, (1, 2, 1)), "tile_last": lambda x: O.tile(x, (1, 1, 2)), "tile_both": lambda x: O.tile(x, (1, 2, 3)),
    "pad": lambda x: O.pad(x, ((0, 0), (1, 2), (0, 1))), "pad_number": lambda x: O.pad(x, ((0, 0), (1, 2), (0, 0)), constant_values=2.5),
    "pad_reflect": lambda x: O.pad(x, ((0, 0), (1, 2), (0, 2)), mode="reflect"), "pad_symmetric": lambda x: O.pad(x, ((0, 0), (3, 2), (0, 0)), mode="symmetric"),
    "pad_edge": lambda x: O.pad(x, ((0, 0), (0, 2), (1, 0)), mode="edge"),
    "concatenate": lambda x: O.concatenate([x, x * 2], axis=1), "stack": lambda x: O.stack([x, x + 1, x * 2], axis=1), "stack_last": lambda x: O.stack([x, x + 1], axis=-1),
    "split": lambda x: O.subtract(*O.split(x, 2, axis=1)), "split_at": lambda x: O.split(x, [1, 3], axis=1)[1], "unstack": lambda x: O.unstack(x, axis=1)[2],
    "split_many": lambda x: O.split(O.reshape(x, (-1, 12)), 12, axis=1)[10],
    "get_item": lambda x: x[:, 1], "get_item_last": lambda x: x[..., -1], "get_item_slice": lambda x: x[:, 1:3], "get_item_steps": lambda x: x[:, ::2],
    "get_item_steps_apart": lambda x: x[:, 1::2, ::2], "get_item_backwards": lambda x: x[:, ::-1], "get_item_backwards_in_part": lambda x: x[:, 2:0:-1, -1::-2],
    "get_item_new": lambda x: x[:, None, :, None], "get_item_mixed": lambda x: x[:, 1:, None, ..., 0], "get_item_beyond": lambda x: x[:, -3:9],
    "take": lambda x: O.take(x, [2, 0, -1], axis=1), "take_one": lambda x: O.take(x, 1, axis=2),
    "matmul": lambda x: x @ swap(x), "matmul_lower": lambda x: O.matmul(O.expand_dims(x, 1), O.stack([swap(x), swap(x) * 2], axis=1)),
    "einsum": lambda x: O.einsum("bij,bkj->bik", x, x), "einsum_order": lambda x: O.einsum("bij,bkj->bki", x, x * 2),
    "einsum_sums": lambda x: O.einsum("bij,bik->bk", x, x), "einsum_outer": lambda x: O.einsum("bi,bj->bij", x[:, 0], x[:, 1]),
    "einsum_one": lambda x: O.einsum("bij->bji", x), "einsum_one_sum": lambda x: O.einsum("bij->bj", x), "einsum_dots": lambda x: O.einsum("...ij,...kj->...ik", x, x),
    "einsum_three": lambda x: O.einsum("bij,bkj,bkl->bil", x, x, x), "einsum_heads": lambda x: O.einsum("bqhd,bkhd->bhqk", x[:, :, None], x[:, :, None]),
    "einsum_implied": lambda x: O.einsum("bji", x),
    "where": lambda x: O.where(x > 0, x * 2, 0.25), "where_number": lambda x: O.where(O.greater(x, 0.1), 1.0, x), "maximum": lambda x: O.maximum(x, 0.1), "minimum": lambda x: O.minimum(x, x * x),
    "add": lambda x: x + x[:, :1], "subtract": lambda x: 1 - x, "multiply": lambda x: x * x[..., :1], "divide": lambda x: x / (x + 2), "true_divide": lambda x: 2 / (x + 2),
    "power": lambda x: x ** 2, "power_half": lambda x: (x + 2) ** 1.5, "power_of": lambda x: 2.0 ** x, "power_both": lambda x: O.power(x + 2, x),
    "mod": lambda x: (x * 3) % 2, "mod_below": lambda x: O.mod(x * 3, -2.0), "logaddexp": lambda x: O.logaddexp(x, x * 2),
}
# without a gradient: numbers that say something about x
FLAT = {
    "sign": O.sign, "floor": lambda x: O.floor(x * 3), "ceil": lambda x: O.ceil(x * 3), "trunc": lambda x: O.trunc(x * 3),
    "round": lambda x: O.round(x * 3), "round_digits": lambda x: O.round(x, 1), "isnan": lambda x: O.isnan(O.log(x)), "isinf": lambda x: O.isinf(O.log(O.relu(x))),
    "isfinite": lambda x: O.isfinite(1 / O.relu(x)), "cast_whole": lambda x: O.cast(x * 5, "int32"), "cast_truth": lambda x: O.cast(O.relu(x), "bool"),
    "floor_divide": lambda x: (x * 5) // 2, "equal": lambda x: O.equal(O.relu(x), 0), "not_equal": lambda x: O.relu(x) != 0.0, "greater": lambda x: x > 0, "greater_equal": lambda x: x >= x * x,
    "less": lambda x: x < 0.2, "less_equal": lambda x: x <= x * x, "logical_and": lambda x: (x > -0.5) & (x < 0.5), "logical_or": lambda x: (x < -0.5) | (x > 0.5),
    "logical_xor": lambda x: O.logical_xor(x > -0.5, x < 0.5), "logical_not": lambda x: ~(x > 0), "any": lambda x: O.any(x > 0.5, axis=1), "all": lambda x: O.all(x > -0.5, axis=(1, 2)),
    "argmax": lambda x: O.argmax(x, axis=-1), "argmin": lambda x: O.argmin(x, axis=1, keepdims=True), "one_hot": lambda x: O.one_hot(O.argmax(x, axis=-1), 4),
    "one_hot_axis": lambda x: O.one_hot(O.argmax(x, axis=-1), 4, axis=1), "zeros_like": O.zeros_like, "ones_like": O.ones_like, "stop_gradient": O.stop_gradient,
}
C = numpy.linspace(-1, 1, 3, dtype="float32")
W = numpy.random.default_rng(1).uniform(-1, 1, (8, 8, 8, 8)).astype("float32")


def image(x):
    return O.reshape(x, (-1, 2, 2, 3))


def picture(x):
    return O.reshape(x, (-1, 4, 3, 1))


# these are all in one model, so that it is quick; OPERATIONS=REGEX makes each of them a test of its own
SMOOTH_TOGETHER = {
    "select": lambda x: O.select([x > 0.5, x > -0.5], [x * 2, O.square(x)], 0.25), "select_default": lambda x: O.select([x > 0.5, x[:, :1] > 0], [x, x * x]),
    "take_of_constant": lambda x: O.take(W[0, 0, :5, :3], O.argmax(x, axis=-1), axis=0), "cdist_points": lambda x: O.cdist(x[:, 0], W[0, 0, :5, :3]),
    "nanmedian": lambda x: O.nanmedian(x, axis=1), "nanquantile": lambda x: O.nanquantile(x, 0.3, axis=2), "nanpercentile": lambda x: O.nanpercentile(x, 70.0, axis=1, method="higher"), "linspace": lambda x: O.linspace(x, x * 2, 4, axis=1),
    "ssim": lambda x: O.expand_dims(O.image.ssim(picture(O.sigmoid(x)), picture(O.sigmoid(x[:, ::-1])), filter_size=3), -1), "ssim_first": lambda x: O.expand_dims(O.image.ssim(O.transpose(picture(O.sigmoid(x)), (0, 3, 1, 2)), O.transpose(picture(O.sigmoid(x[:, ::-1])), (0, 3, 1, 2)), max_val=2.0, filter_size=2, filter_sigma=0.8, data_format="channels_first"), -1),
    "linspace_open": lambda x: O.linspace(x, 1.0, 3, endpoint=False, axis=-1), "logspace": lambda x: O.logspace(x, 1.0, 3, base=2, axis=2), "geomspace": lambda x: O.geomspace(x + 2, x + 5, 4, axis=1),
    "extract_sequences": lambda x: O.extract_sequences(O.reshape(x, (-1, 12)), 5, 3),
    "array_add": lambda x: x + C, "array_subtract": lambda x: O.subtract(C, x), "array_multiply": lambda x: O.multiply(C.reshape(1, 1, 3), x), "array_divide": lambda x: x / (C + 2),
    "array_power": lambda x: (x + 2) ** C, "array_maximum": lambda x: O.maximum(x, C), "array_where": lambda x: O.where(numpy.array([True, False, True]), x, C),
    "array_where_condition": lambda x: O.where(x > C, C, x), "array_of_keras": lambda x: x * O.convert_to_tensor(C), "array_of_whole_numbers": lambda x: x * numpy.array([1, 2, 3], "int32"),
    "array_number": lambda x: x * numpy.float32(1.5), "array_matmul": lambda x: O.matmul(x, W[0, 0, :3, :2]), "array_matmul_first": lambda x: O.matmul(W[0, 0, :2, :4], x),
    "dot": lambda x: O.dot(x, W[0, 0, :3, :5]), "dot_row": lambda x: O.dot(x, C), "dot_higher": lambda x: O.dot(x, W[0, :2, :3, :2]),
    "inner": lambda x: O.inner(x, W[0, 0, :5, :3]) if hasattr(O, "inner") else x,
    "tensordot": lambda x: O.tensordot(x, W[0, :4, :3, :2], axes=2), "tensordot_axes": lambda x: O.tensordot(x, W[0, :3, :4, :2], axes=[[1, 2], [1, 0]]),
    "tensordot_axis": lambda x: O.tensordot(x, W[0, 0, :2, :4], axes=[[1], [1]]), "tensordot_one": lambda x: O.tensordot(x, C, axes=1),
    "take_array": lambda x: O.take(x, numpy.array([[0, 1], [3, -1]]), axis=1), "take_lists": lambda x: O.take(x, [[0, 1], [2, 0], [1, 1]], axis=-1),
    "take_many": lambda x: O.take(x, list(range(3, -1, -1)) * 4, axis=1),
    "front_place": lambda x: O.transpose(x, (1, 0, 2))[2], "front_slice": lambda x: O.sum(O.transpose(x, (1, 0, 2))[1:3, :], axis=0),
    "front_take": lambda x: O.sum(O.take(O.transpose(x, (1, 0, 2)), [3, 0], axis=0), axis=0), "front_turned": lambda x: O.flip(O.transpose(x, (1, 0, 2)), axis=0)[1],
    "front_rolled": lambda x: O.roll(O.transpose(x, (1, 0, 2)), 1, axis=0)[0], "front_sorted": lambda x: O.sort(O.transpose(x, (1, 0, 2)), axis=0)[1],
    "front_padded": lambda x: O.pad(O.transpose(x, (1, 0, 2)), ((1, 0), (0, 0), (0, 0)), mode="edge")[0], "front_repeated": lambda x: O.repeat(O.transpose(x, (1, 0, 2)), 2, axis=0)[3],
    "front_stacked": lambda x: O.stack([x, x * 2], axis=0)[1], "front_parts": lambda x: O.unstack(O.transpose(x, (1, 0, 2)), axis=0)[1],
    "front_steps": lambda x: O.sum(O.diff(O.transpose(x, (1, 0, 2)), axis=0), axis=0), "front_tiled": lambda x: O.tile(O.transpose(x, (1, 0, 2)), (2, 1, 1))[5],
    "einsum_constant": lambda x: O.einsum("bij,jk->bik", x, W[0, 0, :3, :5]), "einsum_constant_first": lambda x: O.einsum("kj,bij->bik", W[0, 0, :2, :3], x),
    "softmax_of_several": lambda x: O.softmax(x, axis=(1, 2)),
    "sort": lambda x: O.sort(x, axis=1), "sort_last": O.sort, "top_k": lambda x: O.top_k(x, 2)[0], "median": lambda x: O.median(x, axis=1),
    "median_keep": lambda x: O.median(x, axis=(1, 2), keepdims=True), "take_along_axis": lambda x: O.take_along_axis(x, O.argsort(x * x, axis=1), axis=1),
    "take_along_axis_array": lambda x: O.take_along_axis(x, numpy.array([[[2, 0], [1, 1], [0, 2], [-1, 0]]]), axis=2),
    "slice": lambda x: O.slice(x, (0, 1, 0), (-1, 2, 2)), "slice_rest": lambda x: O.slice(x, [0, 2, 1], [-1, -1, -1]),
    "slice_update": lambda x: O.slice_update(x, (0, 1, 0), x[:, :2, :2] * 2), "tril": O.tril, "triu": lambda x: O.triu(x, 1), "tril_below": lambda x: O.tril(x, -1),
    "nan_to_num": lambda x: O.nan_to_num(x), "full_like": lambda x: x + O.full_like(x, 2.5), "full_like_array": lambda x: x * O.full_like(x, C),
    "conv": lambda x: O.conv(image(x), W[:2, :2, :3, :4], strides=1, padding="same"),
    "conv_1d": lambda x: O.conv(x, W[0, :3, :3, :2], strides=2, padding="same"),
    "conv_dilated": lambda x: O.conv(x, W[0, :2, :3, :2], dilation_rate=2), "depthwise_conv": lambda x: O.depthwise_conv(image(x), W[:2, :2, :3, :2], padding="same"),
    "depthwise_conv_apart": lambda x: O.depthwise_conv(x, W[0, :2, :3, :2], strides=2, padding="same", dilation_rate=2),
    "conv_3d": lambda x: O.conv(O.reshape(x, (-1, 2, 2, 3, 1)), W[:2, :1, :2, :3].reshape(2, 1, 2, 1, 3)),
    "separable_conv": lambda x: O.separable_conv(image(x), W[:2, :2, :3, :2], W[:1, :1, :6, :4], padding="same"),
    "max_pool": lambda x: O.max_pool(image(x), 2, strides=2), "max_pool_same": lambda x: O.max_pool(x, 3, strides=2, padding="same"), "average_pool": lambda x: O.average_pool(image(x), 2, strides=1),
    "resize": lambda x: O.image.resize(image(x), (4, 3)), "resize_nearest": lambda x: O.image.resize(image(x), (3, 5), interpolation="nearest"), "resize_bicubic": lambda x: O.image.resize(image(x), (4, 4), interpolation="bicubic"),
    "layer_norm": lambda x: O.layer_normalization(x, C + 2, C), "layer_norm_plain": lambda x: O.layer_normalization(x, axis=1), "layer_norm_offset": lambda x: O.layer_normalization(x, None, C, epsilon=0.1),
    "layer_norm_axes": lambda x: O.layer_normalization(x, W[0, 0, :4, :3], axis=(1, 2)), "rms_norm": lambda x: O.rms_normalization(x), "rms_norm_scale": lambda x: O.rms_normalization(x, C + 2),
    "batch_norm": lambda x: O.batch_normalization(x, C, C + 2, -1, scale=C), "batch_norm_all": lambda x: O.batch_normalization(x, C, C + 2, 2, offset=C, scale=C * 2, epsilon=0.1),
    "moments": lambda x: O.moments(x, axes=[1])[1], "moments_keep": lambda x: O.add(*O.moments(x, axes=[1, 2], keepdims=True)), "glu": lambda x: O.glu(x, axis=1),
    "rgb_to_grayscale": lambda x: O.image.rgb_to_grayscale(image(x)), "depth_to_space": lambda x: O.depth_to_space(O.reshape(x, (-1, 1, 1, 12)), 2), "space_to_depth": lambda x: O.space_to_depth(image(x), 2),
    "arcsin": lambda x: O.arcsin(x * 0.8), "arccos": lambda x: O.arccos(x * 0.8), "arctan": lambda x: O.arctan(x * 3), "arcsinh": lambda x: O.arcsinh(x * 3), "arccosh": lambda x: O.arccosh(x + 3),
    "arctanh": lambda x: O.arctanh(x * 0.8), "deg2rad": O.deg2rad, "cbrt": lambda x: O.cbrt(x + 2), "erfc": O.erfc, "divide_no_nan": lambda x: O.divide_no_nan(x, O.relu(x)),
    "hypot": lambda x: O.hypot(x, C + 2), "fmax": lambda x: O.fmax(x, C), "fmin": lambda x: O.fmin(x, C), "ptp": lambda x: O.ptp(x, axis=1),
    "sinc": lambda x: O.sinc(x * 2), "saturate_cast": lambda x: O.saturate_cast(x, "float32"), "fmod": lambda x: O.fmod(x * 3, 1.2), "arctan2": lambda x: O.arctan2(x, x[:, ::-1] + 0.1),
    "arctan2_array": lambda x: O.arctan2(C + 0.1, x), "logaddexp2": lambda x: O.logaddexp2(x, C), "ldexp": lambda x: O.ldexp(x, numpy.array([1, -2, 3])),
    "nansum": lambda x: O.nansum(x, axis=1), "nanmean": lambda x: O.nanmean(x, axis=-1, keepdims=True), "nanvar": lambda x: O.nanvar(x, axis=2),
    "nanstd": lambda x: O.nanstd(x, axis=1), "nanmax": lambda x: O.nanmax(x, axis=1), "nanmin": lambda x: O.nanmin(x, axis=-1), "nanprod": lambda x: O.nanprod(x, axis=1),
    "average": lambda x: O.average(x, axis=1), "average_weights": lambda x: O.average(x, axis=2, weights=C + 2),
    "cumprod": lambda x: O.cumprod(x + 1.5, axis=1), "nancumsum": lambda x: O.nancumsum(x, axis=2), "nancumprod": lambda x: O.nancumprod(x, axis=1),
    "diff": lambda x: O.diff(x, axis=1), "diff_twice": lambda x: O.diff(x, n=2), "trapezoid": lambda x: O.trapezoid(x, dx=0.5, axis=1), "fliplr": O.fliplr, "real": O.real, "conj": O.conj,
    "diagonal": lambda x: O.diagonal(x, axis1=1, axis2=2), "diagonal_below": lambda x: O.diagonal(x, offset=-1, axis1=2, axis2=1), "trace": lambda x: O.trace(x, offset=1, axis1=1, axis2=2),
    "cross": lambda x: O.cross(x, x[:, ::-1]), "cross_array": lambda x: O.cross(C, x),
    "cdist": lambda x: O.cdist(x + 3, x[:, :2]), "hstack": lambda x: O.hstack([x, x * 2]), "dstack": lambda x: O.dstack([x, x + 1]), "dstack_flat": lambda x: O.dstack([x[:, 0], x[:, 1]]),
    "append": lambda x: O.append(x, x * 2, axis=1), "hsplit": lambda x: O.hsplit(x, 2)[1], "dsplit": lambda x: O.dsplit(x, [1])[1], "array_split": lambda x: O.array_split(x, 3, axis=1)[0],
    "rgb_to_hsv": lambda x: O.image.rgb_to_hsv(image(O.sigmoid(x))), "hsv_to_rgb": lambda x: O.image.hsv_to_rgb(image(O.sigmoid(x))), "pad_images": lambda x: O.image.pad_images(image(x), 1, 2, target_height=5, target_width=6),
    "crop_images": lambda x: O.image.crop_images(image(x), top_cropping=1, left_cropping=0, target_height=1, target_width=1), "extract_patches": lambda x: O.image.extract_patches(picture(x), 2),
    "extract_patches_same": lambda x: O.image.extract_patches(picture(x), (3, 2), strides=(2, 1), padding="same"), "unfold": lambda x: O.unfold(O.transpose(picture(x), (0, 3, 1, 2)), 2, padding=1, stride=2),
    "fold": lambda x: O.fold(O.unfold(O.transpose(picture(x), (0, 3, 1, 2)), (2, 3), padding=(0, 1)), (4, 3), (2, 3), padding=(0, 1)), "gaussian_blur": lambda x: O.image.gaussian_blur(picture(x), (3, 5), (1.0, 0.7)),
    "sobel_edges": lambda x: O.image.sobel_edges(picture(x)), "binary_crossentropy": lambda x: O.binary_crossentropy(O.sigmoid(x * 2), O.sigmoid(x)), "binary_crossentropy_logits": lambda x: O.binary_crossentropy(O.sigmoid(x), x, from_logits=True),
    "categorical_crossentropy": lambda x: O.categorical_crossentropy(O.softmax(x), O.sigmoid(x)),
    "sparse_categorical_crossentropy": lambda x: O.sparse_categorical_crossentropy(O.argmax(x, axis=-1), x, from_logits=True),
}
FLAT_TOGETHER = {
    "select_array": lambda x: O.select([x > 0.5], [O.convert_to_tensor(C)]),  # Keras foretells its shape otherwise than it is
    "digitize": lambda x: O.digitize(x, numpy.array([-0.5, 0, 0.25], "float32")), "digitize_downward": lambda x: O.digitize(x, numpy.array([0.5, 0, -0.25], "float32")), "searchsorted": lambda x: O.searchsorted(numpy.array([-0.5, 0, 0.25], "float32"), x, side="right"),
    "isin": lambda x: O.isin(O.round(x * 3), numpy.array([1, -2], "float32")), "isin_not": lambda x: O.isin(O.round(x * 3), numpy.array([[1, -2]], "float32"), invert=True), "unravel_index": lambda x: O.unravel_index(O.cast(O.abs(x) * 19, "int32"), (4, 5))[0],
    "argpartition": lambda x: O.argpartition(x, 1, axis=1), "nanmedian_some": lambda x: O.nan_to_num(O.nanmedian(O.log(x), axis=1), nan=9.0),
    "nan_to_num_all": lambda x: O.nan_to_num(O.log(x) * O.sign(x), nan=0.5, posinf=3), "nan_to_num_minus": lambda x: O.nan_to_num(O.log(O.relu(x)), neginf=-2.0),
    "argsort": lambda x: O.argsort(x, axis=1), "argsort_equal": lambda x: O.argsort(O.round(x)), "top_k_places": lambda x: O.top_k(x, 3)[1], "isposinf": lambda x: O.isposinf(1 / O.relu(x)),
    "isneginf": lambda x: O.isneginf(O.log(O.relu(x))),
    "signbit": O.signbit, "angle": lambda x: O.angle(x), "imag": O.imag, "isreal": O.isreal, "empty_like": lambda x: O.zeros_like(x), "saturate_cast_bytes": lambda x: O.saturate_cast(x * 300, "uint8"),
    "heaviside": lambda x: O.heaviside(O.round(x), C), "isclose": lambda x: O.isclose(x, C, atol=0.2), "isclose_infinite": lambda x: O.isclose(1 / O.relu(x), O.abs(1 / O.relu(x))),
    "count_nonzero": lambda x: O.count_nonzero(O.relu(x), axis=1), "nanargmax": lambda x: O.nanargmax(O.log(x), axis=1), "nanargmin": lambda x: O.nanargmin(O.log(x), axis=2), "nanmax_none": lambda x: O.isnan(O.nanmax(O.log(x), axis=1)),
    "nanmean_some": lambda x: O.nanmean(O.log(x + 0.9), axis=1), "nansum_some": lambda x: O.nansum(O.log(x), axis=1), "multi_hot": lambda x: O.multi_hot(O.argsort(x, axis=1)[:, :2, 0], 5), "in_top_k": lambda x: O.in_top_k(O.argmax(x[:, 0], axis=-1), x[:, 1], 2),
    # whose shape Keras foretells otherwise than it is, so that no layer can follow it
    "categorical_crossentropy_axis": lambda x: O.categorical_crossentropy(O.softmax(x), x, from_logits=True, axis=1),
}


def square(x):
    """Matrices of 3 x 3 that are far from singular."""
    return x[:, :3] + 3 * numpy.eye(3, dtype="float32")


def positive(x):
    return O.matmul(swap(x), x) + numpy.eye(3, dtype="float32")


def rebuilt(factors):
    """V times 1, 2, ... V^T and w: what does not hang on the signs of eigenvectors."""
    return O.concatenate([factors[0][:, None], O.matmul(factors[1] * numpy.array([1, 2, 3], "float32"), swap(factors[1]))], axis=1)


def between(factors, middle):
    return O.matmul(factors[0] * middle, factors[2])


def sequences(x):
    return O.reshape(x, (-1, 12))


A = numpy.random.default_rng(4).normal(size=(4, 4)).astype("float32") + 3 * numpy.eye(4, dtype="float32")
# those that have no form in ONNX, except these of them
IN_ONNX = {"det", "logdet", "slogdet", "slogdet_sign", "fft", "fft2", "ifft2", "rfft", "rfft_length", "irfft", "irfft_length", "stft", "stft_hamming",
           "istft", "istft_length", "istft_plain"}
SMOOTH_ALONE = {
    "cholesky": lambda x: O.cholesky(positive(x)), "cholesky_upper": lambda x: O.cholesky(positive(x), upper=True), "inv": lambda x: O.inv(square(x)), "det": lambda x: O.det(square(x)),
    "logdet": lambda x: O.logdet(square(x)), "slogdet": lambda x: O.multiply(*O.slogdet(square(x))), "solve": lambda x: O.solve(square(x), swap(x)), "solve_array": lambda x: O.solve(numpy.tile(A, (1, 1, 1)), x),
    "solve_triangular": lambda x: O.solve_triangular(square(x), x[:, :3], lower=True), "solve_triangular_upper": lambda x: O.solve_triangular(square(x), swap(x)), "qr": lambda x: O.matmul(*O.qr(square(x))),
    "qr_parts": lambda x: O.concatenate(O.qr(x), axis=1), "eigh": lambda x: rebuilt(O.eigh(square(x))), "svd": lambda x: between(O.svd(x, full_matrices=False), numpy.array([1, 2, 3], "float32")),
    "svd_values": lambda x: O.svd(x, compute_uv=False), "lu_factor": lambda x: O.lu_factor(square(x))[0], "pinv": lambda x: O.linalg.pinv(x + A[:, :3]),
    "fft": lambda x: O.add(*O.fft((x, x * 2))), "fft2": lambda x: O.subtract(*O.fft2((x, x * x))), "ifft2": lambda x: O.add(*O.ifft2((x, x * x))), "rfft": lambda x: O.add(*O.rfft(x)),
    "rfft_length": lambda x: O.subtract(*O.rfft(sequences(x), fft_length=9)), "irfft": lambda x: O.irfft((x, x * x)), "irfft_length": lambda x: O.irfft((sequences(x), sequences(x) ** 2), fft_length=15),
    "stft": lambda x: O.add(*O.stft(sequences(x), 6, 2, 8)), "stft_hamming": lambda x: O.add(*O.stft(sequences(x), 5, 3, 5, window="hamming", center=False)),
    "istft": lambda x: O.istft((x, x * x), 4, 2, 4), "istft_length": lambda x: O.istft((x, x * x), 4, 1, 4, length=5, window="hamming"), "istft_plain": lambda x: O.istft((x, x * x), 4, 2, 4, window=None, center=False),
    "erfinv": lambda x: O.erfinv(x * 0.9), "i0": lambda x: O.numpy.i0(x) if hasattr(O.numpy, "i0") else O.i0(x),
}


def whole(x):
    return O.cast(x * 60, "int32")


CORNERS = numpy.array([[0, 0], [0, 3], [2, 0], [2, 3]], "float32")
TURN = numpy.array([0.9, 0.2, 0.1, -0.1, 1.1, 0.3, 0, 0], "float32")
FLAT_ALONE = {
    "affine_transform": lambda x: O.image.affine_transform(picture(x), O.reshape(x, (-1, 12))[:, :8] * (TURN / 8) + TURN, fill_mode="reflect"),
    "affine_constant": lambda x: O.image.affine_transform(picture(x), O.reshape(x, (-1, 12))[:, :8] * (TURN / 8) + TURN, interpolation="nearest", fill_value=0.5),
    "perspective_transform": lambda x: O.image.perspective_transform(picture(x), 0.1 * x[:, :, :2] + CORNERS, 0.2 * x[:, :, 1:] + CORNERS, fill_value=0.25),
    "matrix_rank": lambda x: O.linalg.matrix_rank(O.relu(x)), "qr_complete": lambda x: O.concatenate(O.qr(x, mode="complete"), axis=2), "lu_pivots": lambda x: O.lu_factor(x)[1], "slogdet_sign": lambda x: O.slogdet(x[:, :3])[0],
    "bitwise_and": lambda x: O.bitwise_and(whole(x), whole(x[:, ::-1])), "bitwise_or": lambda x: O.bitwise_or(whole(x), numpy.array([5], "int32")), "bitwise_xor": lambda x: O.bitwise_xor(whole(x), numpy.array([3, 8, -1], "int32")),
    "bitwise_not": lambda x: O.bitwise_not(whole(x)), "bitwise_invert": lambda x: O.bitwise_invert(whole(x)), "left_shift": lambda x: O.left_shift(whole(x), 3), "bitwise_left_shift": lambda x: O.bitwise_left_shift(whole(x), 2),
    "right_shift": lambda x: O.right_shift(whole(x), 3), "bitwise_right_shift": lambda x: O.bitwise_right_shift(whole(x), 1), "gcd": lambda x: O.gcd(whole(x), 12), "lcm": lambda x: O.lcm(whole(x), whole(x[:, ::-1])),
}
# over all samples of a batch whose size is fixed, on x (4, 3)
WHOLE_FLAT = {
    "argmax": O.argmax, "argmin_keep": lambda x: O.argmin(x, keepdims=True), "nanargmax": O.nanargmax, "argsort": lambda x: O.argsort(x, axis=None),
    "multi_hot": lambda x: O.multi_hot(O.cast(O.abs(x[:, 0] * 3), "int32"), 4), "norm_zero": lambda x: O.norm(O.round(x[:, 0]), ord=0),
    "allclose": lambda x: O.allclose(x, x + 1e-9), "allclose_not": lambda x: O.allclose(x, x + 1), "allclose_near": lambda x: O.allclose(x, x + 0.1, atol=0.2), "allclose_none": lambda x: O.allclose(O.log(x), O.log(x), equal_nan=True),
}
WHOLE = {
    "scatter": lambda x: O.scatter(numpy.array([[0], [4], [1], [4]]), x, (5, 3)), "scatter_numbers": lambda x: O.scatter(numpy.array([[0, 2], [1, 1], [1, 0], [0, 2]]), x[:, 0], (2, 3)),
    "scatter_update": lambda x: O.scatter_update(x, numpy.array([[1], [3]]), x[:2, :] * 2), "scatter_update_add": lambda x: O.scatter_update(x, numpy.array([[1, 2], [3, 0], [1, 2]]), x[:3, 1], reduction="add"),
    "scatter_update_max": lambda x: O.scatter_update(x, numpy.array([[1], [3]]), A[:2, :3], reduction="max"), "scatter_update_mul": lambda x: O.scatter_update(x, numpy.array([[0], [2]]), x[2:, :] * 3, reduction="mul"),
    "slice_update": lambda x: O.slice_update(x, (1, 1), x[:2, :2] * 2), "append": lambda x: O.append(x, x * 2), "append_array": lambda x: O.append(x, A[:, :3], axis=0), "inner": lambda x: O.inner(x, x * 2), "dot": lambda x: O.dot(x, O.transpose(x)), "tensordot": lambda x: O.tensordot(x, x, axes=[[0], [0]]),
    "cumsum": O.cumsum, "cumprod": O.cumprod, "flip": O.flip, "roll": lambda x: O.roll(x, 2), "repeat": lambda x: O.repeat(x, 2), "tile": lambda x: O.tile(x, (2, 2, 1)), "sort": lambda x: O.sort(x, axis=None),
    "take_along_axis": lambda x: O.take_along_axis(x, numpy.array([5, 0, -1]), axis=None), "softmax": lambda x: O.softmax(x, axis=None), "log_softmax": lambda x: O.log_softmax(x, axis=None),
    "norm_of_rows": lambda x: O.norm(x[:, 0], ord=3), "norm_of_matrix": lambda x: O.norm(x, ord=1), "norm_fro": lambda x: O.norm(x, ord="fro"), "norm_nuc": lambda x: O.norm(x, ord="nuc"), "norm_two": lambda x: O.norm(x, ord=-2), "norm_rows": lambda x: O.norm(x, ord=float("-inf")),
    "rearrange": lambda x: O.rearrange(x, "a b -> b a"), "rearrange_batch": lambda x: O.rearrange(x, "(a b) c -> b (c a)", a=2), "segment_sum": lambda x: O.segment_sum(x, numpy.array([0, 2, 0, 5]), num_segments=3),
    "segment_max": lambda x: O.relu(O.segment_max(x, numpy.array([1, 1, 0, 1]), num_segments=2)), "segment_min": lambda x: O.segment_min(x[:, 0], numpy.array([1, 1, 0, 1]), num_segments=2), "segment_prod": lambda x: O.segment_prod(x, numpy.array([2, 1, 2, 0]), num_segments=4),
    "vdot": lambda x: O.vdot(x, x * 2), "vdot_array": lambda x: O.vdot(x, A[:, :3]), "meshgrid": lambda x: O.meshgrid(x[:, 0], x[:, 1] * 2)[0], "meshgrid_rows": lambda x: O.meshgrid(x[:, 0], x[:, 1] * 2, indexing="ij")[1],
    "meshgrid_three": lambda x: O.multiply(*O.meshgrid(x[:, 0], x[:, 1], x[:, 2])[1:]), "meshgrid_array": lambda x: O.add(*O.meshgrid(C, x[:, 1])), "diag": lambda x: O.diag(x[:, 0], k=1), "diag_of": lambda x: O.diag(x, k=-1), "diagflat": lambda x: O.diagflat(x, k=2),
    "correlate": lambda x: O.correlate(x[:, 0], x[:, 1], mode="full"), "correlate_array": lambda x: O.correlate(numpy.array([1, -2, 0.5, 3, 0.1, -1], "float32"), x[:, 2], mode="same"),
    "map_coordinates": lambda x: O.image.map_coordinates(x, 4 * A[:2], order=1, fill_value=0.7), "map_coordinates_reflect": lambda x: O.image.map_coordinates(x, 4 * A[:2], order=1, fill_mode="reflect"),
    "map_coordinates_nearest": lambda x: O.image.map_coordinates(x, 4 * A[:2], order=0, fill_mode="mirror"),
    "map_coordinates_tensor": lambda x: O.image.map_coordinates(x, O.stack([x[:, 0] * 3, x[:, 1] * 2], axis=0), order=1, fill_mode="wrap"),
    "scale_and_translate": lambda x: O.image.scale_and_translate(x, (7, 2), numpy.array([1.6, 0.55], "float32"), numpy.array([-0.4, 0.2], "float32"), (0, 1), "linear"),
    "scale_and_translate_cubic": lambda x: O.image.scale_and_translate(x, (4, 5), numpy.array([1.5], "float32"), numpy.array([0.25], "float32"), (-1,), "cubic", antialias=False),
    "scale_and_translate_lanczos": lambda x: O.image.scale_and_translate(x, (3, 3), O.abs(x[0, :1]) + 0.5, x[1, :1], (0,), "lanczos3"),
    "corrcoef": O.corrcoef, "full": lambda x: O.full((2, 4, 3), x), "vstack": lambda x: O.vstack([x, x * 2]), "vstack_flat": lambda x: O.vstack([x[:, 0], x[:, 1]]), "vsplit": lambda x: O.vsplit(x, 2)[1], "vsplit_at": lambda x: O.vsplit(x, [1, 3])[1],
    "flipud": lambda x: O.flipud(x) * x, "psnr": lambda x: O.psnr(x, x * x, max_val=2.0), "median": O.median, "median_keep": lambda x: O.median(x, keepdims=True), "median_even": lambda x: O.median(x[:, :2], axis=(0, 1)), "quantile": lambda x: O.quantile(x, 0.3),
    "percentile": lambda x: O.percentile(x, 70.0, method="higher"), "nanmedian": O.nanmedian, "nanquantile": lambda x: O.nanquantile(x, 0.3, keepdims=True), "nanpercentile": lambda x: O.nanpercentile(x, 30.0), **WHOLE_FLAT,
}


def for_samples(x, node):
    """What the batch comes to, for each of its samples."""
    return O.reshape(x, (4, -1))[:, :1] * 0 + O.reshape(O.cast(node, "float32"), (1, -1))


# what ONNX cannot say of them, or what its runtime does otherwise
NOT_IN_ONNX = set()


class Operations(Case):
    def node(self, name, make):
        x = keras.Input(SHAPE, name="x")
        try:
            return x, make(x)
        except AttributeError:
            self.skipTest(f"this Keras has no {name}")

    def predict(self, path, data):
        return self.predict_with_hone(path, data, ["y"])[0]

    def check_prediction(self, model, name):
        numbers = numpy.random.default_rng(len(name)).uniform(-1, 1, (ROWS, *SHAPE)).astype("float32")
        with quiet():
            expected = numpy.asarray(model.predict_on_batch(numbers)).astype("float32")
        model.save(self.path("m.keras"))
        data = self.write_data([numbers], None, ["x"])
        self.assert_close(self.predict(self.path("m.keras"), data), expected, 1e-5, name)
        hone("convert", self.path("m.keras"), self.path("again.keras"))
        again = load(self.path("again.keras"))
        with quiet():
            self.assert_close(numpy.asarray(again.predict_on_batch(numbers)).astype("float32"), expected, 1e-5, "read by Keras again")
        self.assertEqual([layer.get_config() for layer in load(self.path("m.keras")).operations], [layer.get_config() for layer in again.operations])
        if onnxruntime and name not in NOT_IN_ONNX:
            hone("export", self.path("m.keras"), "--output", self.path("m.onnx"))
            session = onnxruntime.InferenceSession(self.path("m.onnx"), providers=["CPUExecutionProvider"])
            received = session.run(None, {session.get_inputs()[0].name: numbers})[0]
            self.assert_close(numpy.asarray(received).astype("float32"), expected, 1e-5, "ONNX")

    def check_training(self, make, name, tolerance=1e-5):
        x = keras.Input(SHAPE, name="x")
        y = make(keras.layers.Dense(SHAPE[-1], "tanh", name="before")(x))
        model = keras.Model(x, keras.layers.Dense(2, name="y")(keras.layers.Flatten()(y)))
        self.check_step(model, numpy.random.default_rng(3), (ROWS, *SHAPE), tolerance)

    def check_step(self, model, random, shape, tolerance=1e-5):
        """One step on one batch of this shape changes the weights as in Keras."""
        model.compile(keras.optimizers.SGD(0.1), "mse")
        numbers, targets = random.uniform(-1, 1, shape).astype("float32"), random.uniform(-1, 1, (shape[0], 2)).astype("float32")
        model.save(self.path("t.keras"))
        data = self.write_data([numbers], [targets], ["x"], ["y"])
        self.train_with_hone(self.path("t.keras"), data, self.path("trained.keras"), batch_size=shape[0])
        with quiet():
            model.fit(numbers, targets, batch_size=shape[0], epochs=1, shuffle=False, verbose=0)
        self.compare_models(load(self.path("trained.keras")), model, tolerance)


def add(name, make, trained):
    def test(self):
        x, y = self.node(name, make)
        self.check_prediction(keras.Model(x, keras.layers.Identity(name="y")(y)), name)
        if trained:
            self.check_training(make, name)
    setattr(Operations, f"test_{name}", test)


for table in (SMOOTH, FLAT):
    for name, make in some(table.items(), APART):
        if CHOSEN.search(name):
            add(name, make, table is SMOOTH)


def made(table):
    """The outputs of those that this Keras has, by name."""
    def make(x):
        nodes = {}
        for name, node in table.items():
            with contextlib.suppress(AttributeError):
                nodes[name] = node(x)
        return nodes
    return make


class Together(Operations):
    """All of a table in one model: its outputs have the names of the nodes behind "y_"."""

    def check_outputs(self, table, onnx=True):
        x = keras.Input(SHAPE, name="x")
        nodes = made(table)(x)
        model = keras.Model(x, [keras.layers.Identity(name=f"y_{name}")(node) for name, node in nodes.items()])
        numbers = numpy.random.default_rng(5).uniform(-1, 1, (ROWS, *SHAPE)).astype("float32")
        with quiet():
            expected = dict(zip(nodes, model.predict_on_batch(numbers)))  # compiled as one
        model.save(self.path("m.keras"))
        data = self.write_data([numbers], None, ["x"])
        for name, received in zip(nodes, self.predict_with_hone(self.path("m.keras"), data, [f"y_{name}" for name in nodes])):
            self.assert_close(received, numpy.asarray(expected[name]).astype("float32"), 1e-5, name)
        hone("convert", self.path("m.keras"), self.path("again.keras"))
        again = load(self.path("again.keras"))
        with quiet():  # the nodes are compared below; Keras compiles each of them again
            for name, received in zip(nodes, again(numbers)) if FULL else []:
                self.assert_close(numpy.asarray(received).astype("float32"), numpy.asarray(expected[name]).astype("float32"), 1e-5, name + " read by Keras again")
        for before, after in zip(*(self.nodes_of(self.path(file)) for file in ("m.keras", "again.keras")), strict=True):
            self.assertEqual(before, after)
        if onnxruntime and onnx:
            hone("export", self.path("m.keras"), "--output", self.path("m.onnx"))
            session = onnxruntime.InferenceSession(self.path("m.onnx"), providers=["CPUExecutionProvider"])
            for output, received in zip(session.get_outputs(), session.run(None, {session.get_inputs()[0].name: numbers})):
                self.assert_close(numpy.asarray(received).astype("float32"), numpy.asarray(expected[output.name[2:]]).astype("float32"), 1e-5, output.name + " in ONNX")

    @staticmethod
    def nodes_of(path):
        """What the file says of each operation: its settings and its calls, array constants among them; of tensors, whose they are."""
        def plain(value):
            if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
                return value["config"]["keras_history"]
            return [plain(item) for item in value] if isinstance(value, list) else value
        with zipfile.ZipFile(path) as archive:
            layers = json.loads(archive.read("config.json"))["config"]["layers"]
        nodes = [layer for layer in layers if layer["module"].startswith("keras.src.ops")]
        calls = [[[plain(value) for value in [*call["args"], *call["kwargs"].values()] if value is not None] for call in node["inbound_nodes"]] for node in nodes]
        settings = [{key: value for key, value in node["config"].items() if key != "name"} for node in nodes]  # some lack their name
        return [(node["class_name"], config, call) for node, config, call in zip(nodes, settings, calls)]

    def test_together(self):
        self.check_outputs({**SMOOTH_TOGETHER, **FLAT_TOGETHER})

    def test_alone(self):
        alone = {**SMOOTH_ALONE, **FLAT_ALONE}
        self.check_outputs({name: make for name, make in alone.items() if name not in IN_ONNX}, onnx=False)
        self.check_outputs({name: make for name, make in alone.items() if name in IN_ONNX})

    def check_trained_together(self, table):
        def make(x):
            return keras.layers.Concatenate()([keras.layers.Flatten()(node) for node in made(table)(x).values()])
        self.check_training(make, "together", 3e-5)  # one bias has the gradients of all of them, each rounded

    @unittest.skipUnless(FULL, "gradients, which finite differences check in `make test`: make test-full")
    def test_together_trained(self):
        self.check_trained_together(SMOOTH_TOGETHER)

    def test_alone_trained(self):
        self.check_trained_together(SMOOTH_ALONE)

    def test_whole_batches(self):
        x, numbers = keras.Input(batch_shape=(4, 3), name="x"), numpy.random.default_rng(6).uniform(-1, 1, (4, 3)).astype("float32")
        nodes = {name: for_samples(x, node) for name, node in made(WHOLE)(x).items()}
        model = keras.Model(x, [keras.layers.Identity(name=f"y_{name}")(node) for name, node in nodes.items()])
        model.save(self.path("m.keras"))
        hone("convert", self.path("m.keras"), self.path("again.keras"))
        data, again = self.write_data([numbers], None, ["x"]), load(self.path("again.keras"))
        with quiet():
            expected = model(numbers)
            back = again(numbers) if FULL else expected  # Keras compiles each node again
        for name, a, b, c in zip(nodes, expected, self.predict_with_hone(self.path("m.keras"), data, [f"y_{name}" for name in nodes]), back, strict=True):
            self.assert_close(b, numpy.asarray(a), 1e-5, name)
            self.assert_close(numpy.asarray(c), numpy.asarray(a), 1e-5, name + " read by Keras again")

    @unittest.skipUnless(FULL, "gradients, which finite differences check in `make test`: make test-full")
    def test_whole_batches_trained(self):
        x = keras.Input(batch_shape=(4, 3), name="x")
        before = keras.layers.Dense(3, "tanh", name="before")(x)
        nodes = [for_samples(before, node) for name, node in made(WHOLE)(before).items() if name not in (*WHOLE_FLAT, "corrcoef", "vstack_flat", "rearrange_batch", "segment_prod", "scatter_update_mul")]  # Keras foretells shapes of two otherwise than they are, and cannot compile the others or their gradient
        model = keras.Model(x, keras.layers.Dense(2, name="y")(keras.layers.Concatenate()(nodes)))
        self.check_step(model, numpy.random.default_rng(6), (4, 3))

    def test_narrow_integers(self):
        """Of 8 and 16 bits they wrap around as in Keras, also where types meet."""
        nodes = {
            "add": lambda x, y: x + y, "subtract": lambda x, y: x - y, "multiply": lambda x, y: x * (y // 100 // 5 + 3), "negative": lambda x, y: -x, "absolute": lambda x, y: O.abs(x),
            "square": lambda x, y: O.square(x // 16), "cumsum": lambda x, y: O.cumsum(x, axis=1), "sum": lambda x, y: O.sum(x, axis=1), "shift": lambda x, y: O.left_shift(x, 3),
            "not": lambda x, y: O.bitwise_not(x), "constant": lambda x, y: x * 3 + 100, "array": lambda x, y: x * numpy.array([3, 5, 7], "int8"), "float": lambda x, y: x + 0.5,
            "mod": lambda x, y: (x * 3 + y) % 97, "where": lambda x, y: O.where(x > y, x - y, 0), "diff": lambda x, y: O.diff(x, axis=1), "types": lambda x, y: x + O.cast(y, "int8"),
            "truth": lambda x, y: x + (x > y), "layer": lambda x, y: keras.layers.Add()([x, y]), "outer": lambda x, y: x[:, :, None] + y[:, None], "wider": lambda x, y: O.cast(x + y, "int32") + 300,
        }
        random = numpy.random.default_rng(8)
        for dtype in ("int8", "uint8", "int16", "uint16"):
            with self.subTest(dtype=dtype):
                bounds = numpy.iinfo(dtype)
                numbers = [random.integers(bounds.min, bounds.max, (40, 3), dtype=dtype, endpoint=True) for _ in range(2)]
                x, y = keras.Input((3,), dtype=dtype, name="x"), keras.Input((3,), dtype=dtype, name="y")
                model = keras.Model([x, y], [keras.layers.Identity(name=f"y_{name}")(make(x, y)) for name, make in nodes.items()])
                model.save(self.path("m.keras"))
                data = self.write_data(numbers, None, ["x", "y"])
                for name, a, b in zip(nodes, model(numbers), self.predict_with_hone(self.path("m.keras"), data, [f"y_{name}" for name in nodes]), strict=True):
                    numpy.testing.assert_array_equal(b, numpy.asarray(a).astype("float32"), name)

    def test_large_integers(self):
        x = keras.Input((1,), dtype="int32", name="x")
        for make, number, said in ((lambda x: x + 1, 2 ** 24 - 1, "16777216"), (lambda x: x % 1000, 123456789, "mod"), (lambda x: x * x, 5000, "25000000"), (lambda x: x[:, :1], 2 ** 24, "16777216")):
            keras.Model(x, make(x)).save(self.path("m.keras"))
            self.assertIn(said, hone("predict", self.path("m.keras"), "--data", self.write_data([numpy.array([[number]], "int32")]), "--output", self.path("y.npy"), status=1)[1])
        model = keras.Model(x, O.cast(x, "float32") * 2)
        model.save(self.path("m.keras"))
        numbers = numpy.array([[123456789], [-7]], "int32")
        numpy.testing.assert_array_equal(self.predict_with_hone(self.path("m.keras"), self.write_data([numbers]), ["y"])[0], numpy.asarray(model(numbers)))

    def test_refused_with_reasons(self):
        for node, reason in ((lambda x: O.unique(O.reshape(x, (-1,))), "hangs on the numbers"), (O.nonzero, "hangs on the numbers"), (lambda x: O.where(x > 0), "give both"),
                             (lambda x: O.eig(square(x))[0], "complex")):
            x = keras.Input(SHAPE, name="x")
            try:
                y = node(x)
            except (AttributeError, ValueError, TypeError):
                continue
            y = y[0] if isinstance(y, (tuple, list)) else y
            keras.Model(x, y).save(self.path("m.keras"))
            self.assertIn(reason, hone("summary", self.path("m.keras"), status=1)[1])


for name in [name for name in vars(Operations) if name.startswith("test_")]:
    setattr(Together, name, None)
if os.environ.get("OPERATIONS"):
    for table in (SMOOTH_TOGETHER, FLAT_TOGETHER, SMOOTH_ALONE, FLAT_ALONE):
        NOT_IN_ONNX.update(set(table) - IN_ONNX if table in (SMOOTH_ALONE, FLAT_ALONE) else ())
        for name, make in table.items():
            if CHOSEN.search(name):
                add(name, make, table in (SMOOTH_TOGETHER, SMOOTH_ALONE))

if __name__ == "__main__":
    unittest.main()

"""Cases of the layers over images, for layers.py: resizing, and what is drawn with a fixed factor while training."""
import numpy

from common import generator, uniform

FILTERS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
FIRST = {"data_format": "channels_first"}
ROUNDED = {"tolerance": 5e-5, "note": "the places are computed in float32"}


def pixels(name, height, width, channels=3, batch=2, high=255, first=False):
    """Images with numbers from 0 to `high`; no two of a channel alike."""
    shape = (batch, channels, height, width) if first else (batch, height, width, channels)
    return uniform(generator("images", name, *shape), 0, high, *shape).astype("float32")


def small(name, height, width, **options):
    return pixels(name, height, width, high=1, **options)


def up_sampling_filters():
    for interpolation in FILTERS[1:]:
        yield interpolation, {"size": [2, 3], "interpolation": interpolation}, small("up_sampling2d", 4, 5)
        yield f"{interpolation}, channels first", {"size": 2, "interpolation": interpolation, **FIRST}, \
            small("up_sampling2d", 3, 4, first=True)


def resizing():
    for interpolation in FILTERS:
        base = {"interpolation": interpolation}
        yield f"{interpolation}, larger", {"height": 7, "width": 9, **base}, small("resizing", 4, 5)
        yield f"{interpolation}, smaller", {"height": 3, "width": 4, **base}, small("resizing", 8, 11)
        yield f"{interpolation}, smaller, antialias", {"height": 3, "width": 4, "antialias": True, **base}, \
            small("resizing", 8, 11)
        yield f"{interpolation}, channels first", {"height": 5, "width": 3, **base, **FIRST}, \
            small("resizing", 4, 6, first=True)
    yield "as large", {"height": 4, "width": 5}, small("resizing", 4, 5)
    yield "larger, antialias", {"height": 9, "width": 8, "antialias": True}, small("resizing", 4, 5)
    for height, width in ((4, 4), (3, 7), (6, 2)):
        for word, option in (("crop", "crop_to_aspect_ratio"), ("pad", "pad_to_aspect_ratio")):
            yield f"{word} wide to {height} x {width}", {"height": height, "width": width, option: True}, \
                small("resizing", 5, 12), ROUNDED
            yield f"{word} tall to {height} x {width}", {"height": height, "width": width, option: True}, \
                small("resizing", 11, 4), ROUNDED
    yield "pad, fill value", {"height": 4, "width": 4, "pad_to_aspect_ratio": True, "fill_value": 0.5}, \
        small("resizing", 4, 9)
    yield "pad, channels first", {"height": 4, "width": 4, "pad_to_aspect_ratio": True, **FIRST}, \
        small("resizing", 4, 9, first=True)
    yield "pad, bicubic, antialias", {"height": 4, "width": 4, "pad_to_aspect_ratio": True, "interpolation": "bicubic",
                                      "antialias": True}, small("resizing", 6, 9)


def center_crop():
    yield "smaller", {"height": 3, "width": 4}, small("center_crop", 6, 7)
    yield "odd differences", {"height": 2, "width": 2}, small("center_crop", 5, 7)
    yield "as large", {"height": 5, "width": 4}, small("center_crop", 5, 4)
    yield "too small", {"height": 8, "width": 9}, small("center_crop", 5, 4)
    yield "too small in one direction", {"height": 8, "width": 3}, small("center_crop", 5, 7)
    yield "channels first", {"height": 3, "width": 4, **FIRST}, small("center_crop", 6, 7, first=True)
    yield "too small, channels first", {"height": 8, "width": 4, **FIRST}, small("center_crop", 6, 7, first=True)


IMAGES = {"Resizing": resizing, "CenterCrop": center_crop}

# The fewest arguments that make one.
IMAGES_NEEDED = {name: {"height": 4, "width": 5} for name in ("Resizing", "CenterCrop")}

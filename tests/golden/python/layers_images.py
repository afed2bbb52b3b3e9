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


TRAINING = {"training": True}


def whole(name, height, width, **options):
    """The same with whole numbers, some of them equal."""
    return numpy.floor(pixels(name, height, width, **options))


def auto_contrast():
    yield "bytes", {}, pixels("auto_contrast", 4, 5)
    yield "from 0 to 1", {"value_range": [0, 1]}, small("auto_contrast", 3, 4)
    flat = pixels("auto_contrast", 3, 4)
    flat[0, :, :, 1] = 7
    yield "a channel of equal numbers, training", {}, flat, TRAINING
    yield "channels first", FIRST, pixels("auto_contrast", 3, 4, first=True)


def equalization():
    yield "inference", {}, pixels("equalization", 3, 4)
    yield "31 bins, training", {"bins": 31}, whole("equalization", 6, 7, channels=1), TRAINING
    yield "16 bins, training", {"bins": 16}, whole("equalization", 6, 7), TRAINING
    yield "from 0 to 1, training", {"bins": 20, "value_range": [0, 1]}, small("equalization", 5, 6), TRAINING
    yield "channels first, training", {"bins": 8, **FIRST}, whole("equalization", 5, 4, first=True), TRAINING


def solarization():
    yield "inference", {"addition_factor": 0.5, "threshold_factor": 0.5}, pixels("solarization", 3, 4)
    yield "training", {}, pixels("solarization", 3, 4), TRAINING
    yield "from 0 to 1, training", {"value_range": [0, 1]}, small("solarization", 3, 4), TRAINING


def only_inference(name, arguments):
    def rows():
        yield "inference", arguments, pixels(name, 3, 4)
        yield "inference, channels first", {**arguments, **FIRST}, pixels(name, 3, 4, first=True)
    return rows


def moved(name, fixed, far):
    """By a matrix that is the same for all: all that lies outside, both interpolations."""
    def rows():
        yield "inference", fixed, small(name, 4, 5)
        yield "training", fixed, small(name, 5, 6), TRAINING
        for fill_mode in ("wrap", "constant", "nearest", "reflect"):
            yield f"{fill_mode}, training", {**far, "fill_mode": fill_mode, "fill_value": 0.4}, small(name, 4, 7), TRAINING
        yield "nearest pixel, training", {**fixed, "interpolation": "nearest"}, small(name, 5, 4), TRAINING
        yield "channels first, training", {**fixed, **FIRST}, small(name, 5, 6, first=True), TRAINING
    return rows


def random_crop():
    yield "inference", {"height": 2, "width": 3, "seed": 1}, small("random_crop", 4, 5)
    yield "as large, training", {"height": 4, "width": 5, "seed": 1}, small("random_crop", 4, 5), TRAINING
    yield "larger, training", {"height": 6, "width": 5, "seed": 1}, small("random_crop", 4, 3), TRAINING
    yield "larger in one direction, training", {"height": 6, "width": 2, "seed": 1}, small("random_crop", 4, 7), TRAINING


def random_shear():
    yield "inference", {"x_factor": 0.3, "y_factor": 0.2}, small("random_shear", 4, 5)
    yield "nothing, training", {}, small("random_shear", 4, 5), TRAINING


def random_perspective():
    yield "inference", {}, small("random_perspective", 4, 5)
    yield "nothing, training", {"factor": [1, 1], "scale": 0.0}, small("random_perspective", 4, 5), \
        {**TRAINING, "tolerance": 5e-5, "note": "the matrix is solved for in float32"}
    yield "never, training", {"factor": [0, 0]}, small("random_perspective", 4, 5), TRAINING


def coloured(name, *fixed, within=1):
    """A factor that is the same for all, of bytes and of numbers from 0 to 1 (or that fraction around the middle, where
    no number is at the end of the range)."""
    def rows():
        inner = lambda high: ((pixels(name, 4, 5, high=high) - high / 2) * within + high / 2).astype("float32")
        yield "inference", {"factor": 0.5}, pixels(name, 3, 4)
        for factor in fixed:
            yield f"{factor}, training", {"factor": [factor, factor]}, inner(255), TRAINING
            yield f"{factor} from 0 to 1, training", {"factor": [factor, factor], "value_range": [0, 1]}, \
                inner(1), TRAINING
        yield "channels first, training", {"factor": [fixed[0], fixed[0]], **FIRST}, pixels(name, 3, 4, first=True), \
            TRAINING
    return rows


def random_posterization():
    yield "inference", {"factor": 4}, pixels("random_posterization", 3, 4)
    yield "3 bits, training", {"factor": [3, 3]}, pixels("random_posterization", 4, 5), TRAINING
    yield "5 bits, from 0 to 1, training", {"factor": [5, 5], "value_range": [0, 1]}, \
        small("random_posterization", 4, 5), TRAINING
    yield "8 bits, training", {"factor": [8, 8]}, whole("random_posterization", 3, 4), TRAINING


def clahe():
    name = "contrast_limited_adaptive_histogram_equalization"
    yield "defaults", {}, whole(name, 17, 19)
    yield "tiles that fit", {"tile_grid_size": [2, 3], "clip_limit": 2.0}, whole(name, 8, 12)
    yield "training", {"tile_grid_size": [3, 2]}, whole(name, 7, 5), TRAINING
    yield "any count", {"tile_grid_size": [2, 2], "clip_limit": 0.0}, whole(name, 6, 7)
    yield "from 0 to 1", {"tile_grid_size": [2, 2], "value_range": [0, 1]}, small(name, 6, 7)
    yield "around 0", {"tile_grid_size": [2, 2], "value_range": [-1, 1]}, small(name, 6, 7)
    yield "channels first", {"tile_grid_size": [2, 1], **FIRST}, pixels(name, 6, 7, first=True)


def random_elastic_transform():
    yield "inference", {}, pixels("random_elastic_transform", 5, 6)
    yield "nothing, training", {"scale": [0, 0]}, pixels("random_elastic_transform", 5, 6), TRAINING


def random_grayscale():
    yield "inference", {}, pixels("random_grayscale", 3, 4)
    yield "always, training", {"factor": 1.0}, pixels("random_grayscale", 3, 4), TRAINING
    yield "never, training", {"factor": 0.0}, pixels("random_grayscale", 3, 4), TRAINING
    yield "channels first, training", {"factor": 1.0, **FIRST}, pixels("random_grayscale", 3, 4, first=True), TRAINING


def random_color_jitter():
    yield "inference", {"brightness_factor": 0.5}, pixels("random_color_jitter", 3, 4)
    yield "nothing, training", {}, pixels("random_color_jitter", 3, 4), TRAINING
    yield "training", {"brightness_factor": [0.2, 0.2], "saturation_factor": [0.3, 0.3], "hue_factor": [0.0, 0.0],
                       "value_range": [0, 1]}, small("random_color_jitter", 3, 4), TRAINING


def random_erasing():
    yield "inference", {}, pixels("random_erasing", 3, 4)
    yield "never, training", {"factor": [0, 0]}, pixels("random_erasing", 3, 4), TRAINING
    yield "everything, training", {"factor": [1, 1], "scale": [1, 1], "fill_value": 9}, \
        pixels("random_erasing", 3, 4), TRAINING


def random_gaussian_blur():
    yield "inference", {}, pixels("random_gaussian_blur", 4, 5)
    fixed = {"factor": [1, 1], "sigma": [0.7, 0.7]}
    yield "training", fixed, pixels("random_gaussian_blur", 4, 5), TRAINING
    yield "window of unlike sides, training", {**fixed, "kernel_size": [5, 3]}, pixels("random_gaussian_blur", 5, 6), TRAINING
    yield "channels first, training", {**fixed, **FIRST}, pixels("random_gaussian_blur", 4, 3, first=True), TRAINING
    yield "never, training", {"factor": [0, 0]}, pixels("random_gaussian_blur", 4, 5), TRAINING


def random_invert():
    yield "inference", {}, pixels("random_invert", 3, 4)
    yield "always, training", {"factor": [1, 1]}, pixels("random_invert", 3, 4), TRAINING
    yield "always, from 0 to 1, training", {"factor": [1, 1], "value_range": [0, 1]}, small("random_invert", 3, 4), TRAINING


IMAGES = {
    "Resizing": resizing, "CenterCrop": center_crop, "AutoContrast": auto_contrast, "Equalization": equalization,
    "Solarization": solarization, "RandomFlip": only_inference("random_flip", {}),
    "RandomRotation": moved("random_rotation", {"factor": [0.06, 0.06]}, {"factor": [-0.3, -0.3]}),
    "RandomZoom": moved("random_zoom", {"height_factor": [0.3, 0.3]},
                        {"height_factor": [0.9, 0.9], "width_factor": [-0.4, -0.4]}),
    "RandomTranslation": moved("random_translation", {"height_factor": [0.13, 0.13], "width_factor": [-0.21, -0.21]},
                               {"height_factor": [-0.9, -0.9], "width_factor": [0.77, 0.77]}),
    "RandomCrop": random_crop, "RandomShear": random_shear, "RandomPerspective": random_perspective,
    "RandomContrast": coloured("random_contrast", 0.0, within=0.9), "RandomBrightness": coloured("random_brightness", 0.3, -0.5),
    "RandomSaturation": coloured("random_saturation", 0.3, 0.7), "RandomHue": coloured("hue", 0.0, within=0.9),
    "RandomGrayscale": random_grayscale, "RandomColorDegeneration": coloured("random_color_degeneration", 0.4),
    "RandomColorJitter": random_color_jitter, "RandomErasing": random_erasing,
    "RandomGaussianBlur": random_gaussian_blur, "RandomPosterization": random_posterization,
    "RandomSharpness": coloured("random_sharpness", 0.8, 0.1), "RandomInvert": random_invert,
    "MixUp": only_inference("mix_up", {}), "CutMix": only_inference("cut_mix", {}),
    "RandAugment": only_inference("rand_augment", {}), "AugMix": only_inference("aug_mix", {}),
    "ContrastLimitedAdaptiveHistogramEqualization": clahe, "RandomElasticTransform": random_elastic_transform,
    "MaxNumBoundingBoxes": lambda: [("images alone", {"max_number": 3}, pixels("max_num_bounding_boxes", 3, 4))],
}

# The fewest arguments that make one.
IMAGES_NEEDED = {name: {"height": 4, "width": 5} for name in ("Resizing", "CenterCrop")}
IMAGES_NEEDED |= {"RandomCrop": {"height": 4, "width": 5, "seed": 3}, "RandomRotation": {"factor": 0.2},
                  "RandomZoom": {"height_factor": 0.2}, "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.3},
                  "RandomPosterization": {"factor": 4}, "MaxNumBoundingBoxes": {"max_number": 3}}
IMAGES_NEEDED |= {f"Random{name}": {"factor": 0.25} for name in (
    "Contrast", "Brightness", "Saturation", "Hue", "ColorDegeneration", "Sharpness")}

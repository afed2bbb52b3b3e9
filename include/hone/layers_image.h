/* Layers that change images (batch, height, width, channels): to another size, and at random while training.
 * Included by layers.h. Draws are a function of the seed, the layer's name and the step. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_IMAGE_H
#define HONE_LAYERS_IMAGE_H

#define HONE_BYTE_RANGE \
    { \
        0, 255 \
    }
#define HONE_ERASING_SCALE \
    { \
        0.02, 0.33 \
    }
#define HONE_ONE_NUMBER(number) \
    { \
        number, HONE_NONE \
    }
#define HONE_VALUE_RANGE_FIELD(F, A) \
    F(A, NUMBERS, value_range, HONE_BYTE_RANGE, "lowest and highest value of the images", .items = 2)

/* height x width pixels, by jax.image.resize's filters */
#define HONE_RESIZING_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, height, HONE_NONE_INTEGER, "height of the output, in pixels", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, INTEGER, width, HONE_NONE_INTEGER, "width of the output, in pixels", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    HONE_INTERPOLATION_FIELD(F, A, "bilinear") \
    F(A, BOOLEAN, crop_to_aspect_ratio, false, "crop to the aspect ratio of the output first") \
    F(A, BOOLEAN, pad_to_aspect_ratio, false, "pad to the aspect ratio of the output first") \
    F(A, TEXT, fill_mode, "constant", "what is padded with", HONE_ONE_OF("constant")) \
    F(A, NUMBER, fill_value, 0.0, "value that is padded with") \
    F(A, BOOLEAN, antialias, false, "widen the filter when images become smaller") \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(resizing, HONE_RESIZING_FIELDS);
#define hone_resizing(...) \
    HONE_ARGS_CALL(hone_resizing_with, hone_resizing_args, HONE_RESIZING_FIELDS, .height = __VA_ARGS__)

/* The middle of each image; where an image is too small, the largest part of that aspect ratio, resized. */
#define HONE_CENTER_CROP_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, height, HONE_NONE_INTEGER, "height of the output, in pixels", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, INTEGER, width, HONE_NONE_INTEGER, "width of the output, in pixels", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(center_crop, HONE_CENTER_CROP_FIELDS);
#define hone_center_crop(...) \
    HONE_ARGS_CALL(hone_center_crop_with, hone_center_crop_args, HONE_CENTER_CROP_FIELDS, \
                   .height = __VA_ARGS__)

/* Stretches each channel of each image to the whole range of values. */
#define HONE_AUTO_CONTRAST_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(auto_contrast, HONE_AUTO_CONTRAST_FIELDS);
#define hone_auto_contrast(...) \
    HONE_ARGS_CALL(hone_auto_contrast_with, hone_auto_contrast_args, HONE_AUTO_CONTRAST_FIELDS, __VA_ARGS__)

/* Spreads the values of each channel evenly, by the histograms of tiles, whose counts are limited: noise in
 * even regions does not grow. In prediction too. Pizer and others, 1987. */
#define HONE_CONTRAST_LIMITED_ADAPTIVE_HISTOGRAM_EQUALIZATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    F(A, NUMBER, clip_limit, 4.0, \
      "largest count of a level, as a multiple of the mean count; 0 or less: any") \
    F(A, SIZES, tile_grid_size, HONE_EACH_OF_2(8), "rows and columns of tiles", HONE_BETWEEN(1, 1024), \
      .items = 2) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(contrast_limited_adaptive_histogram_equalization,
                        HONE_CONTRAST_LIMITED_ADAPTIVE_HISTOGRAM_EQUALIZATION_FIELDS);
#define hone_contrast_limited_adaptive_histogram_equalization(...) \
    HONE_ARGS_CALL(hone_contrast_limited_adaptive_histogram_equalization_with, \
                   hone_contrast_limited_adaptive_histogram_equalization_args, \
                   HONE_CONTRAST_LIMITED_ADAPTIVE_HISTOGRAM_EQUALIZATION_FIELDS, __VA_ARGS__)

/* In training, spreads the values of each channel evenly, by the histogram over the batch. */
#define HONE_EQUALIZATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    F(A, INTEGER, bins, 256, "number of bins of the histogram", HONE_BETWEEN(2, 65536)) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(equalization, HONE_EQUALIZATION_FIELDS);
#define hone_equalization(...) \
    HONE_ARGS_CALL(hone_equalization_with, hone_equalization_args, HONE_EQUALIZATION_FIELDS, __VA_ARGS__)

/* In training, adds a drawn number and inverts what is then above a drawn threshold. */
#define HONE_SOLARIZATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, addition_factor, HONE_ONE_NUMBER(0.0), \
      "added, as a fraction of the value range: a range to draw from", HONE_BETWEEN(0, 1), .range = true) \
    F(A, NUMBERS, threshold_factor, HONE_ONE_NUMBER(0.0), \
      "threshold, as a fraction of the value range: a range to draw from", HONE_BETWEEN(0, 1), \
      .range = true) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    HONE_SEED_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(solarization, HONE_SOLARIZATION_FIELDS);
#define hone_solarization(...) \
    HONE_ARGS_CALL(hone_solarization_with, hone_solarization_args, HONE_SOLARIZATION_FIELDS, __VA_ARGS__)

/* In training, mirrors half of the images. With both directions one draw decides on both. */
#define HONE_RANDOM_FLIP_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, TEXT, mode, "horizontal_and_vertical", "directions", \
      HONE_ONE_OF("horizontal|vertical|horizontal_and_vertical")) \
    HONE_SEED_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_flip, HONE_RANDOM_FLIP_FIELDS);
#define hone_random_flip(...) \
    HONE_ARGS_CALL(hone_random_flip_with, hone_random_flip_args, HONE_RANDOM_FLIP_FIELDS, __VA_ARGS__)

/* In training, rotates each image by its own angle. */
#define HONE_RANDOM_ROTATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_NO_NUMBERS, \
      "angle as a fraction of a full turn: a range to draw from; one number f is the range -f to f", \
      HONE_REQUIRED, HONE_BETWEEN(-1, 1), .range = true) \
    F(A, TEXT, fill_mode, "reflect", "what lies outside the image", \
      HONE_ONE_OF("reflect|wrap|constant|nearest")) \
    F(A, TEXT, interpolation, "bilinear", "interpolation method", HONE_ONE_OF("nearest|bilinear")) \
    HONE_SEED_FIELD(F, A) \
    F(A, NUMBER, fill_value, 0.0, "value outside the image with fill_mode constant") \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_rotation, HONE_RANDOM_ROTATION_FIELDS);
#define hone_random_rotation(...) \
    HONE_ARGS_CALL(hone_random_rotation_with, hone_random_rotation_args, HONE_RANDOM_ROTATION_FIELDS, \
                   __VA_ARGS__)

/* In training, zooms each image; positive factors zoom out. */
#define HONE_RANDOM_ZOOM_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, height_factor, HONE_NO_NUMBERS, \
      "zoom of the height: a range to draw from, positive zooms out; one number f is the range -f to f", \
      HONE_REQUIRED, .bounded = true, .lowest = -1, .highest = 1, .open_below = true, .items = 2, \
      .scalar_or_list = true) \
    F(A, NUMBERS, width_factor, HONE_NO_NUMBERS, "the same for the width (default: the draw of the height)", \
      .bounded = true, .lowest = -1, .highest = 1, .open_below = true, .items = 2, .scalar_or_list = true) \
    F(A, TEXT, fill_mode, "reflect", "what lies outside the image", \
      HONE_ONE_OF("reflect|wrap|constant|nearest")) \
    F(A, TEXT, interpolation, "bilinear", "interpolation method", HONE_ONE_OF("nearest|bilinear")) \
    HONE_SEED_FIELD(F, A) \
    F(A, NUMBER, fill_value, 0.0, "value outside the image with fill_mode constant") \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_zoom, HONE_RANDOM_ZOOM_FIELDS);
#define hone_random_zoom(...) \
    HONE_ARGS_CALL(hone_random_zoom_with, hone_random_zoom_args, HONE_RANDOM_ZOOM_FIELDS, __VA_ARGS__)

/* In training, moves each image. */
#define HONE_RANDOM_TRANSLATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, height_factor, HONE_NO_NUMBERS, \
      "shift as a fraction of the height: a range to draw from; one number f is the range -f to f", \
      HONE_REQUIRED, HONE_BETWEEN(-1, 1), .items = 2, .scalar_or_list = true) \
    F(A, NUMBERS, width_factor, HONE_NO_NUMBERS, "shift as a fraction of the width", HONE_REQUIRED, \
      HONE_BETWEEN(-1, 1), .items = 2, .scalar_or_list = true) \
    F(A, TEXT, fill_mode, "reflect", "what lies outside the image", \
      HONE_ONE_OF("reflect|wrap|constant|nearest")) \
    F(A, TEXT, interpolation, "bilinear", "interpolation method", HONE_ONE_OF("nearest|bilinear")) \
    HONE_SEED_FIELD(F, A) \
    F(A, NUMBER, fill_value, 0.0, "value outside the image with fill_mode constant") \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_translation, HONE_RANDOM_TRANSLATION_FIELDS);
#define hone_random_translation(...) \
    HONE_ARGS_CALL(hone_random_translation_with, hone_random_translation_args, \
                   HONE_RANDOM_TRANSLATION_FIELDS, __VA_ARGS__)

/* In training, a part of this size at a drawn place, the same for the whole batch. In prediction the images
 * stay as they are. */
#define HONE_RANDOM_CROP_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, height, HONE_NONE_INTEGER, "height of the output, in pixels", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, INTEGER, width, HONE_NONE_INTEGER, "width of the output, in pixels", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    HONE_SEED_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_crop, HONE_RANDOM_CROP_FIELDS);
#define hone_random_crop(...) \
    HONE_ARGS_CALL(hone_random_crop_with, hone_random_crop_args, HONE_RANDOM_CROP_FIELDS, \
                   .height = __VA_ARGS__)

/* In training, shears each image. */
#define HONE_RANDOM_SHEAR_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, x_factor, HONE_ONE_NUMBER(0.0), \
      "shear along the width: a range to draw from; one number f is the range -f to f", HONE_BETWEEN(-1, 1), \
      .range = true) \
    F(A, NUMBERS, y_factor, HONE_ONE_NUMBER(0.0), "shear along the height", HONE_BETWEEN(-1, 1), \
      .range = true) \
    F(A, TEXT, interpolation, "bilinear", "interpolation method", HONE_ONE_OF("nearest|bilinear")) \
    F(A, TEXT, fill_mode, "reflect", "what lies outside the image", \
      HONE_ONE_OF("reflect|wrap|constant|nearest")) \
    F(A, NUMBER, fill_value, 0.0, "value outside the image with fill_mode constant") \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_SEED_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_shear, HONE_RANDOM_SHEAR_FIELDS);
#define hone_random_shear(...) \
    HONE_ARGS_CALL(hone_random_shear_with, hone_random_shear_args, HONE_RANDOM_SHEAR_FIELDS, __VA_ARGS__)

/* In training, moves the corners of images. */
#define HONE_RANDOM_PERSPECTIVE_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_ONE_NUMBER(1.0), \
      "probability for each image: a range that it is drawn from; one number f is the range 0 to f", \
      HONE_BETWEEN(0, 1), .range = true) \
    F(A, NUMBER, scale, 1.0, "how far corners move, as a fraction of their distance", HONE_BETWEEN(0, 1)) \
    F(A, TEXT, interpolation, "bilinear", "interpolation method", HONE_ONE_OF("nearest|bilinear")) \
    F(A, NUMBER, fill_value, 0.0, "value outside the image with fill_mode constant") \
    HONE_SEED_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_perspective, HONE_RANDOM_PERSPECTIVE_FIELDS);
#define hone_random_perspective(...) \
    HONE_ARGS_CALL(hone_random_perspective_with, hone_random_perspective_args, \
                   HONE_RANDOM_PERSPECTIVE_FIELDS, __VA_ARGS__)

/* In training, distorts images as if they were printed on rubber: each pixel is moved by smoothed noise.
 * Simard and others: "Best practices for convolutional neural networks", 2003. */
#define HONE_RANDOM_ELASTIC_TRANSFORM_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_ONE_NUMBER(1.0), \
      "probability for each image: a range that it is drawn from; one number f is the range 0 to f", \
      HONE_BETWEEN(0, 1), .range = true) \
    F(A, NUMBERS, scale, HONE_ONE_NUMBER(1.0), \
      "strength of the distortion: a range to draw from, once for a batch; one number f is the range 0 to f", \
      HONE_BETWEEN(0, 1), .range = true) \
    F(A, TEXT, interpolation, "bilinear", "interpolation method", HONE_ONE_OF("nearest|bilinear")) \
    F(A, TEXT, fill_mode, "reflect", "what lies outside the image", \
      HONE_ONE_OF("reflect|wrap|constant|nearest|mirror")) \
    F(A, NUMBER, fill_value, 0.0, "value outside the image with fill_mode constant") \
    HONE_VALUE_RANGE_FIELD(F, A) \
    HONE_SEED_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_elastic_transform, HONE_RANDOM_ELASTIC_TRANSFORM_FIELDS);
#define hone_random_elastic_transform(...) \
    HONE_ARGS_CALL(hone_random_elastic_transform_with, hone_random_elastic_transform_args, \
                   HONE_RANDOM_ELASTIC_TRANSFORM_FIELDS, __VA_ARGS__)

/* In training, multiplies the distance from the mean of each channel by a number from 1 - low to 1 + high. */
#define HONE_RANDOM_CONTRAST_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_NO_NUMBERS, "low and high; one number f is 0 and f", HONE_REQUIRED, \
      HONE_BETWEEN(0, 1), .range = true) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    HONE_SEED_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_contrast, HONE_RANDOM_CONTRAST_FIELDS);
#define hone_random_contrast(...) \
    HONE_ARGS_CALL(hone_random_contrast_with, hone_random_contrast_args, HONE_RANDOM_CONTRAST_FIELDS, \
                   __VA_ARGS__)

/* In training, adds a drawn number to each image. */
#define HONE_RANDOM_BRIGHTNESS_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_NO_NUMBERS, \
      "added, as a fraction of the value range: a range to draw from; one number f is the range -f to f", \
      HONE_REQUIRED, HONE_BETWEEN(-1, 1), .range = true) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    HONE_SEED_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_brightness, HONE_RANDOM_BRIGHTNESS_FIELDS);
#define hone_random_brightness(...) \
    HONE_ARGS_CALL(hone_random_brightness_with, hone_random_brightness_args, HONE_RANDOM_BRIGHTNESS_FIELDS, \
                   __VA_ARGS__)

/* In training, multiplies the saturation by f / (1 - f). */
#define HONE_RANDOM_SATURATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_NO_NUMBERS, \
      "f: a range to draw from; 0 is gray, 0.5 changes nothing; one number f is the range -f to f", \
      HONE_REQUIRED, HONE_BETWEEN(-1, 1), .range = true) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_SEED_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_saturation, HONE_RANDOM_SATURATION_FIELDS);
#define hone_random_saturation(...) \
    HONE_ARGS_CALL(hone_random_saturation_with, hone_random_saturation_args, HONE_RANDOM_SATURATION_FIELDS, \
                   __VA_ARGS__)

/* In training, turns the hue by up to half a turn in a drawn direction. */
#define HONE_RANDOM_HUE_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_NO_NUMBERS, \
      "a range to draw from, 1 is half a turn; one number f is the range 0 to f", HONE_REQUIRED, \
      HONE_BETWEEN(0, 1), .range = true) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_SEED_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_hue, HONE_RANDOM_HUE_FIELDS);
#define hone_random_hue(...) \
    HONE_ARGS_CALL(hone_random_hue_with, hone_random_hue_args, HONE_RANDOM_HUE_FIELDS, __VA_ARGS__)

/* In training, makes some images gray. */
#define HONE_RANDOM_GRAYSCALE_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, factor, 0.5, "probability for each image", HONE_BETWEEN(0, 1)) \
    HONE_DATA_FORMAT_FIELD(F, A) \
    F(A, INTEGER, seed, HONE_NONE_INTEGER, \
      "random seed (default: from the model's seed and the layer's name)", .newer = true)
HONE_DECLARE_LAYER_ARGS(random_grayscale, HONE_RANDOM_GRAYSCALE_FIELDS);
#define hone_random_grayscale(...) \
    HONE_ARGS_CALL(hone_random_grayscale_with, hone_random_grayscale_args, HONE_RANDOM_GRAYSCALE_FIELDS, \
                   __VA_ARGS__)

/* In training, mixes each image with its gray one. */
#define HONE_RANDOM_COLOR_DEGENERATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_NO_NUMBERS, \
      "share of gray: a range to draw from; one number f is the range -f to f", HONE_REQUIRED, \
      HONE_BETWEEN(-1, 1), .range = true) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_SEED_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_color_degeneration, HONE_RANDOM_COLOR_DEGENERATION_FIELDS);
#define hone_random_color_degeneration(...) \
    HONE_ARGS_CALL(hone_random_color_degeneration_with, hone_random_color_degeneration_args, \
                   HONE_RANDOM_COLOR_DEGENERATION_FIELDS, __VA_ARGS__)

/* In training, random_brightness, random_contrast, random_saturation and random_hue one after another. */
#define HONE_RANDOM_COLOR_JITTER_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    F(A, NUMBERS, brightness_factor, HONE_NO_NUMBERS, "factor of random_brightness (default: not done)", \
      HONE_BETWEEN(-1, 1), .items = 2, .scalar_or_list = true) \
    F(A, NUMBERS, contrast_factor, HONE_NO_NUMBERS, "factor of random_contrast (default: not done)", \
      HONE_BETWEEN(0, 1), .items = 2, .scalar_or_list = true) \
    F(A, NUMBERS, saturation_factor, HONE_NO_NUMBERS, "factor of random_saturation (default: not done)", \
      HONE_BETWEEN(-1, 1), .items = 2, .scalar_or_list = true) \
    F(A, NUMBERS, hue_factor, HONE_NO_NUMBERS, "factor of random_hue (default: not done)", \
      HONE_BETWEEN(0, 1), .items = 2, .scalar_or_list = true) \
    HONE_SEED_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_color_jitter, HONE_RANDOM_COLOR_JITTER_FIELDS);
#define hone_random_color_jitter(...) \
    HONE_ARGS_CALL(hone_random_color_jitter_with, hone_random_color_jitter_args, \
                   HONE_RANDOM_COLOR_JITTER_FIELDS, __VA_ARGS__)

/* In training, fills a drawn rectangle of images. */
#define HONE_RANDOM_ERASING_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_ONE_NUMBER(1.0), \
      "probability for each image: a range that it is drawn from; one number f is the range 0 to f", \
      HONE_BETWEEN(0, 1), .range = true) \
    F(A, NUMBERS, scale, HONE_ERASING_SCALE, \
      "area of the rectangle as a fraction of the image: a range to draw from", HONE_BETWEEN(0, 1), \
      .range = true) \
    F(A, NUMBERS, fill_value, HONE_NO_NUMBERS, \
      "value, or one for each of three channels (default: normal noise times the upper end of value_range)", \
      .items = 3, .scalar_or_list = true) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    HONE_SEED_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_erasing, HONE_RANDOM_ERASING_FIELDS);
#define hone_random_erasing(...) \
    HONE_ARGS_CALL(hone_random_erasing_with, hone_random_erasing_args, HONE_RANDOM_ERASING_FIELDS, \
                   __VA_ARGS__)

/* In training, blurs images. */
#define HONE_RANDOM_GAUSSIAN_BLUR_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_ONE_NUMBER(1.0), \
      "probability for each image: a range that it is drawn from; one number f is the range 0 to f", \
      HONE_BETWEEN(0, 1), .range = true) \
    F(A, SIZES, kernel_size, HONE_EACH_OF_2(3), "width and height of the window, odd numbers", \
      HONE_AT_LEAST(1), .items = 2) \
    F(A, NUMBERS, sigma, HONE_ONE_NUMBER(1.0), \
      "standard deviation, in pixels: a range to draw from, once for a batch", HONE_BETWEEN(0, 1), \
      .range = true) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_SEED_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_gaussian_blur, HONE_RANDOM_GAUSSIAN_BLUR_FIELDS);
#define hone_random_gaussian_blur(...) \
    HONE_ARGS_CALL(hone_random_gaussian_blur_with, hone_random_gaussian_blur_args, \
                   HONE_RANDOM_GAUSSIAN_BLUR_FIELDS, __VA_ARGS__)

/* In training, keeps a drawn number of the 8 bits of each value. */
#define HONE_RANDOM_POSTERIZATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_NO_NUMBERS, \
      "number of bits: a range to draw from, its end excluded; one number f is the range 1 to f", \
      HONE_REQUIRED, HONE_BETWEEN(1, 8), .range = true) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_SEED_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_posterization, HONE_RANDOM_POSTERIZATION_FIELDS);
#define hone_random_posterization(...) \
    HONE_ARGS_CALL(hone_random_posterization_with, hone_random_posterization_args, \
                   HONE_RANDOM_POSTERIZATION_FIELDS, __VA_ARGS__)

/* In training, blurs (factors below 0.5) or sharpens (above 0.5) each image. */
#define HONE_RANDOM_SHARPNESS_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_NO_NUMBERS, "a range to draw from; one number f is the range 0 to f", \
      HONE_REQUIRED, HONE_BETWEEN(0, 1), .range = true) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_SEED_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_sharpness, HONE_RANDOM_SHARPNESS_FIELDS);
#define hone_random_sharpness(...) \
    HONE_ARGS_CALL(hone_random_sharpness_with, hone_random_sharpness_args, HONE_RANDOM_SHARPNESS_FIELDS, \
                   __VA_ARGS__)

/* In training, inverts some images. */
#define HONE_RANDOM_INVERT_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_ONE_NUMBER(1.0), \
      "probability for each image: a range that it is drawn from; one number f is the range 0 to f", \
      HONE_BETWEEN(0, 1), .range = true) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    HONE_SEED_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(random_invert, HONE_RANDOM_INVERT_FIELDS);
#define hone_random_invert(...) \
    HONE_ARGS_CALL(hone_random_invert_with, hone_random_invert_args, HONE_RANDOM_INVERT_FIELDS, __VA_ARGS__)

/* In training, mixes each image with another one of the batch, and the targets that are a second input alike.
 * Zhang and others, 2018. */
#define HONE_MIX_UP_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, alpha, 0.2, "both parameters of the beta distribution of the shares", HONE_ABOVE(0)) \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_SEED_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(mix_up, HONE_MIX_UP_FIELDS);
#define hone_mix_up(...) HONE_ARGS_CALL(hone_mix_up_with, hone_mix_up_args, HONE_MIX_UP_FIELDS, __VA_ARGS__)

/* In training, replaces a rectangle of each image by that of another one of the batch, and mixes the targets
 * that are a second input by the area. Yun and others, 2019. */
#define HONE_CUT_MIX_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, factor, HONE_ONE_NUMBER(1.0), \
      "both parameters of the beta distribution of the shares: a range to draw from, once for a batch", \
      HONE_BETWEEN(0, 1), .range = true) \
    HONE_SEED_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(cut_mix, HONE_CUT_MIX_FIELDS);
#define hone_cut_mix(...) \
    HONE_ARGS_CALL(hone_cut_mix_with, hone_cut_mix_args, HONE_CUT_MIX_FIELDS, __VA_ARGS__)

/* In training, some transformations drawn for each batch. Cubuk and others, 2019. */
#define HONE_RAND_AUGMENT_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    F(A, INTEGER, num_ops, 2, "number of transformations", HONE_BETWEEN(0, 64)) \
    F(A, NUMBERS, factor, HONE_ONE_NUMBER(0.5), "strength of the transformations: a range to draw from", \
      HONE_BETWEEN(0, 1), .range = true) \
    F(A, TEXT, interpolation, "bilinear", "interpolation method", HONE_ONE_OF("nearest|bilinear")) \
    HONE_SEED_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(rand_augment, HONE_RAND_AUGMENT_FIELDS);
#define hone_rand_augment(...) \
    HONE_ARGS_CALL(hone_rand_augment_with, hone_rand_augment_args, HONE_RAND_AUGMENT_FIELDS, __VA_ARGS__)

/* In training, mixes each image with some chains of transformations of it. Hendrycks and others, 2019. */
#define HONE_AUG_MIX_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_VALUE_RANGE_FIELD(F, A) \
    F(A, INTEGER, num_chains, 3, "number of chains", HONE_BETWEEN(1, 32)) \
    F(A, INTEGER, chain_depth, 3, "largest number of transformations in a chain", HONE_BETWEEN(1, 32)) \
    F(A, NUMBERS, factor, HONE_ONE_NUMBER(0.3), "strength of the transformations: a range to draw from", \
      HONE_BETWEEN(0, 1), .range = true) \
    F(A, NUMBER, alpha, 1.0, "parameter of the distributions of the shares", HONE_ABOVE(0)) \
    F(A, BOOLEAN, all_ops, true, "with the transformations of colour too") \
    F(A, TEXT, interpolation, "bilinear", "interpolation method", HONE_ONE_OF("nearest|bilinear")) \
    HONE_SEED_FIELD(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(aug_mix, HONE_AUG_MIX_FIELDS);
#define hone_aug_mix(...) \
    HONE_ARGS_CALL(hone_aug_mix_with, hone_aug_mix_args, HONE_AUG_MIX_FIELDS, __VA_ARGS__)

/* Boxes of images cut or padded to one number for each image. Inputs: images, boxes (batch, boxes, 4), labels
 * (batch, boxes), or images alone, which stay as they are. */
#define HONE_MAX_NUM_BOUNDING_BOXES_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, max_number, HONE_NONE_INTEGER, "number of boxes of each image", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, INTEGER, fill_value, -1, "what boxes and labels are padded with", .newer = true)
HONE_DECLARE_LAYER_ARGS(max_num_bounding_boxes, HONE_MAX_NUM_BOUNDING_BOXES_FIELDS);
#define hone_max_num_bounding_boxes(...) \
    HONE_ARGS_CALL(hone_max_num_bounding_boxes_with, hone_max_num_bounding_boxes_args, \
                   HONE_MAX_NUM_BOUNDING_BOXES_FIELDS, .max_number = __VA_ARGS__)

/* Layers one after another, as one: hone_pipeline(hone_layer_list(hone_random_flip(),
 * hone_random_rotation(0.1))). */
#define HONE_PIPELINE_FIELDS(F, A) \
    HONE_NAMED_LAYER_FIELDS(F, A) \
    F(A, LAYERS, layers, HONE_NO_LAYERS, "the layers, the first one to be called first", HONE_REQUIRED)
HONE_DECLARE_LAYER_ARGS(pipeline, HONE_PIPELINE_FIELDS);
#define hone_pipeline(...) \
    HONE_ARGS_CALL(hone_pipeline_with, hone_pipeline_args, HONE_PIPELINE_FIELDS, .layers = __VA_ARGS__)

#endif

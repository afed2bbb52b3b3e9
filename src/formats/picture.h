/* Pictures in memory: PNG and JPEG to rows of bytes, and to other sizes, with the numbers that TensorFlow
 * gives. */
#ifndef HONE_FORMATS_PICTURE_H
#define HONE_FORMATS_PICTURE_H

#include "base/error.h"
#include <stdint.h>

/* [height, width, channels] */
typedef struct hone_picture {
    int64_t height, width;
    int channels; /* 1 grey, 3 red green blue, 4 with alpha */
    uint8_t *pixels;
} hone_picture;

/* The header is read and checked before memory is asked for. `picture->channels` says what is needed. On
 * success the pixels are to be freed with hone_internal_free. Transparency is left out, not blended; Exif's
 * orientation is not looked at; 16 bits lose their lower 8. */
hone_status hone_internal_picture_decode(const void *data, size_t bytes, const char *label,
                                         int64_t most_pixels, hone_picture *picture);
hone_status hone_internal_picture_png(const void *data, size_t bytes, const char *label, int64_t most_pixels,
                                      hone_picture *picture);
hone_status hone_internal_picture_jpeg(const void *data, size_t bytes, const char *label, int64_t most_pixels,
                                       hone_picture *picture);
/* HONE_ERROR_FORMAT when a picture is larger than is allowed. */
hone_status hone_internal_picture_check(const char *label, int64_t height, int64_t width,
                                        int64_t most_pixels);

/* The largest middle part with the shape of height x width (Keras's smart_resize), as a view: first pixel and
 * sizes; rows keep the picture's width. */
typedef struct hone_picture_part {
    int64_t top, left, height, width;
} hone_picture_part;
hone_picture_part hone_internal_picture_crop(const hone_picture *picture, int64_t height, int64_t width);
hone_picture_part hone_internal_picture_whole(const hone_picture *picture);

/* [height, width, channels] out of a part: bilinear to floats, nearest to bytes. `columns` is room for
 * 3 * width numbers of 8 bytes. */
void hone_internal_picture_bilinear(const hone_picture *picture, hone_picture_part part, int64_t height,
                                    int64_t width, void *columns, float *result);
void hone_internal_picture_nearest(const hone_picture *picture, hone_picture_part part, int64_t height,
                                   int64_t width, uint8_t *result);

#endif

/* For tests of charts: what is drawn, read back; two lines with marks. */
#ifndef HONE_TESTING_PICTURES_H
#define HONE_TESTING_PICTURES_H

#include "base/file.h"
#include "base/memory.h"
#include "charts/chart.h"
#include "testing/files.h"
#include "testing/message.h"

#include <cairo.h>
#include <math.h>

enum { POINTS = 30 };
static double rising[POINTS], falling[POINTS], deviation[POINTS], rates[POINTS];

static inline int make_numbers(void **state)
{
    for (int i = 0; i < POINTS; i++) {
        rising[i] = 0.9 - 0.3 * exp(-i / 4.0);
        falling[i] = 0.3 + exp(-i / 4.0);
        deviation[i] = 0.02;
        rates[i] = 1e-5 * pow(10, i / 6.0);
    }
    return testing_folder_make(state);
}

typedef struct picture {
    cairo_surface_t *surface;
    int width, height;
} picture;

static inline picture open_picture(const char *path)
{
    picture opened = {.surface = cairo_image_surface_create_from_png(path)};
    assert_int_equal(cairo_surface_status(opened.surface), CAIRO_STATUS_SUCCESS);
    opened.width = cairo_image_surface_get_width(opened.surface);
    opened.height = cairo_image_surface_get_height(opened.surface);
    return opened;
}

static inline uint32_t pixel_at(const picture *source, int x, int y)
{
    const unsigned char *row = cairo_image_surface_get_data(source->surface) +
                               (size_t)y * (size_t)cairo_image_surface_get_stride(source->surface);
    uint32_t value;
    memcpy(&value, row + (size_t)x * sizeof value, sizeof value);
    return value & 0xffffff;
}

/* Pixels of exactly this colour. */
static inline int count_pixels(const picture *source, uint32_t colour)
{
    int count = 0;
    for (int y = 0; y < source->height; y++)
        for (int x = 0; x < source->width; x++)
            count += pixel_at(source, x, y) == colour;
    return count;
}

static inline void close_picture(picture *opened, const char *path)
{
    cairo_surface_destroy(opened->surface);
    assert_int_equal(unlink(path), 0);
}

static const hone_series two_lines[] = {
    {.label = "training", .y = falling, .count = POINTS},
    {.label = "validation", .y = rising, .count = POINTS, .dashed = true}};
static const hone_mark some_marks[] = {
    {.kind = HONE_MARK_POINT, .x = 7, .y = 0.4737739434504451, .label = "here"},
    {.kind = HONE_MARK_VERTICAL, .x = 7, .label = "best"},
    {.kind = HONE_MARK_HORIZONTAL, .y = 0.5, .label = "half"},
    {.kind = HONE_MARK_POINT, .x = NAN, .y = INFINITY},
    {.kind = HONE_MARK_VERTICAL, .x = 1e300}};
static const hone_panel lines = {.title = "Loss",
                                 .x_label = "epoch",
                                 .y_label = "loss",
                                 .series = two_lines,
                                 .series_count = 2,
                                 .marks = some_marks,
                                 .mark_count = 5};

#endif

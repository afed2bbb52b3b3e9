/* For tests of what stands in a plot: a page, and a plot of 100 by 100 points at (10, 20), from 0 to 10 on
 * both axes. */
#ifndef HONE_TESTING_FRAMES_H
#define HONE_TESTING_FRAMES_H

#include "charts/panel.h"
#include "testing/message.h"

#include <math.h>
#include <stdint.h>

static inline hone_canvas page(void)
{
    hone_canvas canvas = {0};
    assert_int_equal(hone_internal_canvas_open(&canvas, "a.png", 140, 140), HONE_OK);
    return canvas;
}

static inline hone_frame frame_of(const hone_panel *panel)
{
    static const hone_chart chart = {.title = NULL};
    return (hone_frame){.panel = panel,
                        .chart = &chart,
                        .x = {.low = 0, .high = 10},
                        .y = {.low = 0, .high = 10},
                        .plot = {10, 20, 100, 100}};
}

/* The colour of a pixel, of which a point has two in each direction. */
static inline uint32_t colour_at(hone_canvas *canvas, double x, double y)
{
    cairo_surface_flush(canvas->surface);
    const unsigned char *row = cairo_image_surface_get_data(canvas->surface) +
                               (size_t)(2 * y) * (size_t)cairo_image_surface_get_stride(canvas->surface);
    uint32_t pixel;
    memcpy(&pixel, row + (size_t)(2 * x) * sizeof pixel, sizeof pixel);
    return pixel & 0xffffff;
}

#endif

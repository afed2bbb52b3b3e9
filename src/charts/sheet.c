/* Sheets of images: generated digits, misclassified shirts, kernels of a first layer. */
#include "charts/chart.h"

#include "base/memory.h"
#include "charts/canvas.h"
#include <math.h>
#include <stdint.h>

enum {
    SHARPNESS = 2,
    MOST_IMAGES = 10000,
    MOST_PIXELS = 4096,
    SMALLEST_IMAGE = 28,
    WANTED_IMAGE = 56,
    SHEET_WIDTH = 800
};
static const double page_margin = 12, image_gap = 6, label_height = 15, title_height = 30;

typedef struct page {
    const hone_sheet *sheet;
    double low, high;
    size_t columns, rows, scale;
    double cell_width, cell_height, width, height;
    hone_canvas canvas;
} page;

static hone_status check(const hone_sheet *sheet)
{
    if (sheet->count == 0 || sheet->count > MOST_IMAGES || !sheet->pixels)
        return hone_fail(HONE_ERROR_ARGUMENT, "a sheet has 1 to %d images, not %zu", MOST_IMAGES,
                         sheet->count);
    if (sheet->channels != 1 && sheet->channels != 3)
        return hone_fail(HONE_ERROR_ARGUMENT, "images of a sheet have 1 or 3 channels, not %zu",
                         sheet->channels);
    if (sheet->width == 0 || sheet->height == 0 || sheet->width > MOST_PIXELS || sheet->height > MOST_PIXELS)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "images of a sheet have 1 to %d pixels per side, not %zu by "
                         "%zu",
                         MOST_PIXELS, sheet->width, sheet->height);
    return HONE_OK;
}

/* The range from black to white: as asked, or of all finite pixels. */
static void set_range(page *target)
{
    const hone_sheet *sheet = target->sheet;
    target->low = sheet->low;
    target->high = sheet->high;
    if (sheet->low != sheet->high)
        return;
    target->low = INFINITY;
    target->high = -INFINITY;
    for (size_t i = 0; i < sheet->count * sheet->height * sheet->width * sheet->channels; i++) {
        if (!isfinite(sheet->pixels[i]))
            continue;
        target->low = fmin(target->low, (double)sheet->pixels[i]);
        target->high = fmax(target->high, (double)sheet->pixels[i]);
    }
    if (!(target->high > target->low))
        target->high = target->low + 1;
}

static void lay(page *target)
{
    const hone_sheet *sheet = target->sheet;
    size_t larger = sheet->width > sheet->height ? sheet->width : sheet->height;
    size_t wanted = sheet->count > 200 ? SMALLEST_IMAGE : WANTED_IMAGE;
    target->scale = sheet->scale > 0 ? sheet->scale : larger < wanted ? wanted / larger : 1;
    target->cell_width = (double)(sheet->width * target->scale) + image_gap;
    if (sheet->labels && target->cell_width < 44)
        target->cell_width = 44; /* or no label could be read */
    target->cell_height =
        (double)(sheet->height * target->scale) + image_gap + (sheet->labels ? label_height : 0);
    size_t fitting = (size_t)fmax(1, SHEET_WIDTH / target->cell_width);
    if (fitting > 10)
        fitting -= fitting % 10; /* tens are easy to count */
    target->columns = sheet->columns > 0 ? sheet->columns : fitting;
    if (target->columns > sheet->count)
        target->columns = sheet->count;
    target->rows = (sheet->count + target->columns - 1) / target->columns;
    target->width = (double)target->columns * target->cell_width - image_gap + 2 * page_margin;
    target->height = (double)target->rows * target->cell_height - image_gap + 2 * page_margin +
                     (sheet->title ? title_height : 0);
}

/* 0 to 255; what is not a number is drawn in the middle. */
static uint32_t shade(const page *target, float value)
{
    double part = isnan(value) ? 0.5 : (value - target->low) / (target->high - target->low);
    return (uint32_t)lrint(255 * fmax(0, fmin(part, 1)));
}

static uint32_t pixel(const page *target, const float *values)
{
    bool grey = target->sheet->channels == 1;
    uint32_t red = shade(target, values[0]);
    return red << 16 | (grey ? red : shade(target, values[1])) << 8 | (grey ? red : shade(target, values[2]));
}

/* Each pixel becomes a block, so that no reader of the file can blur it. */
static void fill(const page *target, const float *pixels, cairo_surface_t *surface, size_t block)
{
    const hone_sheet *sheet = target->sheet;
    unsigned char *data = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (size_t y = 0; y < sheet->height * block; y++) {
        uint32_t *row = (uint32_t *)(void *)(data + y * stride);
        for (size_t x = 0; x < sheet->width * block; x++)
            row[x] = pixel(target, pixels + (y / block * sheet->width + x / block) * sheet->channels);
    }
    cairo_surface_mark_dirty(surface);
}

static hone_status draw_image(page *target, size_t index, double left, double top)
{
    const hone_sheet *sheet = target->sheet;
    size_t block = target->scale * SHARPNESS;
    cairo_t *cairo = target->canvas.cairo;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(sheet->width * block),
                                                          (int)(sheet->height * block));
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(surface);
        return hone_fail(HONE_ERROR_MEMORY, "out of memory: for an image of a sheet");
    }
    cairo_surface_flush(surface);
    fill(target, sheet->pixels + index * sheet->height * sheet->width * sheet->channels, surface, block);
    cairo_save(cairo);
    cairo_translate(cairo, left, top);
    cairo_scale(cairo, 1.0 / SHARPNESS, 1.0 / SHARPNESS);
    cairo_set_source_surface(cairo, surface, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_NEAREST);
    cairo_paint(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(surface);
    return HONE_OK;
}

static void draw_label(page *target, size_t index, double left, double top)
{
    const hone_sheet *sheet = target->sheet;
    if (!sheet->labels)
        return;
    bool marked = sheet->marked && sheet->marked[index];
    hone_text_style style = {.size = 9,
                             .align = 0.5,
                             .room = target->cell_width - 2,
                             .ink = marked ? HONE_COLOUR_RED : HONE_INK_SOFT};
    hone_internal_canvas_text(&target->canvas, left + (target->cell_width - image_gap) / 2,
                              top + (double)(sheet->height * target->scale) + 11, sheet->labels[index],
                              &style);
}

static hone_status draw(page *target, const char *path)
{
    const hone_sheet *sheet = target->sheet;
    hone_text_style title = {.size = 13, .bold = true, .room = target->width - 2 * page_margin};
    HONE_TRY(hone_internal_canvas_open(&target->canvas, path, target->width, target->height));
    hone_internal_canvas_text(&target->canvas, page_margin, page_margin + 14, sheet->title, &title);
    double head = page_margin + (sheet->title ? title_height : 0);
    double inset = (target->cell_width - image_gap - (double)(sheet->width * target->scale)) / 2;
    for (size_t i = 0; i < sheet->count; i++) {
        double left = page_margin + (double)(i % target->columns) * target->cell_width;
        double top = head + (double)(i / target->columns) * target->cell_height;
        HONE_TRY(draw_image(target, i, left + floor(inset), top));
        draw_label(target, i, left, top);
    }
    return hone_internal_canvas_save(&target->canvas, path);
}

hone_status hone_sheet_write(const char *path, const hone_sheet *sheet)
{
    HONE_TRY(hone_internal_chart_check_path(path));
    HONE_TRY(check(sheet));
    page target = {.sheet = sheet};
    set_range(&target);
    lay(&target);
    hone_status status = draw(&target, path);
    hone_internal_canvas_close(&target.canvas);
    return status;
}

/* A page for charts. */
#include "charts/canvas.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "charts/chart.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHARPNESS = 2, MOST_POINTS = 16000, MOST_LABEL = 512 };

typedef struct colour {
    double red, green, blue;
} colour;

/* Okabe and Ito's palette (2008), its yellow and black replaced by brown and grey, which show on white and
 * beside text. */
static const colour palette[HONE_COLOURS] = {
    {0x00 / 255.0, 0x72 / 255.0, 0xb2 / 255.0}, {0xd5 / 255.0, 0x5e / 255.0, 0x00 / 255.0},
    {0x00 / 255.0, 0x9e / 255.0, 0x73 / 255.0}, {0xcc / 255.0, 0x79 / 255.0, 0xa7 / 255.0},
    {0xe6 / 255.0, 0x9f / 255.0, 0x00 / 255.0}, {0x56 / 255.0, 0xb4 / 255.0, 0xe9 / 255.0},
    {0x6b / 255.0, 0x6b / 255.0, 0x6b / 255.0}, {0x8c / 255.0, 0x56 / 255.0, 0x2f / 255.0},
};
static const colour inks[] = {
    {0.15, 0.15, 0.17}, {0.35, 0.35, 0.38},  {0.60, 0.60, 0.63},
    {0.90, 0.90, 0.91}, {0.95, 0.95, 0.955}, {1, 1, 1},
};

static bool ends_in(const char *path, const char *extension)
{
    size_t length = strlen(path), wanted = strlen(extension);
    return length > wanted && hone_internal_text_equal_nocase(path + length - wanted, extension);
}

hone_status hone_internal_chart_check_path(const char *path)
{
    if (path && (ends_in(path, ".png") || ends_in(path, ".svg")))
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT,
                     "the file of a chart or picture must end in .png or .svg, not "
                     "\"%s\"",
                     path ? path : "");
}

static hone_status check_cairo(cairo_status_t status)
{
    if (status == CAIRO_STATUS_SUCCESS)
        return HONE_OK;
    if (status == CAIRO_STATUS_NO_MEMORY)
        return hone_internal_fail_memory(0, "a picture");
    return hone_fail(HONE_ERROR_STATE, "a picture cannot be drawn: %s", cairo_status_to_string(status));
}

static cairo_status_t take_bytes(void *closure, const unsigned char *data, unsigned int length)
{
    hone_canvas *canvas = closure;
    canvas->status = hone_internal_grow(&canvas->data, &canvas->capacity, canvas->length + length, 1);
    if (canvas->status != HONE_OK)
        return CAIRO_STATUS_WRITE_ERROR;
    memcpy(canvas->data + canvas->length, data, length);
    canvas->length += length;
    return CAIRO_STATUS_SUCCESS;
}

/* Letters are placed alike in PNG and SVG: no hinting to the grid of pixels. */
static void set_fonts(cairo_t *cairo)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(cairo, options);
    cairo_font_options_destroy(options);
}

hone_status hone_internal_canvas_open(hone_canvas *canvas, const char *path, double width, double height)
{
    *canvas = (hone_canvas){0};
    HONE_TRY(hone_internal_chart_check_path(path));
    if (!(width > 0 && height > 0 && width <= MOST_POINTS && height <= MOST_POINTS))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "a picture of %.0f by %.0f points is too large: at most %d by %d", width, height,
                         MOST_POINTS, MOST_POINTS);
    HONE_TRY(hone_internal_cairo_load());
    canvas->vector = ends_in(path, ".svg");
    canvas->surface = canvas->vector
                          ? cairo_svg_surface_create_for_stream(take_bytes, canvas, width, height)
                          : cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(width * SHARPNESS),
                                                       (int)ceil(height * SHARPNESS));
    canvas->cairo = cairo_create(canvas->surface);
    HONE_TRY(check_cairo(cairo_status(canvas->cairo)));
    if (!canvas->vector)
        cairo_scale(canvas->cairo, SHARPNESS, SHARPNESS);
    set_fonts(canvas->cairo);
    cairo_set_line_join(canvas->cairo, CAIRO_LINE_JOIN_ROUND);
    hone_internal_canvas_ink(canvas, HONE_INK_PAPER, 1);
    cairo_paint(canvas->cairo);
    return HONE_OK;
}

/* ---- The same bytes for the same content --------------------------------------------------------------
 * cairo numbers all surfaces of a process, and an SVG of it shows the numbers (id="image17", "#image17",
 * "surface18"): they are numbered again, by their order in the file. */

typedef struct numbers {
    unsigned long *known;
    size_t count, capacity;
} numbers;

/* The place of a number among those seen so far, from 1; 0 when memory is out. */
static size_t place_of(numbers *seen, unsigned long number)
{
    for (size_t i = seen->count; i > 0; i--)
        if (seen->known[i - 1] == number)
            return i;
    if (hone_internal_grow(&seen->known, &seen->capacity, seen->count + 1, sizeof *seen->known) != HONE_OK)
        return 0;
    seen->known[seen->count++] = number;
    return seen->count;
}

/* The length of "surface" or "image" when a numbered name starts here. */
static size_t name_length(const char *text)
{
    static const char *const words[] = {"surface", "image"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);
        if (strncmp(text, words[i], length) == 0 && isdigit((unsigned char)text[length]))
            return length;
    }
    return 0;
}

/* `text` ends in 0. Names stand after a quote or '#', which image data never hold. */
static hone_status renumber(const char *text, hone_text *result)
{
    numbers seen = {0};
    size_t place = 1;
    while (*text != '\0' && place > 0 && !result->failed) {
        size_t plain = strcspn(text, "\"#");
        plain += text[plain] != '\0';
        hone_internal_text_append_n(result, text, plain);
        text += plain;
        size_t length = name_length(text);
        if (length == 0)
            continue;
        char *end;
        place = place_of(&seen, strtoul(text + length, &end, 10));
        hone_internal_text_format(result, "%.*s%zu", (int)length, text, place);
        text = end;
    }
    hone_internal_free(seen.known);
    return place > 0 && !result->failed ? HONE_OK : HONE_ERROR_MEMORY;
}

static hone_status renumber_canvas(hone_canvas *canvas)
{
    hone_text result = {0};
    take_bytes(canvas, (const unsigned char *)"", 1); /* its end */
    hone_status status = canvas->status == HONE_OK ? renumber(canvas->data, &result) : canvas->status;
    if (status == HONE_OK) {
        hone_internal_free(canvas->data);
        canvas->length = result.length;
        canvas->data = hone_internal_text_take(&result);
    }
    hone_internal_text_free(&result);
    return status;
}

static hone_status encode(hone_canvas *canvas)
{
    cairo_status_t status = cairo_status(canvas->cairo);
    if (status == CAIRO_STATUS_SUCCESS && !canvas->vector)
        status = cairo_surface_write_to_png_stream(canvas->surface, take_bytes, canvas);
    if (canvas->vector) {
        cairo_surface_finish(canvas->surface);
        if (status == CAIRO_STATUS_SUCCESS)
            status = cairo_surface_status(canvas->surface);
    }
    if (canvas->status != HONE_OK)
        return canvas->status;
    HONE_TRY(check_cairo(status));
    return canvas->vector ? renumber_canvas(canvas) : HONE_OK;
}

hone_status hone_internal_canvas_save(hone_canvas *canvas, const char *path)
{
    HONE_TRY(encode(canvas));
    return hone_write_file(path, canvas->data, canvas->length);
}

void hone_internal_canvas_close(hone_canvas *canvas)
{
    if (canvas->cairo)
        cairo_destroy(canvas->cairo);
    if (canvas->surface)
        cairo_surface_destroy(canvas->surface);
    hone_internal_free(canvas->data);
    *canvas = (hone_canvas){0};
}

void hone_internal_canvas_ink(hone_canvas *canvas, int ink, double alpha)
{
    colour used = ink >= HONE_INK_TEXT && ink <= HONE_INK_PAPER
                      ? inks[ink - HONE_INK_TEXT]
                      : palette[(ink > 0 ? ink - 1 : 0) % HONE_COLOURS];
    cairo_set_source_rgba(canvas->cairo, used.red, used.green, used.blue, alpha);
}

void hone_internal_canvas_line(hone_canvas *canvas, double x0, double y0, double x1, double y1)
{
    cairo_move_to(canvas->cairo, x0, y0);
    cairo_line_to(canvas->cairo, x1, y1);
    cairo_stroke(canvas->cairo);
}

void hone_internal_canvas_dot(hone_canvas *canvas, double x, double y, double radius)
{
    cairo_new_sub_path(canvas->cairo);
    cairo_arc(canvas->cairo, x, y, radius, 0, 4 * acos(0));
    cairo_fill(canvas->cairo);
}

void hone_internal_canvas_dash(hone_canvas *canvas, bool dashed)
{
    static const double pattern[] = {5, 3.2};
    cairo_set_dash(canvas->cairo, pattern, dashed ? 2 : 0, 0);
}

static void choose_font(hone_canvas *canvas, const hone_text_style *style)
{
    cairo_select_font_face(canvas->cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           style->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(canvas->cairo, style->size);
}

static double measure(hone_canvas *canvas, const char *text)
{
    cairo_text_extents_t extents;
    cairo_text_extents(canvas->cairo, text, &extents);
    return extents.x_advance;
}

/* A copy that cairo accepts: valid UTF-8 on one line. */
static size_t clean(const char *text, char *result)
{
    size_t length = strlen(text), to = 0;
    for (size_t from = 0; from < length && to + 8 < MOST_LABEL;) {
        uint32_t character;
        size_t bytes = hone_internal_utf8_next(text + from, length - from, &character);
        if (character < ' ' || character == 0x7f || character == 0xfffd)
            result[to++] = character == 0xfffd ? '?' : ' ';
        else
            memcpy(result + to, text + from, bytes), to += bytes;
        from += bytes;
    }
    result[to] = '\0';
    return to;
}

/* Shortens a clean text at its end until it and an ellipsis fit. */
static void shorten(hone_canvas *canvas, char *text, size_t length, double room)
{
    static const char ellipsis[] = "…";
    if (room <= 0 || measure(canvas, text) <= room)
        return;
    do {
        while (length > 0 && ((unsigned char)text[length - 1] & 0xc0) == 0x80)
            length--;
        if (length > 0)
            length--;
        memcpy(text + length, ellipsis, sizeof ellipsis);
    } while (length > 0 && measure(canvas, text) > room);
}

static double prepare(hone_canvas *canvas, const char *text, const hone_text_style *style, char *shown)
{
    choose_font(canvas, style);
    size_t length = clean(text, shown);
    shorten(canvas, shown, length, style->room);
    return measure(canvas, shown);
}

double hone_internal_canvas_text_width(hone_canvas *canvas, const char *text, const hone_text_style *style)
{
    char shown[MOST_LABEL];
    return text ? prepare(canvas, text, style, shown) : 0;
}

static void draw_halo(hone_canvas *canvas, const char *text)
{
    cairo_move_to(canvas->cairo, 0, 0);
    cairo_text_path(canvas->cairo, text);
    hone_internal_canvas_ink(canvas, HONE_INK_PAPER, 0.9);
    cairo_set_line_width(canvas->cairo, 3);
    cairo_stroke(canvas->cairo);
}

void hone_internal_canvas_text(hone_canvas *canvas, double x, double baseline, const char *text,
                               const hone_text_style *style)
{
    char shown[MOST_LABEL];
    if (!text)
        return;
    cairo_save(canvas->cairo);
    double width = prepare(canvas, text, style, shown);
    cairo_translate(canvas->cairo, x, baseline);
    if (style->upright)
        cairo_rotate(canvas->cairo, -acos(0));
    cairo_translate(canvas->cairo, -style->align * width, 0);
    if (style->halo)
        draw_halo(canvas, shown);
    hone_internal_canvas_ink(canvas, style->ink ? style->ink : HONE_INK_TEXT, 1);
    cairo_move_to(canvas->cairo, 0, 0);
    cairo_show_text(canvas->cairo, shown);
    cairo_restore(canvas->cairo);
}

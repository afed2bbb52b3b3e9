/* Charts: files of the right kind and size, with something drawn; the same bytes again; odd numbers;
 * failures. */
#include "charts/chart.h"

#include "base/file.h"
#include "base/memory.h"
#include "charts/curves.h"
#include "testing/test.h"
#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POINTS = 30 };
static char folder[] = "/tmp/hone-chart-XXXXXX";
static double rising[POINTS], falling[POINTS], deviation[POINTS], rates[POINTS];

static int make_folder(void **state)
{
    (void)state;
    for (int i = 0; i < POINTS; i++) {
        rising[i] = 0.9 - 0.3 * exp(-i / 4.0);
        falling[i] = 0.3 + exp(-i / 4.0);
        deviation[i] = 0.02;
        rates[i] = 1e-5 * pow(10, i / 6.0);
    }
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder); /* fails when a test, or a writer, left something */
}

static const char *path_of(const char *name)
{
    static char paths[4][128];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

typedef struct picture {
    cairo_surface_t *surface;
    int width, height;
} picture;

static picture open_picture(const char *path)
{
    picture opened = {.surface = cairo_image_surface_create_from_png(path)};
    assert_int_equal(cairo_surface_status(opened.surface), CAIRO_STATUS_SUCCESS);
    opened.width = cairo_image_surface_get_width(opened.surface);
    opened.height = cairo_image_surface_get_height(opened.surface);
    return opened;
}

static uint32_t pixel_at(const picture *source, int x, int y)
{
    const unsigned char *row = cairo_image_surface_get_data(source->surface) +
                               (size_t)y * (size_t)cairo_image_surface_get_stride(source->surface);
    uint32_t value;
    memcpy(&value, row + (size_t)x * sizeof value, sizeof value);
    return value & 0xffffff;
}

/* Pixels of exactly this colour. */
static int count_pixels(const picture *source, uint32_t colour)
{
    int count = 0;
    for (int y = 0; y < source->height; y++)
        for (int x = 0; x < source->width; x++)
            count += pixel_at(source, x, y) == colour;
    return count;
}

static void close_picture(picture *opened, const char *path)
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

AROUND_ALL(make_folder, remove_folder);

TEST(draws_png)
{
    const char *path = path_of("lines.png");
    assert_int_equal(hone_chart_write(path, &(hone_chart){.panels = &lines, .panel_count = 1}), HONE_OK);
    picture drawn = open_picture(path);
    assert_int_equal(drawn.width, 840);
    assert_int_equal(drawn.height, 740);
    assert_int_equal(pixel_at(&drawn, 0, 0), 0xffffff);
    assert_true(count_pixels(&drawn, 0x0072b2) > 500); /* the first line */
    assert_true(count_pixels(&drawn, 0xd55e00) > 300);
    close_picture(&drawn, path);
}

static void check_same_bytes(const char *name)
{
    void *data[2];
    size_t bytes[2];
    const char *path = path_of(name);
    for (int i = 0; i < 2; i++) {
        hone_chart chart = {.title = "Twice", .panels = &lines, .panel_count = 1, .shared_legend = true};
        assert_int_equal(hone_chart_write(path, &chart), HONE_OK);
        assert_int_equal(hone_internal_file_read(path, 1 << 24, &data[i], &bytes[i]), HONE_OK);
    }
    assert_true(bytes[0] > 1000);
    assert_int_equal(bytes[0], bytes[1]);
    assert_memory_equal(data[0], data[1], bytes[0]);
    assert_non_null(strstr(name, ".png") ? (memcmp(data[0], "\x89PNG\r\n\x1a\n", 8) == 0 ? name : NULL)
                                         : strstr(data[0], "<svg "));
    hone_internal_free(data[0]);
    hone_internal_free(data[1]);
    assert_int_equal(unlink(path), 0);
}

TEST(the_same_chart_gives_the_same_bytes)
{
    check_same_bytes("same.png");
    check_same_bytes("same.svg");
    check_same_bytes("SAME.SVG");
}

static float grey[12 * 4 * 5];

TEST(draws_a_sheet_of_pictures)
{
    static const char *const labels[] = {
        "a", NULL, "a much longer label than fits", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
    for (int i = 0; i < 12 * 4 * 5; i++)
        grey[i] = i < 20 ? 1.0f : 0.0f;
    grey[25] = NAN;
    grey[26] = INFINITY;
    hone_sheet sheet = {.title = "Images",
                        .pixels = grey,
                        .count = 12,
                        .height = 4,
                        .width = 5,
                        .channels = 1,
                        .columns = 6,
                        .scale = 10,
                        .labels = labels};
    const char *path = path_of("sheet.png");
    assert_int_equal(hone_sheet_write(path, &sheet), HONE_OK);
    picture drawn = open_picture(path);
    assert_int_equal(count_pixels(&drawn, 0x000000),
                     20 * 20 * (11 * 20 - 2));                 /* blocks of 20 x 20; all but the first */
    assert_int_equal(count_pixels(&drawn, 0x808080), 20 * 20); /* what is no number */
    close_picture(&drawn, path);

    void *data[2];
    size_t bytes[2];
    for (int i = 0; i < 2; i++) {
        path = path_of("sheet.svg");
        assert_int_equal(hone_sheet_write(path, &sheet), HONE_OK);
        assert_int_equal(hone_internal_file_read(path, 1 << 24, &data[i], &bytes[i]), HONE_OK);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(bytes[0], bytes[1]);
    assert_memory_equal(data[0], data[1], bytes[0]);
    hone_internal_free(data[0]);
    hone_internal_free(data[1]);
}

TEST(draws_a_sheet_in_colours)
{
    static const float pixels[] = {0, 0.5f, 1, 1, 0, 0.5f};
    const char *path = path_of("colours.png");
    hone_sheet sheet = {.pixels = pixels, .count = 1, .height = 1, .width = 2, .channels = 3, .high = 1};
    assert_int_equal(hone_sheet_write(path, &sheet), HONE_OK);
    picture drawn = open_picture(path);
    assert_int_equal(count_pixels(&drawn, 0x0080ff), 56 * 56);
    assert_int_equal(count_pixels(&drawn, 0xff0080), 56 * 56);
    close_picture(&drawn, path);
}

/* Each kind with each odd array, on each axis: a file, whatever it shows. */
TEST(survives_odd_numbers)
{
    static const double nothing[] = {NAN, NAN, NAN}, infinite[] = {INFINITY, -INFINITY, 1},
                        huge[] = {1e308, -1e308, 1e99}, tiny[] = {5e-324, 0, -5e-324}, constant[] = {3, 3, 3},
                        mixed[] = {-1, NAN, 1e-9};
    static const double *const arrays[] = {nothing, infinite, huge, tiny, constant, mixed};
    static const char *const categories[] = {"one", "two", "three"};
    enum { ARRAYS = sizeof arrays / sizeof *arrays };
    const char *path = path_of("odd.png");
    for (int i = 0; i < ARRAYS * (HONE_SERIES_BARS + 1) * 4; i++) {
        const double *y = arrays[i % ARRAYS];
        hone_series_kind kind = (hone_series_kind)(i / ARRAYS / 4);
        hone_series series[] = {{.kind = kind,
                                 .y = y,
                                 .x = i & 1 ? arrays[(i + 1) % ARRAYS] : NULL,
                                 .deviation = constant,
                                 .count = 3,
                                 .low = y[0],
                                 .high = y[2],
                                 .label = "bad \xff\xfe bytes\n\t"},
                                {.kind = kind, .label = ""}};
        hone_panel panel = {.title = "odd",
                            .series = series,
                            .series_count = 2,
                            .categories = categories,
                            .marks = some_marks,
                            .mark_count = 5,
                            .x_logarithmic = i / ARRAYS & 1,
                            .y_logarithmic = i / ARRAYS & 2};
        hone_chart chart = {.panels = &panel,
                            .panel_count = 1,
                            .panel_width = 120,
                            .panel_height = 90,
                            .compact = i % 7 == 0};
        assert_int_equal(hone_chart_write(path, &chart), HONE_OK);
    }
    hone_panel empty = {0};
    assert_int_equal(hone_chart_write(path, &(hone_chart){.panels = &empty, .panel_count = 1}), HONE_OK);
    assert_int_equal(unlink(path), 0);
}

TEST(refuses_wrong_arguments)
{
    hone_series no_numbers = {.count = 3}, unknown = {.kind = (hone_series_kind)77};
    hone_panel panels[] = {{.series = &no_numbers, .series_count = 1},
                           {.series = &unknown, .series_count = 1},
                           {.x_limits = {2, 1}},
                           {.y_logarithmic = true, .y_limits = {0, 1}},
                           {.y_limits = {0, NAN}}};
    for (size_t i = 0; i < sizeof panels / sizeof *panels; i++)
        assert_int_equal(
            hone_chart_write(path_of("a.png"), &(hone_chart){.panels = &panels[i], .panel_count = 1}),
            HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_chart_write(path_of("a.png"), &(hone_chart){0}), HONE_ERROR_ARGUMENT);
    hone_chart large = {.panels = &lines, .panel_count = 1, .panel_width = 1e6};
    assert_int_equal(hone_chart_write(path_of("a.png"), &large), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_sheet_write(path_of("a.png"), &(hone_sheet){0}), HONE_ERROR_ARGUMENT);
    hone_sheet two = {.pixels = grey, .count = 1, .height = 2, .width = 2, .channels = 2};
    assert_int_equal(hone_sheet_write(path_of("a.png"), &two), HONE_ERROR_ARGUMENT);
}

TEST(refuses_paths_without_a_known_ending)
{
    hone_chart chart = {.panels = &lines, .panel_count = 1};
    static const char *const bad[] = {"chart.gif", "chart", ".png", "", "png"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(hone_chart_write(bad[i], &chart), HONE_ERROR_ARGUMENT);
        assert_non_null(strstr(hone_error_message(), ".png"));
        assert_non_null(strstr(hone_error_message(), ".svg"));
    }
    assert_int_equal(hone_internal_chart_check_path(NULL), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_chart_write(path_of("missing/chart.png"), &chart), HONE_ERROR_FILE);
    assert_non_null(strstr(hone_error_message(), "missing"));
}

TEST(draws_a_grid_of_histograms)
{
    static const char *const titles[] = {"activations", "gradients"};
    hone_series series = {.kind = HONE_SERIES_HISTOGRAM, .y = falling, .count = POINTS, .low = -1, .high = 1};
    hone_panel panels[10];
    for (size_t i = 0; i < 10; i++)
        panels[i] = (hone_panel){.title = "dense", .series = &series, .series_count = 1};
    hone_chart chart = {.panels = panels,
                        .panel_count = 10,
                        .columns = 2,
                        .compact = true,
                        .same_x = true,
                        .same_y = true,
                        .column_titles = titles};
    const char *path = path_of("grid.png");
    assert_int_equal(hone_chart_write(path, &chart), HONE_OK);
    picture drawn = open_picture(path);
    assert_int_equal(drawn.width, 2 * (2 * 190 + 16 + 20));
    close_picture(&drawn, path);
}

static hone_status write_both(void)
{
    hone_status status =
        hone_chart_write(path_of("memory.png"), &(hone_chart){.panels = &lines, .panel_count = 1});
    if (status == HONE_OK)
        status = hone_sheet_write(
            path_of("memory.svg"),
            &(hone_sheet){.pixels = grey, .count = 12, .height = 4, .width = 5, .channels = 1});
    return status;
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    int64_t failures = 0;
    for (; status != HONE_OK; failures++) {
        hone_internal_fail_allocations_after(failures);
        status = write_both();
        hone_internal_fail_allocations_after(-1);
        assert_true(status == HONE_OK || status == HONE_ERROR_MEMORY);
        assert_int_equal(hone_internal_blocks_in_use(), before);
        assert_true(failures < 1000);
    }
    assert_true(failures > 5);
    assert_int_equal(unlink(path_of("memory.png")), 0);
    assert_int_equal(unlink(path_of("memory.svg")), 0);
}

/* ---- Training curves
 * --------------------------------------------------------------------------------------------------- */

static const char *const names[] = {"accuracy", "learning_rate", "loss", "val_accuracy", "val_loss"};
static const double *const values[] = {rising, rates, falling, rising, falling};

static void check_curves(const hone_history_plot *history, int width, int height)
{
    const char *path = path_of("curves.png");
    assert_int_equal(hone_internal_plot_history(path, history), HONE_OK);
    picture drawn = open_picture(path);
    assert_int_equal(drawn.width, width);
    assert_int_equal(drawn.height, height);
    close_picture(&drawn, path);
}

TEST(draws_a_history)
{
    static const char *const many[] = {"a", "b", "c", "d", "e", "f", "g", "loss", "val_only"};
    static const double *const arrays[] = {rising, rising, rising,  rising, rising,
                                           rising, rising, falling, rising};
    static const int64_t epochs[] = {10, 11, 13};
    hone_history_plot history = {
        .names = names, .values = values, .name_count = 5, .epoch_count = POINTS, .best_epoch = -1};
    check_curves(&history, 2 * (3 * 400 + 2 * 14 + 20), 2 * 370);
    history.best_epoch = 12;
    history.epoch_count = 3;
    history.epochs = epochs;
    check_curves(&history, 2 * (3 * 400 + 2 * 14 + 20), 2 * 370);
    history.epoch_count = 1;
    check_curves(&history, 2 * (3 * 400 + 2 * 14 + 20), 2 * 370);
    history.epoch_count = 0;
    check_curves(&history, 2 * (3 * 400 + 2 * 14 + 20), 2 * 370);
    hone_history_plot long_history = {
        .names = many, .values = arrays, .name_count = 9, .epoch_count = POINTS};
    check_curves(&long_history, 2 * (3 * 400 + 2 * 14 + 20), 2 * (3 * 350 + 2 * 14 + 20)); /* nine panels */
}

TEST(draws_a_history_with_gaps)
{
    static double gaps[POINTS], none[POINTS];
    static const char *const few[] = {"loss", "val_loss"};
    const double *arrays[] = {none, gaps};
    for (int i = 0; i < POINTS; i++) {
        gaps[i] = i % 5 == 4 ? falling[i] : NAN; /* validation each fifth epoch */
        none[i] = NAN;
    }
    hone_history_plot history = {
        .names = few, .values = arrays, .name_count = 2, .epoch_count = POINTS, .best_epoch = -1};
    check_curves(&history, 840, 740);
    arrays[1] = none;
    check_curves(&history, 840, 740);
    assert_int_equal(hone_internal_plot_history(path_of("x.png"), &(hone_history_plot){0}),
                     HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_internal_plot_history(path_of("x.jpg"), &history), HONE_ERROR_ARGUMENT);
}

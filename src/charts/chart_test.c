/* Charts: files of the right kind and size, with something drawn; the same bytes again; odd numbers;
 * failures. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/pictures.h"

AROUND_ALL(make_numbers, testing_folder_remove);

TEST(draws_png)
{
    const char *path = testing_path("lines.png");
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
    const char *path = testing_path(name);
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

/* Each kind with each odd array, on each axis: a file, whatever it shows. */
TEST(survives_odd_numbers)
{
    static const double nothing[] = {NAN, NAN, NAN}, infinite[] = {INFINITY, -INFINITY, 1},
                        huge[] = {1e308, -1e308, 1e99}, tiny[] = {5e-324, 0, -5e-324}, constant[] = {3, 3, 3},
                        mixed[] = {-1, NAN, 1e-9};
    static const double *const arrays[] = {nothing, infinite, huge, tiny, constant, mixed};
    static const char *const categories[] = {"one", "two", "three"};
    enum { ARRAYS = sizeof arrays / sizeof *arrays };
    const char *path = testing_path("odd.png");
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
            hone_chart_write(testing_path("a.png"), &(hone_chart){.panels = &panels[i], .panel_count = 1}),
            HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_chart_write(testing_path("a.png"), &(hone_chart){0}), HONE_ERROR_ARGUMENT);
    hone_chart large = {.panels = &lines, .panel_count = 1, .panel_width = 1e6};
    assert_int_equal(hone_chart_write(testing_path("a.png"), &large), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_sheet_write(testing_path("a.png"), &(hone_sheet){0}), HONE_ERROR_ARGUMENT);
    hone_sheet two = {.pixels = grey, .count = 1, .height = 2, .width = 2, .channels = 2};
    assert_int_equal(hone_sheet_write(testing_path("a.png"), &two), HONE_ERROR_ARGUMENT);
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
    assert_int_equal(hone_chart_write(testing_path("missing/chart.png"), &chart), HONE_ERROR_FILE);
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
    const char *path = testing_path("grid.png");
    assert_int_equal(hone_chart_write(path, &chart), HONE_OK);
    picture drawn = open_picture(path);
    assert_int_equal(drawn.width, 2 * (2 * 190 + 16 + 20));
    close_picture(&drawn, path);
}

static hone_status write_both(void)
{
    hone_status status =
        hone_chart_write(testing_path("memory.png"), &(hone_chart){.panels = &lines, .panel_count = 1});
    if (status == HONE_OK)
        status = hone_sheet_write(
            testing_path("memory.svg"),
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
    assert_int_equal(unlink(testing_path("memory.png")), 0);
    assert_int_equal(unlink(testing_path("memory.svg")), 0);
}

/* Parallel coordinates: the best line in red, odd numbers, what is refused, failing allocations. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/pictures.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const double units[] = {32, 64, 64, 128, 32}, steps[] = {1e-4, 1e-3, 1e-2, 1e-1, 0},
                    names[] = {0, 1, 0, 1, 1}, losses[] = {0.9, 0.3, 0.2, NAN, 0.8};
static const char *const kinds[] = {"adam", "sgd(momentum=0.9)"};
static const hone_parallel_axis axes[] = {
    {.title = "units", .values = units},
    {.title = "learning_rate", .values = steps, .logarithmic = true},
    {.title = "optimizer", .values = names, .names = kinds, .name_count = 2},
    {.title = "val_loss", .values = losses}};

TEST(draws_lines_and_the_best)
{
    const char *path = testing_path("lines.png");
    hone_parallel chart = {.title = "Trials", .axes = axes, .axis_count = 4, .count = 5};
    assert_int_equal(hone_parallel_write(path, &chart), HONE_OK);
    picture drawn = open_picture(path);
    int64_t best = count_pixels(&drawn, 0xd55e00);
    assert_true(best > 1000);
    close_picture(&drawn, path);
    chart.highest = true; /* another line, as red */
    assert_int_equal(hone_parallel_write(path, &chart), HONE_OK);
    drawn = open_picture(path);
    assert_true(count_pixels(&drawn, 0xd55e00) > 1000 && count_pixels(&drawn, 0xd55e00) != best);
    close_picture(&drawn, path);
}

TEST(survives_odd_numbers)
{
    static const double odd[] = {INFINITY, -INFINITY, NAN, 1e308, -1e308}, same[] = {3, 3, 3, 3, 3};
    const double *const columns[] = {odd, same, losses};
    const char *path = testing_path("odd.svg");
    for (int i = 0; i < 9; i++) {
        hone_parallel_axis pair[] = {{.title = "a", .values = columns[i / 3], .logarithmic = i % 2 == 0},
                                     {.title = NULL, .values = columns[i % 3]}};
        for (size_t count = 1; count <= 5; count += 4)
            assert_int_equal(
                hone_parallel_write(path, &(hone_parallel){.axes = pair, .axis_count = 2, .count = count}),
                HONE_OK);
    }
    unlink(path);
}

TEST(refuses)
{
    hone_parallel chart = {.axes = axes, .axis_count = 1, .count = 5};
    assert_true(hone_parallel_write(testing_path("a.png"), &chart) < 0);
    assert_non_null(strstr(hone_error_message(), "need 2 to 64 axes"));
    chart.axis_count = 4;
    assert_true(hone_parallel_write(testing_path("a.txt"), &chart) < 0);
    assert_true(hone_parallel_write(testing_path("a.png"), NULL) < 0);
    chart.count = 0;
    assert_true(hone_parallel_write(testing_path("a.png"), &chart) < 0);
}

/* Pages of runs: what stands in them, and what is refused. */
#define _GNU_SOURCE /* mkdtemp */
#include "base/file.h"
#include "testing/files.h"
#include "testing/test.h"
#include <hone/charts.h>

#include <math.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(writes_lines_and_rows)
{
    const double units[] = {64, 32, 128}, losses[] = {0.1, 0.2, NAN};
    const char *const header[] = {"trial", "command"}, *const cells[] = {"1", "hone <train>", "2", "b", "3",
                                                                         NULL};
    const hone_parallel_axis axes[] = {{.title = "units", .values = units},
                                       {.title = "loss", .values = losses}};
    const hone_parallel chart = {.title = "a & b", .axes = axes, .axis_count = 2, .count = 3};
    const hone_report_rows rows = {.header = header, .cells = cells, .columns = 2, .rows = 3};
    const char *path = testing_path("runs.html");
    void *text;
    size_t bytes;
    assert_int_equal(hone_report_table(path, &chart, &rows), HONE_OK);
    assert_int_equal(hone_internal_file_read(path, 1 << 20, &text, &bytes), HONE_OK);
    assert_non_null(strstr(text, "<h1>a &amp; b</h1>"));
    assert_non_null(strstr(text, "hone &lt;train&gt;"));
    assert_non_null(strstr(text, "class=\"line k2\"")); /* the best */
    assert_non_null(strstr(text, "class=\"line k4 dash\""));
    assert_null(strstr(text, "nan"));
    hone_internal_free(text);
    assert_true(hone_report_table(path, &(hone_parallel){.axes = axes, .axis_count = 1, .count = 3}, &rows) <
                0);
    assert_true(hone_report_table(path, NULL, &rows) < 0);
    assert_true(hone_report_table("/nowhere/at/all.html", &chart, &rows) < 0);
    unlink(path);
}

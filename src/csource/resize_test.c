/* Resizing in C source. */
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const c_source_example examples[] = {
    {"rows, then columns", "4, 4, 1", "resizing(2, 2)",
     .parts = {"start[] = {0, 2, 4};", "place[] = {0, 1, 2, 3};", "weight[] = {0.5f, 0.5f, 0.5f, 0.5f};",
               "net_op_resize(work, input, start, place, weight, 2, 4, 4, 2);",
               "net_op_resize(output, work, start, place, weight, 2, 4, 1, 4);"}},
    {"the nearest has one weight", "2, 2, 1", "resizing(4, 2, interpolation=nearest)",
     .parts = {"start[] = {0, 1, 2, 3, 4};", "place[] = {0, 0, 1, 1};",
               "weight[] = {1.0f, 1.0f, 1.0f, 1.0f};"}},
    {"long tables have lines", "40, 1, 1", "resizing(20, 1, interpolation=nearest)",
     .parts = {"start[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,\n            16, 17,",
               "1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f,\n            1.0f,"}},
};

TEST_EACH(is_tables_and_a_call, examples)
{
    check_c_source(row);
}

/* The C functions of rows by number. */
#include "csource/functions/lookup.c"
#include "testing/check_c_function.h"

static float ids[] = {0, 4, 2, 2, 5, -1, NAN, 3}; /* 5, -1 and NaN are no rows of 5 */
enum { IDS = sizeof ids / sizeof *ids, ROWS = 5, WIDTH = 3 };

TEST(rows_of_a_table)
{
    float table[ROWS * WIDTH], y[IDS * WIDTH];
    const hone_kernel_args args = {.data = {NULL, table, ids}, .size = {IDS, WIDTH, ROWS}};
    c_function_fill(table, ROWS * WIDTH, -2, 2);
    op_gather_rows(y, table, ids, IDS, WIDTH, ROWS);
    check_c_function(HONE_KERNEL_gather_rows, &args, IDS, y, IDS * WIDTH);
}

TEST(rows_of_bytes)
{
    int8_t bytes[ROWS * WIDTH];
    float scale[ROWS], table[ROWS * WIDTH], y[IDS * WIDTH];
    const hone_kernel_args args = {.data = {NULL, table, ids}, .size = {IDS, WIDTH, ROWS}};
    c_function_fill_bytes(bytes, ROWS * WIDTH);
    c_function_fill(scale, ROWS, 0.01, 0.1);
    for (int i = 0; i < ROWS * WIDTH; i++)
        table[i] = (float)bytes[i] * scale[i / WIDTH];
    op_gather_rows_int8(y, bytes, scale, ids, IDS, WIDTH, ROWS);
    check_c_function(HONE_KERNEL_gather_rows, &args, IDS, y, IDS * WIDTH);
}

TEST(a_one_in_the_column_of_the_id)
{
    float y[IDS * ROWS];
    const hone_kernel_args args = {.data = {NULL, ids}, .size = {IDS, ROWS}};
    op_one_hot(y, ids, IDS, ROWS);
    check_c_function(HONE_KERNEL_one_hot, &args, IDS, y, IDS * ROWS);
}

TEST(numbers_at_places)
{
    float x[2 * ROWS], y[IDS];
    const hone_kernel_args args = {.data = {NULL, x, ids}, .size = {2, IDS / 2, ROWS}};
    c_function_fill(x, 2 * ROWS, -2, 2);
    op_gather_along(y, x, ids, 2, IDS / 2, ROWS);
    check_c_function(HONE_KERNEL_gather_along, &args, 2, y, IDS);
}

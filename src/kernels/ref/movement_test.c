/* Along an axis, and moving: known values of the reference. */
#include "kernels/lookup.h"
#include "tensor/ids.h"
#include "kernels/movement.h"
#include "testing/ref_kernels.h"

TEST(binary_functions_treat_nan)
{
    const double x[] = {1, NAN, 2, 3}, y[] = {NAN, 1, 2, 0};
    double z[4];
    const hone_kernel_args args = {.data = {z, (void *)x, (void *)y}};
    run(HONE_KERNEL_maximum, &args, 4);
    CHECK_ALL("maximum", z, NAN, NAN, 2, 3);
    run(HONE_KERNEL_minimum, &args, 4);
    CHECK_ALL("minimum", z, NAN, NAN, 2, 0);
    run(HONE_KERNEL_divide_no_nan, &args, 4);
    CHECK_ALL("divide_no_nan", z, NAN, NAN, 1, 0);
    run(HONE_KERNEL_equal, &args, 4);
    CHECK_ALL("equal", z, 0, 0, 1, 0);
}

TEST(reductions_have_known_values)
{
    double y[4];
    const hone_kernel_args args = {.data = {y, (void *)numbers}, .size = {2, 3, 2}};
    run(HONE_KERNEL_reduce_sum, &args, 4);
    CHECK_ALL("sum", y, 12, 11, 12, 17);
    run(HONE_KERNEL_reduce_mean, &args, 4);
    CHECK_ALL("mean", y, 4, 11.0 / 3, 4, 17.0 / 3);
    run(HONE_KERNEL_reduce_sum_squares, &args, 4);
    CHECK_ALL("sum_squares", y, 50, 83, 54, 109);
    run(HONE_KERNEL_reduce_product, &args, 4);
    CHECK_ALL("product", y, 60, 9, 50, 144);
    run(HONE_KERNEL_reduce_maximum, &args, 4);
    CHECK_ALL("maximum", y, 5, 9, 5, 8);
    run(HONE_KERNEL_reduce_minimum, &args, 4);
    CHECK_ALL("minimum", y, 3, 1, 2, 3);
    run(HONE_KERNEL_argmax, &args, 4);
    CHECK_ALL("argmax", y, 2, 2, 1, 2);
    run(HONE_KERNEL_argmin, &args, 4);
    CHECK_ALL("argmin", y, 0, 0, 0, 1);
}

TEST(searches_put_nan_first)
{
    const double x[] = {1, NAN, 5, NAN, 2, 2, 2, 2};
    double y[8];
    const hone_kernel_args args = {.data = {y, (void *)x}, .size = {2, 4, 1}};
    run(HONE_KERNEL_argmax, &args, 2);
    CHECK_ALL("argmax", y, 1, 0);
    const hone_kernel_args sort = {.data = {y, (void *)x}, .size = {2, 4}};
    run(HONE_KERNEL_sort_descending, &sort, 2);
    CHECK_ALL("sort_descending", y, NAN, NAN, 5, 1, 2, 2, 2, 2);
}

TEST(cumulative_sums_run_both_ways)
{
    double y[12];
    hone_kernel_args args = {.data = {y, (void *)numbers}, .size = {2, 3, 2}};
    run(HONE_KERNEL_cumulative_sum, &args, 4);
    CHECK_ALL("cumulative_sum", y, 3, 1, 7, 2, 12, 11, 2, 6, 7, 9, 12, 17);
    args.scalar[0] = 1;
    run(HONE_KERNEL_cumulative_sum, &args, 4);
    CHECK_ALL("from the end", y, 12, 11, 9, 10, 5, 9, 12, 17, 10, 11, 5, 8);
}

TEST(transposes_flips_and_slices_are_strided_copies)
{
    double y[6];
    hone_kernel_args args = {.data = {y, (void *)numbers}};
    args.family = &(hone_strides){.rank = 2, .dims = {2, 3}, .a = {1, 2}};
    run(HONE_KERNEL_strided_copy, &args, 6);
    CHECK_ALL("transpose", y, 3, 4, 5, 1, 1, 9);
    args.family = &(hone_strides){.rank = 1, .dims = {4}, .a = {-1}, .offset = 3};
    run(HONE_KERNEL_strided_copy, &args, 4);
    CHECK_ALL("flip", y, 1, 4, 1, 3);
    args.family = &(hone_strides){.rank = 2, .dims = {2, 2}, .a = {6, 2}, .offset = 1};
    run(HONE_KERNEL_strided_copy, &args, 4);
    CHECK_ALL("slice", y, 1, 1, 6, 3);
}

TEST(pad_surrounds_and_cuts)
{
    double y[12];
    hone_kernel_args args = {.data = {y, (void *)numbers}, .scalar = {-1}};
    args.family = &(hone_strides){.rank = 2, .dims = {3, 4}, .b = {1, 2}, .a = {2, 2}};
    run(HONE_KERNEL_pad, &args, 12);
    CHECK_ALL("pad", y, -1, -1, -1, -1, -1, -1, 3, 1, -1, -1, 4, 1);
    args.family = &(hone_strides){.rank = 2, .dims = {1, 2}, .b = {-1, -1}, .a = {2, 2}};
    run(HONE_KERNEL_pad, &args, 2);
    CHECK_ALL("cut", y, 1, -1);
}

TEST(rows_are_gathered_and_scattered)
{
    const double ids[] = {2, 0, 2, -1, 3, NAN};
    double y[12], dtable[6];
    hone_kernel_args args = {.data = {y, (void *)numbers, (void *)ids}, .size = {6, 2, 3}};
    run(HONE_KERNEL_gather_rows, &args, 6);
    CHECK_ALL("gather", y, 5, 9, 3, 1, 5, 9, NAN, NAN, NAN, NAN, NAN, NAN);
    hone_scatter family = {.rows = 6, .width = 2, .count = 3};
    args = (hone_kernel_args){.data = {dtable, (void *)numbers, (void *)ids}, .family = &family};
    run(HONE_KERNEL_scatter_add_rows, &args,
        hone_internal_kernels_named("ref_double")->tiling[HONE_KERNEL_scatter_add_rows](&family).count);
    CHECK_ALL("scatter", dtable, 4, 1, 0, 0, 8, 10);
    const hone_kernel_args one_hot = {.data = {y, (void *)ids}, .size = {4, 3}};
    run(HONE_KERNEL_one_hot, &one_hot, 4);
    CHECK_ALL("one_hot", y, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0);
}

/* A tile that begins at 2^24 + 1, which no float is: the row before it is another tile's. */
TEST(rows_that_floats_cannot_number_stay_in_their_tile)
{
    enum { TILE = 97, BEGIN = (1 << 24) + 1, ROWS = BEGIN + TILE };
    float *rows = hone_internal_allocate(ROWS * sizeof *rows);
    const float numbers_to_add[] = {5, 6}, ids[] = {BEGIN - 1, BEGIN + 1};
    hone_scatter family = {.rows = 2, .width = 1, .count = ROWS, .tile = TILE};
    const hone_kernel_args args = {.data = {rows, (void *)numbers_to_add, (void *)ids}, .family = &family};
    assert_non_null(rows);
    assert_int_equal(BEGIN % TILE, 0);
    rows[BEGIN - 1] = 7;
    hone_internal_kernels_ref.kernel[HONE_KERNEL_scatter_add_rows](&args, BEGIN / TILE, BEGIN / TILE + 1,
                                                                   NULL);
    assert_true(rows[BEGIN - 1] == 7);
    assert_true(rows[BEGIN] == 0 && rows[BEGIN + 1] == 6);
    hone_internal_free(rows);
}

/* Codes of ids tell the rows around 2^24 apart; tables of floats alone have them. */
TEST(codes_reach_rows_that_floats_cannot_number)
{
    enum { COUNT = (1 << 24) + 4, IDS = 3 };
    float *rows = hone_internal_allocate_zeroed(COUNT, sizeof *rows), y[IDS];
    assert_non_null(rows);
    for (int i = 0; i < 4; i++)
        rows[(1 << 24) + i] = (float)i;
    const float codes[IDS] = {hone_internal_id_code((1 << 24) + 1), hone_internal_id_code((1 << 24) + 3),
                              hone_internal_id_code(COUNT)};
    hone_kernel_args args = {.data = {y, rows, (void *)codes}, .size = {IDS, 1, COUNT, 1}};
    hone_internal_kernels_ref.kernel[HONE_KERNEL_gather_rows](&args, 0, IDS, NULL);
    assert_true(y[0] == 1 && y[1] == 3 && isnan(y[2]));
    const float added[IDS] = {5, 6, 7};
    hone_scatter family = {.rows = IDS, .width = 1, .count = COUNT, .tile = COUNT, .coded = true};
    args = (hone_kernel_args){.data = {rows, (void *)added, (void *)codes}, .family = &family};
    hone_internal_kernels_ref.kernel[HONE_KERNEL_scatter_add_rows](&args, 0, 1, NULL);
    assert_true(rows[1 << 24] == 0 && rows[(1 << 24) + 1] == 5 && rows[(1 << 24) + 2] == 0 &&
                rows[(1 << 24) + 3] == 6);
    hone_internal_free(rows);
}

TEST(concatenation_puts_rows_side_by_side)
{
    double y[6];
    const hone_concatenation joined = {.count = 2, .rows = 2, .total = 3, .width = {1, 2}};
    const hone_kernel_args args = {.data = {y, (void *)numbers, (void *)(numbers + 6)}, .family = &joined};
    run(HONE_KERNEL_concatenate, &args, 2);
    CHECK_ALL("concatenate", y, 3, 2, 6, 1, 5, 3);
}

TEST(drawing_follows_the_stream)
{
    enum { COUNT = 20000 };
    const hone_random random = hone_internal_random(1, 2, 3);
    static double y[COUNT], mask[COUNT], x[COUNT];
    double sum = 0, kept = 0;
    for (int i = 0; i < COUNT; i++)
        x[i] = i;
    hone_kernel_args args = {.data = {y, mask, x}, .scalar = {0.25}, .random = &random};
    run(HONE_KERNEL_dropout, &args, COUNT);
    for (int i = 0; i < COUNT; i++) {
        const bool keep = hone_internal_random_word(&random, (uint64_t)i) >= 1u << 30;
        check_near("mask", mask[i], keep ? 1 / 0.75 : 0, 0);
        check_near("dropout", y[i], x[i] * mask[i], 1e-15);
        kept += keep;
    }
    assert_true(fabs(kept / COUNT - 0.75) < 0.02);
    args.scalar[0] = 1;
    run(HONE_KERNEL_dropout, &args, COUNT);
    for (int i = 0; i < COUNT; i++)
        check_near("dropped", y[i] + mask[i], 0, 0);
    args.scalar[0] = -1, args.scalar[1] = 3;
    run(HONE_KERNEL_random_uniform, &args, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_true(y[i] >= -1 && y[i] < 3);
        sum += y[i];
    }
    assert_true(fabs(sum / COUNT - 1) < 0.05);
}

/* Sums along an axis: of consecutive elements in lanes, of lines side by side each in the order of its
 * axis. */
#include "kernels/generic/loops.h"

/* Lines side by side: blocks of accumulators, each line in the order of its axis. */
#define SIDE_BY_SIDE(name, start, step, finish) \
    static void side_by_side_##name(float *result, const float *x_first, int64_t axis, int64_t inner, \
                                    int64_t count) \
    { \
        const double n = (double)axis; \
        (void)n; \
        for (int64_t block = 0; block < count; block += BLOCK) { \
            double accumulators[BLOCK]; \
            const int64_t width = smaller_of(BLOCK, count - block); \
            for (int64_t i = 0; i < width; i++) \
                accumulators[i] = start; \
            for (int64_t j = 0; j < axis; j++) { \
                const float *line = x_first + j * inner + block; \
                INDEPENDENT for (int64_t i = 0; i < width; i++) \
                { \
                    const double x = (double)line[i], r = accumulators[i]; \
                    accumulators[i] = step; \
                } \
            } \
            for (int64_t i = 0; i < width; i++) { \
                const double r = accumulators[i]; \
                result[block + i] = (float)(finish); \
            } \
        } \
    }

typedef void side_by_side(float *result, const float *x, int64_t axis, int64_t inner, int64_t count);

/* Lines begin .. end-1 of [outer, axis, inner], in runs that share their outer index. */
static void reduce_side_by_side(const hone_kernel_args *args, int64_t begin, int64_t end,
                                side_by_side *reduce)
{
    const int64_t axis = args->size[1], inner = args->size[2];
    float *result = args->data[0];
    const float *x = args->data[1];
    for (int64_t item = begin, run; item < end; item += run) {
        const int64_t outer = item / inner, place = item % inner;
        run = smaller_of(inner - place, end - item);
        reduce(result + item, x + outer * axis * inner + place, axis, inner, run);
    }
}

#define HONE_REDUCTION(name, start, step, finish) \
    SIDE_BY_SIDE(name, start, step, finish) \
    static void lines_##name(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch) \
    { \
        if (args->size[2] == 1) \
            LEAVE_TO_REFERENCE(reduce_##name); \
        reduce_side_by_side(args, begin, end, side_by_side_##name); \
    }
#include "kernels/reduction.def"

typedef double lane_sum(const float *x, const float *y, double mean, int64_t count);

/* Rows of consecutive elements: sum * factor. */
static void sum_rows(const hone_kernel_args *args, int64_t begin, int64_t end, lane_sum *sum, double divisor)
{
    const int64_t axis = args->size[1];
    float *result = args->data[0];
    const float *x = args->data[1];
    for (int64_t row = begin; row < end; row++)
        result[row] = (float)(sum(x + row * axis, NULL, 0, axis) / divisor);
}

static void rows_sum(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    if (args->size[2] != 1)
        lines_sum(args, begin, end, scratch);
    else
        sum_rows(args, begin, end, sum_of, 1);
}

static void rows_mean(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    if (args->size[2] != 1)
        lines_mean(args, begin, end, scratch);
    else
        sum_rows(args, begin, end, sum_of, (double)args->size[1]);
}

static void rows_sum_squares(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    if (args->size[2] != 1)
        lines_sum_squares(args, begin, end, scratch);
    else
        sum_rows(args, begin, end, sum_of_squares, 1);
}

OVERLAY(reduction)
{
#define HONE_REDUCTION(name, ...) table->kernel[HONE_KERNEL_reduce_##name] = lines_##name;
#include "kernels/reduction.def"
    table->kernel[HONE_KERNEL_reduce_sum] = rows_sum;
    table->kernel[HONE_KERNEL_reduce_mean] = rows_mean;
    table->kernel[HONE_KERNEL_reduce_sum_squares] = rows_sum_squares;
}

/* Softmax of rows (inner = 1), in pieces of LANES elements; the last piece is padded, so that short rows
 * are vector code. */
#include "kernels/generic/loops.h"
#include "kernels/generic/rows.h"

/* Rows shorter than LANES go several at a time, so that their exponentials are vector code. */
enum { TERMS = 256 };

typedef struct short_rows {
    float terms[TERMS];   /* e^(x - maximum) of consecutive rows */
    float maximum[TERMS]; /* of each row */
    double sum[TERMS];    /* of the terms of each row */
} short_rows;

static void find_terms(short_rows *group, const float *x, int64_t rows, int64_t axis)
{
    for (int64_t row = 0; row < rows; row++) {
        float maximum = -HUGE_VALF;
        for (int64_t i = row * axis; i < (row + 1) * axis; i++)
            maximum = x[i] > maximum ? x[i] : maximum;
        for (int64_t i = row * axis; i < (row + 1) * axis; i++)
            group->terms[i] = x[i] - maximum;
        group->maximum[row] = maximum;
    }
    for (int64_t i = rows * axis; i % LANES != 0; i++)
        group->terms[i] = 0;
    for (int64_t i = 0; i < rows * axis; i += LANES)
        exp_piece(group->terms + i, group->terms + i, 0);
    for (int64_t row = 0; row < rows; row++) {
        double sum = 0;
        for (int64_t i = row * axis; i < (row + 1) * axis; i++)
            sum += (double)group->terms[i];
        group->sum[row] = sum;
    }
}

static void softmax_short(float *y, const float *x, int64_t rows, int64_t axis)
{
    short_rows group;
    find_terms(&group, x, rows, axis);
    for (int64_t row = 0; row < rows; row++) {
        const float scale = (float)(1 / group.sum[row]);
        for (int64_t i = row * axis; i < (row + 1) * axis; i++)
            y[i] = group.terms[i] * scale;
    }
}

static void log_softmax_short(float *y, const float *x, int64_t rows, int64_t axis)
{
    short_rows group;
    find_terms(&group, x, rows, axis);
    for (int64_t row = 0; row < rows; row++) {
        const float logarithm = (float)log(group.sum[row]), maximum = group.maximum[row];
        for (int64_t i = row * axis; i < (row + 1) * axis; i++)
            y[i] = x[i] - maximum - logarithm;
    }
}

/* Calls `compute` for rows begin .. end-1, as many at a time as there is room for. */
static void for_short_rows(const hone_kernel_args *args, int64_t begin, int64_t end,
                           void (*compute)(float *y, const float *x, int64_t rows, int64_t axis))
{
    const int64_t axis = args->size[1];
    float *y = args->data[0];
    const float *x = args->data[1];
    for (int64_t row = begin, rows; row < end; row += rows) {
        rows = smaller_of(TERMS / (axis > 0 ? axis : 1), end - row);
        compute(y + row * axis, x + row * axis, rows, axis);
    }
}

static void softmax_long(float *y, const float *x, int64_t count)
{
    exp_row(y, x, maximum_of(x, count), count);
    const float scale = (float)(1 / sum_of(y, NULL, 0, count));
    for (int64_t i = 0; i < count; i++)
        y[i] *= scale;
}

static void rows_softmax(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t axis = args->size[1];
    float *y = args->data[0];
    const float *x = args->data[1];
    if (args->size[2] != 1)
        LEAVE_TO_REFERENCE(softmax);
    if (axis < LANES)
        for_short_rows(args, begin, end, softmax_short);
    else
        for (int64_t row = begin; row < end; row++)
            softmax_long(y + row * axis, x + row * axis, axis);
}

static void rows_softmax_gradient(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t axis = args->size[1];
    if (args->size[2] != 1)
        LEAVE_TO_REFERENCE(softmax_gradient);
    for (int64_t row = begin; row < end; row++) {
        const float *y = (const float *)args->data[1] + row * axis,
                    *dy = (const float *)args->data[2] + row * axis;
        float *dx = (float *)args->data[0] + row * axis;
        const float sum = (float)sum_of_products(dy, y, 0, axis);
        INDEPENDENT for (int64_t i = 0; i < axis; i++) dx[i] = y[i] * (dy[i] - sum);
    }
}

/* The sum of e^(x - maximum), without a place to keep the terms. */
static double sum_of_exponentials(const float *x, float maximum, int64_t count)
{
    float terms[BLOCK];
    double sum = 0;
    for (int64_t i = 0; i < count; i += BLOCK) {
        const int64_t width = smaller_of(BLOCK, count - i);
        exp_row(terms, x + i, maximum, width);
        sum += sum_of(terms, NULL, 0, width);
    }
    return sum;
}

static void log_softmax_long(float *y, const float *x, int64_t axis)
{
    const float maximum = maximum_of(x, axis), logarithm = (float)log(sum_of_exponentials(x, maximum, axis));
    INDEPENDENT for (int64_t i = 0; i < axis; i++) y[i] = x[i] - maximum - logarithm;
}

static void rows_log_softmax(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t axis = args->size[1];
    float *y = args->data[0];
    const float *x = args->data[1];
    if (args->size[2] != 1)
        LEAVE_TO_REFERENCE(log_softmax);
    if (axis < LANES)
        for_short_rows(args, begin, end, log_softmax_short);
    else
        for (int64_t row = begin; row < end; row++)
            log_softmax_long(y + row * axis, x + row * axis, axis);
}

static void rows_log_softmax_gradient(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t axis = args->size[1];
    if (args->size[2] != 1)
        LEAVE_TO_REFERENCE(log_softmax_gradient);
    for (int64_t row = begin; row < end; row++) {
        const float *y = (const float *)args->data[1] + row * axis,
                    *dy = (const float *)args->data[2] + row * axis;
        float *dx = (float *)args->data[0] + row * axis;
        const float sum = (float)sum_of(dy, NULL, 0, axis);
        INDEPENDENT for (int64_t i = 0; i < axis; i++) dx[i] = dy[i] - exp_float(y[i]) * sum;
    }
}

OVERLAY(softmax)
{
    table->kernel[HONE_KERNEL_softmax] = rows_softmax;
    table->kernel[HONE_KERNEL_softmax_gradient] = rows_softmax_gradient;
    table->kernel[HONE_KERNEL_log_softmax] = rows_log_softmax;
    table->kernel[HONE_KERNEL_log_softmax_gradient] = rows_log_softmax_gradient;
}

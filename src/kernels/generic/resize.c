/* Resizing: loops over what lies inside the axis. */
#include "kernels/generic/loops.h"
#include "kernels/resize.h"

static void rows_resize(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_resize *resize = args->family;
    const int64_t rows = resize->rows, inner = resize->inner;
    (void)scratch;
    for (int64_t item = begin; item < end; item++) {
        const float *x = (const float *)args->data[1] + item / rows * resize->columns * inner;
        float *y = (float *)args->data[0] + item * inner;
        const int64_t row = item % rows;
        memset(y, 0, (size_t)inner * sizeof *y);
        for (int64_t k = resize->start[row]; k < resize->start[row + 1]; k++) {
            const float weight = (float)resize->weight[k], *from = x + resize->place[k] * inner;
            INDEPENDENT for (int64_t i = 0; i < inner; i++) y[i] += weight * from[i];
        }
    }
}

OVERLAY(resize)
{
    table->kernel[HONE_KERNEL_resize] = rows_resize;
}

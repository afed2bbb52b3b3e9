/* Resizing along one axis. */
#include <stdint.h>

/* row i of y is the sum of weight[k] times row place[k] of x, start[i] <= k < start[i + 1] */
static void op_resize(float *y, const float *x, const int32_t *start, const int32_t *place,
                      const float *weight, int32_t rows, int32_t columns, int32_t inner, int32_t items)
{
    int32_t item, i, k;
    for (item = 0; item < items; item++, y += inner) {
        const float *from = x + item / rows * columns * inner;
        const int32_t row = item % rows;
        for (i = 0; i < inner; i++) {
            float sum = 0;
            for (k = start[row]; k < start[row + 1]; k++)
                sum += weight[k] * from[place[k] * inner + i];
            y[i] = sum;
        }
    }
}

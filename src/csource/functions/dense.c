/* Dense steps: sums are of floats, four at a time. */
#include <stddef.h>
#include <stdint.h>

/* y[r, j] = bias[j] + sum over i of x[r, i] w[j, i] */
static void op_dense(float *y, const float *x, const float *w, const float *bias, int32_t rows, int32_t k,
                     int32_t n)
{
    int32_t r, j, i;
    for (r = 0; r < rows; r++, x += k) {
        const float *row = w;
        for (j = 0; j < n; j++, row += k) {
            float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
            for (i = 0; i + 3 < k; i += 4) {
                s0 += x[i] * row[i];
                s1 += x[i + 1] * row[i + 1];
                s2 += x[i + 2] * row[i + 2];
                s3 += x[i + 3] * row[i + 3];
            }
            for (; i < k; i++)
                s0 += x[i] * row[i];
            *y++ = (s0 + s1) + (s2 + s3) + (bias != NULL ? bias[j] : 0);
        }
    }
}

/* y[r, j] = bias[j] + scale[j] * sum over i of x[r, i] w[j, i] */
static void op_dense_int8(float *y, const float *x, const int8_t *w, const float *scale, const float *bias,
                          int32_t rows, int32_t k, int32_t n)
{
    int32_t r, j, i;
    for (r = 0; r < rows; r++, x += k) {
        const int8_t *row = w;
        for (j = 0; j < n; j++, row += k) {
            float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
            for (i = 0; i + 3 < k; i += 4) {
                s0 += x[i] * (float)row[i];
                s1 += x[i + 1] * (float)row[i + 1];
                s2 += x[i + 2] * (float)row[i + 2];
                s3 += x[i + 3] * (float)row[i + 3];
            }
            for (; i < k; i++)
                s0 += x[i] * (float)row[i];
            *y++ = ((s0 + s1) + (s2 + s3)) * scale[j] + (bias != NULL ? bias[j] : 0);
        }
    }
}

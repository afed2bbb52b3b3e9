/* Matrix products. Sums are of floats; over rows that lie beside each other four at a time. */
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

/* c = a b of [m, k] and [k, n], one pair after the other; bit 0, 1 of turned: a, b lie transposed */
static void op_matmul(float *c, const float *a, const float *b, int32_t batch, int32_t m, int32_t n,
                      int32_t k, int32_t lda, int32_t ldb, int32_t ldc, int32_t turned, int32_t next_a,
                      int32_t next_b)
{
    const int32_t row_a = turned & 1 ? 1 : lda, step_a = turned & 1 ? lda : 1;
    const int32_t column_b = turned & 2 ? ldb : 1, step_b = turned & 2 ? 1 : ldb;
    int32_t q, r, j, i;
    for (q = 0; q < batch; q++, a += next_a, b += next_b, c += m * ldc)
        for (r = 0; r < m; r++)
            for (j = 0; j < n; j++) {
                float sum = 0;
                for (i = 0; i < k; i++)
                    sum += a[r * row_a + i * step_a] * b[j * column_b + i * step_b];
                c[r * ldc + j] = sum;
            }
}

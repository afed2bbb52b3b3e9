/* Matrix products that are not dense steps. */
#include <stdint.h>

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

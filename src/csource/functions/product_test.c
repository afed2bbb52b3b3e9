/* The C functions of products. */
#include "csource/functions/product.c"
#include "kernels/product.h"
#include "testing/check_c_function.h"

TEST(matrices_lie_in_any_way)
{
    float a[128], b[128], y[128];
    for (int turned = 0; turned < 4; turned++)
        for (int batch = 1; batch < 3; batch++) {
            hone_product product = hone_product_of(3, 4, 5, turned & 1, turned & 2);
            const hone_kernel_args args = {.data = {NULL, a, b}, .family = &product};
            product.batch = batch;
            c_function_fill(a, batch * 15, -2, 2);
            c_function_fill(b, batch * 20, -2, 2);
            op_matmul(y, a, b, batch, 3, 4, 5, (int32_t)product.lda, (int32_t)product.ldb,
                      (int32_t)product.ldc, turned, (int32_t)product.next_a, (int32_t)product.next_b);
            check_c_function(HONE_KERNEL_matmul, &args, 0, y, batch * 12);
        }
}

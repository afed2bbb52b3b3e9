/* Products of the reference. */
#include "kernels/product.h"
#include "testing/ref_kernels.h"

static const hone_kernel_args doubling = {.scalar = {2, 1}};

/* Chain step: c = 2 c + 1, on the memory that the args point to. */
static void check_product(bool ta, bool tb, int64_t tile_m, int64_t tile_n)
{
    const double a[] = {1, 2, 3, 4, 5, 6}, a_transposed[] = {1, 4, 2, 5, 3, 6};
    const double b[] = {1, 0, 2, -1, 3, 1, 0, 2, 1, 1, 1, 1},
                 b_transposed[] = {1, 3, 1, 0, 1, 1, 2, 0, 1, -1, 2, 1};
    double c[16];
    hone_kernel_args chained = doubling;
    chained.data[0] = chained.data[1] = c;
    const hone_chain chain = {.count = 1,
                              .step = {{.run = table->kernel[HONE_KERNEL_affine], .args = &chained}}};
    hone_product product = hone_product_of(2, 4, 3, ta, tb);
    product.batch = 2, product.next_a = product.next_b = 0;
    product.tile_m = tile_m, product.tile_n = tile_n;
    const hone_kernel_args args = {
        .data = {c, (void *)(ta ? a_transposed : a), (void *)(tb ? b_transposed : b)},
        .family = &product,
        .chain = &chain,
    };
    run(HONE_KERNEL_matmul, &args, hone_product_tile_count(&product));
    CHECK_ALL("matmul", c, 21, 11, 11, 13, 51, 23, 29, 25, 21, 11, 11, 13, 51, 23, 29, 25);
}

TEST(products_honour_flags_and_tiles)
{
    for (int turned = 0; turned < 4; turned++)
        for (int64_t tile = 1; tile < 9; tile++)
            check_product(turned & 1, turned & 2, tile % 3 + 1, tile % 5 + 1);
}

TEST(batches_step_through_both_operands)
{
    const double a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8};
    double c[2];
    hone_product product = hone_product_of(1, 1, 2, false, false);
    product.batch = 2, product.tile_m = product.tile_n = 1;
    const hone_kernel_args args = {.data = {c, (void *)a, (void *)b}, .family = &product};
    run(HONE_KERNEL_matmul, &args, 2);
    CHECK_ALL("batch", c, 17, 53);
}

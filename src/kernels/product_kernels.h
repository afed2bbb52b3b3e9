/* The kernels that run on the innermost products of one instruction set. A file that includes this has
 * defined `parts`, a hone_product_parts, and gets `overlay_products`, which puts them into a table. */
#include "kernels/product_parts.h"

static void matmul(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    hone_internal_product_run(&parts, args, begin, end, scratch);
}

static void convolution(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    hone_internal_convolution_run(&parts, args, begin, end, scratch);
}

static void convolution_data(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    hone_internal_convolution_data_run(&parts, args, begin, end, scratch);
}

static void convolution_kernel(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    hone_internal_convolution_kernel_run(&parts, args, begin, end, scratch);
}

static void overlay_products(hone_kernels *table)
{
    table->kernel[HONE_KERNEL_matmul] = matmul;
    table->tiling[HONE_KERNEL_matmul] = hone_internal_product_tiling;
    table->kernel[HONE_KERNEL_convolution] = convolution;
    table->tiling[HONE_KERNEL_convolution] = hone_internal_convolution_tiling;
    table->kernel[HONE_KERNEL_convolution_data] = convolution_data;
    table->tiling[HONE_KERNEL_convolution_data] = hone_internal_convolution_data_tiling;
    table->kernel[HONE_KERNEL_convolution_kernel] = convolution_kernel;
    table->tiling[HONE_KERNEL_convolution_kernel] = hone_internal_convolution_kernel_tiling;
}

/* The innermost matrix products in plain C, in vectors of four, which every processor with vectors has. */
#include "kernels/product_parts.h"
#include "kernels/overlays.h"
#include <string.h>

enum { LANES = 4 };
#define BLOCK_ROWS 4
#define BLOCK_VECTORS 2
typedef float vector __attribute__((vector_size(16)));
typedef int64_t tail;
#define tail_of(count) (count)
#define zero() ((vector){0, 0, 0, 0})
#define broadcast(from) ((vector){*(from), *(from), *(from), *(from)})
#define multiply_add(x, y, sum) ((x) * (y) + (sum))
#define sum_of(x) ((x[0] + x[1]) + (x[2] + x[3]))

static inline __attribute__((always_inline)) vector load(const float *from)
{
    vector x;
    memcpy(&x, from, sizeof x);
    return x;
}

static inline __attribute__((always_inline)) void store(float *to, vector x)
{
    memcpy(to, &x, sizeof x);
}

static inline __attribute__((always_inline)) vector load_tail(const float *from, tail lanes)
{
    if (lanes == LANES)
        return load(from);
    return (vector){from[0], lanes > 1 ? from[1] : 0, lanes > 2 ? from[2] : 0, 0};
}

static inline __attribute__((always_inline)) void store_tail(float *to, vector x, tail lanes)
{
    if (lanes == LANES)
        store(to, x);
    else
        for (int64_t i = 0; i < lanes; i++)
            to[i] = x[i];
}
#include "kernels/product_block.h"
#include "kernels/product_transpose.h"

static const hone_product_parts parts = {
    .product = multiply, .runs = multiply_runs, .dots = multiply_few_rows, .transpose = transpose};
#include "kernels/product_kernels.h"

void hone_internal_product_overlay_generic(hone_kernels *table)
{
    overlay_products(table);
}

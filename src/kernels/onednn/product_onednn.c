/* Large matrix products by oneDNN, whose blocking for the caches is better than ours; small ones stay with
 * our own, which start sooner. The choice depends on the shape alone, so that bits do too.
 *
 * Debian's oneDNN runs on OpenMP: called with more than one OpenMP thread it would wake a team of its own
 * inside each thread of ours. The count is a setting of the calling thread and costs a store, so it is set
 * around each call and the host's put back. */
#define _GNU_SOURCE
#include "kernels/product_parts.h"
#include "kernels/overlays.h"
#include <dlfcn.h>
#include <dnnl.h>
#include <string.h>

/* OpenMP's functions, whichever library oneDNN brought along; NULL when it is built without OpenMP. */
static void (*set_threads)(int);
static int (*get_threads)(void);

/* What the other products are run by. */
static hone_kernels own;
/* Which products oneDNN gets, by what the processor has. */
static struct {
    double smallest_work; /* multiply-adds from which it is better */
    int64_t widest_tile;  /* columns; wider with AVX2, where it has a slower way for small tiles */
    bool long_sums;       /* gradients of weights over many rows too */
} takes;

enum { SHORTEST_SIDE = 128, SHORTEST_OF_LONG_SUM = 32, LONG_SUM = 512, TILE = 512, TILE_STEP = 16 };

/* The gradient of a weight over many rows. */
static bool is_long(const hone_product *product)
{
    return takes.long_sums && product->transpose_a && !product->transpose_b && product->k >= LONG_SUM &&
           product->m >= SHORTEST_OF_LONG_SUM && product->n >= SHORTEST_OF_LONG_SUM;
}

static bool is_large(const hone_product *product)
{
    const bool sides =
        product->m >= SHORTEST_SIDE && product->n >= SHORTEST_SIDE && product->k >= SHORTEST_SIDE;
    return !product->bfloat16 && !product->add &&
           (is_long(product) ||
            (sides && (double)product->m * (double)product->n * (double)product->k >= takes.smallest_work));
}

/* Even parts of at most `most`, a multiple of TILE_STEP: with B transposed, only such rows keep their bits.
 */
static int64_t even_part(int64_t count, int64_t most)
{
    int64_t parts = (count + most - 1) / most,
            size = ((count + parts - 1) / parts + TILE_STEP - 1) / TILE_STEP * TILE_STEP;
    return size < count ? size : count;
}

/* Two tiles of a long sum at least, so that two threads have one each. */
static void choose_tiles(hone_product *product)
{
    const int64_t m = product->m, n = product->n;
    product->tile_m = even_part(m, TILE), product->tile_n = even_part(n, takes.widest_tile);
    if (!is_long(product) || product->tile_m < m || product->tile_n < n)
        return;
    if (n >= m)
        product->tile_n = even_part(n, (n + 1) / 2);
    else
        product->tile_m = even_part(m, (m + 1) / 2);
}

static hone_tiles tiling(void *family)
{
    hone_product *product = family;
    hone_tiles tiles = own.tiling[HONE_KERNEL_matmul](product);
    if (!is_large(product))
        return tiles;
    product->layouts = (hone_layouts){0};
    choose_tiles(product);
    size_t scratch = hone_internal_product_scratch(product); /* in case oneDNN finds no memory */
    return (hone_tiles){hone_product_tile_count(product), scratch > tiles.scratch ? scratch : tiles.scratch};
}

static bool multiply(const hone_product_tile *tile)
{
    int host_threads = get_threads != NULL ? get_threads() : 1;
    if (host_threads != 1)
        set_threads(1);
    dnnl_status_t status =
        dnnl_sgemm(tile->transpose_a ? 'T' : 'N', tile->transpose_b ? 'T' : 'N', tile->m, tile->n, tile->k, 1,
                   tile->a, tile->lda, tile->b, tile->ldb, 0, tile->c, tile->ldc);
    if (host_threads != 1)
        set_threads(host_threads);
    return status == dnnl_success;
}

static void matmul(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    if (!is_large(args->family)) {
        own.kernel[HONE_KERNEL_matmul](args, begin, end, scratch);
        return;
    }
    for (int64_t item = begin; item < end; item++) {
        hone_product_tile tile = hone_internal_product_tile(args, item);
        if (multiply(&tile))
            hone_internal_product_chain(args, &tile, 0, tile.m, scratch);
        else
            own.kernel[HONE_KERNEL_matmul](args, item, item + 1, scratch);
    }
}

static void find_openmp(void)
{
    void *set = dlsym(RTLD_DEFAULT, "omp_set_num_threads"), *get = dlsym(RTLD_DEFAULT, "omp_get_max_threads");
    if (set == NULL || get == NULL)
        return;
    memcpy(&set_threads, &set, sizeof set); /* C has no cast from an object's address to a function's */
    memcpy(&get_threads, &get, sizeof get);
}

void hone_internal_product_overlay_onednn(hone_kernels *table)
{
    find_openmp();
    own = *table;
    bool wide = strcmp(table->name, "avx512") == 0, vectors = wide || strcmp(table->name, "avx2") == 0;
    takes.smallest_work = wide ? 6.4e7 : vectors ? 1.6e7 : 2e6;
    takes.long_sums = vectors && !wide;
    takes.widest_tile = takes.long_sums ? 2 * TILE : TILE;
    table->kernel[HONE_KERNEL_matmul] = matmul;
    table->tiling[HONE_KERNEL_matmul] = tiling;
}

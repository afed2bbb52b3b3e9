/* The matrix product: cuts it into tiles, brings each tile's operands into the form that the innermost
 * products take, and runs the chain on what is finished. */
#include "kernels/panels.h"
#include "kernels/product_packed.h"
#include "kernels/product_parts.h"
#include "kernels/sizes.h"
#include <string.h>

enum {
    CHAIN_BYTES = 24 * 1024,    /* of C: a chain runs while these are in the first cache */
    SMALLEST_TILE = 150 * 1000, /* multiply-adds that are worth a thread's while */
    MOST_TILES_DOWN = 16,       /* of a product that is not large */
    MOST_TILES_ACROSS = 8,
    LARGE_SIDE = 256, /* a large product is larger on all sides; its tiles are about so large */
    LONGEST_TILE = 43 * 48,
    ROWS_STEP = 16,
    DOT_ROWS = 4,        /* with B transposed, so few rows are made by dot products */
    FEW_ROWS = 4,        /* are multiplied in wider blocks than a panel has columns */
    TRANSIENT_ROWS = 24, /* of a panel that are in scratch at a time, and then updated */
    DOT_LENGTH = 32,     /* of this many numbers or more */
    FEWEST_PANELS = 4,   /* fewer are cut into parts by rows, when there are many rows */
    LONG_SIDE = 192      /* about the side of a tile with a long sum */
};

static int64_t round_up(int64_t a, int64_t step)
{
    return hone_divide_up(a, step) * step;
}

/* With B transposed: whether C^T = B A^T is computed (A and the result are turned, which is less when there
 * are few rows), or B turned. */
static bool by_turned_result(int64_t m, int64_t n, int64_t k, bool transpose_a)
{
    return transpose_a || m * (n + k) <= n * k;
}

static bool is_long_product(const hone_product *product)
{
    return hone_internal_is_long(product->m, product->k, product->transpose_a, product->transpose_b);
}

enum { C = 0, B = 2 }; /* operands, as layouts count them */

static bool in_panels(const hone_product *product, int operand)
{
    return product->layouts.panels >> operand & 1;
}

/* Rows of a tile of C with n columns that the chain takes at a time. */
static int64_t chain_rows(const hone_product *product, int64_t n)
{
    if (in_panels(product, C) && product->layouts.transient)
        return TRANSIENT_ROWS;
    return round_up(CHAIN_BYTES / (int64_t)sizeof(float) / n, ROWS_STEP / 2) + ROWS_STEP / 2;
}

size_t hone_internal_product_scratch(const hone_product *product)
{
    int64_t m = product->tile_m, n = product->tile_n, k = product->k;
    int64_t inner = hone_minimum(k, HONE_PRODUCT_INNER), floats = 0;
    if (product->transpose_b) {
        int64_t turned_result = round_up(m, ROWS_STEP) * (n + inner),
                turned_b = inner * round_up(n, ROWS_STEP);
        floats = turned_result > turned_b ? turned_result : turned_b;
    } else if (is_long_product(product)) {
        floats = hone_internal_long_scratch(m, n);
    } else if (hone_internal_is_packed(m, n, k)) {
        floats = inner * n;
    }
    if (product->layouts.transient)
        floats = chain_rows(product, n) * n;
    size_t rounded = product->bfloat16 ? hone_internal_bfloat16_scratch(m, n, k) : 0;
    return (size_t)floats * sizeof(float) + rounded;
}

/* Cuts `count` into about `parts` tiles at multiples of `step`: a few less. */
static int64_t fewer_tiles(int64_t count, int64_t parts, int64_t step)
{
    int64_t size = parts == 1 ? count : round_up(hone_divide_up(count, parts), step);
    return size < 1 ? 1 : hone_minimum(size, count);
}

/* The same, a few more. */
static int64_t more_tiles(int64_t count, int64_t parts, int64_t step)
{
    int64_t size = parts == 1 ? count : count / parts < step ? step : count / parts / step * step;
    return size < 1 ? 1 : hone_minimum(size, count);
}

/* B may lie in panels, and C of A^T B or A B, when the matrix has no gaps. A few rows are faster with B in
 * rows. */
static void note_layouts(hone_product *product)
{
    hone_layouts *layouts = &product->layouts;
    bool floats = product->batch == 1 && !product->bfloat16 && !is_long_product(product);
    bool whole_b = product->ldb == (product->transpose_b ? product->k : product->n);
    bool whole_c = product->ldc == product->n;
    layouts->panels_possible = 0;
    if (floats && whole_b && !product->transpose_a && product->m > FEW_ROWS)
        layouts->panels_possible |= 1U << B;
    if (floats && whole_c && !product->transpose_b && product->m > FEW_ROWS)
        layouts->panels_possible |= 1U << C;
    layouts->transient_possible = floats && whole_c && !product->transpose_b && product->k > 0;
}

/* Panels of columns, each whole or cut into a few parts by rows. */
static hone_tiles tiling_by_panels(hone_product *product)
{
    double tiles = (double)product->m * (double)product->n * (double)product->k / SMALLEST_TILE;
    int64_t panels = hone_panel_count(product->n), parts = 1;
    if (panels < FEWEST_PANELS && product->m > LARGE_SIDE && tiles > (double)panels)
        parts = hone_divide_up(hone_minimum((int64_t)tiles, FEWEST_PANELS), panels);
    product->layouts.transient_possible &= in_panels(product, C);
    product->tile_n = hone_panel_width(product->n);
    product->tile_m = hone_minimum(fewer_tiles(product->m, parts, ROWS_STEP), LONGEST_TILE);
    return (hone_tiles){hone_product_tile_count(product), hone_internal_product_scratch(product)};
}

static bool by_panels(const hone_product *product)
{
    return in_panels(product, C) || (in_panels(product, B) && !product->transpose_b);
}

/* At most so many tiles of a side with sums of this length. */
static int64_t tiles_of_side(const hone_product *product, int64_t side, int64_t most)
{
    return is_long_product(product) ? hone_minimum(most, hone_maximum(side / LONG_SIDE, 2)) : most;
}

/* Tiles are cut along the longer way; large products both ways. */
hone_tiles hone_internal_product_tiling(void *family)
{
    hone_product *product = family;
    note_layouts(product);
    if (by_panels(product))
        return tiling_by_panels(product);
    int64_t m = product->m, n = product->n, k = product->k;
    int64_t rows = 1, columns = 1; /* of tiles */
    double tiles = (double)m * (double)n * (double)k / SMALLEST_TILE;
    if (m > LARGE_SIDE && n > LARGE_SIDE && k > HONE_PRODUCT_INNER) {
        rows = hone_divide_up(m, LARGE_SIDE);
        columns = hone_divide_up(n, LARGE_SIDE);
    } else if (tiles >= 2 && m >= n) {
        rows = tiles_of_side(product, m, tiles > MOST_TILES_DOWN ? MOST_TILES_DOWN : (int64_t)tiles);
    } else if (tiles >= 2) {
        columns = tiles_of_side(product, n, tiles > MOST_TILES_ACROSS ? MOST_TILES_ACROSS : (int64_t)tiles);
    }
    int64_t tile_n = product->transpose_b || is_long_product(product)
                         ? fewer_tiles(n, columns, ROWS_STEP)
                         : more_tiles(n, columns, HONE_PRODUCT_COLUMNS);
    product->tile_m = hone_minimum(fewer_tiles(m, rows, ROWS_STEP), LONGEST_TILE);
    product->tile_n = hone_minimum(tile_n, LONGEST_TILE);
    product->layouts.transient_possible &= product->tile_n == n && k <= HONE_PRODUCT_INNER;
    return (hone_tiles){hone_product_tile_count(product), hone_internal_product_scratch(product)};
}

/* A panel of B or C, or some rows of it. Panel after panel, so that a thread's range of tiles is the same
 * panels in each product of a weight. */
static hone_product_tile panel_tile(const hone_kernel_args *args, int64_t item)
{
    const hone_product *product = args->family;
    int64_t down = hone_divide_up(product->m, product->tile_m), index = item / down,
            row = item % down * product->tile_m;
    hone_packed_panel panel_b = hone_panel_at(product->k, product->n, index),
                      panel_c = hone_panel_at(product->m, product->n, index);
    int64_t columns = panel_c.columns, column = index * product->tile_n;
    bool b = in_panels(product, B), c = in_panels(product, C);
    hone_product_tile tile = {.m = hone_minimum(product->tile_m, product->m - row),
                              .n = columns,
                              .k = product->k,
                              .lda = product->lda,
                              .ldb = b ? columns : product->ldb,
                              .ldc = c ? columns : product->ldc,
                              .transpose_a = product->transpose_a,
                              .transient = product->layouts.transient,
                              .add = product->add};
    tile.first = c ? panel_c.first + row * columns : row * product->ldc + column;
    tile.a = (const float *)args->data[1] + (tile.transpose_a ? row : row * tile.lda);
    tile.b = (const float *)args->data[2] + (b ? panel_b.first : column);
    if (!tile.transient)
        tile.c = (float *)args->data[0] + tile.first;
    return tile;
}

hone_product_tile hone_internal_product_tile(const hone_kernel_args *args, int64_t item)
{
    const hone_product *product = args->family;
    if (by_panels(product))
        return panel_tile(args, item);
    int64_t tile_m = product->tile_m, tile_n = product->tile_n, matrix = 0, row = 0, column = 0;
    if (item > 0) { /* divisions are slow beside a small product */
        int64_t across = hone_divide_up(product->n, tile_n), down = hone_divide_up(product->m, tile_m);
        matrix = item / (across * down);
        row = item / across % down * tile_m;
        column = item % across * tile_n;
    }
    hone_product_tile tile = {.m = hone_minimum(tile_m, product->m - row),
                              .n = hone_minimum(tile_n, product->n - column),
                              .k = product->k,
                              .lda = product->lda,
                              .ldb = product->ldb,
                              .ldc = product->ldc,
                              .transpose_a = product->transpose_a,
                              .transpose_b = product->transpose_b,
                              .panels_of_b = in_panels(product, B),
                              .row_b = column,
                              .rows_b = product->n,
                              .transient = product->layouts.transient,
                              .add = product->add};
    tile.first = matrix * product->m * tile.ldc + row * tile.ldc + column;
    if (!tile.transient)
        tile.c = (float *)args->data[0] + tile.first;
    tile.a =
        (const float *)args->data[1] + matrix * product->next_a + (tile.transpose_a ? row : row * tile.lda);
    tile.b = (const float *)args->data[2] + matrix * product->next_b;
    if (!tile.panels_of_b)
        tile.b += tile.transpose_b ? column * tile.ldb : column;
    return tile;
}

void hone_internal_product_chain(const hone_kernel_args *args, const hone_product_tile *tile, int64_t begin,
                                 int64_t end, void *scratch)
{
    const hone_chain *chain = args->chain;
    if (chain == NULL)
        return;
    if (tile->n == tile->ldc)
        hone_chain_run(chain, tile->first + begin * tile->n, tile->first + end * tile->n, scratch);
    else
        for (int64_t i = begin; i < end; i++)
            hone_chain_run(chain, tile->first + i * tile->ldc, tile->first + i * tile->ldc + tile->n,
                           scratch);
}

static void fill_with_zeros(const hone_product_tile *tile)
{
    for (int64_t i = 0; i < tile->m; i++)
        for (int64_t j = 0; j < tile->n; j++)
            tile->c[i * tile->ldc + j] = 0;
}

/* Columns p .. p+inner-1 of a transposed B, from its first row in the tile on. */
typedef struct slice {
    const float *first;
    int64_t ld, inner;
} slice;

static slice slice_of_b(const hone_product_tile *tile, int64_t p)
{
    if (!tile->panels_of_b)
        return (slice){tile->b + p, tile->ldb, hone_minimum(HONE_PRODUCT_INNER, tile->k - p)};
    hone_packed_panel panel = hone_panel_at(tile->rows_b, tile->k, p / hone_panel_width(tile->k));
    return (slice){tile->b + panel.first + tile->row_b * panel.columns, panel.columns, panel.columns};
}

/* C = op(A) B^T with B turned, block of k after block. */
static void product_of_turned_b(const hone_product_parts *parts, const hone_product_tile *tile, float *turned)
{
    int64_t ld = round_up(tile->n, ROWS_STEP);
    slice b;
    for (int64_t p = 0; p < tile->k; p += b.inner) {
        b = slice_of_b(tile, p);
        parts->transpose(tile->n, b.inner, b.first, b.ld, turned, ld);
        parts->product(tile->m, tile->n, b.inner, tile->a + p, tile->lda, 1, turned, ld, tile->c, tile->ldc,
                       p > 0);
    }
}

/* C^T = B op(A)^T, then turned: for few rows of C. */
static void product_of_turned_result(const hone_product_parts *parts, const hone_product_tile *tile,
                                     float *turned)
{
    int64_t ld = round_up(tile->m, ROWS_STEP);
    float *right = turned + tile->n * ld;
    slice b;
    for (int64_t p = 0; p < tile->k; p += b.inner) {
        b = slice_of_b(tile, p);
        if (!tile->transpose_a)
            parts->transpose(tile->m, b.inner, tile->a + p, tile->lda, right, ld);
        parts->product(tile->n, tile->m, b.inner, b.first, b.ld, 1,
                       tile->transpose_a ? tile->a + p * tile->lda : right,
                       tile->transpose_a ? tile->lda : ld, turned, ld, p > 0);
    }
    parts->transpose(tile->n, tile->m, turned, ld, tile->c, tile->ldc);
}

/* C in scratch, some rows at a time, for the chain to read. */
static void transient_product(const hone_product_parts *parts, const hone_kernel_args *args,
                              const hone_product_tile *tile, int64_t rows, float *scratch)
{
    for (int64_t i = 0; i < tile->m; i += rows) {
        hone_product_tile part = *tile;
        part.m = hone_minimum(rows, tile->m - i);
        part.a += i * (tile->transpose_a ? 1 : tile->lda);
        part.c = scratch;
        part.ldc = tile->n;
        int64_t begin = tile->first + i * tile->n;
        hone_internal_blocked_product(parts, &part, part.n, false, NULL);
        hone_internal_chain_run_transient(args->chain, begin, begin + part.m * tile->n, scratch, NULL);
    }
}

void hone_internal_product_floats(const hone_product_parts *parts, const hone_product_tile *tile,
                                  void *scratch)
{
    if (tile->k == 0 && !tile->add)
        fill_with_zeros(tile);
    else if (tile->transpose_b && !tile->transpose_a && !tile->panels_of_b && tile->m <= DOT_ROWS &&
             tile->k >= DOT_LENGTH)
        parts->dots(tile->m, tile->n, tile->k, tile->a, tile->lda, tile->b, tile->ldb, tile->c, tile->ldc);
    else if (tile->transpose_b && by_turned_result(tile->m, tile->n, tile->k, tile->transpose_a))
        product_of_turned_result(parts, tile, scratch);
    else if (tile->transpose_b)
        product_of_turned_b(parts, tile, scratch);
    else if (hone_internal_is_long(tile->m, tile->k, tile->transpose_a, tile->transpose_b))
        hone_internal_long_product(parts, tile, scratch);
    else
        hone_internal_blocked_product(parts, tile, tile->n, tile->add, scratch);
}

/* C = op(A) B with a sum that is short, some rows at a time, and the chain on them. */
static void product_with_chain(const hone_product_parts *parts, const hone_kernel_args *args,
                               const hone_product_tile *tile, float *scratch)
{
    const int64_t a_row = tile->transpose_a ? 1 : tile->lda, a_inner = tile->transpose_a ? tile->lda : 1,
                  most = chain_rows(args->family, tile->n);
    const bool packs = hone_internal_is_packed(tile->m, tile->n, tile->k);
    if (packs)
        hone_internal_pack(tile->k, tile->n, tile->b, tile->ldb, scratch);
    for (int64_t i = 0; i < tile->m; i += most) {
        const int64_t rows = hone_minimum(most, tile->m - i);
        const float *a = tile->a + i * a_row;
        float *c = tile->c + i * tile->ldc;
        if (packs)
            hone_internal_packed_product(parts, rows, tile->n, tile->k, a, a_row, a_inner, scratch, c,
                                         tile->ldc, false);
        else
            parts->product(rows, tile->n, tile->k, a, a_row, a_inner, tile->b, tile->ldb, c, tile->ldc,
                           false);
        hone_internal_product_chain(args, tile, i, i + rows, NULL);
    }
}

static void product_of_floats(const hone_product_parts *parts, const hone_kernel_args *args,
                              const hone_product_tile *tile, void *scratch)
{
    if (args->chain != NULL && tile->k > 0 && tile->k <= HONE_PRODUCT_INNER && !tile->transpose_b) {
        product_with_chain(parts, args, tile, scratch);
        return;
    }
    hone_internal_product_floats(parts, tile, scratch);
    hone_internal_product_chain(args, tile, 0, tile->m, scratch);
}

static void product_of_tile(const hone_product_parts *parts, const hone_kernel_args *args,
                            const hone_product_tile *tile, float *scratch)
{
    if (tile->transient) {
        transient_product(parts, args, tile, chain_rows(args->family, tile->n), scratch);
    } else if (!((const hone_product *)args->family)->bfloat16 || tile->k == 0) {
        product_of_floats(parts, args, tile, scratch);
    } else if (parts->bfloat16 != NULL) {
        hone_internal_bfloat16_product(parts, args, tile, scratch);
    } else {
        hone_product_tile rounded = hone_internal_bfloat16_round(tile, scratch);
        product_of_floats(parts, args, &rounded, scratch + (tile->m + tile->n) * tile->k);
    }
}

void hone_internal_product_run(const hone_product_parts *parts, const hone_kernel_args *args, int64_t begin,
                               int64_t end, void *scratch)
{
    for (int64_t item = begin; item < end; item++) {
        hone_product_tile tile = hone_internal_product_tile(args, item);
        product_of_tile(parts, args, &tile, scratch);
    }
}

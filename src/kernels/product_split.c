/* The matrix product on tiles of bfloat16 (product_split.h): packs each tile's operands, multiplies block by
 * block, and runs the chain on what is finished.
 *
 * A tile of the product is computed in chunks of k, whose right operand stays in the first cache while the
 * left one goes by, 32 rows at a time. The left operand of all k is kept for the tiles beside it when it is
 * small. */
#include "kernels/product_split.h"

#include "kernels/panels.h"
#include "kernels/sizes.h"

enum {
    STRIP = HONE_SPLIT_DOWN * HONE_SPLIT_SIDE, /* rows of C that are finished together */
    CHUNK_PARTS = 12,                          /* tiles along k, times parts */
    LARGEST_SIDE = 512,                        /* of a tile of C */
    SMALLEST_SIDE = 64,
    TILE_WORK = 4000 * 1000, /* multiply-adds that are worth a thread's while */
    MOST_TILES = 16,
    KEPT_WORDS = 512 * 1024, /* of a left operand that is kept */
    LINE_FLOATS = 16
};

static int64_t round_up(int64_t a, int64_t step)
{
    return hone_divide_up(a, step) * step;
}

/* ---- what runs on tiles ---- */

enum { LEAST_ROWS = 17, LEAST_COLUMNS = 32, LEAST_INNER = 16, LARGE_SIDE = 128 };

/* Floats pay for their three parts where each is used many times. The bits of a prediction do not depend on
 * the other samples of a batch of up to 127 (docs/determinism.md); those of a training step do. */
static bool takes(const hone_split_products *products, const hone_product *product)
{
    if (product->add || product->bfloat16 != products->bfloat16)
        return false;
    bool large = product->m >= LARGE_SIDE && product->n >= LARGE_SIDE && product->k >= LARGE_SIDE;
    return large || (product->bfloat16 && product->training && product->m >= LEAST_ROWS &&
                     product->n >= LEAST_COLUMNS && product->k >= LEAST_INNER);
}

/* ---- tiles and scratch ---- */

/* How one tile of the product is computed, and where in the scratch its things are, in floats. */
typedef struct shape {
    int parts;
    int64_t inner, chunk;    /* tiles along k: of all, of a chunk */
    int64_t strips, columns; /* of 32 rows; tiles across */
    bool keeps_left;
    int64_t right, sums, result, own, end; /* the left operand is at 0 */
} shape;

/* For rows, and for products that add to C, which are computed as below. */
static int64_t scratch_below(const hone_product *product)
{
    return round_up((int64_t)(hone_internal_product_scratch(product) / sizeof(float)), LINE_FLOATS);
}

static shape shape_of(const hone_product *product)
{
    shape made = {.parts = product->bfloat16 ? 1 : HONE_SPLIT_PARTS,
                  .inner = hone_divide_up(product->k, HONE_SPLIT_INNER),
                  .strips = hone_divide_up(product->tile_m, STRIP),
                  .columns = hone_divide_up(product->tile_n, HONE_SPLIT_SIDE)};
    made.chunk = hone_minimum(made.inner, CHUNK_PARTS / made.parts);
    int64_t tile = (int64_t)made.parts * HONE_SPLIT_WORDS, down = made.strips * HONE_SPLIT_DOWN;
    made.keeps_left = down * made.inner * tile <= KEPT_WORDS;
    made.right = down * (made.keeps_left ? made.inner : made.chunk) * tile / 2;
    made.sums = made.right + made.columns * made.chunk * tile / 2;
    made.result = made.sums + (made.inner > made.chunk ? made.strips : 1) * made.columns * HONE_SPLIT_DOWN *
                                  HONE_SPLIT_FLOATS;
    made.own =
        made.result + (product->layouts.transient ? round_up(STRIP * product->tile_n, LINE_FLOATS) : 0);
    int64_t below = scratch_below(product), rows = product->bfloat16 ? 0 : below;
    made.end = made.own + rows > below ? made.own + rows : below;
    return made;
}

/* Into so many even parts, at multiples of `step`. */
static int64_t even_part(int64_t count, int64_t parts, int64_t step)
{
    int64_t size = round_up(hone_divide_up(count, parts), step);
    return size < count ? size : count;
}

/* Cuts the longer side again and again until the tiles are small enough, and as many as several threads want,
 * which pay for packing each operand more often. */
static void choose_tile(hone_product *product)
{
    int64_t rows = hone_divide_up(product->m, LARGEST_SIDE),
            columns = hone_divide_up(product->n, LARGEST_SIDE);
    double work = (double)product->m * (double)product->n * (double)product->k;
    while (work / (double)(rows * columns) > TILE_WORK && rows * columns < MOST_TILES) {
        int64_t height = product->m / rows, width = product->n / columns;
        if (height < 2 * SMALLEST_SIDE && width < 2 * SMALLEST_SIDE)
            break;
        if (height >= width)
            rows *= 2;
        else
            columns *= 2;
    }
    product->tile_m = even_part(product->m, rows, STRIP);
    product->tile_n = even_part(product->n, columns, HONE_SPLIT_ACROSS * HONE_SPLIT_SIDE);
}

hone_tiles hone_internal_split_tiling(const hone_split_products *products, hone_product *product)
{
    if (!takes(products, product))
        return products->tiling(product);
    const bool bfloat16 = product->bfloat16;
    product->bfloat16 = false; /* may lie as floats may */
    products->tiling(product);
    product->bfloat16 = bfloat16;
    bool by_panels = product->layouts.panels != 0 && product->tile_n == hone_panel_width(product->n);
    if (!by_panels)
        choose_tile(product);
    product->layouts.transient_possible &= by_panels;
    return (hone_tiles){hone_product_tile_count(product), (size_t)shape_of(product).end * sizeof(float)};
}

/* ---- operands ---- */

/* 16 rows of op(A) from row i on, and 32 of k from p on. */
static hone_split_source source_of_left(const hone_product_tile *tile, int64_t i, int64_t p)
{
    const float *from = tile->a + (tile->transpose_a ? p * tile->lda + i : i * tile->lda + p);
    int64_t half = tile->transpose_a ? 16 * tile->lda : 16;
    return (hone_split_source){.at = {from, from + half},
                               .ld = {tile->lda, tile->lda},
                               .side = hone_minimum(HONE_SPLIT_SIDE, tile->m - i),
                               .inner = hone_minimum(HONE_SPLIT_INNER, tile->k - p),
                               .inner_contiguous = !tile->transpose_a};
}

/* 16 of k of rows of a transposed B in panels, of which one has them all: widths are multiples of 16. */
static const float *half_in_panel(const hone_product_tile *tile, int64_t j, int64_t p, int64_t *ld)
{
    int64_t width = hone_panel_width(tile->k);
    hone_packed_panel panel = hone_panel_at(tile->rows_b, tile->k, p / width);
    *ld = panel.columns;
    return tile->b + panel.first + (tile->row_b + j) * panel.columns + p % width;
}

/* 16 columns of op(B) from column j on. */
static hone_split_source source_of_right(const hone_product_tile *tile, int64_t j, int64_t p)
{
    hone_split_source made = {.ld = {tile->ldb, tile->ldb},
                              .side = hone_minimum(HONE_SPLIT_SIDE, tile->n - j),
                              .inner = hone_minimum(HONE_SPLIT_INNER, tile->k - p),
                              .inner_contiguous = tile->transpose_b};
    if (tile->panels_of_b) {
        made.at[0] = half_in_panel(tile, j, p, &made.ld[0]);
        if (made.inner > 16)
            made.at[1] = half_in_panel(tile, j, p + 16, &made.ld[1]);
        return made;
    }
    made.at[0] = tile->b + (tile->transpose_b ? j * tile->ldb + p : p * tile->ldb + j);
    made.at[1] = made.at[0] + (tile->transpose_b ? 16 : 16 * tile->ldb);
    return made;
}

/* One tile being computed. */
typedef struct job {
    const hone_split_products *products;
    const hone_kernel_args *args;
    hone_product_tile tile;
    shape shape;
    float *scratch;
} tile_job;

static int64_t words_of_tile(const tile_job *job)
{
    return (int64_t)job->shape.parts * HONE_SPLIT_WORDS;
}

/* Tiles first .. first+count-1 along k of all rows (columns). */
static void pack_left(const tile_job *job, int64_t first, int64_t count)
{
    uint16_t *to = (uint16_t *)job->scratch;
    for (int64_t i = 0; i < job->shape.strips * STRIP; i += HONE_SPLIT_SIDE)
        for (int64_t p = first; p < first + count; p++, to += words_of_tile(job)) {
            if (i >= job->tile.m)
                continue; /* tiles of a last strip that are never multiplied */
            hone_split_source from = source_of_left(&job->tile, i, p * HONE_SPLIT_INNER);
            job->products->split->pack(&from, job->shape.parts, false, to);
        }
}

static void pack_right(const tile_job *job, int64_t first, int64_t count)
{
    uint16_t *to = (uint16_t *)(job->scratch + job->shape.right);
    for (int64_t j = 0; j < job->tile.n; j += HONE_SPLIT_SIDE)
        for (int64_t p = first; p < first + count; p++, to += words_of_tile(job)) {
            hone_split_source from = source_of_right(&job->tile, j, p * HONE_SPLIT_INNER);
            job->products->split->pack(&from, job->shape.parts, true, to);
        }
}

/* ---- a tile ---- */

static float *sums_of(const tile_job *job, int64_t strip)
{
    int64_t own = job->shape.inner > job->shape.chunk ? strip : 0;
    return job->scratch + job->shape.sums + own * job->shape.columns * HONE_SPLIT_DOWN * HONE_SPLIT_FLOATS;
}

/* A strip with tiles first .. first+count-1 along k. */
static void multiply_strip(const tile_job *job, int64_t strip, int64_t first, int64_t count)
{
    int64_t rows = job->tile.m - strip * STRIP, across = hone_divide_up(job->tile.n, HONE_SPLIT_SIDE),
            kept = job->shape.keeps_left ? job->shape.inner : count, words = words_of_tile(job);
    hone_split_block block = {.rows = rows > HONE_SPLIT_SIDE ? 2 : 1,
                              .parts = job->shape.parts,
                              .inner = count,
                              .left = (uint16_t *)job->scratch +
                                      (strip * HONE_SPLIT_DOWN * kept + (job->shape.keeps_left ? first : 0)) *
                                          words,
                              .left_step = kept * words,
                              .right_step = count * words,
                              .resume = first > 0};
    for (int64_t j = 0; j < across; j += HONE_SPLIT_ACROSS) {
        block.columns = (int)hone_minimum(HONE_SPLIT_ACROSS, across - j);
        block.right = (uint16_t *)(job->scratch + job->shape.right) + j * block.right_step;
        block.sums = sums_of(job, strip) + j * HONE_SPLIT_DOWN * HONE_SPLIT_FLOATS;
        job->products->split->multiply(&block);
    }
}

/* The rows of a strip, in C or, of a transient result, in scratch. */
static hone_product_tile rows_of_strip(const tile_job *job, int64_t strip)
{
    hone_product_tile part = job->tile;
    int64_t first = strip * STRIP;
    part.m = hone_minimum(STRIP, part.m - first);
    part.a += first * (part.transpose_a ? 1 : part.lda);
    part.c = part.transient ? job->scratch + job->shape.result : part.c + first * part.ldc;
    part.ldc = part.transient ? part.n : part.ldc;
    return part;
}

static bool finish_sums(const tile_job *job, const hone_product_tile *part, const float *sums)
{
    bool finite = true;
    float factor = job->shape.parts == 1 ? 1 : HONE_SPLIT_BACK;
    for (int64_t j = 0; j < part->n; j += HONE_SPLIT_SIDE)
        for (int64_t i = 0; i < part->m; i += HONE_SPLIT_SIDE, sums += HONE_SPLIT_FLOATS) {
            int64_t rows = hone_minimum(HONE_SPLIT_SIDE, part->m - i),
                    columns = hone_minimum(HONE_SPLIT_SIDE, part->n - j);
            finite &= job->products->split->finish(sums, factor, rows, columns, part->c + i * part->ldc + j,
                                                   part->ldc);
            if (part->m <= HONE_SPLIT_SIDE)
                sums += HONE_SPLIT_FLOATS;
        }
    return finite;
}

static void finish_strip(const tile_job *job, int64_t strip)
{
    const hone_product_tile part = rows_of_strip(job, strip);
    float *own = job->scratch + job->shape.own;
    int64_t first = strip * STRIP;
    if (!finish_sums(job, &part, sums_of(job, strip)) && job->shape.parts > 1)
        hone_internal_product_floats(job->products->parts, &part, own);
    if (!part.transient) {
        hone_internal_product_chain(job->args, &job->tile, first, first + part.m, own);
        return;
    }
    int64_t begin = job->tile.first + first * part.n;
    hone_internal_chain_run_transient(job->args->chain, begin, begin + part.m * part.n, part.c, NULL);
}

static void run_tile(const tile_job *job)
{
    int64_t strips = hone_divide_up(job->tile.m, STRIP);
    for (int64_t first = 0; first < job->shape.inner; first += job->shape.chunk) {
        int64_t count = hone_minimum(job->shape.chunk, job->shape.inner - first);
        if (!job->shape.keeps_left)
            pack_left(job, first, count);
        pack_right(job, first, count);
        for (int64_t strip = 0; strip < strips; strip++) {
            multiply_strip(job, strip, first, count);
            if (first + count == job->shape.inner)
                finish_strip(job, strip);
        }
    }
}

void hone_internal_split_run(const hone_split_products *products, const hone_kernel_args *args, int64_t begin,
                             int64_t end, void *scratch)
{
    const hone_product *product = args->family;
    if (!takes(products, product)) {
        products->matmul(args, begin, end, scratch);
        return;
    }
    tile_job job = {.products = products, .args = args, .shape = shape_of(product), .scratch = scratch};
    const float *packed = NULL;
    products->split->begin();
    for (int64_t item = begin; item < end; item++) {
        job.tile = hone_internal_product_tile(args, item);
        if (job.shape.keeps_left && job.tile.a != packed)
            pack_left(&job, 0, job.shape.inner);
        packed = job.tile.a;
        run_tile(&job);
    }
    products->split->end();
}

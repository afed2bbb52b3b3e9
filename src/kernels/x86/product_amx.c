/* Products on AMX: the tiles of product_split.h in the processor's tile registers. */
#include "base/cpu.h"
#include "kernels/product_split.h"
#include "kernels/x86/transpose_avx512.h"
#include "kernels/x86/x86.h"
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* ---- the state of a thread ---- */

/* Eight tiles of 16 rows of 64 bytes. (Constant: compilers do not see that all of it is read.) */
static const struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} eight_tiles = {
    .palette = 1, .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64}, .rows = {16, 16, 16, 16, 16, 16, 16, 16}};

static void begin(void)
{
    _tile_loadconfig(&eight_tiles);
}

/* What a thread does not hold need not be saved when it is switched. */
static void end(void)
{
    _tile_release();
}

/* ---- operands ---- */

INLINE __mmask16 lanes(int64_t count)
{
    return (__mmask16)((1U << count) - 1);
}

/* Vector i of 16 that stand below each other; what is beyond `rows` and `inside` is 0. */
INLINE __m512 load_row(const float *from, int64_t ld, int64_t rows, __mmask16 inside, int i)
{
    return i < rows ? _mm512_maskz_loadu_ps(inside, from + i * ld) : _mm512_setzero_ps();
}

/* The upper half of the numbers, half away from 0, as floats. */
INLINE __m512 upper(__m512 x)
{
    __m512i bits = _mm512_add_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(0x8000));
    return _mm512_castsi512_ps(_mm512_and_si512(bits, _mm512_set1_epi32((int)0xffff0000)));
}

/* The upper halves of two vectors in turn; the lower ones of y are 0. */
INLINE void put(__m512 x, __m512 y, uint16_t *to)
{
    __m512i low = _mm512_srli_epi32(_mm512_castps_si512(x), 16);
    _mm512_store_si512(to, _mm512_or_si512(low, _mm512_castps_si512(y)));
}

INLINE void put_three_parts(__m512 x, __m512 y, uint16_t *to)
{
    const __m512 factor = _mm512_set1_ps(HONE_SPLIT_FACTOR);
    x = _mm512_mul_ps(x, factor), y = _mm512_mul_ps(y, factor);
    UNROLL for (int part = 0; part < HONE_SPLIT_PARTS - 1; part++)
    {
        __m512 high_x = upper(x), high_y = upper(y);
        put(high_x, high_y, to + part * HONE_SPLIT_WORDS);
        x = _mm512_sub_ps(x, high_x), y = _mm512_sub_ps(y, high_y);
    }
    put(x, y, to + (HONE_SPLIT_PARTS - 1) * HONE_SPLIT_WORDS);
}

INLINE void put_rounded(__m512 x, __m512 y, uint16_t *to)
{
    const __m512i pair = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i in_turn =
        _mm512_or_si512(pair, _mm512_slli_epi32(_mm512_add_epi32(pair, _mm512_set1_epi32(16)), 16));
    _mm512_store_si512(to, _mm512_permutexvar_epi16(in_turn, (__m512i)_mm512_cvtne2ps_pbh(y, x)));
}

/* Where the vectors of a tile are: two halves of 16, each with `rows` vectors. */
typedef struct vectors {
    const float *at[2];
    int64_t ld[2], rows[2];
    __mmask16 inside[2];
} vectors;

/* Sixteen pairs of vectors, one of each half. */
INLINE void put_tile(const vectors *from, int parts, uint16_t *to)
{
    UNROLL for (int i = 0; i < 16; i++)
    {
        __m512 x = load_row(from->at[0], from->ld[0], from->rows[0], from->inside[0], i);
        __m512 y = load_row(from->at[1], from->ld[1], from->rows[1], from->inside[1], i);
        if (parts == 1)
            put_rounded(x, y, to + i * HONE_SPLIT_INNER);
        else
            put_three_parts(x, y, to + i * HONE_SPLIT_INNER);
    }
}

/* Both halves turned. */
INLINE vectors turn(const vectors *from, float turned[2][256])
{
    UNROLL for (int half = 0; half < 2; half++)
    {
        __m512 rows[16];
        UNROLL for (int i = 0; i < 16; i++) rows[i] =
            load_row(from->at[half], from->ld[half], from->rows[half], from->inside[half], i);
        transpose_in_registers(rows);
        UNROLL for (int i = 0; i < 16; i++) _mm512_store_ps(turned[half] + i * 16, rows[i]);
    }
    return (vectors){
        .at = {turned[0], turned[1]}, .ld = {16, 16}, .rows = {16, 16}, .inside = {0xffff, 0xffff}};
}

INLINE void pack_parts(const hone_split_source *from, int parts, bool right, uint16_t *to)
{
    const int64_t inner[2] = {from->inner < 16 ? from->inner : 16, from->inner < 16 ? 0 : from->inner - 16};
    const bool contiguous = from->inner_contiguous;
    vectors all = {.at = {from->at[0], from->at[1]}, .ld = {from->ld[0], from->ld[1]}};
    for (int half = 0; half < 2; half++) {
        all.rows[half] = contiguous ? from->side : inner[half];
        all.inside[half] = lanes(contiguous ? inner[half] : from->side);
    }
    float turned[2][256] __attribute__((aligned(64)));
    if (contiguous == right)
        all = turn(&all, turned);
    if (all.rows[0] == 16 && all.rows[1] == 16) { /* a copy of the loop without comparisons */
        all.rows[0] = all.rows[1] = 16;
        put_tile(&all, parts, to);
    } else {
        put_tile(&all, parts, to);
    }
}

static void pack(const hone_split_source *from, int parts, bool right, uint16_t *to)
{
    if (parts == 1)
        pack_parts(from, 1, right, to);
    else
        pack_parts(from, HONE_SPLIT_PARTS, right, to);
}

/* ---- products ---- */

enum { ROW_BYTES = 64 };

/* The tile registers: 0 to 3 are the sums, row by row; 4 and 5 tiles of the left operand, 6 and 7 of the
 * right one. */
INLINE void load_left(int rows, const uint16_t *from, int64_t step)
{
    _tile_loadd(4, from, ROW_BYTES);
    if (rows > 1)
        _tile_loadd(5, from + step, ROW_BYTES);
}

INLINE void load_right(int columns, const uint16_t *from, int64_t step)
{
    _tile_loadd(6, from, ROW_BYTES);
    if (columns > 1)
        _tile_loadd(7, from + step, ROW_BYTES);
}

INLINE void add_products(int rows, int columns)
{
    _tile_dpbf16ps(0, 4, 6);
    if (columns > 1)
        _tile_dpbf16ps(1, 4, 7);
    if (rows > 1)
        _tile_dpbf16ps(2, 5, 6);
    if (rows > 1 && columns > 1)
        _tile_dpbf16ps(3, 5, 7);
}

/* Sums come from memory, or are 0. */
#define SUMS_OF(sums, row, column) ((sums) + (column * HONE_SPLIT_DOWN + row) * HONE_SPLIT_FLOATS)
#define BEGIN_SUM(tile, row, column) \
    if (row < rows && column < columns) { \
        if (resume) \
            _tile_loadd(tile, SUMS_OF(sums, row, column), ROW_BYTES); \
        else \
            _tile_zero(tile); \
    }
INLINE void begin_sums(int rows, int columns, const float *sums, bool resume){
    BEGIN_SUM(0, 0, 0) BEGIN_SUM(1, 0, 1) BEGIN_SUM(2, 1, 0) BEGIN_SUM(3, 1, 1)}

#define END_SUM(tile, row, column) \
    if (row < rows && column < columns) \
        _tile_stored(tile, SUMS_OF(sums, row, column), ROW_BYTES);
INLINE void end_sums(int rows, int columns, float *sums)
{
    END_SUM(0, 0, 0)
    END_SUM(1, 0, 1)
    END_SUM(2, 1, 0)
    END_SUM(3, 1, 1)
}

/* Compilers do not see what loads and stores of tiles touch. */
#define MEMORY_IS_READ __asm__ volatile("" ::: "memory")

/* Terms that follow each other share a part, which stays in its registers. */
INLINE void multiply_block(const hone_split_block *block, int rows, int columns, int parts)
{
    const int first = parts == 1 ? HONE_SPLIT_FIRST_OF_ONE : 0,
              last = parts == 1 ? first + 1 : HONE_SPLIT_TERMS;
    const uint16_t *left = block->left, *right = block->right;
    MEMORY_IS_READ;
    begin_sums(rows, columns, block->sums, block->resume);
    for (int64_t p = 0; p < block->inner; p++) {
        UNROLL for (int term = first; term < last; term++)
        {
            const unsigned char *own = hone_split_terms[term],
                                *before = hone_split_terms[term > 0 ? term - 1 : 0];
            if (term == first || own[0] != before[0])
                load_left(rows, left + own[0] * HONE_SPLIT_WORDS, block->left_step);
            if (term == first || own[1] != before[1])
                load_right(columns, right + own[1] * HONE_SPLIT_WORDS, block->right_step);
            add_products(rows, columns);
        }
        left += parts * HONE_SPLIT_WORDS, right += parts * HONE_SPLIT_WORDS;
    }
    end_sums(rows, columns, block->sums);
    MEMORY_IS_READ;
}

/* clang-format off */
#define BLOCK(rows, columns, parts) \
    static void block_##rows##x##columns##_##parts(const hone_split_block *block) { \
        multiply_block(block, rows, columns, parts); }
BLOCK(1, 1, 1) BLOCK(1, 2, 1) BLOCK(2, 1, 1) BLOCK(2, 2, 1)
BLOCK(1, 1, 3) BLOCK(1, 2, 3) BLOCK(2, 1, 3) BLOCK(2, 2, 3)
    /* clang-format on */

    static void multiply(const hone_split_block *block)
{
    static void (*const blocks[2][2][2])(const hone_split_block *) = {
        {{block_1x1_1, block_1x2_1}, {block_2x1_1, block_2x2_1}},
        {{block_1x1_3, block_1x2_3}, {block_2x1_3, block_2x2_3}}};
    blocks[block->parts == HONE_SPLIT_PARTS][block->rows - 1][block->columns - 1](block);
}

/* ---- results ---- */

static bool finish(const float *sums, float factor, int64_t rows, int64_t columns, float *c, int64_t ldc)
{
    enum { NOT_FINITE = 0x99 }; /* quiet and signalling NaN, both infinities */
    const __mmask16 inside = lanes(columns);
    const __m512 back = _mm512_set1_ps(factor);
    unsigned broken = 0;
    for (int64_t i = 0; i < rows; i++) {
        __m512 sum = _mm512_load_ps(sums + i * HONE_SPLIT_SIDE);
        broken |= _mm512_mask_fpclass_ps_mask(inside, sum, NOT_FINITE);
        _mm512_mask_storeu_ps(c + i * ldc, inside, _mm512_mul_ps(sum, back));
    }
    return broken == 0;
}

static const hone_split_parts amx = {
    .begin = begin, .end = end, .pack = pack, .multiply = multiply, .finish = finish};

/* ---- the tables ---- */

static hone_split_products rounded = {.split = &amx,
                                      .parts = &hone_internal_product_avx512,
                                      .bfloat16 = true},
                           floats = {.split = &amx, .parts = &hone_internal_product_avx512};

static hone_tiles tiling_rounded(void *family)
{
    return hone_internal_split_tiling(&rounded, family);
}

static void matmul_rounded(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    hone_internal_split_run(&rounded, args, begin, end, scratch);
}

static hone_tiles tiling_floats(void *family)
{
    return hone_internal_split_tiling(&floats, family);
}

static void matmul_floats(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    hone_internal_split_run(&floats, args, begin, end, scratch);
}

static void put_over(hone_kernels *table, hone_split_products *products, hone_kernel *matmul,
                     hone_kernel_tiling *tiling)
{
    products->matmul = table->kernel[HONE_KERNEL_matmul];
    products->tiling = table->tiling[HONE_KERNEL_matmul];
    table->kernel[HONE_KERNEL_matmul] = matmul;
    table->tiling[HONE_KERNEL_matmul] = tiling;
}

void hone_internal_product_overlay_amx_bfloat16(hone_kernels *table)
{
    put_over(table, &rounded, matmul_rounded, tiling_rounded);
}

void hone_internal_product_overlay_amx(hone_kernels *table)
{
    put_over(table, &floats, matmul_floats, tiling_floats);
}

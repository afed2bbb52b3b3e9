/* What tiles of bfloat16 do (product_split.h), in plain C: the definition. */
#include "kernels/product_split.h"

#include "base/bfloat16.h"
#include <math.h>
#include <string.h>

static uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The smallest floats count as 0 in tiles. */
static float flushed(float x)
{
    return fabsf(x) < 0x1p-126f ? copysignf(0, x) : x;
}

/* The upper half of x, half away from 0; x becomes what is left. */
static uint16_t cut(float *x)
{
    uint32_t high = (bits_of(*x) + 0x8000) & 0xffff0000;
    *x -= float_of(high);
    return (uint16_t)(high >> 16);
}

static void none(void) {}

static void pack(const hone_split_source *from, int parts, bool right, uint16_t *to)
{
    memset(to, 0, (size_t)parts * HONE_SPLIT_WORDS * sizeof *to);
    for (int64_t i = 0; i < from->side; i++)
        for (int64_t p = 0; p < from->inner; p++) {
            int64_t half = p / 16, ld = from->ld[half],
                    at = right ? p % 16 * 32 + 2 * i + half : i * 32 + p % 16 * 2 + half;
            float x = from->at[half][from->inner_contiguous ? i * ld + p % 16 : p % 16 * ld + i];
            if (parts == 1) {
                to[at] = (uint16_t)(bits_of(hone_internal_round_bfloat16(flushed(x))) >> 16);
                continue;
            }
            x *= HONE_SPLIT_FACTOR;
            for (int part = 0; part < parts; part++)
                to[part * HONE_SPLIT_WORDS + at] = part + 1 < parts ? cut(&x) : (uint16_t)(bits_of(x) >> 16);
        }
}

/* One tile of C with one term of one tile of k. */
static void add_term(const uint16_t *left, const uint16_t *right, float *sums)
{
    for (int i = 0; i < HONE_SPLIT_SIDE; i++)
        for (int j = 0; j < HONE_SPLIT_SIDE; j++) {
            float pair[2] = {0, 0};
            for (int p = 0; p < HONE_SPLIT_INNER; p++) {
                float x = float_of((uint32_t)left[i * 32 + p] << 16),
                      y = float_of((uint32_t)right[p / 2 * 32 + 2 * j + p % 2] << 16);
                pair[p % 2] = flushed(fmaf(flushed(x), flushed(y), pair[p % 2]));
            }
            float *sum = &sums[i * HONE_SPLIT_SIDE + j];
            *sum = flushed(flushed(*sum) + flushed(pair[0] + pair[1]));
        }
}

static void multiply(const hone_split_block *block)
{
    const int first = block->parts == 1 ? HONE_SPLIT_FIRST_OF_ONE : 0,
              last = block->parts == 1 ? first + 1 : HONE_SPLIT_TERMS;
    const int64_t step = (int64_t)block->parts * HONE_SPLIT_WORDS;
    for (int i = 0; i < block->rows; i++)
        for (int j = 0; j < block->columns; j++) {
            float *sums = block->sums + (j * HONE_SPLIT_DOWN + i) * HONE_SPLIT_FLOATS;
            if (!block->resume)
                memset(sums, 0, HONE_SPLIT_FLOATS * sizeof *sums);
            for (int64_t p = 0; p < block->inner; p++)
                for (int term = first; term < last; term++)
                    add_term(block->left + i * block->left_step + p * step +
                                 hone_split_terms[term][0] * HONE_SPLIT_WORDS,
                             block->right + j * block->right_step + p * step +
                                 hone_split_terms[term][1] * HONE_SPLIT_WORDS,
                             sums);
        }
}

static bool finish(const float *sums, float factor, int64_t rows, int64_t columns, float *c, int64_t ldc)
{
    bool finite = true;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) {
            float sum = sums[i * HONE_SPLIT_SIDE + j];
            finite = finite && isfinite(sum);
            c[i * ldc + j] = sum * factor;
        }
    return finite;
}

const hone_split_parts hone_internal_split_ref = {
    .begin = none, .end = none, .pack = pack, .multiply = multiply, .finish = finish};

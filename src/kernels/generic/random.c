/* Dropout and what is kept, with several random blocks at a time. */
#include "base/random.h"
#include "kernels/generic/loops.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

/* Philox 4x32-10 (base/random.h) for PHILOX_BLOCKS consecutive blocks at a time: each word in the lower half
 * of a lane of 64 bits; what is in the upper half does not matter. */
typedef uint64_t wide_words __attribute__((vector_size(VECTOR_BYTES)));
enum {
    PHILOX_GROUPS = VECTOR_BYTES == 32 ? 3 : 4,
    PHILOX_BLOCKS = PHILOX_GROUPS * DOUBLES,
    PHILOX_WORDS = 4 * PHILOX_BLOCKS
};

/* The products of the lower halves of lanes. */
#if defined(__AVX512F__)
#define multiply_wide(a, b) ((wide_words)_mm512_mul_epu32((__m512i)(a), _mm512_set1_epi64(b)))
#elif defined(__AVX2__)
#define multiply_wide(a, b) ((wide_words)_mm256_mul_epu32((__m256i)(a), _mm256_set1_epi64x(b)))
#elif defined(__SSE2__)
#define multiply_wide(a, b) ((wide_words)_mm_mul_epu32((__m128i)(a), _mm_set1_epi64x(b)))
#else
#define multiply_wide(a, b) (((a)&0xFFFFFFFFu) * (uint64_t)(b))
#endif

/* The first words of one group of blocks, from its first. */
static inline void start_blocks(const hone_random *random, uint64_t first_block, wide_words word[4])
{
    static const uint64_t numbers[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    const wide_words zero = {0};
    wide_words lane;
    memcpy(&lane, numbers, sizeof lane);
    word[0] = lane + first_block;
    word[1] = word[0] >> 32;
    word[2] = zero + random->step;
    word[3] = zero + (random->step >> 32);
}

/* The words of a group of blocks in their order: the lower halves of each lane, one lane after the other. Two
 * words of a lane make 64 bits, and two such vectors are interleaved; taken out one by one they cost more
 * than making them. */
#if defined(__has_builtin) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#if __has_builtin(__builtin_shufflevector)
#define INTERLEAVES
#endif
#endif
#ifdef INTERLEAVES
#if VECTOR_BYTES == 64
#define FIRST_LANES 0, 8, 1, 9, 2, 10, 3, 11
#define LAST_LANES 4, 12, 5, 13, 6, 14, 7, 15
#elif VECTOR_BYTES == 32
#define FIRST_LANES 0, 4, 1, 5
#define LAST_LANES 2, 6, 3, 7
#else
#define FIRST_LANES 0, 2
#define LAST_LANES 1, 3
#endif
static inline void store_words(const wide_words word[4], uint32_t *result)
{
    const wide_words first = (word[0] & 0xFFFFFFFFu) | word[1] << 32,
                     last = (word[2] & 0xFFFFFFFFu) | word[3] << 32,
                     low = __builtin_shufflevector(first, last, FIRST_LANES),
                     high = __builtin_shufflevector(first, last, LAST_LANES);
    memcpy(result, &low, sizeof low);
    memcpy(result + sizeof low / sizeof *result, &high, sizeof high);
}
#else
static inline void store_words(const wide_words word[4], uint32_t *result)
{
    for (int lane = 0; lane < DOUBLES; lane++, result += 4)
        for (int i = 0; i < 4; i++)
            result[i] = (uint32_t)word[i][lane];
}
#endif

static void random_words(const hone_random *random, uint64_t first_block, uint32_t result[PHILOX_WORDS])
{
    wide_words word[PHILOX_GROUPS][4];
    uint32_t key[2] = {random->key[0], random->key[1]};
    for (uint64_t group = 0; group < PHILOX_GROUPS; group++)
        start_blocks(random, first_block + group * DOUBLES, word[group]);
    for (int round = 0; round < 10; round++, key[0] += 0x9E3779B9u, key[1] += 0xBB67AE85u) {
        for (int group = 0; group < PHILOX_GROUPS; group++) {
            wide_words *w = word[group];
            const wide_words a = multiply_wide(w[0], 0xD2511F53), b = multiply_wide(w[2], 0xCD9E8D57);
            w[0] = (b >> 32) ^ w[1] ^ (uint64_t)key[0];
            w[1] = b;
            w[2] = (a >> 32) ^ w[3] ^ (uint64_t)key[1];
            w[3] = a;
        }
    }
    for (int group = 0; group < PHILOX_GROUPS; group++)
        store_words(word[group], result + group * 4 * DOUBLES);
}

/* Calls for the words of items begin .. end-1, as many at a time as random_words makes. */
typedef void use_words(const hone_kernel_args *args, const uint32_t *words, int64_t begin, int64_t end);

static void for_words(const hone_kernel_args *args, int64_t begin, int64_t end, use_words *use)
{
    uint32_t words[PHILOX_WORDS];
    for (int64_t i = begin, run; i < end; i += run) {
        const uint64_t item = args->random->base + (uint64_t)i;
        run = smaller_of(end - i, PHILOX_WORDS - (int64_t)(item % 4));
        random_words(args->random, item / 4, words);
        use(args, words + item % 4, i, i + run);
    }
}

/* floor(rate * 2^32), at most the largest word; rate 1 (which keeps none) is left to the reference. */
static uint32_t drop_limit(double rate)
{
    return (uint32_t)(rate * 4294967296.0);
}

static void use_for_dropout(const hone_kernel_args *args, const uint32_t *words, int64_t begin, int64_t end)
{
    const uint32_t limit = drop_limit(args->scalar[0]);
    const float scale = (float)(1 / (1 - args->scalar[0]));
    float *result = (float *)args->data[0] + begin, *mask = (float *)args->data[1] + begin;
    const float *operand = (const float *)args->data[2] + begin;
    INDEPENDENT for (int64_t i = 0; i < end - begin; i++)
    {
        const float x = operand[i];
        mask[i] = words[i] >= limit ? scale : 0;
        result[i] = words[i] >= limit ? x * scale : 0;
    }
}

static void use_for_keep(const hone_kernel_args *args, const uint32_t *words, int64_t begin, int64_t end)
{
    const uint32_t limit = drop_limit(args->scalar[0]);
    float *result = (float *)args->data[0] + begin;
    for (int64_t i = 0; i < end - begin; i++)
        result[i] = words[i] >= limit ? 1 : 0;
}

static void blocks_dropout(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    if (!(args->scalar[0] < 1))
        LEAVE_TO_REFERENCE(dropout);
    for_words(args, begin, end, use_for_dropout);
}

static void blocks_random_keep(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    if (!(args->scalar[0] < 1))
        LEAVE_TO_REFERENCE(random_keep);
    for_words(args, begin, end, use_for_keep);
}

OVERLAY(random)
{
    table->kernel[HONE_KERNEL_dropout] = blocks_dropout;
    table->kernel[HONE_KERNEL_random_keep] = blocks_random_keep;
}

/* Random numbers: Philox 4x32-10. */
#include "base/random.h"

#include <math.h>
#include <stddef.h>

enum { PHILOX_ROUNDS = 10 };

void hone_internal_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t result[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];

    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        uint64_t product0 = (uint64_t)0xD2511F53u * c0;
        uint64_t product1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)product1;
        c2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)product0;
        k0 += 0x9E3779B9u; /* the golden ratio */
        k1 += 0xBB67AE85u; /* the square root of 3, less 1 */
    }
    result[0] = c0;
    result[1] = c1;
    result[2] = c2;
    result[3] = c3;
}

/* SplitMix64's finaliser (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). */
static uint64_t mix(uint64_t value)
{
    value += 0x9E3779B97F4A7C15u;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

hone_random hone_internal_random(uint64_t seed, uint64_t stream, uint64_t step)
{
    uint64_t key = mix(mix(seed) ^ stream);

    return (hone_random){.key = {(uint32_t)key, (uint32_t)(key >> 32)}, .step = step};
}

static uint64_t hash_byte(uint64_t hash, unsigned char byte)
{
    return (hash ^ byte) * 0x100000001B3u;
}

/* The text's end counts as a byte, so that "ab", "c" and "a", "bc" differ. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = hash_byte(hash, (unsigned char)*text);
    return hash_byte(hash, 0);
}

uint64_t hone_internal_random_stream(const char *name, uint64_t call, const char *purpose)
{
    uint64_t hash = 0xCBF29CE484222325u;

    hash = hash_text(hash, name);
    for (int byte = 0; byte < 8; byte++)
        hash = hash_byte(hash, (unsigned char)(call >> (8 * byte)));
    return hash_text(hash, purpose);
}

/* Block `block` of the stream: words 4 * block to 4 * block + 3. */
static void draw_block(const hone_random *random, uint64_t block, uint32_t words[4])
{
    const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)random->step,
                                 (uint32_t)(random->step >> 32)};

    hone_internal_philox(counter, random->key, words);
}

uint32_t hone_internal_random_word(const hone_random *random, uint64_t index)
{
    uint32_t words[4];

    draw_block(random, index / 4, words);
    return words[index % 4];
}

/* 53 bits of two words, low word first, times 2^-53. */
static double to_uniform(const uint32_t words[2])
{
    uint64_t bits = (uint64_t)words[1] << 32 | words[0];

    return (double)(bits >> 11) * 0x1p-53;
}

/* Words 2i and 2i + 1 are in one block. */
double hone_internal_random_uniform(const hone_random *random, uint64_t index)
{
    uint32_t words[4];

    draw_block(random, index / 2, words);
    return to_uniform(words + index % 2 * 2);
}

/* sqrt(-2 ln(1 - u)) times cos or sin of 2 pi v, where u and v are the two uniforms of one block. */
double hone_internal_random_normal(const hone_random *random, uint64_t index)
{
    const double two_pi = 6.283185307179586477;
    uint32_t words[4];
    double radius, angle;

    draw_block(random, index / 2, words);
    radius = sqrt(-2 * log1p(-to_uniform(words)));
    angle = two_pi * to_uniform(words + 2);
    return radius * (index % 2 == 0 ? cos(angle) : sin(angle));
}

/* The words of a stream one after another. */
typedef struct word_reader {
    const hone_random *random;
    uint64_t next;
    uint32_t words[4];
} word_reader;

static uint32_t next_word(word_reader *reader)
{
    if (reader->next % 4 == 0)
        draw_block(reader->random, reader->next / 4, reader->words);
    return reader->words[reader->next++ % 4];
}

/* A number below `count`, all equally likely: draws below 2^32 (of two words 2^64) mod count are dropped. */
static uint64_t draw_below(word_reader *reader, uint64_t count)
{
    if (count <= UINT32_MAX) {
        uint32_t below = (uint32_t)count, word;
        uint32_t unfair = (uint32_t)(-below) % below; /* 2^32 mod count */
        do
            word = next_word(reader);
        while (word < unfair);
        return word % below;
    } else {
        uint64_t unfair = (0 - count) % count, bits;
        do {
            bits = next_word(reader);
            bits |= (uint64_t)next_word(reader) << 32;
        } while (bits < unfair);
        return bits % count;
    }
}

void hone_internal_random_permutation(const hone_random *random, int64_t count, int64_t *permutation)
{
    word_reader reader = {.random = random};

    for (int64_t i = 0; i < count; i++)
        permutation[i] = i;
    for (int64_t i = count - 1; i > 0; i--) {
        int64_t j = (int64_t)draw_below(&reader, (uint64_t)i + 1);
        int64_t moved = permutation[i];
        permutation[i] = permutation[j];
        permutation[j] = moved;
    }
}

/* Random numbers: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011), a pure function of (seed, stream, training step, index): no state, so any thread may compute any
 * part, and a resumed run needs only its counts. */
#ifndef HONE_BASE_RANDOM_H
#define HONE_BASE_RANDOM_H

#include <stdint.h>

/* The block function of the paper: four words from a counter and a key. */
void hone_internal_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t result[4]);

/* A stream of numbers: of a seed and of what draws ("dropout_1", call 0, "mask"). */
typedef struct hone_random {
    uint32_t key[2]; /* seed and stream mixed (SplitMix64's finaliser over both) */
    uint64_t step;   /* counter words 2 and 3; words 0 and 1 are the block's index: the words of item i are in
                        block i / 4 */
    uint64_t base;   /* of kernels: item i of theirs is item base + i of the stream */
} hone_random;
hone_random hone_internal_random(uint64_t seed, uint64_t stream, uint64_t step);
/* The stream's number: FNV-1a over name, call and purpose. */
uint64_t hone_internal_random_stream(const char *name, uint64_t call, const char *purpose);

uint32_t hone_internal_random_word(const hone_random *random, uint64_t index); /* 32 random bits */
double hone_internal_random_uniform(const hone_random *random,
                                    uint64_t index); /* [0, 1): 53 bits of words 2i, 2i+1 */
double hone_internal_random_normal(const hone_random *random,
                                   uint64_t index); /* mean 0, deviation 1: Box-Muller over
    the uniforms 2(i/2), 2(i/2)+1: cosine for even i, sine for odd i */
/* A random permutation of 0..count-1 (Fisher-Yates, unbiased by rejection), a function of the stream alone.
 */
void hone_internal_random_permutation(const hone_random *random, int64_t count, int64_t *permutation);

#endif

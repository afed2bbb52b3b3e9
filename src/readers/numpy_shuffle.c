/* NumPy's legacy shuffle: Matsumoto and Nishimura's Mersenne Twister (MT19937, 1998), seeded by a number, and
 * Fisher and Yates's shuffle from the end with bounds by rejection. */
#include "readers/numpy_shuffle.h"

enum { WORDS = 624, SHIFT = 397 };

typedef struct twister {
    uint32_t words[WORDS];
    int next;
} twister;

static void seed_twister(twister *state, uint32_t seed)
{
    state->words[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++)
        state->words[i] = 1812433253u * (state->words[i - 1] ^ state->words[i - 1] >> 30) + i;
    state->next = WORDS;
}

static void twist(twister *state)
{
    uint32_t *words = state->words;
    for (int i = 0; i < WORDS; i++) {
        uint32_t joined = (words[i] & 0x80000000u) | (words[(i + 1) % WORDS] & 0x7fffffffu);
        words[i] = words[(i + SHIFT) % WORDS] ^ joined >> 1 ^ (joined & 1 ? 0x9908b0dfu : 0);
    }
    state->next = 0;
}

static uint32_t draw(twister *state)
{
    if (state->next == WORDS)
        twist(state);
    uint32_t word = state->words[state->next++];
    word ^= word >> 11;
    word ^= word << 7 & 0x9d2c5680u;
    word ^= word << 15 & 0xefc60000u;
    return word ^ word >> 18;
}

/* 0..most */
static uint32_t draw_up_to(twister *state, uint32_t most)
{
    uint32_t mask = most, drawn;
    for (int shift = 1; shift < 32; shift *= 2)
        mask |= mask >> shift;
    do
        drawn = draw(state) & mask;
    while (drawn > most);
    return drawn;
}

void hone_internal_numpy_shuffle(uint32_t seed, size_t count, size_t *order)
{
    twister state;
    seed_twister(&state, seed);
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i-- > 1;) {
        size_t other = draw_up_to(&state, (uint32_t)i), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

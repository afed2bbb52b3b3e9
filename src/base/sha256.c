/* SHA-256 as FIPS 180-4 has it: blocks of 64 bytes, 64 rounds each over eight words a..h. */
#include "base/sha256.h"
#include <string.h>

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t word, int bits)
{
    return word >> bits | word << (32 - bits);
}

/* w[t] = the block's words, then s1(w[t-2]) + w[t-7] + s0(w[t-15]) + w[t-16]. */
static void schedule(const unsigned char *block, uint32_t words[64])
{
    for (int t = 0; t < 16; t++)
        words[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
                   (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    for (int t = 16; t < 64; t++) {
        uint32_t before = words[t - 15], late = words[t - 2];
        words[t] = (rotate(late, 17) ^ rotate(late, 19) ^ late >> 10) + words[t - 7] +
                   (rotate(before, 7) ^ rotate(before, 18) ^ before >> 3) + words[t - 16];
    }
}

static void compress(uint32_t state[8], const unsigned char *block)
{
    uint32_t words[64], now[8]; /* a b c d e f g h */
    schedule(block, words);
    memcpy(now, state, sizeof now);
    for (int t = 0; t < 64; t++) {
        uint32_t a = now[0], e = now[4];
        uint32_t choice = (e & now[5]) ^ (~e & now[6]);
        uint32_t majority = (a & now[1]) ^ (a & now[2]) ^ (now[1] & now[2]);
        uint32_t first =
            now[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + round_constants[t] + words[t];
        uint32_t second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
        memmove(now + 1, now, 7 * sizeof *now);
        now[4] += first;
        now[0] = first + second;
    }
    for (int i = 0; i < 8; i++)
        state[i] += now[i];
}

void hone_internal_sha256_begin(hone_sha256 *hash)
{
    /* The fractional parts of the square roots of the first 8 primes. */
    *hash = (hone_sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                                    0x1f83d9ab, 0x5be0cd19}};
}

void hone_internal_sha256_take(hone_sha256 *hash, const void *data, size_t bytes)
{
    const unsigned char *next = data;
    while (bytes > 0) {
        size_t used = hash->bytes % 64, room = 64 - used, count = bytes < room ? bytes : room;
        memcpy(hash->block + used, next, count);
        hash->bytes += count;
        next += count;
        bytes -= count;
        if (count == room)
            compress(hash->state, hash->block);
    }
}

/* One bit 1, zeros to the last 8 bytes of a block, and the length in bits. */
void hone_internal_sha256_finish(hone_sha256 *hash, char text[HONE_SHA256_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char padding[72] = {0x80};
    uint64_t bits = hash->bytes * 8;
    size_t zeros = (119 - hash->bytes % 64) % 64; /* after the 0x80 */
    for (int i = 0; i < 8; i++)
        padding[1 + zeros + (size_t)i] = (unsigned char)(bits >> (56 - 8 * i));
    hone_internal_sha256_take(hash, padding, 1 + zeros + 8);
    for (int i = 0; i < 64; i++)
        text[i] = digits[hash->state[i / 8] >> (28 - 4 * (i % 8)) & 15];
    text[64] = 0;
}

/* FarmHash's fingerprint of up to 16, 32, 64 and of more bytes (Pike and Alakuijala, 2014), and SipHash-2-4
 * (Aumasson and Bernstein, 2012). Words are read with the lowest byte first on any machine. */
#include "base/fingerprint.h"

static const uint64_t k0 = 0xc3a5c85c97cb3127u, k1 = 0xb492b66fbe98f273u, k2 = 0x9ae16a3b2f90404fu;

typedef struct pair {
    uint64_t first, second;
} pair;

static uint64_t fetch_bytes(const unsigned char *at, int count)
{
    uint64_t word = 0;
    for (int i = 0; i < count; i++)
        word |= (uint64_t)at[i] << (8 * i);
    return word;
}

static uint64_t fetch(const unsigned char *at)
{
    return fetch_bytes(at, 8);
}

static uint64_t turn(uint64_t word, int right)
{
    return word >> right | word << (64 - right);
}

static uint64_t mix(uint64_t word)
{
    return word ^ word >> 47;
}

static uint64_t join(uint64_t u, uint64_t v, uint64_t factor)
{
    const uint64_t a = mix((u ^ v) * factor), b = mix((v ^ a) * factor);
    return b * factor;
}

static uint64_t of_16(const unsigned char *s, size_t length)
{
    const uint64_t factor = k2 + length * 2;
    if (length >= 8) {
        const uint64_t a = fetch(s) + k2, b = fetch(s + length - 8);
        return join(turn(b, 37) * factor + a, (turn(a, 25) + b) * factor, factor);
    }
    if (length >= 4)
        return join(length + (fetch_bytes(s, 4) << 3), fetch_bytes(s + length - 4, 4), factor);
    if (length == 0)
        return k2;
    const uint64_t y = s[0] + ((uint64_t)s[length >> 1] << 8), z = length + ((uint64_t)s[length - 1] << 2);
    return mix(y * k2 ^ z * k0) * k2;
}

static uint64_t of_32(const unsigned char *s, size_t length)
{
    const uint64_t factor = k2 + length * 2, a = fetch(s) * k1, b = fetch(s + 8),
                   c = fetch(s + length - 8) * factor, d = fetch(s + length - 16) * k2;
    return join(turn(a + b, 43) + turn(c, 30) + d, a + turn(b + k2, 18) + c, factor);
}

static uint64_t of_64(const unsigned char *s, size_t length)
{
    const uint64_t factor = k2 + length * 2, a = fetch(s) * k2, b = fetch(s + 8),
                   c = fetch(s + length - 8) * factor, d = fetch(s + length - 16) * k2,
                   y = turn(a + b, 43) + turn(c, 30) + d, z = join(y, a + turn(b + k2, 18) + c, factor),
                   e = fetch(s + 16) * factor, f = fetch(s + 24), g = (y + fetch(s + length - 32)) * factor,
                   h = (z + fetch(s + length - 24)) * factor;
    return join(turn(e + f, 43) + turn(g, 30) + h, e + turn(f + a, 18) + g, factor);
}

static pair weakly(const unsigned char *s, uint64_t a, uint64_t b)
{
    const uint64_t w = fetch(s), x = fetch(s + 8), y = fetch(s + 16), z = fetch(s + 24);
    a += w;
    b = turn(b + a + z, 21);
    const uint64_t c = a;
    a += x + y;
    return (pair){a + z, b + turn(a, 44) + c};
}

/* What 64 bytes change. */
typedef struct state {
    uint64_t x, y, z;
    pair v, w;
} state;

static void swap(state *at)
{
    const uint64_t z = at->z;
    at->z = at->x;
    at->x = z;
}

static void take_block(state *at, const unsigned char *s)
{
    at->x = turn(at->x + at->y + at->v.first + fetch(s + 8), 37) * k1;
    at->y = turn(at->y + at->v.second + fetch(s + 48), 42) * k1;
    at->x ^= at->w.second;
    at->y += at->v.first + fetch(s + 40);
    at->z = turn(at->z + at->w.first, 33) * k1;
    at->v = weakly(s, at->v.second * k1, at->x + at->w.first);
    at->w = weakly(s + 32, at->z + at->w.second, at->y + fetch(s + 16));
    swap(at);
}

static uint64_t take_last(state *at, const unsigned char *s, size_t length)
{
    const uint64_t factor = k1 + ((at->z & 0xff) << 1);
    at->w.first += (length - 1) & 63;
    at->v.first += at->w.first;
    at->w.first += at->v.first;
    at->x = turn(at->x + at->y + at->v.first + fetch(s + 8), 37) * factor;
    at->y = turn(at->y + at->v.second + fetch(s + 48), 42) * factor;
    at->x ^= at->w.second * 9;
    at->y += at->v.first * 9 + fetch(s + 40);
    at->z = turn(at->z + at->w.first, 33) * factor;
    at->v = weakly(s, at->v.second * factor, at->x + at->w.first);
    at->w = weakly(s + 32, at->z + at->w.second, at->y + fetch(s + 16));
    swap(at);
    return join(join(at->v.first, at->w.first, factor) + mix(at->y) * k0 + at->z,
                join(at->v.second, at->w.second, factor) + at->x, factor);
}

uint64_t hone_internal_fingerprint(const void *data, size_t length)
{
    const unsigned char *s = data;
    if (length <= 64)
        return length <= 16 ? of_16(s, length) : length <= 32 ? of_32(s, length) : of_64(s, length);
    const uint64_t seed = 81, y = seed * k1 + 113;
    state at = {.x = seed * k2 + fetch(s), .y = y, .z = mix(y * k2 + 113) * k2};
    const unsigned char *end = s + (length - 1) / 64 * 64, *last = s + length - 64;
    for (; s < end; s += 64)
        take_block(&at, s);
    return take_last(&at, last, length);
}

uint64_t hone_internal_fingerprint_join(uint64_t first, uint64_t second)
{
    const uint64_t factor = 0xc6a4a7935bd1e995u;
    uint64_t result = first ^ factor;
    result ^= mix(second * factor) * factor;
    result *= factor;
    return mix(mix(result) * factor);
}

/* ---- SipHash ---- */

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = turn(v[1], 51) ^ v[0];
    v[3] = turn(v[3], 48) ^ v[2];
    v[0] = turn(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = turn(v[1], 47) ^ v[2];
    v[3] = turn(v[3], 43) ^ v[0];
    v[2] = turn(v[2], 32);
}

static void sip_take(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    sip_round(v);
    v[0] ^= word;
}

uint64_t hone_internal_siphash(const uint64_t key[2], const void *data, size_t length)
{
    const unsigned char *s = data;
    uint64_t v[4] = {key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du, key[0] ^ 0x6c7967656e657261u,
                     key[1] ^ 0x7465646279746573u};
    size_t at = 0;
    for (; at + 8 <= length; at += 8)
        sip_take(v, fetch(s + at));
    sip_take(v, fetch_bytes(s + at, (int)(length - at)) | (uint64_t)length << 56);
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

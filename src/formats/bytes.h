/* Bytes of files: little-endian numbers, and spans that are never read beyond their end. */
#ifndef HONE_FORMATS_BYTES_H
#define HONE_FORMATS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HONE_LITTLE_ENDIAN_HOST (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)

static inline unsigned hone_internal_get16(const unsigned char *bytes)
{
    return (unsigned)bytes[0] | (unsigned)bytes[1] << 8;
}

static inline uint32_t hone_internal_get32(const unsigned char *bytes)
{
    return (uint32_t)hone_internal_get16(bytes) | (uint32_t)hone_internal_get16(bytes + 2) << 16;
}

static inline uint64_t hone_internal_get64(const unsigned char *bytes)
{
    return (uint64_t)hone_internal_get32(bytes) | (uint64_t)hone_internal_get32(bytes + 4) << 32;
}

/* The low `count` bytes of a number, the lowest first. */
static inline void hone_internal_put(unsigned char *bytes, uint64_t number, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = (unsigned char)(number >> 8 * i);
}

/* What is left of some bytes. Taking more than there are gives zeros and sets `failed`, so one check at the
 * end serves. */
typedef struct hone_span {
    const unsigned char *at;
    size_t left;
    bool failed;
} hone_span;

/* The next `count` bytes; NULL when there are not as many. */
static inline const unsigned char *hone_internal_take(hone_span *span, size_t count)
{
    if (span->failed || count > span->left) {
        span->failed = true;
        return NULL;
    }
    const unsigned char *bytes = span->at;
    span->at += count;
    span->left -= count;
    return bytes;
}

static inline unsigned hone_internal_take8(hone_span *span)
{
    const unsigned char *bytes = hone_internal_take(span, 1);
    return bytes ? bytes[0] : 0;
}

static inline unsigned hone_internal_take16(hone_span *span)
{
    const unsigned char *bytes = hone_internal_take(span, 2);
    return bytes ? hone_internal_get16(bytes) : 0;
}

static inline uint32_t hone_internal_take32(hone_span *span)
{
    const unsigned char *bytes = hone_internal_take(span, 4);
    return bytes ? hone_internal_get32(bytes) : 0;
}

static inline uint64_t hone_internal_take64(hone_span *span)
{
    const unsigned char *bytes = hone_internal_take(span, 8);
    return bytes ? hone_internal_get64(bytes) : 0;
}

#endif

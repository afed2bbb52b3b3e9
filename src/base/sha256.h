/* SHA-256 (FIPS 180-4): whether a file is the one that was asked for. */
#ifndef HONE_BASE_SHA256_H
#define HONE_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { HONE_SHA256_BYTES = 32, HONE_SHA256_TEXT = 65 };

typedef struct hone_sha256 {
    uint32_t state[8];
    uint64_t bytes; /* taken so far */
    unsigned char block[64];
} hone_sha256;

void hone_internal_sha256_begin(hone_sha256 *hash);
void hone_internal_sha256_take(hone_sha256 *hash, const void *data, size_t bytes);
/* As 64 small hexadecimal digits and a 0. The hash must be begun again before it takes more. */
void hone_internal_sha256_finish(hone_sha256 *hash, char text[HONE_SHA256_TEXT]);

#endif

/* Hashes of bytes whose values files and other programs depend on: they never change. */
#ifndef HONE_BASE_FINGERPRINT_H
#define HONE_BASE_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

/* FarmHash's 64-bit fingerprint. */
uint64_t hone_internal_fingerprint(const void *data, size_t length);
/* SipHash-2-4 under a key of two words. */
uint64_t hone_internal_siphash(const uint64_t key[2], const void *data, size_t length);
/* A fingerprint of two fingerprints in this order. */
uint64_t hone_internal_fingerprint_join(uint64_t first, uint64_t second);

#endif

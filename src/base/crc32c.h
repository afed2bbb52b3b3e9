/* CRC-32C (Castagnoli): the checksum of TensorFlow's records. */
#ifndef HONE_BASE_CRC32C_H
#define HONE_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t hone_internal_crc32c(const void *data, size_t bytes);
/* As records have it: rotated right by 15 bits, plus 0xa282ead8. */
uint32_t hone_internal_crc32c_masked(const void *data, size_t bytes);

#endif

/* Parts of HDF5 files, in the order in which they stand there. */
#ifndef HONE_FORMATS_HDF5_WRITE_H
#define HONE_FORMATS_HDF5_WRITE_H

#include "formats/hdf5_messages.h"
#include <hone/array.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hone_hdf5_bytes {
    unsigned char *data; /* NULL: the bytes are only counted */
    uint64_t at;
} hone_hdf5_bytes;

void hone_internal_hdf5_put(hone_hdf5_bytes *to, const void *bytes, size_t count);
void hone_internal_hdf5_put_number(hone_hdf5_bytes *to, uint64_t number, int bytes);
void hone_internal_hdf5_put_zeros(hone_hdf5_bytes *to, uint64_t count);
/* Up to a multiple of 8; a text with the zeros that end it and fill it up to one. */
uint64_t hone_internal_hdf5_padded(uint64_t bytes);
void hone_internal_hdf5_pad(hone_hdf5_bytes *to);
void hone_internal_hdf5_put_padded(hone_hdf5_bytes *to, const char *text, size_t length);

/* The head of an object, whose messages have this many bytes with their own heads; the head of a message. */
enum { HONE_HDF5_MESSAGE_HEAD = 8 };
void hone_internal_hdf5_put_header(hone_hdf5_bytes *to, unsigned messages, uint64_t bytes);
void hone_internal_hdf5_put_message(hone_hdf5_bytes *to, unsigned type, uint64_t bytes);

/* False for a type that no file can hold. */
bool hone_internal_hdf5_put_type(hone_hdf5_bytes *to, hone_dtype type);
void hone_internal_hdf5_put_text_type(hone_hdf5_bytes *to);

#endif

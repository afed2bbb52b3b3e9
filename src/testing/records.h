/* For tests: TFRecord files with messages tf.train.Example, written here. */
#ifndef HONE_TESTING_RECORDS_H
#define HONE_TESTING_RECORDS_H

#include "base/crc32c.h"
#include "formats/bytes.h"
#include <stdint.h>
#include <string.h>

typedef struct testing_bytes {
    unsigned char data[1 << 17];
    size_t size;
} testing_bytes;

static inline void testing_put(testing_bytes *to, const void *data, size_t bytes)
{
    if (bytes > sizeof to->data - to->size)
        bytes = sizeof to->data - to->size;
    memcpy(to->data + to->size, data, bytes);
    to->size += bytes;
}

static inline void testing_put_varint(testing_bytes *to, uint64_t value)
{
    do {
        const unsigned char byte = (unsigned char)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        testing_put(to, &byte, 1);
        value >>= 7;
    } while (value > 0);
}

/* Field `number` with these bytes. */
static inline void testing_put_field(testing_bytes *to, unsigned number, const void *data, size_t bytes)
{
    testing_put_varint(to, number << 3 | 2);
    testing_put_varint(to, bytes);
    testing_put(to, data, bytes);
}

/* A feature of one Example: `list` is a BytesList (1), FloatList (2) or Int64List (3). */
static inline void testing_put_feature(testing_bytes *example, const char *name, unsigned kind,
                                       const testing_bytes *list)
{
    testing_bytes feature = {.size = 0}, entry = {.size = 0}, map = {.size = 0};
    testing_put_field(&feature, kind, list->data, list->size);
    testing_put_field(&entry, 1, name, strlen(name));
    testing_put_field(&entry, 2, feature.data, feature.size);
    testing_put_field(&map, 1, entry.data, entry.size);
    testing_put_field(example, 1, map.data, map.size);
}

static inline void testing_put_floats(testing_bytes *example, const char *name, const float *values,
                                      size_t count)
{
    testing_bytes list = {.size = 0}, packed = {.size = 0};
    for (size_t i = 0; i < count; i++) {
        unsigned char bytes[4];
        uint32_t bits;
        memcpy(&bits, &values[i], 4);
        hone_internal_put(bytes, bits, 4);
        testing_put(&packed, bytes, 4);
    }
    testing_put_field(&list, 1, packed.data, packed.size);
    testing_put_feature(example, name, 2, &list);
}

/* Packed, or each alone. */
static inline void testing_put_integers(testing_bytes *example, const char *name, const int64_t *values,
                                        size_t count, int packed)
{
    testing_bytes list = {.size = 0}, all = {.size = 0};
    for (size_t i = 0; i < count; i++) {
        if (!packed)
            testing_put_varint(&list, 1 << 3);
        testing_put_varint(packed ? &all : &list, (uint64_t)values[i]);
    }
    if (packed)
        testing_put_field(&list, 1, all.data, all.size);
    testing_put_feature(example, name, 3, &list);
}

static inline void testing_put_bytes(testing_bytes *example, const char *name, const void *data, size_t bytes)
{
    testing_bytes list = {.size = 0};
    testing_put_field(&list, 1, data, bytes);
    testing_put_feature(example, name, 1, &list);
}

/* One more record of a file. */
static inline void testing_put_record(testing_bytes *file, const void *data, size_t bytes)
{
    unsigned char header[12], footer[4];
    hone_internal_put(header, bytes, 8);
    hone_internal_put(header + 8, hone_internal_crc32c_masked(header, 8), 4);
    hone_internal_put(footer, hone_internal_crc32c_masked(data, bytes), 4);
    testing_put(file, header, sizeof header);
    testing_put(file, data, bytes);
    testing_put(file, footer, sizeof footer);
}

#endif

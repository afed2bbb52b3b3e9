/* TFRecord files, and the messages tf.train.Example in them. A record (integers little-endian):
 *
 *   u64 length | u32 masked CRC-32C of those 8 bytes | data | u32 masked CRC-32C of the data
 *
 * An Example is a map from names to lists of bytes, of floats or of integers (Protocol Buffers):
 *
 *   Example { Features features = 1; }    Features { map<string, Feature> feature = 1; }
 *   Feature { oneof { BytesList bytes_list = 1; FloatList float_list = 2; Int64List int64_list = 3; } }
 *   BytesList { repeated bytes value = 1; }   FloatList { repeated float value = 1 [packed]; }
 *   Int64List { repeated int64 value = 1 [packed]; } */
#ifndef HONE_FORMATS_TFRECORD_H
#define HONE_FORMATS_TFRECORD_H

#include "formats/bytes.h"
#include "formats/source.h"
#include <stdint.h>

typedef struct hone_tfrecord_reader {
    hone_source *source; /* borrowed; of a set of files all records follow each other */
    unsigned char *data; /* of the record, until the next one is read */
    size_t bytes;
    uint64_t number; /* of the record in its file, from 1 */

    size_t room;
    unsigned char *piece; /* what was read of the file: begin .. end */
    size_t begin, end;
} hone_tfrecord_reader;

/* From the first record on. The reader is zeroed before its first use, and may begin again. */
hone_status hone_internal_tfrecord_begin(hone_tfrecord_reader *reader, hone_source *source);
/* 1, 0 at the end, or a status below zero: HONE_ERROR_FORMAT for a checksum that is wrong, a record that ends
 * too soon or is larger than the limit. */
int hone_internal_tfrecord_next(hone_tfrecord_reader *reader);
void hone_internal_tfrecord_end(hone_tfrecord_reader *reader);

typedef enum hone_feature_kind {
    HONE_FEATURE_NONE, /* a list without values, of no kind */
    HONE_FEATURE_BYTES,
    HONE_FEATURE_FLOATS,
    HONE_FEATURE_INTEGERS,
    HONE_FEATURE_KINDS
} hone_feature_kind;
extern const char *const hone_internal_feature_kinds[HONE_FEATURE_KINDS]; /* "bytes", ... */

/* A feature of an Example; what it points to lies in the record. */
typedef struct hone_feature {
    const char *name; /* not ended by 0 */
    size_t name_length;
    hone_feature_kind kind;
    int64_t count;  /* of values */
    hone_span list; /* the message BytesList, FloatList or Int64List */
} hone_feature;

typedef struct hone_example {
    hone_feature *features; /* without two of one name: the last counts */
    size_t count, room;
    uint32_t *order; /* their places, by their names */
    size_t order_room;
} hone_example;

/* Every length is checked against what is left. HONE_ERROR_FORMAT: the source's label and the record's number
 * say where. */
hone_status hone_internal_example_parse(hone_example *example, const hone_tfrecord_reader *record);
void hone_internal_example_free(hone_example *example);

/* Its values, as many as `count` says; of a feature of that kind. */
void hone_internal_feature_floats(const hone_feature *feature, float *values);
void hone_internal_feature_integers(const hone_feature *feature, int64_t *values);
/* Its first bytes value; false when it has none. */
bool hone_internal_feature_bytes(const hone_feature *feature, const unsigned char **bytes, size_t *length);

#endif

/* tf.train.Example out of its bytes: a small reader of Protocol Buffers, which looks at every length before
 * it follows it. */
#include "base/limits.h"
#include "base/memory.h"
#include "formats/bytes.h"
#include "formats/tfrecord.h"
#include <string.h>

const char *const hone_internal_feature_kinds[HONE_FEATURE_KINDS] = {"empty", "bytes", "floats", "integers"};

/* Ways in which a field lies in a message. */
enum { VARINT = 0, FIXED64 = 1, DELIMITED = 2, FIXED32 = 5 };

/* What is left of a message. */
typedef struct message {
    const unsigned char *at, *end;
} message;

typedef struct field {
    uint64_t number;
    unsigned way;
    uint64_t value; /* of a varint */
    message inner;  /* of any other: its bytes */
} field;

static bool take_varint(message *from, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && from->at < from->end; shift += 7) {
        const unsigned char byte = *from->at++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

static bool take_bytes(message *from, uint64_t bytes, message *inner)
{
    if (bytes > (uint64_t)(from->end - from->at))
        return false;
    *inner = (message){from->at, from->at + bytes};
    from->at += bytes;
    return true;
}

/* 1, 0 at the end, -1 for bytes that are no field. */
static int take_field(message *from, field *found)
{
    uint64_t tag, bytes = 0;
    if (from->at == from->end)
        return 0;
    if (!take_varint(from, &tag))
        return -1;
    *found = (field){.number = tag >> 3, .way = (unsigned)(tag & 7)};
    if (found->way == VARINT)
        return take_varint(from, &found->value) ? 1 : -1;
    if (found->way == DELIMITED && !take_varint(from, &bytes))
        return -1;
    if (found->way == FIXED64 || found->way == FIXED32)
        bytes = found->way == FIXED64 ? 8 : 4;
    else if (found->way != DELIMITED)
        return -1;
    return take_bytes(from, bytes, &found->inner) ? 1 : -1;
}

/* ---- counting the values of a list ---- */

/* Of a field `value`, alone or packed; -1 when it is not one of that kind. */
static int64_t values_of(hone_feature_kind kind, const field *value)
{
    if (kind == HONE_FEATURE_BYTES)
        return value->way == DELIMITED ? 1 : -1;
    if (kind == HONE_FEATURE_FLOATS) {
        const int64_t bytes = value->inner.end - value->inner.at;
        return value->way == FIXED32 ? 1 : value->way == DELIMITED && bytes % 4 == 0 ? bytes / 4 : -1;
    }
    if (value->way == VARINT)
        return 1;
    int64_t count = 0;
    uint64_t number;
    for (message packed = value->inner; value->way == DELIMITED && packed.at < packed.end; count++)
        if (!take_varint(&packed, &number))
            return -1;
    return value->way == DELIMITED ? count : -1;
}

static bool count_values(hone_feature *feature)
{
    message list = {feature->list, feature->list + feature->list_bytes};
    field value;
    int more;
    feature->count = 0;
    while ((more = take_field(&list, &value)) == 1) {
        const int64_t here = value.number == 1 ? values_of(feature->kind, &value) : 0;
        if (here < 0)
            return false;
        feature->count += here;
    }
    return more == 0;
}

/* ---- the message ---- */

static bool read_feature(message from, hone_feature *feature)
{
    field found;
    int more;
    while ((more = take_field(&from, &found)) == 1)
        if (found.number >= 1 && found.number <= 3) {
            if (found.way != DELIMITED)
                return false;
            feature->kind = (hone_feature_kind)found.number;
            feature->list = found.inner.at;
            feature->list_bytes = (size_t)(found.inner.end - found.inner.at);
        }
    return more == 0 && (feature->kind == HONE_FEATURE_NONE || count_values(feature));
}

static hone_feature *place_of(hone_example *example, const hone_feature *feature)
{
    for (size_t i = 0; i < example->count; i++)
        if (example->features[i].name_length == feature->name_length &&
            memcmp(example->features[i].name, feature->name, feature->name_length) == 0)
            return &example->features[i];
    return example->count >= hone_internal_limits.tfrecord_features ||
                   hone_internal_grow(&example->features, &example->room, example->count + 1,
                                      sizeof *example->features) < 0
               ? NULL
               : &example->features[example->count++];
}

/* An entry of the map: key and value. */
static bool read_entry(message from, hone_feature *feature)
{
    field found;
    int more;
    *feature = (hone_feature){.name = ""};
    while ((more = take_field(&from, &found)) == 1) {
        if ((found.number == 1 || found.number == 2) && found.way != DELIMITED)
            return false;
        if (found.number == 1) {
            feature->name = (const char *)found.inner.at;
            feature->name_length = (size_t)(found.inner.end - found.inner.at);
        } else if (found.number == 2 && !read_feature(found.inner, feature))
            return false;
    }
    return more == 0;
}

static hone_status fail(const hone_tfrecord_reader *record, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s, record %llu: %s", hone_internal_source_label(record->source),
                     (unsigned long long)record->number, what);
}

static const char DAMAGED[] = "expected a message tf.train.Example; its bytes are not one";

static hone_status read_features(hone_example *example, message from, const hone_tfrecord_reader *record)
{
    field found;
    int more;
    while ((more = take_field(&from, &found)) == 1) {
        hone_feature feature;
        if (found.number != 1)
            continue;
        if (found.way != DELIMITED || !read_entry(found.inner, &feature))
            return fail(record, DAMAGED);
        hone_feature *place = place_of(example, &feature);
        if (!place)
            return example->count >= hone_internal_limits.tfrecord_features
                       ? fail(record, "too many features")
                       : HONE_ERROR_MEMORY;
        *place = feature;
    }
    return more == 0 ? HONE_OK : fail(record, DAMAGED);
}

hone_status hone_internal_example_parse(hone_example *example, const hone_tfrecord_reader *record)
{
    message from = {record->data, record->data + record->bytes};
    field found;
    int more;
    example->count = 0;
    while ((more = take_field(&from, &found)) == 1) {
        if (found.number == 1 && found.way != DELIMITED)
            return fail(record, DAMAGED);
        if (found.number == 1)
            HONE_TRY(read_features(example, found.inner, record));
    }
    return more == 0 ? HONE_OK : fail(record, DAMAGED);
}

void hone_internal_example_free(hone_example *example)
{
    hone_internal_free(example->features);
    *example = (hone_example){0};
}

/* ---- values ---- */

static float float_at(const unsigned char *bytes)
{
    const uint32_t bits = hone_internal_get32(bytes);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void hone_internal_feature_floats(const hone_feature *feature, float *values)
{
    message list = {feature->list, feature->list + feature->list_bytes};
    field value;
    while (take_field(&list, &value) == 1)
        for (const unsigned char *at = value.inner.at; value.number == 1 && at < value.inner.end; at += 4)
            *values++ = float_at(at);
}

void hone_internal_feature_integers(const hone_feature *feature, int64_t *values)
{
    message list = {feature->list, feature->list + feature->list_bytes};
    field value;
    uint64_t number;
    while (take_field(&list, &value) == 1) {
        if (value.number != 1)
            continue;
        if (value.way == VARINT)
            *values++ = (int64_t)value.value;
        while (value.way == DELIMITED && value.inner.at < value.inner.end &&
               take_varint(&value.inner, &number))
            *values++ = (int64_t)number;
    }
}

bool hone_internal_feature_bytes(const hone_feature *feature, const unsigned char **bytes, size_t *length)
{
    message list = {feature->list, feature->list + feature->list_bytes};
    field value;
    while (feature->kind == HONE_FEATURE_BYTES && take_field(&list, &value) == 1)
        if (value.number == 1) {
            *bytes = value.inner.at;
            *length = (size_t)(value.inner.end - value.inner.at);
            return true;
        }
    return false;
}

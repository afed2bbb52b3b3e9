/* tf.train.Example out of its bytes. */
#include "base/limits.h"
#include "base/memory.h"
#include "base/text.h"
#include "formats/tfrecord.h"
#include "formats/wire.h"
#include <string.h>

const char *const hone_internal_feature_kinds[HONE_FEATURE_KINDS] = {"empty", "bytes", "floats", "integers"};

/* ---- counting the values of a list ---- */

/* Of a field `value`, alone or packed; -1 when it is not one of that kind. */
static int64_t values_of(hone_feature_kind kind, const hone_wire_field *value)
{
    if (kind == HONE_FEATURE_BYTES)
        return value->way == HONE_WIRE_LENGTH ? 1 : -1;
    if (kind == HONE_FEATURE_FLOATS && value->way == HONE_WIRE_FOUR)
        return 1;
    if (kind == HONE_FEATURE_INTEGERS && value->way == HONE_WIRE_VARINT)
        return 1;
    if (value->way != HONE_WIRE_LENGTH)
        return -1;
    if (kind == HONE_FEATURE_FLOATS)
        return value->bytes.left % 4 == 0 ? (int64_t)(value->bytes.left / 4) : -1;
    int64_t count = 0;
    hone_span packed = value->bytes;
    for (; packed.left > 0 && !packed.failed; count++)
        hone_internal_wire_varint(&packed);
    return packed.failed ? -1 : count;
}

static bool count_values(hone_feature *feature)
{
    hone_span list = feature->list;
    hone_wire_field value;
    feature->count = 0;
    while (hone_internal_wire_next(&list, &value)) {
        const int64_t here = value.number == 1 ? values_of(feature->kind, &value) : 0;
        if (here < 0)
            return false;
        feature->count += here;
    }
    return !list.failed;
}

/* ---- the message ---- */

static bool read_feature(hone_span from, hone_feature *feature)
{
    hone_wire_field found;
    while (hone_internal_wire_next(&from, &found))
        if (found.number >= 1 && found.number <= 3) {
            if (found.way != HONE_WIRE_LENGTH)
                return false;
            feature->kind = (hone_feature_kind)found.number;
            feature->list = found.bytes;
        }
    return !from.failed && (feature->kind == HONE_FEATURE_NONE || count_values(feature));
}

static int compare_names(const hone_feature *a, const hone_feature *b)
{
    return hone_internal_text_order(a->name, a->name_length, b->name, b->name_length);
}

/* Where the name stands in the order of names, or belongs. */
static size_t rank_of(const hone_example *example, const hone_feature *feature, bool *there)
{
    size_t low = 0, high = example->count;
    *there = false;
    while (low < high && !*there) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare_names(&example->features[example->order[middle]], feature);
        *there = order == 0;
        *(order < 0 ? &low : &high) = middle + (order < 0);
    }
    return *there ? high : low;
}

static hone_feature *place_of(hone_example *example, const hone_feature *feature)
{
    bool there;
    const size_t rank = rank_of(example, feature, &there), wanted = example->count + 1;
    if (there)
        return &example->features[example->order[rank]];
    if (example->count >= hone_internal_limits.tfrecord_features ||
        hone_internal_grow(&example->features, &example->room, wanted, sizeof *example->features) < 0 ||
        hone_internal_grow(&example->order, &example->order_room, wanted, sizeof *example->order) < 0)
        return NULL;
    uint32_t *place = &example->order[rank];
    memmove(place + 1, place, (example->count - rank) * sizeof *place);
    *place = (uint32_t)example->count;
    return &example->features[example->count++];
}

/* An entry of the map: key and value. */
static bool read_entry(hone_span from, hone_feature *feature)
{
    hone_wire_field found;
    *feature = (hone_feature){.name = ""};
    while (hone_internal_wire_next(&from, &found)) {
        if ((found.number == 1 || found.number == 2) && found.way != HONE_WIRE_LENGTH)
            return false;
        if (found.number == 1) {
            feature->name = (const char *)found.bytes.at;
            feature->name_length = found.bytes.left;
        } else if (found.number == 2 && !read_feature(found.bytes, feature))
            return false;
    }
    return !from.failed;
}

static hone_status fail(const hone_tfrecord_reader *record, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s, record %llu: %s", hone_internal_source_label(record->source),
                     (unsigned long long)record->number, what);
}

static const char DAMAGED[] = "expected a message tf.train.Example; its bytes are not one";

static hone_status read_features(hone_example *example, hone_span from, const hone_tfrecord_reader *record)
{
    hone_wire_field found;
    while (hone_internal_wire_next(&from, &found)) {
        hone_feature feature;
        if (found.number != 1)
            continue;
        if (found.way != HONE_WIRE_LENGTH || !read_entry(found.bytes, &feature))
            return fail(record, DAMAGED);
        hone_feature *place = place_of(example, &feature);
        if (!place)
            return example->count >= hone_internal_limits.tfrecord_features
                       ? fail(record, "too many features")
                       : HONE_ERROR_MEMORY;
        *place = feature;
    }
    return !from.failed ? HONE_OK : fail(record, DAMAGED);
}

hone_status hone_internal_example_parse(hone_example *example, const hone_tfrecord_reader *record)
{
    hone_span from = {.at = record->data, .left = record->bytes};
    hone_wire_field found;
    example->count = 0;
    while (hone_internal_wire_next(&from, &found)) {
        if (found.number == 1 && found.way != HONE_WIRE_LENGTH)
            return fail(record, DAMAGED);
        if (found.number == 1)
            HONE_TRY(read_features(example, found.bytes, record));
    }
    return !from.failed ? HONE_OK : fail(record, DAMAGED);
}

void hone_internal_example_free(hone_example *example)
{
    hone_internal_free(example->features);
    hone_internal_free(example->order);
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
    hone_span list = feature->list;
    hone_wire_field value;
    while (hone_internal_wire_next(&list, &value))
        for (size_t i = 0; value.number == 1 && i < value.bytes.left; i += 4)
            *values++ = float_at(value.bytes.at + i);
}

void hone_internal_feature_integers(const hone_feature *feature, int64_t *values)
{
    hone_span list = feature->list;
    hone_wire_field value;
    while (hone_internal_wire_next(&list, &value)) {
        if (value.number != 1)
            continue;
        if (value.way == HONE_WIRE_VARINT)
            *values++ = (int64_t)value.value;
        while (value.bytes.left > 0)
            *values++ = (int64_t)hone_internal_wire_varint(&value.bytes);
    }
}

bool hone_internal_feature_bytes(const hone_feature *feature, const unsigned char **bytes, size_t *length)
{
    hone_span list = feature->list;
    hone_wire_field value;
    while (feature->kind == HONE_FEATURE_BYTES && hone_internal_wire_next(&list, &value))
        if (value.number == 1) {
            *bytes = value.bytes.at;
            *length = value.bytes.left;
            return true;
        }
    return false;
}

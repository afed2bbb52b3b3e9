/* hashing: y = hash(x) mod bins of texts, or of the decimal digits of integers; with a mask value 1 + hash(x)
 * mod (bins - 1), and 0 of the mask. hashed_crossing: the fingerprints of the columns joined one after the
 * other, mod bins; that of an integer is itself. */
#include "base/fingerprint.h"
#include "base/text.h"
#include "layers/categories.h"
#include "layers/lookup.h"
#include "tensor/texts.h"

#include <math.h>
#include <string.h>

HONE_FIELD_TABLE(hone_hashing_args, HONE_HASHING_FIELDS);
HONE_FIELD_TABLE_NAMED(hone_hashed_crossing_args, HONE_HASHED_CROSSING_FIELDS, crossing_fields,
                       crossing_defaults);

/* Keras wants an integer dtype of ids. */
static hone_status name_dtype(hone_layer *layer, const char *mode)
{
    return strcmp(mode, "int") == 0
               ? hone_internal_fields_set_text(&layer->type->type, layer->args, "dtype", "int64")
               : HONE_OK;
}

static hone_array *encode(hone_array *bins, const char *mode, int64_t depth)
{
    const hone_lookup_rules rules = {.mode = mode};
    const hone_lookup none = {.known = true};
    return bins == NULL ? NULL : hone_internal_lookup_encode(&none, &rules, depth, bins);
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)inputs, (void)count;
    const hone_hashing_args *args = hone_layer_args(layer);
    const hone_lookup_rules rules = {
        .mode = args->output_mode, .salt = args->salt, .max_terms = HONE_NONE_INTEGER};
    HONE_TRY(hone_internal_lookup_check(&rules));
    return name_dtype(layer, args->output_mode);
}

static hone_status transformed(hone_layer *layer, const hone_shape *inputs, int count, hone_shape *output)
{
    (void)count;
    const hone_hashing_args *args = hone_layer_args(layer);
    return hone_internal_lookup_shape(args->output_mode, args->num_bins, inputs[0], output);
}

static hone_array *transform(hone_layer *layer, const hone_array *inputs, int count)
{
    (void)count;
    const hone_hashing_args *args = hone_layer_args(layer);
    hone_array *bins = hone_array_create(HONE_INT64, inputs->rank, inputs->shape);
    const bool masked = args->mask_value != NULL && args->num_bins > 1;
    const uint64_t free_bins = (uint64_t)args->num_bins - masked;
    for (int64_t i = 0; bins != NULL && i < hone_array_count(bins); i++) {
        char room[24];
        const char *text = hone_internal_lookup_text(inputs, i, room);
        const bool mask = masked && strcmp(text, args->mask_value) == 0;
        ((int64_t *)bins->data)[i] =
            mask ? 0 : (int64_t)(hone_internal_lookup_hash(args->salt, text) % free_bins) + masked;
    }
    return encode(bins, args->output_mode, args->num_bins);
}

const hone_layer_type hone_internal_hashing_layer = {
    .type = {.name = "hashing",
             .class_name = "Hashing",
             .module = "keras.layers",
             .summary = "Replaces texts or integers with the number of a bin, by a hash.",
             HONE_TYPE_FIELDS(hone_hashing_args)},
    .build = build,
    .transform = transform,
    .transformed = transformed,
};
HONE_DEFINE_LAYER(hashing)

/* ---- several columns ---- */

static hone_status build_crossing(hone_layer *layer, const hone_shape *inputs, int count)
{
    char first[128], other[128];
    const hone_hashed_crossing_args *args = hone_layer_args(layer);
    for (int i = 0; i < count; i++) {
        hone_internal_shape_to_text(inputs[0], first, sizeof first);
        hone_internal_shape_to_text(inputs[i], other, sizeof other);
        if (inputs[i].rank > 2 || (inputs[i].rank == 2 && inputs[i].size[1] != 1))
            return hone_fail(HONE_ERROR_SHAPE, "its inputs must have the shape (batch) or (batch, 1), not %s",
                             other);
        if (inputs[i].rank != inputs[0].rank)
            return hone_fail(HONE_ERROR_SHAPE, "its inputs must have one shape; received %s and %s", first,
                             other);
    }
    return name_dtype(layer, args->output_mode);
}

static hone_status crossing_shape(hone_layer *layer, const hone_shape *inputs, int count, hone_shape *output)
{
    (void)count;
    const hone_hashed_crossing_args *args = hone_layer_args(layer);
    return hone_internal_lookup_shape(args->output_mode, args->num_bins, inputs[0], output);
}

/* Integers may come as floats. */
static hone_status check_columns(const hone_array *inputs, int count)
{
    for (int i = 0; i < count; i++)
        for (int64_t j = 0; inputs[i].type == HONE_FLOAT32 && j < hone_array_count(&inputs[i]); j++) {
            const double number = hone_array_number(&inputs[i], j);
            if (floor(number) != number)
                return hone_fail(HONE_ERROR_DATA, "input %d holds %g in row %lld; expected texts or integers",
                                 i, number, (long long)j);
        }
    return HONE_OK;
}

static uint64_t fingerprint(const hone_array *column, int64_t row)
{
    if (column->type != HONE_TEXT)
        return (uint64_t)hone_internal_array_integer(column, row);
    const char *text = hone_internal_text_at(column, row);
    return hone_internal_fingerprint(text, strlen(text));
}

static hone_array *cross(hone_layer *layer, const hone_array *inputs, int count)
{
    const uint64_t start = 0xDECAFCAFFEu;
    const hone_hashed_crossing_args *args = hone_layer_args(layer);
    if (check_columns(inputs, count) < 0)
        return NULL;
    hone_array *bins = hone_array_create(HONE_INT64, inputs->rank, inputs->shape);
    for (int64_t i = 0; bins != NULL && i < hone_array_count(bins); i++) {
        uint64_t hash = start;
        for (int j = 0; j < count; j++)
            hash = hone_internal_fingerprint_join(hash, fingerprint(&inputs[j], i));
        ((int64_t *)bins->data)[i] = (int64_t)(hash % (uint64_t)args->num_bins);
    }
    return encode(bins, args->output_mode, args->num_bins);
}

const hone_layer_type hone_internal_hashed_crossing_layer = {
    .type = {.name = "hashed_crossing",
             .class_name = "HashedCrossing",
             .module = "keras.layers",
             .summary = "Replaces combinations of columns with the number of a bin, by a hash.",
             HONE_TYPE_FIELDS_NAMED(hone_hashed_crossing_args, crossing_fields, crossing_defaults)},
    .inputs_min = 2,
    .inputs_max = HONE_MANY_INPUTS,
    .build = build_crossing,
    .transform = cross,
    .transformed = crossing_shape,
};
HONE_DEFINE_LAYER(hashed_crossing)

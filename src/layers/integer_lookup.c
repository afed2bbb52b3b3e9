/* integer_lookup: as string_lookup, of integers, which are looked up by their decimal digits. */
#include "layers/lookup.h"

HONE_FIELD_TABLE(hone_integer_lookup_args, HONE_INTEGER_LOOKUP_FIELDS);

const hone_layer_type hone_internal_integer_lookup_layer = {
    .type = {.name = "integer_lookup",
             .class_name = "IntegerLookup",
             .module = "keras.layers",
             .summary = "Replaces integers with their ids in a vocabulary, or with vectors.",
             HONE_TYPE_FIELDS(hone_integer_lookup_args)},
    HONE_LOOKUP_FUNCTIONS,
    .build = hone_internal_lookup_build,
    .adapt = hone_internal_lookup_adapt,
    .transform = hone_internal_lookup_transform,
    .transformed = hone_internal_lookup_transformed,
};
HONE_DEFINE_LAYER(integer_lookup)

/* The field tables of the functions that take keyword arguments, from the lists in the public headers. */
#include "verbs.h"
#include <hone/doctor.h>
#include <hone/export.h>
#include <hone/files.h>
#include <hone/generate.h>
#include <hone/look.h>
#include <hone/model.h>
#include <hone/pipeline.h>
#include <hone/train.h>

#define VERB(name_, FIELDS, summary_) \
    HONE_FIELD_TABLE_NAMED(hone_##name_##_args, FIELDS, name_##_fields, name_##_defaults); \
    const hone_type hone_internal_##name_##_verb = { \
        .name = #name_, \
        .class_name = #name_, \
        .summary = summary_, \
        HONE_TYPE_FIELDS_NAMED(hone_##name_##_args, name_##_fields, name_##_defaults), \
    };
HONE_VERBS(VERB)

const hone_type *const hone_internal_verbs[] = {
#define VERB_ADDRESS(name, FIELDS, summary) &hone_internal_##name##_verb,
    HONE_VERBS(VERB_ADDRESS) NULL};

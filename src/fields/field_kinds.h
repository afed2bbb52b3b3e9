/* The kinds of field: what there is to do with a value of each. Only for fields.c. */
#ifndef HONE_FIELDS_FIELD_KINDS_H
#define HONE_FIELDS_FIELD_KINDS_H

#include "fields/fields.h"

/* One kind of field. `value` is the member's address. */
typedef struct hone_field_row {
    const char *label;  /* "integer", for messages and help */
    const char *family; /* of a spec string, else NULL */
    size_t bytes;
    bool owns; /* the value points at memory or an object */
    bool (*none)(const void *value);
    bool (*equal)(const void *a, const void *b);
    hone_status (*copy)(const hone_field *field, const void *from, void *to); /* `to` is zeroed */
    void (*release)(void *value);
    hone_status (*read)(const hone_field *field, const hone_config *config,
                        void *value); /* `value` is released */
    hone_config *(*write)(const hone_field *field, const void *value);
    hone_status (*check)(const hone_field *field, const void *value); /* of a value that is not none */
} hone_field_row;
const hone_field_row *hone_internal_field_row(const hone_field *field);

/* "at least 1", "between 0 and 1", "above 0 and below 1". */
void hone_internal_field_range(const hone_field *field, char *buffer, size_t size);
/* `valid, same, causal` out of "valid|same|causal"; `"valid", "same" or "causal"` when quoted for a sentence.
 */
void hone_internal_field_choices(const char *choices, bool quoted, char *buffer, size_t size);

/* A number, or the text of a fraction ("1/255"). */
bool hone_internal_field_number(const hone_config *config, double *number);
/* What Keras wraps: a seed generator's seed, a tensor's or array's value; else `config`. */
const hone_config *hone_internal_field_unwrap(const hone_config *config);

#endif

/* The kinds of field: what there is to do with a value of each. Only for files of this folder. */
#ifndef HONE_FIELDS_FIELD_KINDS_H
#define HONE_FIELDS_FIELD_KINDS_H

#include "fields/fields.h"
#include <string.h>

/* One kind of field. `value` is the member's address. */
typedef struct hone_field_row {
    const char *label;  /* "integer", for messages and help */
    const char *family; /* of what is named by a spec string, and of objects; else NULL */
    size_t bytes;
    bool owns;      /* the value points at memory or an object */
    bool is_object; /* the value is a pointer at something from above: NULL is an earlier failure */
    bool (*none)(const hone_field *field, const void *value);
    bool (*equal)(const hone_field *field, const void *a, const void *b);
    hone_status (*copy)(const hone_field *field, const void *from, void *to); /* `to` is zeroed */
    void (*release)(const hone_field *field, void *value);
    hone_status (*read)(const hone_field *field, const hone_config *config,
                        void *value); /* `value` is released; of objects NULL: */
    hone_status (*read_object)(const hone_field *field, const hone_config *config,
                               const hone_loading *loading, void *value);
    hone_config *(*write)(const hone_field *field, const void *value);
    hone_status (*check)(const hone_field *field, const void *value); /* of a value that is not none */
} hone_field_row;
const hone_field_row *hone_internal_field_row(const hone_field *field);

extern const hone_field_row hone_internal_boolean_field, hone_internal_integer_field,
    hone_internal_number_field, hone_internal_text_field;
extern const hone_field_row hone_internal_activation_field, hone_internal_initializer_field,
    hone_internal_regularizer_field, hone_internal_constraint_field;
extern const hone_field_row hone_internal_integers_field, hone_internal_sizes_field,
    hone_internal_numbers_field, hone_internal_ids_field, hone_internal_texts_field;
extern const hone_field_row hone_internal_tensor_field, hone_internal_tensors_field;
extern const hone_field_row hone_internal_text_list_field, hone_internal_class_weights_field;
extern const hone_field_row hone_internal_layer_field, hone_internal_layers_field,
    hone_internal_schedule_field, hone_internal_optimizer_field, hone_internal_callbacks_field;
extern const hone_field_row hone_internal_dataset_field, hone_internal_model_field,
    hone_internal_history_field, hone_internal_sink_field, hone_internal_progress_field,
    hone_internal_pointer_field;

/* Parts of rows: nothing to release, nothing to check; values that are a text. */
void hone_internal_field_keep(const hone_field *field, void *value);
hone_status hone_internal_field_no_check(const hone_field *field, const void *value);
const char *hone_internal_field_text(const void *value);
hone_status hone_internal_field_copy_text(const char *from, void *to);
bool hone_internal_text_field_none(const hone_field *field, const void *value);
hone_status hone_internal_text_field_copy(const hone_field *field, const void *from, void *to);
void hone_internal_text_field_release(const hone_field *field, void *value);

/* "units must be an integer, not true". */
hone_status hone_internal_field_wrong_kind(const hone_field *field, const hone_config *config,
                                           const char *expected);
/* Against the field's bounds; `what` is its name, or "name[2]". */
hone_status hone_internal_field_check_integer(const hone_field *field, const char *what, int64_t integer);
hone_status hone_internal_field_check_number(const hone_field *field, const char *what, double number);
/* "at least 1", "between 0 and 1", "above 0 and below 1". */
void hone_internal_field_range(const hone_field *field, char *buffer, size_t size);
/* `valid, same, causal` out of "valid|same|causal"; `"valid", "same" or "causal"` when quoted for a message.
 */
void hone_internal_field_choices(const char *choices, bool quoted, char *buffer, size_t size);

/* A field's member in an args struct, and the object that it points at. */
static inline const void *hone_field_value(const hone_field *field, const void *args)
{
    return (const char *)args + field->offset;
}

static inline void *hone_field_place(const hone_field *field, void *args)
{
    return (char *)args + field->offset;
}

static inline const void *hone_field_object(const void *value)
{
    const void *object;

    memcpy(&object, value, sizeof object);
    return object;
}

static inline bool hone_field_is_object(const hone_field *field)
{
    return hone_internal_field_row(field)->is_object;
}

/* One field against its bounds and choices; all of them, *failed being the first that does not fit. */
hone_status hone_internal_field_check(const hone_type *type, const hone_field *field, const void *args);
hone_status hone_internal_field_check_all(const hone_type *type, const void *args, const hone_field **failed);
/* A field that has no key of its own, since it stands in place of a NUMBER. */
bool hone_internal_field_beside_number(const hone_type *type, const hone_field *field);

/* The items of a config: of a list, or the config itself; none of null. */
size_t hone_internal_field_items(const hone_config *config);
const hone_config *hone_internal_field_item(const hone_config *config, size_t i);
/* "pool_size[1] must be an integer, not true". */
hone_status hone_internal_field_wrong_item(const hone_field *field, size_t i, const hone_config *item,
                                           const char *expected);
/* Adds an item to a list; frees the list when that fails, and then returns NULL, as for a NULL list. */
hone_config *hone_internal_field_with_item(hone_config *list, hone_config *item);
/* How many integers an array holds: up to HONE_NONE_INTEGER; without it the compiler has filled up with
 * zeros. */
size_t hone_internal_field_count_integers(const int64_t *integers, size_t most);
/* A number, or the text of a fraction ("1/255"). */
bool hone_internal_field_number(const hone_config *config, double *number);
/* What Keras wraps: a seed generator's seed, a tensor's or array's value; else `config`. */
const hone_config *hone_internal_field_unwrap(const hone_config *config);

#endif

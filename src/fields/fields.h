/* Field tables: a description of an argument struct, from which it is copied, checked, read from a config
 * tree (recipe, spec string, model file), written back, and explained by `hone help`. hone_type and
 * hone_field are public (hone/fields.h) since users' own types have them too.
 *
 * A config map for a type has a key per field, as Keras names them (a field's `key`, else its `name`);
 * positional arguments of a spec string or of a recipe's short form (`dropout: 0.5`) stand under "#0", "#1",
 * ... and go to the fields in order. */
#ifndef HONE_FIELDS_FIELDS_H
#define HONE_FIELDS_FIELDS_H

#include "base/text.h"
#include "fields/config.h"
#include <hone/fields.h>

/* What holds while a file is read, which a field hands on to the reader of the object that it holds: see
 * keras/loading.h. NULL: this is not a file. */
typedef struct hone_loading hone_loading;

/* What there is to do with the objects of a family, which are made above and which fields hold: layers,
 * schedules. A table of them, made by the registry (src/registry.c), stands behind
 * hone_internal_object_family; a new family is a line HONE_OBJECT(family) in registry.def and a
 * hone_internal_<family>_objects beside the objects. */
typedef struct hone_object_family {
    const char *name;                          /* "layer" */
    void (*retain)(void *object);              /* one more reference */
    void (*release)(void *object);             /* one less */
    hone_config *(*write)(const void *object); /* its envelope; NULL: these are in no file */
    /* from an envelope or a spec's text; NULL likewise */
    void *(*read)(const hone_config *value, const hone_loading *loading);
} hone_object_family;
const hone_object_family *hone_internal_object_family(const char *name);
/* A layer or schedule is there: neither NULL nor hone_nothing. */
bool hone_internal_object_given(const void *object);

/* A deep copy of an argument struct: texts are copied, layers and schedules shared (one more reference). A
 * struct from an older caller (smaller base.size) gets the defaults for what it lacks. base.site is borrowed.
 * NULL on failure; a NULL layer or schedule where the default is hone_nothing is an earlier failure and is
 * passed on. */
void *hone_internal_fields_copy(const hone_type *type, const void *args);
/* What a caller's struct says, in `into`, a struct of this library's size: by the size that the caller was
 * compiled with, the defaults for what it lacks, or all of them when `args` is NULL; and checked. Nothing is
 * copied that members point at. A larger struct than the library's is HONE_ERROR_ARGUMENT. On failure `into`
 * is filled in all the same, so that its objects can be given up. */
hone_status hone_internal_args_read(const hone_type *type, const void *args, void *into);

/* What a NUMBERS (CLASS_WEIGHTS) or TEXTS member holds, in braces or as a list: its items, borrowed. `member`
 * is the address of the first of its three members. No items: NULL. */
typedef struct hone_numbers {
    const double *items;
    size_t count;
} hone_numbers;
hone_numbers hone_internal_numbers_of(const void *member);
const char *const *hone_internal_texts_of(const void *member, size_t *count);

/* Gives up the references to layers and schedules in a caller's struct, for functions that take these over;
 * after a copy was made. */
void hone_internal_fields_give_back(const hone_type *type, const void *args);
void *hone_internal_fields_defaults(const hone_type *type); /* a fresh copy of the defaults */
void hone_internal_fields_free(const hone_type *type, void *args);

/* Checks required fields, ranges, choices, that numbers are numbers, that the fields marked unsupported hold
 * their defaults, and the spec strings of families with their arguments. "None" is refused where the default
 * is a value. Sentences begin with the call site and the type's name. */
hone_status hone_internal_fields_check(const hone_type *type, const void *args);

/* A fresh args struct from a config map: defaults, then the map's keys. Unknown keys are an error with the
 * nearest valid one (`ignored`, a NULL-ended list or NULL, names keys to skip). Checked
 * (hone_internal_fields_check). Values for family fields may be text (a spec string) or a Keras envelope
 * {class_name, config, ...}, which becomes a spec string. Keys that are unknown but null are skipped, as
 * files have them. Positional arguments skip fields marked `by_name` and those that are unsaved. A NUMBER `x`
 * beside a SCHEDULE `x_schedule` is one key, `x`: a text or an envelope there goes to the schedule. A null
 * initializer leaves the default. */
void *hone_internal_fields_from_config(const hone_type *type, const hone_config *map,
                                       const char *const *ignored);
/* The same of a config within a file. */
void *hone_internal_fields_from_file(const hone_type *type, const hone_config *map,
                                     const hone_loading *loading);

/* Such a map has a value for the field, by its name or at its place. */
bool hone_internal_fields_given(const hone_type *type, const hone_config *map, const hone_field *field);
/* The map of the fields in table order, as a Keras config: family fields as envelopes (activations as text),
 * none as null; fields marked `newer` only when they differ from their default; fields marked `unsaved` not.
 */
hone_config *hone_internal_fields_to_config(const hone_type *type, const void *args);

/* Sets one field of an args struct of ours (a copy) by name from text, as the command line does, and checks
 * it. */
hone_status hone_internal_fields_set_text(const hone_type *type, void *args, const char *name,
                                          const char *text);

/* By name or key, present or old, but for what only a program can give; NULL, without an error, when there is
 * none. */
const hone_field *hone_internal_fields_find(const hone_type *type, const char *name);
/* The field of a key of a config map, "units" or "#0"; NULL, with the error set, when there is none. */
const hone_field *hone_internal_fields_of_key(const hone_type *type, const hone_config *map, const char *key);
bool hone_internal_fields_equal(const hone_type *type, const void *a, const void *b);
/* The value of one field as in a config, and whether two structs agree in it. */
hone_config *hone_internal_field_to_config(const hone_field *field, const void *args);
bool hone_internal_field_equal(const hone_field *field, const void *a, const void *b);

/* The SCHEDULE "x_schedule" beside a NUMBER "x", which stand under one key, else NULL. */
const hone_field *hone_internal_field_schedule_beside(const hone_type *type, const hone_field *field);
/* What the struct holds in place of a NUMBER "x" and under its key, else NULL: a SCHEDULE "x_schedule",
 * NUMBERS "x_values". */
const hone_field *hone_internal_field_in_place(const hone_type *type, const hone_field *field,
                                               const void *args);

/* "units (integer, required, at least 1): number of outputs", one line per field, for help. Default shown as
 * written; fields marked unsupported are left out. */
hone_status hone_internal_fields_describe(const hone_type *type, hone_text *text);
/* The default as it is written in a spec, to be freed; NULL, without an error, when it is none. */
char *hone_internal_field_default(const hone_type *type, const hone_field *field);
/* The family of a field that holds a spec string ("activation") or an object ("layer"), NULL for others. */
const char *hone_internal_field_family(const hone_field *field);

/* The key of a field in files. */
const char *hone_internal_field_key(const hone_field *field);
/* True when `name` is one of "a|b|c" (NULL: of none). */
bool hone_internal_field_among(const char *names, const char *name);

/* Keras's object envelope: {"module", "class_name", "config", "registered_name": null}; takes over `config`.
 */
hone_config *hone_internal_envelope(const char *module, const char *class_name, hone_config *config);

/* Resolving the spec strings of families. The registry (src/registry.c) installs itself at link time by
 * defining this: the type of `name` (any spelling: "he_normal", "HeNormal", alias) in a family ("activation",
 * "initializer", "regularizer", "constraint", "loss", "metric", "optimizer", "schedule", "callback",
 * "layer"), or NULL with the error set. */
const hone_type *hone_internal_type_find(const char *family, const char *name);

#endif

/* Field tables: a description of an argument struct, from which it is copied, checked, read from a config tree (recipe,
 * spec string, model file), written back, and explained by `hone help`. hone_type and hone_field are public (hone/ext.h)
 * since users' own types have them too.
 *
 * A config map for a type has a key per field, as Keras names them (a field's `key`, else its `name`); positional
 * arguments of a spec string or of a recipe's short form (`dropout: 0.5`) stand under "#0", "#1", ... and go to the
 * fields in order. */
#ifndef HONE_BASE_FIELDS_H
#define HONE_BASE_FIELDS_H

#include "base/config.h"
#include <hone/ext.h>

/* A deep copy of an argument struct: texts are copied, layers and schedules shared (one more reference, by `retain`). A struct
 * from an older caller (smaller base.size) gets the defaults for what it lacks. NULL on failure. */
void *hone_internal_fields_copy(const hone_type *type, const void *args);
void *hone_internal_fields_defaults(const hone_type *type); /* a fresh copy of the defaults */
void hone_internal_fields_free(const hone_type *type, void *args);

/* Checks required fields, ranges, choices, and that the fields marked unsupported hold their defaults. Spec strings of
 * families (activation, ...) are checked by whoever resolves them, which is hone_internal_fields_check too, through
 * hone_internal_family_check (registered by the upper layer that has the registry). */
hone_status hone_internal_fields_check(const hone_type *type, const void *args);

/* A fresh args struct from a config map: defaults, then the map's keys. Unknown keys are an error with the nearest valid
 * one (`ignored`, a NULL-ended list or NULL, names keys to pass over). Checked (hone_internal_fields_check). Values for
 * family fields may be text (a spec string) or a Keras envelope {class_name, config, ...}, which becomes a spec string. */
void *hone_internal_fields_from_config(const hone_type *type, const hone_config *map, const char *const *ignored);

/* The map of the fields in table order, as a Keras config: family fields as envelopes (activations as text), none as
 * null; fields marked `newer` only when they differ from their default; fields marked `unsaved` not. */
hone_config *hone_internal_fields_to_config(const hone_type *type, const void *args);

/* Reads or sets one field by name from text, as the command line does. */
hone_status hone_internal_fields_set_text(const hone_type *type, void *args, const char *name, const char *text);

const hone_field *hone_internal_fields_find(const hone_type *type, const char *name);
bool hone_internal_fields_equal(const hone_type *type, const void *a, const void *b);
/* "units (integer, required, at least 1): number of outputs", a line a field, for help. Default shown as written. */
hone_status hone_internal_fields_describe(const hone_type *type, struct hone_text *text);

/* Keras's object envelope: {"module", "class_name", "config", "registered_name": null}; takes over `config`. */
hone_config *hone_internal_envelope(const char *module, const char *class_name, hone_config *config);

/* Resolving the spec strings of families. The registry (src/registry.c) installs itself at link time by defining this:
 * the type of `name` (any spelling: "he_normal", "HeNormal", alias) in a family ("activation", "initializer",
 * "regularizer", "constraint", "loss", "metric", "optimizer", "schedule", "callback", "layer"), or NULL with the error set. */
const hone_type *hone_internal_type_find(const char *family, const char *name);

#endif

/* The catalog of names: the families of layers, optimizers, losses and so on, with the fields of each.
 * Help, completions and manual pages of the command are made from it; bindings can use it too. */
#ifndef HONE_CATALOG_H
#define HONE_CATALOG_H

#include <hone/fields.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "layer", "activation", ...; NULL after the last. */
const char *hone_family_at(size_t index);
/* The type at `index` of a family, with those registered by the program at the end; NULL after the last. */
const hone_type *hone_type_at(const char *family, size_t index);
/* By any of its names; NULL, without an error, when there is none. */
const hone_type *hone_type_find(const char *family, const char *name);

/* The functions that take keyword arguments, with the fields of these: "fit", "save", ...; NULL after the
 * last. */
const hone_type *hone_function_at(size_t index);

/* Whether a string is a valid value of a field, as on the command line and in recipes. */
hone_status hone_field_check(const hone_type *type, const hone_field *field, const char *text);
/* "units (integer, required, at least 1): number of outputs", a line per field; to be freed with hone_free.
 */
char *hone_type_describe(const hone_type *type);
/* The default value of a field, as written in a spec: "32", "true"; to be freed with hone_free. NULL, without
 * an error, when it is none. */
char *hone_field_default(const hone_type *type, const hone_field *field);

#ifdef __cplusplus
}
#endif
#endif

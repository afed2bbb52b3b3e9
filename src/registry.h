/* The registered types, declared from registry.def, and looking them up. */
#ifndef HONE_REGISTRY_H
#define HONE_REGISTRY_H

#include <stdbool.h>
#include <hone/extend.h>

#define HONE_ONE(family, name) extern const hone_##family##_type hone_internal_##name##_##family;
#define HONE_TABLE(family) extern const hone_##family##_type *const hone_internal_##family##_types[];
#include "registry.def"

/* Whether a family has a type of this name, without an error. */
bool hone_internal_type_known(const char *family, const char *name);
/* The type number `index` of a family, users' own at the end; NULL after the last. */
const hone_type *hone_internal_type_at(const char *family, size_t index);
/* The families' names, ended by NULL: "layer", "activation", ... */
extern const char *const hone_internal_families[];

/* Whether somebody registered a type with this class name. */
bool hone_internal_class_is_own(const char *class_name);

#endif

/* What follows the '#' of the command's DATA: "test", "target=price,drop=[id, \"last name\"],delimiter=;". */
#ifndef HONE_READERS_OPTIONS_H
#define HONE_READERS_OPTIONS_H

#include "fields/config.h"
#include <hone/extend.h>

extern const char *const hone_internal_part_names[2]; /* "train", "test" */
/* "a, \"b, c\", d(e, f)": its items, without the quotes around them, as a list of texts. */
hone_config *hone_internal_options_split(const char *text, size_t length);
/* The options as a map of texts and lists of texts, in any order; `part` gets "train" or "test" when a bare
 * word says so, else NULL (borrowed from a constant). NULL on failure. */
hone_config *hone_internal_options_parse(const char *text, const char **part);
/* A type's args from options: fresh, to be freed with hone_internal_fields_free. `path` is the field `path`.
 */
void *hone_internal_options_read(const hone_type *type, const hone_config *options, const char *path);

#endif

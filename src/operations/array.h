/* Numbers in place of a tensor among what a call is given. */
#ifndef HONE_OPERATIONS_ARRAY_H
#define HONE_OPERATIONS_ARRAY_H

#include <hone/extend.h>

/* A layer whose one output is the array of a text, as a literal of a file becomes; NULL with a message. */
hone_layer *hone_internal_array_create(const char *text);
/* Its text; NULL: the layer is another. */
const char *hone_internal_array_text(const hone_layer *layer);

#endif

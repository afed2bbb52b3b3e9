/* Arrays of texts: their data are pointers to texts that end with 0 (NULL: an empty one). Those that own
 * their texts keep them behind the pointers, in the same block. */
#ifndef HONE_TENSOR_TEXTS_H
#define HONE_TENSOR_TEXTS_H

#include "base/error.h"
#include <hone/array.h>

/* Texts on their way to an array. Zero-initialise to start. */
typedef struct hone_texts {
    char *bytes;
    size_t length, capacity;
    size_t *places; /* of each text in `bytes` */
    size_t count, room;
} hone_texts;
/* Copies a text; one with a 0 in it ends there. */
hone_status hone_internal_texts_add(hone_texts *texts, const char *text, size_t length);
/* The array of all of them, whose number is that of the shape; NULL on failure. Empties `texts`. */
hone_array *hone_internal_texts_finish(hone_texts *texts, int rank, const int64_t *shape);
void hone_internal_texts_free(hone_texts *texts);

/* Text number `index` of an array of texts, "" for NULL. */
static inline const char *hone_internal_text_at(const hone_array *array, int64_t index)
{
    const char *text = ((const char *const *)array->data)[index];
    return text == NULL ? "" : text;
}
/* The number of the first byte that is not UTF-8, from 0; -1: there is none. */
int64_t hone_internal_text_bad_byte(const char *text);

#endif

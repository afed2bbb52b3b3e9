/* Arrays of texts. */
#include "tensor/texts.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <string.h>

hone_status hone_internal_texts_add(hone_texts *texts, const char *text, size_t length)
{
    const char *end = length > 0 ? memchr(text, '\0', length) : NULL;
    if (end != NULL)
        length = (size_t)(end - text);
    HONE_TRY((hone_status)hone_internal_grow(&texts->bytes, &texts->capacity, texts->length + length + 1, 1));
    HONE_TRY((hone_status)hone_internal_grow(&texts->places, &texts->room, texts->count + 1,
                                             sizeof *texts->places));
    texts->places[texts->count++] = texts->length;
    if (length > 0)
        memcpy(texts->bytes + texts->length, text, length);
    texts->length += length;
    texts->bytes[texts->length++] = '\0';
    return HONE_OK;
}

void hone_internal_texts_free(hone_texts *texts)
{
    hone_internal_free(texts->bytes);
    hone_internal_free(texts->places);
    *texts = (hone_texts){0};
}

static hone_array *finish(const hone_texts *texts, int rank, const int64_t *shape)
{
    const size_t pointers = texts->count * sizeof(char *);
    hone_array *array = hone_array_create(HONE_TEXT, rank, shape);
    if (array == NULL || (size_t)hone_array_count(array) != texts->count) {
        if (array != NULL)
            hone_fail(HONE_ERROR_SHAPE, "%zu texts do not fill an array of %lld", texts->count,
                      (long long)hone_array_count(array));
        hone_array_free(array);
        return NULL;
    }
    char *block = hone_internal_allocate_aligned(pointers + texts->length + 1);
    if (block == NULL) {
        hone_array_free(array);
        return NULL;
    }
    const char **list = (const char **)(void *)block;
    for (size_t i = 0; i < texts->count; i++)
        list[i] = block + pointers + texts->places[i];
    if (texts->length > 0)
        memcpy(block + pointers, texts->bytes, texts->length);
    hone_internal_free_aligned(array->data);
    array->data = block;
    return array;
}

hone_array *hone_internal_texts_finish(hone_texts *texts, int rank, const int64_t *shape)
{
    hone_array *array = finish(texts, rank, shape);
    hone_internal_texts_free(texts);
    return array;
}

int64_t hone_internal_text_bad_byte(const char *text)
{
    const size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        uint32_t character;
        size_t bytes = hone_internal_utf8_next(text + at, length - at, &character);
        if (character == 0xFFFD && bytes == 1)
            return (int64_t)at;
        at += bytes;
    }
    return -1;
}

hone_array *hone_array_texts(int rank, const int64_t *shape, const char *const *list)
{
    hone_texts texts = {0};
    hone_array of = hone_array_view(list, HONE_TEXT, rank, shape);
    if (of.data == NULL) {
        hone_internal_fail_null("texts");
        return NULL;
    }
    for (int64_t i = 0; i < hone_array_count(&of); i++) {
        const char *text = hone_internal_text_at(&of, i);
        if (hone_internal_texts_add(&texts, text, strlen(text)) < 0) {
            hone_internal_texts_free(&texts);
            return NULL;
        }
    }
    return hone_internal_texts_finish(&texts, rank, shape);
}

const char *hone_array_text(const hone_array *array, int64_t index)
{
    if (array == NULL || array->type != HONE_TEXT || array->data == NULL || index < 0 ||
        index >= hone_array_count(array))
        return NULL;
    return hone_internal_text_at(array, index);
}

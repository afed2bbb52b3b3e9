/* A hash table of texts that keeps the order in which they came. */
#include "data/words.h"
#include "base/error.h"
#include "base/text.h"
#include "formats/csv_reader.h"
#include <stdlib.h>
#include <string.h>

/* FNV-1a */
static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

/* The slot of a text: where it stands, or where it would. There is always an empty one. */
static size_t slot_of(const hone_words *words, const char *text, size_t length, uint64_t hash)
{
    size_t slot = (size_t)hash & (words->slot_count - 1);
    for (; words->slots[slot]; slot = (slot + 1) & (words->slot_count - 1)) {
        const hone_word *word = &words->list[words->slots[slot] - 1];
        if (word->hash == hash && word->length == length && memcmp(word->text, text, length) == 0)
            break;
    }
    return slot;
}

int64_t hone_internal_words_find(const hone_words *words, const char *text, size_t length)
{
    if (words->slot_count == 0)
        return -1;
    return (int64_t)words->slots[slot_of(words, text, length, hash_of(text, length))] - 1;
}

/* At most half of the slots are taken. */
static hone_status make_room(hone_words *words)
{
    if (2 * (words->count + 1) <= words->slot_count)
        return HONE_OK;
    size_t count = words->slot_count > 0 ? 2 * words->slot_count : 64;
    uint32_t *slots = hone_internal_allocate_zeroed(count, sizeof *slots);
    if (!slots)
        return HONE_ERROR_MEMORY;
    hone_internal_free(words->slots);
    words->slots = slots;
    words->slot_count = count;
    for (size_t i = 0; i < words->count; i++) {
        const hone_word *word = &words->list[i];
        slots[slot_of(words, word->text, word->length, word->hash)] = (uint32_t)i + 1;
    }
    return HONE_OK;
}

int64_t hone_internal_words_add(hone_words *words, const char *text, size_t length)
{
    HONE_TRY(make_room(words));
    uint64_t hash = hash_of(text, length);
    size_t slot = slot_of(words, text, length, hash);
    if (words->slots[slot])
        return (int64_t)words->slots[slot] - 1;
    char *copy = hone_internal_arena_allocate(&words->texts, length + 1);
    if (!copy ||
        hone_internal_grow(&words->list, &words->capacity, words->count + 1, sizeof *words->list) < 0)
        return HONE_ERROR_MEMORY;
    if (length > 0)
        memcpy(copy, text, length);
    words->list[words->count] = (hone_word){copy, length, hash, (int64_t)words->count};
    words->slots[slot] = (uint32_t)++words->count;
    return (int64_t)words->count - 1;
}

/* ---- order ---- */

typedef struct ranked {
    const hone_word *word;
    double number;
} ranked;

static int compare_texts(const void *a, const void *b)
{
    const hone_word *first = ((const ranked *)a)->word, *second = ((const ranked *)b)->word;
    return hone_internal_text_order(first->text, first->length, second->text, second->length);
}

static int compare_numbers(const void *a, const void *b)
{
    double first = ((const ranked *)a)->number, second = ((const ranked *)b)->number;
    return first < second ? -1 : first > second ? 1 : compare_texts(a, b);
}

hone_status hone_internal_words_sort(hone_words *words)
{
    ranked *order = hone_internal_allocate(words->count * sizeof *order);
    bool numbers = true;
    if (!order)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < words->count; i++) {
        order[i] = (ranked){&words->list[i], 0};
        numbers = numbers && hone_internal_field_to_number(words->list[i].text, words->list[i].length, '.',
                                                           &order[i].number);
    }
    qsort(order, words->count, sizeof *order, numbers ? compare_numbers : compare_texts);
    for (size_t i = 0; i < words->count; i++)
        words->list[order[i].word - words->list].number = (int64_t)i;
    hone_internal_free(order);
    return HONE_OK;
}

/* ---- config trees ---- */

hone_config *hone_internal_words_to_config(const hone_words *words)
{
    hone_config *list = hone_internal_config_list();
    const char **texts = hone_internal_allocate_zeroed(words->count, sizeof *texts);
    hone_status status = list && texts ? HONE_OK : HONE_ERROR_MEMORY;
    for (size_t i = 0; i < words->count && texts; i++)
        texts[words->list[i].number] = words->list[i].text;
    for (size_t i = 0; i < words->count && status >= 0; i++)
        status = hone_internal_config_append(list, hone_internal_config_text(texts[i]));
    hone_internal_free(texts);
    if (status >= 0)
        return list;
    hone_internal_config_free(list);
    return NULL;
}

hone_status hone_internal_words_from_config(hone_words *words, const hone_config *list)
{
    for (size_t i = 0;
         hone_internal_config_is(list, HONE_CONFIG_LIST) && i < hone_internal_config_count(list); i++) {
        const char *text = hone_internal_config_is(hone_internal_config_at(list, i), HONE_CONFIG_TEXT)
                               ? hone_internal_config_text_at(list, i)
                               : NULL;
        int64_t place = text ? hone_internal_words_add(words, text, strlen(text)) : 0;
        if (place < 0)
            return (hone_status)place;
        if (!text || place != (int64_t)i)
            return hone_fail(HONE_ERROR_FORMAT, "the categories of a column must be distinct strings");
    }
    return HONE_OK;
}

void hone_internal_words_free(hone_words *words)
{
    hone_internal_free(words->list);
    hone_internal_free(words->slots);
    hone_internal_arena_free(&words->texts);
    *words = (hone_words){0};
}

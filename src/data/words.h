/* The texts of a column of categories, each once, with their numbers. */
#ifndef HONE_DATA_WORDS_H
#define HONE_DATA_WORDS_H

#include "base/memory.h"
#include "fields/config.h"

typedef struct hone_word {
    const char *text; /* ended by 0 */
    size_t length;
    uint64_t hash;
    int64_t number; /* of the category */
} hone_word;

/* Zero-initialise to start. */
typedef struct hone_words {
    hone_word *list; /* in the order in which they came */
    size_t count, capacity;
    uint32_t *slots; /* open addressing: 1 + the place in the list, or 0 */
    size_t slot_count;
    hone_arena texts;
} hone_words;

/* The place of a text, or -1. */
int64_t hone_internal_words_find(const hone_words *words, const char *text, size_t length);
/* Its place; added when it is new, with its place as its number. HONE_ERROR_MEMORY is all that can fail. */
int64_t hone_internal_words_add(hone_words *words, const char *text, size_t length);
/* Numbers by order: by value when all texts are numbers, else by bytes. */
hone_status hone_internal_words_sort(hone_words *words);
/* The texts by number, as a list; and back. */
hone_config *hone_internal_words_to_config(const hone_words *words);
hone_status hone_internal_words_from_config(hone_words *words, const hone_config *list);
void hone_internal_words_free(hone_words *words);

#endif

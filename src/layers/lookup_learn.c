/* Vocabularies out of data: terms counted, the most frequent kept. */
#include "base/text.h"
#include "layers/lookup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void hone_internal_counts_document(hone_term_counts *counts)
{
    counts->document++;
}

hone_status hone_internal_counts_add(hone_term_counts *counts, const char *text)
{
    const size_t before = counts->terms.count;
    const int64_t place = hone_internal_terms_add(&counts->terms, text);
    if (place < 0 ||
        hone_internal_grow(&counts->counts, &counts->room, counts->terms.count, sizeof *counts->counts) < 0)
        return HONE_ERROR_MEMORY;
    hone_term_count *count = &counts->counts[place];
    if (counts->terms.count > before)
        *count = (hone_term_count){0};
    count->times++;
    if (count->last != counts->document)
        count->documents++;
    count->last = counts->document;
    return HONE_OK;
}

void hone_internal_counts_free(hone_term_counts *counts)
{
    hone_internal_terms_free(&counts->terms);
    hone_internal_free(counts->counts);
    *counts = (hone_term_counts){0};
}

typedef struct ranked {
    const char *text;
    int64_t number; /* of integers their value */
    hone_term_count count;
} ranked;

static int more_frequent(const void *a, const void *b)
{
    const ranked *first = a, *second = b;
    if (first->count.times != second->count.times)
        return first->count.times < second->count.times ? 1 : -1;
    if (first->number != second->number)
        return first->number < second->number ? 1 : -1;
    return -strcmp(first->text, second->text);
}

static bool is_special(const hone_lookup_rules *rules, const char *text)
{
    return (rules->mask != NULL && strcmp(rules->mask, text) == 0) ||
           (rules->unknown != NULL && strcmp(rules->unknown, text) == 0);
}

static size_t rank(const hone_term_counts *counts, const hone_lookup_rules *rules, ranked *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < counts->terms.count; i++) {
        if (is_special(rules, counts->terms.list[i]))
            continue;
        list[kept] = (ranked){counts->terms.list[i], 0, counts->counts[i]};
        if (rules->integers)
            hone_internal_text_to_integer(list[kept].text, &list[kept].number);
        kept++;
    }
    qsort(list, kept, sizeof *list, more_frequent);
    const int64_t most = rules->max_terms == HONE_NONE_INTEGER
                             ? INT64_MAX
                             : rules->max_terms - hone_internal_lookup_specials(rules);
    return (int64_t)kept > most ? (size_t)(most > 0 ? most : 0) : kept;
}

hone_status hone_internal_counts_learn(const hone_term_counts *counts, hone_lookup *lookup,
                                       const hone_lookup_rules *rules)
{
    const size_t all = counts->terms.count;
    ranked *list = hone_internal_allocate_zeroed(all + 1, sizeof *list);
    const char **terms = hone_internal_allocate_zeroed(all + 1, sizeof *terms);
    float *weights = hone_internal_allocate_zeroed(all + 1, sizeof *weights);
    hone_status status = list == NULL || terms == NULL || weights == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0) {
        const size_t kept = rank(counts, rules, list);
        for (size_t i = 0; i < kept; i++) {
            terms[i] = list[i].text;
            weights[i] = (float)log(1 + (double)counts->document / (double)(1 + list[i].count.documents));
        }
        const bool weighted = strcmp(rules->mode, "tf_idf") == 0;
        status = kept == 0 ? hone_fail(HONE_ERROR_DATA, "adapt: the data hold no terms")
                           : hone_internal_lookup_take(lookup, rules, terms, kept, weighted ? weights : NULL,
                                                       weighted ? kept : 0);
    }
    hone_internal_free(list);
    hone_internal_free(terms);
    hone_internal_free(weights);
    return status;
}
